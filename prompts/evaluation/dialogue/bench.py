"""The dialogue bench: what the model, the rules, and each step between them add, on messages and on conversations."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from assistant.acts import DialogueAct, Slot
from assistant.assistant import Assistant
from assistant.engines.types import EngineError, LanguageModel, Message
from assistant.explaining import Explainer
from assistant.understanding import Understander, Understanding
from assistant.understanding.batch import as_record, state_of
from assistant.understanding.merge import merge
from assistant.understanding.schema import Parse, parse_text
from assistant.understanding.understander import MAX_TOKENS
from prompts.evaluation.dialogue.conversations import Outcome, Talker, load_conversations, play
from prompts.evaluation.dialogue.iard import IntentScore, evaluate_iard
from prompts.evaluation.dialogue.messages import FRESH, MessageScore, load_messages, score_messages
from prompts.evaluation.workbench import PATIENCE
from prompts.loader import load
from retrieval.catalog import Catalog

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """The model's answer to one message; `valid` when it fits the schema as it came."""

    parse: Parse | None
    valid: bool
    tokens: int
    seconds: float


@dataclass(frozen=True, slots=True)
class DialogueReport:
    """All figures of one run."""

    systems: dict[str, MessageScore]
    misread: tuple[str, ...]
    schema_valid: float | None
    median_tokens: float | None
    median_seconds: float | None
    conversations: tuple[Outcome, ...]
    iard: IntentScore | None

    @property
    def pass_rate(self) -> float:
        """Share of conversations in which everything held."""
        return sum(outcome.passed for outcome in self.conversations) / max(len(self.conversations), 1)

    def as_json(self) -> str:
        """The report as one JSON object."""
        return json.dumps({**asdict(self), "pass_rate": self.pass_rate}, ensure_ascii=False, indent=1)


def run_dialogue_bench(
    understander: Understander,
    model: LanguageModel | None,
    catalog: Catalog,
    talker: Talker | None,
    *,
    cases: Sequence[Record] | None = None,
    fresh: Sequence[Record] | None = None,
    iard: Path | None = None,
    report: Path | None = None,
    console: Console | None = None,
    progress: bool = True,
) -> DialogueReport:
    """Run the gold messages and the scripted conversations, print the tables, and write `report` as JSON.

    `understander` reads by rules where `model` is None; then only the rules are scored. `fresh` is the second gold set,
    reported apart; its default is the one that comes with the prompts, or none with `cases`. `talker` plays the
    conversations (None: they are left out); `iard` is the path of IARD's dialogues, for the score of intents.
    """
    console = console or Console(stderr=True)
    if fresh is None:
        fresh = load_messages(FRESH) if cases is None else ()
    cases = load_messages() if cases is None else cases
    rules = understander.rules
    answers = ask_model(model, [*cases, *fresh], progress=progress) if model else None
    readings = {case["id"]: rules.read(case["text"], state_of(case, rules)) for case in (*cases, *fresh)}

    def by_rules(case: Record) -> Record:
        return as_record(Understanding(readings[case["id"]].act), catalog)

    def joined(case: Record) -> Record:
        reading, parse = readings[case["id"]], (answers or {})[case["id"]].parse
        return as_record(Understanding(merge(reading, parse, case["text"], rules) if parse else reading.act), catalog)

    systems: dict[str, Callable[[Record], Record]] = {"rules alone": by_rules}
    if answers:
        raw = {key: answer.parse for key, answer in answers.items()}
        systems = {
            "model alone": lambda case: as_record(Understanding(act_of(raw[case["id"]])), catalog),
            "model + span check and linking": lambda case: as_record(
                Understanding(act_of(raw[case["id"]], case["text"], understander)), catalog
            ),
            **systems,
            "rules + model": joined,
        }
    scores, misread = {}, list[str]()
    for name, read in systems.items():
        scores[name], misread = score_messages(cases, read)
    if fresh:
        scores["fresh set: rules alone"], _ = score_messages(fresh, by_rules)
    if fresh and answers:
        scores["fresh set: rules + model"], _ = score_messages(fresh, joined)
    outcomes = _play_all(_without_prose(talker), progress=progress) if talker else ()
    made = list((answers or {}).values())
    result = DialogueReport(
        scores,
        tuple(misread),
        sum(answer.valid for answer in made) / len(made) if made else None,
        median(answer.tokens for answer in made) if made else None,
        median(answer.seconds for answer in made) if made else None,
        outcomes,
        evaluate_iard(iard, lambda text, state: rules.read(text, state).act) if iard else None,
    )
    _print(result, console)
    if report:
        report.write_text(result.as_json(), encoding="utf-8")
    return result


