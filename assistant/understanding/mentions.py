"""Which spans of a message are meant as titles. A word that is also a title needs evidence before it counts as one."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.understanding.vocabulary import CJK, Vocabulary, Word
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
    "show series season actor actress director cast year years time day life world people man woman girl boy men women there here oh lol yes yep yeah nope well also and but so then still that those these which anyway netflix hulu amazon pg thx wow ah hmm haha now her his my your she he they is was are be been do did does have has had i you of to in on for with at from by as if or fan fans sequel remake original part hope sorry true guess think sounds".split()
)
_OBJECT = re.compile(
    r"(?:\b(?:love|loved|loves|adore|adored|like|liked|likes|enjoy|enjoyed|hate|hated|dislike|disliked|despised|watch|watched|rewatched|watching|"
    r"saw|seen|stand|finish|finished|similar to|such as|fans? of|every (?:minute|second) of|the ending of|reminds me of|compared to|vibes? of|than|unlike|called|named|titled|"
    r"favou?rites? (?:is|are|was)|favou?rite (?:movie|film)s? (?:is|are|was|of all time is)|about|recommend|suggest|loving|have you seen|"
    r"i['’]m into|obsessed with|sequel to|remake of|version of|same \w+ as|style of|spirit of|line of|lines of|vein of|didn['’]t get|tried|into)\b"
    r"|喜欢|看过|看了|像|类似|爱看|讨厌|跟|和|与|比)"
    r"(?:\s+(?:the\s+)?(?:movie|film|classic|original|movies|films|both|all of|all|watching|of|really|either|old))*\s*[:\"“‘'《]?\s*$",
    re.IGNORECASE,
)
_STRONG_OBJECT = re.compile(
    r"\b(?:loved|adored|liked|enjoyed|hated|disliked|despised|watched|rewatched|saw|seen|finished|similar to|such as|fans? of|called|titled|"
    r"favou?rite (?:movie|film)s? (?:is|are|was)|love|enjoy|hate|stand)(?:\s+(?:the\s+)?(?:first|original|movie|film|old))*\s*[:\"“‘']?\s*$",
    re.IGNORECASE,
)
_QUOTES = (('"', '"'), ("“", "”"), ("‘", "’"), ("《", "》"), ("'", "'"), ("「", "」"))
_QUOTED = re.compile(
    r"[\"“]([^\"“”\n]{1,80})[\"”]|《([^《》\n]{1,60})》|‘([^‘’\n]{1,60})’|(?<!\w)'([^'\n]{2,60})'(?!\w)|「([^「」\n]{1,60})」"
)
_SONG = re.compile(
    r"\b(?:song|album|book|novel|band|game|word|podcast|track|comic|play|restaurant|dog|cat)s?\s+(?:is\s+)?(?:called|named|titled|by)\s*[\"“‘']?$",
    re.IGNORECASE,
)
_NAMED = re.compile(r"^[\"”’']?\s*(?:movies?|films?|series|franchise|trilogy|saga)\b", re.IGNORECASE)
_OCCASION = re.compile(r"\b(?:for|on|around|until|this|every|during)\s*$", re.IGNORECASE)
_DETERMINED = re.compile(
    r"\b(?:the|all|the (?:first|second|third|last|original|old|new)|(?:first|original))\s*$", re.IGNORECASE
)
_PRAISED = re.compile(
    r"^[\"”’']?(?:\s+(?:movies?|films?|series))?(?:\s*(?:,|and|&)[^.!?]{1,60}?)?\s+(?:(?:was|is|were|are|made me|blew|bored|put me|has been|had)\b(?!\s+(?:killing|going|getting|coming|there|a good|an? (?:movie|film)))|"
    r"sucks?|sucked|rocks|rocked)",
    re.IGNORECASE,
)
_ADMIRED = re.compile(
    r"^[\"”’']?(?:\s*(?:,|and|&)[^.!?]{1,60}?)?\s+(?:is|are|was|were)\s+(?:(?:one|two|three|some|all|both|probably|definitely|still)\s+)*(?:of\s+)?my\b",
    re.IGNORECASE,
)
_INTERJECTIONS = frozenset(
    "yes yep yeah yup oh also no nope and but so like well hi hey hello i ok okay ah wow or maybe even just thanks loved love".split()
)
_OPENS = re.compile(r"(?:[.!?,;]|\b(?:but|and|though|because|think|thought|that|so))\s*$", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|or|&)\s+(?:the\s+)?", re.IGNORECASE)


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
    def _counts(self) -> Counter[str]:
        """In how many descriptions a word stands, and how often a title of two words or more does as plain words."""
        counts: Counter[str] = Counter()
        for row in range(min(len(self._catalog), 5000)):
            tokens = fold(self._catalog.item(row).description).split()
            pairs = {f"{one} {two}" for one, two in pairwise(tokens)}
            counts.update({*tokens, *pairs})
        return counts

    @cached_property
    def _known(self) -> frozenset[str]:
        """Every word of a description or a title: a word outside them may be a misspelt title."""
        titles = {word for row in range(len(self._catalog)) for word in fold(self._catalog.item(row).title).split()}
        return frozenset({*_CHAT_WORDS, *titles, *(word for word in self._counts if " " not in word)})

    def _is_common(self, word: str) -> bool:
        return word in _CHAT_WORDS or self._counts[word] >= max(8, min(len(self._catalog), 5000) // 250)

    def warm(self) -> None:
        """Count words now rather than in the first message."""
        _ = self._known

    def read(self, message: str, shown: frozenset[str]) -> list[Mention]:
        """The mentions that count as titles, in order of appearance, without overlaps."""
        found = [Judged(mention, self._weigh(message, mention, shown)) for mention in self._linker.find(message)]
        accepted = [judged.mention for judged in found if judged.evidence >= ACCEPT]
        near = [judged.mention for judged in found if ACCEPT - 1.7 <= judged.evidence < ACCEPT]
        # A weak mention in a list with a sure one is a title too: "Se7en, Heat and Up".
        for _ in range(2):
            joined = [m for m in near if m not in accepted and any(_in_one_list(message, m, o) for o in accepted)]
            accepted.extend(joined)
        runs = self._capitalised(message, accepted)
        accepted = [m for m in accepted if not _overlaps(m.start, m.end, runs)] + runs
        accepted.extend(self._quoted(message, accepted))
        accepted.extend(self._misspelt(message, accepted))
        return sorted(accepted, key=lambda mention: mention.start)

    def _weigh(self, message: str, mention: Mention, shown: frozenset[str]) -> float:
        """Evidence for a title: quotes, a year behind it, capitals, rare words, and being liked, hated or watched."""
        before, after = message[: mention.start], message[mention.end :]
        weight = 3.0 * _is_quoted(message, mention) + 3.0 * (mention.year is not None)
        if is_named_thing(before):
            return 0.0
        if CJK.search(mention.text):
            plain = len(mention.text) < 3 or bool(self._vocabulary.entry(mention.text))
            return weight + (1.0 if plain else 2.0) + (1.0 if _OBJECT.search(before[-20:]) else 0.0)
        words = canonical(mention.text).split()
        capitals = self._capitals(message, mention)
        strong = bool(_STRONG_OBJECT.search(before[-50:]))
        weight += capitals + self._rarity(words) + self._fame(mention)
        if _OCCASION.search(before):
            weight -= 0.8
        weight += 1.2 if strong else 0.8 if _OBJECT.search(before[-60:]) else 0.0
        if _NAMED.match(after) and (len(words) > 1 or _DETERMINED.search(before)):
            weight += 0.8
        if _PRAISED.match(after) and (not before.strip() or _OPENS.search(before)):
            weight += 0.8
        if message.strip(" .!?\"'") == mention.text:
            weight += 1.5 if self._rarity(words) > 0.5 or len(words) > 1 else 0.7
        if self._vocabulary.entry(mention.text):
            weight -= (
                0.4 if capitals > 1 and (strong or mention.link.item_id in shown) else 1.0 if capitals > 1 else 2.5
            )
        if mention.link.kind == "part" and self._rarity(words) < 1:
            weight -= 1
        if all(word in _CHAT_WORDS or word.isdecimal() for word in words):
            weight -= 0.6
        if all(word.isdecimal() for word in words):
            subject = not before.strip() and bool(_PRAISED.match(after))
            return weight + 2.0 if subject or strong or message.strip(" .!?") == mention.text else weight - 0.8
        return weight + 1.5 * (mention.link.item_id in shown)

    def _rarity(self, words: list[str]) -> float:
        """From 0 for words of every day to 2 and more for words that hardly anything but a title says."""
        rare = [1.5 if self._counts[w] < 4 else 0.8 for w in words if not self._is_common(w) and not w.isdecimal()]
        if len(words) == 1:
            return sum(rare)
        least = min((self._counts[f"{one} {two}"] for one, two in pairwise(words)), default=0)
        unusual = 0.9 + 0.35 * (len(words) - 2) if least < 4 else 0.0
        return min(sum(rare), 2.2) + unusual

    def _fame(self, mention: Mention) -> float:
        """Much seen items are meant more often than their words; hardly seen ones less."""
        ids = (mention.link.item_id, *mention.link.alternatives)
        votes = max((item.votes or 0 for item_id in ids if item_id and (item := self._catalog.get(item_id))), default=0)
        return 0.4 if votes >= 1500 else -0.3 if votes < 100 else 0.0

    def _capitals(self, message: str, mention: Mention) -> float:
        """Capitals say little in a message that is all capitals or starts with the span, and much elsewhere."""
        if _shouted(message):
            return 0.0
        words = [word for word in re.split(r"[\s\-:]+", mention.text) if word[:1].isalpha()]
        heavy = [
            word
            for word in words
            if word.lower() not in {"the", "a", "an", "of", "and", "in", "to", "for", "on", "at", "with", "by"}
        ]
        capitals = [word for word in heavy if word[:1].isupper()]
        if not heavy or len(capitals) < len(heavy):
            plain = message[1:] == message[1:].lower().replace(" i ", " I ")
            return -0.6 if not plain and heavy and all(self._is_common(word.lower()) for word in heavy) else 0.0
        starts = not message[: mention.start].strip() or re.search(r"[.!?\n]\s*$", message[: mention.start])
        if starts and len(words) == 1:
            return 0.4
        return 1.4 if len(heavy) == 1 else 1.8

    def _quoted(self, message: str, taken: list[Mention]) -> list[Mention]:
        """Quoted words after a cue, and everything in 《》: titles even where the catalog has none."""
        found = []
        for match in _QUOTED.finditer(message):
            group = next(number for number in range(1, 6) if match[number] is not None)
            start, end = match.span(group)
            if _overlaps(start, end, taken) or is_named_thing(message[: match.start()]):
                continue
            chinese = message[match.start()] == "《"
            link = self._linker.link(match[group])
            if chinese or link.item_id or link.alternatives or _OBJECT.search(message[: match.start()][-60:]):
                found.append(Mention(start, end, match[group], link))
        return found

    def _capitalised(self, message: str, accepted: list[Mention]) -> list[Mention]:
        """Capitalised words that are liked, hated or watched, linked with typos tolerated.

        A run that is longer than a mention inside it counts in its place when it links: "Forest Gump" is no "The Forest".
        """
        if _shouted(message):
            return []
        found: list[Mention] = []
        for match in _CAPITALS.finditer(message):
            for start, end in self._pieces(message, *match.span(), accepted):
                inside = [mention for mention in accepted if start < mention.end and mention.start < end]
                if any(mention.end - mention.start >= end - start or mention.year for mention in inside):
                    continue
                if mention := self._run(message, start, end, [*accepted, *found], bool(inside)):
                    found.append(mention)
        return found

    def _pieces(self, message: str, start: int, end: int, accepted: list[Mention]) -> list[tuple[int, int]]:
        """A run as it stands if it links as a whole, else cut at "and", "or", and where a mention ends."""
        text = message[start:end].rstrip(" .,!?:")
        while (lead := re.match(r"([\w'’]+)[.,]?\s+(?=\S)", text)) and lead[1].casefold() in _INTERJECTIONS:
            start, text = start + lead.end(), text[lead.end() :]
        while (
            last := re.search(r"(?<!and)(?<!or)(?<!&)\s+(I|And|But|So|Or|Is|Was|It|You|We|My|LOL|Lol|Any|What)$", text)
        ) and "." not in text:
            text = text[: last.start()]
        link = self._linker.link(text)
        if link.item_id or link.alternatives or not _AND.search(text):
            return [(start, start + len(text))]
        pieces, at = [], start
        for cut in [*_AND.finditer(text), None]:
            stop = start + cut.start() if cut else start + len(text)
            if stop > at:
                pieces.append((at, stop))
            at = start + cut.end() if cut else stop
        return pieces

    def _run(self, message: str, start: int, end: int, titles: list[Mention], contested: bool) -> Mention | None:
        text, before = message[start:end], message[:start]
        if all(word in _CHAT_WORDS for word in fold(text).split()) and not contested and message[end:].strip(" .,!?"):
            if not _joined(message[max((t.end for t in titles if t.end <= start), default=0) : start]):
                return None
        words = [word for word in fold(text).split() if not self._is_common(word) and not word.isdecimal()]
        joined = any(_joined(message[t.end : start]) for t in titles if t.end <= start)
        object_of = joined or bool(_OBJECT.search(before[-60:]))
        subject = not before.strip() or bool(_OPENS.search(before))
        praised = subject and bool(_PRAISED.match(message[end:]))
        admired = subject and bool(_ADMIRED.match(message[end:]))
        if self._vocabulary.entry(text) or is_named_thing(before) or not (object_of or praised or contested):
            return None
        year = re.match(r"\s*[(\[]((?:18|19|20)\d\d)[)\]]", message[end:])
        link = self._linker.link(text, int(year[1]) if year else None)
        if link.item_id or link.alternatives:
            plain = not words and len(text.split()) == 1 and (link.kind == "fuzzy" or not (object_of or admired))
            return None if plain else Mention(start, end, text, link, int(year[1]) if year else None)
        numbered = bool(re.search(r" (?:\d+|I[IVX]+|[VX]I*)$", text))
        if contested:
            return Mention(start, end, text, link) if numbered else None
        several = (len(text.split()) > 1 and not subject) or (joined and re.match(r"\s*(?:[.,!?]|$)", message[end:]))
        return (
            Mention(start, end, text, link)
            if admired or (words and (object_of or praised)) or (several and object_of) or (object_of and year)
            else None
        )

    def _misspelt(self, message: str, taken: list[Mention]) -> list[Mention]:
        """Words around one that no title or description has, if they are near a title: "lord of the rigns"."""
        tokens = [(m.start(), m.end()) for m in _WORD.finditer(message[:2000])]
        odd = [n for n, (s, e) in enumerate(tokens) if e - s > 3 and self._is_odd(message[s:e])]
        found: list[Mention] = []
        for place in odd[:6]:
            best: Mention | None = None
            for size in (6, 5, 4, 3, 2, 1):
                for first in range(max(0, place - size + 1), min(place, len(tokens) - size) + 1):
                    start, end = tokens[first][0], tokens[first + size - 1][1]
                    if _overlaps(start, end, [*taken, *found]) or re.search(r"[.,!?;:()\n]", message[start:end]):
                        continue
                    link = self._linker.link(message[start:end])
                    if (
                        link.kind != "fuzzy"
                        or not (link.item_id or link.alternatives)
                        or is_named_thing(message[:start])
                    ):
                        continue
                    if (
                        size == 1
                        and link.score < 0.9
                        and not (_OBJECT.search(message[:start][-60:]) or message[start:end][0].isupper())
                    ):
                        continue
                    if self._vocabulary.find(message[start:end]) or not self._near_enough(message, start, end, link):
                        continue
                    if best is None or link.score > best.link.score + 0.02:
                        best = Mention(start, end, message[start:end], link)
            if best:
                found.append(best)
        return found

    def _near_enough(self, message: str, start: int, end: int, link: Link) -> bool:
        """Two typos need a long title, or a cue in front; small talk at either end is no part of a title."""
        words = fold(message[start:end]).split()
        if words[-1] in _CHAT_WORDS or (words[0] in _CHAT_WORDS and words[0] not in ("the", "a", "an")):
            return False
        cue = bool(_OBJECT.search(message[:start][-60:])) or message[start].isupper()
        return cue or link.score >= 0.88

    def misspelt_genres(self, message: str) -> list[Word]:
        """Words of no text that are nearly a genre: "no horor"."""
        found = []
        for match in _WORD.finditer(message[:2000]):
            known = all(part in self._known for part in fold(match[0]).split())
            entry = None if known else self._vocabulary.near(match[0])
            if entry and self._vocabulary.entry(match[0]) is None:
                found.append(Word(match.start(), match.end(), match[0], entry))
        return found

    def _is_odd(self, word: str) -> bool:
        return (
            not word.isdecimal()
            and not all(part in self._known for part in fold(word).split())
            and not self._vocabulary.near(word)
        )


_WORD = re.compile(r"[^\W\u3400-\u9fff]+(?:['’][^\W\u3400-\u9fff]+)*")
_CAP = r"(?:[A-Z0-9][\w'’&\-]*[.:]?)"
_CAPITALS = re.compile(rf"{_CAP}(?:\s+(?:(?:of|the|and|in|to|for|on|at|a|an|vs\.?|de|la|le|&)\s+){{0,3}}{_CAP})*")


def is_named_thing(before: str) -> bool:
    """Whether the words in front name a song, a book or a dog: what follows is no film."""
    return bool(_SONG.search(before[-40:]))


def _shouted(message: str) -> bool:
    """Whether a message is written in capitals, which then say nothing."""
    letters = [char for char in message if char.isalpha()]
    return len(letters) > 12 and sum(char.isupper() for char in letters) > 0.6 * len(letters)


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
    if is_named_thing(before):
        return False
    if bool(_STRONG_OBJECT.search(before[-40:])) or _QUOTED.search(message[max(0, span[0] - 1) : span[1] + 1]):
        return True
    capital = words[:1].isupper() and before.strip() != "" and before.rstrip()[-1:] not in ".!?"
    return linked and (capital or bool(_OBJECT.search(before[-60:])) or len(words.split()) > 1)


def unlinked(mention: Mention) -> bool:
    """Whether the catalog has nothing for this title."""
    return mention.link.item_id is None and not mention.link.alternatives


__all__ = ["ACCEPT", "Judged", "Link", "TitleReader", "unlinked"]
