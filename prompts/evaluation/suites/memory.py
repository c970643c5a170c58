"""The matched comparison: the same personas, the same engine, and a language model that recommends from memory."""

from __future__ import annotations

import re

from assistant.engines.types import EngineError, Message
from prompts.evaluation.cache import BudgetSpent
from prompts.evaluation.cases import Case
from prompts.evaluation.measures import CaseResult
from prompts.evaluation.simulate import converse, judge, persona, seed_of
from prompts.evaluation.workbench import Workbench
from retrieval.types import Item

_LINE = re.compile(r"^\s*\d{1,2}[.)]\s*[*\"“《]*(.+?)[*\"”》]*\s*(?:[(（](\d{4})[)）])?\s*(?:[-–—:：].*)?$")


def run(case: Case, bench: Workbench) -> CaseResult:
    """One persona talks to the bare model, which is told to list five titles with years."""
    one = persona(case)
    history: list[str] = []
    before = len(bench.model.calls) if bench.model else 0

    def turn(message: str) -> tuple[list[Item], int, str]:
        history.append(message)
        reply = _ask(bench, history)
        history.append(reply)
        titles = [match.groups() for line in reply.splitlines() if (match := _LINE.match(line))][:5]
        found = [item for title, year in titles if (item := _find(bench, title, year)) is not None]
        return found, len(titles) - len(found), reply[:300]

    result = judge(case, one, converse(one, turn, seed_of(case)), bench.catalog)
    measures = {**result.measures, **bench.spent(before)}
    return CaseResult(result.id, result.passed, measures, result.output, result.notes, result.group)


def _ask(bench: Workbench, history: list[str]) -> str:
    if bench.model is None:
        raise EngineError("the comparison from memory needs an engine")
    rendered = bench.prompt("memory").render(history=history[:-1], message=history[-1])
    messages = [Message(role, content) for role, content in rendered]
    try:
        return "".join(chunk.text for chunk in bench.model.stream(messages, max_tokens=130, timeout=60))
    except BudgetSpent:
        raise
    except EngineError:
        return ""


def _find(bench: Workbench, title: str, year: str | None) -> Item | None:
    """The catalog's item of this name; a title the catalog has not counts as unknown, like an invented one."""
    link = bench.linker.link(title, int(year) if year else None)
    return bench.catalog.get(link.item_id) if link.item_id else None
