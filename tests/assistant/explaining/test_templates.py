from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from assistant.explaining import Explainer, check, gather, reasons, wish_lines
from assistant.explaining.templates import tie, with_reason
from assistant.state import DialogueState
from ranking.types import Evidence, Parts, Ranked, Ranking
from tests.assistant.explaining.conftest import DAY, NIGHT
from tests.fakes import QueueModel


def ranked(*evidence: Evidence) -> Ranked:
    return Ranked(NIGHT, 1.0, Parts(), evidence)


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        (Evidence("keyword", "train", "train"), "with the “train” you asked for"),
        (Evidence("wish", "train", "night train"), "with the “train” you asked for"),
        (Evidence("wish", "wedding", "light-hearted"), "with the theme “wedding” for your “light-hearted”"),
        (Evidence("wish", "comedy", "light-hearted"), "to match your “light-hearted”"),
        (Evidence("person", "Ann Reed", "Ann Reed"), "directed by Ann Reed, as you asked"),
        (Evidence("runtime", "97 minutes", "up to 100 minutes"), "97 minutes long, within the length you set"),
    ],
)
def test_a_tie_names_what_met_the_wish(evidence: Evidence, said: str) -> None:
    assert tie(ranked(evidence), 0, chinese=False) == said


def test_the_same_reason_is_not_said_alike_on_every_card() -> None:
    wished, person = Evidence("keyword", "train", "train"), Evidence("person", "Ann Reed", "Ann Reed")
    for evidence in (wished, person):
        said = [tie(ranked(evidence), number, chinese=False) for number in range(3)]
        assert len(set(said)) == 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_others_chose_is_not_called_alike(language: Literal["en", "zh"]) -> None:
    state = DialogueState(language=language)
    chosen = Ranking((ranked(Evidence("liked", "Heat", "Heat", 0.5, by_others=True)),) * 3)
    near = Ranking((ranked(Evidence("liked", "Heat", "Heat", 0.5)),) * 3)
    lines = reasons(chosen, state)
    assert not set(lines) & set(reasons(near, state))
    assert all("Heat" in line and check(line, gather(chosen, state)) == () for line in lines), lines


def test_two_reasons_are_joined_by_one_and() -> None:
    liked, wished = Evidence("liked", "Heat", "Heat", 0.5), Evidence("keyword", "train", "train", 0.4)
    lines = reasons(Ranking((ranked(liked, wished),) * 3), DialogueState())
    assert all("and and" not in line for line in lines), lines
    assert all("train" in line for line in lines)


def test_ratings_are_told_once_and_only_where_they_speak_for_the_item() -> None:
    both = ranked(Evidence("popularity", "1200"), Evidence("rating", "7.1"))
    state = DialogueState()
    assert reasons(Ranking((both,)), state)[0].endswith("rated 7.1 out of 10 by 1,200 people.")
    poor = replace(both, item=replace(NIGHT, rating=5.2))
    assert reasons(Ranking((poor,)), state)[0].endswith(", rated by 1,200 people.")


def test_wishes_are_told_in_chinese_and_no_theme_twice() -> None:
    state = DialogueState(language="zh", wishes=("light-hearted", "world war ii"))
    assert wish_lines(state) == ("轻松", "二战")
    wedding = Ranked(DAY, 1.0, Parts(), (Evidence("wish", "wedding", "light-hearted"),))
    ranking = Ranking((wedding,))
    line = reasons(ranking, state)[0]
    assert line == "1985年的爱情喜剧片，Cy Young执导，关于婚礼，合你“轻松”的要求。"
    assert check(line, gather(ranking, state)) == ()
    told = {"number": 0, "chinese": True, "kind_too": False, "tie_too": True}
    assert with_reason("讲述小镇的爱情片", wedding, **told) == "讲述小镇的爱情片，婚礼题材，合你“轻松”的要求。"  # type: ignore[arg-type]
    asked = Ranked(DAY, 1.0, Parts(), (Evidence("keyword", "wedding", "wedding"),))
    assert with_reason("讲述婚礼的爱情片", asked, **told) == "讲述婚礼的爱情片，正合你的要求。"  # type: ignore[arg-type]


def test_a_sentence_that_names_the_person_asked_for_is_the_reason_itself() -> None:
    state = DialogueState(people=("Ann Reed",))
    card = ranked(Evidence("person", "Ann Reed", "Ann Reed"))
    named = replace(card, item=replace(NIGHT, description="Ann Reed rides the last train to Lisbon."))
    for shown, answer, line in (
        (named, "Ann Reed rides the last train to Lisbon", "– a horror thriller."),
        (card, "The last train to Lisbon never stops", "– a horror thriller, directed by Ann Reed, as you asked."),
    ):
        text = "".join(Explainer(QueueModel([answer])).explain(Ranking((shown,)), state))
        assert text == f"Night Train: {answer} {line}"
