"""Runs migrations on the connection that `assistant.memory.database` hands over."""

from alembic import context

from assistant.memory.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
