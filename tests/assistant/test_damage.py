"""Half-written catalogs: the last good state is served, or it is said what is the matter."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import assistant.wiring as wiring
from assistant.assistant import Assistant
from assistant.folders import recover
from assistant.memory import Feedback, open_memory
from assistant.model_watch import ModelWatch
from assistant.settings import Settings
from assistant.training import train_served
from ranking.build import META_FILE, MODEL_FILE
from retrieval.build import save_interactions
from retrieval.index import IndexProblem
from retrieval.types import Query
from tests.tiny import WordEmbedder, tiny_interactions

# NumPy leaves a damaged archive open until it is collected.
pytestmark = pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def settings(tmp_path: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a home with the tiny catalog in it."""
    monkeypatch.setenv("CONCIERGE_HOME", str(tmp_path))
    monkeypatch.setattr(wiring, "Embedder", lambda _folder: WordEmbedder())
    settings = Settings().but(catalog="tiny")
    shutil.copytree(tiny_folder, settings.catalog_dir)
    save_interactions(tiny_interactions(), settings.catalog_dir)
    return settings


@contextmanager
def opened(settings: Settings) -> Iterator[Assistant]:
    with wiring.open_assistant(settings, None) as assistant:
        assert assistant.rank(Query(liked=("amelie",))).items
        yield assistant


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
@pytest.mark.parametrize(
    "file",
    ["items.parquet", "vectors.npy", "chroma/chroma.sqlite3", "models/collaborative.npz", "models/counts.npy",
     "models/collaborative.json", "models/blend.json"],
)  # fmt: skip
def test_a_file_that_was_cut_off_is_read_again_or_named(settings: Settings, file: str, share: float) -> None:
    path = settings.catalog_dir / file
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    said = f"{settings.catalog_dir}, concierge"
    try:
        with opened(settings):
            pass
    except (wiring.CatalogDamaged, IndexProblem) as problem:
        said = str(problem)
    assert str(settings.catalog_dir) in said
    assert "concierge" in said


def test_cut_off_vectors_are_read_from_chroma(settings: Settings) -> None:
    path = settings.catalog_dir / "vectors.npy"
    path.write_bytes(path.read_bytes()[:1000])
    with opened(settings):
        pass


def test_a_model_that_cannot_be_read_leaves_the_one_in_use(settings: Settings, tmp_path: Path) -> None:
    folder = settings.catalog_dir
    with opened(settings) as assistant, open_memory(f"sqlite:///{tmp_path / 'c.db'}") as memory:
        watch = ModelWatch(assistant, memory, folder, lambda: None)
        before = assistant.ranker
        (folder / "models" / MODEL_FILE).write_bytes(b"half a mod")
        meta = folder / "models" / META_FILE
        meta.write_text(meta.read_text())
        with pytest.raises(Exception, match=r"."):
            watch.look()
        assert assistant.ranker is before
        memory.learning.give("ann", Feedback("f1", "like", "amelie"))
        train_served(folder, memory)
        watch.look()
        assert assistant.ranker is not before


BUILDING = """
import sys
from pathlib import Path
from assistant.folders import building, replace_folder
from tests.tiny import build_tiny
final = Path(sys.argv[1])
print("ready", flush=True)
while True:
    replace_folder(build_tiny(building(final)), final)
"""
TRAINING = """
import sys
from pathlib import Path
from assistant.memory import open_memory
from assistant.training import train_served
final = Path(sys.argv[1])
with open_memory(f"sqlite:///{final.parent}/c.db") as memory:
    print("ready", flush=True)
    while True:
        train_served(final, memory)
"""


@pytest.mark.slow
@pytest.mark.parametrize("work", [BUILDING, TRAINING])
def test_a_build_killed_at_any_moment_leaves_a_catalog_that_serves(settings: Settings, work: str) -> None:
    chance = random.Random(5)
    root = Path(__file__).parents[2]
    for _ in range(5):
        command = [sys.executable, "-c", work, str(settings.catalog_dir)]
        with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0.0, 1.5))
            process.send_signal(signal.SIGKILL)
        recover(settings.catalog_dir)
        recover(settings.catalog_dir / "models")
        with opened(settings):
            pass
