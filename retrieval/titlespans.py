"""Finds the spans of a message that name an item, a series, or several films of one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from retrieval.caseless import Caseless
from retrieval.linking import Link, Links, Mention
from retrieval.titlekeys import canonical, head, words
from retrieval.titlenames import MAX_WORDS, is_cjk

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

_MAX_TEXT = 4000
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "1st", "2nd", "3rd", "4th", "5th")
_ORDINAL = Caseless(rf"(?:\bthe\s+|^\W*|[,;:.!?]\s*|\b(?:and|or|but|loved|liked|hated)\s+)({'|'.join(_ORDINALS)})\s+$")
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
_ALL_OF = Caseless(rf"\b(?:all {_NUMBER_OF}|both)(?: of)?(?: the)?\s+$")
_ALL_OF_THEM = Caseless(rf"\s+(?:movies|films)\s*,?\s*\(?(?:all {_NUMBER_OF}|both)(?: of them)?\b")
_WHEN = frozenset({"after", "before", "since", "until", "till", "around", "from", "in", "during", "pre", "post"})
"""Words that a year follows and that are no title then."""
_OWN_NUMBER = re.compile(r"(?:[\s,]+\d)+$")
_BARE_YEAR = re.compile(r",?\s+(?:from\s+)?(19\d\d|20[0-3]\d)\b(?!s)")
_FOLLOWING_YEAR = re.compile(r"[\"”’']?,?\s*[(\[]\s*((?:18|19)\d\d|20[0-3]\d)\s*[)\]]")


class TitleSpans:
    """Finds names of titles in messages."""

    def __init__(self, catalog: Catalog, links: Links) -> None:
        self._catalog, self._links, self._names = catalog, links, links.names

    def find(self, message: str) -> tuple[Mention, ...]:
        """Every span that names an item exactly (or by alias, head or part), longest first, without overlaps.

        Words that are also titles are found too: whether one is meant is for the reader of the message to judge.
        """
        text = message[:_MAX_TEXT]
        tokens = [(found.start(), found.end()) for found in _TOKEN.finditer(text)]
        found: list[Mention] = list(self._find_cjk(text))
        reach = [self._reach(text, tokens, first) for first in range(len(tokens))]
        numbered = _NUMBERS_BEHIND.search(text)
        for size in range(min(MAX_WORDS, len(tokens)), 0, -1):
            for first in range(len(tokens) - size + 1):
                if size > reach[first]:
                    continue
                start, end = tokens[first][0], tokens[first + size - 1][1]
                if found and any(start < other.end and other.start < end for other in found):
                    continue
                if numbered and (parts := self._numbered(text, start, end)):
                    found += parts
                elif mention := self._mention(text, start, end):
                    found.append(mention)
        return tuple(self._whole_names(text, sorted(found, key=lambda mention: mention.start)))

    def _reach(self, text: str, tokens: list[tuple[int, int]], first: int) -> int:
        """How many words a title that starts here may have; three where only its squeezed spelling may match."""
        word = canonical(text[slice(*tokens[first])])
        following = (
            canonical(text[slice(*tokens[first + 1])]) if word in ("the", "a", "an") and first + 1 < len(tokens) else ""
        )
        return max(3, self._names.longest.get(word, 0), 1 + self._names.longest.get(following, 0))

    def _mention(self, text: str, start: int, end: int) -> Mention | None:
        window = text[start:end]
        if not self._links.names_something(window):
            return None
        if _BREAK.search(window) and canonical(window) not in self._names.exact:
            return None
        year = _FOLLOWING_YEAR.match(text, end)
        bare = _BARE_YEAR.match(text, end)
        if (
            bare
            and window.casefold() not in _WHEN
            and (dated := self._links.known(canonical(window), int(bare[1])))
            and dated.item_id
        ):
            return Mention(start, end, window, dated, int(bare[1]))
        if _NUMBER_BEHIND.match(text, end):
            return None
        dated_by = int(year[1]) if year else None
        link = self._links.elsewhere(window, dated_by) or self._links.known(canonical(window), dated_by)
        if link is None or (link.kind != "elsewhere" and not self._same_article(window, link)):
            return None
        if link.kind == "piece" and self._goes_on(text, start, end, link):
            return None
        if year is None and (whole := self._counted(text, start, end)):
            link = whole
        elif year is None and (place := _ORDINAL.search(text[:start])):
            link = self._links.part(canonical(window), _ORDINALS.index(place[1].casefold()) % 5) or link
        return Mention(start, end, window, link, dated_by)

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
            link = self._links.known(f"{key} {number}", None) if number > 1 else self._links.known(key, None)
            if link is None or link.kind == "piece":
                link = self._links.part(key, number - 1)
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
        rows = self._links.series(canonical(text[start:end]))
        ids = [self._catalog.ids[row] for row in rows]
        return Link(ids[0], 1.0, (), "exact", more=tuple(ids[1:])) if len(ids) == number else None

    def _whole_names(self, text: str, found: list[Mention]) -> list[Mention]:
        """A series and its part side by side are one name: "LOTR Return of the King"."""
        kept: list[Mention] = []
        for mention in found:
            last = kept[-1] if kept else None
            if (
                last
                and mention.link.kind == "part"
                and text[last.end : mention.start].strip() in ("", ":", "-")
                and (title := head(self._links.title(mention.link)))
                and title == head(self._links.title(last.link))
            ):
                link = replace(mention.link, kind="exact")
                kept[-1] = Mention(last.start, mention.end, text[last.start : mention.end], link, mention.year)
            else:
                kept.append(mention)
        return kept

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
        for name in self._names.cjk_by_length if is_cjk(text) else ():
            start = text.find(name)
            while start >= 0:
                end = start + len(name)
                if not any(start < e and s < end for s, e in taken):
                    taken.append((start, end))
                    yield Mention(start, end, name, self._links.choose(self._names.cjk[name], None, "alias"))
                start = text.find(name, end)
