"""The dialogue state and acts as JSON, and back."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from assistant.acts import DialogueAct
from assistant.memory.database import MemoryProblem
from assistant.state import DialogueState

UNDO_DEPTH = 10
"""How many acts can be undone after a conversation was stored. Each state holds the one before it."""

T = TypeVar("T")
_STATE = TypeAdapter(DialogueState)
_ACT = TypeAdapter(DialogueAct)


def bounded(state: DialogueState, depth: int = UNDO_DEPTH) -> DialogueState:
    """The state with at most `depth` earlier ones behind it."""
    chain = [state]
    while len(chain) <= depth and (previous := chain[-1].previous) is not None:
        chain.append(previous)
    if chain[-1].previous is None:
        return state
    kept: DialogueState | None = None
    for link in reversed(chain):
        kept = replace(link, previous=kept)
    return kept or state


def dump_state(state: DialogueState) -> str:
    """JSON with the fields that differ from a new conversation, and up to `UNDO_DEPTH` earlier states."""
    return _STATE.dump_json(bounded(state), exclude_defaults=True).decode()


def load_state(text: str) -> DialogueState:
    """The state that `dump_state` wrote. Raises MemoryProblem when it is not one."""
    return _load(_STATE, text)


def dump_act(act: DialogueAct | None) -> str:
    """JSON of an act; "null" for none."""
    return "null" if act is None else _ACT.dump_json(act, exclude_defaults=True).decode()


def load_act(text: str) -> DialogueAct | None:
    """The act that `dump_act` wrote. Raises MemoryProblem when it is not one."""
    return None if text == "null" else _load(_ACT, text)


def _load(adapter: TypeAdapter[T], text: str) -> T:
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        raise MemoryProblem(
            f"The stored conversation cannot be read; delete it or start a new one: {error.errors()[0]['msg']}"
        ) from error
