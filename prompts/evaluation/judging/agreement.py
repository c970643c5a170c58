"""How far a judge agrees with labels given by hand: Cohen's kappa (1960) with a bootstrap interval, and the counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prompts.evaluation.measures import DRAWS, SEED

BAR = 0.6
"""The least kappa with which a judge's verdicts may break a gate: "substantial" of Landis and Koch (1977)."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One criterion's verdicts beside the labels. `counts[label][verdict]`, no first, yes second.

    `unanswered` are the cases without a verdict: they count as wrong in `accuracy` and are left out of `kappa`.
    """

    criterion: str
    cases: int
    unanswered: int
    accuracy: float
    kappa: float
    low: float
    high: float
    counts: tuple[tuple[int, int], tuple[int, int]]

    @property
    def may_gate(self) -> bool:
        """Whether verdicts on this criterion may break a gate."""
        return self.kappa >= BAR

    def plain(self) -> dict[str, Any]:
        """For a report."""
        (no_no, no_yes), (yes_no, yes_yes) = self.counts
        return {
            "criterion": self.criterion,
            "cases": self.cases,
            "unanswered": self.unanswered,
            "accuracy": round(self.accuracy, 4),
            **{name: _rounded(getattr(self, name)) for name in ("kappa", "low", "high")},
            "label_yes": {"yes": yes_yes, "no": yes_no},
            "label_no": {"yes": no_yes, "no": no_no},
            "may_gate": self.may_gate,
        }


def agreement(
    criterion: str, labels: Sequence[bool], verdicts: Sequence[bool | None], draws: int = DRAWS, seed: int = SEED
) -> Agreement:
    """Compare verdicts with labels, case by case; None is a case that the judge gave no verdict on."""
    given = [(label, verdict) for label, verdict in zip(labels, verdicts, strict=True) if verdict is not None]
    pairs = np.array([2 * label + verdict for label, verdict in given], np.int64)
    rows = np.random.default_rng(seed).integers(0, max(len(pairs), 1), (draws, len(pairs)))
    drawn = _kappas(np.stack([(pairs[rows] == code).sum(axis=1) for code in range(4)], axis=1))
    known = drawn[~np.isnan(drawn)]
    low, high = (float(bound) for bound in np.percentile(known, (2.5, 97.5))) if len(known) else (np.nan, np.nan)
    counts = np.bincount(pairs, minlength=4)
    return Agreement(
        criterion,
        len(labels),
        len(labels) - len(given),
        float(counts[0] + counts[3]) / max(len(labels), 1),
        float(_kappas(counts[None, :])[0]),
        low,
        high,
        ((int(counts[0]), int(counts[1])), (int(counts[2]), int(counts[3]))),
    )


def _kappas(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """(observed - expected) / (1 - expected) of rows of counts (no-no, no-yes, yes-no, yes-yes); nan if undefined."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    observed = shares[:, 0] + shares[:, 3]
    label_yes, verdict_yes = shares[:, 2] + shares[:, 3], shares[:, 1] + shares[:, 3]
    expected = label_yes * verdict_yes + (1 - label_yes) * (1 - verdict_yes)
    kappas: NDArray[np.float64] = np.full(len(counts), np.nan)
    np.divide(observed - expected, 1 - expected, out=kappas, where=expected < 1)
    return kappas


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)
