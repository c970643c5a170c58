"""Facts of the records: genres, people and title words asked for or shared with what was named, and years."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ranking.conversation.corpus import Turn
from ranking.conversation.parts.text import last_wish
from ranking.conversation.parts.types import Batch, Matrix
from retrieval.catalog import Catalog
from retrieval.genres import resolve_genre
from retrieval.text import key

_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_DECADE = re.compile(r"(?<![\d(])(?:(19|20))?'?(\d)0'?s\b")
_LONGEST_NAME = 4
_COMMON_TITLE_WORD = 0.02


@dataclass(frozen=True)
class Facts:
    """Incidence of catalog rows with genres, names (people, keywords) and title words, the last by rarity.

    With `read_text` off nothing is read from the words of the conversation, only from the items that were named.
    """

    genres: csr_matrix[np.float32]
    names: csr_matrix[np.float32]
    titles: csr_matrix[np.float32]
    genre_columns: Mapping[str, int]
    name_columns: Mapping[str, int]
    title_columns: Mapping[str, int]
    years: NDArray[np.float32]
    read_text: bool = True

    @classmethod
    def fit(cls, catalog: Catalog) -> Facts:
        """Read the catalog's columns."""
        items = [catalog.item(row) for row in range(len(catalog))]
        genres, genre_columns = _incidence([map(key, item.genres) for item in items])
        names, name_columns = _incidence(
            [(*(credit.name.casefold() for credit in item.people), *item.keywords) for item in items]
        )
        titles, title_columns = _incidence([_words(item.title) for item in items])
        share = np.asarray(titles.sum(axis=0)).ravel() / max(len(items), 1)
        rarity = np.where(share < _COMMON_TITLE_WORD, np.log(1.0 / np.maximum(share, 1e-9)), 0.0)
        titles = _unit_rows(csr_matrix(titles.multiply(rarity.astype(np.float32)[None, :])))
        return cls(_unit_rows(genres), names, titles, genre_columns, name_columns, title_columns, catalog.years)

    def scores(self, batch: Batch) -> Mapping[str, Matrix]:
        """Matches with the words (`asked_…`), with the named items (`shared_…`), and years; NaN for unknown years."""
        found = self._asked(batch.turns)
        pool = _pooling(batch.turns, self.genres.shape[0])
        found["shared_genres"] = _dense(_unit_rows(csr_matrix(pool @ self.genres)) @ self.genres.T)
        found["shared_names"] = _dense(pool @ self.names @ self.names.T)
        found["shared_title"] = _dense(pool @ self.titles @ self.titles.T)
        years = np.broadcast_to(self.years, (len(batch), len(self.years)))
        found["year"] = years
        found["year_from_mean"] = years - self._anchor(batch.turns, slice(None))
        found["year_from_last"] = np.abs(years - self._anchor(batch.turns, slice(-1, None)))
        return found

    def _asked(self, turns: Sequence[Turn]) -> dict[str, Matrix]:
        last = [last_wish(turn) if self.read_text else "" for turn in turns]
        whole = [_spoken(turn) if self.read_text else "" for turn in turns]
        found = {}
        for name, texts in (("last", last), ("all", whole)):
            grams = [_grams(text) for text in texts]
            genres = [[col for gram in said if (col := self._genre(gram)) is not None] for said in grams]
            names = [[self.name_columns[gram] for gram in said if gram in self.name_columns] for said in grams]
            found[f"asked_genres_{name}"] = _dense(_rows(genres, self.genres.shape[1]) @ self.genres.T)
            found[f"asked_names_{name}"] = _dense(_rows(names, self.names.shape[1]) @ self.names.T)
        titles = [[self.title_columns[word] for word in _words(text) if word in self.title_columns] for text in last]
        found["asked_title"] = _dense(_rows(titles, self.titles.shape[1]) @ self.titles.T)
        decades = np.array([_decade(text) for text in whole], np.float32)
        found["asked_decade"] = np.abs(self.years[None, :] - decades[:, None])
        return found

    def _genre(self, gram: str) -> int | None:
        known = resolve_genre(gram, self.genre_columns)
        return None if known is None else self.genre_columns[known]

    def _anchor(self, turns: Sequence[Turn], part: slice) -> Matrix:
        anchors = np.full((len(turns), 1), np.nan, np.float32)
        for place, turn in enumerate(turns):
            known = self.years[turn.liked]
            known = known[~np.isnan(known)][part]
            if len(known):
                anchors[place] = known.mean()
        return anchors

    def without_text(self) -> Facts:
        """The part that does not read the conversation's words."""
        return replace(self, read_text=False)


def _spoken(turn: Turn) -> str:
    return " ".join(utterance.text for utterance in turn.said)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _grams(text: str) -> set[str]:
    words = _words(text)
    return {
        " ".join(words[start : start + size]) for size in range(1, _LONGEST_NAME + 1) for start in range(len(words))
    }


def _decade(text: str) -> float:
    """The middle of the decade that was named last ("80s", "1990s"), or NaN."""
    named = _DECADE.findall(text.casefold())
    if not named:
        return float("nan")
    century, digit = named[-1]
    start = int(century or ("19" if int(digit) >= 3 else "20")) * 100 + int(digit) * 10
    return start + 4.5


def _incidence(values: Sequence[Iterable[str]]) -> tuple[csr_matrix[np.float32], dict[str, int]]:
    columns: dict[str, int] = {}
    rows = [[columns.setdefault(value, len(columns)) for value in dict.fromkeys(row)] for row in values]
    return _rows(rows, len(columns)), columns


def _rows(columns: Sequence[Sequence[int]], width: int) -> csr_matrix[np.float32]:
    unique = [sorted(set(row)) for row in columns]
    ends = np.append(0, np.cumsum([len(row) for row in unique])).astype(np.int64)
    flat = np.array([column for row in unique for column in row], np.int64)
    return csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=(len(columns), width))


def _pooling(turns: Sequence[Turn], items: int) -> csr_matrix[np.float32]:
    return _rows([turn.liked.tolist() for turn in turns], items)


def _unit_rows(matrix: csr_matrix[np.float32]) -> csr_matrix[np.float32]:
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return csr_matrix(matrix.multiply((1.0 / np.maximum(norms, 1e-9)).astype(np.float32)[:, None]))


def _dense(matrix: Any) -> Matrix:
    dense: Matrix = matrix.toarray()
    return dense
