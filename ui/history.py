"""Conversations kept in memory: the page's history when no database is given."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, replace
from threading import Lock
from typing import Any

from assistant.state import DialogueState
from ui.types import Saved, Summary, Taste, Turn

_MOST = 1000
"""Conversations kept; the ones not touched for longest go first."""


class MemoryHistory:
    """A `History` that lives as long as the process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Saved] = OrderedDict()
        self._lock = Lock()

    def save(self, conversation: Saved, over: tuple[Turn, ...]) -> bool:
        """Keep this conversation in place of the version with the turns `over`; False when there is another."""
        with self._lock:
            kept = self._kept.get((conversation.person, conversation.id))
            if kept is not None and kept.turns != over:
                return False
            self._kept[conversation.person, conversation.id] = conversation
            self._kept.move_to_end((conversation.person, conversation.id))
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return True

    def summaries(self, person: str) -> tuple[Summary, ...]:
        """The person's conversations, newest first."""
        with self._lock:
            own = [kept for (owner, _), kept in self._kept.items() if owner == person]
        return tuple(Summary(kept.id, kept.title, len(kept.turns)) for kept in reversed(own) if kept.turns)

    def load(self, person: str, conversation_id: str) -> Saved | None:
        """The conversation, or None when this person has none with that id."""
        with self._lock:
            return self._kept.get((person, conversation_id))

    def forget(self, person: str) -> int:
        """Delete everything of this person; tells how many conversations that was."""
        with self._lock:
            own = [key for key in self._kept if key[0] == person]
            for key in own:
                del self._kept[key]
        return len(own)

    def export(self, person: str) -> Mapping[str, Any]:
        """Everything that is kept of this person, ready for JSON."""
        kept = (self.load(person, line.id) for line in self.summaries(person))
        return {"conversations": [told(one) for one in kept if one is not None]}

    def taste(self, person: str) -> Taste | None:
        """None: what lives as long as the process is no long-term taste."""
        del person
        return None

    def keep_taste(self, person: str, *, on: bool) -> None:
        """Does nothing."""

    def drop_taste(self, person: str, line: str) -> None:
        """Does nothing."""

    def beginning(self, person: str) -> DialogueState:
        """An empty state."""
        del person
        return DialogueState()


def told(kept: Saved) -> dict[str, Any]:
    """A conversation as a person would want it in a file."""
    state = asdict(replace(kept.state, previous=None))
    return {
        "id": kept.id,
        "turns": [
            {
                "said": turn.said,
                "understood": turn.echo,
                "cards": [
                    {"id": ranked.item.id, "title": ranked.item.label(), "reason": reason}
                    for ranked, reason in zip(turn.ranking.items, turn.reasons, strict=False)
                ]
                if turn.ranking
                else [],
                "reply": turn.text,
            }
            for turn in kept.turns
        ],
        "taste": {
            name: sorted(value, key=str) if isinstance(value, frozenset) else value
            for name, value in {**state, **state.pop("limits")}.items()
            if name not in ("previous", "limits")
        },
    }
