"""Other names of well-known titles: abbreviations, nicknames and Chinese titles, from a committed table of facts."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_name("aliases.csv")
_KNOWN = Path(__file__).with_name("known_titles.csv")


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of the title that came out in this year."""

    alias: str
    title: str
    year: int | None


@cache
def load_aliases(path: Path = _TABLE) -> tuple[Alias, ...]:
    """The table's rows. Columns: alias, title, year (may be empty)."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Alias(row["alias"], row["title"], int(row["year"]) if row["year"] else None) for row in csv.DictReader(file)
        )


@cache
def load_known_titles(path: Path = _KNOWN) -> tuple[tuple[str, int], ...]:
    """Titles with their years that people name often, whether a catalog has them or not. Columns: title, year."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple((row["title"], int(row["year"])) for row in csv.DictReader(file))
