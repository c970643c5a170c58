"""Understand messages from a file: JSON lines in, JSON lines out."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from assistant.acts import DialogueAct, Intent, Slot
from assistant.state import DialogueState
from assistant.understanding.rules import Rules
from assistant.understanding.studios import spoken_studio
from assistant.understanding.understander import Understander, Understanding

if TYPE_CHECKING:
    from retrieval.catalog import Catalog


class BadLine(ValueError):
    """A line of the input that cannot be read; the message names the line and says why."""


def run_understand(
    in_path: Path, out_path: Path, understander: Understander, catalog: Catalog, *, progress: bool = True
) -> int:
    """Read every line of `in_path` and write its reading to `out_path`; returns how many lines were read.

    A line is `{"text", "context"?: [{"role", "text"}], "shown"?: [ids]}`; an `id` is passed on. A line that cannot be
    read gives `{"error": …}` in its place, so that the two files stay parallel.
    """
    lines = in_path.read_text(encoding="utf-8").splitlines()
    read = 0
    with out_path.open("w", encoding="utf-8") as out:
        for number, line in enumerate(tqdm(lines, unit="message", disable=not progress), 1):
            if not line.strip():
                continue
            try:
                case = parse_case(line, number)
                result = as_record(understand_case(case, understander), catalog, case["shown"])
                read += 1
            except BadLine as problem:
                result = {"error": str(problem)}
                case = {}
            kept = {"id": case["id"]} if "id" in case else {}
            out.write(json.dumps({**kept, **result}, ensure_ascii=False) + "\n")
    return read


def parse_case(line: str, number: int) -> dict[str, Any]:
    """One input line, checked. Raises BadLine."""
    try:
        case = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLine(f"line {number}: not JSON: {error}") from error
    if not isinstance(case, dict) or not isinstance(case.get("text"), str):
        raise BadLine(f'line {number}: needs an object with a string "text"')
    context = case.get("context") or []
    if not isinstance(context, list) or not all(isinstance(turn, Mapping) for turn in context):
        raise BadLine(f'line {number}: "context" must be a list of {{"role", "text"}}')
    shown = case.get("shown") or []
    if not isinstance(shown, list):
        raise BadLine(f'line {number}: "shown" must be a list of ids')
    return {**case, "context": context, "shown": [str(item_id) for item_id in shown]}


def understand_case(case: Mapping[str, Any], understander: Understander) -> Understanding:
    """The reading of the last message, in the state that the turns before it and the cards shown come to."""
    return understander.understand(case["text"], state_of(case, understander.rules))


def state_of(case: Mapping[str, Any], rules: Rules) -> DialogueState:
    """The state before the message. Earlier turns are read by the rules alone: they cost nothing.

    What the other side named counts as shown.
    """
    state = DialogueState()
    for turn in case.get("context", ()):
        text = turn.get("text")
        if not isinstance(text, str):
            continue
        if turn.get("role") in ("user", "seeker"):
            state = state.apply(rules.read(text, state).act)
        else:
            state = rules.heard(text, state)
    return state.showed(case.get("shown", ()))


def as_record(understanding: Understanding, catalog: Catalog, shown: Collection[str] = ()) -> dict[str, Any]:
    """The keys of the output. What was only guessed is left out; spans come as [key, value, words].

    `refers_to` keeps what was shown: a question may name other items too.
    """
    act = understanding.act
    names = {words: item.title for words, ids in act.doubtful for item in [catalog.get(ids[0])] if item}
    said = [slot for slot in act.slots if not slot.guessed]
    own = {slot.item_id for slot in act.slots if slot.name == "title"}
    pointed = [item.title for item_id in act.refers_to if item_id not in own and (item := catalog.get(item_id))]
    record: dict[str, Any] = {
        "intent": str(act.intent),
        "like": _titles(said, "=", names, pointed if act.intent in (Intent.LIKE, Intent.MORE_LIKE) else ()),
        "dislike": _titles(said, "not", names, pointed if act.intent is Intent.DISLIKE else ()),
        "genres": _values(said, "genre", "=", "prefer"),
        "not_genres": _values(said, "genre", "not"),
        "people": _people(said),
        "year_from": _year(said, ">=", max),
        "year_to": _year(said, "<=", min),
        "wishes": _wishes(said),
        "refers_to": [item_id for item_id in act.refers_to if item_id in shown],
    }
    record["spans"] = [[slot.name, slot.operator, slot.value, slot.span] for slot in act.slots if slot.span]
    record["doubtful"] = [[words, list(ids)] for words, ids in act.doubtful]
    return record


_COMPARED = re.compile(r"(?:less|more) \w+$|\w+er$|.*[点些]$", re.IGNORECASE)
"""A critique that says what is wanted; "too long" says what is not."""


def _titles(said: list[Slot], operator: str, names: Mapping[str, str], pointed: Iterable[str]) -> list[str]:
    """Titles with a feeling, those that the message only points at included: "loved the second one"."""
    typed = [names.get(value, value) for value in _values(said, "title", operator)]
    return list(dict.fromkeys((*typed, *pointed)))


def _people(said: list[Slot]) -> list[str]:
    """Full names of people; studios as people call them."""
    wanted = [slot for slot in said if _is(slot, "person", "=", "prefer")]
    return [spoken_studio(slot.value, slot.span) if slot.role == "studio" else slot.value for slot in wanted]


def _wishes(said: list[Slot]) -> list[str]:
    """Moods, themes and critiques ("shorter") in the person's words."""
    wanted = [
        slot for slot in said if _is(slot, "wish", "=") or (slot.operator == "relative" and _COMPARED.match(slot.span))
    ]
    words = [slot.value if slot.span.casefold() in slot.value else slot.span.casefold() for slot in wanted]
    return list(dict.fromkeys(words))


def _is(slot: Slot, name: str, *operators: str) -> bool:
    return slot.name == name and slot.operator in operators


def _values(slots: list[Slot], name: str, *operators: str) -> list[str]:
    return list(dict.fromkeys(slot.value for slot in slots if _is(slot, name, *operators)))


def _year(slots: list[Slot], operator: str, pick: Any) -> int | None:
    years = [int(slot.value) for slot in slots if _is(slot, "year", operator, "=") and slot.value.isdecimal()]
    return pick(years) if years else None


def iterate(path: Path) -> Iterator[dict[str, Any]]:
    """The cases of a file; raises BadLine at the first that cannot be read."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            yield parse_case(line, number)


__all__ = [
    "BadLine",
    "DialogueAct",
    "as_record",
    "iterate",
    "parse_case",
    "run_understand",
    "state_of",
    "understand_case",
]
