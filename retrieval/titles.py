"""Titles that people type: find them in a message, and link them to the catalog with typos tolerated.

Every title is filed under canonical keys (`retrieval.titlekeys`); a typed title is looked up exactly, then without
spaces, then as the head of a franchise, then by edit distance with a reject threshold. What is in doubt stays in doubt:
a link then has no item but at least two alternatives.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Literal

import numpy as np

from retrieval.aliases import load_aliases, load_known_titles
from retrieval.text import fold
from retrieval.titlekeys import canonical, compact, head, tail, words
from retrieval.typos import NearKeys

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

Kind = Literal["exact", "alias", "franchise", "part", "piece", "fuzzy", "elsewhere", "number"]

DOMINANCE = 20
"""Of two items with one title, the one with so many times the votes of the other is meant without asking."""

_YEAR = re.compile(r"\s*[(\[]?\b((?:18|19)\d\d|20[0-3]\d)\b[)\]]?\s*$")
_SUFFIX = re.compile(r"\s+(?:movies?|films?|series|franchise|trilogy|saga|flicks?)\s*$", re.IGNORECASE)
_MAX_WORDS = 10
_SERIES = 8
"""Films that a series without a name of its own may have: "Harold & Kumar"."""
_LONG = 9
"""Letters of a title in which the first may be wrong too."""
_MAX_TEXT = 4000


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


class TitleLinker:
    """Links what people type to items of one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._parts: dict[str, list[int]] = defaultdict(list)
        self._heads: dict[str, list[int]] = defaultdict(list)
        self._cjk: dict[str, list[int]] = defaultdict(list)
        self._votes: list[float] = np.nan_to_num(catalog.votes).tolist()
        self._years: list[float] = np.nan_to_num(catalog.years).tolist()  # 0 where unknown
        for row in range(len(catalog)):
            self._file(row)
        self._aliases = self._file_aliases()
        self._elsewhere = self._file_elsewhere()
        self._heads = {key: rows for key, rows in self._heads.items() if len(rows) > 1}
        self._pieces = self._file_pieces()
        self._compact: dict[str, list[int]] = defaultdict(list)
        for key, rows in self._exact.items():
            if len(squeezed := compact(key)) > 4:
                self._compact[squeezed].extend(rows)
        self._longest: dict[str, int] = defaultdict(int)
        filed = (self._pieces, self._exact, self._heads, self._parts, map(canonical, self._elsewhere))
        for key in chain.from_iterable(filed):
            parts = words(key)
            # "Part" and "episode" are left out of keys, so a typed title may have two words more.
            self._longest[parts[0] if parts else ""] = max(self._longest[parts[0] if parts else ""], len(parts) + 2)
        self._near_keys = NearKeys(key for key in (*self._exact, *self._parts, *self._heads) if len(key) > 4)
        self._cjk_by_length = sorted(self._cjk, key=len, reverse=True)

    def _file(self, row: int) -> None:
        title = self._catalog.titles[row]
        key = canonical(title)
        self._exact[key].append(row)
        for alias in self._catalog.aliases[row]:
            self._file_name(alias, [row])
        if (short := head(title)) and short != key:
            self._heads[short].append(row)
        if rest := tail(title):
            self._parts[rest].append(row)

    def _file_name(self, name: str, rows: Iterable[int]) -> None:
        target = self._cjk if _is_cjk(name) else self._exact
        key = name.strip() if _is_cjk(name) else canonical(name)
        if key:
            target[key].extend(row for row in rows if row not in target[key])

    def _file_aliases(self) -> frozenset[str]:
        """File the committed aliases for the titles that this catalog has; a catalog's own title comes first."""
        filed = set()
        for alias in load_aliases():
            rows = [row for row in self._exact.get(canonical(alias.title), ()) if self._near(row, alias.year)]
            if rows and (_is_cjk(alias.alias) or canonical(alias.alias) not in self._exact):
                self._file_name(alias.alias, rows[:1])
                filed.add(canonical(alias.alias))
        return frozenset(filed)

    def _file_elsewhere(self) -> dict[str, int]:
        """Well-known titles that this catalog lacks, as typed in lower case, and their years.

        A title that differs from one of the catalog by its article is another one ("Heat", "The Heat").
        """
        have = {title.casefold() for title in self._catalog.titles}
        lacking = {}
        for title, year in load_known_titles():
            rows = self._exact.get(canonical(title), ())
            dated = any(self._near(row, year) for row in rows)
            if title.casefold() not in have and not dated:
                lacking[_plain(title)] = year
        return lacking

    def _file_pieces(self) -> dict[str, list[int]]:
        """What begins or ends one title only: "django", "blair witch", "prisoner of azkaban"."""
        pieces: dict[str, list[int]] = defaultdict(list)
        for key, rows in self._exact.items():
            parts = words(key)
            if len(parts) < 2 or len(parts) > _MAX_WORDS:
                continue
            for size in range(1, len(parts)):
                for piece in (parts[:size], parts[-size:]) if size > 1 else (parts[:1],):
                    if _names_something(piece):
                        pieces[" ".join(piece)].extend(rows)
        free = {
            piece: rows
            for piece, rows in pieces.items()
            if not any(piece in names for names in (self._exact, self._heads, self._parts))
        }
        for name, rows in free.items():
            if " " in name and 1 < len(set(rows)) <= _SERIES and self._begins(name, rows):
                self._heads[name] = rows  # "Harold & Kumar"
        return {name: rows for name, rows in free.items() if name not in self._heads and self._dominates(rows)}

    def _begins(self, piece: str, rows: Iterable[int]) -> bool:
        """Whether the titles of all these items begin with these words: then they are a series."""
        return all(canonical(self._catalog.titles[row]).startswith(piece) for row in rows)

    def _dominates(self, rows: Sequence[int]) -> bool:
        """Whether one of these items is meant without asking: it is alone, or seen far more than the next."""
        votes = sorted({row: self._votes[row] for row in rows}.values(), reverse=True)
        return len(votes) == 1 or votes[0] >= DOMINANCE * max(votes[1], 1)

    def _elsewhere_link(self, text: str, year: int | None) -> Link | None:
        plain = _plain(text)
        known = self._elsewhere.get(plain)
        if known is None and " " in plain:  # One word without its article is too often just that word.
            known = self._elsewhere.get(f"the {plain}")
        if known is None or (year is not None and abs(known - year) > 1):
            return None
        if canonical(text) in self._exact and plain not in self._elsewhere:
            return None
        return Link(None, 1.0, (), "elsewhere", known)

    def _near(self, row: int, year: int | None) -> bool:
        return year is None or not self._years[row] or abs(self._years[row] - year) <= 1

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

    def _look_up(self, text: str, year: int | None) -> Link:
        if _is_cjk(text):
            rows = self._cjk.get(text.strip())
            return self._choose(rows, year, "alias") if rows else Link(None)
        key = canonical(text)
        if link := self._elsewhere_link(text, year) or self._known(key, year):
            return link
        return self._fuzzy(key, year)

    def _known(self, key: str, year: int | None) -> Link | None:
        if not key:
            return None
        if rows := self._exact.get(key) or self._compact.get(compact(key)):
            return self._choose(rows, year, "alias" if key in self._aliases else "exact")
        if rows := self._heads.get(key):
            return self._choose(rows, year, "franchise")
        if rows := self._parts.get(key):
            return self._choose(rows, year, "part")
        if (rows := self._pieces.get(key)) and key not in self._elsewhere:
            return self._choose(rows, year, "piece")
        return None

    def _choose(self, rows: Sequence[int], year: int | None, kind: Kind, score: float = 1.0) -> Link:
        """One of several namesakes, or the doubt between them. A year that none of them has is never ignored."""
        if year is not None:
            dated = [row for row in rows if self._near(row, year)]
            if not dated and kind not in ("exact", "fuzzy"):
                return Link(
                    None, score, (), "elsewhere", year
                )  # "Fast & Furious (2009)" is no other film of the series
            if not dated:
                return Link(None, score, self._ids(rows), kind)
            exact = [row for row in dated if self._years[row] == year]
            rows = exact or dated
        if kind == "franchise":
            first = min(rows, key=lambda row: (self._years[row] or 9999, -self._votes[row]))
            return Link(self._catalog.ids[first], score, (), kind)
        ordered = sorted(dict.fromkeys(rows), key=lambda row: -self._votes[row])
        best = ordered[0]
        if len(ordered) == 1 or self._votes[best] >= DOMINANCE * max(self._votes[ordered[1]], 1):
            return Link(self._catalog.ids[best], score, (), kind)
        return Link(None, score, self._ids(ordered), kind)

    def _ids(self, rows: Iterable[int]) -> tuple[str, ...]:
        ordered = sorted(dict.fromkeys(rows), key=lambda row: -self._votes[row])
        return tuple(self._catalog.ids[row] for row in ordered[:4])

    def _fuzzy(self, key: str, year: int | None) -> Link:
        """The nearest title within the typos that its length allows; numbers must agree, or Rocky 5 becomes Rocky 4."""
        most = _typos(key)
        if not most:
            return Link(None)
        numbers = [word for word in words(key) if word.isdecimal()]
        near = self._near_keys.near(key, most)
        if len(key) < _LONG:  # In a short title a wrong first letter makes another word: "Fargo" is no "Cargo".
            near = [found for found in near if found[0][0] == key[0]]
        near = [found for found in near if [w for w in words(found[0]) if w.isdecimal()] == numbers]
        if not near:
            return Link(None)
        name, edits = min(near, key=lambda found: (found[1], -max(self._votes[row] for row in self._rows(found[0]))))
        link = self._known(name, year) or Link(None)
        return Link(link.item_id, 1 - edits / len(key), link.alternatives, "fuzzy")

    def _rows(self, key: str) -> list[int]:
        return self._exact.get(key) or self._heads.get(key) or self._parts[key]

    def find(self, message: str) -> tuple[Mention, ...]:
        """Every span that names an item exactly (or by alias, head or part), longest first, without overlaps.

        Words that are also titles are found too: whether one is meant is for the reader of the message to judge.
        """
        text = message[:_MAX_TEXT]
        tokens = [(found.start(), found.end()) for found in _TOKEN.finditer(text)]
        found: list[Mention] = list(self._find_cjk(text))
        reach = [self._reach(text, tokens, first) for first in range(len(tokens))]
        for size in range(min(_MAX_WORDS, len(tokens)), 0, -1):
            for first in range(len(tokens) - size + 1):
                if size > reach[first]:
                    continue
                start, end = tokens[first][0], tokens[first + size - 1][1]
                if any(start < other.end and other.start < end for other in found):
                    continue
                if parts := self._numbered(text, start, end):
                    found += parts
                elif mention := self._mention(text, start, end):
                    found.append(mention)
        return tuple(self._whole_names(text, sorted(found, key=lambda mention: mention.start)))

    def _whole_names(self, text: str, found: list[Mention]) -> list[Mention]:
        """A series and its part side by side are one name: "LOTR Return of the King"."""
        kept: list[Mention] = []
        for mention in found:
            last = kept[-1] if kept else None
            if (
                last
                and mention.link.kind == "part"
                and text[last.end : mention.start].strip() in ("", ":", "-")
                and (title := head(self.title(mention.link)))
                and title == head(self.title(last.link))
            ):
                link = replace(mention.link, kind="exact")
                kept[-1] = Mention(last.start, mention.end, text[last.start : mention.end], link, mention.year)
            else:
                kept.append(mention)
        return kept

    def _reach(self, text: str, tokens: list[tuple[int, int]], first: int) -> int:
        """How many words a title that starts here may have; three where only its squeezed spelling may match."""
        word = canonical(text[slice(*tokens[first])])
        following = (
            canonical(text[slice(*tokens[first + 1])]) if word in ("the", "a", "an") and first + 1 < len(tokens) else ""
        )
        return max(3, self._longest.get(word, 0), 1 + self._longest.get(following, 0))

    def _mention(self, text: str, start: int, end: int) -> Mention | None:
        window = text[start:end]
        if _BREAK.search(window) and canonical(window) not in self._exact:
            return None
        year = _FOLLOWING_YEAR.match(text, end)
        bare = _BARE_YEAR.match(text, end)
        if (
            bare
            and window.casefold() not in _WHEN
            and (dated := self._known(canonical(window), int(bare[1])))
            and dated.item_id
        ):
            return Mention(start, end, window, dated, int(bare[1]))
        if _NUMBER_BEHIND.match(text, end):
            return None
        dated_by = int(year[1]) if year else None
        link = self._elsewhere_link(window, dated_by) or self._known(canonical(window), dated_by)
        if link is None or (link.kind != "elsewhere" and not self._same_article(window, link)):
            return None
        if link.kind == "piece" and self._goes_on(text, start, end, link):
            return None
        if year is None and (whole := self._counted(text, start, end)):
            link = whole
        elif year is None and (place := _ORDINAL.search(text[:start])):
            link = self._part(canonical(window), _ORDINALS.index(place[1].casefold()) % 5) or link
        return Mention(start, end, window, link, int(year[1]) if year else None)

    def _numbered(self, text: str, start: int, end: int) -> list[Mention]:
        """Several films of one series by their numbers: "The Godfather 1 and 2", "Die Hard 1-3"."""
        if (own := _OWN_NUMBER.search(text[start:end])) and _NUMBERS_BEHIND.match(text, start + own.start()):
            end = start + own.start()
        listed = _NUMBERS_BEHIND.match(text, end)
        if listed is None:
            return []
        key, found = canonical(text[start:end]), list[Mention]()
        numbers = [(end + one.start(), end + one.end(), int(one[0])) for one in re.finditer(r"\d", listed[0])]
        if len(numbers) == 2 and re.search(r"\d\s*(?:-|–|to|through)\s*\d", listed[0]):
            (_, _, first), (low, high, last) = numbers
            numbers = [(*numbers[0][:2], first), *((low, high, number) for number in range(first + 1, last + 1))]
        for low, high, number in numbers:
            link = self._known(f"{key} {number}", None) if number > 1 else self._known(key, None)
            if link is None or link.kind == "piece":
                link = self._part(key, number - 1)
            if link is None:
                return []
            if found:
                found.append(Mention(low, high, text[low:high], replace(link, kind="number")))
            else:
                found.append(Mention(start, high, text[start:high], link))
        return found

    def _counted(self, text: str, start: int, end: int) -> Link | None:
        """A whole series by the number of its films: "all three X films", "the X films (both)"."""
        match = _ALL_OF.search(text[max(0, start - 24) : start]) or _ALL_OF_THEM.match(text, end)
        if match is None:
            return None
        number = _CARDINALS.index((match[1] or "two").casefold()) % 4 + 2
        rows = self._series(canonical(text[start:end]))
        ids = [self._catalog.ids[row] for row in rows]
        return Link(ids[0], 1.0, (), "exact", more=tuple(ids[1:])) if len(ids) == number else None

    def _part(self, key: str, place: int) -> Link | None:
        """A film of a series by its place: "the third Indiana Jones"; None when there are not as many."""
        dated = self._series(key)
        return Link(self._catalog.ids[dated[place]], 1.0, (), "exact") if place < len(dated) > 1 else None

    def _series(self, key: str) -> list[int]:
        """The films of a series in their order."""
        numbered = [row for number in range(2, 9) for row in self._exact.get(f"{key} {number}", ())]
        rows = {*self._heads.get(key, ()), *numbered}
        if self._exact.get(key) and self._dominates(self._exact[key]):
            rows.add(max(self._exact[key], key=lambda row: self._votes[row]))
        return sorted((row for row in rows if self._years[row]), key=lambda row: self._years[row])

    def _goes_on(self, text: str, start: int, end: int, link: Link) -> bool:
        """Whether more of the title stands beside its piece: then the whole was typed, and meant otherwise."""
        item = self._catalog.get(link.item_id or "")
        following, before = _TOKEN.search(text, end), text[:start].split()[-1:]
        capital = text[start].isupper()
        if capital and following and following[0][0].isupper() and not text[end : following.start()].strip():
            return True  # "The Purple Lighthouse" is no "Purple Violets"
        if capital and before and before[0][0].isupper() and len(text[:start].split()) > 1 and before[0].isalpha():
            return True
        beside = canonical(following[0]) if following else "", canonical(before[0]) if before else ""
        return item is not None and any(word and word in words(canonical(item.title)) for word in beside)

    def _same_article(self, window: str, link: Link) -> bool:
        """An article typed in front belongs to the title ("The Matrix"), or the span starts behind it ("a fan")."""
        typed = _ARTICLE.match(window)
        if not typed:
            return True
        ids = (link.item_id, *link.alternatives)
        names = [item.title for item_id in ids if item_id and (item := self._catalog.get(item_id))]
        return any((own := _ARTICLE.match(name)) and own[0].casefold() == typed[0].casefold() for name in names)

    def _find_cjk(self, text: str) -> Iterable[Mention]:
        taken: list[tuple[int, int]] = []
        for name in self._cjk_by_length if _is_cjk(text) else ():
            start = text.find(name)
            while start >= 0:
                end = start + len(name)
                if not any(start < e and s < end for s, e in taken):
                    taken.append((start, end))
                    yield Mention(start, end, name, self._choose(self._cjk[name], None, "alias"))
                start = text.find(name, end)


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "1st", "2nd", "3rd", "4th", "5th")
_ORDINAL = re.compile(rf"\bthe\s+({'|'.join(_ORDINALS)})\s+$", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W\u3400-\u9fff]+(?:['’][^\W\u3400-\u9fff]+)*|&")
_BREAK = re.compile(r"[.,;!?()\[\]\"“”《》\n]")
_ARTICLE = re.compile(r"(?:the|an|a)\s", re.IGNORECASE)
_NUMBER_BEHIND = re.compile(
    r"[ :]*(?:part |vol\.? ?|chapter )?(?:\d{1,2}|20\d\d|I{2,3}|IV|VI{0,3})\b"
    r"(?!\s*(?:/|and|or|,|movies?|films?|times|hours?|%))"
)
_NUMBERS_BEHIND = re.compile(
    r"\s+\d(?:\s*,\s*\d)*(?:\s*(?:,?\s*(?:and|&)|-|–|to|through)\s*\d)(?![\d/%])(?!\s*(?:hours?|times|stars?|more|of))",
    re.IGNORECASE,
)
_CARDINALS = ("two", "three", "four", "five", "2", "3", "4", "5")
_NUMBER_OF = rf"({'|'.join(_CARDINALS)})"
_ALL_OF = re.compile(rf"\b(?:all {_NUMBER_OF}|both)(?: of)?(?: the)?\s+$", re.IGNORECASE)
_ALL_OF_THEM = re.compile(rf"\s+(?:movies|films)\s*,?\s*\(?(?:all {_NUMBER_OF}|both)(?: of them)?\b", re.IGNORECASE)
_WHEN = frozenset({"after", "before", "since", "until", "till", "around", "from", "in", "during", "pre", "post"})
"""Words that a year follows and that are no title then."""
_OWN_NUMBER = re.compile(r"(?:[\s,]+\d)+$")
_BARE_YEAR = re.compile(r",?\s+(?:from\s+)?(19\d\d|20[0-3]\d)\b(?!s)")
_FOLLOWING_YEAR = re.compile(r"[\"”’']?,?\s*[(\[]\s*((?:18|19)\d\d|20[0-3]\d)\s*[)\]]")


def _names_something(piece: Sequence[str]) -> bool:
    """Whether these words of a title may stand for it: no article or "of" at an end, and long enough for a name."""
    if piece[0] in _SMALL or piece[-1] in _SMALL or not any(len(word) > 4 and word.isalpha() for word in piece):
        return False
    return len(piece) > 1 or (len(piece[0]) > 4 and not piece[0].endswith("ly"))


_SMALL_WORDS = (
    "a an the of in on at to and or for with from by is it its as not no my your his her thats whats theres heres "
    "dont doesnt didnt cant couldnt wont wouldnt isnt wasnt arent im ive youre were theyre hes shes lets"
)
_SMALL = frozenset(_SMALL_WORDS.split())


def _plain(title: str) -> str:
    """A title without case, punctuation and runs of spaces, its article kept."""
    return fold(title.replace("'", "").replace("’", ""))


def _is_cjk(text: str) -> bool:
    return any("\u3400" <= char <= "\u9fff" for char in text)


def _typos(key: str) -> int:
    """How many letters may be wrong, swapped or missing: one in five letters, two in nine, three in fifteen."""
    return 0 if len(key) < 5 else 1 if len(key) < 9 else 2 if len(key) < 15 else 3
