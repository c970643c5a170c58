"""Efficiency: tokens, calls and seconds of whole turns, with the engine asked afresh."""

from __future__ import annotations

import time

from assistant.events import Cards, Done, Word
from assistant.explaining import Explainer
from assistant.state import DialogueState
from assistant.understanding import Understander
from prompts.evaluation.cases import Case
from prompts.evaluation.measures import CaseResult
from prompts.evaluation.workbench import Workbench

SLOWEST_SECONDS = 60.0


def run(case: Case, bench: Workbench) -> CaseResult:
    """One message through a whole turn, timed. The cache is left out where there is an engine."""
    inner = bench.model.inner if bench.model is not None else None
    assistant = bench.assistant()
    if inner is not None:
        assistant.understander = Understander(inner, bench.catalog, bench.linker, prompts=bench.prompt)
        assistant.explainer = Explainer(inner, bench.prompt("explain"), bench.prompt("explain-zh"))
    began = time.perf_counter()
    cards = first = 0.0
    done: Done | None = None
    for event in assistant.reply(DialogueState(), case.text("text")):
        now = time.perf_counter() - began
        if isinstance(event, Cards):
            cards = now
        if isinstance(event, Word):
            first = first or now
        if isinstance(event, Done):
            done = event
    seconds = time.perf_counter() - began
    usage = done.usage if done else None
    measures = {
        "calls": (float(usage.calls if usage else 0), 1.0),
        "prompt_tokens": (float(usage.prompt_tokens if usage else 0), 1.0),
        "completion_tokens": (float(usage.completion_tokens if usage else 0), 1.0),
        "cards_seconds": (cards, 1.0),
        "first_seconds": (first, 1.0),
        "seconds": (seconds, 1.0),
    }
    passed = done is not None and seconds <= SLOWEST_SECONDS
    return CaseResult(case.id, passed, measures, done.reply if done else "", (), "")
