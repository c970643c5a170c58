"""Long-term taste: what goes in, and what a new conversation begins with."""

from __future__ import annotations

import time
import uuid

from sqlalchemy import Connection, delete, insert, select

from assistant.memory.tables import taste, users
from assistant.state import DialogueState

_USED = 50
"""The latest likes, and dislikes, that a new conversation begins with."""


def note_taste(connection: Connection, user_id: str, state: DialogueState, source: str) -> None:
    """Keep what the last act said about items as long-term taste, if the user asked for that.

    Only what is new since the state before: a line that the user deleted does not come back with the next turn.
    """
    before = _said(state.previous or DialogueState())
    news = {item_id: kind for item_id, kind in _said(state).items() if before.get(item_id) != kind}
    asked = select(users.c.remember).where(users.c.id == user_id)
    if not news or not connection.execute(asked).scalar_one_or_none():
        return
    now = time.time()
    for item_id, kind in news.items():
        connection.execute(delete(taste).where(taste.c.user_id == user_id, taste.c.item_id == item_id))
        values = {"id": uuid.uuid4().hex, "kind": kind, "source": source, "created_at": now}
        connection.execute(insert(taste).values(user_id=user_id, item_id=item_id, **values))


def _said(state: DialogueState) -> dict[str, str]:
    """Item ids and what was said of them; a like or dislike says more than having seen it."""
    said = dict.fromkeys(state.seen, "seen")
    return said | dict.fromkeys(state.dislikes, "dislike") | dict.fromkeys(state.likes, "like")


def starting_state(connection: Connection, user_id: str) -> DialogueState:
    """What a new conversation of this user begins with: empty, or their long-term taste."""
    query = select(taste).where(taste.c.user_id == user_id).order_by(taste.c.created_at.desc(), taste.c.id)
    kept: dict[str, list[str]] = {"like": [], "dislike": [], "seen": []}
    for row in connection.execute(query):
        kept[row.kind].append(row.item_id)
    return DialogueState(
        likes=tuple(kept["like"][:_USED]),
        dislikes=tuple(kept["dislike"][:_USED]),
        seen=tuple(kept["seen"]),
    )
