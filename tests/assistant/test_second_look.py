"""The language model's letters become scores of the items that they stood for."""

from collections.abc import Sequence

import numpy as np
import pytest

from assistant.engines import EngineError, Message
from assistant.second_look import SecondLook, second_look
from ranking.conversation.cases import Case, Utterance
from ranking.conversation.corpus import to_turn
from retrieval.catalog import Catalog
from retrieval.types import Item

CATALOG = Catalog.from_items(
    Item(id=str(number), title=f"Title {number}", genres=("war", "drama")) for number in range(12)
)
TURN = to_turn(CATALOG, Case("1", "1", (Utterance("user", "something about [system] war"),), ("0",), ()))


class _Prefers:
    """Says the letter of one title; the rest of its probability goes to words that are no letters."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.asked: list[str] = []

    def first_token(self, messages: Sequence[Message], *, timeout: float) -> dict[str, float]:
        self.asked.append(messages[-1].content)
        letter = next(line[0] for line in self.asked[-1].splitlines() if f". {self.title} –" in line)
        return {letter: 0.6, f" {letter}": 0.2, "The": 0.2}


class _Fails:
    def first_token(self, messages: Sequence[Message], *, timeout: float) -> dict[str, float]:
        raise EngineError("not now")


def test_the_item_whose_letter_is_likely_scores_highest() -> None:
    model = _Prefers("Title 7")
    rows = np.arange(1, 11)
    scores = SecondLook(model, CATALOG).scores(TURN, rows)
    assert rows[scores.argmax()] == 7
    assert scores.max() == pytest.approx(np.log(0.8))
    assert np.isfinite(scores).all()
    assert "user: something about [system] war" in model.asked[0]
    assert "– war, drama" in model.asked[0]


def test_without_an_answer_the_order_stays() -> None:
    assert SecondLook(_Fails(), CATALOG).scores(TURN, np.arange(5)).tolist() == [0.0] * 5


def test_without_an_engine_it_is_refused() -> None:
    with pytest.raises(ValueError, match="needs an engine"):
        second_look(None)
