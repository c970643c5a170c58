"""The words of a message that support a value. A value without any is dropped: it was made up."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

_WORD = re.compile(r"[^\W\u3400-\u9fff]+(?:['’\-][^\W\u3400-\u9fff]+)*|[\u3400-\u9fff]+")
_NEAR = 84.0
"""Similarity, 0 to 100, of a corrected spelling to the words as typed."""


def locate(value: str, message: str) -> tuple[int, int] | None:
    """Where the message says this value: word for word, or with a typo that the model put right."""
    value = value.strip(" \t\n\"'“”《》.,!?")
    if not value:
        return None
    pattern = r"\s*".join(map(re.escape, value.split()))
    edges = (r"(?<!\w)" if value[0].isascii() else "", r"(?!\w)" if value[-1].isascii() else "")
    exact = re.search(f"{edges[0]}{pattern}{edges[1]}", message, re.IGNORECASE)
    if exact:
        return exact.span()
    return _near(value, message) if len(value) > 4 and value.isascii() else None


def _near(value: str, message: str) -> tuple[int, int] | None:
    words = [(match.start(), match.end()) for match in _WORD.finditer(message[:2000])]
    size = len(value.split())
    best: tuple[float, tuple[int, int]] | None = None
    for length in {size, size + 1, max(size - 1, 1)}:
        for first in range(len(words) - length + 1):
            span = words[first][0], words[first + length - 1][1]
            score = fuzz.ratio(value.casefold(), message[span[0] : span[1]].casefold(), score_cutoff=_NEAR)
            if score and (best is None or score > best[0]):
                best = score, span
    return best[1] if best else None
