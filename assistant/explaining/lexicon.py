"""Words for explanations and answers, in English and Chinese, read once from `lexicon.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class Genre:
    """How a catalog genre is said. `noun` is empty where English has none ("a science-fiction film")."""

    name: str
    adjective: str
    noun: str
    zh: str
    words: tuple[str, ...]
    zh_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Genres by catalog name, keywords in Chinese, words of talk, and claims that no record can prove.

    `irregular` holds all forms of a verb under each of them.
    """

    genres: Mapping[str, Genre]
    aliases: Mapping[str, str]
    zh_keywords: Mapping[str, str]
    zh_wishes: Mapping[str, str]
    talk: frozenset[str]
    zh_talk: tuple[str, ...]
    claims: tuple[str, ...]
    zh_claims: tuple[str, ...]
    dull_keywords: frozenset[str]
    irregular: Mapping[str, frozenset[str]]

    def canonical(self, genre: str) -> str:
        """The genre under its usual name: "Sci-Fi" and "science fiction" are one."""
        lower = genre.lower()
        return self.aliases.get(lower, lower)

    def zh_genre(self, genre: str) -> str:
        """The genre in Chinese, or as it is where no Chinese name is known."""
        known = self.genres.get(self.canonical(genre))
        return known.zh if known else genre

    def zh_wish(self, wish: str) -> str:
        """The wish in Chinese, or as it is where no Chinese name is known."""
        return self.zh_wishes.get(wish) or self.zh_keywords.get(wish, wish)


@cache
def lexicon() -> Lexicon:
    """The words of `lexicon.yaml`."""
    data = yaml.safe_load(files(__package__).joinpath("lexicon.yaml").read_text(encoding="utf-8"))
    genres = {
        name: Genre(name, row["adjective"], row.get("noun", ""), row["zh"], tuple(row["words"]), tuple(row["zh_words"]))
        for name, row in data["genres"].items()
    }
    return Lexicon(
        genres=genres,
        aliases=data["aliases"],
        zh_keywords=data["zh_keywords"],
        zh_wishes=data["zh_wishes"],
        talk=frozenset(data["talk"].split()),
        zh_talk=tuple(sorted(data["zh_talk"], key=len, reverse=True)),
        claims=tuple(data["claims"]),
        zh_claims=tuple(data["zh_claims"]),
        dull_keywords=frozenset(data["dull_keywords"]),
        irregular={form: frozenset(line.split()) for line in data["irregular"] for form in line.split()},
    )
