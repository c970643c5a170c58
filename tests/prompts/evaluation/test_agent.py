"""The rival that costs are compared with: it uses its tools, and every call is counted."""

from __future__ import annotations

import json
import time

import pytest

from assistant.engines import EngineError
from prompts.evaluation.agent import MOST_ACTS, Agent, compare, sample
from prompts.evaluation.cache import AnswerCache, BudgetSpent, CachedModel
from tests.conftest import MakeAssistant
from tests.fakes import QueueModel


def said(**values: object) -> str:
    return json.dumps(values)


def test_a_message_goes_through_plan_tools_reply_and_check(make_assistant: MakeAssistant) -> None:
    model = QueueModel(
        [
            said(plan="search, then look"),
            said(thought="", tool="search", query="dreams", year_from=2005, not_genres=["horror"]),
            said(thought="", tool="similar", title="The Matrix"),
            said(thought="", tool="details", title="No Such Film At All"),
            said(thought="", tool="finish"),
            said(titles=["Inception"], text="dreams"),
            said(fine=False, reason="more"),
            said(titles=["Inception", "Memento"], text="dreams and memory"),
        ]
    )
    reply, cost = Agent(make_assistant(None), model).run("dreams after 2005, no horror")
    assert reply is not None
    assert reply.titles == ["Inception", "Memento"]
    assert cost.calls == 8
    last = model.prompts[-1][-1].content
    results = [line for line in last.splitlines() if line.startswith("Result: ")]
    assert len(results) == 3
    assert "Inception (2010)" in results[0]
    assert "(1999)" not in results[0]
    assert results[2] == "Result: no such film"


def test_an_agent_that_never_finishes_is_ended(make_assistant: MakeAssistant) -> None:
    model = QueueModel(
        default=said(thought="", tool="search", query="x", plan="", titles=[], text="", fine=True, reason="")
    )
    assert Agent(make_assistant(None), model).run("anything")[1].calls == 1 + MOST_ACTS + 2


def test_costs_are_compared_on_the_same_messages(make_assistant: MakeAssistant, cache: AnswerCache) -> None:
    model = CachedModel(QueueModel(default="{}"), cache, "agent@1")
    messages = ["something with dreams", "a comedy from the 90s"]
    report = compare(make_assistant(model), model, messages)
    assert (report.messages, report.agent_calls) == (2, 4.0)
    assert 0 < report.our_most_calls <= 2
    assert report.passed == (report.share_of_tokens <= 1 / 3)
    with pytest.raises(EngineError, match="not available"):
        compare(make_assistant(None), model, messages)


def test_a_comparison_that_ran_out_of_time_goes_on_where_it_stopped(
    make_assistant: MakeAssistant, cache: AnswerCache
) -> None:
    messages = ["something with dreams", "a comedy from the 90s"]
    first = CachedModel(QueueModel(default="{}"), cache, "agent@1")
    whole = compare(make_assistant(first), first, messages[:1])
    late = CachedModel(QueueModel(), cache, "agent@1", deadline=time.monotonic() - 1)
    assert compare(make_assistant(late), late, messages) == whole
    with pytest.raises(BudgetSpent):
        compare(make_assistant(late), late, messages[1:])


def test_the_sample_is_of_real_wishes_and_always_the_same() -> None:
    assert sample(12) == sample(12)
    assert len(set(sample(12))) == 12
