"""Rationales: is what the model writes grounded, useful, short, varied and in the right language?"""

from __future__ import annotations

from assistant.explaining import ExplainResult, Facts, check, gather, wish_lines
from assistant.explaining.facts import words_of
from assistant.explaining.masking import spans
from assistant.state import DialogueState
from prompts.evaluation.cases import Case
from prompts.evaluation.judging import CRITERIA, Judge, measure
from prompts.evaluation.measures import CaseResult
from prompts.evaluation.workbench import Workbench
from retrieval.types import Constraints

MOST_WORDS = 25
ENOUGH_WORDS = 16
"""What prompts that shorten ask for; a longer source says more than fits a card."""
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
        "shortened": shortened(result),
        "varied": _varied([judged.text for judged in own]),
        **bench.spent(before),
    }
    notes = [
        f"{judged.text} [{', '.join(dict.fromkeys(map(str, judged.violations)))}]"
        for judged in result.judged
        if judged.violations
    ]
    notes += [f"shown, not grounded: {line}" for line in bad] + (["engine lost"] if result.lost else [])
    passed = not notes and len(told) == len(result.asked)
    if bench.judge is not None:
        # A judge counts and tells, but what rules found decides whether a case passes.
        verdicts, doubts = _verdicts(bench.judge, state, facts, result)
        measures |= verdicts
        notes += doubts
    return CaseResult(case.id, passed, measures, "".join(shown), tuple(notes), state.language)


def _verdicts(
    judge: Judge, state: DialogueState, facts: Facts, result: ExplainResult
) -> tuple[dict[str, tuple[float, float]], list[str]]:
    """What a judge says of the sentences that the rules let pass: measures, and a note for each "no"."""
    wishes, liked = list(wish_lines(state)), list(facts.liked)
    verdicts: dict[str, list[bool]] = {criterion: [] for criterion in CRITERIA}
    notes = []
    for one in result.judged:
        if one.violations or one.card is None:
            continue
        item = facts.cards[one.card].item
        asked = {"helpful": {"title": item.title, "wishes": wishes, "liked": liked, "text": result.reasons[one.card]}}
        if state.language == "en":  # descriptions are English, so a sentence in Chinese shortens none
            asked["faithful"] = {"description": item.description, "text": one.text}
        for criterion, inputs in asked.items():
            if (good := judge.good(criterion, **inputs)) is None:
                continue
            verdicts[criterion].append(good)
            if not good:
                notes.append(f"the judge finds this not {criterion}: {inputs['text']}")
    return {measure(name): (float(sum(given)), float(len(given))) for name, given in verdicts.items()}, notes


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


def shortened(result: ExplainResult) -> tuple[float, float]:
    """Of the sources that are too long, those that came back short enough with nothing wrong: copying is no merit."""
    long = [judged for judged in result.judged if len(judged.source.split()) > ENOUGH_WORDS]
    good = [judged for judged in long if not judged.violations and len(judged.text.split()) <= ENOUGH_WORDS]
    return float(len(good)), float(len(long))


def _varied(lines: list[str]) -> tuple[float, float]:
    """Lines whose first three words (six characters in Chinese) no earlier line began with."""
    starts = [
        line[:6] if any("\u4e00" <= c <= "\u9fff" for c in line[:6]) else " ".join(line.lower().split()[:3])
        for line in lines
    ]
    return float(len(set(starts))), float(len(starts))
