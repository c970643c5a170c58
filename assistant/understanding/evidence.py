"""How much speaks for a span of a message being meant as a title, and not as the words that it is made of."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re
from collections import Counter
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.understanding import opinions
from assistant.understanding.vocabulary import CJK, Entry, Vocabulary
from retrieval.text import fold
from retrieval.titlekeys import canonical
from retrieval.titles import Mention

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

ACCEPT = 2.0
"""The evidence that a span needs to count as a title."""

CHAT_WORDS = frozenset(Path(__file__).with_name("chat_words.txt").read_text(encoding="utf-8").split())
"""Words of small talk and of talk about films: alone they name no title."""

_FELT = rf"(?<!\w)(?:{opinions.feelings('good')}|{opinions.feelings('bad')})(?!\w)"
_ADVERB = r"(?:\s+(?:the\s+)?(?:movie|film|classic|original|movies|films|both|all of|all|watching|of|really|either|old|even|also|especially|just|still|remake of|first|new))*"
OBJECT = re.compile(
    rf"(?:{_FELT}|"
    r"\b(?:love|loved|loves|adore|adored|like|liked|likes|enjoy|enjoyed|hate|hated|dislike|disliked|despised|watch|watched|rewatched|watching|"
    r"saw|seen|stand|finish|finished|similar to|such as|fans? of|every (?:minute|second) of|the ending of|reminds me of|thumbs (?:up|down) (?:for|to|on)|compare|between|versus|compared to|vibes? of|than|unlike|called|named|titled|"
    r"favou?rites? (?:is|are|was)|favou?rite (?:movie|film)s? (?:is|are|was|of all time is)|about|recommend|suggest|loving|kinda like|have you seen|"
    r"i['’]m into|obsessed with|sequel to|remake of|obsessed w(?:ith|/)?|especially(?: in)?|particularly|mainly|version of|same \w+ as|style of|spirit of|line of|lines of|vein of|didn['’]t get|tried|into)\b"
    r"|喜欢|看过|看了|像|类似|爱看|讨厌|跟|和|与|比)"
    rf"{_ADVERB}\s*[:\"“‘'《]?\s*$",
    re.IGNORECASE,
)
_FEELS = re.compile(rf"(?:{_FELT}|\b(?:not|but not|nor|except)){_ADVERB}\s*$", re.IGNORECASE)
_NOUN = r"(?:movies?|films?|flicks?|something|anything|stuff|ones?|more|others?|else|nothing|things?|horror|comed(?:y|ies)|thrillers?|romcoms?|romances?|dramas?|westerns?|document\w+|musicals?|sci-?fi|animations?|action|\w+ (?:movies?|films?))"
STRONG_OBJECT = re.compile(
    rf"(?:{_FELT}|"
    r"\b(?:loved|adored|liked|enjoyed|hated|disliked|despised|watched|rewatched|saw|seen|finished|similar to|such as|fans? of|called|titled|"
    r"love|enjoy|hate|stand)\b|"
    r"\b(?:favou?rites?|(?:top|best|my) (?:\d+|three|four|five|ten))(?:\s+(?:movie|film|one)s?)?(?:\s+(?:of all time|ever|of mine))?\s*(?:is|are|was|were|includes?|would be|have to be|:|=|-)|"
    rf"\b{_NOUN}\s+(?:kind of\s+|a bit\s+|a lot\s+|just\s+)?(?:like|similar to|in the (?:vein|style|spirit) of|along the lines of)\b|\b(?:not|nothing|isn['’]?t|unlike|more|less)\s+(?:like\b)?)"
    r"(?:\s+(?:the\s+)?(?:first|original|movie|film|old|either|maybe|say|for example))*\s*[:\"“‘']?\s*$",
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
    r"|^\s+but\s+(?:with|in|for|as|set|make|more|less|not|a|older|newer|shorter|longer|funnier|darker|lighter|scarier)\b"
    r"|^,?\s*(?:not so much|not really|though\b|on the other hand|now that['’]s)",
    re.IGNORECASE,
)
_SPEAKERS = frozenset({"it", "that", "this", "he", "she", "they", "you", "i", "we", "there"})
_A_FILM = re.compile(
    r"^[\"”’']?\s+(?:is|was|has to be|remains)\s+(?:[\w\-]+\s+){0,2}?(?:an?|the|my|our|one of (?:my|the|our))\s+(?:[\w\-]+\s+){0,4}?(?:movies?|films?|flicks?)\b",
    re.IGNORECASE,
)
_BARE_OBJECT = re.compile(r"\b(?:loved|hated|liked|enjoyed|adored|disliked|loathed|despised)\s+$", re.IGNORECASE)
_ENDS_THERE = re.compile(r"\s*(?:[,.!;:)]|$|(?:and|but|so|though|also)\b)", re.IGNORECASE)
_FILM_VERB = re.compile(
    r"\b(?:watched|rewatched|rewatch|rewatching|streamed|(?:fell|falling) asleep (?:during|watching|in)|walked out (?:of|on)|sat through|(?:sit|get|make it) through)\s*$",
    re.IGNORECASE,
)
"""What is done with films and with little else."""
_SUBJECT_WORDS = (
    "it that this he she they you i we me what who which there here everything something nothing anything everyone someone people life love time "
    "work home school today tonight yesterday tomorrow weather dinner one other others thing things no yes idea music acting story plot ending cast movie "
    "film movies films brother sister mom dad mother father wife husband boyfriend girlfriend friend friends kids family date day night "
    "weekend comedy horror drama action yep nope yeah ok okay trash garbage crap"
)
_SUBJECTS = frozenset(_SUBJECT_WORDS.split())
"""Words that something is said of in everyday talk: an opinion behind one of them makes no title of it."""
_REACTION = re.compile(
    r"^[\"”’']?\s+(?:\w+ly\s+)?(?:scared|frightened|terrified|haunted|traumatized|traumatised|shocked|surprised|moved|touched|bored|amused|annoyed|disturbed|confused|inspired|ruined|changed|taught|made|kept|got|had|left|gave|creeped|freaked|cracked|fooled|wrecked|messed|hit|knocked|blew|broke|stuck with|stayed with|grew on|reminded)\s+(?:[\w'’]+\s+){0,5}?(?:me|us|my|our)\b",
    re.IGNORECASE,
)
"""What a film does to people, for good or bad: "Alien frightened the life out of me"."""
_WHICH = re.compile(
    r"^[\"”’']?(?:,?\s*which|\s*[,;–—-]\s*(?:which|that one|now that one|it))\b(?=(?P<said>[^.;!?]{1,80}))",
    re.IGNORECASE,
)
_TOO = re.compile(
    r"^,?\s+(?:too|as well|also|either|especially|in particular|most of all)\s*(?:[.,!?;]|$)", re.IGNORECASE
)
_INTRODUCED = re.compile(r"(?::|\bare|\binclude)\s*(?:[^.!?:]*,\s*)?$", re.IGNORECASE)
_A = re.compile(r"\b(?:an?|some|any|good|great|more|decent|tense|\w+ing)\s+$", re.IGNORECASE)
_NEXT_WORD = re.compile(r"\s+([\w\-]+)")
_WATCHED_WHOM = re.compile(r"\b(?:watched|rewatched|watch|rewatch|streamed|finished)\s*$", re.IGNORECASE)
_WHOM = frozenset({"her", "him", "us"})
_PRONOUNS = frozenset({"her", "him", "us", "it", "them", "she"})
OPENS = re.compile(
    r"(?:[.!?,;]|\b(?:but|and|though|because|think|thought|says?|said|heard|know|guess|swear|that|so))\s*$",
    re.IGNORECASE,
)


_ADVERBS = re.compile(
    r"(?:\b(?:honestly|personally|actually|also|even|still|obviously|ironically|frankly|sadly|well|yes|no|ok|okay|hm+|man|god|wow|oh|yeah|now|then|imo|to be fair|in my opinion|for me),?\s+)+$",
    re.IGNORECASE,
)


def opens(before: str) -> bool:
    """Whether a statement may begin behind these words, adverbs left aside: "honestly, X was …"."""
    bare = _ADVERBS.sub("", before)
    return not bare.strip() or bool(OPENS.search(before) or OPENS.search(bare))


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

    def weigh(
        self, message: str, mention: Mention, shown: frozenset[str], listed: tuple[int, int] | None = None
    ) -> float:
        """Evidence for a title: quotes, a year behind it, capitals, rare words, and being liked, hated or watched.

        `listed` is the span of the list that the mention stands in: what is said in front of a list or behind it is
        said of each of its members.
        """
        before, after = message[: mention.start], message[mention.end :]
        if self._names_a_theme(mention, before, after):
            return 0.0
        list_start, list_end = listed or (mention.start, mention.end)
        list_before, list_after = message[:list_start], message[list_end:]
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
        weight += (
            2.0 if _FILM_VERB.search(before[-40:]) else 1.2 if strong else 0.8 if OBJECT.search(before[-60:]) else 0.0
        )
        if _NAMED.match(after) and (len(words) > 1 or _DETERMINED.search(before)):
            weight += 0.8
        behind = self._said_behind(words, mention, after, before)
        weight += behind
        if listed and not strong:
            shared = self._said_behind(words, mention, list_after, list_before) if list_after != after else 0.0
            weight += max(0.8 if OBJECT.search(list_before[-60:]) else 0.0, shared)
        if (
            _BARE_OBJECT.search(before)
            and _ENDS_THERE.match(after)
            and mention.link.kind in ("exact", "elsewhere", "alias")
        ):
            weight += 0.8  # "loved Room": a noun without its article is a name
        if _WHOM.issuperset(words) and _WATCHED_WHOM.search(before):
            weight += 1.2
        if strong and _THE.match(mention.text) and mention.link.kind == "exact" and self._fame(mention) > 0:
            weight += 0.8  # "liked the ring": the article belongs to the title
        if _IT_WAS.match(after) and OBJECT.search(before[-60:]):
            weight += 1.0
        if self._is_by_its_maker(mention, after):
            weight += 1.5
        if message.strip(" .!?\"'") == mention.text:
            weight += 1.5 if self._rarity(words) > 0.5 or len(words) > 1 else 0.7
        if entry := self._vocabulary.entry(mention.text):
            listed_strong = strong or bool(listed and STRONG_OBJECT.search(list_before[-50:]))
            weight -= self._plainness(entry, mention.link.item_id in shown, capitals, listed_strong, behind, before)
        if mention.link.kind == "part" and self._rarity(words) < 1:
            weight -= 1
        cued = listed or strong or behind or bool(OBJECT.search(before[-60:]))
        if mention.link.kind == "elsewhere" and mention.text[1:].islower() and not cued:
            weight -= 0.5 if mention.text.islower() or " " not in mention.text else 0.8
        if mention.link.kind == "piece":  # Part of a name must be a name itself: words that hardly anything else says.
            weight -= 0.4 if self._names(words) else 3.0
        if behind < 1 and all(word in CHAT_WORDS or word.isdecimal() for word in words):
            weight -= 0.6
        if all(word.isdecimal() for word in words):
            subject = not before.strip() and bool(PRAISED.match(after))
            return weight + 2.0 if subject or strong or message.strip(" .!?") == mention.text else weight - 0.8
        return weight + 1.5 * (mention.link.item_id in shown)

    def is_plain(self, mention: Mention) -> bool:
        """Whether these are words of everyday talk in small letters: "seen Jaws, the others look fine"."""
        return mention.text.islower() and _SUBJECTS.issuperset(canonical(mention.text).split())

    def _names_a_theme(self, mention: Mention, before: str, after: str) -> bool:
        """ "A Cold War thriller": words of the catalog's keywords that tell what kind of film is meant."""
        if fold(mention.text) not in self._catalog.keywords or not _A.search(before):
            return False
        following = _NEXT_WORD.match(after)
        return bool(following and (entry := self._vocabulary.entry(following[1])) and entry.section == "genre")

    @staticmethod
    def _plainness(entry: Entry, shown: bool, capitals: float, strong: bool, behind: float, before: str) -> float:
        """How much speaks for a word of the vocabulary being just that word."""
        if entry.section == "wish" and (
            behind > 1 or (strong and _INTRODUCED.search(before[-60:]))
        ):  # "Alien was amazing"
            return 0.4
        meant = strong or (entry.section == "wish" and bool(OBJECT.search(before[-60:])))  # "I like Alien"
        if capitals > 1 and (meant or shown):
            return 0.4
        return 1.0 if capitals > 1 or shown else 2.5

    def is_felt(self, message: str, mention: Mention) -> bool:
        """Whether an opinion on this span is voiced: enough beside other titles, where films are the topic."""
        before, after = message[: mention.start], message[mention.end :]
        words = canonical(mention.text).split()
        if self._vocabulary.entry(mention.text) or (CHAT_WORDS | _SUBJECTS).issuperset(words):
            return False
        too = _TOO.match(after) and (opens(before))
        return bool(too or _FEELS.search(before[-40:])) or self._said_behind(words, mention, after, before) > 1

    @staticmethod
    def _said_behind(words: list[str], mention: Mention, after: str, before: str) -> float:
        """What is said of a subject: an opinion is for films more than for anything else that people talk of here."""
        if (mention.text.islower() and _SUBJECTS.issuperset(words)) or (
            _SPEAKERS.issuperset(words) and not before.strip(" .!?")
        ):
            return 0.0
        if (opens(before)) and _A_FILM.match(after):
            return 2.4
        which = _WHICH.match(after)
        if which and opinions.said(which["said"]):
            return 2.4
        if not opens(before):
            return 0.0
        if opinions.follows(after) or _REACTION.match(after):
            return 2.4
        return 0.8 if PRAISED.match(after) else 0.0

    def _is_by_its_maker(self, mention: Mention, after: str) -> bool:
        """ "Heat by Michael Mann": a name behind that the item's record credits."""
        named = _BY.match(after)
        if named is None:
            return False
        words = fold(named[1])
        if mention.link.kind == "elsewhere":
            return " " in words
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

    def _names(self, words: list[str]) -> bool:
        """Whether a word is rare enough to be a name."""
        return any(self._counts[word] < 4 for word in words) or (len(words) > 2 and self._rarity(words) > 2)

    def _fame(self, mention: Mention) -> float:
        """Much seen items are meant more often than their words; hardly seen ones less."""
        if mention.link.kind == "elsewhere":
            plain = all(self.is_common(word) for word in canonical(mention.text).split())
            return (-0.3 if " " in mention.text and not mention.text.istitle() else 0.0) if plain else 0.4
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
            plain = re.sub(r"\bI\b", "i", message[1:]) == message[1:].lower()
            if not plain and capitals and mention.link.kind == "elsewhere":
                return -2.0  # "Sorry to bother you": a sentence begins, and no title
            return -0.6 if not plain and heavy and all(self.is_common(word.lower()) for word in heavy) else 0.0
        starts = not message[: mention.start].strip() or re.search(r"[.!?\n:\"“]\s*$", message[: mention.start])
        if starts and len(words) == 1:
            return 0.4
        if len(heavy) == 1 and heavy[0].casefold() in _PRONOUNS:
            return 2.4  # nobody writes "Her" so in the middle of a sentence
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
