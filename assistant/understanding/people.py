"""People and companies of the catalog, found in messages by full name, or by a famous surname."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from retrieval.text import fold

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

_TOKEN = re.compile(r"[^\W\d_\u3400-\u9fff]+(?:['’.\-][^\W\d_\u3400-\u9fff]+)*\.?")
_ASKED = re.compile(r"\b(?:with|by|starring|featuring|of|actor|actress|director|like|love|from)\s*$", re.IGNORECASE)
_WORKS = re.compile(r"['’]?s?\s+(?:movies?|films?|flicks?|comed|thriller)", re.IGNORECASE)
_TABLE = Path(__file__).with_name("people.csv")
_FAMOUS = 20
"""Weight of a name (3 a film for directors, 1 to 2 for actors) whose surname is known in small letters too."""
_STUDIOS = {
    "pixar": "pixar animation studios", "disney": "walt disney pictures", "marvel": "marvel studios",
    "dreamworks": "dreamworks animation", "ghibli": "studio ghibli", "studio ghibli": "studio ghibli",
    "lucasfilm": "lucasfilm", "blumhouse": "blumhouse productions", "a24": "a24",
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
        for credits in catalog.credits():
            for place, credit in enumerate(credits):
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
        self._firsts = self._known_by_first_name(roles)
        self._keys = [key for key, name in self._names.items() if " " in key and weight[name] > 3]
        self._by_first: dict[str, list[str]] = defaultdict(list)
        self._by_last: dict[str, list[str]] = defaultdict(list)
        for key in self._keys:
            self._by_first[key.split()[0]].append(key)
            self._by_last[key.split()[-1]].append(key)
        self._chinese = {alias: name for alias, name in _chinese_names() if name in self._roles}
        self._studios = {alias: self._names[key] for alias, key in _STUDIOS.items() if key in self._names}

    def _leads(self, names: list[str]) -> bool:
        """Whether a surname means one person: theirs weighs much, and far more than any namesake's."""
        best = self._weight[names[-1]]
        return best >= 12 and (len(names) == 1 or best >= 2.5 * self._weight[names[-2]])

    def _known_by_first_name(self, names: Iterable[str]) -> dict[str, str]:
        """First names that mean one person ("Denzel"): well known, and nobody of some weight shares it."""
        bearers: dict[str, list[str]] = defaultdict(list)
        for name in names:
            key = _key(name)
            if " " in key and self._weight[name] >= _FAMOUS // 2:
                bearers[key.split()[0]].append(name)
        return {
            first: found[0]
            for first, found in bearers.items()
            if len(found) == 1 and len(first) > 4 and self._weight[found[0]] >= _FAMOUS
        }

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

    def find(self, message: str) -> tuple[Person, ...]:
        """Full names in any case, typos tolerated; bare surnames with a capital; Chinese names."""
        tokens = [(m.start(), m.end()) for m in _TOKEN.finditer(message[:4000])]
        found: list[Person] = []
        for size in (4, 3, 2, 1):
            for first in range(len(tokens) - size + 1):
                start, end = tokens[first][0], tokens[first + size - 1][1]
                if any(start < high and low < end for low, high in ((p.start, p.end) for p in found)):
                    continue
                if person := self._person(message, start, end, size):
                    found.append(person)
        low = message.casefold()
        for alias in sorted(self._chinese, key=len, reverse=True):
            place = low.find(alias)
            whole = not alias.isascii() or re.search(rf"\b{re.escape(alias)}\b", low)
            if place >= 0 and whole and not any(place < p.end and p.start < place + len(alias) for p in found):
                name = self._chinese[alias]
                found.append(Person(name, self._roles[name], place, place + len(alias)))
        found += self._misspelt(message, tokens, [(p.start, p.end) for p in found])
        return tuple(sorted(found, key=lambda person: person.start))

    def _misspelt(self, message: str, tokens: list[tuple[int, int]], taken: list[tuple[int, int]]) -> list[Person]:
        """Two words of which one is a first or last name of the catalog, and the other nearly goes with it."""
        found = []
        for (start, mid), (mid2, end) in pairwise(tokens):
            if any(start < high and low < end for low, high in taken) or message[mid:mid2].strip():
                continue
            first, last = _key(message[start:mid]), _key(re.sub(r"['’]s$", "", message[mid2:end]))
            named = message[start].isupper() and message[mid2].isupper()
            if not named and not _ASKED.search(message[:start]) and not _WORKS.match(message[end:]):
                continue
            names = [k for k in self._by_first.get(first, ()) if _one_typo(last, k.split(maxsplit=1)[1])]
            names += [k for k in self._by_last.get(last, ()) if _one_typo(first, k.rsplit(" ", 1)[0])]
            if names:
                name = self._names[max(names, key=lambda key: self._weight[self._names[key]])]
                found.append(Person(name, self._roles[name], start, end, sure=True))
        return found

    def _person(self, message: str, start: int, end: int, size: int) -> Person | None:
        words = re.sub(r"['’]s?\.?$|\.$", "", message[start:end])
        end = start + len(words)
        key = _key(words)
        if name := self._studios.get(key):
            return Person(name, "studio", start, end)
        if size > 1:
            name = self._names.get(key)
            if name and words.islower() and (self._roles[name] == "studio" or self._weight[name] < 4):
                return None
            return Person(name, self._roles[name], start, end) if name else None
        name = self._surnames.get(key)
        if name is None and (first := self._firsts.get(key)) and _ASKED.search(message[:start]):
            return Person(first, self._roles[first], start, end, sure=False)
        if name and (words[:1].isupper() or (len(words) > 3 and self._weight[name] >= _FAMOUS)):
            return Person(name, self._roles[name], start, end, sure=False)
        return None


def _one_typo(typed: str, name: str) -> bool:
    most = 1 if len(name) < 8 else 2
    return len(typed) > 2 and typed[:1] == name[:1] and 0 < OSA.distance(typed, name, score_cutoff=most) <= most


def _chinese_names() -> list[tuple[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return [(row["alias"], row["name"]) for row in csv.DictReader(file)]


def _key(name: str) -> str:
    return fold(name.replace("'", "").replace("’", "").replace(".", " "))
