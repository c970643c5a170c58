"""Finds the titles of a message: names of the catalog with evidence, names with typos, and unknown ones."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.understanding.evidence import ACCEPT, CHAT_WORDS, Evidence
from assistant.understanding.lists import in_one_list, joined, lists_of, overlaps
from assistant.understanding.misspelt import Misspelt
from assistant.understanding.namesakes import is_called_otherwise, is_named_thing
from assistant.understanding.surroundings import (
    INTERJECTIONS,
    OBJECT,
    PRAISED,
    STRONG_OBJECT,
    in_front,
    opens,
    shouted,
)
from assistant.understanding.vocabulary import Vocabulary, Word
from retrieval.caseless import Caseless
from retrieval.text import fold
from retrieval.titles import Link, Mention, TitleLinker

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

_QUOTED = re.compile(
    r"[\"“]([^\"“”\n]{1,80})[\"”]|《([^《》\n]{1,60})》|‘([^‘’\n]{1,60})’|(?<!\w)'([^'\n]{2,60})'(?!\w)|「([^「」\n]{1,60})」"
)
_ADMIRED = Caseless(
    r"^[\"”’']?(?:\s*(?:,|and|&)[^.!?]{1,60}?)?\s+(?:is|are|was|were)\s+(?:(?:one|two|three|some|all|both|probably|definitely|still)\s+)*(?:of\s+)?my\b",
)
_YEAR = re.compile(r"\s*[(\[]((?:18|19|20)\d\d)[)\]]")
_NO_TITLE = Caseless(
    r"(?:the )?(?:early |mid |late )?(?:\d\d)?\d0['’]?s|(?:the )?2[01]th century|(?:number|no\.?|nr\.?|option|pick|card|#)\s*\d+|(?:rated )?(?:pg(?:-?13)?|nc-?17|r|tv(?:-ma)?)|dvds?|vhs|cgi|hbo|mcu|dc|imdb|usa?|uk|omg|lol|netflix|hulu|amazon(?: prime)?|prime|disney\+?",
)
"""What points at a card, and ratings, media and services."""
_PLACED = re.compile(r"\b(?:in|from|with|by)\s+$")
_JOINING = frozenset({"a", "an", "the", "of", "and", "in", "to", "on", "at", "for", "s"})
_OPENING = INTERJECTIONS | {"all", "both", "every", "another", "any", "some"}
_MARK = re.compile(r"\s+(?:an?\s+\d+(?:/\d+)?|(?:in|from) (?:19|20)\d\d)$")
_MANNER = re.compile(r"\b(?:style|spirit|manner|tradition|vein) of\s+$", re.IGNORECASE)
"""What stands behind it is somebody's, where no catalog has it: "in the style of Agatha Christie"."""
_NTH_TIME = re.compile(r"\s+for (?:the|my) \S+$", re.IGNORECASE)
_CUT = re.compile(r"\s+(?:and|or|&)\s+(?:the\s+)?|:\s+", re.IGNORECASE)


_NEARLY = 1.5
"""The evidence that a span needs where a model takes it for a title too."""
_EXPECTED = 1.0
"""The evidence that a span lacks where titles were asked for."""
_ROUNDING = 1e-6
_MEMBER = 0.7
"""The evidence that each member of a list needs when all together make up for what each lacks."""
_LIST = 3.0
"""The evidence that such a list needs: two titles side by side are seldom an accident."""


