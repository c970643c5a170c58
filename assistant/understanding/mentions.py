"""Which spans of a message are meant as titles. A word that is also a title needs evidence before it counts as one."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from assistant.understanding.vocabulary import Vocabulary
from retrieval.text import fold
from retrieval.titlekeys import canonical
from retrieval.titles import Link, Mention, TitleLinker

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

ACCEPT = 2.0
"""The evidence that a span needs to count as a title."""

_CHAT_WORDS = frozenset(
    "hi hello hey thanks thank you please yes no yeah ok okay sure maybe movie movies film films watch watched watching seen "
    "something anything everything nothing recommend suggest suggestion good great best bad nice fun funny scary happy sad "
    "love loved like liked hate hated want need tonight today tomorrow friday saturday sunday weekend night morning kids kid "
    "family friends friend mom dad wife husband girlfriend boyfriend me him her it up us we i my the a an this that them they "
    "one two three first second third last next other others more less again new old older newer big small long short home "
    "really very just only so too not never always ever what who why how where when go going get take taken give made "
    "interesting awesome cool perfect amazing boring action comedy drama horror thriller romance western musical war family "
    "show series season actor actress director cast year years time day life world people man woman girl boy men women".split()
)
_OBJECT = re.compile(
    r"(?:\b(?:love|loved|loves|adore|adored|like|liked|likes|enjoy|enjoyed|hate|hated|dislike|disliked|despised|watch|watched|rewatched|watching|"
    r"saw|seen|stand|finish|finished|similar to|such as|fans? of|reminds me of|compared to|vibes? of|than|unlike|called|named|titled|"
    r"favou?rites? (?:is|are|was)|favou?rite (?:movie|film)s? (?:is|are|was|of all time is)|about|recommend|suggest|loving|have you seen|"
    r"i['’]m into|obsessed with|sequel to|remake of|version of|style of|spirit of|line of|lines of|vein of|didn['’]t get|tried|into)\b"
    r"|喜欢|看过|看了|像|类似|爱看|讨厌|跟|和|与|比)"
    r"(?:\s+(?:the\s+)?(?:movie|film|classic|original|movies|films|both|all of|all|watching|of|really|either|old))*\s*[:\"“‘'《]?\s*$",
    re.IGNORECASE,
)
_STRONG_OBJECT = re.compile(
    r"\b(?:loved|adored|liked|enjoyed|hated|disliked|despised|watched|rewatched|saw|seen|finished|similar to|such as|fans? of|called|titled|"
    r"favou?rite (?:movie|film)s? (?:is|are|was)|love|enjoy|hate|stand)\s*[:\"“‘']?\s*$",
    re.IGNORECASE,
)
_QUOTES = (('"', '"'), ("“", "”"), ("‘", "’"), ("《", "》"), ("'", "'"), ("「", "」"))
_QUOTED = re.compile(
    r"[\"“]([^\"“”\n]{1,80})[\"”]|《([^《》\n]{1,60})》|‘([^‘’\n]{1,60})’|(?<!\w)'([^'\n]{2,60})'(?!\w)|「([^「」\n]{1,60})」"
)
_SONG = re.compile(
    r"\b(?:song|album|book|novel|band|game|word|podcast|track|comic|play|restaurant|dog|cat)\s+(?:called|named|titled)?\s*[\"“‘']?$",
    re.IGNORECASE,
)
_NAMED = re.compile(r"^[\"”’']?\s*(?:movies?|films?|series|franchise|trilogy|saga)\b", re.IGNORECASE)
_VERDICT = re.compile(r"^[\"”’']?\s*(?:was|is|were|and|&|but|had|made|blew|has|bored|,|\+)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Judged:
    """A mention and the evidence that it is meant as a title; from `ACCEPT` on it is."""

    mention: Mention
    evidence: float


class TitleReader:
    """Finds the titles of a message: exact names with evidence, typed names near one, and quoted unknown ones."""

    def __init__(self, catalog: Catalog, linker: TitleLinker, vocabulary: Vocabulary) -> None:
        self._catalog, self._linker, self._vocabulary = catalog, linker, vocabulary

    @cached_property
    def _common(self) -> frozenset[str]:
        """Words that many descriptions use, and words of small talk: alone they name no title."""
        counts: Counter[str] = Counter()
        for row in range(min(len(self._catalog), 5000)):
            counts.update(set(fold(self._catalog.item(row).description).split()))
        least = max(8, len(self._catalog) // 250)
        return frozenset(word for word, count in counts.items() if count >= least) | _CHAT_WORDS

    @cached_property
    def _known(self) -> frozenset[str]:
        """Every word of a description or a title: a word outside them may be a misspelt title."""
        known = set(_CHAT_WORDS)
        for row in range(min(len(self._catalog), 20000)):
            item = self._catalog.item(row)
            known.update(fold(f"{item.description} {item.title}").split())
        return frozenset(known)

    def read(self, message: str, shown: frozenset[str]) -> list[Mention]:
        """The mentions that count as titles, in order of appearance, without overlaps."""
        found = [Judged(mention, self._weigh(message, mention, shown)) for mention in self._linker.find(message)]
        accepted = [judged.mention for judged in found if judged.evidence >= ACCEPT]
        near = [judged for judged in found if ACCEPT - 1.5 <= judged.evidence < ACCEPT]
        # A weak mention in a list with a sure one is a title too: "Se7en, Heat and Up".
        for judged in near:
            if any(_in_one_list(message, judged.mention, other) for other in accepted):
                accepted.append(judged.mention)
        accepted.extend(self._quoted(message, accepted))
        accepted.extend(self._capitalised(message, accepted))
        accepted.extend(self._misspelt(message, accepted))
        return sorted(accepted, key=lambda mention: mention.start)

    def _weigh(self, message: str, mention: Mention, shown: frozenset[str]) -> float:
        before, after = message[: mention.start], message[mention.end :]
        words = fold(mention.text).split()
        bare = canonical(mention.text).split()
        rare = [word for word in bare if word not in self._common and not word.isdecimal()]
        weight = 0.0
        if _is_quoted(message, mention):
            weight += 3
        if mention.year is not None:
            weight += 3
        if re.search(r"[\u3400-\u9fff]", mention.text):
            return weight + (2.0 if len(mention.text) > 2 or _OBJECT.search(before[-20:]) else 0.0)
        weight += min(len(rare), 2) * 1.2 + (0.4 if len(rare) else 0.0)
        weight += 0.5 * max(len(words) - 1, 0) if rare or len(words) > 3 else 0.25 * max(len(words) - 1, 0)
        weight += self._capitals(message, mention)
        if _STRONG_OBJECT.search(before[-40:]):
            weight += 1.2
        elif _OBJECT.search(before[-60:]):
            weight += 0.8
        if _NAMED.match(after) and re.search(r"\b(?:the|all)\s*$", before, re.IGNORECASE):
            weight += 0.8
        if message.strip(" .!?\"'") == mention.text:
            weight += 1.5 if rare or len(words) > 1 else 0.7
        if _SONG.search(before[-30:]):
            weight -= 4
        if mention.link.kind == "part" and not rare:
            weight -= 1
        if self._vocabulary.entry(mention.text):
            weight -= 2.5
        if mention.link.item_id in shown:
            weight += 1
        if all(word in _CHAT_WORDS or word.isdecimal() for word in words):
            weight -= 0.8
        return weight

    def _capitals(self, message: str, mention: Mention) -> float:
        """Capitals say little in a message that is all capitals or starts with the span, and much elsewhere."""
        letters = [char for char in message if char.isalpha()]
        if sum(char.isupper() for char in letters) > 0.6 * max(len(letters), 1) and len(letters) > 12:
            return 0.0
        words = [word for word in re.split(r"[\s\-:]+", mention.text) if word[:1].isalpha()]
        heavy = [
            word
            for word in words
            if word.lower() not in {"the", "a", "an", "of", "and", "in", "to", "for", "on", "at", "with", "by"}
        ]
        capitals = [word for word in heavy if word[:1].isupper()]
        if not heavy or len(capitals) < len(heavy):
            return -0.6 if heavy and all(word.lower() in self._common for word in heavy) else 0.0
        starts = not message[: mention.start].strip() or re.search(r"[.!?\n]\s*$", message[: mention.start])
        if starts and len(heavy) == 1:
            return 0.4
        return 1.4 if len(heavy) == 1 else 1.8

    def _quoted(self, message: str, taken: list[Mention]) -> list[Mention]:
        """Quoted words after a cue, and everything in 《》: titles even where the catalog has none."""
        found = []
        for match in _QUOTED.finditer(message):
            group = next(number for number in range(1, 6) if match[number] is not None)
            start, end = match.span(group)
            if _overlaps(start, end, taken) or _SONG.search(message[: match.start()][-30:]):
                continue
            chinese = message[match.start()] == "《"
            link = self._linker.link(match[group])
            if chinese or link.item_id or link.alternatives or _OBJECT.search(message[: match.start()][-60:]):
                found.append(Mention(start, end, match[group], link))
        return found

    def _capitalised(self, message: str, taken: list[Mention]) -> list[Mention]:
        """Capitalised words that are the object of liking, hating or watching, linked with typos tolerated."""
        found: list[Mention] = []
        for match in _CAPITALS.finditer(message):
            start, end = match.span()
            if _overlaps(start, end, [*taken, *found]) or not self._is_object(message, start, [*taken, *found]):
                continue
            text = match[0].rstrip(" .,!?")
            words = [word for word in fold(text).split() if word not in self._common]
            if not words or self._vocabulary.entry(text) or _SONG.search(message[:start][-30:]):
                continue
            end = start + len(text)
            year = re.match(r"\s*[(\[]((?:18|19|20)\d\d)[)\]]", message[end:])
            found.append(Mention(start, end, text, self._linker.link(text, int(year[1]) if year else None)))
        return found

    def _is_object(self, message: str, start: int, titles: list[Mention]) -> bool:
        if _OBJECT.search(message[:start][-60:]):
            return True
        return any(_joined(message[title.end : start]) for title in titles if title.end <= start)

    def _misspelt(self, message: str, taken: list[Mention]) -> list[Mention]:
        """Lower-case words around one that no title or description has: "lord of the rigns"."""
        tokens = [(m.start(), m.end()) for m in _WORD.finditer(message[:2000])]
        odd = [
            n
            for n, (s, e) in enumerate(tokens)
            if e - s > 3 and fold(message[s:e]) not in self._known and not message[s:e].isdecimal()
        ]
        found: list[Mention] = []
        for place in odd[:6]:
            best: Mention | None = None
            for size in (6, 5, 4, 3, 2, 1):
                for first in range(max(0, place - size + 1), min(place, len(tokens) - size) + 1):
                    start, end = tokens[first][0], tokens[first + size - 1][1]
                    if _overlaps(start, end, [*taken, *found]) or re.search(r"[.,!?;:()\n]", message[start:end]):
                        continue
                    if size == 1 and end - start < 6:
                        continue
                    link = self._linker.link(message[start:end])
                    if (
                        (link.item_id or link.alternatives)
                        and link.kind == "fuzzy"
                        and (not best or link.score > best.link.score + 0.02)
                    ):
                        best = Mention(start, end, message[start:end], link)
            if best:
                found.append(best)
        return found


_WORD = re.compile(r"[^\W\u3400-\u9fff]+(?:['’][^\W\u3400-\u9fff]+)*")
_CAP = r"(?:[A-Z0-9][\w'’&\-]*[.:]?)"
_CAPITALS = re.compile(
    rf"{_CAP}(?:\s+(?:(?:of|the|and|in|to|for|on|at|a|an|with|from|vs\.?|de|la|le|&)\s+){{0,3}}{_CAP})*"
)


def _joined(between: str) -> bool:
    return bool(
        re.fullmatch(
            r"[\"”’']?\s*(?:,|and|&|or|/|\+|,\s*and|,\s*or|和|跟|、|，)\s*[\"“‘']?(?:the\s+)?", between, re.IGNORECASE
        )
    )


def _in_one_list(message: str, one: Mention, other: Mention) -> bool:
    first, second = sorted((one, other), key=lambda mention: mention.start)
    return _joined(re.sub(r"^\s*[(\[]\d{4}[)\]]", "", message[first.end : second.start]))


def _overlaps(start: int, end: int, taken: list[Mention]) -> bool:
    return any(start < other.end and other.start < end for other in taken)


def _is_quoted(message: str, mention: Mention) -> bool:
    left, right = message[: mention.start].rstrip()[-1:], message[mention.end :].lstrip(" .!?,")[:1]
    return any(left == opening and right == closing for opening, closing in _QUOTES)


def looks_like_title(message: str, span: tuple[int, int], *, linked: bool) -> bool:
    """Whether words that a model took for a title may be one: capitals, quotes, or the object of liking or watching."""
    words = message[span[0] : span[1]]
    before = message[: span[0]]
    if _SONG.search(before[-30:]):
        return False
    if bool(_STRONG_OBJECT.search(before[-40:])) or _QUOTED.search(message[max(0, span[0] - 1) : span[1] + 1]):
        return True
    capital = words[:1].isupper() and before.strip() != "" and before.rstrip()[-1:] not in ".!?"
    return linked and (capital or bool(_OBJECT.search(before[-60:])) or len(words.split()) > 1)


def unlinked(mention: Mention) -> bool:
    """Whether the catalog has nothing for this title."""
    return mention.link.item_id is None and not mention.link.alternatives


__all__ = ["ACCEPT", "Judged", "Link", "TitleReader", "unlinked"]
