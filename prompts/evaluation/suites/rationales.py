"""Rationales: is what the model writes grounded, useful, short, varied and in the right language?"""

from __future__ import annotations

from assistant.explaining import ExplainResult, Facts, check, gather
from assistant.explaining.facts import words_of
from assistant.explaining.masking import spans
from assistant.state import DialogueState
from prompts.evaluation.cases import Case
from prompts.evaluation.measures import CaseResult
from prompts.evaluation.workbench import Workbench
from retrieval.types import Constraints

MOST_WORDS = 25
MOST_HAN = 45


def state_of(case: Case, bench: Workbench) -> DialogueState:
    """The conversation that a case describes."""
    return DialogueState(
        likes=tuple(bench.item_id(title, case) for title in case.texts("likes")),
        genres=case.texts("genres"),
        people=case.texts("people"),
        wishes=case.texts("wishes"),
        language=case.text("language", "en"),
        limits=Constraints(
            year_from=case.number("year_from"),
            year_to=case.number("year_to"),
            runtime_to=case.number("runtime_to"),
            genres_any=frozenset(case.texts("genres")),
            not_genres=frozenset(case.texts("not_genres")),
            people_any=frozenset(case.texts("people")),
        ),
    )


def run(case: Case, bench: Workbench) -> CaseResult:
    """One ranking explained: measured before the filter (what the model wrote) and after (what is shown)."""
    before = len(bench.model.calls) if bench.model else 0
    state = state_of(case, bench)
    ranking = bench.rank(state.query())
    facts = gather(ranking, state)
    explanation = bench.explainer().explain(ranking, state)
    shown: list[str] = []
    while True:
        try:
            shown.append(next(explanation))
        except StopIteration as stop:
            result: ExplainResult = stop.value
            break
    count = len(facts.cards)
    own = [judged for judged in result.judged if not judged.violations and judged.card is not None]
    told = sorted({judged.card for judged in own if judged.card is not None and 0 <= judged.card < count})
    bad = [line for card, line in zip(facts.cards, result.reasons, strict=True) if check(line, facts, (card,))]
    measures = {
        "grounded": (float(sum(not judged.violations for judged in result.judged)), float(len(result.judged))),
        "written": (float(len(told)), float(len(result.asked))),
        "shown_grounded": (float(count - len(bad)), float(count)),
        "useful": (float(sum(_useful(result.reasons[card], facts, card) for card in told)), float(len(told))),
        "short": (float(sum(_short(judged.text) for judged in result.judged)), float(len(result.judged))),
        "varied": _varied([judged.text for judged in own]),
        **bench.spent(before),
    }
    notes = [
        f"{judged.text} [{', '.join(map(str, judged.violations))}]" for judged in result.judged if judged.violations
    ]
    notes += [f"shown, not grounded: {line}" for line in bad] + (["engine lost"] if result.lost else [])
    passed = not notes and len(told) == len(result.asked)
    return CaseResult(case.id, passed, measures, "".join(shown), tuple(notes), state.language)


def _useful(text: str, facts: Facts, number: int) -> bool:
    """Whether a line ties the card to the person: to a liked title, a person or words they asked for, or evidence."""
    card = facts.cards[number]
    if spans(text, (*facts.liked, *facts.people)):
        return True
    if facts.language == "zh":
        wished = [*facts.wishes, "喜欢", "想", "要"]
        return any(word and word in text for word in wished)
    own = facts.words.union(*(words_of(value) for value in card.met)) - {"a", "the", "no", "or", "to", "for", "with"}
    return bool(own & set(words_of(text)))


def _short(text: str) -> bool:
    return len(text.split()) <= MOST_WORDS and len(text) <= (
        MOST_HAN if any("\u4e00" <= c <= "\u9fff" for c in text) else 170
    )


def _varied(lines: list[str]) -> tuple[float, float]:
    """Lines whose first three words (six characters in Chinese) no earlier line began with."""
    starts = [
        line[:6] if any("\u4e00" <= c <= "\u9fff" for c in line[:6]) else " ".join(line.lower().split()[:3])
        for line in lines
    ]
    return float(len(set(starts))), float(len(starts))
