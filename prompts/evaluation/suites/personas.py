"""Simulated users against the assistant: whole conversations, several styles."""

from __future__ import annotations

from assistant.events import Cards, Done
from assistant.state import DialogueState
from prompts.evaluation.cases import Case
from prompts.evaluation.measures import CaseResult
from prompts.evaluation.simulate import converse, judge, persona, seed_of
from prompts.evaluation.workbench import Workbench
from retrieval.types import Item


def run(case: Case, bench: Workbench) -> CaseResult:
    """One persona talks to the assistant. The text is left out: its cards are what the persona judges."""
    one = persona(case)
    assistant = bench.assistant()
    assistant.explainer.model = None
    state = DialogueState()

    def turn(message: str) -> tuple[list[Item], int, str]:
        nonlocal state
        shown: list[Item] = []
        reply = ""
        for event in assistant.reply(state, message):
            if isinstance(event, Cards):
                shown = [ranked.item for ranked in event.ranking.items]
            if isinstance(event, Done):
                state, reply = event.state, event.reply
        return shown, 0, reply[:300]

    before = len(bench.model.calls) if bench.model else 0
    talk = converse(one, turn, seed_of(case))
    result = judge(case, one, talk, bench.catalog)
    return CaseResult(
        result.id,
        result.passed,
        {**result.measures, **bench.spent(before)},
        result.output,
        result.notes,
        result.group,
    )
