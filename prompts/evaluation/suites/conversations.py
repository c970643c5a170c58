"""Scripted conversations: state, filters and cards after every turn."""

from __future__ import annotations

from prompts.evaluation.cases import Case, CaseError
from prompts.evaluation.dialogue.conversations import Conversation, play
from prompts.evaluation.measures import CaseResult
from prompts.evaluation.workbench import Workbench

# The keys of a turn; `prompts/cases/conversations.yaml` says what each is.
# fmt: off
TURN = frozenset({
    "say", "likes", "dislikes", "seen", "rejected", "unknown", "genres", "not_genres", "people", "not_people",
    "not_keywords", "languages", "years", "runtime", "popularity", "count", "wishes", "intent", "event", "has",
    "not_has", "same_as", "fewer", "than",
})
# fmt: on


def run(case: Case, bench: Workbench) -> CaseResult:
    """One script, played without explanations: its assertions are about what is understood and shown."""
    turns = case.data["turns"]
    if not isinstance(turns, list) or not all(
        isinstance(turn, dict) and isinstance(turn.get("say"), str) for turn in turns
    ):
        raise CaseError(f'{case.place}: every turn needs a string "say"')
    for number, turn in enumerate(turns, 1):
        Case(case.id, turn, case.place).only(TURN, f" in turn {number}")
    before = len(bench.model.calls) if bench.model else 0
    talker = bench.assistant()
    talker.explainer.model = None
    outcome = play(Conversation(case.id, case.text("covers"), tuple(turns)), talker)
    measures = {
        "passed": (float(outcome.passed), 1.0),
        "violations": (float(outcome.violations), 1.0),
        "repeats": (float(outcome.repeats), 1.0),
        **bench.spent(before),
    }
    return CaseResult(case.id, outcome.passed, measures, None, outcome.problems, case.text("covers"))
