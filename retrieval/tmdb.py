"""The TMDB 5000 movies as items."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from retrieval.text import key
from retrieval.types import Credit, Item, unique

_ACTORS = 8
_WRITERS = 3
_STUDIOS = 3
_WRITING = frozenset({"Screenplay", "Writer", "Author", "Novel", "Story"})

_LANGUAGES = {"cn": "zh", "xx": ""}
"""TMDB's own codes: Cantonese, and films without words."""


def read_tmdb(movies_path: Path, credits_path: Path) -> tuple[Item, ...]:
    """Items in the order of `movies.csv`; `credits.csv` adds directors, writers and the first actors.

    Raises ValueError, naming the file, when a column is missing.
    """
    movies = _read(movies_path, ("id", "title", "genres", "overview", "release_date", "vote_average", "vote_count"))
    credits = _read(credits_path, ("movie_id", "cast", "crew")).drop_duplicates("movie_id").set_index("movie_id")
    people = {movie_id: _people(row["cast"], row["crew"]) for movie_id, row in credits.iterrows()}
    return tuple(_item(row, people.get(row["id"], ())) for row in movies.drop_duplicates("id").to_dict("records"))


def _read(path: Path, needed: tuple[str, ...]) -> pd.DataFrame:
    frame = pd.read_csv(path, keep_default_na=False, dtype=str, encoding="utf-8")
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise ValueError(f"{path}: missing column(s) {', '.join(missing)}; is this the TMDB 5000 file?")
    return frame


def _item(row: Mapping[Hashable, Any], people: tuple[Credit, ...]) -> Item:
    studios = (Credit(name, "studio") for name in _names(row["production_companies"])[:_STUDIOS])
    title, original = row["title"].strip(), row["original_title"].strip()
    votes = _number(row["vote_count"])
    return Item(
        id=f"tmdb-{row['id']}",
        title=title,
        year=_number(row["release_date"][:4]),
        genres=tuple(name.lower() for name in _names(row["genres"])),
        people=(*people, *studios),
        keywords=tuple(name.lower() for name in _names(row["keywords"])),
        description=row["overview"].strip(),
        tagline=row["tagline"].strip(),
        runtime=_number(row["runtime"]),
        language=_LANGUAGES.get(row["original_language"], row["original_language"]) or None,
        countries=_names(row["production_countries"]),
        aliases=(original,) if original and key(original) != key(title) else (),
        rating=float(row["vote_average"]) if votes else None,
        votes=votes or 0,
    )


def _people(cast: str, crew: str) -> tuple[Credit, ...]:
    jobs = json.loads(crew)
    billed = sorted(json.loads(cast), key=lambda entry: int(entry["order"]))
    directors = unique(entry["name"].strip() for entry in jobs if entry["job"] == "Director")
    writers = unique(entry["name"].strip() for entry in jobs if entry["job"] in _WRITING)[:_WRITERS]
    actors = unique(entry["name"].strip() for entry in billed)[:_ACTORS]
    by_role = (("director", directors), ("writer", writers), ("actor", actors))
    return tuple(Credit(name, role) for role, names in by_role for name in names if name)


def _names(value: str) -> tuple[str, ...]:
    return unique(name for entry in json.loads(value or "[]") if (name := entry["name"].strip()))


def _number(value: str) -> int | None:
    """A whole number above 0; TMDB writes 0, or nothing, for what it does not know."""
    return int(float(value)) or None if value else None
