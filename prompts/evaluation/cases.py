"""Read the cases of a suite; a malformed one is named with its file, line and reason."""

from __future__ import annotations

import json
import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parent.parent / "cases"


class CaseError(ValueError):
    """A case that cannot be used. The message is `file:line: reason`."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its id, its data as read, and where it stands."""

    id: str
    data: Mapping[str, Any]
    place: str

    def text(self, key: str, default: str = "") -> str:
        """A value that must be a string."""
        value = self.data.get(key, default)
        if not isinstance(value, str):
            raise CaseError(f"{self.place}: {key!r} must be a string, not {type(value).__name__}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A value that must be a list of strings; empty when absent."""
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise CaseError(f"{self.place}: {key!r} must be a list of strings")
        return tuple(value)

    def number(self, key: str) -> int | None:
        """A value that must be a whole number or absent."""
        value = self.data.get(key)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise CaseError(f"{self.place}: {key!r} must be a whole number, not {value!r}")
        return value

    def mapping(self, key: str) -> Mapping[str, Any]:
        """A value that must be an object; empty when absent."""
        value = self.data.get(key, {})
        if not isinstance(value, Mapping):
            raise CaseError(f"{self.place}: {key!r} must be an object")
        return value

    def part(self, key: str, known: Collection[str]) -> Case:
        """An object inside the case, read like a case of its own, with no keys but the known ones."""
        inner = Case(self.id, self.mapping(key), self.place)
        inner.only(known, f" in {key!r}")
        return inner

    def only(self, known: Collection[str], where: str = "") -> None:
        """Raise CaseError for a key that nobody reads: it is misspelt, and its case would test nothing."""
        if unknown := sorted(set(self.data) - set(known)):
            raise CaseError(f"{self.place}: unknown key {unknown[0]!r}{where}; there are: {', '.join(sorted(known))}")


def read_cases(
    path: Path, *, required: tuple[str, ...] = (), limit: int | None = None, seed: int | None = None
) -> tuple[Case, ...]:
    """The cases of a file of JSON lines or a YAML list; at most `limit`, as `sample` draws them.

    Raises
    ------
    CaseError
        for a file that cannot be read, a case that is no object, a missing key, or an id that comes twice.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path}: cannot be read: {error}") from error
    rows = _yaml_rows(path, "\n".join(lines)) if path.suffix == ".yaml" else _json_rows(path, lines)
    cases: dict[str, Case] = {}
    for place, data in rows:
        if not isinstance(data, dict):
            raise CaseError(f"{place}: a case is an object, not {type(data).__name__}")
        if missing := [key for key in required if key not in data]:
            raise CaseError(f"{place}: lacks {', '.join(missing)}")
        name = str(data.get("id", place.rpartition("/")[2]))
        if name in cases:
            raise CaseError(f"{place}: id {name!r} is already at {cases[name].place}")
        cases[name] = Case(name, data, place)
    if not cases:
        raise CaseError(f"{path}: no cases in it")
    return sample(tuple(cases.values()), limit, seed)


def _json_rows(path: Path, lines: list[str]) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield f"{path}:{number}", json.loads(line)
        except (ValueError, RecursionError) as error:
            raise CaseError(f"{path}:{number}: not JSON: {error}") from error


def _yaml_rows(path: Path, text: str) -> Iterator[tuple[str, Any]]:
    try:
        node, values = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise CaseError(f"{path}:{mark.line + 1 if mark else 1}: not YAML: {error}") from error
    if not isinstance(node, yaml.SequenceNode):
        raise CaseError(f"{path}:1: cases are a list")
    for one, value in zip(node.value, values, strict=True):
        yield f"{path}:{one.start_mark.line + 1}", value


def sample(cases: tuple[Case, ...], limit: int | None, seed: int | None = None) -> tuple[Case, ...]:
    """At most `limit` cases, evenly spread; with a seed, drawn at random and left in their order."""
    if limit is None or limit >= len(cases):
        return cases
    if limit < 1:
        raise ValueError(f"a sample needs at least 1 case, not {limit}")
    if seed is not None:
        drawn = sorted(random.Random(seed).sample(range(len(cases)), limit))
        return tuple(cases[index] for index in drawn)
    return tuple(cases[index * len(cases) // limit] for index in range(limit))
