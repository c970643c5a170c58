"""An inverted index in arrays: which catalog rows carry a value, for lists such as genres, people and keywords."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from retrieval.text import key
from retrieval.types import Mask, Rows

_NOTHING: Rows = np.empty(0, dtype=np.int64)


class Postings:
    """Rows by value, compared by `retrieval.text.key`; memory is one integer for each value of each row.

    `names` holds one spelling of each value, the commonest value first, and `counts` how many rows carry it.
    """

    def __init__(self, names: Sequence[str], starts: NDArray[np.int64], rows: NDArray[np.int32], size: int) -> None:
        self.names = tuple(names)
        self.counts: NDArray[np.int64] = np.diff(starts)
        self._starts = starts
        self._rows = rows
        self._size = size
        self._codes = {key(name): code for code, name in enumerate(self.names)}

    @classmethod
    def build(cls, values: pa.Array, rows: NDArray[np.int64], size: int) -> Postings:
        """`values` is a flat array of strings, `rows` the row of each, shape (len(values),), for a catalog of `size`.

        Spellings that differ in case, accents or punctuation become one value, named by the first of them.
        """
        stride = max(size, 1)
        encoded = pc.dictionary_encode(values)
        spellings: list[str] = encoded.dictionary.to_pylist()
        codes: dict[str, int] = {}
        names: list[str] = []
        merged = np.empty(len(spellings), dtype=np.int64)
        for index, spelling in enumerate(spellings):
            merged[index] = code = codes.setdefault(key(spelling), len(names))
            if code == len(names):
                names.append(spelling)
        code_of = merged[encoded.indices.to_numpy(zero_copy_only=False)] if spellings else _NOTHING
        # One number per (value, row) pair sorts by value, then row, and drops a value that a row names twice.
        pairs = np.unique(code_of * stride + rows)
        counts = np.bincount(pairs // stride, minlength=len(names))
        order = np.argsort(-counts, kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        pairs = np.sort(place[pairs // stride] * stride + pairs % stride)
        starts = np.concatenate([[0], np.cumsum(counts[order])]).astype(np.int64)
        return cls([names[code] for code in order], starts, (pairs % stride).astype(np.int32), size)

    @classmethod
    def of_column(cls, column: pa.Array, size: int) -> Postings:
        """From a column of single values, nulls left out."""
        present = pc.is_valid(column)
        return cls.build(column.filter(present), np.flatnonzero(present.to_numpy(zero_copy_only=False)), size)

    def __contains__(self, name: str) -> bool:
        return key(name) in self._codes

    def code(self, name: str) -> int | None:
        """The value's place in `names`, or None when no row carries it."""
        return self._codes.get(key(name))

    def rows(self, name: str) -> Rows:
        """The rows that carry the value, ascending; none for an unknown value."""
        code = self.code(name)
        if code is None:
            return _NOTHING
        return self._rows[self._starts[code] : self._starts[code + 1]].astype(np.int64)

    def count(self, name: str) -> int:
        """How many rows carry the value."""
        code = self.code(name)
        return 0 if code is None else int(self.counts[code])

    def mask(self, names: Iterable[str], among: Rows | None = None) -> Mask:
        """True for the rows that carry at least one of the values, shape (size,); of these rows only, if they are
        given, shape (len(among),)."""
        mask = np.zeros(self._size if among is None else len(among), dtype=np.bool_)
        if among is None:
            self.mark(mask, names, value=True)
        else:
            wanted = among.astype(np.int32)
            for name in names:
                mask |= self._carry(name, wanted)
        return mask

    def _carry(self, name: str, wanted: NDArray[np.int32]) -> Mask:
        code = self.code(name)
        if code is None:
            return np.zeros(len(wanted), dtype=np.bool_)
        rows = self._rows[self._starts[code] : self._starts[code + 1]]
        found: Mask = rows[np.minimum(np.searchsorted(rows, wanted), len(rows) - 1)] == wanted
        return found

    def mark(self, mask: Mask, names: Iterable[str], *, value: bool) -> None:
        """Set `mask` to `value` in place, at the rows that carry any of the values."""
        for name in names:
            code = self.code(name)
            if code is not None:
                mask[self._rows[self._starts[code] : self._starts[code + 1]]] = value

    def entries(self) -> tuple[Rows, NDArray[np.int64]]:
        """All (row, place in `names`) pairs, for a sparse matrix of shape (size, len(names))."""
        return self._rows.astype(np.int64), np.repeat(np.arange(len(self.names)), self.counts)
