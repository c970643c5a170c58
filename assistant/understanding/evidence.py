"""How much speaks for a span of a message being meant as a title, and not as the words that it is made of."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re
from collections import Counter
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.understanding.vocabulary import CJK, Vocabulary
from retrieval.text import fold
from retrieval.titlekeys import canonical
from retrieval.titles import Mention

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

ACCEPT = 2.0
"""The evidence that a span needs to count as a title."""

CHAT_WORDS = frozenset(Path(__file__).with_name("chat_words.txt").read_text(encoding="utf-8").split())
"""Words of small talk and of talk about films: alone they name no title."""

OBJECT = re.compile(
    r"(?:\b(?:love|loved|loves|adore|adored|like|liked|likes|enjoy|enjoyed|hate|hated|dislike|disliked|despised|watch|watched|rewatched|watching|"
    r"saw|seen|stand|finish|finished|similar to|such as|fans? of|every (?:minute|second) of|the ending of|reminds me of|compared to|vibes? of|than|unlike|called|named|titled|"
    r"favou?rites? (?:is|are|was)|favou?rite (?:movie|film)s? (?:is|are|was|of all time is)|about|recommend|suggest|loving|kinda like|have you seen|"
    r"i['’]m into|obsessed with|sequel to|remake of|obsessed w(?:ith|/)?|especially(?: in)?|particularly|mainly|version of|same \w+ as|style of|spirit of|line of|lines of|vein of|didn['’]t get|tried|into)\b"
    r"|喜欢|看过|看了|像|类似|爱看|讨厌|跟|和|与|比)"
    r"(?:\s+(?:the\s+)?(?:movie|film|classic|original|movies|films|both|all of|all|watching|of|really|either|old))*\s*[:\"“‘'《]?\s*$",
    re.IGNORECASE,
)
STRONG_OBJECT = re.compile(
    r"\b(?:loved|adored|liked|enjoyed|hated|disliked|despised|watched|rewatched|saw|seen|finished|similar to|such as|fans? of|called|titled|"
    r"favou?rite (?:movie|film)s? (?:is|are|was)|love|enjoy|hate|stand)(?:\s+(?:the\s+)?(?:first|original|movie|film|old))*\s*[:\"“‘']?\s*$",
    re.IGNORECASE,
)
_QUOTES = (('"', '"'), ("“", "”"), ("‘", "’"), ("《", "》"), ("'", "'"), ("「", "」"))
_SONG = re.compile(
    r"\b(?:song|album|book|novel|band|game|word|podcast|track|comic|play|restaurant|dog|cat)s?\s+(?:is\s+)?(?:called|named|titled|by)\s*[\"“‘']?$",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"^[\"”’']?\s*[\- ](?:(?:type|style|kind|esque)(?: of)?[\- ])?(?:movies?|films?|series|franchise|trilogy|saga|flicks?)\b"
    r"|^,?\s+(?:especially|in particular|type of thing|vibes?|style)\b",
    re.IGNORECASE,
)
_BY = re.compile(
    r"^[\"”’']?,?\s+(?:by|from|directed by|was|with|starring)\s+((?:[^\W\d_][\w'’.\-]*\s*){1,3})", re.IGNORECASE
)
_THE = re.compile(r"the\s", re.IGNORECASE)
_IT_WAS = re.compile(
    r"^[\"”’']?\s*(?:,|and|but|\.)\s*(?:it was|(?:i |we )?(?:really |absolutely |both )?(?:loved|hated|liked|enjoyed) it)\b",
    re.IGNORECASE,
)
_OCCASION = re.compile(r"\b(?:for|on|around|until|this|every|during)\s*$", re.IGNORECASE)
_DETERMINED = re.compile(
    r"\b(?:the|all|the (?:first|second|third|last|original|old|new)|(?:first|original))\s*$", re.IGNORECASE
)
PRAISED = re.compile(
    r"^[\"”’']?(?:\s+(?:movies?|films?|series))?(?:\s*(?:,|and|&)[^.!?]{1,60}?)?\s+(?:(?:just|really|simply|honestly|totally|still)\s+)?(?:(?:was|is|isn['’]?t|wasn['’]?t|were|are|made me|messed me|blew|bored|put me|has been|had)\b(?!\s+(?:killing|going|getting|coming|there|a good|an? (?:movie|film)))|"
    r"sucks?|sucked|rocks|rocked|=|>)"
    r"|^,?\s*(?:not so much|not really|though\b|on the other hand|now that['’]s)",
    re.IGNORECASE,
)
VERDICT = re.compile(
    r"^[\"”’']?\s+(?:(?:is|was|has to be|remains|will always be)\s+(?:still\s+|probably\s+|easily\s+|definitely\s+)?(?:my\s+(?:all[- ]time\s+)?(?:favou?rite|number one|go[- ]to|comfort)|one of my|(?:so |very |really |super |totally |way )?(?:under|over)rated|the (?:best|worst|greatest|funniest|scariest)\s+(?:movie|film|thing|one)|an?\s+(?:\w+\s+)?(?:masterpiece|classic|great (?:movie|film)|good (?:movie|film)|fun (?:movie|film)|(?:movie|film)))\b|made me (?:cry|laugh|sob|weep|smile|think)\b|blew my mind|messed me up|bored me|put me to sleep|(?:sucks|sucked|rocks|rocked)\b)",
    re.IGNORECASE,
)
"""What is said of a film and hardly of anything else."""
_PRONOUNS = frozenset(
    ["it", "her", "him", "them", "us", "that", "this", "he", "she", "they", "you", "me", "what", "who"]
)
OPENS = re.compile(
    r"(?:[.!?,;]|\b(?:but|and|though|because|think|thought|says?|said|heard|know|guess|swear|that|so))\s*$",
    re.IGNORECASE,
)


class Evidence:
    """Weighs mentions with what the catalog's own descriptions say about which words are common."""

    def __init__(self, catalog: Catalog, vocabulary: Vocabulary) -> None:
        self._catalog, self._vocabulary = catalog, vocabulary

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
    def known(self) -> frozenset[str]:
        """Every word of a description or a title: a word outside them may be a misspelt title."""
        titles = {word for title in self._catalog.titles for word in fold(title).split()}
        return frozenset({*CHAT_WORDS, *titles, *(word for word in self._counts if " " not in word)})

    def is_common(self, word: str) -> bool:
        """Whether a word of small talk, or of many descriptions."""
        return word in CHAT_WORDS or self._counts[word] >= max(8, min(len(self._catalog), 5000) // 250)

    def is_rare(self, word: str) -> bool:
        """Whether at most three descriptions have this word."""
        return self._counts[word] < 4

    def weigh(self, message: str, mention: Mention, shown: frozenset[str]) -> float:
        """Evidence for a title: quotes, a year behind it, capitals, rare words, and being liked, hated or watched."""
        before, after = message[: mention.start], message[mention.end :]
        weight = 3.0 * _is_quoted(message, mention) + 3.0 * (mention.year is not None)
        if is_named_thing(before):
            return 0.0
        if CJK.search(mention.text):
            plain = len(mention.text) < 3 or bool(self._vocabulary.entry(mention.text))
            return weight + (1.0 if plain else 2.0) + (1.0 if OBJECT.search(before[-20:]) else 0.0)
        words = canonical(mention.text).split()
        capitals = self._capitals(message, mention)
        strong = bool(STRONG_OBJECT.search(before[-50:]))
        weight += capitals + self._rarity(words) + self._fame(mention)
        if _OCCASION.search(before):
            weight -= 0.8
        weight += 1.2 if strong else 0.8 if OBJECT.search(before[-60:]) else 0.0
        if _NAMED.match(after) and (len(words) > 1 or _DETERMINED.search(before)):
            weight += 0.8
        if PRAISED.match(after) and (not before.strip() or OPENS.search(before)):
            weight += 0.8
        if VERDICT.match(after) and not _PRONOUNS.issuperset(words) and (not before.strip() or OPENS.search(before)):
            weight += 1.6
        if strong and _THE.match(mention.text) and mention.link.kind == "exact" and self._fame(mention) > 0:
            weight += 0.8  # "liked the ring": the article belongs to the title
        if _IT_WAS.match(after) and OBJECT.search(before[-60:]):
            weight += 1.0
        if self._is_by_its_maker(mention, after):
            weight += 1.5
        if message.strip(" .!?\"'") == mention.text:
            weight += 1.5 if self._rarity(words) > 0.5 or len(words) > 1 else 0.7
        if entry := self._vocabulary.entry(mention.text):
            meant = strong or (entry.section == "wish" and bool(OBJECT.search(before[-60:])))  # "I like Alien"
            weight -= (
                0.4
                if capitals > 1 and (meant or mention.link.item_id in shown)
                else 1.0
                if capitals > 1 or mention.link.item_id in shown
                else 2.5
            )
        if mention.link.kind == "part" and self._rarity(words) < 1:
            weight -= 1
        if all(word in CHAT_WORDS or word.isdecimal() for word in words):
            weight -= 0.6
        if all(word.isdecimal() for word in words):
            subject = not before.strip() and bool(PRAISED.match(after))
            return weight + 2.0 if subject or strong or message.strip(" .!?") == mention.text else weight - 0.8
        return weight + 1.5 * (mention.link.item_id in shown)

    def _is_by_its_maker(self, mention: Mention, after: str) -> bool:
        """ "Heat by Michael Mann": a name behind that the item's record credits."""
        named = _BY.match(after)
        if named is None:
            return False
        words = fold(named[1])
        ids = (mention.link.item_id, *mention.link.alternatives)
        items = [item for item_id in ids if item_id and (item := self._catalog.get(item_id))]
        return any(
            f"{words} ".startswith(f"{fold(credit.name)} ") or fold(credit.name).split()[-1:] == words.split()[:1]
            for item in items
            for credit in item.people
        )

    def _rarity(self, words: list[str]) -> float:
        """From 0 for words of every day to 2 and more for words that hardly anything but a title says."""
        rare = [1.5 if self._counts[w] < 4 else 0.8 for w in words if not self.is_common(w) and not w.isdecimal()]
        if len(words) == 1:
            return sum(rare)
        least = min((self._counts[f"{one} {two}"] for one, two in pairwise(words)), default=0)
        unusual = 0.9 + 0.35 * (len(words) - 2) if least < 4 else 0.0
        return min(sum(rare), 2.2) + unusual

    def _fame(self, mention: Mention) -> float:
        """Much seen items are meant more often than their words; hardly seen ones less."""
        if mention.link.kind == "elsewhere":
            return 0.4
        ids = (mention.link.item_id, *mention.link.alternatives)
        votes = max((item.votes or 0 for item_id in ids if item_id and (item := self._catalog.get(item_id))), default=0)
        return 0.4 if votes >= 1500 else -0.3 if votes < 100 else 0.0

    def _capitals(self, message: str, mention: Mention) -> float:
        """Capitals say little in a message that is all capitals or starts with the span, and much elsewhere."""
        if shouted(message):
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
            return -0.6 if not plain and heavy and all(self.is_common(word.lower()) for word in heavy) else 0.0
        starts = not message[: mention.start].strip() or re.search(r"[.!?\n]\s*$", message[: mention.start])
        if starts and len(words) == 1:
            return 0.4
        return 1.4 if len(heavy) == 1 else 1.8


def is_named_thing(before: str) -> bool:
    """Whether the words in front name a song, a book or a dog: what follows is no film."""
    return bool(_SONG.search(before[-40:]))


@lru_cache(maxsize=8)
def shouted(message: str) -> bool:
    """Whether a message is written in capitals, which then say nothing."""
    letters = [char for char in message if char.isalpha()]
    return len(letters) > 12 and sum(char.isupper() for char in letters) > 0.6 * len(letters)


def _is_quoted(message: str, mention: Mention) -> bool:
    left, right = message[: mention.start].rstrip()[-1:], message[mention.end :].lstrip(" .!?,")[:1]
    return any(left == opening and right == closing for opening, closing in _QUOTES)
