"""What is taken out of interactions before training, and a report of it."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True, slots=True)
class NoiseConfig:
    """Limits of what passes for a person.

    A bot is a user with at least `bot_from` interactions that cover more than `bot_share` of all items. A single-value
    rater gave the same rating to at least `single_value_from` items, on a scale that has other values. An outlier is a
    rating farther than `outlier_spread` interquartile ranges outside the middle half.
    """

    bot_from: int = 200
    bot_share: float = 0.6
    single_value_from: int = 20
    outlier_spread: float = 10.0


@dataclass(frozen=True, slots=True)
class NoiseReport:
    """How many rows each reason removed, of `read` rows; `users` are the ids of the users left out whole."""

    read: int = 0
    removed: dict[str, int] = field(default_factory=dict)
    users: tuple[str, ...] = ()

    def text(self) -> str:
        """One line for people, empty when nothing was removed."""
        reasons = ", ".join(f"{count} {reason}" for reason, count in self.removed.items() if count)
        return f" (removed of {self.read} rows: {reasons})" if reasons else ""


def clean(frame: pd.DataFrame, config: NoiseConfig, known: Set[str] | None = None) -> tuple[pd.DataFrame, NoiseReport]:
    """Take out unusable rows, then outliers, duplicates (the latest stays), bots and single-value raters.

    `frame` has the columns `user_id,item_id,rating` and maybe `timestamp`; `known` holds the catalog's ids.
    """
    removed: dict[str, int] = {}
    read = len(frame)

    def keep(mask: pd.Series[bool], reason: str) -> None:
        nonlocal frame
        removed[reason] = int((~mask).sum())
        frame = frame[mask]

    keep(frame["rating"].abs().lt(float("inf")), "without a rating")
    keep(_inside(frame["rating"], config.outlier_spread), "with a rating far outside the scale")
    if "timestamp" in frame:
        frame = frame.sort_values("timestamp", kind="stable")
    keep(~frame.duplicated(["user_id", "item_id"], keep="last"), "duplicates")
    if frame.empty:
        return frame, NoiseReport(read, removed)
    people = frame.groupby("user_id")["rating"].agg(["size", "nunique"])
    bots = people.index[(people["size"] >= config.bot_from) & (people["size"] > config.bot_share * _items(frame))]
    single = people.index[(people["size"] >= config.single_value_from) & (people["nunique"] == 1)]
    if frame["rating"].nunique() == 1:
        single = single[:0]
    keep(~frame["user_id"].isin(bots), "by bots")
    keep(~frame["user_id"].isin(single), "by users who give one rating only")
    if known is not None:
        keep(frame["item_id"].isin(known), "of items that the catalog lacks")
    return frame, NoiseReport(read, removed, tuple(map(str, bots.union(single))))


def _items(frame: pd.DataFrame) -> int:
    return int(frame["item_id"].nunique())


def _inside(ratings: pd.Series[float], spread: float) -> pd.Series[bool]:
    low, high = float(ratings.quantile(0.25)), float(ratings.quantile(0.75))
    margin = spread * max(high - low, 0.5)
    return ratings.between(low - margin, high + margin)
