"""`concierge keys`: who may use a server that listens beyond this machine."""

from __future__ import annotations

from typing import Annotated, cast

import typer

from assistant.commands.shared import console, database, group
from assistant.settings import Settings

keys = group(help="API keys, needed where the server listens beyond this machine.")


@keys.command("create")
def create_key(
    owner: Annotated[str, typer.Argument(help="Whose data the key reaches.")],
    name: Annotated[str, typer.Option(help="To tell the owner's keys apart.")] = "",
    scope: Annotated[
        list[str] | None, typer.Option(help="chat, catalog, data or metrics; may be repeated. Default: all.")
    ] = None,
) -> None:
    """Make an API key. It is printed once and kept only as a hash."""
    from assistant.memory import SCOPES, Scope, open_memory

    with open_memory(database(Settings())) as memory:
        key, secret = memory.keys.create(owner, name, cast("list[Scope]", scope) or SCOPES)
    console.print(f"Key {key.id} of {owner}; it is shown only now:", highlight=False, markup=False)
    print(secret)


@keys.command("list")
def list_keys() -> None:
    """The keys there are, without their secrets."""
    from assistant.memory import open_memory

    with open_memory(database(Settings())) as memory:
        for key in memory.keys.list():
            print(key)


@keys.command("revoke")
def revoke_key(key: Annotated[str, typer.Argument(help="The id that `list` shows.")]) -> None:
    """Make a key useless."""
    from assistant.memory import open_memory

    with open_memory(database(Settings())) as memory:
        memory.keys.revoke(key)
