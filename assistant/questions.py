"""What a question about items asks for: the topic, found by its words, in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from retrieval.types import Item


@dataclass(frozen=True, slots=True)
class Trait:
    """A quality people ask about, and what of a record speaks for it. `say` is (English, Chinese)."""

    name: str
    pattern: re.Pattern[str]
    say: tuple[str, str]
    genres: frozenset[str]
    stems: tuple[str, ...]

    def evidence(self, item: Item) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The genres and keywords of the record that speak for it."""
        genres = tuple(genre for genre in item.genres if genre in self.genres)
        keywords = tuple(
            keyword
            for keyword in item.keywords
            if any(re.search(rf"\b{re.escape(stem)}", keyword, re.IGNORECASE) for stem in self.stems)
        )
        return genres, keywords


@dataclass(frozen=True, slots=True)
class Questions:
    """The vocabulary of questions. `languages` maps a code to its name in English and Chinese."""

    topics: Mapping[str, re.Pattern[str]]
    traits: tuple[Trait, ...]
    languages: Mapping[str, tuple[str, str]]

    def trait(self, text: str) -> Trait | None:
        """The quality asked about, if any."""
        return next((trait for trait in self.traits if trait.pattern.search(text)), None)

    def topic(self, text: str) -> str | None:
        """The topic of a question: a name in `questions.yaml`, "trait" for a quality, None when nothing matches."""
        for name, pattern in self.topics.items():
            if (name == "trait" and self.trait(text)) or (pattern.pattern != "|" and pattern.search(text)):
                return name
        return None


@cache
def questions() -> Questions:
    """The vocabulary of `questions.yaml`."""
    data = yaml.safe_load(files("assistant").joinpath("questions.yaml").read_text(encoding="utf-8"))
    return Questions(
        topics={name: re.compile("|".join(pair), re.IGNORECASE) for name, pair in data["topics"].items()},
        traits=tuple(
            Trait(
                name,
                re.compile(f"{row['en']}|{row['zh']}", re.IGNORECASE),
                (row["say"], row["say_zh"]),
                frozenset(row["genres"]),
                tuple(row["stems"]),
            )
            for name, row in data["traits"].items()
        ),
        languages={str(code): (pair[0], pair[1]) for code, pair in data["languages"].items()},
    )


def language_name(code: str, *, chinese: bool) -> str:
    """What a language is called in English or Chinese; the code itself where that is not known."""
    names = questions().languages.get(code)
    return code if names is None else names[chinese]
