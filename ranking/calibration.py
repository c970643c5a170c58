"""Lists that keep the proportions of a taste: who likes two kinds of things should see both (Steck, RecSys 2018)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.text import key

_SMOOTHING = 0.01


def genre_shares(genres: Sequence[Iterable[str]], names: Sequence[str]) -> NDArray[np.float32]:
    """What share of each item's genres each of these `names` (as `retrieval.text.key` has them) is, (items, names)."""
    columns = {name: column for column, name in enumerate(names)}
    shares = np.zeros((len(genres), len(names)), np.float32)
    for row, item in enumerate(genres):
        found = {key(name) for name in item}
        for name in found & columns.keys():
            shares[row, columns[name]] = 1 / len(found)
    return shares


def divergence(wanted: NDArray[np.floating], shown: NDArray[np.floating]) -> NDArray[np.float64]:
    """How far the genres that are shown are from those wanted: 0 is perfect. Shapes (…, genres) to (…).

    Kullback and Leibler's divergence of the wanted shares from the shown, smoothed as in the paper: q' = .99 q + .01 p.
    """
    wanted = np.asarray(wanted, np.float64)
    smooth = (1 - _SMOOTHING) * shown + _SMOOTHING * wanted
    ratio = np.divide(wanted, smooth, out=np.ones_like(smooth), where=(wanted > 0) & (smooth > 0))
    return np.asarray((wanted * np.log(ratio)).sum(axis=-1))