def ask_model(
    model: LanguageModel, cases: Sequence[Record], *, progress: bool = True, version: int | None = None
) -> dict[str, ModelAnswer]:
    """The model's answer to each message, by the case's id. A call that fails counts as an invalid answer."""
    prompt, answers = load("understand", version), {}
    for case in tqdm(cases, unit="message", disable=not progress):
        messages = [Message(role, content) for role, content in prompt.render(message=case["text"])]
        began = time.perf_counter()
        try:
            answer = model.structured(messages, Parse, max_tokens=MAX_TOKENS, timeout=PATIENCE)
        except EngineError:
            answers[case["id"]] = ModelAnswer(None, False, 0, time.perf_counter() - began)
            continue
        parse = answer.value or parse_text(answer.text)
        seconds = time.perf_counter() - began
        answers[case["id"]] = ModelAnswer(parse, answer.value is not None, answer.completion_tokens, seconds)
    return answers


def act_of(parse: Parse | None, message: str | None = None, understander: Understander | None = None) -> DialogueAct:
    """What the model alone says, with no rule to help it: as it stands, or with spans checked and titles linked."""
    from assistant.acts import Intent
    from assistant.understanding.spans import locate

    slots: list[Slot] = []
    if parse is None:
        return DialogueAct(Intent.CHAT)
    for key, name, operator in _KEYS:
        for value in getattr(parse, key) or ():
            if message is None or understander is None:
                slots.append(Slot(name, operator, value, value))  # type: ignore[arg-type]
                continue
            span = locate(value, message)
            if span is None:
                continue
            words = message[span[0] : span[1]]
            slots += _linked(name, operator, words, understander)
    return DialogueAct(Intent(parse.intent or Intent.RECOMMEND), tuple(slots))


_KEYS = (
    ("like", "title", "="),
    ("dislike", "title", "not"),
    ("seen", "title", "seen"),
    ("genres", "genre", "="),
    ("no", "genre", "not"),
    ("people", "person", "="),
    ("wishes", "wish", "="),
)


def _linked(name: str, operator: str, words: str, understander: Understander) -> list[Slot]:
    rules = understander.rules
    if name == "title":
        link = rules.linker.link(words)
        item = rules.catalog.get(link.item_id or "") or rules.catalog.get((*link.alternatives, "")[0])
        return [Slot("title", operator, item.title if item else words, words, link.item_id)]  # type: ignore[arg-type]
    if name == "genre":
        entry = rules.vocabulary.entry(words)
        values = entry.values if entry and entry.section == "genre" else (rules.catalog.genre(words),)
        return [Slot("genre", operator, value, words) for value in values if value]  # type: ignore[arg-type]
    value = rules.people.full(words) or words if name == "person" else words
    return [Slot(name, operator, value, words)]  # type: ignore[arg-type]


def _without_prose(talker: Talker) -> Talker:
    """The same assistant without the second call of a turn: no assertion of a script is about the explanations."""
    if not isinstance(talker, Assistant):
        return talker
    return Assistant(
        talker.catalog, talker.retriever, talker.ranker, talker.understander, Explainer(None), talker.engine
    )


def _play_all(talker: Talker, *, progress: bool) -> tuple[Outcome, ...]:
    scripts = load_conversations()
    return tuple(play(script, talker) for script in tqdm(scripts, unit="conversation", disable=not progress))


def _print(report: DialogueReport, console: Console) -> None:
    table = Table(title="Messages")
    for column in (
        "system",
        "title F1",
        "genre F1",
        "people F1",
        "wish F1",
        "polarity",
        "years",
        "spurious",
        "refers F1",
        "intent",
    ):
        table.add_column(column, justify="left" if column == "system" else "right")
    for name, score in report.systems.items():
        figures = (
            score.title_f1, score.genre_f1, score.people_f1, score.wish_f1, score.polarity, score.years, score.spurious,
            score.refers_f1, score.intent,
        )  # fmt: skip
        table.add_row(name, *(f"{figure:.3f}" for figure in figures))
    console.print(table)
    if report.schema_valid is not None:
        console.print(
            f"Parses that fit the schema: {report.schema_valid:.1%}; median {report.median_tokens:.0f} tokens "
            f"and {report.median_seconds:.1f} s"
        )
    if report.conversations:
        failed = [outcome for outcome in report.conversations if not outcome.passed]
        violations = sum(outcome.violations for outcome in report.conversations)
        repeats = sum(outcome.repeats for outcome in report.conversations)
        console.print(
            f"Conversations: {len(report.conversations) - len(failed)} of {len(report.conversations)} pass "
            f"({report.pass_rate:.1%}); cards that break a constraint: {violations}; repeats: {repeats}"
        )
        for outcome in failed:
            console.print(f"  {outcome.id}: {'; '.join(outcome.problems)}", markup=False)
    if report.iard:
        console.print(f"IARD: accuracy {report.iard.accuracy:.3f}, macro F1 {report.iard.macro_f1:.3f}")
