"""Conversations and their turns."""

from __future__ import annotations

import time
import uuid
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from assistant.acts import DialogueAct
from assistant.memory.database import Conflict, Database, NotFound
from assistant.memory.people import ensure_user, insert_new, storable
from assistant.memory.records import Conversation, Turn
from assistant.memory.states import load_act, load_state
from assistant.memory.tables import conversations, turns
from assistant.memory.taste import starting_state
from assistant.memory.turns import (
    TITLE_LENGTH,
    NewTurn,
    apply_click,
    change_conversation,
    find_conversation,
    insert_turn,
    known_or_later,
    lock_conversation,
    state_after,
    turn_of,
    turns_of,
)
from assistant.state import DialogueState


class Conversations:
    """Every method takes the user first and reaches that user's rows alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, user_id: str, conversation_id: str | None = None, title: str = "") -> Conversation:
        """A new conversation, or the one of this user that has this id already."""
        wanted = storable(conversation_id or uuid.uuid4().hex)

        def work(connection: Connection) -> Conversation:
            ensure_user(connection, user_id)
            now = time.time()
            values = {
                "user_id": user_id,
                "id": wanted,
                "title": storable(title)[:TITLE_LENGTH],
                "turns": 0,
                "created_at": now,
                "updated_at": now,
            }
            connection.execute(insert_new(connection, conversations).values(values))
            return _conversation(find_conversation(connection, user_id, wanted))

        return self._database.write(work)

    def list(self, user_id: str, limit: int = 100) -> tuple[Conversation, ...]:
        """The user's conversations, the latest first."""
        query = (
            select(conversations)
            .where(conversations.c.user_id == user_id)
            .order_by(conversations.c.updated_at.desc(), conversations.c.id)
            .limit(limit)
        )
        return self._database.read(lambda connection: tuple(map(_conversation, connection.execute(query))))

    def get(self, user_id: str, conversation_id: str) -> Conversation:
        """One conversation. Raises NotFound."""
        row = self._database.read(lambda connection: find_conversation(connection, user_id, conversation_id))
        return _conversation(row)

    def state(self, user_id: str, conversation_id: str, number: int | None = None) -> tuple[DialogueState, int]:
        """The state after the last turn, or after turn `number` (0: before the first), and that turn's number.

        Before the first turn it is what the user's long-term taste begins with. Raises NotFound.
        """

        def work(connection: Connection) -> tuple[DialogueState, int]:
            last = find_conversation(connection, user_id, conversation_id).turns if number is None else number
            if last == 0:
                return starting_state(connection, user_id), 0
            text = state_after(connection, user_id, conversation_id, last)
            if text is None:
                raise NotFound(f"This conversation has no turn {last}.")
            return load_state(text), last

        return self._database.read(work)

    def turns(self, user_id: str, conversation_id: str, after: int = 0, limit: int = 1000) -> tuple[Turn, ...]:
        """Turns in order, those with a number above `after`. Raises NotFound."""
        query = (
            select(turns)
            .where(*turns_of(user_id, conversation_id), turns.c.number > after)
            .order_by(turns.c.number)
            .limit(limit)
        )

        def work(connection: Connection) -> tuple[Turn, ...]:
            find_conversation(connection, user_id, conversation_id)
            return tuple(map(turn_of, connection.execute(query)))

        return self._database.read(work)

    def turn(self, user_id: str, conversation_id: str, turn_id: str) -> Turn | None:
        """The turn with this id, if there is one."""
        query = select(turns).where(*turns_of(user_id, conversation_id), turns.c.id == turn_id)
        row = self._database.read(lambda connection: connection.execute(query).one_or_none())
        return None if row is None else turn_of(row)

    def append(self, user_id: str, conversation_id: str, turn: NewTurn, base: int) -> Turn:
        """Store a turn that was answered from the state after turn `base`; durable when this returns.

        Clicks that were stored meanwhile are applied to its state. A turn with this id that is stored already is
        given back as it is.

        Raises
        ------
        NotFound
            when the conversation is gone.
        Conflict
            when another message was answered meanwhile: the person should send theirs again.
        """

        def work(connection: Connection) -> Turn:
            title = lock_conversation(connection, user_id, conversation_id).title
            later = known_or_later(connection, user_id, conversation_id, turn.id, base)
            if later and later[0].id == turn.id:
                return turn_of(later[0])
            state = turn.state
            for row in later:
                act = load_act(row.act)
                if row.kind != "click" or act is None:
                    raise Conflict("Another message was answered at the same time. Please send this one again.")
                state = state.apply(act)
            return insert_turn(connection, user_id, conversation_id, turn, state, base + len(later) + 1, title)

        return self._database.write(work)

    def click(self, user_id: str, conversation_id: str, turn_id: str, act: DialogueAct) -> Turn:
        """Apply a click to the conversation's latest state and store it as a turn. Raises NotFound."""
        return self._database.write(lambda connection: apply_click(connection, user_id, conversation_id, turn_id, act))

    def rewind(self, user_id: str, conversation_id: str, number: int) -> DialogueState:
        """Remove the turns after `number` and give the state after it. Raises NotFound."""

        def work(connection: Connection) -> None:
            row = lock_conversation(connection, user_id, conversation_id)
            connection.execute(delete(turns).where(*turns_of(user_id, conversation_id), turns.c.number > number))
            connection.execute(
                change_conversation(user_id, conversation_id).values(turns=min(row.turns, max(number, 0)))
            )

        self._database.write(work)
        return self.state(user_id, conversation_id)[0]

    def fork(self, user_id: str, conversation_id: str, number: int) -> Conversation:
        """A new conversation that begins with the first `number` turns of this one. Raises NotFound."""
        copied = self.turns(user_id, conversation_id, limit=number)
        title = self.get(user_id, conversation_id).title
        new = self.start(user_id, title=title)

        def work(connection: Connection) -> None:
            for turn in copied:
                row = NewTurn(
                    turn.id, turn.utterance, turn.reply, turn.act, turn.state, turn.cards, turn.details, kind=turn.kind
                )
                insert_turn(connection, user_id, new.id, row, turn.state, turn.number, title)

        self._database.write(work)
        return self.get(user_id, new.id)

    def rename(self, user_id: str, conversation_id: str, title: str) -> None:
        """Give it another title. Raises NotFound."""

        def work(connection: Connection) -> None:
            lock_conversation(connection, user_id, conversation_id)
            connection.execute(
                change_conversation(user_id, conversation_id).values(title=storable(title)[:TITLE_LENGTH])
            )

        self._database.write(work)

    def delete(self, user_id: str, conversation_id: str) -> None:
        """Remove a conversation with its turns. Raises NotFound."""

        def work(connection: Connection) -> None:
            find_conversation(connection, user_id, conversation_id)
            connection.execute(
                delete(conversations).where(conversations.c.user_id == user_id, conversations.c.id == conversation_id)
            )

        self._database.write(work)

    def with_prefix(self, user_id: str, prefix: str) -> tuple[str, int] | None:
        """The conversation and the number of the turn that ended with this prefix; the latest, if there are several."""
        query = (
            select(turns.c.conversation_id, turns.c.number)
            .where(turns.c.user_id == user_id, turns.c.prefix == prefix)
            .order_by(turns.c.created_at.desc())
            .limit(1)
        )
        row = self._database.read(lambda connection: connection.execute(query).one_or_none())
        return None if row is None else (row.conversation_id, row.number)


def _conversation(row: Row[Any]) -> Conversation:
    return Conversation(row.id, row.user_id, row.title, row.turns, row.created_at, row.updated_at)
