"""The catalog in columns: compact in memory, filtered as arrays, with items built only when somebody looks at them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from retrieval.genres import resolve_genre
from retrieval.moods import moods
from retrieval.postings import Postings
from retrieval.text import key
from retrieval.types import Constraints, Credit, Item, Mask, Rows
from retrieval.wording import rows_saying

ITEMS_FILE = "items.parquet"
_ITEMS_KEPT = 20_000
"""Items already built that are kept; the rest of a large catalog stays in its columns."""

_WORDS_KEPT = 64
"""Refused words whose rows are remembered: a refusal holds for the rest of a conversation."""

_LIMITS_KEPT = 16
"""Sets of constraints whose rows are remembered: retrieval, ranking and the next turn ask for the same."""

_NAMES = pa.large_list(pa.large_string())
SCHEMA = pa.schema(
    [
        pa.field("id", pa.large_string(), nullable=False),
        ("title", pa.large_string()),
        ("year", pa.int32()),
        ("genres", _NAMES),
        ("people", pa.large_list(pa.struct([("name", pa.large_string()), ("role", pa.large_string())]))),
        ("keywords", _NAMES),
        ("description", pa.large_string()),
        ("tagline", pa.large_string()),
        ("runtime", pa.int32()),
        ("language", pa.large_string()),
        ("countries", _NAMES),
        ("aliases", _NAMES),
        ("rating", pa.float64()),
        ("votes", pa.int64()),
        ("poster", pa.large_string()),
    ]
)
"""The columns of items.parquet. 64-bit offsets: the texts of a large catalog pass 2 GB."""


class Catalog:
    """Items by row number, in a fixed order.

    The numeric columns `years`, `runtimes`, `votes` and `ratings` have shape (len(catalog),), NaN where unknown; the
    postings `genres`, `people`, `keywords`, `languages` and `countries` tell which rows carry a value.
    """

    def __init__(self, table: pa.Table) -> None:
        """`table` has the columns of `SCHEMA`. Raises ValueError when two rows have one id."""
        self._table = table.cast(SCHEMA).combine_chunks()
        self._columns = {name: _single_chunk(self._table.column(name)) for name in SCHEMA.names}
        self.ids: tuple[str, ...] = tuple(self._columns["id"].to_pylist())
        self._rows = {item_id: row for row, item_id in enumerate(self.ids)}
        if len(self._rows) < len(self.ids):
            twice = next(item_id for row, item_id in enumerate(self.ids) if self._rows[item_id] != row)
            raise ValueError(f"two items have the id {twice!r}; ids must be unique")
        self.years = self._numbers("year")
        self.runtimes = self._numbers("runtime")
        self.votes = self._numbers("votes")
        self.ratings = self._numbers("rating")
        self._built = lru_cache(maxsize=_ITEMS_KEPT)(self._build)
        self._saying = lru_cache(maxsize=_WORDS_KEPT)(self._find_saying)
        self._keeping = lru_cache(maxsize=_LIMITS_KEPT)(self._find_keeping)

    @classmethod
    def from_items(cls, items: Iterable[Item]) -> Catalog:
        """A catalog in the order given. Raises ValueError when two items have one id."""
        return cls(_table(list(items)))

    @classmethod
    def load(cls, folder: Path) -> Catalog:
        """Read `items.parquet` in this folder. Raises FileNotFoundError, saying what to run, when it is not there."""
        path = folder / ITEMS_FILE
        if not path.is_file():
            raise FileNotFoundError(f"no catalog at {path}; run `concierge setup`, or `concierge index --items FILE`")
        return cls(pq.read_table(path))

    def save(self, folder: Path) -> None:
        """Write `items.parquet` into this folder; a reader sees the old file or the new one, never a part."""
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f"{ITEMS_FILE}.partial"
        pq.write_table(self._table, partial, compression="zstd")
        partial.replace(folder / ITEMS_FILE)

    def extended(self, items: Iterable[Item]) -> Catalog:
        """A catalog with these items too: a known id is replaced in its row, new ones follow the last row."""
        newer = {item.id: item for item in items}
        if not newer:
            return self
        known = [item_id for item_id in newer if item_id in self._rows]
        order = np.arange(len(self) + len(newer))
        added = len(self)
        for place, item_id in enumerate(newer, start=len(self)):
            if item_id in self._rows:
                order[self._rows[item_id]] = place
            else:
                order[added] = place
                added += 1
        table = pa.concat_tables([self._table, _table(list(newer.values()))])
        return Catalog(table.take(pa.array(order[: len(self) + len(newer) - len(known)])))

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._rows

    def item(self, row: int) -> Item:
        """The item in this row. Raises IndexError for a row that does not exist."""
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} is not in a catalog of {len(self)} items")
        return self._built(int(row))

    def items(self, rows: Iterable[int]) -> tuple[Item, ...]:
        """The items in these rows, in this order."""
        return tuple(self.item(int(row)) for row in rows)

    def get(self, item_id: str) -> Item | None:
        """The item with this id, if there is one."""
        row = self._rows.get(item_id)
        return None if row is None else self._built(row)

    def row(self, item_id: str) -> int:
        """The row of this id. Raises KeyError for an unknown id."""
        return self._rows[item_id]

    def rows(self, item_ids: Iterable[str]) -> Rows:
        """The rows of these ids, in this order; unknown ids are left out."""
        found = (self._rows.get(item_id) for item_id in item_ids)
        return np.fromiter((row for row in found if row is not None), dtype=np.int64)

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The title of each row."""
        return tuple(self._columns["title"].to_pylist())

    @cached_property
    def aliases(self) -> tuple[tuple[str, ...], ...]:
        """The other titles of each row."""
        return tuple(map(tuple, self._columns["aliases"].to_pylist()))

    def credits(self) -> Iterator[tuple[Credit, ...]]:
        """The people of each row, without building the whole items."""
        for start in range(0, len(self), _ITEMS_KEPT):
            for people in self._columns["people"].slice(start, _ITEMS_KEPT).to_pylist():
                yield tuple(Credit(**credit) for credit in people)

    @cached_property
    def genres(self) -> Postings:
        """Rows by genre."""
        return self._postings("genres")

    @cached_property
    def people(self) -> Postings:
        """Rows by the name of a person or company, in any role."""
        return self._postings("people")

    @cached_property
    def keywords(self) -> Postings:
        """Rows by keyword."""
        return self._postings("keywords")

    @cached_property
    def countries(self) -> Postings:
        """Rows by country."""
        return self._postings("countries")

    @cached_property
    def languages(self) -> Postings:
        """Rows by language code."""
        return Postings.of_column(self._columns["language"], len(self))

    @cached_property
    def _genre_keys(self) -> dict[str, str]:
        return {key(name): name for name in self.genres.names}

    def genre(self, name: str) -> str | None:
        """How this catalog writes a genre ("sci-fi" gives "science fiction"); None when it has no such genre."""
        known = resolve_genre(name, self._genre_keys)
        return None if known is None else self._genre_keys[known]

    def genre_mask(self, names: Iterable[str], among: Rows | None = None) -> Mask:
        """True for the rows of at least one of these genres, of all rows or of those `among` which is asked."""
        return self.genres.mask(self._known_genres(names), among)

    def people_mask(self, names: Iterable[str], among: Rows | None = None) -> Mask:
        """The same for the rows that credit at least one of these people."""
        return self.people.mask(names, among)

    def keyword_mask(self, names: Iterable[str], among: Rows | None = None) -> Mask:
        """The same for the rows that carry at least one of these keywords."""
        return self.keywords.mask(names, among)

    def allowed(self, constraints: Constraints, exclude: Collection[str] = ()) -> Mask:
        """True for the rows that break no constraint and whose id is not excluded, shape (len(catalog),)."""
        allowed = self._keeping(constraints).copy()
        allowed[self.rows(exclude)] = False
        return allowed

    def _find_keeping(self, constraints: Constraints) -> Mask:
        allowed = np.ones(len(self), dtype=np.bool_)
        _within(allowed, self.years, constraints.year_from, constraints.year_to)
        _within(allowed, self.runtimes, constraints.runtime_from, constraints.runtime_to)
        if constraints.genres_any:
            allowed &= self.genre_mask(constraints.genres_any)
        for postings, wanted in (
            (self.people, constraints.people_any),
            (self.languages, constraints.languages),
            (self.countries, constraints.countries),
        ):
            if wanted:
                allowed &= postings.mask(wanted)
        self.genres.mark(allowed, self._known_genres(constraints.not_genres), value=False)
        self.people.mark(allowed, constraints.not_people, value=False)
        for word in constraints.not_keywords:
            allowed[self._saying(word)] = False
            if word in moods():
                allowed &= ~moods()[word].refused(self, constraints.genres_any)
        self.languages.mark(allowed, constraints.not_languages, value=False)
        return allowed

    def _known_genres(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(known for name in names if (known := self.genre(name)) is not None)

    def _find_saying(self, words: str) -> Rows:
        texts = (self._columns[name] for name in ("title", "tagline", "description"))
        return rows_saying(words, texts, self.keywords, len(self))

    def _numbers(self, name: str) -> NDArray[np.float32]:
        numbers = pc.cast(self._columns[name], pa.float32(), safe=False)
        values: NDArray[np.float32] = numbers.to_numpy(zero_copy_only=False).astype(np.float32)
        return values

    def _postings(self, name: str) -> Postings:
        column = self._columns[name]
        flat, rows = column.flatten(), pc.list_parent_indices(column).to_numpy(zero_copy_only=False)
        return Postings.build(flat.field("name") if name == "people" else flat, rows, len(self))

    def _build(self, row: int) -> Item:
        values = {name: column[row].as_py() for name, column in self._columns.items()}
        values["people"] = tuple(Credit(**credit) for credit in values["people"])
        for name in ("genres", "keywords", "countries", "aliases"):
            values[name] = tuple(values[name])
        return Item(**values)


def _within(allowed: Mask, values: NDArray[np.float32], low: int | None, high: int | None) -> None:
    # NaN compares false with everything, so an unknown value fails any bound.
    if low is not None:
        allowed &= values >= low
    if high is not None:
        allowed &= values <= high


def _single_chunk(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [pa.array([], column.type)])


def _table(items: Sequence[Item]) -> pa.Table:
    columns = {name: [getattr(item, name) for item in items] for name in SCHEMA.names if name != "people"}
    columns["people"] = [[{"name": c.name, "role": c.role} for c in item.people] for item in items]
    return pa.table(
        {name: pa.array(columns[name], type=SCHEMA.field(name).type) for name in SCHEMA.names}, schema=SCHEMA
    )
