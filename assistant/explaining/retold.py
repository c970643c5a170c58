"""Sentences that the model wrote before: an item's description need not be retold to the next person."""

from __future__ import annotations

from threading import Lock

MOST = 20_000
"""Sentences kept, some 4 MB; the oldest go first."""


class Retold:
    """What the model made of each text, by prompt version and text. Safe to share between threads."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], str] = {}
        self._lock = Lock()

    def get(self, prompt: str, text: str) -> str:
        """The sentence that this prompt version made of the text; "" when it was never asked."""
        return self._kept.get((prompt, text), "")

    def keep(self, prompt: str, text: str, sentence: str) -> None:
        """Remember a sentence."""
        with self._lock:
            self._kept[prompt, text] = sentence
            if len(self._kept) > MOST:
                del self._kept[next(iter(self._kept))]
