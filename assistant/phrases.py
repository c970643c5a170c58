"""Small pieces of text in the language of the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.explaining.lexicon import lexicon


@dataclass(frozen=True, slots=True)
class Say:
    """Chooses between the English and the Chinese wording."""

    zh: bool

    def __call__(self, english: str, chinese: str) -> str:
        """The wording in this language."""
        return chinese if self.zh else english

    def genre(self, genre: str) -> str:
        """A genre's name in the language of the conversation."""
        return lexicon().zh_genre(genre) if self.zh else genre


def listed(values: Sequence[str], say: Say) -> str:
    """Values as a list in a sentence."""
    if say.zh:
        return "、".join(values)
    return ", ".join(values[:-1]) + f" and {values[-1]}" if len(values) > 1 else "".join(values)


def quoted(keyword: str, say: Say) -> str:
    """A keyword in quotation marks, in Chinese where its translation is known."""
    return f"“{lexicon().zh_keywords.get(keyword, keyword) if say.zh else keyword}”"
