"""Words that no text has: titles and genres with typos."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.understanding import opinions
from assistant.understanding.evidence import CHAT_WORDS, Evidence
from assistant.understanding.lists import in_one_list, overlaps
from assistant.understanding.namesakes import is_named_thing
from assistant.understanding.surroundings import OBJECT, STRONG_OBJECT, opens
from assistant.understanding.vocabulary import Vocabulary, Word
from retrieval.caseless import Caseless
from retrieval.text import fold
from retrieval.titles import Link, Mention, TitleLinker

_MOST_WORDS = 8
"""Words of a misspelt title."""
_PHRASE = 3
"""Words from which on a near title beats the words and the shorter title inside it."""
_LONG = 8
"""Letters beyond which known words may be a misspelt title."""
_SURE = 0.89
"""Similarity that such words need."""
_ALMOST = 0.92
"""Similarity that a shorter phrase needs to beat a title inside it: "shutter iland" is no "Shutter"."""
_CUES = Caseless(STRONG_OBJECT.pattern.removesuffix("$"))
"""Where what says that a title follows stands at all, so that not every word has to be asked."""
_ARTICLES = frozenset({"the", "a", "an"})
_WORD = re.compile(r"[^\W\u3400-\u9fff]+(?:['’][^\W\u3400-\u9fff]+)*")


class Misspelt:
    """Finds what was meant by words that stand in no description and no title."""

    def __init__(self, linker: TitleLinker, vocabulary: Vocabulary, evidence: Evidence) -> None:
        self._linker, self._vocabulary, self._evidence = linker, vocabulary, evidence
        self._link = lru_cache(maxsize=512)(linker.link)

    def titles(self, message: str, taken: list[Mention]) -> list[Mention]:
        """Spans that are nearly a title: around a word that no text has, or of known words where a title is expected.

        "Lord of the rigns", "loved forest gump". One that is longer than a title inside it stands in its place.
        """
        tokens = [(m.start(), m.end()) for m in _WORD.finditer(message[:2000])]
        odd = [
            n
            for n, (s, e) in enumerate(tokens)
            if e - s > 3 and message[e : e + 1] != "-" and self._is_odd(message[s:e])
        ]
        found: list[Mention] = []
        for place in [*odd[:6], *odd[:6]]:  # Twice: a later title tells that an earlier word is in a list.
            spans = [
                (tokens[first][0], tokens[first + size - 1][1])
                for size in range(_MOST_WORDS, 0, -1)
                for first in range(max(0, place - size + 1), min(place, len(tokens) - size) + 1)
            ]
            if best := self._nearest(message, spans, taken, found):
                found.append(best)
        cued = [match.span() for match in _CUES.finditer(message[:2000])]
        for place, (start, _) in enumerate(tokens):
            if place and not any(low < start <= high for low, high in cued):
                continue
            if not self._expected(message, tokens, place, [*taken, *found]):
                continue
            spans = [(start, end) for _, end in tokens[place + 1 : place + _MOST_WORDS] if end - start > _LONG]
            best = self._nearest(message, spans, taken, found)
            if best and best.link.score >= _SURE:
                found.append(best)
        return found

    def _nearest(
        self, message: str, spans: list[tuple[int, int]], taken: list[Mention], found: list[Mention]
    ) -> Mention | None:
        """The span that is nearest to a title, longer ones first."""
        best: Mention | None = None
        for start, end in spans:
            words = message[start:end]
            if overlaps(start, end, found) or re.search(r"[.,!?;:()\n]", words):
                continue
            within = [one for one in taken if start < one.end and one.start < end]
            if any(one.start < start or one.end > end or one.year for one in within):
                continue
            if not _may_be_whole(words):
                continue
            link = self._link(words)
            if link.kind != "fuzzy" or not (link.item_id or link.alternatives) or is_named_thing(message[:start]):
                continue
            if within and link.score < (_SURE if len(words.split()) >= _PHRASE else _ALMOST):
                continue
            listed = any(in_one_list(message, Mention(start, end, "", link), other) for other in [*taken, *found])
            cued = listed or bool(OBJECT.search(message[:start][-60:])) or message[start].isupper()
            cued = cued or (opens(message[:start]) and opinions.follows(message[end : end + 130]))
            if not cued and _without_article(words, link.score) < (0.9 if " " not in words else 0.88):
                continue  # two typos need a long title, or a cue in front
            if not cued and fold(words)[-1:] != fold(self._linker.title(link))[-1:]:
                continue  # "melancholic" is a word of its own
            if not self._explained(words, link) and (best is None or link.score > best.link.score + 0.02):
                best = Mention(start, end, words, link)
        return best

    def _explained(self, words: str, link: Link) -> bool:
        """Whether the vocabulary explains some of these words, and the title does not have them too."""
        known = self._vocabulary.find(words)
        if not known or len(words.split()) < _PHRASE:
            return bool(known)
        title = self._linker.title(link)
        return not all(set(fold(word.text).split()) <= set(fold(title).split()) for word in known)

    @staticmethod
    def _expected(message: str, tokens: list[tuple[int, int]], place: int, taken: list[Mention]) -> bool:
        """Whether a title may begin at this word: behind what says so, or at the start of a message that is no more."""
        start, end = tokens[place]
        word = message[start:end].casefold()
        if (word in CHAT_WORDS and word not in _ARTICLES) or overlaps(start, end, taken):
            return False
        before = message[max(0, start - 50) : start]
        if not before.strip(" \"'"):
            return len(tokens) < _MOST_WORDS
        return bool(STRONG_OBJECT.search(before))

    def genres(self, message: str) -> list[Word]:
        """Words of no text that are nearly a genre: "no horor"."""
        found = []
        for match in _WORD.finditer(message[:2000]):
            entry = None if self._is_known(match[0]) else self._vocabulary.near(match[0])
            if entry and self._vocabulary.entry(match[0]) is None:
                found.append(Word(match.start(), match.end(), match[0], entry))
        return found

    def _is_odd(self, word: str) -> bool:
        return not word.isdecimal() and not self._is_known(word) and not self._vocabulary.near(word)

    def _is_known(self, word: str) -> bool:
        known = self._evidence.known
        return all(part in known or part.removesuffix("s") in known for part in fold(word).split())


def _without_article(words: str, score: float) -> float:
    """The similarity of words whose article is not counted: "the projector" is no "The Protector"."""
    article = re.match(r"(?:the|an?)\s+", words, re.IGNORECASE)
    return 1 - (1 - score) * len(words) / (len(words) - len(article[0])) if article else score


def _may_be_whole(words: str) -> bool:
    """Whether small talk stands at neither end: it is no part of a title."""
    parts = fold(words).split()
    return bool(parts) and parts[-1] not in CHAT_WORDS and (parts[0] not in CHAT_WORDS or parts[0] in _ARTICLES)
