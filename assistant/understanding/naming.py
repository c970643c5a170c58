"""Finds the people and studios that a message names: in full, by surname or nickname, misspelt, or unknown ones."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.understanding.evidence import CHAT_WORDS
from assistant.understanding.names import name_key
from assistant.understanding.people import FAMOUS, PeopleIndex
from assistant.understanding.studios import PLAIN, STUDIOS
from retrieval.caseless import Caseless

_TOKEN = re.compile(r"[^\W\d_\u3400-\u9fff][^\W_\u3400-\u9fff]*(?:['’.\-][^\W\d_\u3400-\u9fff]+)*\.?")
_ASKED = Caseless(r"\b(?:with|by|starring|featuring|of|actor|actress|director|like|love|from)\s*$")
_WORKS = Caseless(
    r"['’]?s?\s+(?:movies?|films?|flicks?|comed|thriller|stuff|drama|romcom|rom-com|horror|western|action|romance|marathon|classics?|style)",
)
_ASKED_SURELY = Caseless(r"\b(?:by|starring|featuring|directed by|actor|actress|director)\s+$")
_FIRST_NAME = re.compile(r"(?:^|\s)([A-Z][a-zß-ÿ’'\-]{2,})\s+$")
_ONE_OF = Caseless(r"\b(?:an?|any|another|some|early|late|more|new|newer|old|older|latest)\s+$")
_FROM = re.compile(r"\b(?:from|by|an?)\s+$", re.IGNORECASE)
_DIRECTED = re.compile(r"\b(?:by|directed by|directors?|filmmakers?)\s+$", re.IGNORECASE)
FANS = Caseless(r"\b(?:love|loved|like|liked|adore|fan of|enjoy|enjoyed|admire|works? of)\s*$")
"""Words of liking in front of a name."""
_POSSESSIVE = re.compile(r"['’]s?\.?$|\.$")
_ENDS_IT = frozenset("'’s.")
"""Letters that such an ending ends with, looked at first."""
_AND = re.compile(r"\s*(?:,|and|or|&|\+|/|,\s*and|,\s*or|nor)\s*", re.IGNORECASE)
_SIBLINGS = Caseless(
    r"\b(?:the\s+)?([^\W\d_]+)['’]?s?\s+(?:brothers?|bros\.?|siblings|sisters)(?!\w)|\bthe\s+([^\W\d_]+)['’]?s\b",
)
_NAME = r"[^\W\d_a-zß-öø-ÿ][\w'’\-]+"
_UNLISTED = re.compile(
    rf"\b(?i:(?P<actor>starring|featuring|actor|actress)|(?P<director>directed by|director)|(?:movies?|films?|flicks?|something|anything|stuff|\w*comed(?:y|ies)|thrillers?|dramas?|horror) (?:with|by|from|of))\s+"
    rf"(?P<name>{_NAME}(?:\s+(?:(?:de|di|von|van|der|la|le)\s+)?{_NAME}){{1,2}})"
    r"|\b(?P<owner>[^\W\d_a-zß-öø-ÿ]\w+\s+[^\W\d_a-zß-öø-ÿ][\w\-]+)(?=['’]s? (?:movies?|films?)\b)"
)
"""Where two capitalised words are a name, whoever bears it."""


@dataclass(frozen=True, slots=True)
class Person:
    """A name of the catalog in a message: `message[start:end]`; `sure` unless only a surname or a near spelling.

    `listed` is False for a studio or a person that no item of the catalog credits.
    """

    name: str
    role: str
    start: int
    end: int
    sure: bool = True
    listed: bool = True


class NameFinder:
    """Finds names in messages. `is_common` tells ordinary words, which are no misspelt surnames."""

    def __init__(self, index: PeopleIndex, is_common: Callable[[str], bool] = lambda _: False) -> None:
        self._index, self._is_common = index, is_common

    def is_name(self, words: str) -> bool:
        """Whether these words are names that somebody of the catalog bears."""
        return self._index.is_name(words)

    def directs(self, name: str) -> bool:
        """Whether somebody has directed a film of the catalog."""
        return self._index.directs(name)

    def find(self, message: str) -> tuple[Person, ...]:
        """Full names in any case, typos tolerated; bare surnames; nicknames; Chinese names; "the Coen brothers"."""
        tokens = [(m.start(), m.end()) for m in _TOKEN.finditer(message[:4000])]
        found = self._siblings(message)
        for size in (4, 3, 2, 1):
            if size == 1:
                found += self._nicknamed(message, found)
                found += self._misspelt(message, tokens, found)
            for first in range(len(tokens) - size + 1):
                start, end = tokens[first][0], tokens[first + size - 1][1]
                if not _taken(start, end, found) and (person := self._person(message, start, end, size)):
                    found.append(person)
        found += self._surnames_beside(message, tokens, found)
        found = [self._surer(message, person, found) for person in found]
        found += self._unlisted(message, found)
        return tuple(sorted(found, key=lambda person: person.start))

    @staticmethod
    def _surer(message: str, person: Person, found: list[Person]) -> Person:
        """Two names side by side vouch for each other: "clooney + pitt"."""
        beside = any(
            _AND.fullmatch(message[one.end : person.start]) or _AND.fullmatch(message[person.end : one.start])
            for one in found
        )
        return replace(person, sure=True) if beside else person

    def _as_person(self, name: str, start: int, end: int, *, sure: bool = True) -> Person:
        return Person(name, self._index.role(name), start, end, sure)

    def _siblings(self, message: str) -> list[Person]:
        found = []
        for match in _SIBLINGS.finditer(message):
            family = self._index.families.get(name_key(match[1] or match[2]), ())
            found += [self._as_person(name, *match.span()) for name in sorted(family)]
        return found

    def _nicknamed(self, message: str, people: list[Person]) -> list[Person]:
        low, found = message.casefold(), list[Person]()
        plain = low.isascii()
        for alias, names in self._index.aliases.items():
            if plain and not alias.isascii():
                continue
            place = low.find(alias)
            if place < 0 or _taken(place, place + len(alias), [*people, *found]):
                continue
            if alias.isascii() and not re.search(rf"(?<!\w){re.escape(alias)}(?!\w)", low):
                continue
            found += [self._as_person(name, place, place + len(alias)) for name in names]
        return found

    def _misspelt(self, message: str, tokens: list[tuple[int, int]], taken: list[Person]) -> list[Person]:
        """Two words that are nearly a name."""
        found: list[Person] = []
        longer = [
            ((start, mid), (mid2, end))
            for (start, mid), (mid2, _), (_, end) in zip(tokens, tokens[1:], tokens[2:], strict=False)
        ]
        for (start, mid), (mid2, end) in (*longer, *pairwise(tokens)):
            joins = bool(_AND.fullmatch(message[start:mid]))  # "Parasite and Tenet" is no Andy Tennant
            if (
                joins
                or name_key(message[start:mid]) in CHAT_WORDS
                or _taken(start, end, [*taken, *found])
                or message[mid:mid2].strip()
            ):
                continue
            last = re.sub(r"['’]s?$", "", message[mid2:end])
            name = self._index.misspelt(name_key(message[start:mid]), name_key(last))
            if name is None:
                continue
            named = message[start].isupper() and message[mid2].isupper()
            cued = named or bool(_ASKED.search(message[:start]) or _WORKS.match(message[mid2 + len(last) :]))
            if cued or self._index.weight(name) >= FAMOUS:
                found.append(self._as_person(name, start, mid2 + len(last)))
        return found

    def _surnames_beside(self, message: str, tokens: list[tuple[int, int]], taken: list[Person]) -> list[Person]:
        """Surnames that mean somebody beside another name, and misspelt ones where a name is expected."""
        near: list[Person] = []
        for start, end in tokens:
            word = re.sub(r"['’]s?$", "", message[start:end])
            stop = start + len(word)
            if _taken(start, stop, [*taken, *near]) or name_key(word) in CHAT_WORDS:
                continue
            beside = [p for p in (*taken, *near) if p.end <= start and _AND.fullmatch(message[p.end : start])]
            beside += [p for p in taken if p.start >= stop and _AND.fullmatch(message[stop : p.start])]
            beside = [person for person in beside if person.role != "studio"]
            capital = word[:1].isupper()
            if beside and (capital or not self._is_common(word)):
                directs = any(person.role in ("director", "writer") for person in beside)
                name = (self._index.director(word) if directs else None) or self._index.bearer(word)
                if name and len(word) > 3:
                    near.append(self._as_person(name, start, stop, sure=True))
                    continue
            if self._is_common(word):
                continue
            if beside or _ASKED.search(message[:start]) or _WORKS.match(message[stop:]):
                name = self._index.misspelt_surname(word, sure=bool(_ASKED_SURELY.search(message[:start])))
                near += [self._as_person(name, start, stop)] if name else []
        return near

    def _person(self, message: str, start: int, end: int, size: int) -> Person | None:
        words = message[start:end]
        if words[-1] in _ENDS_IT:
            words = _POSSESSIVE.sub("", words)
        end, key = start + len(words), name_key(words)
        if name := self._index.studios.get(key):
            return Person(name, "studio", start, end)
        if key in STUDIOS and (words[:1].isupper() or key not in PLAIN):
            return Person(words, "studio", start, end, listed=False)
        name = self._full(words, key, size) if size > 1 else self._single(message[:start], words, key)
        return self._as_person(name, start, end, sure=size > 1) if name else None

    def _full(self, words: str, key: str, size: int) -> str | None:
        """The bearer of a full name, or of a surname of two words."""
        name = self._index.names.get(key) or (self._index.names.get(key.replace(" ", "")) if size > 2 else None)
        if name is None:
            name = self._index.surname(key)
            return name if name and self._index.weight(name) >= FAMOUS else None
        if words.islower() and self._index.weight(name) < 4:
            return None
        if self._index.role(name) == "studio" and not all(word[0].isupper() for word in words.split()):
            return None
        return name

    def _single(self, before: str, word: str, key: str) -> str | None:
        """Whom a single word means: by surname, or by a first name that nobody else of some fame has."""
        capital = word[:1].isupper()
        if len(key) < 2 or (capital and self._belongs_to_another(before)):
            return None
        if key in CHAT_WORDS and not (capital and _ASKED_SURELY.search(before)):
            return None
        if len(key) > 3 and (name := self._index.director(word)) and _DIRECTED.search(before):
            return name if capital or not self._is_common(word) else None
        name = self._index.surname(word)
        if name is None:
            studio = self._index.names.get(key, "")
            if capital and self._index.role(studio) == "studio" and _FROM.search(before):
                return studio  # "anything from Lionsgate"
            if (name := self._index.first_name(word)) and _ASKED.search(before):
                return name
            if len(key) <= 4 or not (name := self._index.bearer(word)):
                return None
            one_of = _ONE_OF.search(before) and not self._is_common(word)  # "in an almodovar"
            return name if one_of or (capital and _ASKED_SURELY.search(before)) else None  # "anything by Almodóvar"
        known = len(word) > 3 and (self._index.weight(name) >= FAMOUS or _ASKED.search(before))
        return name if capital or known else None

    def _belongs_to_another(self, before: str) -> bool:
        """Whether a first name stands in front that goes with no name of the catalog: "Bruce Lee" is no Spike Lee."""
        first = _FIRST_NAME.search(before[-30:])
        if first is None or first[1].casefold() in CHAT_WORDS:
            return False
        return self._index.is_name(first[1]) or not self._is_common(first[1])

    @staticmethod
    def _unlisted(message: str, taken: list[Person]) -> list[Person]:
        """Names that no item credits: "anything with Ana Example"."""
        found = []
        for match in _UNLISTED.finditer(message):
            group = "owner" if match["owner"] else "name"
            start, end = match.span(group)
            if not _taken(start, end, taken):
                role = "actor" if match["actor"] else "director" if match["director"] else ""
                found.append(Person(match[group], role, start, end, listed=False))
        return found


def _taken(start: int, end: int, people: Iterable[Person]) -> bool:
    for person in people:  # noqa: SIM110  asked of every stretch of a message: quicker than any()
        if start < person.end and person.start < end:
            return True
    return False
