"""What a typed title means: looked up exactly, then without spaces, as a series or a part, then by edit distance.

What is in doubt stays in doubt: a link then has no item but at least two alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from retrieval.titlekeys import canonical, compact, words
from retrieval.titlenames import DOMINANCE, TitleNames, is_cjk, plain

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

Kind = Literal["exact", "alias", "franchise", "part", "piece", "fuzzy", "elsewhere", "number"]
_YEAR = re.compile(r"\s*[(\[]?\b((?:18|19)\d\d|20[0-3]\d)\b[)\]]?\s*$")
_SUFFIX = re.compile(r"\s+(?:movies?|films?|series|franchise|trilogy|saga|flicks?)\s*$", re.IGNORECASE)
_LONG = 9
"""Letters of a title in which the first may be wrong too."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a typed title means. `score` is a similarity from 0 to 1; `alternatives` is filled when it is in doubt.

    The kind "elsewhere" is a well-known title that this catalog lacks; `year` is then its year. A "number" is a film
    named by its number alone, behind another of its series. `more` holds the other items that the words mean as well:
    "all three X films".
    """

    item_id: str | None
    score: float = 0.0
    alternatives: tuple[str, ...] = ()
    kind: Kind = "exact"
    year: int | None = None
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of a message that may be a title: `text` is `message[start:end]`, a year typed behind it left out."""

    start: int
    end: int
    text: str
    link: Link
    year: int | None = None


class Links:
    """Links what people type to items of one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.names = TitleNames(catalog)

    def link(self, text: str, year: int | None = None) -> Link:
        """The item that a typed title means; a year behind it, or given apart, chooses between namesakes."""
        text = text.strip(" \t\"'“”‘’《》「」.,!?")
        if year is None and (found := _YEAR.search(text)) and found.start() > 0:
            whole = self._look_up(text, None)
            if whole.item_id:
                return whole
            year, text = int(found[1]), text[: found.start()]
        link = self._look_up(text, year)
        if link.item_id is None and not link.alternatives and (found := _SUFFIX.search(text)):
            link = self._look_up(text[: found.start()], year)
        return link

    def title(self, link: Link) -> str:
        """The catalog's title for a link, of alternatives the first; "" where it has none."""
        ids = (link.item_id, *link.alternatives)
        return next((item.title for item_id in ids if item_id and (item := self._catalog.get(item_id))), "")

    def elsewhere(self, text: str, year: int | None) -> Link | None:
        """The link of a well-known title that the catalog lacks."""
        key = plain(text)
        known = self.names.elsewhere.get(key)
        if known is None and " " in key:  # One word without its article is too often just that word.
            known = self.names.elsewhere.get(f"the {key}")
        if known is None or (year is not None and abs(known - year) > 1):
            return None
        if canonical(text) in self.names.exact and key not in self.names.elsewhere:
            return None
        return Link(None, 1.0, (), "elsewhere", known)

    def names_something(self, text: str) -> bool:
        """Whether these words name anything without typos, of whatever year."""
        key = canonical(text)
        return key in self.names.elsewhere_keys or self.known(key, None) is not None

    def known(self, key: str, year: int | None) -> Link | None:
        """The link of a key that names something without typos."""
        if not key:
            return None
        if rows := self.names.exact.get(key) or self.names.compact.get(compact(key)):
            return self.choose(rows, year, "alias" if key in self.names.aliases else "exact")
        if rows := self.names.heads.get(key):
            return self.choose(rows, year, "franchise")
        if rows := self.names.parts.get(key):
            return self.choose(rows, year, "part")
        if (rows := self.names.pieces.get(key)) and key not in self.names.elsewhere:
            return self.choose(rows, year, "piece")
        return None

    def _look_up(self, text: str, year: int | None) -> Link:
        if is_cjk(text):
            rows = self.names.cjk.get(text.strip())
            return self.choose(rows, year, "alias") if rows else Link(None)
        key = canonical(text)
        if link := self.elsewhere(text, year) or self.known(key, year):
            return link
        return self._fuzzy(key, year)

    def _fuzzy(self, key: str, year: int | None) -> Link:
        """The nearest title within the typos that its length allows; numbers must agree, or Rocky 5 becomes Rocky 4."""
        most = _typos(key)
        if not most:
            return Link(None)
        numbers = [word for word in words(key) if word.isdecimal()]
        near = self.names.near_keys.near(key, most)
        if len(key) < _LONG:  # In a short title a wrong first letter makes another word: "Fargo" is no "Cargo".
            near = [found for found in near if found[0][0] == key[0]]
        near = [found for found in near if [w for w in words(found[0]) if w.isdecimal()] == numbers]
        if not near:
            return Link(None)
        name, edits = min(
            near, key=lambda found: (found[1], -max(self.names.votes[row] for row in self._rows(found[0])))
        )
        link = self.known(name, year) or Link(None)
        return Link(link.item_id, 1 - edits / len(key), link.alternatives, "fuzzy")

    def _rows(self, key: str) -> list[int]:
        return self.names.exact.get(key) or self.names.heads.get(key) or self.names.parts[key]

    def choose(self, rows: Sequence[int], year: int | None, kind: Kind, score: float = 1.0) -> Link:
        """One of several namesakes, or the doubt between them. A year that none of them has is never ignored."""
        if year is not None:
            dated = [row for row in rows if self.names.near(row, year)]
            if not dated and kind not in ("exact", "fuzzy"):
                return Link(
                    None, score, (), "elsewhere", year
                )  # "Fast & Furious (2009)" is no other film of the series
            if not dated:
                return Link(None, score, self._ids(rows), kind)
            exact = [row for row in dated if self.names.years[row] == year]
            rows = exact or dated
        if kind == "franchise":
            first = min(rows, key=lambda row: (self.names.years[row] or 9999, -self.names.votes[row]))
            return Link(self._catalog.ids[first], score, (), kind)
        ordered = sorted(dict.fromkeys(rows), key=lambda row: -self.names.votes[row])
        best = ordered[0]
        if len(ordered) == 1 or self.names.votes[best] >= DOMINANCE * max(self.names.votes[ordered[1]], 1):
            return Link(self._catalog.ids[best], score, (), kind)
        return Link(None, score, self._ids(ordered), kind)

    def _ids(self, rows: Iterable[int]) -> tuple[str, ...]:
        ordered = sorted(dict.fromkeys(rows), key=lambda row: -self.names.votes[row])
        return tuple(self._catalog.ids[row] for row in ordered[:4])

    def part(self, key: str, place: int) -> Link | None:
        """A film of a series by its place: "the third Indiana Jones"; None when there are not as many."""
        dated = self.series(key)
        return Link(self._catalog.ids[dated[place]], 1.0, (), "exact") if place < len(dated) > 1 else None

    def series(self, key: str) -> list[int]:
        """The films of a series in their order."""
        numbered = [row for number in range(2, 9) for row in self.names.exact.get(f"{key} {number}", ())]
        rows = {*self.names.heads.get(key, ()), *numbered}
        if self.names.exact.get(key) and self.names.dominates(self.names.exact[key]):
            rows.add(max(self.names.exact[key], key=lambda row: self.names.votes[row]))
        return sorted((row for row in rows if self.names.years[row]), key=lambda row: self.names.years[row])


def _typos(key: str) -> int:
    """How many letters may be wrong, swapped or missing: one in five letters, two in nine, three in fifteen."""
    return 0 if len(key) < 5 else 1 if len(key) < 9 else 2 if len(key) < 15 else 3
