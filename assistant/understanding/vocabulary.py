"""The words that people use for genres, moods, languages and popularity, from a committed table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from rapidfuzz import process
from rapidfuzz.distance import OSA

from retrieval.caseless import Caseless, alternatives

Section = Literal["genre", "wish", "popularity", "language", "country"]

_TABLE = Path(__file__).with_name("vocabulary.yaml")
CJK = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one word stands for. `guess` is a genre that it suggests, `wish` what it says beside its genres."""

    section: Section
    values: tuple[str, ...]
    guess: str | None = None
    wish: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the vocabulary in a message: `message[start:end]`."""

    start: int
    end: int
    text: str
    entry: Entry


class Vocabulary:
    """One pattern over all words, longest first, so that "romantic comedy" is not read as "romantic"."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._entries: dict[str, Entry] = {}
        self._add("genre", table["genres"])
        self._add("popularity", table["popularity"])
        self._add("language", table["languages"])
        self._add("country", table["countries"])
        for value, wish in table["wishes"].items():
            self._put(wish["words"], Entry("wish", (value,), wish.get("guess")))
        for compound in table["compounds"].values():
            self._put(compound["words"], Entry("genre", tuple(compound["genres"]), wish=compound.get("wish")))
        self._chinese = {
            value: word
            for word, entry in reversed(self._entries.items())
            if CJK.search(word) and len(entry.values) == 1
            for value in entry.values
        }
        words = sorted(self._entries, key=len, reverse=True)
        self._single = [
            word
            for word, entry in self._entries.items()
            if len(word) > 5 and word.isascii() and " " not in word and entry.section == "genre"
        ]
        latin = alternatives((word for word in words if not CJK.search(word)), _pattern)
        chinese = alternatives(word for word in words if CJK.search(word))
        self._regex = Caseless(rf"(?<![A-Za-z0-9])(?:{latin})s?(?![A-Za-z0-9])|{chinese}")

    def _add(self, section: Section, words_by_value: Mapping[str, Iterable[str]]) -> None:
        for value, words in words_by_value.items():
            self._put(words, Entry(section, (value,)))

    def _put(self, words: Iterable[str], entry: Entry) -> None:
        for word in words:
            self._entries[_key(word)] = entry

    def find(self, text: str) -> tuple[Word, ...]:
        """The words of the vocabulary in the order of the text, without overlaps."""
        found = ((match, self.entry(match[0])) for match in self._regex.finditer(text))
        return tuple(Word(match.start(), match.end(), match[0], entry) for match, entry in found if entry)

    def near(self, word: str) -> Entry | None:
        """What a misspelt single word of five letters or more stands for: "comedys", "thriler", "romcon"."""
        key = _key(word)
        if len(key) < 5 or CJK.search(key):
            return None
        most = 1 if len(key) < 8 else 2
        found = process.extractOne(key, self._single, scorer=OSA.distance, score_cutoff=most)
        return self._entries[found[0]] if found else None

    def said(self, value: str, language: str) -> str:
        """A genre, wish or language code as a person of this language says it; as it is where that is not known."""
        return self._chinese.get(value, value) if language == "zh" else value

    def entry(self, word: str) -> Entry | None:
        """What this word stands for, a plural s tolerated."""
        key = _key(word)
        return self._entries.get(key) or self._entries.get(key.removesuffix("s"))


def _key(word: str) -> str:
    return re.sub(r"[\s\-]+", " ", word.casefold().replace("’", "'")).strip()


def _pattern(word: str) -> str:
    return r"[\s\-]+".join(re.escape(part).replace("'", "['’]") for part in word.split(" "))


@cache
def load_vocabulary(path: Path = _TABLE) -> Vocabulary:
    """The vocabulary of the committed table."""
    return Vocabulary(yaml.safe_load(path.read_text(encoding="utf-8")))
