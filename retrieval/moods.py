"""Moods: wishes that a record meets without saying them, such as "light-hearted"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import yaml

from retrieval.types import Item, Mask, Rows, Scores

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

_ENOUGH = 2
"""A genre and a keyword, or two keywords, say a mood: more of them say it no better."""

_AGAINST = 0.5
"""What a genre that speaks against a mood takes away."""


@dataclass(frozen=True, slots=True)
class Mood:
    """`text` stands for the wish where texts are compared; `keywords` and `genres` of a record speak for it.

    Every item of a genre in `always` has the mood, so that refusing one refuses the other.
    """

    name: str
    text: str
    keywords: tuple[str, ...]
    genres: tuple[str, ...]
    against: tuple[str, ...]
    always: tuple[str, ...] = ()

    def scores(self, catalog: Catalog, among: Rows | None = None) -> Scores:
        """How well each record fits, 0 to 1, of all rows or of those `among` which is asked."""
        told: Scores = catalog.genre_mask(self.genres, among).astype(np.float32)
        for word in self.keywords:
            if among is None:
                told[catalog.keywords.rows(word)] += 1
            else:
                told += catalog.keyword_mask([word], among)
        told = np.minimum(told / _ENOUGH, 1)
        against = catalog.genre_mask(self.against, among)
        told[against] = np.maximum(told[against] - _AGAINST, 0)
        return told

    def refused(self, catalog: Catalog, wanted: Collection[str]) -> Mask:
        """True for the records that one who refuses the mood does not want, shape (len(catalog),).

        A genre that is `wanted` is not refused for itself: there are war films for who wants little violence.
        """
        told = catalog.keyword_mask(self.keywords) & ~catalog.genre_mask(self.against)
        return told | catalog.genre_mask(set(self.always).difference(wanted))

    def speaking(self, item: Item) -> tuple[str, ...]:
        """The keywords and genres of a record that speak for the mood; none where a genre speaks against it."""
        if set(self.against) & set(item.genres):
            return ()
        return tuple(
            value
            for own, asked in ((item.keywords, self.keywords), (item.genres, self.genres))
            for value in own
            if value in asked
        )


@cache
def moods() -> Mapping[str, Mood]:
    """The moods of `moods.yaml` by name."""
    data = yaml.safe_load(files("retrieval").joinpath("moods.yaml").read_text(encoding="utf-8"))
    return {
        name: Mood(
            name, row["text"], *(tuple(row.get(field, ())) for field in ("keywords", "genres", "against", "always"))
        )
        for name, row in data.items()
    }


def wished(catalog: Catalog, wishes: Iterable[str], among: Rows | None = None) -> Scores:
    """The most that any of these moods and keywords is met by each record, 0 to 1, of all rows or of those `among`
    which is asked."""
    met = [
        moods()[wish].scores(catalog, among)
        if wish in moods()
        else catalog.keyword_mask([wish], among).astype(np.float32)
        for wish in wishes
    ]
    return np.max(met, axis=0) if met else np.zeros(len(catalog) if among is None else len(among), np.float32)


def spelled_out(text: str) -> str:
    """Wishes separated by commas, each mood in the words of a description: what an embedding can compare."""
    wishes = (wish.strip() for wish in text.split(","))
    return ", ".join(moods()[wish].text if wish in moods() else wish for wish in wishes)
