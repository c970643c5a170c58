"""People and companies of the catalog: who is meant by a name, a surname, a nickname or a misspelt name."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from assistant.understanding.names import (
    name_key,
    one_typo,
    short_forms,
    sound,
    sounds,
    sounds_like,
    surnames_of,
)
from assistant.understanding.studios import STUDIOS

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

_TABLE = Path(__file__).with_name("people.csv")
FAMOUS = 20
"""Weight of a name (3 a film for directors, 1 to 2 for actors) whose surname is known in small letters too."""
_KNOWN = 3
"""Weight of a name that may be meant by a surname shared with lesser ones, or by a misspelt name."""
_SOUNDED = 3
"""Letters that the sound of a misspelt surname must have."""
_FAMILY_NAME = 5
"""Letters of a surname that a misspelt word may stand for."""


class PeopleIndex:
    """Names of directors, actors, writers and studios, with the role that each has most often."""

    def __init__(self, catalog: Catalog) -> None:
        roles: dict[str, Counter[str]] = defaultdict(Counter)
        weight: Counter[str] = Counter()
        self.families: dict[str, set[str]] = defaultdict(set)
        for credits in catalog.credits():
            self._add_families([credit.name for credit in credits if credit.role == "director"])
            for place, credit in enumerate(credits):
                roles[credit.name][credit.role] += 1
                weight[credit.name] += 3 if credit.role in ("director", "author") else 2 if place < 6 else 1
        self._weight = weight
        self._roles = {name: counts.most_common(1)[0][0] for name, counts in roles.items()}
        self._directed = Counter({name: counts["director"] for name, counts in roles.items() if counts["director"]})
        self.names = self._keyed(sorted(roles, key=lambda name: weight[name]))
        self._bearers = self._by_surname()
        self._surnames = {word: names[-1] for word, names in self._bearers.items() if self._leads(names)}
        self._firsts = self._known_by_first_name(roles)
        self._famous = self._famous_surnames()
        self._famous_by_letter: dict[str, list[str]] = defaultdict(list)
        for word, name in self._surnames.items():
            if weight[name] >= FAMOUS and len(word) > _FAMILY_NAME:
                self._famous_by_letter[word[0]].append(word)
        aliases: dict[str, list[str]] = defaultdict(list)
        for alias, name in _aliases():
            if name in self._roles:
                aliases[alias].append(name)
        self.aliases = {alias: aliases[alias] for alias in sorted(aliases, key=len, reverse=True)}
        self.studios = {alias: self.names[key] for alias, key in STUDIOS.items() if key in self.names}
        self._keys = [key for key, name in self.names.items() if " " in key and weight[name] > _KNOWN]
        self._by_part: dict[str, list[str]] = defaultdict(list)
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for key in self._keys:
            first, last = key.split(maxsplit=1)[0], key.rsplit(" ", 1)[1]
            for part in {first, last}:
                self._by_part[part].append(key)
            self._by_sound[sounds(key)].append(key)

    def _keyed(self, names: Sequence[str]) -> dict[str, str]:
        """Names by their keys, of namesakes the weightiest; without spaces and middle initials too, if that is free."""
        keyed = {key: name for name in names if " " in (key := name_key(name)) or len(key) > 3}
        for key, name in reversed(list(keyed.items())):
            if " " in key and self._roles[name] != "studio":
                for form in (*short_forms(key), key.replace(" ", "")):
                    keyed.setdefault(form, name)
        return keyed

    def _by_surname(self) -> dict[str, list[str]]:
        bearers: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self._roles, key=lambda name: self._weight[name]):
            if self._roles[name] != "studio" and " " in name_key(name):
                for surname in surnames_of(name):
                    bearers[surname].append(name)
        return bearers

    def _add_families(self, directors: list[str]) -> None:
        """Directors of one film who share a surname: "the Coen brothers"."""
        surnames = [name_key(name).rsplit(" ", 1)[-1] for name in directors]
        for name, surname in zip(directors, surnames, strict=True):
            if surnames.count(surname) > 1:
                self.families[surname].add(name)

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
            key = name_key(name)
            if " " in key and self._weight[name] >= FAMOUS // 2:
                bearers[key.split()[0]].append(name)
        return {
            first: found[0]
            for first, found in bearers.items()
            if len(found) == 1 and len(first) > 4 and self._weight[found[0]] >= FAMOUS
        }

    def _famous_surnames(self) -> Mapping[str, list[str]]:
        """Surnames that mean one person by their sound."""
        famous: dict[str, list[str]] = defaultdict(list)
        for word in self._surnames:
            if len(word) >= _FAMILY_NAME:
                famous[sound(word)].append(word)
        return famous

    def role(self, name: str) -> str:
        """The role this person has most often in the catalog, "" when it has none."""
        return self._roles.get(name, "")

    def weight(self, name: str) -> int:
        """How much this person's films weigh."""
        return self._weight[name]

    def directs(self, name: str) -> bool:
        """Whether this person has directed anything."""
        return bool(self._directed[name])

    def full(self, words: str) -> str | None:
        """The catalog's spelling of a full name, typos tolerated; None when it is not known."""
        key = name_key(words)
        if key in self.names:
            return self.names[key]
        if " " not in key or len(key) < 8:
            return None
        near = process.extractOne(key, self._keys, scorer=fuzz.ratio, score_cutoff=86)
        return self.names[near[0]] if near else None

    def surname(self, word: str) -> str | None:
        """The one person whom a bare surname means."""
        return self._surnames.get(name_key(word))

    def is_name(self, words: str) -> bool:
        """Whether each of these words is the first name or the surname of somebody of some weight."""
        parts = name_key(words).split()
        return bool(parts) and all(part in self._by_part or self.bearer(part) for part in parts)

    def first_name(self, word: str) -> str | None:
        """The one person whom a bare first name means."""
        return self._firsts.get(name_key(word))

    def director(self, surname: str) -> str | None:
        """Whom a surname means where a director is expected: who directed at least twice as many films as the next."""
        names = sorted(self._bearers.get(name_key(surname), ()), key=lambda name: self._directed[name])
        if not names or not self._directed[names[-1]]:
            return None
        leads = len(names) == 1 or self._directed[names[-1]] >= 2 * max(self._directed[names[-2]], 1)
        return names[-1] if leads else None

    def bearer(self, surname: str) -> str | None:
        """Whom a surname means beside other names: the weightiest, if far above the next."""
        names = self._bearers.get(name_key(surname), ())
        if not names or self._weight[names[-1]] < _KNOWN:
            return None
        leads = len(names) == 1 or 2 * self._weight[names[-1]] >= 3 * self._weight[names[-2]]
        return names[-1] if leads else None

    def misspelt(self, first: str, last: str) -> str | None:
        """Who is meant by two words of which one is a typo away from a name, or that sound like one."""
        typed = f"{first} {last}"
        found = [key for key in self._by_part.get(first, ()) if one_typo(last, key.split(maxsplit=1)[1])]
        found += [key for key in self._by_part.get(last, ()) if one_typo(first, key.rsplit(" ", 1)[0])]
        for key in self._by_sound.get(sounds(typed), ()):
            name_first, name_last = key.split(maxsplit=1)
            exact = first == name_first or last == name_last
            long = len(sounds(key)) > _FAMILY_NAME
            if (exact or long) and sounds_like(first, name_first) and sounds_like(last, name_last):
                found.append(key)
        return self.names[max(found, key=lambda key: self._weight[self.names[key]])] if found else None

    def misspelt_surname(self, word: str, *, sure: bool = False) -> str | None:
        """The famous person whose surname a word nearly is; where a name must stand (`sure`), anybody known by it."""
        key = name_key(word)
        if len(key) < _FAMILY_NAME or len(sound(key)) < _SOUNDED or key in self._bearers:
            return None
        alike = [name for name in self._famous.get(sound(key), ()) if sounds_like(key, name)]
        near = [name for name in alike if sure or self._weight[self._surnames[name]] >= FAMOUS]
        if not near and len(key) > _FAMILY_NAME:
            famous = self._famous_by_letter[key[0]]
            most = 1 if len(key) < 9 else 2
            match = process.extractOne(key, famous, scorer=OSA.distance, score_cutoff=most)
            near = [match[0]] if match else []
        return self._surnames[max(near, key=lambda name: self._weight[self._surnames[name]])] if near else None


def _aliases() -> list[tuple[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return [(row["alias"], row["name"]) for row in csv.DictReader(file)]
