"""Answers to what the other side asked about one film."""

from __future__ import annotations

import pytest

from assistant.acts import Intent
from assistant.state import DialogueState
from assistant.understanding.answered import inquiry


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Did you like Titanic?", "liked"),
        ("Good choice. How did you find Inception?", "liked"),
        ("Have you seen Memento?", "seen"),
        ("What was the last film you really loved?", "favourite"),
        ("Do you like horror? Here are three films.", "liked"),
        ("Here are three films.", ""),
        ("", ""),
    ],
)
def test_what_was_asked(question: str, asked: str) -> None:
    assert inquiry(question) == asked


@pytest.mark.parametrize(
    ("question", "answer", "intent", "operator"),
    [
        ("Did you like Titanic?", "not rly, no", Intent.DISLIKE, "not"),
        ("And did you like Titanic?", "yesss 10/10", Intent.LIKE, "="),
        ("How did you find Titanic?", "looong, i was so bored", Intent.DISLIKE, "not"),
        ("Did you like Titanic?", "loved every minute", Intent.LIKE, "="),
    ],
)
def test_an_answer_is_about_the_film_that_was_asked_about(rules, question, answer, intent, operator) -> None:
    act = rules.read(answer, rules.heard(question, DialogueState())).act
    assert act.intent is intent
    assert act.values("title", operator) == ("Titanic",)


def test_seen_is_no_feeling(rules) -> None:
    act = rules.read("yep, years ago", rules.heard("Have you seen Titanic?", DialogueState())).act
    assert act.intent is Intent.SEEN
    assert act.refers_to == ("titanic",)
    assert not act.slots


@pytest.mark.parametrize(
    "answer", ["yes, and only after 2000", "no, something funny please", "a comedy", "Inception was better"]
)
def test_wishes_and_other_titles_are_no_answer(rules, answer: str) -> None:
    act = rules.read(answer, rules.heard("Did you like Titanic?", DialogueState())).act
    assert "Titanic" not in (*act.values("title", "="), *act.values("title", "not"))


def test_a_bare_title_answers_the_question_for_a_favourite(rules) -> None:
    state = rules.heard("What was the last film you really loved?", DialogueState())
    act = rules.read("ehh probably the prestige? saw it with my brother", state).act
    assert act.values("title", "=") == ("The Prestige",)
