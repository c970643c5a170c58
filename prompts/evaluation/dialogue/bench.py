"""The dialogue bench: what the model, the rules, and each step between them add, on messages and on conversations."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from tqdm import tqdm

from assistant.assistant import Assistant
from assistant.explaining import Explainer
from assistant.understanding import Understander
from prompts.evaluation.cache import CachedModel
from prompts.evaluation.dialogue.asking import ask_model
from prompts.evaluation.dialogue.conversations import Outcome, Talker, load_conversations, play
from prompts.evaluation.dialogue.iard import IntentScore, evaluate_iard
from prompts.evaluation.dialogue.messages import FRESH, MessageScore, load_messages, score_messages
from prompts.evaluation.dialogue.steps import Steps
from prompts.evaluation.dialogue.table import print_report
from prompts.loader import load
from retrieval.catalog import Catalog

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DialogueReport:
    """All figures of one run. `asked` messages were put to the model; a turn asks for the share `needed`."""

    systems: dict[str, MessageScore]
    misread: tuple[str, ...]
    asked: int
    needed: float
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
    model: CachedModel | None,
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

    `understander` reads by rules where `model` is None; then only the rules are scored. A model whose time ends before
    all messages are asked is compared on a fair sample of them, and a later run goes on. `fresh` is the second gold
    set, reported apart; its default is the one that comes with the prompts, or none with `cases`. `talker` plays the
    conversations (None: they are left out); `iard` is the path of IARD's dialogues, for the score of intents.
    """
    console = console or Console(stderr=True)
    if fresh is None:
        fresh = load_messages(FRESH) if cases is None else ()
    cases = load_messages() if cases is None else cases
    rules = understander.rules
    answers = ask_model(model, [*cases, *fresh], load("understand"), progress=progress) if model else {}
    steps = Steps(understander, answers, catalog, [*cases, *fresh])
    scores: dict[str, MessageScore] = {}
    misread: list[str] = []
    for prefix, gold in (("", cases), ("fresh set: ", fresh)):
        if not gold:
            continue
        scores[f"{prefix}rules alone"], wrong = score_messages(gold, steps.rules)
        misread += wrong
        asked = [case for case in gold if case["id"] in answers]
        if asked:
            named = {f"{prefix}{name}": read for name, read in steps.by_name().items()}
            scores |= {name: score_messages(asked, read)[0] for name, read in named.items()}
    outcomes = _play_all(_without_prose(talker), progress=progress) if talker else ()
    made = list(answers.values())
    result = DialogueReport(
        scores,
        tuple(misread),
        len(made),
        steps.share_needed(),
        sum(answer.valid for answer in made) / len(made) if made else None,
        median(answer.tokens for answer in made) if made else None,
        median(answer.seconds for answer in made) if made else None,
        outcomes,
        evaluate_iard(iard, lambda text, state: rules.read(text, state).act) if iard else None,
    )
    print_report(result, console)
    if report:
        report.write_text(result.as_json(), encoding="utf-8")
    return result


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
