"""Words that no text has: titles and genres with typos."""

from __future__ import annotations

import re

from assistant.understanding.evidence import CHAT_WORDS, Evidence
from assistant.understanding.lists import in_one_list, overlaps
from assistant.understanding.surroundings import OBJECT, is_named_thing
from assistant.understanding.vocabulary import Vocabulary, Word
from retrieval.text import fold
from retrieval.titles import Link, Mention, TitleLinker

_WORD = re.compile(r"[^\W\u3400-\u9fff]+(?:['’][^\W\u3400-\u9fff]+)*")


class Misspelt:
    """Finds what was meant by words that stand in no description and no title."""

    def __init__(self, linker: TitleLinker, vocabulary: Vocabulary, evidence: Evidence) -> None:
        self._linker, self._vocabulary, self._evidence = linker, vocabulary, evidence

    def titles(self, message: str, taken: list[Mention]) -> list[Mention]:
        """Words around one that no title or description has, if they are near a title: "lord of the rigns"."""
        tokens = [(m.start(), m.end()) for m in _WORD.finditer(message[:2000])]
        odd = [n for n, (s, e) in enumerate(tokens) if e - s > 3 and self._is_odd(message[s:e])]
        found: list[Mention] = []
        for place in [*odd[:6], *odd[:6]]:  # Twice: a later title tells that an earlier word is in a list.
            best: Mention | None = None
            for size in (6, 5, 4, 3, 2, 1):
                for first in range(max(0, place - size + 1), min(place, len(tokens) - size) + 1):
                    start, end = tokens[first][0], tokens[first + size - 1][1]
                    if overlaps(start, end, [*taken, *found]) or re.search(r"[.,!?;:()\n]", message[start:end]):
                        continue
                    link = self._linker.link(message[start:end])
                    if (
                        link.kind != "fuzzy"
                        or not (link.item_id or link.alternatives)
                        or is_named_thing(message[:start])
                    ):
                        continue
                    listed = any(
                        in_one_list(message, Mention(start, end, "", link), other) for other in [*taken, *found]
                    )
                    cued = listed or bool(OBJECT.search(message[:start][-60:])) or message[start].isupper()
                    if size == 1 and link.score < 0.9 and not cued:
                        continue
                    if self._vocabulary.find(message[start:end]) or not _near_enough(
                        message[start:end], link, cued=cued
                    ):
                        continue
                    if best is None or link.score > best.link.score + 0.02:
                        best = Mention(start, end, message[start:end], link)
            if best:
                found.append(best)
        return found

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
        return all(part in self._evidence.known for part in fold(word).split())


def _near_enough(words: str, link: Link, *, cued: bool) -> bool:
    """Two typos need a long title, or a cue in front; small talk at either end is no part of a title."""
    parts = fold(words).split()
    if parts[-1] in CHAT_WORDS or (parts[0] in CHAT_WORDS and parts[0] not in ("the", "a", "an")):
        return False
    return cued or link.score >= 0.88
