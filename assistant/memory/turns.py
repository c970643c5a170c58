"""Rows of conversations and turns, within a transaction that is open already."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, Select, Update, bindparam, insert, or_, select, update

from assistant.acts import DialogueAct
from assistant.memory.database import NotFound
from assistant.memory.people import storable
from assistant.memory.records import Turn, TurnKind
from assistant.memory.states import bounded, dump_act, dump_state, load_act, load_state
from assistant.memory.tables import conversations, turns
from assistant.memory.taste import note_taste, starting_state
from assistant.state import DialogueState

TITLE_LENGTH = 80
"""Characters of a conversation's title; the first message is its title until somebody gives another."""


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A turn to be stored. `id` is the client's or a fresh one; storing the same id again changes nothing."""

    id: str
    utterance: str
    reply: str
    act: DialogueAct | None
    state: DialogueState
    cards: tuple[Mapping[str, Any], ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    prefix: str | None = None
    degraded: bool = False
    kind: TurnKind = "message"


def apply_click(connection: Connection, user_id: str, conversation_id: str, turn_id: str, act: DialogueAct) -> Turn:
    """The click as the next turn, within a transaction that is open already."""
    row = lock_conversation(connection, user_id, conversation_id)
    known = known_or_later(connection, user_id, conversation_id, turn_id, row.turns)
    if known:
        return turn_of(known[0])
    last = state_after(connection, user_id, conversation_id, row.turns)
    state = (starting_state(connection, user_id) if last is None else load_state(last)).apply(act)
    new = NewTurn(turn_id, "", "", act, state, kind="click")
    return insert_turn(connection, user_id, conversation_id, new, state, row.turns + 1, row.title)


def insert_turn(
    connection: Connection,
    user_id: str,
    conversation_id: str,
    turn: NewTurn,
    state: DialogueState,
    number: int,
    title: str,
) -> Turn:
    """Write a turn and bring the conversation's row up to date; `title` is the one it has."""
    now = time.time()
    state = bounded(state)
    values = {
        "user_id": user_id,
        "conversation_id": conversation_id,
        "number": number,
        "id": turn.id,
        "kind": turn.kind,
        "utterance": storable(turn.utterance),
        "reply": storable(turn.reply),
        "act": dump_act(turn.act),
        "state": dump_state(state),
        "cards": json.dumps([dict(card) for card in turn.cards]),
        "details": json.dumps(dict(turn.details)),
        "prefix": turn.prefix,
        "degraded": turn.degraded,
        "created_at": now,
    }
    connection.execute(_INSERT, values)
    changes = {
        "turns": number,
        "updated_at": now,
        "title": title or storable(turn.utterance)[:TITLE_LENGTH],
        "of_user": user_id,
        "of_id": conversation_id,
    }
    connection.execute(_PROGRESS, changes)
    note_taste(connection, user_id, state, "conversation")
    return Turn(
        turn.id, conversation_id, number, turn.kind, turn.utterance, turn.reply, turn.act, state, turn.cards,
        turn.details, turn.degraded, now,
    )  # fmt: skip


def turn_of(row: Row[Any]) -> Turn:
    """A row of `turns` as a record."""
    return Turn(
        id=row.id,
        conversation_id=row.conversation_id,
        number=row.number,
        kind=row.kind,
        utterance=row.utterance,
        reply=row.reply,
        act=load_act(row.act),
        state=load_state(row.state),
        cards=tuple(json.loads(row.cards)),
        details=json.loads(row.details),
        degraded=row.degraded,
        created_at=row.created_at,
    )


def turns_of(user_id: str, conversation_id: str) -> tuple[Any, Any]:
    """Conditions for the turns of one conversation."""
    return turns.c.user_id == user_id, turns.c.conversation_id == conversation_id


def change_conversation(user_id: str, conversation_id: str) -> Update:
    """An UPDATE of one conversation."""
    return update(conversations).where(conversations.c.user_id == user_id, conversations.c.id == conversation_id)


def find_conversation(connection: Connection, user_id: str, conversation_id: str) -> Row[Any]:
    """The conversation's row. Raises NotFound."""
    return _one(connection, _FIND, user_id, conversation_id)


def lock_conversation(connection: Connection, user_id: str, conversation_id: str) -> Row[Any]:
    """The conversation's row, held until the transaction ends. SQLite's writers hold the whole file already."""
    return _one(connection, _LOCK, user_id, conversation_id)


def known_or_later(
    connection: Connection, user_id: str, conversation_id: str, turn_id: str, number: int
) -> Sequence[Row[Any]]:
    """The turn with this id if there is one, else the turns after this number, in order."""
    values = {"of_user": user_id, "of_talk": conversation_id, "with_id": turn_id, "after": number}
    rows = connection.execute(_KNOWN_OR_LATER, values).all()
    known = [row for row in rows if row.id == turn_id]
    return known or rows


def state_after(connection: Connection, user_id: str, conversation_id: str, number: int) -> str | None:
    """The stored state after this turn; None when there is no such turn."""
    values = {"of_user": user_id, "of_talk": conversation_id, "of_number": number}
    text: str | None = connection.execute(_STATE, values).scalar_one_or_none()
    return text


def _one(connection: Connection, query: Select[Any], user_id: str, conversation_id: str) -> Row[Any]:
    row = connection.execute(query, {"of_user": user_id, "of_id": conversation_id}).one_or_none()
    if row is None:
        raise NotFound("There is no such conversation. It may have been deleted; start a new one.")
    return row


# Made once: putting a statement together takes as long as running it, and a turn runs a handful.
_OF_TALK = (turns.c.user_id == bindparam("of_user"), turns.c.conversation_id == bindparam("of_talk"))
_THE_TALK = (conversations.c.user_id == bindparam("of_user"), conversations.c.id == bindparam("of_id"))
_INSERT = insert(turns)
_PROGRESS = update(conversations).where(*_THE_TALK)
_FIND = select(conversations).where(*_THE_TALK)
_LOCK = _FIND.with_for_update()
_STATE = select(turns.c.state).where(*_OF_TALK, turns.c.number == bindparam("of_number"))
_KNOWN_OR_LATER = (
    select(turns)
    .where(*_OF_TALK, or_(turns.c.id == bindparam("with_id"), turns.c.number > bindparam("after")))
    .order_by(turns.c.number)
)
