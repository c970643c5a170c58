"""The tables. Every key of a person's rows begins with the user id, so that no query can reach another person's."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

_ID = String(200)

users = Table(
    "users",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("remember", Boolean, nullable=False, default=False),
    Column("created_at", Double, nullable=False),
)
"""`remember` is the opt-in to long-term taste. Times are seconds since 1970, UTC; order never depends on them."""

conversations = Table(
    "conversations",
    metadata,
    Column("user_id", _ID, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("id", _ID, primary_key=True),
    Column("title", Text, nullable=False),
    Column("turns", Integer, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    Index(None, "updated_at"),
)

turns = Table(
    "turns",
    metadata,
    Column("user_id", _ID, primary_key=True),
    Column("conversation_id", _ID, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", _ID, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("utterance", Text, nullable=False),
    Column("reply", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("cards", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("prefix", String(64)),
    Column("degraded", Boolean, nullable=False),
    Column("created_at", Double, nullable=False),
    ForeignKeyConstraint(
        ["user_id", "conversation_id"], ["conversations.user_id", "conversations.id"], ondelete="CASCADE"
    ),
    Index(None, "user_id", "conversation_id", "id", unique=True),
    Index(None, "user_id", "prefix"),
)
"""`kind` is "message" or "click". `act`, `state`, `cards` and `details` (prompt versions, engine, tokens, timings,
trace) are JSON. `prefix` is the hash of the conversation up to and with this turn, for clients that send it whole each
time."""

feedback = Table(
    "feedback",
    metadata,
    Column("user_id", _ID, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("id", _ID, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("item_id", _ID, nullable=False),
    Column("conversation_id", _ID),
    Column("turn_id", _ID),
    Column("rating", Double),
    Column("why", Text, nullable=False),
    Column("created_at", Double, nullable=False),
)

taste = Table(
    "taste",
    metadata,
    Column("user_id", _ID, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("item_id", _ID, primary_key=True),
    Column("id", _ID, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("source", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Index(None, "user_id", "id", unique=True),
)
"""Long-term taste: one line per item, "like", "dislike" or "seen", and where it came from."""

training_runs = Table(
    "training_runs",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("stale", Boolean, nullable=False),
    Column("created_at", Double, nullable=False),
)
"""When feedback was handed to training. `stale` is set once somebody whose feedback was in it asked to be forgotten."""

training_users = Table(
    "training_users",
    metadata,
    Column("run_id", _ID, ForeignKey("training_runs.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", _ID, primary_key=True),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("owner", _ID, nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", Double, nullable=False),
)
"""`hash` is SHA-256 of the key. The key has 256 random bits, so a slow hash would add nothing."""

PERSONAL = (training_users, taste, feedback, turns, conversations, users)
"""The tables that hold a person's data, in the order in which they can be emptied."""
