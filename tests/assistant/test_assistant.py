from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.acts import DialogueAct, Intent, Slot
from assistant.assistant import LONGEST_MESSAGE, Assistant, InputProblem, clean
from assistant.engines.types import EngineBusy, EngineError
from assistant.events import Cards, Done, Event, Problem, Understood, Word
from assistant.state import DialogueState
from ranking.types import Ranked
from retrieval.types import Constraints
from tests.fakes import QueueModel

MakeAssistant = Callable[[QueueModel | None], Assistant]


def one(events: list[Event], kind: type) -> Event:
    found = [event for event in events if isinstance(event, kind)]
    assert len(found) == 1, f"{kind.__name__}: {len(found)} in {events}"
    return found[0]


def titles(events: list[Event]) -> list[str]:
    cards = one(events, Cards)
    assert isinstance(cards, Cards)
    return [ranked.item.title for ranked in cards.ranking.items]


def state_after(events: list[Event]) -> DialogueState:
    done = events[-1]
    assert isinstance(done, Done)
    return done.state


def talking(understood: str = "{}", told: str = "1. A story of dreams.") -> QueueModel:
    return QueueModel([understood, told], default="{}")


def test_a_turn_understands_then_shows_cards_then_talks(make_assistant: MakeAssistant) -> None:
    events = list(
        make_assistant(talking()).reply(DialogueState(), "I loved The Matrix, something after 2005, no horror, quokkas")
    )
    kinds = [type(event) for event in events]
    assert kinds[0] is Understood
    assert kinds.index(Cards) < kinds.index(Word)
    assert kinds[-1] is Done
    done = events[-1]
    assert isinstance(done, Done)
    assert done.reply == "".join(event.text for event in events if isinstance(event, Word))
    assert {"understand", "retrieve", "rank", "cards", "first_word", "total"} <= done.timings_ms.keys()
    assert len(done.reasons) == len(titles(events)) > 0
    assert done.usage.calls == 2


def test_limits_hold_and_the_liked_title_points_to_its_neighbours(make_assistant: MakeAssistant) -> None:
    events = list(
        make_assistant(talking()).reply(DialogueState(), "I loved The Matrix, something after 2005, no horror, quokkas")
    )
    cards = one(events, Cards)
    assert isinstance(cards, Cards)
    for ranked in cards.ranking.items:
        assert ranked.item.year is not None
        assert ranked.item.year >= 2005
        assert "horror" not in ranked.item.genres
    assert "The Matrix" not in titles(events)
    assert titles(events)[0] in {"Inception", "Interstellar", "The Prestige", "Arrival", "Moon", "Source Code"}
    assert any(evidence.kind == "liked" for ranked in cards.ranking.items for evidence in ranked.evidence)


