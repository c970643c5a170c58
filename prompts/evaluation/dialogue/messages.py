"""Score readings of single messages against a gold set: micro F1 per slot, polarity, years, made-up values.

The intent of a message is what it asks for, and only where it asks for nothing what it tells; "more-like" points at a
card that was shown, "something like X" is a request.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assistant.understanding.vocabulary import load_vocabulary

CASES = Path(__file__).parents[2] / "cases" / "understand.jsonl"
FRESH = Path(__file__).parents[2] / "cases" / "understand-fresh.jsonl"
"""Messages labelled before they were first read by anything; the first figures on them are in docs/benchmarks.md."""
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MessageScore:
    """Figures over a gold set. `spurious` is made-up titles, genres, people and years per message."""

    messages: int
    title_f1: float
    genre_f1: float
    people_f1: float
    wish_f1: float
    refers_f1: float
    polarity: float
    years: float
    spurious: float
    intent: float


def load_messages(path: Path = CASES) -> list[dict[str, Any]]:
    """The gold set: what `concierge understand` reads, and under `expect` the keys it should write."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def score_messages(
    cases: Sequence[Record], read: Callable[[Record], Record], today: Callable[[], date] = date.today
) -> tuple[MessageScore, list[str]]:
    """The figures, and one line per message that was not read as expected.

    "this" stands for the current year in the gold set, "last10" for the year ten years ago.
    """
    counts = {name: [0, 0, 0] for name in ("title", "genre", "people", "wishes", "refers_to")}
    polarity, years, intents, spurious, misread = [0, 0], 0, 0, 0, list[str]()
    moving = {"this": today().year, "last10": today().year - 10}
    for case in cases:
        gold, found = case["expect"], read(case)
        span = tuple(moving.get(gold[key], gold[key]) for key in ("year_from", "year_to"))
        pairs = _pairs(gold, found)
        for name, (have, want) in pairs.items():
            for place, value in enumerate((len(have & want), len(have), len(want))):
                counts[name][place] += value
        right, judged = _polarity(gold, found)
        polarity[0] += right
        polarity[1] += judged
        dated = (found["year_from"], found["year_to"])
        years += dated == span
        intents += found["intent"] == gold["intent"]
        spurious += sum(len(pairs[name][0] - pairs[name][1]) for name in ("title", "genre", "people"))
        spurious += sum(have is not None and want is None for have, want in zip(dated, span, strict=True))
        wrong = [name for name, (have, want) in pairs.items() if have != want]
        wrong += ["years"] if dated != span else []
        if wrong or judged != right:
            misread.append(f"{case['text']!r}: {', '.join(wrong) or 'polarity'}: {_brief(found)}")
    total = max(len(cases), 1)
    score = MessageScore(
        messages=len(cases),
        title_f1=_f1(*counts["title"]),
        genre_f1=_f1(*counts["genre"]),
        people_f1=_f1(*counts["people"]),
        wish_f1=_f1(*counts["wishes"]),
        refers_f1=_f1(*counts["refers_to"]),
        polarity=polarity[0] / max(polarity[1], 1),
        years=years / total,
        spurious=spurious / total,
        intent=intents / total,
    )
    return score, misread


def _pairs(gold: Record, found: Record) -> dict[str, tuple[set[str], set[str]]]:
    """Values found and wanted per slot. Polarity is counted apart, so a title with the wrong sign is a title found."""
    return {
        "title": (_lower(found["like"], found["dislike"]), _lower(gold["like"], gold["dislike"])),
        "genre": (_lower(found["genres"], found["not_genres"]), _lower(gold["genres"], gold["not_genres"])),
        "people": (_lower(found["people"]), _lower(gold["people"])),
        "wishes": (plain_wishes(found["wishes"]), plain_wishes(gold["wishes"])),
        "refers_to": (_lower(found["refers_to"]), _lower(gold["refers_to"])),
    }


def _polarity(gold: Record, found: Record) -> tuple[int, int]:
    right = judged = 0
    for wanted, refused in (("like", "dislike"), ("genres", "not_genres")):
        both = _lower(found[wanted], found[refused]) & _lower(gold[wanted], gold[refused])
        judged += len(both)
        right += sum((value in _lower(found[wanted])) == (value in _lower(gold[wanted])) for value in both)
    return right, judged


def _lower(*lists: Iterable[str]) -> set[str]:
    return {value.casefold() for values in lists for value in values}


def plain_wishes(wishes: Iterable[str]) -> set[str]:
    """Wishes by what the vocabulary takes them for: "haunted house" and "ghost" are one."""
    found = {wish: [w for w in load_vocabulary().find(wish) if w.entry.section == "wish"] for wish in _lower(wishes)}
    return {words[0].entry.values[0] if words else wish for wish, words in found.items()}


def _f1(hits: int, found: int, wanted: int) -> float:
    return 2 * hits / (found + wanted) if found + wanted else 1.0


def _brief(found: Record) -> str:
    return json.dumps({key: value for key, value in found.items() if value and key != "spans"}, ensure_ascii=False)
