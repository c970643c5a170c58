"""The types that cross the room's border: what a catalog row is, and what is asked of the catalog."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
"""Row numbers of catalog items, shape (n,)."""

Scores = NDArray[np.float32]
"""One number per catalog row or per candidate, shape (n,); NaN where a source has nothing to say."""

Vectors = NDArray[np.float32]
"""One embedding per row, shape (n, dimensions), each of length 1."""

Mask = NDArray[np.bool_]
"""One truth value per catalog row, shape (len(catalog),)."""


@dataclass(frozen=True, slots=True)
class Credit:
    """A person or company and what they did: `role` is "director", "actor", "writer", "author", "studio", …"""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a catalog, whatever the domain. Unknown numbers are None, unknown lists are empty.

    `genres` and `keywords` are lower case; `runtime` is in minutes; `language` is an ISO 639-1 code;
    `rating` is the mean vote on a scale of 0 to 10; `votes` is how many people voted.
    """

    id: str
    title: str
    year: int | None = None
    genres: tuple[str, ...] = ()
    people: tuple[Credit, ...] = ()
    keywords: tuple[str, ...] = ()
    description: str = ""
    tagline: str = ""
    runtime: int | None = None
    language: str | None = None
    countries: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    rating: float | None = None
    votes: int | None = None
    poster: str | None = None

    def credited(self, role: str) -> tuple[str, ...]:
        """Names with this role, in billing order."""
        return tuple(credit.name for credit in self.people if credit.role == role)

    def label(self) -> str:
        """Title with the year where it is known, as people write it."""
        return f"{self.title} ({self.year})" if self.year else self.title


@dataclass(frozen=True, slots=True)
class Constraints:
    """Limits that the person set. They are filters, never scores: an item that breaks one is not shown.

    `genres_any` and `people_any` ask for at least one of the values; a `not_` field refuses every one of them, and
    `not_keywords` also an item whose title, tagline or description says such a word, or whose record speaks for it as a
    mood.
    Bounds are inclusive. An item whose value is unknown (None) does not pass a bound on that value.
    """

    year_from: int | None = None
    year_to: int | None = None
    runtime_from: int | None = None
    runtime_to: int | None = None
    genres_any: frozenset[str] = frozenset()
    not_genres: frozenset[str] = frozenset()
    people_any: frozenset[str] = frozenset()
    not_people: frozenset[str] = frozenset()
    not_keywords: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    not_languages: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Query:
    """What one turn asks of the catalog. `text` holds the wishes in words, never the raw message.

    `liked` and `disliked` are item ids; `exclude` holds the ids that must not come back (seen, rejected, shown).
    `genres`, `people` and `keywords` are what the person asked for, for the facts generator and the match score.
    `diversity` (0 similar … 1 varied) and `novelty` (0 familiar … 1 surprising) are the page's sliders;
    `popularity_bias` is -1 for "lesser known", +1 for "more popular", 0 when nothing was said. `alike` holds
    the liked items that "something like it" was asked of: patterns, more than hints of taste.
    """

    text: str = ""
    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    constraints: Constraints = Constraints()
    exclude: frozenset[str] = frozenset()
    count: int = 5
    diversity: float = 0.3
    novelty: float = 0.0
    popularity_bias: float = 0.0
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the ranking trace: what was done, and how many items were left after it."""

    name: str
    left: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """The union of what the generators found, hard filters applied.

    `rows` has shape (n,), without duplicates; `sources` maps a generator's name to its scores, shape (n,), NaN where
    that generator did not propose the row; `vector` embeds the query's text, shape (d,), None where it has none.
    """

    rows: Rows
    sources: Mapping[str, Scores] = field(default_factory=lambda: MappingProxyType({}))
    trace: tuple[Step, ...] = ()
    vector: NDArray[np.float32] | None = None


class TextEmbedder(Protocol):
    """Texts to vectors of `dimensions` numbers; `name` tells the vectors of one model from those of another."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        """The vectors of the texts, in their order, shape (len(texts), dimensions), each of length 1."""
        ...


class VectorIndex(Protocol):
    """One vector for each catalog row, and the search for the nearest of them."""

    @property
    def vectors(self) -> Vectors:
        """Shape (len(catalog), dimensions), each row of length 1."""
        ...

    def nearest(self, aims: Vectors, allowed: Mask, limit: int) -> list[tuple[Rows, Scores]]:
        """For each of the `aims`, shape (k, dimensions), at most `limit` allowed rows with their cosine similarities,
        best first."""
        ...


class CandidateGenerator(Protocol):
    """Proposes rows of the catalog for a query.

    `allowed` is the hard filter's mask, shape (len(catalog),); `vector` embeds the query's text, shape (d,).
    """

    name: str

    def propose(
        self, query: Query, allowed: Mask, limit: int, vector: NDArray[np.float32] | None = None
    ) -> tuple[Rows, Scores]:
        """At most `limit` allowed rows, best first, with this generator's own scores (higher is better)."""
        ...


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """The values in the order of their first appearance."""
    return tuple(dict.fromkeys(values))
