"""Run by the interpreter of LensKit's own virtual environment: train its models, write their lists.

Usage: python lenskit_job.py FOLDER, whose files `job.json` and `data.npz` `ranking.bench.lenskit` wrote.
It imports nothing of this project, since that environment does not have it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from lenskit import predict, recommend  # type: ignore[import-not-found]
from lenskit.als import BiasedMFScorer, ImplicitMFScorer  # type: ignore[import-not-found]
from lenskit.basic.bias import BiasScorer  # type: ignore[import-not-found]
from lenskit.data import ItemList, RecQuery, from_interactions_df  # type: ignore[import-not-found]
from lenskit.knn import EASEScorer, ItemKNNScorer, SLIMScorer, UserKNNScorer  # type: ignore[import-not-found]
from lenskit.pipeline import predict_pipeline, topn_pipeline  # type: ignore[import-not-found]

SCORERS = {
    "als": ImplicitMFScorer,
    "ease": EASEScorer,
    "item-knn": ItemKNNScorer,
    "user-knn": UserKNNScorer,
    "slim": SLIMScorer,
}
PREDICTORS = {
    "bias": lambda: BiasScorer(damping=5.0),
    "biased-mf": lambda: BiasedMFScorer(embedding_size=32, regularization=0.1),
    "item-knn": lambda: ItemKNNScorer(max_nbrs=20, feedback="explicit"),
    "user-knn": lambda: UserKNNScorer(max_nbrs=40, feedback="explicit"),
}
LIKE_FROM = 0.3


def main(folder: Path) -> None:
    """Write the predictions asked for, and one list for each settings and person, -1 where a list ends early."""
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    with np.load(folder / "data.npz", allow_pickle=False) as stored:
        data = {name: stored[name] for name in stored.files}
    for name in job.get("predict", ()):
        np.save(folder / f"predicted-{name}.npy", predicted(name, data), allow_pickle=False)
    for number, settings in enumerate(job.get("settings", ())):
        lists = run(job["scorer"], dict(settings), data, job["depth"])
        np.save(folder / f"lists-{number}.npy", lists, allow_pickle=False)


def run(scorer: str, settings: dict[str, Any], data: dict[str, Any], depth: int) -> Any:
    """Train with these settings and recommend, as LensKit's guide does it."""
    signal = settings.pop("signal")
    chosen = data["values"] >= LIKE_FROM if signal == "likes" else np.ones(len(data["values"]), bool)
    frame = pd.DataFrame({"user_id": data["users"][chosen], "item_id": data["items"][chosen]})
    dataset = from_interactions_df(frame)
    pipeline = topn_pipeline(SCORERS[scorer](**settings))
    pipeline.train(dataset)
    trained_on = np.unique(frame["item_id"])
    starts, rows, values = data["starts"], data["rows"], data["row_values"]
    lists = np.full((len(starts) - 1, depth), -1, np.int64)
    for person in range(len(lists)):
        rated = rows[starts[person] : starts[person + 1]]
        liked = rated if signal == "all" else rated[values[starts[person] : starts[person + 1]] >= LIKE_FROM]
        # LensKit refuses to be asked about an item that is new to it.
        liked = liked[np.isin(liked, trained_on)]
        if not len(liked):
            continue
        trained = int(data["trained"][person])
        query = RecQuery(user_id=trained if trained >= 0 else None, user_items=ItemList(item_ids=liked))
        found = recommend(pipeline, query, depth + len(rated)).ids()
        fresh = found[~np.isin(found, rated)][:depth]
        lists[person, : len(fresh)] = fresh
    return lists


def predicted(name: str, data: dict[str, Any]) -> Any:
    """Ratings of the wanted pairs, LensKit's bias model where the predictor has none."""
    frame = pd.DataFrame({"user_id": data["users"], "item_id": data["items"], "rating": data["values"]})
    pipeline = predict_pipeline(PREDICTORS[name]())
    pipeline.train(from_interactions_df(frame))
    found = np.full(len(data["wanted_users"]), np.nan, np.float32)
    for user in np.unique(data["wanted_users"]):
        places = np.flatnonzero(data["wanted_users"] == user)
        scored = predict(pipeline, int(user), ItemList(item_ids=data["wanted_items"][places]))
        found[places] = scored.scores()
    return np.where(np.isnan(found), np.float32(data["values"].mean()), found)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
