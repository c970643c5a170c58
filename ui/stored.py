"""Conversations kept in Concierge's memory, so that the page can go on with them after a restart."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from threading import Lock
from typing import Any

from pydantic import TypeAdapter

from assistant.memory import Memory, NewTurn, NotFound
from assistant.memory import Turn as Row
from assistant.state import DialogueState
from ui.types import Saved, Summary, Taste, Turn

_TURN = TypeAdapter(Turn)
_KNOWN = 1000
"""Conversations whose stored turns are remembered by this process, to write only what changed."""


class StoredHistory:
    """A `History` over the database. What a turn showed lies in its details; its state is the row's own."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._written: OrderedDict[tuple[str, str], tuple[Turn, ...]] = OrderedDict()
        self._lock = Lock()

    def save(self, conversation: Saved, over: tuple[Turn, ...]) -> bool:
        """Write the turns that are new or changed; those after them go. False when not the turns `over` are kept."""
        talks, person = self._memory.conversations, conversation.person
        with self._lock:
            written = self._known(person, conversation.id)
            if len(written) != len(over) or _same(written, over) < len(over):
                return False
            same = _same(written, conversation.turns)
            talks.start(person, conversation.id)
            if same < len(written):
                talks.rewind(person, conversation.id, same)
            for number, turn in enumerate(conversation.turns[same:], start=same):
                talks.append(person, conversation.id, _new(turn), number)
            self._remember(person, conversation.id, conversation.turns)
        return True

    def summaries(self, person: str) -> tuple[Summary, ...]:
        """The person's conversations, newest first."""
        kept = self._memory.conversations.list(person)
        return tuple(Summary(one.id, one.title, one.turns) for one in kept if one.turns)

    def load(self, person: str, conversation_id: str) -> Saved | None:
        """The conversation, or None when this person has none with that id, or none that the page wrote."""
        try:
            rows = self._memory.conversations.turns(person, conversation_id)
        except NotFound:
            return None
        turns: list[Turn] = []
        for row in rows:
            before = turns[-1].after if turns else DialogueState()
            turns.append(_turn(row, before))
        with self._lock:
            self._remember(person, conversation_id, tuple(turns))
        state = turns[-1].after if turns else DialogueState()
        return Saved(conversation_id, person, tuple(turns), state)

    def forget(self, person: str) -> int:
        """Delete everything of this person; tells how many conversations that was."""
        forgotten = self._memory.privacy.forget(person)
        with self._lock:
            for key in [key for key in self._written if key[0] == person]:
                del self._written[key]
        return forgotten.removed.get("conversations", 0)

    def export(self, person: str) -> Mapping[str, Any]:
        """Everything that is stored of this person."""
        return self._memory.privacy.export(person)

    def taste(self, person: str) -> Taste | None:
        """The person's long-term taste, the latest line first."""
        learning = self._memory.learning
        lines = tuple((line.id, line.kind, line.item_id) for line in learning.taste(person))
        return Taste(learning.remembers(person), lines)

    def keep_taste(self, person: str, *, on: bool) -> None:
        """Turn long-term taste on or off; off removes what was kept."""
        self._memory.learning.set_remember(person, on)

    def drop_taste(self, person: str, line: str) -> None:
        """Remove one line of it."""
        with suppress(NotFound):
            self._memory.learning.delete_taste(person, line)

    def beginning(self, person: str) -> DialogueState:
        """The long-term taste as a state, empty where none was asked for."""
        return self._memory.learning.beginning(person)

    def _known(self, person: str, conversation_id: str) -> tuple[Turn, ...]:
        known = self._written.get((person, conversation_id))
        if known is not None:
            return known
        try:
            rows = self._memory.conversations.turns(person, conversation_id)
        except NotFound:
            return ()
        return tuple(_turn(row, DialogueState()) for row in rows)

    def _remember(self, person: str, conversation_id: str, turns: tuple[Turn, ...]) -> None:
        self._written[person, conversation_id] = turns
        self._written.move_to_end((person, conversation_id))
        while len(self._written) > _KNOWN:
            self._written.popitem(last=False)


def _same(written: tuple[Turn, ...], wanted: tuple[Turn, ...]) -> int:
    """How many turns from the start are the same."""
    for place, (old, new) in enumerate(zip(written, wanted, strict=False)):
        if old is not new and _content(old) != _content(new):
            return place
    return min(len(written), len(wanted))


def _content(turn: Turn) -> Turn:
    return replace(turn, before=DialogueState(), after=DialogueState())


def _new(turn: Turn) -> NewTurn:
    details = {"page": _TURN.dump_python(_content(turn), mode="json")}
    shown = turn.ranking.cards if turn.ranking else ()
    cards = tuple({"id": ranked.item.id, "title": ranked.item.label()} for ranked in shown)
    kind: Any = "message" if turn.typed else "click"
    degraded = any(problem.kind in ("no-engine", "busy", "engine-lost") for problem in turn.problems)
    return NewTurn(turn.id, turn.said, turn.text, None, turn.after, cards, details, degraded=degraded, kind=kind)


def _turn(row: Row, before: DialogueState) -> Turn:
    """The turn as the page showed it; one that came through another door is shown with its words only."""
    page = row.details.get("page")
    if page is None:
        turn = Turn(row.id, row.utterance, row.kind == "message", before, row.state, stage="done", text=row.reply)
    else:
        turn = _TURN.validate_python(page)
    return replace(turn, before=before, after=row.state)
