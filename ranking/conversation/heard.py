"""Titles that were said but that a recording does not list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from ranking.conversation.cases import Case
from retrieval.catalog import Catalog
from retrieval.linking import Mention
from retrieval.titles import TitleLinker

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_SMALL = 3
"""Letters of a word that titles may write small: of, the, and."""


def with_heard(cases: Sequence[Case], catalog: Catalog) -> list[Case]:
    """The cases, those that list no mentioned item with the items whose titles were said (`heard`)."""
    if all(case.mentioned or not case.context for case in cases):
        return list(cases)
    linker = TitleLinker(catalog)

    @cache  # Each turn of a dialog holds what was said before.
    def named(text: str) -> tuple[str, ...]:
        clear = [mention for mention in linker.find(text) if mention.link.item_id is not None and _is_title(mention)]
        return tuple(mention.link.item_id or "" for mention in sorted(clear, key=lambda mention: mention.start))

    def heard(case: Case) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item for utterance in case.context for item in named(utterance.text)))

    return [case if case.mentioned else replace(case, heard=heard(case)) for case in cases]


def _is_title(mention: Mention) -> bool:
    """A year behind it, or several words of which the long ones and the last are capitalised.

    Nobody judges here what a sentence means: "I think" and "thank you" are titles too.
    """
    if mention.year is not None:
        return True
    words = _WORD.findall(mention.text)
    long = [word for word in words if len(word) > _SMALL]
    return len(words) > 1 and bool(long) and all(word[0].isupper() for word in (words[0], *long, words[-1]))
