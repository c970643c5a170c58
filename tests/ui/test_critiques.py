"""Critiques are offered only where they lead somewhere."""

from assistant.state import DialogueState
from ranking.types import Parts, Ranked, Ranking
from retrieval.catalog import Catalog
from tests.ui.fakes import film, films
from ui.critiques import critiques


def shown(catalog, count=5):
    items = [catalog.item(row) for row in range(count)]
    state = DialogueState().showed([item.id for item in items])
    return state, Ranking(tuple(Ranked(item, 1.0, Parts()) for item in items))


def test_each_critique_leaves_what_it_says():
    catalog = Catalog.from_items(films(48))
    state, ranking = shown(catalog)
    offered = {critique.name: critique for critique in critiques(state, ranking, catalog)}
    assert {"older", "newer", "shorter", "lighter", "lesser", "more"} <= offered.keys()
    for name in ("older", "newer", "shorter", "lighter"):
        after = state.apply(offered[name].act)
        assert int(catalog.allowed(after.limits, after.query().exclude).sum()) == offered[name].left


def test_nothing_older_is_offered_where_nothing_is_older():
    catalog = Catalog.from_items([film(n, year=2000 + n // 5) for n in range(30)])
    state, ranking = shown(catalog)
    names = {critique.name for critique in critiques(state, ranking, catalog)}
    assert "older" not in names
    assert "newer" in names


def test_nothing_is_offered_without_cards():
    assert critiques(DialogueState(), Ranking(()), Catalog.from_items(films(12))) == ()


def test_nothing_is_offered_when_all_was_shown():
    catalog = Catalog.from_items(films(5))
    state, ranking = shown(catalog)
    assert critiques(state, ranking, catalog) == ()
