"""The page's own words in each language it speaks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from assistant.explaining.lexicon import lexicon
from assistant.phrases import Say
from assistant.understanding.vocabulary import load_vocabulary

LANGUAGES = {"en": "English", "zh": "中文"}
"""Code and own name of each language."""

Strings = Mapping[str, str]


@cache
def strings(language: str) -> Strings:
    """All words of the page in this language, English when the page does not speak it."""
    name = language if language in LANGUAGES else "en"
    words: dict[str, str] = json.loads((Path(__file__).parent / "words" / f"{name}.json").read_text("utf-8"))
    return words


def genre(name: str, words: Strings) -> str:
    """A genre's name in the language of these words."""
    return Say(words["code"] == "zh").genre(name)


def theme(name: str, words: Strings) -> str:
    """A keyword or a wish in the language of these words, as it is where no translation is known."""
    known = lexicon().zh_keywords.get(name) if words["code"] == "zh" else None
    return known or load_vocabulary().said(name, words["code"])
