"""Names that people use for one genre. The catalog decides which of them is written."""

from __future__ import annotations

from collections.abc import Container

from retrieval.text import key

_SYNONYMS = (
    ("science fiction", "sci-fi", "scifi", "sf", "sci fi movie", "science-fiction"),
    ("romance", "romantic", "romances"),
    ("comedy", "comedies", "funny", "humor", "humour", "humorous"),
    ("drama", "dramas", "dramatic"),
    ("thriller", "thrillers"),
    ("horror", "scary", "horrors"),
    ("animation", "animated", "cartoon", "cartoons"),
    ("family", "children", "childrens", "children's", "kids", "kid", "for kids", "for the family"),
    ("documentary", "documentaries", "docu", "nonfiction", "non-fiction"),
    ("history", "historical", "historic"),
    ("music", "musical", "musicals"),
    ("mystery", "mysteries", "whodunit"),
    ("western", "westerns", "cowboy"),
    ("war", "war movie", "war movies"),
    ("crime", "crime movie"),
    ("adventure", "adventures", "adventurous"),
    ("action", "action-packed", "actions"),
    ("fantasy", "fantasies"),
    ("biography", "biographies", "biopic", "biographical", "memoir"),
    ("sport", "sports"),
    ("young adult", "ya", "teen", "young-adult"),
    ("tv movie", "television movie"),
)
_GROUPS = {key(name): tuple(map(key, group)) for group in _SYNONYMS for name in group}


def resolve_genre(name: str, known: Container[str]) -> str | None:
    """The key under which a catalog files this genre, or None when it has no such genre.

    `known` holds the keys of the catalog's genres: "sci-fi" finds "sciencefiction" in one and "scifi" in another.
    """
    asked = key(name)
    if asked in known:
        return asked
    return next((other for other in _GROUPS.get(asked, ()) if other in known), None)
