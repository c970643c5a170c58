"""Turns of recorded conversations: what was said, which items were named, and what was recommended next."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class CaseError(ValueError):
    """A case cannot be used; the message names the file, the line and the reason."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing said; `role` is "user" or "assistant"."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """One turn: its context, the ids named so far in order, and the ids recommended next.

    `disliked` and `wishes` are what an understanding of the text adds: ids the person did not like, and the wishes in
    words. `heard` holds the ids of titles that were said, where the recording lists none as mentioned: it then counts
    as `mentioned`. All are empty when nothing has read the text.
    """

    id: str
    dialog: str
    context: tuple[Utterance, ...]
    mentioned: tuple[str, ...]
    gold: tuple[str, ...]
    disliked: tuple[str, ...] = ()
    wishes: str = ""
    heard: tuple[str, ...] = ()


Understand = Callable[[Case], Case]
"""Reads the text of a case and returns it with `disliked` and `wishes` (and further `mentioned` ids) filled in."""


def read_cases(path: Path) -> tuple[Case, ...]:
    """Read a JSON-lines file of cases. Raises CaseError for the first line that is not one, or when there are none."""
    try:
        with path.open(encoding="utf-8") as file:
            cases = tuple(_cases(file, path))
    except OSError as error:
        raise CaseError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CaseError(f"{path}: is not UTF-8 text") from error
    if not cases:
        raise CaseError(f"{path}: holds no cases; expected one JSON object a line")
    return cases


def merged(context: Sequence[Utterance]) -> tuple[Utterance, ...]:
    """What one speaker said in a row, joined; empty utterances left out. Recordings differ in how they cut speech."""
    found: list[Utterance] = []
    for utterance in context:
        if not utterance.text.strip():
            continue
        if found and found[-1].role == utterance.role:
            found[-1] = Utterance(utterance.role, f"{found[-1].text} {utterance.text}")
        else:
            found.append(utterance)
    return tuple(found)


def _cases(lines: Iterable[str], path: Path) -> Iterator[Case]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield parse_case(json.loads(line), f"line {number}")
        except json.JSONDecodeError as error:
            raise CaseError(f"{path}, line {number}: not JSON: {error.msg}") from error
        except ValueError as error:
            raise CaseError(f"{path}, line {number}: {error}") from error


def parse_case(record: Any, name: str = "case") -> Case:
    """A case from a decoded JSON object; `name` stands in for a missing id. Raises ValueError with the reason."""
    if not isinstance(record, dict):
        raise ValueError("not a JSON object")
    context = record.get("context") or []
    if not isinstance(context, list):
        raise ValueError('"context" must be a list of {"role", "text"}')
    identity = str(record.get("id", name))
    return Case(
        id=identity,
        dialog=str(record.get("dialog", identity)),
        context=tuple(_utterance(entry) for entry in context),
        mentioned=_ids(record, "mentioned"),
        gold=_ids(record, "gold"),
    )


def _utterance(entry: Any) -> Utterance:
    if not isinstance(entry, dict) or not isinstance(entry.get("text") or "", str):
        raise ValueError('an entry of "context" is not {"role", "text"}')
    return Utterance("assistant" if entry.get("role") in {"assistant", "system"} else "user", entry.get("text") or "")


def _ids(record: dict[str, Any], field: str) -> tuple[str, ...]:
    values = record.get(field) or []
    if not isinstance(values, list) or not all(isinstance(value, str | int) for value in values):
        raise ValueError(f'"{field}" must be a list of item ids')
    return tuple(dict.fromkeys(map(str, values)))
