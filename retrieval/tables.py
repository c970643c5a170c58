"""Rows out of .jsonl, .csv and .parquet files, each with the number by which a person finds it again."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

KINDS = (".jsonl", ".csv", ".parquet")
_BATCH = 10_000


class ReadProblem(ValueError):
    """A file cannot be read as it is; the text names the file, the row where there is one, and the reason."""


def rows_of(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """(row number, record) for each row, in order; a row that holds no record gives the reason, as a string.

    Rows count as an editor or a spreadsheet counts them: from 1, a CSV's header being row 1. Raises ReadProblem when
    the file is missing, is of another kind, or is not what its name says.
    """
    if path.suffix.lower() not in KINDS:
        raise ReadProblem(f"{path}: files of the kinds {', '.join(KINDS)} can be read, not {path.suffix or 'this one'}")
    if not path.is_file():
        raise ReadProblem(f"{path}: there is no such file")
    reader = {".jsonl": _jsonl, ".csv": _csv, ".parquet": _parquet}[path.suffix.lower()]
    try:
        yield from reader(path)
    except UnicodeDecodeError as error:
        raise ReadProblem(f"{path}: not UTF-8 text ({error.reason} at byte {error.start}); save it as UTF-8") from error
    except csv.Error as error:
        raise ReadProblem(f"{path}: not a CSV file that can be read ({error})") from error
    except pa.ArrowInvalid as error:
        raise ReadProblem(f"{path}: not a Parquet file that can be read ({error})") from error


def _jsonl(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    with path.open(encoding="utf-8-sig") as file:
        for row, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield row, f"not JSON ({error})"
                continue
            yield row, record if isinstance(record, dict) else "not a JSON object"


def _csv(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        header = [name.strip() for name in next(reader, [])]
        for row, values in enumerate(reader, start=2):
            if not values:
                continue
            if len(values) == len(header):
                yield row, dict(zip(header, values, strict=True))
            else:
                yield row, f"{len(values)} values where the header has {len(header)}"


def _parquet(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    row = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_BATCH):
            for record in batch.to_pylist():
                row += 1
                yield row, record
