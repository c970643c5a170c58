"""One record of a file as an item."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from retrieval.text import key
from retrieval.types import Credit, Item, unique

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "item_id", "movie_id", "movieid", "book_id"),
    "title": ("title", "name"),
    "year": ("year", "release_year", "release_date", "original_publication_year", "publication_year"),
    "genres": ("genres", "genre", "categories"),
    "keywords": ("keywords", "tags"),
    "description": ("description", "overview", "plot", "summary"),
    "tagline": ("tagline",),
    "runtime": ("runtime", "duration"),
    "language": ("language", "original_language", "language_code"),
    "countries": ("countries", "country"),
    "aliases": ("aliases", "original_title"),
    "rating": ("rating", "vote_average", "average_rating"),
    "votes": ("votes", "vote_count", "ratings_count"),
    "poster": ("poster", "image_url"),
}
"""What an item is read from: the first of these columns that the file has, their names in any case.

`id` and `title` are needed; an item whose title is empty goes by its id. `rating` is on a scale of 0 to 10,
`average_rating` of 0 to 5. `people` is a list of {"name", "role"}, and the columns of `ROLES` are lists of names.
Lists are lists in JSON and Parquet, and separated by | in CSV.
"""

ROLES: Mapping[str, str] = {
    "directors": "director",
    "director": "director",
    "writers": "writer",
    "writer": "writer",
    "authors": "author",
    "author": "author",
    "cast": "actor",
    "actors": "actor",
    "studios": "studio",
    "studio": "studio",
    "publisher": "studio",
}
_YEARS = range(-4000, 2201)
_LANGUAGES = {
    **{"eng": "en", "spa": "es", "fre": "fr", "fra": "fr", "ger": "de", "deu": "de", "ita": "it", "por": "pt"},
    **{"jpn": "ja", "zho": "zh", "chi": "zh", "rus": "ru", "ara": "ar", "nld": "nl", "dut": "nl", "kor": "ko"},
    **{"swe": "sv", "dan": "da", "nor": "no", "fin": "fi", "pol": "pl", "tur": "tr", "per": "fa", "hin": "hi"},
}


class BadRecord(ValueError):
    """The record is no item; the text says why."""


def missing_columns(names: Iterable[str]) -> list[str]:
    """The columns that an item needs and that none of these names provides."""
    have = {name.strip().lower() for name in names}
    return [field for field in ("id", "title") if not have.intersection(COLUMNS[field])]


def item_from(record: Mapping[str, Any]) -> Item:
    """The item in a record whose columns are those of `COLUMNS` and `ROLES`. Raises BadRecord with the reason."""
    values = {str(name).strip().lower(): value for name, value in record.items() if not _empty(value)}
    found = {field: next((values[name] for name in names if name in values), None) for field, names in COLUMNS.items()}
    missing = missing_columns(record)
    item_id = _text(found["id"])
    if missing or not item_id:
        raise BadRecord(f"no {' and no '.join(missing or ['id'])}")
    # Some catalogs have lost a title or two; the rest of such a record is still worth finding.
    title = _text(found["title"]) or item_id
    scale = 2.0 if "average_rating" in values and not {"rating", "vote_average"} & values.keys() else 1.0
    return Item(
        id=item_id,
        title=title,
        year=_year(found["year"]),
        genres=unique(name.lower() for name in _list(found["genres"])),
        people=_people(values),
        keywords=unique(name.lower() for name in _list(found["keywords"])),
        description=_text(found["description"]),
        tagline=_text(found["tagline"]),
        runtime=_whole("runtime", found["runtime"], least=0) or None,
        language=_language(found["language"]),
        countries=unique(_list(found["countries"])),
        aliases=tuple(alias for alias in unique(_list(found["aliases"])) if key(alias) != key(title)),
        rating=_rating(found["rating"], scale),
        votes=_whole("votes", found["votes"], least=0),
        poster=_text(found["poster"]) or None,
    )


def _empty(value: object) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if value is not None and not isinstance(value, str | int | float):
        raise BadRecord(f"{str(value)[:40]!r} is not text")
    # Characters that no text holds: they come from broken files and upset databases.
    return "" if value is None else str(value).replace("\x00", "").encode("utf-8", "ignore").decode().strip()


def _list(value: object) -> tuple[str, ...]:
    parts = value.split("|") if isinstance(value, str) else [] if value is None else value
    if not isinstance(parts, list | tuple):
        raise BadRecord(f"{str(value)[:40]!r} is not a list")
    return tuple(text for part in parts if (text := _text(part)))


def _people(values: Mapping[str, Any]) -> tuple[Credit, ...]:
    credits = []
    for entry in values.get("people", ()) if not isinstance(values.get("people"), str) else _list(values["people"]):
        name, role = (entry.get("name"), entry.get("role")) if isinstance(entry, Mapping) else (entry, None)
        credits.append(Credit(_text(name), _text(role) or "person"))
    for column, role in ROLES.items():
        value = values.get(column)
        # Book lists write several authors as "A, B".
        names = value.split(", ") if role == "author" and isinstance(value, str) and "|" not in value else value
        credits.extend(Credit(name, role) for name in _list(names))
    return tuple(dict.fromkeys(credit for credit in credits if credit.name))


def _number(field: str, value: object) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise BadRecord(f"{field} {str(value)[:40]!r} is not a number") from None
    if not math.isfinite(number):
        raise BadRecord(f"{field} {value!r} is not a number")
    return number


def _whole(field: str, value: object, least: int) -> int | None:
    if value is None:
        return None
    number = _number(field, value)
    if number < least:
        raise BadRecord(f"{field} {value!r} is below {least}")
    if number > 2**31 - 1:
        raise BadRecord(f"{field} {value!r} is too large")
    return round(number)


def _year(value: object) -> int | None:
    if value is None:
        return None
    date = re.match(r"\s*(\d{4})-\d{1,2}(-\d{1,2})?", str(value))
    number = _number("year", date[1] if date else value)
    if not number.is_integer() or int(number) not in _YEARS:
        raise BadRecord(f"year {str(value)[:40]!r} is not a year between {_YEARS.start} and {_YEARS.stop - 1}")
    return int(number)


def _rating(value: object, scale: float) -> float | None:
    if value is None:
        return None
    number = _number("rating", value) * scale
    if not 0 <= number <= 10:
        raise BadRecord(f"rating {value!r} is not between 0 and {10 / scale:g}")
    return number


def _language(value: object) -> str | None:
    code = re.split(r"[-_]", _text(value).lower())[0]
    return _LANGUAGES.get(code, code) or None
