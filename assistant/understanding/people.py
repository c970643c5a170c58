"""People and companies of the catalog, found in messages by full name, or by a famous surname."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from assistant.understanding.studios import PLAIN, STUDIOS
from retrieval.text import fold

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

_TOKEN = re.compile(r"[^\W\d_\u3400-\u9fff][^\W_\u3400-\u9fff]*(?:['’.\-][^\W\d_\u3400-\u9fff]+)*\.?")
_ASKED = re.compile(r"\b(?:with|by|starring|featuring|of|actor|actress|director|like|love|from)\s*$", re.IGNORECASE)
_WORKS = re.compile(
    r"['’]?s?\s+(?:movies?|films?|flicks?|comed|thriller|stuff|drama|romcom|rom-com|horror|western|action|romance|marathon|classics?|style)",
    re.IGNORECASE,
)
_ASKED_SURELY = re.compile(r"\b(?:by|starring|featuring|directed by|actor|actress|director)\s+$", re.IGNORECASE)
FANS = re.compile(r"\b(?:love|loved|like|liked|adore|fan of|enjoy|enjoyed|admire|works? of)\s*$", re.IGNORECASE)
"""Words of liking in front of a name."""
_TABLE = Path(__file__).with_name("people.csv")
_AND = re.compile(r"\s*(?:,|and|or|&|\+|/|,\s*and)\s*", re.IGNORECASE)
_SIBLINGS = re.compile(
    r"\b(?:the\s+)?([^\W\d_]+)['’]?s?\s+(?:brothers?|bros\.?|siblings|sisters)(?!\w)|\bthe\s+([^\W\d_]+)['’]?s\b",
    re.IGNORECASE,
)
_PARTICLES = frozenset({"de", "del", "della", "di", "da", "van", "von", "der", "la", "le", "du", "mac", "st"})
_FAMOUS = 20
"""Weight of a name (3 a film for directors, 1 to 2 for actors) whose surname is known in small letters too."""


@dataclass(frozen=True, slots=True)
class Person:
    """A name of the catalog in a message: `message[start:end]`; `sure` unless only a surname or a near spelling.

    `listed` is False for a studio that no item of the catalog credits.
    """

    name: str
    role: str
    start: int
    end: int
    sure: bool = True
    listed: bool = True


class PeopleIndex:
    """Names of directors, actors, writers and studios, with the role that each has most often."""

    def __init__(self, catalog: Catalog) -> None:
        roles: dict[str, Counter[str]] = defaultdict(Counter)
        weight: Counter[str] = Counter()
        self._families: dict[str, set[str]] = defaultdict(set)
        for credits in catalog.credits():
            self._add_families([credit.name for credit in credits if credit.role == "director"])
            for place, credit in enumerate(credits):
                roles[credit.name][credit.role] += 1
                weight[credit.name] += 3 if credit.role in ("director", "author") else 2 if place < 6 else 1
        self._names: dict[str, str] = {}
        surnames: dict[str, list[str]] = defaultdict(list)
        for name in sorted(roles, key=lambda name: weight[name]):
            key = _key(name)
            if " " in key:
                self._names[key] = name
                studio = roles[name].most_common(1)[0][0] == "studio"
                for surname in () if studio else _surnames(name):
                    surnames[surname].append(name)
            elif len(key) > 3:
                self._names[key] = name
        self._roles = {name: counts.most_common(1)[0][0] for name, counts in roles.items()}
        self._weight = weight
        self._surnames = {surname: names[-1] for surname, names in surnames.items() if self._leads(names)}
        self._lone = {
            surname: names[0] for surname, names in surnames.items() if len(names) == 1 and weight[names[0]] >= 3
        }
        self._famous = [word for word, name in self._surnames.items() if weight[name] >= _FAMOUS and len(word) > 5]
        self._firsts = self._known_by_first_name(roles)
        self._keys = [key for key, name in self._names.items() if " " in key and weight[name] > 3]
        self._by_first: dict[str, list[str]] = defaultdict(list)
        self._by_last: dict[str, list[str]] = defaultdict(list)
        for key in self._keys:
            self._by_first[key.split()[0]].append(key)
            self._by_last[key.split()[-1]].append(key)
        self._aliases: dict[str, list[str]] = defaultdict(list)
        for alias, name in _aliases():
            if name in self._roles:
                self._aliases[alias].append(name)
        self._studios = {alias: self._names[key] for alias, key in STUDIOS.items() if key in self._names}

    def _add_families(self, directors: list[str]) -> None:
        """Directors of one film who share a surname: "the Coen brothers"."""
        surnames = [_key(name).rsplit(" ", 1)[-1] for name in directors]
        for name, surname in zip(directors, surnames, strict=True):
            if surnames.count(surname) > 1:
                self._families[surname].add(name)

    def _leads(self, names: list[str]) -> bool:
        """Whether a surname means one person: theirs weighs much, and far more than any namesake's."""
        best = self._weight[names[-1]]
        if len(names) == 1:
            return best >= 8
        return best >= 12 and best >= 2 * self._weight[names[-2]]

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

    def find(self, message: str, is_common: Callable[[str], bool] = lambda _: False) -> tuple[Person, ...]:
        """Full names in any case, typos tolerated; bare surnames; nicknames; Chinese names; "the Coen brothers".

        `is_common` tells ordinary words, which are no misspelt surnames.
        """
        tokens = [(m.start(), m.end()) for m in _TOKEN.finditer(message[:4000])]
        found = self._siblings(message)
        for size in (4, 3, 2, 1):
            if size == 1:
                found += self._nicknamed(message, found)
                found += self._misspelt(message, tokens, [(p.start, p.end) for p in found])
            for first in range(len(tokens) - size + 1):
                start, end = tokens[first][0], tokens[first + size - 1][1]
                if _taken(start, end, found):
                    continue
                if person := self._person(message, start, end, size):
                    found.append(person)
        found += self._misspelt_surnames(message, tokens, found, is_common)
        return tuple(sorted(found, key=lambda person: person.start))

    def _siblings(self, message: str) -> list[Person]:
        found = []
        for match in _SIBLINGS.finditer(message):
            family = self._families.get(_key(match[1] or match[2]), ())
            found += [Person(name, self._roles[name], match.start(), match.end()) for name in sorted(family)]
        return found

    def _nicknamed(self, message: str, people: list[Person]) -> list[Person]:
        low, found = message.casefold(), list[Person]()
        for alias in sorted(self._aliases, key=len, reverse=True):
            place = low.find(alias)
            if place < 0 or _taken(place, place + len(alias), [*people, *found]):
                continue
            if alias.isascii() and not re.search(rf"(?<!\w){re.escape(alias)}(?!\w)", low):
                continue
            found += [Person(name, self._roles[name], place, place + len(alias)) for name in self._aliases[alias]]
        return found

    def _misspelt_surnames(
        self, message: str, tokens: list[tuple[int, int]], found: list[Person], is_common: Callable[[str], bool]
    ) -> list[Person]:
        """One word of no text that is nearly a famous surname, where a name is expected: "with dicapro"."""
        near: list[Person] = []
        for start, end in tokens:
            word = re.sub(r"['’]s?$", "", message[start:end])
            key, stop = _key(word), start + len(word)
            if len(key) < 6 or is_common(word) or _taken(start, stop, [*found, *near]):
                continue
            listed = any(_AND.fullmatch(message[p.end : start]) for p in (*found, *near) if p.end <= start)
            if not (listed or _ASKED.search(message[:start]) or _WORKS.match(message[stop:])):
                continue
            most = 1 if len(key) < 9 else 2
            match = process.extractOne(key, self._famous, scorer=OSA.distance, score_cutoff=most)
            if match and match[0][0] == key[0]:
                name = self._surnames[match[0]]
                near.append(Person(name, self._roles[name], start, stop))
        return near

    def _misspelt(self, message: str, tokens: list[tuple[int, int]], taken: list[tuple[int, int]]) -> list[Person]:
        """Two words of which one is a first or last name of the catalog, and the other nearly goes with it."""
        found = []
        for (start, mid), (mid2, end) in pairwise(tokens):
            if any(start < high and low < end for low, high in taken) or message[mid:mid2].strip():
                continue
            first, last = _key(message[start:mid]), _key(re.sub(r"['’]s$", "", message[mid2:end]))
            named = message[start].isupper() and message[mid2].isupper()
            cued = named or bool(_ASKED.search(message[:start]) or _WORKS.match(message[end:]))
            names = [k for k in self._by_first.get(first, ()) if _one_typo(last, k.split(maxsplit=1)[1])]
            names += [k for k in self._by_last.get(last, ()) if _one_typo(first, k.rsplit(" ", 1)[0])]
            names = [k for k in names if cued or self._weight[self._names[k]] >= _FAMOUS]
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
        if key in STUDIOS and (words[:1].isupper() or key not in PLAIN):
            return Person(words, "studio", start, end, listed=False)
        if size > 1:
            name = self._names.get(key)
            if name is None and (name := self._surnames.get(key)):
                return Person(name, self._roles[name], start, end) if self._weight[name] >= _FAMOUS else None
            if name and words.islower() and self._weight[name] < 4:
                return None
            if name and self._roles[name] == "studio" and not all(word[0].isupper() for word in words.split()):
                return None
            return Person(name, self._roles[name], start, end) if name else None
        name = self._surnames.get(key)
        if name is None and (first := self._firsts.get(key)) and _ASKED.search(message[:start]):
            return Person(first, self._roles[first], start, end, sure=False)
        known = len(words) > 3 and (self._weight[name] >= _FAMOUS or _ASKED.search(message[:start])) if name else False
        if name is None and words[:1].isupper() and _ASKED_SURELY.search(message[:start]) and len(key) > 4:
            name = self._lone.get(key)  # "anything by Almodóvar"
        if name and (words[:1].isupper() or known):
            return Person(name, self._roles[name], start, end, sure=False)
        return None


def _taken(start: int, end: int, people: Iterable[Person]) -> bool:
    return any(start < person.end and person.start < end for person in people)


def _surnames(name: str) -> set[str]:
    """What a name's bearer may be called: "dicaprio", "de niro" and "deniro", "day lewis"."""
    parts = name.split()
    particles = 1
    while particles + 1 < len(parts) and _key(parts[-1 - particles]) in _PARTICLES:
        particles += 1
    full, last = _key(" ".join(parts[-particles:])), _key(parts[-1]).split()[-1:]
    return {full, full.replace(" ", ""), *last} - {""}


def _one_typo(typed: str, name: str) -> bool:
    most = 1 if len(name) < 8 else 2
    return len(typed) > 2 and typed[:1] == name[:1] and 0 < OSA.distance(typed, name, score_cutoff=most) <= most


def _aliases() -> list[tuple[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return [(row["alias"], row["name"]) for row in csv.DictReader(file)]


def _key(name: str) -> str:
    return fold(name.replace("'", "").replace("’", "").replace(".", " "))
