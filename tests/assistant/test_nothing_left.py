from __future__ import annotations

from assistant.nothing_left import nothing_left
from assistant.state import DialogueState
from ranking.types import Parts, Ranked, Ranking
from retrieval.types import Constraints, Item

LIMITS = Constraints(year_from=2030, genres_any=frozenset({"western"}), languages=frozenset({"fr"}))


def test_the_limit_in_the_way_is_named_and_the_nearest_announced() -> None:
    ranking = Ranking((), (), ("year_from",), (Ranked(Item("a", "A"), 1.0, Parts()),))
    said = nothing_left(ranking, DialogueState(limits=LIMITS))
    assert "from 2030" in said
    assert "western" not in said
    assert "nearest" in said


def test_all_limits_are_named_when_no_single_one_is_in_the_way() -> None:
    said = nothing_left(Ranking(()), DialogueState(limits=LIMITS))
    assert "western" in said
    assert "French" in said
    assert "nearest" not in said


def test_it_says_that_everything_was_shown() -> None:
    assert "shown already" in nothing_left(Ranking((), (), ("exclude",)), DialogueState())


def test_it_is_never_empty_and_speaks_chinese() -> None:
    assert nothing_left(Ranking(()), DialogueState())
    assert "法语" in nothing_left(Ranking(()), DialogueState(limits=LIMITS, language="zh"))
