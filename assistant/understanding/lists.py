"""Lists in a message: what stands side by side, and what overlaps."""

from __future__ import annotations

import re
from collections.abc import Iterable

from retrieval.titles import Mention


def joined(between: str) -> bool:
    """Whether these words join two members of a list."""
    return bool(
        re.fullmatch(
            r"[\"”’']?\s*(?:,|and|&|or|/|\+|,\s*and|,\s*or|和|跟|、|，)\s*[\"“‘']?(?:the\s+)?", between, re.IGNORECASE
        )
    )


def in_one_list(message: str, one: Mention, other: Mention) -> bool:
    """Whether two mentions are neighbours in a list, a year behind the first left aside."""
    first, second = sorted((one, other), key=lambda mention: mention.start)
    return joined(re.sub(r"^\s*[(\[]\d{4}[)\]]", "", message[first.end : second.start]))


def lists_of(message: str, mentions: Iterable[Mention]) -> dict[int, tuple[int, int]]:
    """The span of the list that each mention stands in, by its start; mentions that stand alone are left out."""
    runs: list[list[Mention]] = []
    for mention in mentions:
        if runs and in_one_list(message, runs[-1][-1], mention):
            runs[-1].append(mention)
        else:
            runs.append([mention])
    return {one.start: (run[0].start, run[-1].end) for run in runs if len(run) > 1 for one in run}


def overlaps(start: int, end: int, taken: list[Mention]) -> bool:
    """Whether a span overlaps one of these mentions."""
    return any(start < other.end and other.start < end for other in taken)
