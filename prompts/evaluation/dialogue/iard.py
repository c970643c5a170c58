"""Intents that people labelled (IARD, Cai & Chen, UMAP 2020), mapped to our dialogue acts."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.acts import DialogueAct
from assistant.state import DialogueState

CLASSES: dict[str, tuple[str, ...]] = {
    "IQU": ("recommend", "refine", "more-like"),
    "CON": ("refine", "recommend", "reject"),
    "REF": ("refine", "recommend"),
    "STO": ("recommend", "refine", "start-over"),
    "PRO": ("like", "recommend", "refine", "dislike", "more-like"),
    "ANS": ("like", "refine", "recommend", "dislike", "chat"),
    "ASK": ("ask-item", "chat", "recommend", "refine"),
    "CRI-F": ("refine", "recommend"),
    "CRI-A": ("refine", "recommend"),
    "CRI-C": ("more-like", "refine", "recommend"),
    "SEE": ("seen", "like", "dislike"),
    "ACC": ("like", "chat"),
    "REJ": ("reject", "dislike", "refine"),
    "NRE": ("chat", "reject"),
    "INQ": ("ask-item", "ask-why"),
    "OTH": ("chat",),
}
"""Our acts that a label of IARD may come to; the first is the class that macro F1 is counted for.

IQU initial query, CON continue, REF reformulate, STO start over, PRO preference provided, ANS answer, ASK asks for the
other's preference, CRI critique (feature, added, compared), SEE seen, ACC accepted, REJ rejected, NRE neutral response,
INQ asks about the item, OTH other. An utterance often has several labels; an act that any of them allows is right.
"""

_MENTION = re.compile(r"@\d+\s*<([^>]*)>")


@dataclass(frozen=True, slots=True)
class IntentScore:
    """Over utterances of seekers: share read as an act that one of its labels allows, and macro F1 over first acts."""

    utterances: int
    accuracy: float
    macro_f1: float
    per_act: dict[str, float]


def utterances(path: Path) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Text, labels, and whether something was recommended before it. Title marks are replaced by the titles."""
    dialogues: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for dialogue in dialogues.values():
        recommended = False
        for turn in sorted(dialogue["dialogue_info"].values(), key=lambda turn: int(turn["utterance_pos"])):
            labels = tuple(turn.get("sub-intent/action") or ())
            if turn["role"] == "seeker":
                yield (
                    _MENTION.sub(lambda match: re.sub(r"\s+", " ", match[1]), turn["utterance_text"]),
                    labels,
                    recommended,
                )
            recommended = recommended or any(label.startswith("REC") for label in labels)


def evaluate_iard(path: Path, read: Callable[[str, DialogueState], DialogueAct]) -> IntentScore:
    """Score a reader of messages. It is given a state in which something was shown once something was recommended."""
    pairs = []
    for text, labels, recommended in utterances(path):
        acts = {act for label in labels for act in CLASSES.get(label, ())}
        if not acts:
            continue
        state = DialogueState().showed(["?"]) if recommended else DialogueState()
        found = str(read(text, state).intent)
        first = next(CLASSES[label][0] for label in labels if label in CLASSES)
        pairs.append((found if found not in acts else first, first, found in acts))
    wanted, found_counts = Counter(first for _, first, _ in pairs), Counter(found for found, _, _ in pairs)
    hits = Counter(first for found, first, _ in pairs if found == first)
    per_act = {act: 2 * hits[act] / (wanted[act] + found_counts[act]) for act in sorted(wanted)}
    return IntentScore(
        len(pairs),
        sum(right for _, _, right in pairs) / max(len(pairs), 1),
        sum(per_act.values()) / max(len(per_act), 1),
        per_act,
    )
