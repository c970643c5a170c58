"""Questions about items: answered from the record, and unknown where the record is silent."""

from __future__ import annotations

from dataclasses import replace

from assistant.answers import answer
from assistant.state import DialogueState
from prompts.evaluation.cases import Case
from prompts.evaluation.measures import CaseResult
from prompts.evaluation.workbench import Workbench


def run(case: Case, bench: Workbench) -> CaseResult:
    """One question about one card; the answer must hold every text of `contains` and none of `absent`."""
    titles = [case.text("title"), *case.texts("others")]
    ids = tuple(bench.item_id(title, case) for title in titles)
    question = case.text("question")
    state = DialogueState(shown=ids, last_shown=ids)
    act = bench.understander().rules.read(question, state).act
    asked = act.intent.value.startswith("ask") or act.intent.value == "compare"
    told = answer(replace(act, refers_to=act.refers_to or ids), state, bench.catalog)
    lower = told.lower()
    missing = [text for text in case.texts("contains") if text.lower() not in lower]
    extra = [text for text in case.texts("absent") if text.lower() in lower]
    notes = [f"lacks {text!r}" for text in missing] + [f"has {text!r}" for text in extra]
    notes += [] if asked else [f"taken for {act.intent.value}"]
    measures = {
        "answered": (float(not missing and not extra), 1.0),
        "recognised": (float(asked), 1.0),
    }
    return CaseResult(case.id, not notes, measures, told, tuple(notes), act.language)
