"""LensKit's models, run in LensKit's own virtual environment: its requirements do not fit beside ours."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from ranking.bench.splits import Split
from ranking.bench.systems import Settings, System, combinations
from ranking.metrics import Lists

JOB = Path(__file__).with_name("lenskit_job.py")
"""Run with -P: the folder of the script holds this module, which would stand in for the library of its name."""


@dataclass(frozen=True, slots=True)
class LensKit:
    """One of LensKit's scorers; `python` is the interpreter of its environment."""

    name: str
    grid: Sequence[Settings]
    python: Path
    origin: str = "lenskit"

    def recommend(self, split: Split, settings: Sequence[Settings], depth: int) -> list[Lists]:
        """See `System`. Raises RuntimeError with LensKit's last words when it fails."""
        training = split.training.preferences().tocoo()
        with TemporaryDirectory() as name:
            folder = Path(name)
            np.savez(
                folder / "data.npz",
                users=training.row,
                items=training.col,
                values=training.data,
                starts=split.profiles.indptr,
                rows=split.profiles.indices,
                row_values=split.profiles.data,
                trained=split.trained,
            )
            job = {"scorer": self.name, "settings": [dict(one) for one in settings], "depth": depth}
            (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
            command = [str(self.python), "-P", str(JOB), str(folder)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own script
            if done.returncode:
                raise RuntimeError(f"LensKit's {self.name} failed: {done.stderr[-800:]}")
            return [np.load(folder / f"lists-{number}.npy", allow_pickle=False) for number in range(len(settings))]


def lenskit_systems(environment: Path) -> list[System]:
    """Its scorers for implicit feedback with their grids. Raises FileNotFoundError when the environment is not one."""
    python = environment / "bin" / "python"
    if not python.exists():
        raise FileNotFoundError(f"{environment} is no virtual environment; create it and `pip install lenskit` there")
    likes, implicit = ("likes",), ("implicit",)
    als = combinations(embedding_size=(64,), regularization=(0.1, 1.0), weight=(8.0,), signal=likes)
    return [
        LensKit("ease", combinations(regularization=(20.0, 60.0, 200.0), signal=likes), python),
        LensKit("als", als, python),
        LensKit("item-knn", combinations(max_nbrs=(20, 100), feedback=implicit, signal=likes), python),
        LensKit("user-knn", combinations(max_nbrs=(30, 80, 200), feedback=implicit, signal=likes), python),
        LensKit("slim", combinations(l1_reg=(1.0,), l2_reg=(1.0, 20.0), signal=likes), python),
    ]
