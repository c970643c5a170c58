"""Which of many keys are within a few typos of one that was typed, without comparing it with all of them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

_PER_EDIT = 3
"""Letter pairs of the typed key that one typo can take away: a swap of neighbours touches three."""


class NearKeys:
    """Keys filed by length and by the pairs of letters in them.

    By the q-gram lemma (Ukkonen, 1992), a key within k typos shares all but 3k of the typed key's pairs. Counting them
    in the postings of the keys of fitting length leaves a handful to compare letter by letter.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = sorted(set(keys), key=lambda key: (len(key), key))
        self._lengths = np.array([len(key) for key in self._keys], np.int64)
        letters = np.frombuffer("".join(self._keys).encode("utf-32-le"), np.uint32).astype(np.int64)
        owner = np.repeat(np.arange(len(self._keys)), self._lengths)
        inside = owner[:-1] == owner[1:]
        pairs = (letters[:-1] << 21 | letters[1:])[inside]
        order = np.lexsort((owner[:-1][inside], pairs))
        pairs, owners = pairs[order], owner[:-1][inside][order]
        fresh = np.ones(len(pairs), np.bool_)  # a pair counts once a key
        fresh[1:] = (pairs[1:] != pairs[:-1]) | (owners[1:] != owners[:-1])
        pairs, self._owners = pairs[fresh], owners[fresh].astype(np.int32)
        codes, starts = np.unique(pairs, return_index=True)
        bounds = pairwise(np.append(starts, len(pairs)).tolist())
        self._postings = dict(zip(codes.tolist(), bounds, strict=True))

    def near(self, typed: str, most: int) -> list[tuple[str, int]]:
        """The keys within `most` typos (optimal string alignment distance) of what was typed, nearest first."""
        low = int(np.searchsorted(self._lengths, len(typed) - most))
        high = int(np.searchsorted(self._lengths, len(typed) + most, side="right"))
        pairs = {ord(first) << 21 | ord(second) for first, second in pairwise(typed)}
        # Bounds of another type would have every posting converted to look for them.
        bounds = np.array((low, high), self._owners.dtype)
        found_in = [self._posting(pair, bounds) for pair in pairs]
        shared = np.bincount(np.concatenate(found_in) - low, minlength=high - low) if pairs else np.zeros(high - low)
        places = np.flatnonzero(shared >= len(pairs) - _PER_EDIT * most) + low
        found = process.extract(
            typed, [self._keys[place] for place in places], scorer=OSA.distance, limit=None, score_cutoff=most
        )
        return [(key, int(edits)) for key, edits, _ in found]

    def _posting(self, pair: int, bounds: NDArray[np.int32]) -> NDArray[np.int32]:
        """The keys with this pair, of those between two places."""
        start, end = self._postings.get(pair, (0, 0))
        owners: NDArray[np.int32] = self._owners[start:end]
        first, last = owners.searchsorted(bounds)
        return owners[first:last]