def test_nothing_comes_back_in_the_next_turn(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(QueueModel(default="{}"))
    first = list(assistant.reply(DialogueState(), "I loved The Matrix"))
    second = list(assistant.reply(state_after(first), "something else please"))
    assert titles(second)
    assert not set(titles(first)) & set(titles(second))


def test_a_click_reranks_without_the_language_model(make_assistant: MakeAssistant) -> None:
    model = QueueModel(default="{}")
    assistant = make_assistant(model)
    first = list(assistant.reply(DialogueState(), "science fiction please"))
    asked = len(model.prompts)
    state = state_after(first)
    act = DialogueAct(Intent.LIKE, (Slot("title", "=", "Moon", item_id="moon"),))
    events = list(assistant.act(state, act))
    assert len(model.prompts) == asked
    assert "moon" in state_after(events).likes
    assert "Moon" not in titles(events)
    rejected = state.last_shown[0]
    after = list(assistant.act(state, DialogueAct(Intent.REJECT, refers_to=(rejected,))))
    assert rejected in state_after(after).rejected
    assert rejected not in state_after(after).last_shown


@pytest.mark.parametrize("message", ["", "   ", "\x00\x07", "x" * (LONGEST_MESSAGE + 1), "a" * 20_000])
def test_what_cannot_be_read_is_refused_and_nothing_is_lost(make_assistant: MakeAssistant, message: str) -> None:
    before = DialogueState(likes=("matrix",))
    events = list(make_assistant(QueueModel()).reply(before, message))
    problem = one(events, Problem)
    assert isinstance(problem, Problem)
    assert problem.kind == "input"
    assert state_after(events) == before


def test_control_characters_are_taken_out_and_words_kept() -> None:
    assert clean("no\x00 hor\x1bror\n\t please\u200b") == "no horror please\u200b"
    with pytest.raises(InputProblem, match="empty"):
        clean("\x00 \n")


def test_without_an_engine_it_answers_by_rules_and_says_so(make_assistant: MakeAssistant) -> None:
    events = list(make_assistant(None).reply(DialogueState(), "I loved The Matrix, no horror, after 2005"))
    problem = one(events, Problem)
    assert isinstance(problem, Problem)
    assert problem.kind == "no-engine"
    assert titles(events)
    done = events[-1]
    assert isinstance(done, Done)
    assert done.reply
    assert done.usage.calls == 0


def test_what_goes_wrong_is_said_in_the_language_of_the_conversation(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(None)
    problem = one(list(assistant.reply(DialogueState(), "我喜欢科幻片，不要恐怖片")), Problem)
    assert isinstance(problem, Problem)
    assert problem.text.startswith("语言模型现在不可用")
    problem = one(list(assistant.reply(DialogueState(language="zh"), "很" * 5000)), Problem)
    assert isinstance(problem, Problem)
    assert "5,000 个字符" in problem.text


def test_an_engine_lost_while_understanding_degrades_the_turn(make_assistant: MakeAssistant) -> None:
    model = QueueModel([EngineError("gone"), "1. A story of dreams."])
    events = list(make_assistant(model).reply(DialogueState(), "I loved The Matrix, no horror, quokkas"))
    problem = one(events, Problem)
    assert isinstance(problem, Problem)
    assert problem.kind == "no-engine"
    assert titles(events)


def test_a_busy_engine_is_told_from_a_lost_one(make_assistant: MakeAssistant) -> None:
    model = QueueModel([EngineBusy("too many"), "1. A story of dreams."])
    events = list(make_assistant(model).reply(DialogueState(), "I loved The Matrix, no horror, quokkas"))
    problem = one(events, Problem)
    assert isinstance(problem, Problem)
    assert (problem.kind, "too many messages waiting" in problem.text) == ("busy", True)
    assert titles(events)


def test_an_engine_lost_in_the_middle_of_the_text_keeps_the_cards(make_assistant: MakeAssistant) -> None:
    model = QueueModel(["{}", "1. A story of dreams and of much else besides."])
    assistant = make_assistant(model)
    model.break_after = 3
    events = list(assistant.reply(DialogueState(), "I loved The Matrix, quokkas"))
    problem = one(events, Problem)
    assert isinstance(problem, Problem)
    assert problem.kind == "engine-lost"
    done = events[-1]
    assert isinstance(done, Done)
    assert len(done.reasons) == len(titles(events)) > 0
    assert all(done.reasons)


def test_when_nothing_is_left_the_blocking_limit_is_named_and_the_nearest_shown(make_assistant: MakeAssistant) -> None:
    state = DialogueState(limits=Constraints(year_from=2025))
    events = list(make_assistant(QueueModel(default="{}")).reply(state, "science fiction please"))
    cards = one(events, Cards)
    assert isinstance(cards, Cards)
    assert cards.ranking.items == ()
    assert cards.ranking.nearest
    assert cards.ranking.blocking
    assert len(cards.reasons) == len(cards.ranking.nearest)
    assert "2025" in reply_of(events)


def test_undo_and_start_over_answer_without_cards(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(QueueModel(default="{}"))
    first = list(assistant.reply(DialogueState(), "science fiction, no horror"))
    state = state_after(first)
    assert "horror" in state.limits.not_genres
    again = list(assistant.reply(state, "start over"))
    assert state_after(again).limits == Constraints()
    assert not any(isinstance(event, Cards) for event in again)


def test_start_over_with_a_wish_shows_cards_for_it_alone(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(QueueModel(default="{}"))
    state = state_after(list(assistant.reply(DialogueState(), "science fiction, no horror")))
    events = list(assistant.reply(state, "start over, I want a drama"))
    assert titles(events)
    assert state_after(events).genres == ("drama",)
    assert state_after(events).limits.not_genres == frozenset()


@pytest.mark.parametrize("message", ["undo", "a western under 2 minutes from 1893 in Thai", "ok", "start over"])
def test_no_reply_is_empty(make_assistant: MakeAssistant, message: str) -> None:
    for model in (None, QueueModel(default="{}")):
        done = list(make_assistant(model).reply(DialogueState(), message))[-1]
        assert isinstance(done, Done)
        assert done.reply.strip()


def test_a_refused_theme_filters_what_the_description_says(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(None)
    shown = list(assistant.reply(DialogueState(count=20), "science fiction with dreams"))
    said = {ranked.item.title for ranked in cards_of(shown) if "dream" in ranked.item.description.lower()}
    refused = list(assistant.reply(DialogueState(count=20), "science fiction, nothing with dreams"))
    assert said
    assert not said & {ranked.item.title for ranked in cards_of(refused)}


def test_small_talk_gets_an_answer_and_a_way_back(make_assistant: MakeAssistant) -> None:
    events = list(make_assistant(QueueModel(default='{"intent":"chat"}')).reply(DialogueState(), "hello, how are you?"))
    done = events[-1]
    assert isinstance(done, Done)
    assert done.reply


def test_why_is_answered_from_the_evidence(make_assistant: MakeAssistant) -> None:
    assistant = make_assistant(QueueModel(default="{}"))
    first = list(assistant.reply(DialogueState(), "I loved The Matrix, no horror"))
    state = state_after(first)
    why = list(assistant.act(state, DialogueAct(Intent.ASK_WHY, refers_to=(state.last_shown[0],))))
    assert "The Matrix" in reply_of(why)
    assert not any(isinstance(event, Cards) for event in why)


def cards_of(events: list[Event]) -> tuple[Ranked, ...]:
    cards = one(events, Cards)
    assert isinstance(cards, Cards)
    return cards.ranking.cards


def reply_of(events: list[Event]) -> str:
    done = events[-1]
    assert isinstance(done, Done)
    return done.reply
