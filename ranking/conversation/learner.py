"""LambdaMART over the features: several LightGBM models, each trained without one fold of the dialogs, averaged."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from ranking.conversation.features import Table
from ranking.conversation.parts.types import Matrix

BASE = ("neural", "linear")
"""Log-probabilities that are summed to start from; the trees learn what to add."""


@dataclass(frozen=True, slots=True)
class LearnerConfig:
    """LambdaMART (Burges, 2010) as LightGBM has it; trees are added until the held-out fold stops gaining.

    Trees are small and each sees few of the features: most features tell the same story, and with a few hundred turns
    large trees learn those turns by heart. `at_once` models are trained side by side, each on so many `threads`.
    """

    most_trees: int = 300
    patience: int = 25
    learning_rate: float = 0.08
    leaves: int = 7
    least_in_leaf: int = 40
    feature_share: float = 0.2
    row_share: float = 0.8
    l2: float = 5.0
    cutoff: int = 20
    threads: int = 1
    at_once: int = 2
    seed: int = 0

    def parameters(self, seed: int) -> dict[str, object]:
        """LightGBM's names for these settings."""
        return {
            "objective": "lambdarank",
            "metric": "ndcg",
            "eval_at": [10],
            "learning_rate": self.learning_rate,
            "num_leaves": self.leaves,
            "min_data_in_leaf": self.least_in_leaf,
            "feature_fraction": self.feature_share,
            "bagging_fraction": self.row_share,
            "bagging_freq": 1,
            "lambda_l2": self.l2,
            "lambdarank_truncation_level": self.cutoff,
            "seed": seed,
            "num_threads": self.threads,
            "verbosity": -1,
            "deterministic": True,
            "force_row_wise": True,
        }


@dataclass(frozen=True)
class Learner:
    """The models and the features they read, in order."""

    names: tuple[str, ...]
    models: tuple[lgb.Booster, ...]

    @classmethod
    def fit(
        cls,
        table: Table,
        fold: NDArray[np.int64],
        config: LearnerConfig,
        names: Sequence[str] | None = None,
        progress: bool = True,
    ) -> Learner:
        """Train a model for each fold, stopped by it. `fold` is each turn's; `names` limits the features."""
        chosen = tuple(names or table.names)
        columns = [table.names.index(name) for name in chosen]
        features = table.features if len(columns) == len(table.names) else table.features[:, columns]
        base = _base(chosen, features)

        def member(number: int) -> lgb.Booster:
            held = np.repeat(fold == number, table.sizes)
            data = lgb.Dataset(
                features[~held],
                table.gold[~held],
                group=table.sizes[fold != number],
                init_score=base[~held],
                feature_name=list(chosen),
            )
            check = data.create_valid(
                features[held], table.gold[held], group=table.sizes[fold == number], init_score=base[held]
            )
            stop = lgb.early_stopping(config.patience, verbose=False)
            parameters = config.parameters(config.seed + number)
            model = lgb.train(parameters, data, config.most_trees, valid_sets=[check], callbacks=[stop])
            bar.update()
            return model

        folds = range(int(fold.max()) + 1)
        with (
            tqdm(total=len(folds), desc="Ranker", unit=" folds", disable=not progress) as bar,
            ThreadPoolExecutor(config.at_once) as pool,
        ):
            models = tuple(pool.map(member, folds))
        return cls(chosen, models)

    def predict(self, names: Sequence[str], features: Matrix) -> NDArray[np.float64]:
        """What to start from and what the trees add, the mean of the models, for each row of features, shape (n,)."""
        chosen = features[:, [names.index(name) for name in self.names]]
        total = _base(self.names, chosen)
        for model in self.models:
            added = np.asarray(model.predict(chosen, num_iteration=model.best_iteration), np.float64)
            total += added / len(self.models)
        return total

    def held_out(self, table: Table, fold: NDArray[np.int64]) -> NDArray[np.float64]:
        """As `predict`, each turn by the one model that was trained without its `fold`, shape (rows of the table,)."""
        found = np.empty(len(table.rows))
        for number, model in enumerate(self.models):
            rows = np.repeat(fold == number, table.sizes)
            if rows.any():
                found[rows] = Learner(self.names, (model,)).predict(table.names, table.features[rows])
        return found

    def save(self, folder: Path) -> None:
        """Write one text file a model."""
        for number, model in enumerate(self.models):
            model.save_model(folder / f"ranker-{number}.txt", num_iteration=model.best_iteration)

    @classmethod
    def load(cls, folder: Path) -> Learner:
        """Read what `save` wrote. Raises FileNotFoundError when there is none."""
        paths = sorted(folder.glob("ranker-*.txt"))
        if not paths:
            raise FileNotFoundError(f"no learned ranker in {folder}; run `concierge train`")
        models = tuple(lgb.Booster(model_file=path) for path in paths)
        return cls(tuple(models[0].feature_name()), models)

    def importance(self) -> dict[str, float]:
        """The share of the total gain that each feature has, largest first."""
        gain = np.sum([model.feature_importance("gain") for model in self.models], axis=0)
        order = np.argsort(-gain)
        return {self.names[place]: float(gain[place] / max(gain.sum(), 1e-9)) for place in order}


def _base(names: Sequence[str], features: Matrix) -> NDArray[np.float64]:
    columns = [names.index(name) for name in BASE if name in names]
    return np.asarray(features[:, columns].sum(axis=1), np.float64)
