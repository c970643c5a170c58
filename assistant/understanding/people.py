"""People and companies of the catalog, found in messages by full name, or by a famous surname."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from retrieval.text import fold

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

_TOKEN = re.compile(r"[^\W\d_\u3400-\u9fff]+(?:['’.\-][^\W\d_\u3400-\u9fff]+)*\.?")
_STUDIOS = {
    "pixar": "pixar animation studios", "disney": "walt disney pictures", "marvel": "marvel studios",
    "dreamworks": "dreamworks animation", "ghibli": "studio ghibli", "studio ghibli": "studio ghibli",
    "lucasfilm": "lucasfilm", "blumhouse": "blumhouse productions", "a24": "a24", "皮克斯": "pixar animation studios",
    "迪士尼": "walt disney pictures", "吉卜力": "studio ghibli", "漫威": "marvel studios",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """A name of the catalog in a message: `message[start:end]`; `sure` unless only a surname or a near spelling."""

    name: str
    role: str
    start: int
    end: int
    sure: bool = True


class PeopleIndex:
    """Names of directors, actors, writers and studios, with the role that each has most often."""

    def __init__(self, catalog: Catalog) -> None:
        roles: dict[str, Counter[str]] = defaultdict(Counter)
        weight: Counter[str] = Counter()
        for row in range(len(catalog)):
            item = catalog.item(row)
            for place, credit in enumerate(item.people):
                roles[credit.name][credit.role] += 1
                weight[credit.name] += 3 if credit.role in ("director", "author") else 2 if place < 6 else 1
        self._names: dict[str, str] = {}
        surnames: dict[str, list[str]] = defaultdict(list)
        for name in sorted(roles, key=lambda name: weight[name]):
            key = _key(name)
            if " " in key:
                self._names[key] = name
                surnames[key.rsplit(" ", 1)[1]].append(name)
            elif len(key) > 3:
                self._names[key] = name
        self._roles = {name: counts.most_common(1)[0][0] for name, counts in roles.items()}
        self._weight = weight
        self._surnames = {surname: names[-1] for surname, names in surnames.items() if self._leads(names)}
        self._keys = [key for key, name in self._names.items() if " " in key and weight[name] > 3]
        self._studios = {alias: self._names[key] for alias, key in _STUDIOS.items() if key in self._names}

    def _leads(self, names: list[str]) -> bool:
        """Whether a surname means one person: theirs weighs much, and far more than any namesake's."""
        best = self._weight[names[-1]]
        return best >= 12 and (len(names) == 1 or best >= 2.5 * self._weight[names[-2]])

    def role(self, name: str) -> str:
        """The role this person has most often in the catalog, "" when it has none."""
        return self._roles.get(name, "")

    def full(self, words: str) -> str | None:
        """The catalog's spelling of a full name, typos tolerated; None when it is not known."""
        key = _key(words)
        if key in self._names:
            return self._names[key]
        if " " not in key or len(key) < 8:
            return None
        near = process.extractOne(key, self._keys, scorer=fuzz.ratio, score_cutoff=86)
        return self._names[near[0]] if near else None

    def surname(self, word: str) -> str | None:
        """The one person whom a bare surname means."""
        return self._surnames.get(_key(word))

    def find(self, message: str, taken: list[tuple[int, int]]) -> tuple[Person, ...]:
        """Names outside the taken spans: full names in any case, bare surnames with a capital."""
        tokens = [(m.start(), m.end()) for m in _TOKEN.finditer(message[:4000])]
        found: list[Person] = []
        for size in (4, 3, 2, 1):
            for first in range(len(tokens) - size + 1):
                start, end = tokens[first][0], tokens[first + size - 1][1]
                if any(start < high and low < end for low, high in (*taken, *((p.start, p.end) for p in found))):
                    continue
                if person := self._person(message, start, end, size):
                    found.append(person)
        for alias, name in self._studios.items():
            if alias in message and not any("a" <= char <= "z" for char in alias):
                place = message.index(alias)
                found.append(Person(name, "studio", place, place + len(alias)))
        return tuple(sorted(found, key=lambda person: person.start))

    def _person(self, message: str, start: int, end: int, size: int) -> Person | None:
        words = re.sub(r"['’]s?\.?$|\.$", "", message[start:end])
        end = start + len(words)
        key = _key(words)
        if name := self._studios.get(key):
            return Person(name, "studio", start, end)
        if size > 1:
            name = self._names.get(key)
            return Person(name, self._roles[name], start, end) if name else None
        if words[:1].isupper() and (name := self._surnames.get(key)):
            return Person(name, self._roles[name], start, end, sure=False)
        return None


def _key(name: str) -> str:
    return fold(name.replace("'", "").replace("’", "").replace(".", " "))
