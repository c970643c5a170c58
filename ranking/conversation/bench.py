"""`concierge bench conversation`: rank the whole catalog for each recorded turn and measure where the gold is."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from tqdm import tqdm

from ranking.conversation.cases import Case, Understand, read_cases
from ranking.conversation.choice import HYBRID, SINGLE
from ranking.conversation.corpus import to_turn
from ranking.conversation.encoding import Encoder, encode_turns
from ranking.conversation.learner import Learner
from ranking.conversation.measures import Difference, Ranks, compare, rank_of
from ranking.conversation.model import ConversationModel
from ranking.conversation.parts.content import Facts
from ranking.conversation.store import load_model
from ranking.conversation.train import ABLATION_FOLDER

logger = logging.getLogger(__name__)

Understanding = Literal["none", "rules", "llm"]


@dataclass(frozen=True)
class BenchResult:
    """Measures of the hybrid with their 95 % intervals, and every system's ranks for comparisons."""

    metrics: Mapping[str, float]
    ci95: Mapping[str, tuple[float, float]]
    system: str
    cases: int
    gold: int
    ranks: Mapping[str, Ranks] = field(default_factory=dict, repr=False)

    def as_json(self) -> dict[str, Any]:
        """The object that `--json` prints."""
        intervals = {name: list(interval) for name, interval in self.ci95.items()}
        return {
            "metrics": dict(self.metrics),
            "ci95": intervals,
            "system": self.system,
            "cases": self.cases,
            "gold": self.gold,
        }

    def against(self, measure: str = "R@10") -> dict[str, Difference]:
        """The hybrid minus each other system, by paired bootstrap over dialogs."""
        ours = self.ranks[HYBRID]
        return {name: compare(ours, ranks, measure) for name, ranks in self.ranks.items() if name != HYBRID}


def bench_conversation(
    model_dir: Path,
    cases_path: Path,
    encoder: Encoder,
    understand: Understanding = "rules",
    limit: int | None = None,
    reader: Understand | None = None,
    ablation: bool = False,
    progress: bool = True,
    seed: int = 0,
) -> BenchResult:
    """Rank the whole catalog for each case, `mentioned` left out; each gold item is one sample.

    "none" reads nothing from the words by rule (they are still embedded); "rules" finds genres, names, titles and
    decades; "llm" passes each case through `reader` first. `limit` takes a fixed random sample of the cases.
    `ablation` adds the single parts and the rankers stored by `train --ablate`. Raises CaseError and ModelError.
    """
    cases = sample(read_cases(cases_path), limit, seed)
    model = load_model(model_dir)
    if understand == "llm":
        if reader is None:
            raise ValueError("understanding by LLM needs an engine: none was given")
        cases = tuple(reader(case) for case in tqdm(cases, desc="Understanding", disable=not progress))
    if understand == "none":
        model = replace(
            model, parts=tuple(part.without_text() if isinstance(part, Facts) else part for part in model.parts)
        )
    systems: dict[str, Learner | str] = {HYBRID: model.serving}
    if ablation:
        systems |= SINGLE
        for folder in sorted((model_dir / ABLATION_FOLDER).glob("*")):
            systems[f"hybrid without {folder.name}"] = Learner.load(folder)
    name = f"concierge {model.chosen or HYBRID}, understanding: {understand}"
    return measure(model, cases, encoder, name, systems, progress)


def sample(cases: Sequence[Case], limit: int | None, seed: int) -> tuple[Case, ...]:
    """A random choice of `limit` cases, the same each time, in their order; all of them without a limit."""
    if limit is None or limit >= len(cases):
        return tuple(cases)
    chosen = np.sort(np.random.default_rng(seed).choice(len(cases), limit, replace=False))
    return tuple(cases[place] for place in chosen)


def measure(
    model: ConversationModel,
    cases: Sequence[Case],
    encoder: Encoder,
    system: str,
    systems: Mapping[str, Learner | str],
    progress: bool = True,
) -> BenchResult:
    """Run the systems over the cases. A gold item that the catalog lacks counts as missed."""
    if seen := len({case.dialog for case in cases} & model.known_dialogs):
        logger.warning(
            "%d dialogs of these cases have names that the model was trained on: is this the training set?", seen
        )
    turns = [to_turn(model.catalog, case) for case in cases]
    batch = encode_turns(turns, encoder, progress=progress)
    ranks: dict[str, list[float]] = {name: [] for name in systems}
    dialogs: list[str] = []
    missing = 0
    for scored in tqdm(
        model.score(batch, systems), total=len(turns), desc="Ranking", unit=" turns", disable=not progress
    ):
        case = scored.turn.case
        for item in case.gold:
            if item in case.mentioned:
                continue
            dialogs.append(case.dialog)
            missing += item not in model.catalog
            for name, values in scored.scores.items():
                known = item in model.catalog
                ranks[name].append(rank_of(values, model.catalog.row(item)) if known else len(values) + 1.0)
    if missing:
        logger.warning("%d gold items are not in the catalog; they count as missed", missing)
    found = {name: Ranks(np.array(values), np.array(dialogs, np.str_)) for name, values in ranks.items()}
    main = found[HYBRID]
    return BenchResult(main.means(), main.intervals(), system, len(cases), len(dialogs), found)
