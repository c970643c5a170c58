"""Whole turns with the default engine and the default catalog."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rich.console import Console

from assistant.assistant import Assistant
from assistant.events import Answer, Cards, Done, Problem, Word
from assistant.launch import assembled
from assistant.settings import Settings
from assistant.state import DialogueState

pytestmark = [pytest.mark.engine, pytest.mark.realdata, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def assistant() -> Iterator[Assistant]:
    with assembled(Settings(), Console(stderr=True)) as opened:
        yield opened


def test_a_conversation_of_three_turns_keeps_its_promises(assistant: Assistant) -> None:
    state, shown = DialogueState(), set[str]()
    for message in (
        "I loved The Matrix and Inception, something mind-bending after 2005, no horror",
        "more like the second one, but shorter",
    ):
        events = list(assistant.reply(state, message))
        assert not [event for event in events if isinstance(event, Problem)]
        cards = next(event for event in events if isinstance(event, Cards))
        done = events[-1]
        assert isinstance(done, Done)
        assert cards.ranking.items
        for ranked in cards.ranking.items:
            assert ranked.item.year is not None
            assert ranked.item.year >= 2006
            assert "horror" not in ranked.item.genres
            assert ranked.item.id not in shown
            shown.add(ranked.item.id)
        assert any(isinstance(event, Word) for event in events)
        assert all(done.reasons)
        assert done.usage.calls <= 2
        assert done.usage.completion_tokens > 0
        state = done.state
    answered = list(assistant.reply(state, "who directed the first one?"))
    directors = assistant.catalog.get(state.last_shown[0]).credited("director")  # type: ignore[union-attr]
    told = next(event for event in answered if isinstance(event, Answer))
    assert directors[0] in told.text
