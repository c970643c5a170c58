"""Every name of a catalog's titles, filed under the keys that ways to type them share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from retrieval.aliases import load_aliases, load_known_titles
from retrieval.text import fold
from retrieval.titlekeys import canonical, compact, head, tail, words
from retrieval.typos import NearKeys

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

DOMINANCE = 20
"""Of two items with one title, the one with so many times the votes of the other is meant without asking."""
MAX_WORDS = 10
"""Words of the longest title that is looked for."""
_SERIES = 8
"""Films that a series without a name of its own may have: "Harold & Kumar"."""
_SMALL_WORDS = (
    "a an the of in on at to and or for with from by is it its as not no my your his her thats whats theres heres "
    "dont doesnt didnt cant couldnt wont wouldnt isnt wasnt arent im ive youve weve theyve youre were theyre hes "
    "shes lets"
)
_SMALL = frozenset(_SMALL_WORDS.split())


class TitleNames:
    """Rows by what their titles may be called.

    `exact` holds whole titles and aliases, `parts` subtitles, `heads` what the titles of a series begin with, `pieces`
    what begins or ends one title only, `compact` titles without spaces, `cjk` Chinese names, `elsewhere` well-known
    titles that the catalog lacks, with their years, and `elsewhere_keys` the keys of these. `longest` is the number of
    words of the longest name by its first.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.exact: dict[str, list[int]] = defaultdict(list)
        self.parts: dict[str, list[int]] = defaultdict(list)
        self.heads: dict[str, list[int]] = defaultdict(list)
        self.cjk: dict[str, list[int]] = defaultdict(list)
        self.votes: list[float] = np.nan_to_num(catalog.votes).tolist()
        self.years: list[float] = np.nan_to_num(catalog.years).tolist()  # 0 where unknown
        for row in range(len(catalog)):
            self._file(row)
        self.aliases = self._file_aliases()
        self.elsewhere = self._file_elsewhere()
        self.elsewhere_keys = {canonical(form) for name in self.elsewhere for form in (name, name.removeprefix("the "))}
        self.heads = {key: rows for key, rows in self.heads.items() if len(rows) > 1}
        self.pieces = self._file_pieces()
        self.compact: dict[str, list[int]] = defaultdict(list)
        for key, rows in self.exact.items():
            if len(squeezed := compact(key)) > 4:
                self.compact[squeezed].extend(rows)
        self.longest: dict[str, int] = defaultdict(int)
        filed = (self.pieces, self.exact, self.heads, self.parts, map(canonical, self.elsewhere))
        for key in chain.from_iterable(filed):
            parts = words(key)
            # "Part" and "episode" are left out of keys, so a typed title may have two words more.
            self.longest[parts[0] if parts else ""] = max(self.longest[parts[0] if parts else ""], len(parts) + 2)
        self.near_keys = NearKeys(key for key in (*self.exact, *self.parts, *self.heads) if len(key) > 4)
        self.cjk_by_length = sorted(self.cjk, key=len, reverse=True)

    def _file(self, row: int) -> None:
        title = self._catalog.titles[row]
        key = canonical(title)
        self.exact[key].append(row)
        for alias in self._catalog.aliases[row]:
            self._file_name(alias, [row])
        if (short := head(title)) and short != key:
            self.heads[short].append(row)
        if rest := tail(title):
            self.parts[rest].append(row)

    def _file_name(self, name: str, rows: Iterable[int]) -> None:
        target = self.cjk if is_cjk(name) else self.exact
        key = name.strip() if is_cjk(name) else canonical(name)
        if key:
            target[key].extend(row for row in rows if row not in target[key])

    def _file_aliases(self) -> frozenset[str]:
        """File the committed aliases for the titles that this catalog has; a catalog's own title comes first."""
        filed = set()
        for alias in load_aliases():
            rows = [row for row in self.exact.get(canonical(alias.title), ()) if self.near(row, alias.year)]
            if rows and (is_cjk(alias.alias) or canonical(alias.alias) not in self.exact):
                self._file_name(alias.alias, rows[:1])
                filed.add(canonical(alias.alias))
        return frozenset(filed)

    def _file_elsewhere(self) -> dict[str, int]:
        """Well-known titles that this catalog lacks, as typed in lower case, and their years.

        A title that differs from one of the catalog by its article is another one ("Heat", "The Heat").
        """
        have = {title.casefold() for title in self._catalog.titles}
        lacking = {}
        for title, year in load_known_titles():
            rows = self.exact.get(canonical(title), ())
            dated = any(self.near(row, year) for row in rows)
            if title.casefold() not in have and not dated:
                lacking[plain(title)] = year
        return lacking

    def _file_pieces(self) -> dict[str, list[int]]:
        """What begins or ends one title only: "django", "blair witch", "prisoner of azkaban"."""
        pieces: dict[str, list[int]] = defaultdict(list)
        for key, rows in self.exact.items():
            parts = words(key)
            if len(parts) < 2 or len(parts) > MAX_WORDS:
                continue
            for size in range(1, len(parts)):
                for piece in (parts[:size], parts[-size:]) if size > 1 else (parts[:1],):
                    if _names_something(piece):
                        pieces[" ".join(piece)].extend(rows)
        free = {
            piece: rows
            for piece, rows in pieces.items()
            if not any(piece in names for names in (self.exact, self.heads, self.parts))
        }
        for name, rows in free.items():
            if " " in name and 1 < len(set(rows)) <= _SERIES and self._begins(name, rows):
                self.heads[name] = rows  # "Harold & Kumar"
        return {name: rows for name, rows in free.items() if name not in self.heads and self.dominates(rows)}

    def _begins(self, piece: str, rows: Iterable[int]) -> bool:
        """Whether the titles of all these items begin with these words: then they are a series."""
        return all(canonical(self._catalog.titles[row]).startswith(piece) for row in rows)

    def dominates(self, rows: Sequence[int]) -> bool:
        """Whether one of these items is meant without asking: it is alone, or seen far more than the next."""
        votes = sorted({row: self.votes[row] for row in rows}.values(), reverse=True)
        return len(votes) == 1 or votes[0] >= DOMINANCE * max(votes[1], 1)

    def near(self, row: int, year: int | None) -> bool:
        """Whether an item is of this year, give or take one; true where either is not known."""
        return year is None or not self.years[row] or abs(self.years[row] - year) <= 1


def _names_something(piece: Sequence[str]) -> bool:
    """Whether these words of a title may stand for it: no article or "of" at an end, and long enough for a name."""
    if piece[0] in _SMALL or piece[-1] in _SMALL or not any(len(word) > 4 and word.isalpha() for word in piece):
        return False
    return len(piece) > 1 or (len(piece[0]) > 4 and not piece[0].endswith("ly"))


def plain(title: str) -> str:
    """A title without case, punctuation and runs of spaces, its article kept."""
    return fold(title.replace("'", "").replace("’", ""))


def is_cjk(text: str) -> bool:
    """Whether a text has Chinese letters."""
    return any("\u3400" <= char <= "\u9fff" for char in text)
