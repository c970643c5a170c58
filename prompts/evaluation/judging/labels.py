"""Labels by hand: what people who read the guideline said of sentences that a model wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from prompts.evaluation.cases import CASES, Case, CaseError, read_cases
from prompts.evaluation.judging.judge import CRITERIA
from retrieval.catalog import Catalog

LABELS = CASES / "judged.jsonl"
PARTS = ("tuning", "held-out")


@dataclass(frozen=True, slots=True)
class Label:
    """One sentence, what it is judged by and with which inputs, and the label. `part` is "tuning" or "held-out"."""

    id: str
    criterion: str
    inputs: Mapping[str, object]
    good: bool
    part: str


def read_labels(path: Path, catalog: Catalog, part: str = "") -> tuple[Label, ...]:
    """The labels of a file, those of one part or all. What is known of an item is read from the catalog.

    Raises
    ------
    CaseError
        for a row that lacks something or has a value that does not exist; the message names file and line.
    """
    rows = read_cases(path, required=("criterion", "item", "text", "label", "part"))
    labels = tuple(_label(row, catalog) for row in rows)
    chosen = tuple(label for label in labels if not part or label.part == part)
    if not chosen:
        raise CaseError(f"{path}: no labels of the part {part!r}; there are: {', '.join(PARTS)}")
    return chosen


def _label(row: Case, catalog: Catalog) -> Label:
    for key, known in (("criterion", CRITERIA), ("label", ("yes", "no")), ("part", PARTS)):
        if row.text(key) not in known:
            raise CaseError(f"{row.place}: {key!r} must be one of {', '.join(known)}, not {row.text(key)!r}")
    item = catalog.get(row.text("item"))
    if item is None:
        raise CaseError(f"{row.place}: the catalog has no item {row.text('item')!r}")
    inputs: dict[str, object] = {"text": row.text("text")}
    if row.text("criterion") == "helpful":
        inputs |= {"title": item.title, "wishes": list(row.texts("wishes")), "liked": list(row.texts("liked"))}
    else:
        inputs |= {"description": item.description}
    return Label(row.id, row.text("criterion"), inputs, row.text("label") == "yes", row.text("part"))
