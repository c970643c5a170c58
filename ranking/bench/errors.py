"""The rating predictors: how far off, and how often on the right side."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge

from ranking.bench.data import RatingsData
from ranking.bench.lenskit import JOB
from ranking.bench.report import Row, Table
from ranking.interactions import Interactions
from ranking.metrics import Estimate, rating_errors
from ranking.models import fit_scorer

MEASURES = ("RMSE", "MAE", "accuracy")
_MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "bias only": ("svd", {"factors": 1, "regularisation": 1e6}),
    "svd": ("svd", {"factors": 8, "regularisation": 0.1}),
    "item-knn pearson": ("item-knn", {"similarity": "pearson", "neighbours": 40, "shrinkage": 30.0}),
    "user-knn pearson": ("user-knn", {"similarity": "pearson", "neighbours": 60, "shrinkage": 10.0}),
}
_LENSKIT = ("bias", "biased-mf", "item-knn", "user-knn")


def rating_rows(data: RatingsData, lenskit_env: Path | None, seed: int = 7) -> Table:
    """A tenth of the ratings at random is predicted; another tenth chooses how the stacked predictor mixes ours."""
    everything = data.interactions
    part = np.random.default_rng(seed).integers(0, 10, everything.matrix.nnz)
    test, middle = part == 0, part == 1
    learning, training = _entries(everything, ~test & ~middle), _entries(everything, ~test)
    mixer = Ridge(1.0).fit(_predictions(learning, everything, middle), everything.matrix.data[middle])
    found = _predictions(training, everything, test)
    predicted = dict(zip(_MODELS, found.T, strict=True))
    columns = {f"ours {name}": values for name, values in predicted.items()}
    columns = {"ours stacked": np.asarray(mixer.predict(found), np.float32), **columns}
    if lenskit_env is not None:
        columns |= _lenskit(training, everything, test, lenskit_env)
    scale, actual = everything.scale, everything.matrix.data[test]
    rows = []
    for label, values in columns.items():
        errors = rating_errors(actual, np.clip(values, scale.low, scale.high), scale.like_from)
        rows.append(Row(label, {name: Estimate(value, value, value) for name, value in errors.items()}, ""))
    note = f"{int(test.sum())} ratings, a random tenth; accuracy is of like or not, at {scale.like_from:.2f}"
    return Table("Predicting ratings", note, MEASURES, tuple(rows), ("RMSE", "MAE"), tuple(rating_verdicts(rows)))


def rating_verdicts(rows: list[Row]) -> list[str]:
    """The stacked predictor against the best of the other library, measure by measure."""
    others = [row for row in rows if not row.label.startswith("ours")]
    lines = []
    for name in MEASURES if others else ():
        sign = -1.0 if name == "accuracy" else 1.0
        best = min(others, key=lambda row: sign * row.values[name].mean)
        ours, theirs = rows[0].values[name].mean, best.values[name].mean
        word = "at least equal to" if sign * (ours - theirs) <= 0 else "behind"
        lines.append(f"{name}: {word} the best of the others ({best.label}): {ours:.4f} and {theirs:.4f}")
    return lines


def _predictions(training: Interactions, everything: Interactions, wanted: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Predicted ratings of the wanted entries, shape (entries, models); what a model misses is the bias model's."""
    owner = np.repeat(np.arange(everything.matrix.shape[0]), np.diff(everything.matrix.indptr))[wanted]
    column = everything.matrix.indices[wanted]
    scale = everything.scale
    half, profiles = (scale.high - scale.low) / 2, training.preferences()
    found: list[NDArray[np.float32]] = []
    for name, settings in _MODELS.values():
        scores = fit_scorer(name, training, **settings).score(profiles)[owner, column]
        ratings = ((scores + 1) * half + scale.low).astype(np.float32)
        mean = np.full(len(ratings), training.matrix.data.mean(), np.float32)
        found.append(np.where(np.isfinite(ratings), ratings, found[0] if found else mean))
    return np.stack(found, axis=1)


def _entries(interactions: Interactions, keep: NDArray[np.bool_]) -> Interactions:
    from dataclasses import replace

    from ranking.bench.splits import keep_entries

    return replace(interactions, matrix=keep_entries(interactions.matrix, keep), times=None)


def _lenskit(
    training: Interactions, everything: Interactions, wanted: NDArray[np.bool_], environment: Path
) -> dict[str, NDArray[np.float32]]:
    coo = training.matrix.tocoo()
    owner = np.repeat(np.arange(everything.matrix.shape[0]), np.diff(everything.matrix.indptr))[wanted]
    with TemporaryDirectory() as name:
        folder = Path(name)
        np.savez(
            folder / "data.npz",
            users=coo.row,
            items=coo.col,
            values=coo.data,
            wanted_users=owner,
            wanted_items=everything.matrix.indices[wanted],
        )
        (folder / "job.json").write_text(json.dumps({"predict": _LENSKIT}), encoding="utf-8")
        command = [str(environment / "bin" / "python"), "-P", str(JOB), str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own script
        if done.returncode:
            raise RuntimeError(f"LensKit's predictors failed: {done.stderr[-800:]}")
        return {f"lenskit {name}": np.load(folder / f"predicted-{name}.npy", allow_pickle=False) for name in _LENSKIT}
