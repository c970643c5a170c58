"""Catalogs and interactions from files of any domain, bad rows named."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from retrieval.records import BadRecord, item_from, missing_columns
from retrieval.tables import ReadProblem, rows_of
from retrieval.types import Item

logger = logging.getLogger(__name__)

_USERS = ("user_id", "userid", "user")
_ITEMS = ("item_id", "movieid", "movie_id", "book_id", "itemid", "item")
_NAMED = 5


@dataclass(frozen=True, slots=True)
class ReadItems:
    """The items of a file, and a line for each row that was left out: file, row, reason."""

    items: tuple[Item, ...]
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadInteractions:
    """Who rated what: `user_id` (str), `item_id` (str), `rating` (float32), `timestamp` (seconds, int64) if known."""

    frame: pd.DataFrame
    skipped: tuple[str, ...] = ()


def read_items(path: Path, skip_bad: bool = False) -> ReadItems:
    """The items in a .jsonl, .csv or .parquet file; its columns are those of `retrieval.records`.

    Raises ReadProblem, naming file, row and reason, when a column is missing, a row is no item (no id, a bad year
    or number) or an id comes twice; with `skip_bad` such rows are left out and reported instead.
    """
    items: dict[str, Item] = {}
    first_row: dict[str, int] = {}
    bad: list[str] = []
    for row, record in rows_of(path):
        try:
            if isinstance(record, str):
                raise BadRecord(record)
            if not first_row and (missing := missing_columns(record)) and path.suffix.lower() != ".jsonl":
                raise ReadProblem(f"{path}: missing column(s) {', '.join(missing)}; it has {', '.join(record)}")
            item = item_from(record)
            if item.id in items:
                raise BadRecord(f"the id {item.id!r} was already used in row {first_row[item.id]}")
        except BadRecord as reason:
            bad.append(f"{path}, row {row}: {reason}")
            continue
        items[item.id] = item
        first_row[item.id] = row
    _refuse(bad, skip_bad=skip_bad)
    if not items:
        raise ReadProblem(f"{path}: no item in it" + (f"; {bad[0]}" if bad else ""))
    return ReadItems(tuple(items.values()), tuple(bad))


def read_interactions(path: Path, skip_bad: bool = False) -> ReadInteractions:
    """The interactions in a .jsonl, .csv or .parquet file: `user_id`, `item_id` and, if there, `rating`, `timestamp`.

    A rating is any number from 0 up; without that column, or with nothing in it, each row counts as a like, and a
    warning says so. A timestamp is in seconds since 1970, or a date, and a column of blanks is none.
    Raises ReadProblem, naming file, row and reason; with `skip_bad` bad rows are left out and reported instead.
    """
    frame, bad = _interactions_frame(path)
    users, items = _ids(_column(frame, path, _USERS)), _ids(_column(frame, path, _ITEMS))
    ratings = _ratings(frame, path)
    read = {"user_id": users, "item_id": items, "rating": ratings.astype("float32")}
    problems = {
        "no user_id": users == "",
        "no item_id": items == "",
        "the rating is not a number from 0 up": ~(ratings >= 0) | ~np.isfinite(ratings),
    }
    if "timestamp" in frame.columns and frame["timestamp"].replace("", np.nan).notna().any():
        seconds = _seconds(frame["timestamp"])
        problems["the timestamp is neither seconds nor a date"] = seconds.isna()
        read["timestamp"] = seconds.fillna(0).astype("int64")
    good = np.ones(len(frame), dtype=np.bool_)
    for reason, wrong in problems.items():
        bad.extend((int(row), f"{path}, row {row}: {reason}") for row in frame.index[(wrong & good).to_numpy()])
        good &= ~wrong.to_numpy()
    skipped = [line for _, line in sorted(bad)]
    _refuse(skipped, skip_bad=skip_bad)
    if not good.any():
        raise ReadProblem(f"{path}: no interaction in it; to build a catalog without any, leave --interactions out")
    return ReadInteractions(pd.DataFrame(read)[good].reset_index(drop=True), tuple(skipped))


def _refuse(bad: list[str], *, skip_bad: bool) -> None:
    if bad and not skip_bad:
        more = f"\n… and {len(bad) - _NAMED} more" if len(bad) > _NAMED else ""
        raise ReadProblem("\n".join(bad[:_NAMED]) + more + "\nCorrect the file, or leave such rows out with --skip-bad")


def _interactions_frame(path: Path) -> tuple[pd.DataFrame, list[tuple[int, str]]]:
    """The file as a frame indexed by row number, its column names in lower case, and the rows that hold no record."""
    if path.suffix.lower() == ".csv" and path.is_file():
        # Twenty times faster, but blind to row numbers when lines are broken or empty; then it is read row by row.
        with suppress(ValueError):
            frame = pd.read_csv(path, dtype=str, encoding="utf-8-sig", skip_blank_lines=False, on_bad_lines="error")
            if not frame.isna().to_numpy().any():
                frame.index = pd.RangeIndex(2, len(frame) + 2)
                return frame.rename(columns=lambda name: str(name).strip().lower()), []
    bad: list[tuple[int, str]] = []
    numbers: list[int] = []

    def records() -> Iterator[dict[str, object]]:
        for row, record in rows_of(path):
            if isinstance(record, str):
                bad.append((row, f"{path}, row {row}: {record}"))
            else:
                numbers.append(row)
                yield {str(name).strip().lower(): value for name, value in record.items()}

    frame = pd.DataFrame.from_records(list(records()))
    frame.index = pd.Index(numbers, dtype="int64")
    return frame, bad


def _column(frame: pd.DataFrame, path: Path, names: tuple[str, ...]) -> pd.Series:
    found = next((name for name in names if name in frame.columns), None)
    if found is not None:
        return frame[found]
    if frame.empty:
        raise ReadProblem(f"{path}: no interaction in it; to build a catalog without any, leave --interactions out")
    raise ReadProblem(f"{path}: missing column {names[0]}; it has {', '.join(map(str, frame.columns))}")


def _ratings(frame: pd.DataFrame, path: Path) -> pd.Series:
    if "rating" in frame.columns and frame["rating"].replace("", np.nan).notna().any():
        return pd.to_numeric(frame["rating"], errors="coerce").astype("float64")
    logger.warning("%s has no ratings: each of its rows counts as a like", path)
    return pd.Series(1.0, index=frame.index)


def _ids(column: pd.Series) -> pd.Series:
    # A whole number that became a float on the way ("12.0") is still item 12.
    text = column.map(lambda value: int(value) if isinstance(value, float) and value.is_integer() else value)
    return text.where(column.notna(), "").astype(str).str.strip()


def _seconds(column: pd.Series) -> pd.Series:
    """Seconds since 1970; NaN for what is neither a number nor a date."""
    numbers = pd.to_numeric(column, errors="coerce").astype("float64")
    if numbers.notna().all():
        return numbers.where(np.isfinite(numbers))
    dates = pd.to_datetime(column.where(numbers.isna()), errors="coerce", utc=True, format="ISO8601")
    since = (dates - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(seconds=1)
    return numbers.where(np.isfinite(numbers), since)
