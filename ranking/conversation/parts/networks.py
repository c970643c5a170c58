"""Several networks, each trained without one fold of the dialogs; what they think together counts."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from ranking.conversation.corpus import Corpus
from ranking.conversation.encoding import batch_without
from ranking.conversation.parts.network import ItemFacts
from ranking.conversation.parts.neural import Neural, NeuralConfig
from ranking.conversation.parts.types import Batch, Matrix


@dataclass(frozen=True)
class Networks:
    """`folds` tells for each member which fold of the dialogs it has not seen."""

    members: tuple[Neural, ...]
    folds: tuple[int, ...]

    @classmethod
    def fit(
        cls,
        corpus: Corpus,
        batch: Batch,
        fold: NDArray[np.int64],
        items: tuple[Matrix, ItemFacts],
        config: NeuralConfig,
        each: int,
        progress: bool,
    ) -> Networks:
        """Train `each` networks without every `fold` of the dialogs, as many at a time as PyTorch has threads."""
        folds = tuple(number for _ in range(each) for number in range(int(fold.max()) + 1))
        threads = torch.get_num_threads()

        def member(job: tuple[int, int]) -> Neural:
            torch.set_num_threads(1)
            seed, held_fold = job
            rest, told = batch_without(corpus, batch, fold == held_fold)
            return Neural.fit(rest, told, items, replace(config, seed=config.seed + seed), bar.update)

        bars = "{desc}: {percentage:3.0f}%|{bar}| {n:.1f}/{total:.0f} [{elapsed}<{remaining}]"
        with tqdm(total=len(folds), desc="Networks", bar_format=bars, disable=not progress) as bar:
            try:
                # Side by side on one thread each: products this small gain little from a second thread.
                with ThreadPoolExecutor(threads) as pool:
                    return cls(tuple(pool.map(member, enumerate(folds))), folds)
            finally:
                torch.set_num_threads(threads)

    def unseen(self, fold: int) -> Networks:
        """Those that have not seen the dialogs of this fold."""
        kept = [place for place, held in enumerate(self.folds) if held == fold]
        return Networks(tuple(self.members[place] for place in kept), (fold,) * len(kept))

    def scores(self, batch: Batch) -> Mapping[str, Matrix]:
        """`neural`: the mean log-probability of each item being named next."""
        total: Matrix = np.zeros((len(batch), 1), np.float32)
        for member in self.members:
            total = total + member.scores(batch)["neural"]
        return {"neural": total / np.float32(len(self.members))}
