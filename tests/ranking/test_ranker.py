from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ranking.blend import BlendWeights
from ranking.build import build_models, load_ranker
from ranking.diversity import one_of_each
from ranking.evidence import pointing
from ranking.generator import CollaborativeGenerator
from ranking.interactions import Interactions
from ranking.ranker import Ranker
from ranking.types import Parts, Ranking
from retrieval.catalog import Catalog
from retrieval.titlekeys import series
from retrieval.types import Candidates, Constraints, Item, Query

EVEN = {f"i{row:02}" for row in range(0, 14, 2)}


def everything(ranker: Ranker) -> Candidates:
    return Candidates(np.arange(len(ranker.catalog)))


def ids(ranking: Ranking) -> list[str]:
    return [ranked.item.id for ranked in ranking.items]


def test_likes_bring_what_others_liked_and_say_why(ranker: Ranker) -> None:
    ranking = ranker.rank(Query(liked=("i00", "i02"), diversity=0.0), everything(ranker))
    assert set(ids(ranking)) <= EVEN - {"i00", "i02"}
    first = ranking.items[0]
    assert first.parts.collaborative > 0
    assert first.score == pytest.approx(sum(getattr(first.parts, name) for name in first.parts.__slots__), abs=1e-5)
    assert [one.value for one in first.evidence if one.kind == "liked"] in (
        ["Title 0 (2000)", "Title 2 (2002)"],
        ["Title 2 (2002)", "Title 0 (2000)"],
    )


def test_only_dislikes_still_gives_a_list_without_their_like(ranker: Ranker) -> None:
    ranking = ranker.rank(Query(disliked=("i01", "i03"), diversity=0.0), everything(ranker))
    assert set(ids(ranking)) <= EVEN
    assert all(ranked.parts.collaborative == 0 for ranked in ranking.items)


def test_nothing_said_gives_the_popular(ranker: Ranker) -> None:
    assert ids(ranker.rank(Query(diversity=0.0), everything(ranker)))[0] == "i13"
    lesser = Query(diversity=0.0, popularity_bias=-1.0)
    assert ids(ranker.rank(lesser, everything(ranker)))[0] == "i00"


def test_asked_values_are_evidence(ranker: Ranker) -> None:
    query = Query(text="sad, space", genres=("science fiction",), people=("person 1",), count=1)
    first = ranker.rank(query, everything(ranker)).items[0]
    found = {(one.kind, one.value, one.words) for one in first.evidence}
    assert ("genre", "science fiction", "science fiction") in found
    assert ("person", "Person 1", "person 1") in found
    assert ("wish", "space travel", "space") in found
    assert first.parts.match == pytest.approx(BlendWeights().match)


