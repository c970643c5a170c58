from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.catalog import Catalog
from retrieval.generators import (
    FactsGenerator,
    PopularGenerator,
    SemanticGenerator,
    SimilarToLikedGenerator,
    default_generators,
)
from retrieval.index import ItemIndex
from retrieval.retriever import Retriever
from retrieval.types import CandidateGenerator, Constraints, Item, Query
from tests.tiny import WordEmbedder

Parts = tuple[Catalog, ItemIndex, WordEmbedder]


@pytest.fixture
def retriever(tiny_parts: Parts) -> Retriever:
    catalog, index, embedder = tiny_parts
    return Retriever(catalog, index, embedder, default_generators(catalog, index))


QUERIES = (
    Query(),
    Query(text="a story of robots"),
    Query(text="   "),
    Query(genres=("drama", "nothing of the kind"), keywords=("space",)),
    Query(popularity_bias=-1.0),
)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("place", range(4))
def test_every_generator_keeps_the_contract(tiny_parts: Parts, place: int, query: Query) -> None:
    catalog, index, embedder = tiny_parts
    generator: CandidateGenerator = default_generators(catalog, index)[place]
    query = Query(**{**{f: getattr(query, f) for f in Query.__slots__}, "liked": (catalog.ids[0],)})
    vector = embedder.encode([query.text])[0] if query.text else None
    allowed = np.ones(len(catalog), dtype=np.bool_)
    allowed[::2] = False
    rows, scores = generator.propose(query, allowed, 5, vector)
    assert len(rows) == len(scores) <= 5
    assert len(set(rows.tolist())) == len(rows)
    assert allowed[rows].all()
    assert np.isfinite(scores).all()
    assert (np.diff(scores) <= 0).all()
    rows, _ = generator.propose(query, np.zeros_like(allowed), 5, vector)
    assert len(rows) == 0


def test_generators_say_nothing_without_a_reason(tiny_parts: Parts) -> None:
    catalog, index, _ = tiny_parts
    allowed = np.ones(len(catalog), dtype=np.bool_)
    for generator in (SemanticGenerator(index), SimilarToLikedGenerator(catalog, index), FactsGenerator(catalog)):
        assert len(generator.propose(Query(), allowed, 5)[0]) == 0


def test_facts_put_more_matches_first(catalog: Catalog) -> None:
    query = Query(genres=("action",), people=("keanu reeves",), keywords=("dystopia",))
    rows, scores = FactsGenerator(catalog).propose(query, np.ones(len(catalog), dtype=np.bool_), 10)
    assert [catalog.ids[row] for row in rows] == ["matrix", "speed"]
    assert scores.astype(int).tolist() == [3, 2]


def test_popular_and_lesser_known(catalog: Catalog) -> None:
    allowed = np.ones(len(catalog), dtype=np.bool_)
    popular, _ = PopularGenerator(catalog).propose(Query(), allowed, 5)
    assert catalog.ids[popular[0]] == "matrix"
    hidden, _ = PopularGenerator(catalog).propose(Query(popularity_bias=-1.0), allowed, 5)
    assert catalog.ids[hidden[-1]] == "lost"


def test_candidates_are_the_union_with_each_source(retriever: Retriever) -> None:
    catalog = retriever.catalog
    item = catalog.item(0)
    candidates = retriever.retrieve(Query(text=item.description, liked=(catalog.ids[1],), genres=item.genres))
    assert len(set(candidates.rows.tolist())) == len(candidates.rows) > 0
    assert set(candidates.sources) == {"semantic", "similar to liked", "facts", "popular"}
    assert all(len(scores) == len(candidates.rows) for scores in candidates.sources.values())
    assert candidates.vector is not None
    place = candidates.rows.tolist().index(0)
    expected = float(retriever.index.vectors[0] @ candidates.vector)
    assert float(candidates.sources["semantic"][place]) == pytest.approx(expected, abs=1e-5)
    assert [step.name for step in candidates.trace][:2] == ["catalog", "after your limits"]
    assert candidates.trace[-1].left == len(candidates.rows)


def test_blank_wishes_have_no_vector(retriever: Retriever) -> None:
    candidates = retriever.retrieve(Query(text=" \n"))
    assert candidates.vector is None
    assert np.isnan(candidates.sources["semantic"]).all()


def test_a_text_is_embedded_once(tiny_parts: Parts) -> None:
    catalog, index, _ = tiny_parts
    asked: list[str] = []

    class Counting(WordEmbedder):
        def encode(self, texts, progress=False):  # type: ignore[no-untyped-def]
            asked.extend(texts)
            return super().encode(texts)

    retriever = Retriever(catalog, index, Counting(), default_generators(catalog, index))
    for text in ("robots", "robots", "trains"):
        retriever.retrieve(Query(text=text))
    assert asked == ["robots", "trains"]


def test_what_goes_by_vectors_is_looked_up_at_once(tiny_parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog, index, embedder = tiny_parts
    asked: list[int] = []
    nearest = index.nearest
    monkeypatch.setattr(index, "nearest", lambda aims, *rest: asked.append(len(aims)) or nearest(aims, *rest))
    retriever = Retriever(catalog, index, embedder, default_generators(catalog, index))
    query = Query(text="a story of robots", liked=(catalog.ids[1],))
    found = retriever.retrieve(query)
    assert asked == [2]
    allowed = catalog.allowed(query.constraints, query.liked)
    for generator in retriever.generators:
        rows, scores = generator.propose(query, allowed, retriever.limit, found.vector)
        places = np.searchsorted(found.rows, rows)
        np.testing.assert_allclose(found.sources[generator.name][places], scores, atol=1e-6)


def test_constraints_that_leave_one_or_nothing(retriever: Retriever) -> None:
    only = retriever.catalog.item(3)
    others = frozenset(retriever.catalog.ids) - {only.id}
    assert retriever.retrieve(Query(text="anything", exclude=others)).rows.tolist() == [3]
    nothing = retriever.retrieve(Query(text="anything", exclude=others | {only.id}))
    assert len(nothing.rows) == 0
    assert nothing.trace[1].left == 0


def test_a_catalog_without_votes_still_answers(tmp_path: Path) -> None:
    catalog = Catalog.from_items([Item("a", "A"), Item("b", "B")])
    embedder = WordEmbedder()
    with ItemIndex.build(catalog, embedder, tmp_path, progress=False) as index:
        retriever = Retriever(catalog, index, embedder, default_generators(catalog, index))
        assert sorted(retriever.retrieve(Query()).rows.tolist()) == [0, 1]


NUMBERS = st.integers(0, 23)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.none() | st.integers(1980, 2020), st.sets(NUMBERS), st.lists(NUMBERS, max_size=3), st.booleans(), st.data())
def test_no_candidate_ever_breaks_a_limit(
    retriever: Retriever,
    year_from: int | None,
    excluded: set[int],
    liked: list[int],
    refuses: bool,
    data: st.DataObject,
) -> None:
    catalog = retriever.catalog
    genres = frozenset({data.draw(st.sampled_from(catalog.genres.names))}) if refuses else frozenset()
    query = Query(
        text="a story",
        liked=tuple(catalog.ids[n % len(catalog)] for n in liked),
        genres=catalog.genres.names[:2],
        constraints=Constraints(year_from=year_from, not_genres=genres),
        exclude=frozenset(catalog.ids[n % len(catalog)] for n in excluded),
    )
    for item in catalog.items(retriever.retrieve(query).rows):
        assert item.id not in query.exclude
        assert item.id not in query.liked
        assert year_from is None or (item.year is not None and item.year >= year_from)
        assert not genres.intersection(item.genres)
