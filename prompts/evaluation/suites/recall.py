"""Conversational recall: does what a person in a public dialogue was given come among the first?

Cases are those of ReDial (`{"context", "mentioned", "gold"}`) with titles in place of ids: see `exchange.redial_cases`.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.state import DialogueState
from prompts.evaluation.cases import Case
from prompts.evaluation.measures import CaseResult
from prompts.evaluation.workbench import Workbench

DEPTH = 50


def run(case: Case, bench: Workbench) -> CaseResult:
    """One turn: the last messages are understood, the catalog is ranked, and the gold titles are looked for."""
    before = len(bench.model.calls) if bench.model else 0
    understander = bench.understander()
    state = DialogueState()
    said = [turn["text"] for turn in case.data["context"] if turn.get("role") == "user"]
    for text in said[:-1]:
        state = state.apply(understander.rules.read(text, state).act)
    if said:
        state = state.apply(understander.understand(said[-1], state).act)
    gold = {link.item_id for title in case.texts("gold") if (link := bench.linker.link(title)).item_id}
    mentioned = {link.item_id for title in case.texts("mentioned") if (link := bench.linker.link(title)).item_id}
    query = state.query()
    names = frozenset(id_ for id_ in mentioned if id_)
    ranking = bench.rank(replace(query, count=DEPTH, exclude=query.exclude | names))
    ids = [ranked.item.id for ranked in ranking.items]
    reachable = float(len(gold)) if gold else 0.0
    measures = {
        **{f"recall_{k}": (float(len(gold & set(ids[:k]))), reachable) for k in (1, 10, 50)},
        **bench.spent(before),
    }
    output = [ranked.item.label() for ranked in ranking.items[:10]]
    return CaseResult(case.id, bool(gold & set(ids[:10])), measures, output)
