"""One visitor's tab: the turns on the page, the state after them, and the way back. Pure bookkeeping, no HTML."""

from __future__ import annotations

import secrets
from dataclasses import replace
from threading import RLock
from typing import Any

from assistant.state import DialogueState
from ui.types import Saved, Summary, Taste, Turn

_STEPS_KEPT = 200
"""How many steps can be undone."""


def new_id() -> str:
    """A random name that nobody can guess."""
    return secrets.token_urlsafe(12)


class Session:
    """What one tab holds on the server. Gradio keeps one per page load and hands it to that page's events only.

    `run` numbers what the page was asked to do: a stream that finds a newer number ends. `epoch` numbers the versions
    of the list of turns: when it changes, the page draws all turns anew, and every view says all turns until the next
    run (`drawn`). `seq` numbers the views that were sent. `on_record` are the turns as this tab last wrote or read
    them. `kept` lists the person's conversations, and `taste` is their long-term taste.
    """

    def __init__(self) -> None:
        self.id = new_id()
        self.person = ""
        self.language = "en"
        self.memory = True
        self.state = DialogueState()
        self.turns: tuple[Turn, ...] = ()
        self.past: list[tuple[tuple[Turn, ...], DialogueState]] = []
        self.run = 0
        self.epoch = 0
        self.drawn = -1
        self.seq = 0
        self.on_record: tuple[Turn, ...] = ()
        self.kept: tuple[Summary, ...] = ()
        self.taste: Taste | None = None
        self.made = 0
        self.lock = RLock()

    def __deepcopy__(self, memo: dict[int, Any]) -> Session:
        """Gradio copies the initial value for each visitor: every visitor begins anew."""
        return Session()

    @property
    def live(self) -> Turn | None:
        """The last turn."""
        return self.turns[-1] if self.turns else None

    def start_run(self) -> int:
        """Begin something new; streams that still run see it and end."""
        self.run += 1
        self.drawn = self.epoch
        return self.run

    def step(self) -> None:
        """Remember where things stand, for undo."""
        self.past.append((self.turns, self.state))
        del self.past[:-_STEPS_KEPT]

    def begin(self, said: str, *, typed: bool) -> Turn:
        """A new turn at the end, undoable."""
        self.halt()
        self.step()
        self.made += 1
        turn = Turn(f"t{self.made}", said, typed, before=self.state, after=self.state)
        self.turns = (*self.turns, turn)
        return turn

    def put(self, turn: Turn) -> None:
        """Replace the last turn by a later version of it, and take over its state."""
        self.turns = (*self.turns[:-1], turn)
        self.state = turn.after

    def halt(self) -> None:
        """Mark a turn that is still being written as stopped. What was understood stays."""
        live = self.live
        if live is not None and live.stage not in ("done", "stopped"):
            after = live.after
            if live.ranking is not None:
                shown = live.ranking.cards
                after = after.showed([ranked.item.id for ranked in shown])
            self.put(replace(live, stage="stopped", after=after))

    def undo(self) -> bool:
        """Go back one step; False when there is none."""
        if not self.past:
            return False
        self.turns, self.state = self.past.pop()
        self.epoch += 1
        return True

    def rewind(self, turn_id: str) -> Turn | None:
        """Go back to before a turn and return it; None when there is no such turn. Can be undone."""
        found = next((place for place, turn in enumerate(self.turns) if turn.id == turn_id), None)
        if found is None:
            return None
        self.step()
        turn = self.turns[found]
        self.turns, self.state = self.turns[:found], turn.before
        self.epoch += 1
        return turn

    def clear(self, state: DialogueState) -> None:
        """A new conversation that begins with this state."""
        self.id, self.turns, self.on_record = new_id(), (), ()
        self.state = replace(state, language=self.language)
        self.past.clear()
        self.epoch += 1

    def resume(self, kept: Saved) -> None:
        """Go on with a conversation that was kept."""
        self.id, self.state, self.turns, self.on_record = kept.id, kept.state, kept.turns, kept.turns
        self.past.clear()
        self.made = max([self.made, *(int(turn.id[1:]) for turn in kept.turns if turn.id[1:].isdecimal())])
        self.epoch += 1

    def saved(self) -> Saved:
        """The conversation as it is kept."""
        return Saved(self.id, self.person, self.turns, self.state)
