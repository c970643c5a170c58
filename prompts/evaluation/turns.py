"""`concierge bench turns`: how long a turn takes, beside the same model asked for films from memory in one prompt."""

from __future__ import annotations

import re
import statistics
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tqdm import tqdm

from assistant.assistant import Assistant
from assistant.engines import LanguageModel, Message
from assistant.events import Cards, Done, Understood
from assistant.state import DialogueState
from prompts.loader import load
from retrieval.catalog import Catalog
from retrieval.titles import TitleLinker
from retrieval.types import Constraints

_LINE = re.compile(r"^\s*\d+[.)]\s*[\"“*]*(?P<title>.+?)[\"”*]*\s*\((?P<year>\d{4})\)", re.MULTILINE)
_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Suggested:
    """A title with its year, and the id it has in the catalog, if any."""

    title: str
    year: int | None
    item_id: str | None


@dataclass(frozen=True, slots=True)
class TurnsReport:
    """Medians in milliseconds, and of all suggestions the shares that are not in the catalog or break a limit."""

    messages: int
    understand_ms: float
    other_ms: float
    cards_ms: float
    first_word_ms: float
    whole_ms: float
    memory_ms: float
    our_unknown: float
    our_broken: float
    memory_unknown: float
    memory_broken: float

    def __str__(self) -> str:
        """Lines for a terminal."""
        return (
            f"{self.messages} messages, medians\n"
            f"understanding {self.understand_ms:.0f} ms; retrieval and ranking {self.other_ms:.0f} ms; "
            f"cards after {self.cards_ms:.0f} ms; first word {self.first_word_ms:.0f} ms; "
            f"whole {self.whole_ms:.0f} ms\n"
            f"the same model from memory: {self.memory_ms:.0f} ms; cards take {self.cards_ms / self.memory_ms:.2f} of "
            f"it, the whole turn {self.whole_ms / self.memory_ms:.2f}\n"
            f"suggestions not in the catalog: ours {self.our_unknown:.0%}, from memory {self.memory_unknown:.0%}; "
            f"that break a limit: ours {self.our_broken:.0%}, from memory {self.memory_broken:.0%}"
        )


def time_turns(
    assistant: Assistant, model: LanguageModel, messages: Sequence[str], progress: bool = False
) -> TurnsReport:
    """Each message as a first turn, and from memory. A title that is in no record counts for no limit but the year's.

    Raises EngineError when the engine is lost.
    """
    linker = TitleLinker(assistant.catalog)
    timings: list[dict[str, float]] = []
    memory_ms: list[float] = []
    ours: list[tuple[bool, bool]] = []
    theirs: list[tuple[bool, bool]] = []
    for message in tqdm(messages, desc="messages", disable=not progress, file=sys.stderr):
        limits = Constraints()
        for event in assistant.reply(DialogueState(), message):
            if isinstance(event, Understood):
                limits = event.state.limits
            elif isinstance(event, Cards):
                shown = [Suggested(card.item.title, card.item.year, card.item.id) for card in event.ranking.items]
                ours += _judged(shown, limits, assistant.catalog)
            elif isinstance(event, Done):
                timings.append(dict(event.timings_ms))
        began = time.perf_counter()
        said = _from_memory(model, message)
        memory_ms.append((time.perf_counter() - began) * 1000)
        theirs += _judged(_read(said, linker), limits, assistant.catalog)

    def median(*names: str) -> float:
        return statistics.median(sum(taken.get(name, 0.0) for name in names) for taken in timings)

    return TurnsReport(
        len(messages),
        median("understand"),
        median("retrieve", "rank"),
        median("cards"),
        median("first_word"),
        median("total"),
        statistics.median(memory_ms),
        *_shares(ours),
        *_shares(theirs),
    )


def _from_memory(model: LanguageModel, message: str) -> str:
    prompt = load("memory")
    rendered = [Message(role, content) for role, content in prompt.render(history=[], message=message)]
    tokens = int(prompt.parameters["max_tokens"])
    return "".join(chunk.text for chunk in model.stream(rendered, max_tokens=tokens, timeout=_SECONDS))


def _read(text: str, linker: TitleLinker) -> list[Suggested]:
    found = [(line["title"], int(line["year"])) for line in _LINE.finditer(text)]
    return [Suggested(title, year, linker.link(title, year).item_id) for title, year in found]


def _judged(suggested: Iterable[Suggested], limits: Constraints, catalog: Catalog) -> list[tuple[bool, bool]]:
    """Whether each suggestion is unknown, and whether it breaks a limit."""
    allowed = catalog.allowed(limits)
    years = range(limits.year_from or 0, (limits.year_to or 9999) + 1)
    return [
        (
            one.item_id is None,
            one.year not in years if one.item_id is None else not allowed[catalog.row(one.item_id)],
        )
        for one in suggested
    ]


def _shares(judged: Sequence[tuple[bool, bool]]) -> tuple[float, float]:
    count = max(len(judged), 1)
    return sum(unknown for unknown, _ in judged) / count, sum(broken for _, broken in judged) / count