@given(
    liked=st.sets(st.sampled_from([f"i{row:02}" for row in range(14)]), max_size=3),
    excluded=st.sets(st.sampled_from([f"i{row:02}" for row in range(14)]), max_size=6),
    year=st.integers(1995, 2020),
    refused=st.sampled_from([(), ("romance",), ("science fiction",)]),
    diversity=st.floats(0, 1),
    novelty=st.floats(0, 1),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_never_shows_what_may_not_be_shown(
    ranker: Ranker,
    liked: set[str],
    excluded: set[str],
    year: int,
    refused: tuple[str, ...],
    diversity: float,
    novelty: float,
) -> None:
    limits = Constraints(year_from=year, not_genres=frozenset(refused))
    query = Query(
        liked=tuple(liked),
        exclude=frozenset(excluded),
        constraints=limits,
        diversity=diversity,
        novelty=novelty,
    )
    ranking = ranker.rank(query, everything(ranker))
    shown = [ranked.item for ranked in ranking.items]
    assert len({item.id for item in shown}) == len(shown)
    for item in shown:
        assert item.id not in liked | excluded
        assert item.year is not None
        assert item.year >= year
        assert not set(item.genres) & set(refused)
    assert len(shown) == min(5, ranking.trace[-1].left if ranking.items else 0)
    assert all(np.isfinite(ranked.score) for ranked in ranking.items)


def test_half_a_phrase_is_no_evidence(ranker: Ranker) -> None:
    ranking = ranker.rank(Query(text="space opera"), everything(ranker))
    assert not [one for ranked in ranking.items for one in ranked.evidence if one.kind == "wish"]


def test_a_wish_for_the_surprising_takes_the_popular_down(ranker: Ranker) -> None:
    ranker.counts[4] = 500
    for query in (Query(liked=("i00",), novelty=1.0), Query(liked=("i00",), popularity_bias=-1.0)):
        plain = ranker.scores(Query(liked=("i00",)), np.array([4, 6]), None)
        leaning = ranker.scores(query, np.array([4, 6]), None)
        assert leaning[0, 0] / leaning[1, 0] < 0.5 * plain[0, 0] / plain[1, 0]
        assert leaning[0].sum() < plain[0].sum()


def test_limits_that_leave_one_item(ranker: Ranker) -> None:
    limits = Constraints(year_from=2013)
    assert ids(ranker.rank(Query(constraints=limits), everything(ranker))) == ["i13"]


def test_nothing_left_names_each_limit_in_the_way(ranker: Ranker) -> None:
    limits = Constraints(year_from=2013, genres_any=frozenset({"science fiction"}), runtime_to=500)
    ranking = ranker.rank(Query(constraints=limits), everything(ranker))
    assert ranking.items == ()
    assert set(ranking.blocking) == {"year_from", "genres_any"}
    assert {ranked.item.id for ranked in ranking.nearest} <= EVEN | {"i13"}
    assert len(ranking.nearest) == 5


def test_all_shown_already_is_named_too(ranker: Ranker) -> None:
    query = Query(exclude=frozenset(ranker.catalog.ids))
    ranking = ranker.rank(query, everything(ranker))
    assert ranking.blocking == ("exclude",)
    assert ranking.nearest == ()


def test_no_candidates_and_limits_no_one_of_which_is_to_blame(ranker: Ranker) -> None:
    limits = Constraints(year_from=2100, year_to=1900)
    ranking = ranker.rank(Query(constraints=limits), Candidates(np.empty(0, np.int64)))
    assert (ranking.items, ranking.blocking, ranking.nearest) == ((), (), ())


def test_nan_everywhere_still_ranks(ranker: Ranker) -> None:
    ranker.index.vectors[:] = np.nan
    ranking = ranker.rank(Query(liked=("i00",)), everything(ranker))
    assert len(ranking.items) == 5
    assert all(np.isfinite(ranked.score) for ranked in ranking.items)


def test_generator_proposes_allowed_rows_best_first(ranker: Ranker) -> None:
    assert ranker.model is not None
    generator = CollaborativeGenerator(ranker.model, ranker.catalog)
    allowed = np.ones(14, np.bool_)
    allowed[4] = False
    rows, scores = generator.propose(Query(liked=("i00", "i02")), allowed, 3)
    assert set(rows) <= {6, 8, 10}
    assert (np.diff(scores) <= 0).all()
    assert len(generator.propose(Query(), allowed, 3)[0]) == 0
    assert len(generator.propose(Query(liked=("i12",)), allowed, 3)[0]) == 0


def test_new_interactions_serve_the_next_turn(ranker: Ranker) -> None:
    query = Query(liked=("i01",), diversity=0.0, count=13)
    before = ids(ranker.rank(query, everything(ranker))).index("i12")
    for _ in range(20):
        ranker.add_interactions(["i01", "i12"])
    assert ids(ranker.rank(query, everything(ranker))).index("i12") < before
    assert ranker.counts[12] == 20


def test_new_items_serve_the_next_turn(ranker: Ranker) -> None:
    grown = ranker.catalog.extended([Item("i99", "Fresh", year=2030, genres=("romance",))])
    vectors = np.vstack([ranker.index.vectors, ranker.index.vectors[1]])
    ranker.add_items(grown, replace_vectors(ranker, vectors))
    limits = Constraints(year_from=2030)
    ranking = ranker.rank(Query(liked=("i03",), constraints=limits), everything(ranker))
    assert ids(ranking) == ["i99"]
    ranker.add_interactions(["i03", "i99"])
    first = ranker.rank(Query(liked=("i03",), constraints=limits), everything(ranker)).items[0]
    assert first.parts.collaborative > 0


def replace_vectors(ranker: Ranker, vectors: np.ndarray) -> object:
    return replace(ranker.index, vectors=vectors)  # type: ignore[type-var]


def test_built_models_are_loaded_again(
    catalog: Catalog, interactions: Interactions, ranker: Ranker, tmp_path: Path
) -> None:
    build_models(catalog, interactions, tmp_path)
    loaded = load_ranker(catalog, ranker.index, tmp_path)
    assert loaded.counts.tolist() == ranker.counts.tolist()
    assert set(ids(loaded.rank(Query(liked=("i00",), diversity=0.0, count=3), everything(loaded)))) <= EVEN
    with pytest.raises(ValueError, match="concierge index"):
        load_ranker(Catalog.from_items([Item("x", "X")]), ranker.index, tmp_path)


def test_ials_is_chosen_when_ease_would_not_fit(
    catalog: Catalog, interactions: Interactions, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        build_models(catalog, interactions, tmp_path, memory_limit=1000)
    assert "iALS chosen" in caplog.text
    assert (tmp_path / "collaborative.json").read_text().count("ials") == 1


def test_a_catalog_without_interactions_is_ranked_by_words(catalog: Catalog, ranker: Ranker, tmp_path: Path) -> None:
    loaded = load_ranker(catalog, ranker.index, tmp_path)
    assert len(loaded.rank(Query(liked=("i00",)), everything(loaded)).items) == 5


def test_one_card_of_a_series_unless_only_likeness_counts() -> None:
    scores = np.array([5.0, 4.0, 3.0, 2.0, 1.0], np.float32)
    families = ["ring", "ring", "hobbit", "ring", "alien"]
    assert one_of_each(scores, families, 3).tolist() == [0, 2, 4]
    assert one_of_each(scores, families, 4).tolist() == [0, 1, 2, 4], "with too few families the next best stay"
    assert one_of_each(scores, families, 9).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("title", "family"),
    [
        ("The Lord of the Rings: The Two Towers", "lord of the rings"),
        ("Harry Potter and the Goblet of Fire", "harry potter"),
        ("The Godfather: Part II", "godfather"),
        ("The Godfather", "godfather"),
        ("Terminator 2: Judgment Day", "terminator"),
        ("District 13", "district 13"),
        ("Up", "up"),
    ],
)
def test_the_parts_of_a_series_share_a_name(title: str, family: str) -> None:
    assert series(title) == family


def test_something_like_one_of_the_likes_goes_by_that_one(ranker: Ranker) -> None:
    liked = ("i00", "i01")
    first, second = (
        ranker.signals(Query(liked=liked, alike=(one,)), np.array([0, 1]), None).liked_similarity for one in liked
    )
    assert first is not None
    assert second is not None
    assert first[0] > first[1]
    assert second[1] > second[0]


def test_genres_of_likes_are_kept_in_proportion_unless_something_else_is_asked(ranker: Ranker) -> None:
    likes = Query(liked=("i00", "i01"))
    taste = ranker._taste(likes, np.arange(len(ranker.catalog)))
    assert taste is not None
    assert taste.wanted.sum() == pytest.approx(1)
    assert taste.items.shape == (len(ranker.catalog), len(taste.wanted))
    assert ranker._taste(replace(likes, text="slow"), np.arange(3)) is None
    assert ranker._taste(replace(likes, constraints=Constraints(genres_any=frozenset({"drama"}))), np.arange(3)) is None
    assert ranker._taste(Query(), np.arange(3)) is None


def test_other_peoples_choices_are_told_apart_from_likeness() -> None:
    liked = (Item("a", "Space Horror", genres=("horror", "science fiction")),)
    items = (Item("b", "Space Crew", genres=("science fiction",)), Item("c", "Tea for Two", genres=("romance",)))
    ones, parts = np.ones((1, 2), np.float32), [Parts(0.5, 0.0, 0.1), Parts(0.5, 0.0, 0.1)]
    (near,), (chosen,) = pointing(liked, items, ones, ones, parts)
    assert (near.by_others, chosen.by_others) == (False, True)
    assert chosen.weight == pytest.approx(0.6)
    (alone,), (likewise,) = pointing(liked, items, 0 * ones, ones, parts)
    assert not alone.by_others
    assert not likewise.by_others
