"""What each part scores."""

import numpy as np
import pandas as pd
import pytest

from ranking.conversation.cases import Case, Utterance
from ranking.conversation.corpus import to_turn
from ranking.conversation.encoding import Encoder, encode_turns
from ranking.conversation.features import candidates, tabulate
from ranking.conversation.parts.content import Facts
from ranking.conversation.parts.outside import OutsideRatings
from ranking.conversation.parts.text import Meaning
from retrieval.catalog import Catalog
from retrieval.types import Item


def test_genres_people_and_decades_are_read_from_the_words(catalog: Catalog, encoder: Encoder) -> None:
    words = "something scary by person war from the 80s"
    case = Case("1", "1", (Utterance("user", words),), (), ())
    batch = encode_turns([to_turn(catalog, case)], encoder)
    found = Facts.fit(catalog).scores(batch)
    horror, war = catalog.row("horror-3"), catalog.row("war-3")
    comedy = catalog.row("comedy-3")
    assert found["asked_genres_last"][0, horror] > found["asked_genres_last"][0, comedy]
    assert found["asked_names_last"][0, war] == 1
    assert found["asked_names_last"][0, comedy] == 0
    assert found["asked_decade"][0, comedy] == pytest.approx(1.5)
    unread = Facts.fit(catalog).without_text().scores(batch)
    assert unread["asked_genres_last"].max() == 0
    assert unread["asked_names_last"].max() == 0


def test_wishes_replace_the_last_words(catalog: Catalog, encoder: Encoder) -> None:
    case = Case("1", "1", (Utterance("user", "no horror today"),), (), (), wishes="comedy")
    found = Facts.fit(catalog).scores(encode_turns([to_turn(catalog, case)], encoder))
    assert found["asked_genres_last"][0, catalog.row("horror-3")] == 0
    assert found["asked_genres_last"][0, catalog.row("comedy-3")] > 0


def test_refused_items_do_not_count_as_liked_but_stay_out(catalog: Catalog) -> None:
    case = Case("1", "1", (), ("war-1", "comedy-1"), (), disliked=("war-1",))
    turn = to_turn(catalog, case)
    assert turn.liked.tolist() == [catalog.row("comedy-1")]
    assert catalog.row("war-1") in turn.mentioned


def test_who_named_an_item_is_found(catalog: Catalog) -> None:
    context = (Utterance("assistant", "try Tale wa3"), Utterance("user", "I prefer Tale co5"))
    turn = to_turn(catalog, Case("1", "1", context, ("war-3", "comedy-5", "horror-1"), ()))
    assert turn.speakers.tolist() == [1, 2, 0]


def test_nothing_said_and_nothing_named_scores_are_finite(catalog: Catalog, encoder: Encoder) -> None:
    vectors = encoder.encode(["x"] * len(catalog))
    batch = encode_turns([to_turn(catalog, Case("1", "1", (), (), ()))], encoder)
    assert all(np.isfinite(values).all() for values in Meaning(vectors).scores(batch).values())


def test_outside_ratings_are_linked_by_title_and_year(catalog: Catalog, encoder: Encoder) -> None:
    rows = [
        (f"u{user}", f"Tale {group[:2]}{number}", 1980.0 + number, 5.0)
        for user in range(20)
        for group in ("horror", "comedy", "western", "war", "romance")
        for number in range(2, 12)
        if (user % 2 == 0) == (group in ("horror", "war"))
    ]
    ratings = pd.DataFrame(rows, columns=["user_id", "title", "year", "rating"])
    part = OutsideRatings.fit(catalog, ratings)
    assert part is not None
    batch = encode_turns([to_turn(catalog, Case("1", "1", (), ("horror-3",), ()))], encoder)
    found = part.scores(batch)["outside_sum"][0]
    assert found[catalog.row("war-4")] > found[catalog.row("comedy-4")]
    wrong_years = ratings.assign(year=1920.0)
    assert OutsideRatings.fit(catalog, wrong_years) is None


def test_candidates_leave_out_what_was_mentioned_and_fall_back_on_popularity() -> None:
    popular = np.arange(200, dtype=np.float32)
    found = candidates({"pop_named": popular, "ease_sum": np.zeros(200, np.float32)}, np.array([199, 198]))
    assert not {198, 199} & set(found.tolist())
    assert {197, 190} <= set(found.tolist())


def test_gold_that_no_part_proposes_is_not_slipped_in(catalog: Catalog, encoder: Encoder) -> None:
    scores = {"ease_sum": np.tile(np.arange(len(catalog), dtype=np.float32), (1, 1))}
    least, most = catalog.ids[0], catalog.ids[-1]
    turn = to_turn(catalog, Case("1", "1", (), (), (least, most)))
    table = tabulate(scores, encode_turns([turn], encoder)).sampled(20, 0)
    assert len(table.rows) == 20
    assert table.rows[table.gold].tolist() == [catalog.row(most)]


def test_a_catalog_of_bare_titles_has_scores_too(encoder: Encoder) -> None:
    bare = Catalog.from_items(Item(id=str(number), title=f"Thing {number}") for number in range(5))
    batch = encode_turns([to_turn(bare, Case("1", "1", (Utterance("user", "a funny one"),), ("1",), ()))], encoder)
    found = Facts.fit(bare).scores(batch)
    assert found["asked_genres_last"].tolist() == [[0.0] * 5]
    assert np.isnan(found["year"]).all()
