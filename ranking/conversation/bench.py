"""`concierge bench conversation`: rank the whole catalog for each recorded turn and measure where the gold is."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from tqdm import tqdm

from ranking.conversation.cases import Case, Understand, read_cases
from ranking.conversation.choice import HYBRID, SINGLE
from ranking.conversation.corpus import to_turn
from ranking.conversation.encoding import Encoder, encode_turns
from ranking.conversation.heard import with_heard
from ranking.conversation.learner import Learner
from ranking.conversation.measures import Difference, Ranks, compare, rank_of
from ranking.conversation.model import ConversationModel
from ranking.conversation.parts.content import Facts
from ranking.conversation.rerank.reranker import Reranker, reranked
from ranking.conversation.store import load_model
from ranking.conversation.train import ABLATION_FOLDER
from retrieval.catalog import Catalog

logger = logging.getLogger(__name__)

Understanding = Literal["none", "rules", "llm"]
MakeReranker = Callable[[Path, Catalog], Reranker]
"""Makes a second look for a model's folder and catalog."""

SECOND_LOOK = "the best looked at again"


@dataclass(frozen=True)
class BenchResult:
    """Measures of the `main` system with their 95 % intervals, and every system's ranks for comparisons.

    `seconds` is the median of what a second look at a turn took.
    """

    metrics: Mapping[str, float]
    ci95: Mapping[str, tuple[float, float]]
    system: str
    cases: int
    gold: int
    ranks: Mapping[str, Ranks] = field(default_factory=dict, repr=False)
    main: str = HYBRID
    seconds: float | None = None

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
        """The main system minus each other, by paired bootstrap over dialogs."""
        ours = self.ranks[self.main]
        return {name: compare(ours, ranks, measure) for name, ranks in self.ranks.items() if name != self.main}


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
    rerank: MakeReranker | None = None,
) -> BenchResult:
    """Rank the whole catalog for each case, `mentioned` left out; each gold item is one sample.

    "none" reads nothing from the words by rule (they are still embedded); "rules" finds genres, names, titles and
    decades; "llm" passes each case through `reader` first. `limit` takes a fixed random sample of the cases.
    `ablation` adds the single parts and the rankers stored by `train --ablate`. What `rerank` makes for
    the model's folder and catalog (`CrossEncoder.load`) looks at the best again. Raises CaseError and ModelError.
    """
    cases: Sequence[Case] = sample(read_cases(cases_path), limit, seed)
    model = load_model(model_dir)
    if understand == "llm":
        if reader is None:
            raise ValueError("understanding by LLM needs an engine: none was given")
        cases = tuple(reader(case) for case in tqdm(cases, desc="Understanding", disable=not progress))
    if understand != "none":
        cases = with_heard(cases, model.catalog)
    else:
        model = replace(
            model, parts=tuple(part.without_text() if isinstance(part, Facts) else part for part in model.parts)
        )
    systems: dict[str, Learner | str] = {HYBRID: model.serving}
    if ablation:
        systems |= SINGLE
        for folder in sorted((model_dir / ABLATION_FOLDER).glob("*")):
            systems[f"hybrid without {folder.name}"] = Learner.load(folder)
    name = f"concierge {model.chosen or HYBRID}, understanding: {understand}"
    reranker = None if rerank is None else rerank(model_dir, model.catalog)
    if reranker is not None:
        name += f", {SECOND_LOOK}"
    return measure(model, cases, encoder, name, systems, progress, reranker)


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
    reranker: Reranker | None = None,
) -> BenchResult:
    """Run the systems over the cases. A gold item that the catalog lacks counts as missed.

    With a `reranker` the main system is the hybrid whose best it has looked at again.
    """
    if seen := len({case.dialog for case in cases} & model.known_dialogs):
        logger.warning(
            "%d dialogs of these cases have names that the model was trained on: is this the training set?", seen
        )
    turns = [to_turn(model.catalog, case) for case in cases]
    batch = encode_turns(turns, encoder, progress=progress)
    main = HYBRID if reranker is None else f"{HYBRID}, {SECOND_LOOK}"
    ranks: dict[str, list[float]] = {name: [] for name in dict.fromkeys((main, *systems))}
    spent: list[float] = []
    dialogs: list[str] = []
    missing = 0
    for scored in tqdm(
        model.score(batch, systems), total=len(turns), desc="Ranking", unit=" turns", disable=not progress
    ):
        case = scored.turn.case
        scores = dict(scored.scores)
        if reranker is not None:
            began = time.perf_counter()
            scores[main] = reranked(scores[HYBRID], scored.turn, reranker)
            spent.append(time.perf_counter() - began)
        for item in case.gold:
            if item in case.mentioned:
                continue
            dialogs.append(case.dialog)
            missing += item not in model.catalog
            for name, values in scores.items():
                known = item in model.catalog
                ranks[name].append(rank_of(values, model.catalog.row(item)) if known else len(values) + 1.0)
    if missing:
        logger.warning("%d gold items are not in the catalog; they count as missed", missing)
    found = {name: Ranks(np.array(values), np.array(dialogs, np.str_)) for name, values in ranks.items()}
    means, intervals = found[main].means(), found[main].intervals()
    seconds = float(np.median(spent)) if spent else None
    return BenchResult(means, intervals, system, len(cases), len(dialogs), found, main, seconds)
