"""What people say goes into the collaborative model, and out of it again when they ask to be forgotten."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assistant.assistant import Assistant
from assistant.folders import building, recover, replace_folder
from assistant.memory import Feedback, Memory, open_memory
from assistant.model_watch import ModelWatch
from assistant.training import on_scale, train_served
from assistant.wiring import assemble
from ranking.build import BLEND_FILE, load_model
from retrieval.build import save_interactions
from retrieval.catalog import Catalog
from retrieval.index import ItemIndex
from retrieval.types import Query
from tests.tiny import WordEmbedder, tiny_interactions
from ui.page import Page
from ui.session import Session
from ui.stored import StoredHistory


class Event:
    """What the browser sends."""

    def __init__(self, **data: object) -> None:
        self._data = data


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(f"sqlite:///{tmp_path / 'c.db'}") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path, tiny_folder: Path) -> Path:
    """A catalog of one's own to train."""
    own = tmp_path / "catalogs" / "tiny"
    shutil.copytree(tiny_folder, own)
    save_interactions(tiny_interactions(), own)
    return own


@pytest.fixture
def assistant(folder: Path) -> Iterator[Assistant]:
    catalog, embedder = Catalog.load(folder), WordEmbedder()
    with ItemIndex.open(folder, catalog, embedder) as index:  # type: ignore[arg-type]
        yield assemble(catalog, index, embedder, folder / "models")  # type: ignore[arg-type]


def cold(folder: Path) -> str:
    """The id of a film that nobody has rated."""
    rated = set(tiny_interactions()["item_id"])
    return next(item_id for item_id in Catalog.load(folder).ids if item_id not in rated)


def scores(folder: Path, liked: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """What the stored model makes of one like."""
    model = load_model(folder / "models")
    assert model is not None
    found: np.ndarray[tuple[int], np.dtype[np.float32]] = model.fold_in(
        np.array([Catalog.load(folder).row(liked)], np.int64)
    )
    return found


def test_what_people_liked_together_is_recommended_together(folder: Path, memory: Memory) -> None:
    item = cold(folder)
    row = Catalog.load(folder).row(item)
    assert not scores(folder, "amelie")[row] > 0
    for person in range(5):
        for number, liked in enumerate((item, "amelie")):
            memory.learning.give(f"p{person}", Feedback(f"f{number}", "like", liked))
    blend = (folder / "models" / BLEND_FILE).read_bytes()
    done = train_served(folder, memory)
    assert (done.ratings, done.said, done.people) == (len(tiny_interactions()), 10, 5)
    assert scores(folder, "amelie")[row] > 0
    assert (folder / "models" / BLEND_FILE).read_bytes() == blend


def test_a_running_assistant_takes_the_new_model_and_loses_who_is_forgotten(
    folder: Path, memory: Memory, assistant: Assistant
) -> None:
    item = cold(folder)
    train_served(folder, memory)
    without = scores(folder, "amelie")
    for number, liked in enumerate((item, "amelie")):
        memory.learning.give("ann", Feedback(f"f{number}", "like", liked))
    watch = ModelWatch(assistant, memory, folder, partial(train_served, folder, memory))
    watch.look()
    train_served(folder, memory)
    before = assistant.ranker
    watch.look()
    assert assistant.ranker is not before
    assert assistant.ranker.counts[assistant.catalog.row(item)] == 1
    assert not np.array_equal(scores(folder, "amelie"), without, equal_nan=True)
    assert memory.privacy.forget("ann").retrain
    watch.look()
    assert not memory.learning.must_retrain()
    assert assistant.ranker.counts[assistant.catalog.row(item)] == 0
    assert np.array_equal(scores(folder, "amelie"), without, equal_nan=True)
    same = assistant.ranker
    watch.look()
    assert assistant.ranker is same
    assert assistant.rank(Query(liked=("amelie",))).items


def test_a_click_on_the_page_reaches_the_model_and_its_undo_takes_it_back(
    folder: Path, memory: Memory, assistant: Assistant
) -> None:
    page = Page(assistant, StoredHistory(memory))
    session = Session()
    page.hello(session, Event(person="p" * 36))
    for _ in page.converse(session, Event(text="something with dreams")):
        pass
    live = session.live
    assert live is not None
    assert live.ranking is not None
    first, second = (ranked.item.id for ranked in live.ranking.cards[:2])
    page.click(session, Event(do="like", id=first))
    assert first in session.state.likes
    page.click(session, Event(do="dislike", id=second))
    frame = memory.learning.interactions()
    assert dict(zip(frame["item_id"], frame["rating"], strict=True)) == {first: 5.0, second: 1.0}
    assert train_served(folder, memory).said == 2
    page.click(session, Event(do="undo"))
    assert list(memory.learning.interactions()["item_id"]) == [first]


def test_somebody_who_only_likes_things_counts(folder: Path, memory: Memory) -> None:
    liked = Catalog.load(folder).ids[:22]
    for item_id in liked:
        memory.learning.give("ann", Feedback(item_id, "like", item_id))
    before = np.load(folder / "models" / "counts.npy")
    assert train_served(folder, memory).said == 22
    assert np.load(folder / "models" / "counts.npy").sum() == before.sum() + 22


def test_a_catalog_without_ratings_learns_from_its_people_alone(folder: Path, memory: Memory) -> None:
    save_interactions(None, folder)
    memory.learning.give("ann", Feedback("f1", "like", "amelie"))
    memory.learning.give("ann", Feedback("f2", "like", "titanic"))
    train_served(folder, memory)
    assert scores(folder, "amelie")[Catalog.load(folder).row("titanic")] > 0
    memory.privacy.forget("ann")
    train_served(folder, memory)
    assert load_model(folder / "models") is None


SAID = pd.DataFrame({"user_id": ["p", "p"], "item_id": ["a", "b"], "rating": [5.0, 1.0], "timestamp": [9, 9]})


@pytest.mark.parametrize(
    ("scale", "expected"),
    [((0.5, 5.0), [5.0, 1.0]), ((1.0, 10.0), [10.0, 2.0]), ((0.0, 1.0), [1.0, 1 / 9]), ((1.0, 1.0), [1.0])],
)
def test_what_was_said_is_moved_onto_the_catalogs_scale(scale: tuple[float, float], expected: list[float]) -> None:
    assert on_scale(SAID, *scale)["rating"].tolist() == pytest.approx(expected)


def test_a_replacement_that_breaks_off_leaves_a_whole_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    final = tmp_path / "models"
    final.mkdir()
    (final / "version").write_text("old")
    rename, calls = Path.rename, []

    def breaking(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == 2:
            raise OSError("the machine went away")
        return rename(self, target)

    new = building(final)
    new.mkdir()
    (new / "version").write_text("new")
    monkeypatch.setattr(Path, "rename", breaking)
    with pytest.raises(OSError, match="went away"):
        replace_folder(new, final)
    monkeypatch.setattr(Path, "rename", rename)
    assert not final.exists()
    recover(final)
    assert (final / "version").read_text() == "old"
    replace_folder(new, final)
    recover(final)
    assert (final / "version").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["models"]