class TitleReader:
    """Finds the titles of a message: exact names with evidence, typed names near one, and quoted unknown ones."""

    def __init__(self, catalog: Catalog, linker: TitleLinker, vocabulary: Vocabulary) -> None:
        self._linker, self._vocabulary = linker, vocabulary
        self._evidence = Evidence(catalog, vocabulary)
        self._misspelt = Misspelt(linker, vocabulary, self._evidence)

    def is_title(self, words: str) -> bool:
        """Whether these words are a title or a series of the catalog."""
        link = self._linker.link(words)
        return bool(link.item_id or link.alternatives) and link.kind != "fuzzy"

    def warm(self) -> None:
        """Count words now rather than in the first message."""
        _ = self._evidence.known

    def is_ordinary(self, word: str) -> bool:
        """Whether more than a few descriptions have every part of this word."""
        return not any(self._evidence.is_rare(part) for part in fold(word).split())

    def is_known(self, word: str) -> bool:
        """Whether some description or title has this word."""
        return fold(word) in self._evidence.known

    def is_common(self, word: str) -> bool:
        """Whether many descriptions have this word."""
        return self._evidence.is_common(fold(word))

    def is_rare(self, word: str) -> bool:
        """Whether hardly any description has this word."""
        return self._evidence.is_rare(fold(word))

    def read(self, message: str, shown: frozenset[str], *, expected: bool = False) -> list[Mention]:
        """The mentions that count as titles, in order of appearance, without overlaps.

        `expected` where titles were asked for, which speaks for each.
        """
        mentions = self._linker.find(message)
        lists = lists_of(message, [one for one in mentions if not self._evidence.is_plain(one)])
        found = [(self._evidence.weigh(message, one, shown, lists.get(one.start)), one) for one in mentions]
        if expected:
            found = [(weight + _EXPECTED * self._is_a_name(one), one) for weight, one in found]
        accepted = [mention for weight, mention in found if weight > ACCEPT - _ROUNDING]
        for start, end in set(lists.values()):
            members = [(weight, one) for weight, one in found if start <= one.start < end]
            introduced = bool(STRONG_OBJECT.search(in_front(message, start)[-50:]))  # "my top five: …"
            least, together = (0.0, ACCEPT) if introduced else (_MEMBER, _LIST)
            if all(weight >= least for weight, _ in members) and sum(weight for weight, _ in members) >= together:
                accepted += [one for weight, one in members if weight < ACCEPT]
        near = [
            one
            for weight, one in found
            if (ACCEPT - 0.5 if one.text.islower() and self._evidence.is_plain(one) else ACCEPT - 1.7) <= weight
            and not overlaps(one.start, one.end, accepted)
        ]
        self._join(message, accepted, near)
        if accepted:
            accepted += [one for one in near if one not in accepted and self._evidence.is_felt(message, one)]
        runs = self._capitalised(message, accepted)
        accepted = [m for m in accepted if not overlaps(m.start, m.end, runs)] + runs
        accepted.extend(self._quoted(message, accepted))
        misspelt = self._misspelt.titles(message, accepted)
        accepted = [m for m in accepted if not overlaps(m.start, m.end, misspelt)] + misspelt
        self._join(message, accepted, near)
        return sorted(accepted, key=lambda mention: mention.start)

    def _is_a_name(self, mention: Mention) -> bool:
        """Whether a mention has a word that not everybody says."""
        return not all(self._evidence.is_common(word) for word in fold(mention.text).split())

    @staticmethod
    def _join(message: str, accepted: list[Mention], near: list[Mention]) -> None:
        """Accept a weak mention in a list with a sure one: "Se7en, Heat and Up"."""
        for _ in range(3):
            accepted += [
                one
                for one in near
                if not overlaps(one.start, one.end, accepted)
                and any(in_one_list(message, one, other) for other in accepted)
            ]

    def _quoted(self, message: str, taken: list[Mention]) -> list[Mention]:
        """Quoted words after a cue, and everything in 《》: titles even where the catalog has none."""
        found = []
        for match in _QUOTED.finditer(message):
            group = next(number for number in range(1, 6) if match[number] is not None)
            start, end = match.span(group)
            if overlaps(start, end, taken) or is_named_thing(message[: match.start()]):
                continue
            chinese = message[match.start()] == "《"
            link = self._linker.link(match[group])
            if chinese or link.item_id or link.alternatives or OBJECT.search(message[: match.start()][-60:]):
                found.append(Mention(start, end, match[group], link))
        return found

    def may_be(self, message: str, span: tuple[int, int], link: Link) -> bool:
        """Whether words that a model took for a title may be one.

        What names an item exactly was weighed already, and the weight is right more often than a small model; a near
        spelling must nearly weigh enough, and an unknown title must look like one.
        """
        start, end = span
        if is_named_thing(message[:start]):
            return False
        if (link.item_id or link.alternatives) and link.kind != "fuzzy":
            return False
        if link.item_id or link.alternatives:
            mention = Mention(start, end, message[start:end], link)
            return self._evidence.weigh(message, mention, frozenset()) >= _NEARLY
        if _QUOTED.search(message[max(0, start - 1) : end + 1]):
            return True
        named = message[start].isupper() or any(self._evidence.is_rare(w) for w in fold(message[start:end]).split())
        return named and bool(STRONG_OBJECT.search(message[:start][-40:]))

    def misspelt_genres(self, message: str) -> list[Word]:
        """Words of no text that are nearly a genre: "no horor"."""
        return self._misspelt.genres(message)

    def _capitalised(self, message: str, accepted: list[Mention]) -> list[Mention]:
        """Capitalised words that are liked, hated or watched, linked with typos tolerated.

        A run that is longer than a mention inside it counts in its place when it links: "Forest Gump" is no "The Forest".
        """
        if shouted(message):
            return []
        found: list[Mention] = []
        for match in _CAPITALS.finditer(message):
            for start, end in self._pieces(message, *match.span()):
                inside = [mention for mention in accepted if start < mention.end and mention.start < end]
                if any(mention.end - mention.start >= end - start or mention.year for mention in inside):
                    continue
                if mention := self._run(message, start, end, [*accepted, *found], bool(inside)):
                    found.append(mention)
        return found

    def _pieces(self, message: str, start: int, end: int) -> list[tuple[int, int]]:
        """A run as it stands if it links as a whole, else cut at "and", "or", and where a mention ends."""
        text = message[start:end].rstrip(" .,!?:")
        while (lead := re.match(r"([\w'’]+)[.,]?\s+(?=\S)", text)) and lead[1].casefold() in _OPENING:
            start, text = start + lead.end(), text[lead.end() :]
        while (
            (
                last := re.search(
                    r"(?<!and)(?<!or)(?<!&)\s+(I|And|But|So|Or|Is|Was|It|You|We|My|LOL|Lol|Any|What)$", text
                )
            )
            and "." not in text
            and not _YEAR.match(message[start + len(text) :])
        ):
            text = text[: last.start()]
        text = _MARK.sub("", text)
        text = _NTH_TIME.sub("", text) if message[start + len(text) :].lstrip().startswith("time") else text
        link = self._linker.link(text)
        if link.item_id or link.alternatives or not _CUT.search(text):
            return [(start, start + len(text))]
        if (colon := text.find(": ")) > 0 and not _is_exact(self._linker.link(text[colon + 2 :])):
            return [(start, start + len(text))]
        pieces, at = [], start
        for cut in [*_CUT.finditer(text), None]:
            stop = start + cut.start() if cut else start + len(text)
            if stop > at:
                pieces.append((at, stop))
            at = start + cut.end() if cut else stop
        return pieces

    def _run(self, message: str, start: int, end: int, titles: list[Mention], contested: bool) -> Mention | None:
        text, before = message[start:end], in_front(message, start)
        if (
            text.casefold() in INTERJECTIONS
            or (text.endswith("ly") and " " not in text and opens(before))  # "Preferably, …"
            or _NO_TITLE.fullmatch(text)
            or is_called_otherwise(message[end : end + 80])
        ):
            return None
        last = max((title.end for title in titles if title.end <= start), default=0)
        small_talk = all(word in CHAT_WORDS for word in fold(text).split()) and bool(message[end:].strip(" .,!?"))
        year = _YEAR.match(message[end:])
        if small_talk and not contested and not year and not joined(message[last:start]):
            return None
        words = [word for word in fold(text).split() if not self._evidence.is_common(word) and not word.isdecimal()]
        in_list = any(joined(message[t.end : start]) for t in titles if t.end <= start)
        object_of = in_list or bool(OBJECT.search(before[-60:]) and not _MANNER.search(before[-20:]))
        subject = opens(before)
        praised = subject and bool(PRAISED.match(message[end:]))
        admired = subject and bool(_ADMIRED.match(message[end:]))
        if self._vocabulary.entry(text) or is_named_thing(before) or not (object_of or praised or contested):
            return None
        link = self._linker.link(text, int(year[1]) if year else None)
        if link.item_id or link.alternatives:
            plain = not words and len(text.split()) == 1 and (link.kind == "fuzzy" or not (object_of or admired))
            return None if plain else Mention(start, end, text, link, int(year[1]) if year else None)
        numbered = bool(re.search(r" (?:\d+|I[IVX]+|[VX]I*)$", text))
        if contested:
            if sum(title.end > start and title.start < end for title in titles) > 1:
                return None  # "Toy Story 2 to Toy Story 3"
            rated = message[end : end + 1] == "/"  # "Gravity a 6/10"
            whole = object_of and self._says_more(text, start, titles)  # "A Wrinkle in Time" is no "In Time"
            return Mention(start, end, text, link) if (numbered and not rated) or whole else None
        heavy = [word for word in fold(text).split() if word not in _JOINING]
        if message[max(0, start - 4) : start] == "The ":
            start, text = start - 4, f"The {text}"
        several = (len(heavy) > 1 and not subject) or (in_list and re.match(r"\s*(?:[.,!?]|$)", message[end:]))
        return (
            Mention(start, end, text, link)
            if admired or (words and (object_of or praised)) or (several and object_of) or (object_of and year)
            else None
        )

    def _says_more(self, text: str, start: int, titles: list[Mention]) -> bool:
        """Whether a run of capitals has words of a name beside the titles inside it, which then are only parts of it."""
        inside = [title for title in titles if start <= title.start and title.end <= start + len(text)]
        if any(_PLACED.search(text[: title.start - start]) for title in inside):
            return False  # "Ryan Reynolds in The Proposal"
        rest = text
        for title in inside:
            rest = rest.replace(title.text, " ")
        words = [word for word in fold(rest).split() if word not in _JOINING]
        return any(not self._evidence.is_common(word) for word in words) and not CHAT_WORDS.intersection(words)


def _is_exact(link: Link) -> bool:
    """Whether a link is a whole title, of the catalog or elsewhere."""
    return link.kind == "elsewhere" or (link.kind == "exact" and bool(link.item_id or link.alternatives))


_CAP = r"(?:(?:Mr|Mrs|Ms|Dr|Jr|Sr|St|Vol|No|[A-Z])\.|[A-Z0-9][\w'’&\-]*:?)"
_CAPITALS = re.compile(rf"{_CAP}(?:\s+(?:(?:of|the|and|in|to|for|on|at|a|an|vs\.?|de|la|le|&)\s+){{0,3}}{_CAP})*")
