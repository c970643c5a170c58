"""The terminal's doors: one question, or a conversation with cards as a table."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.assistant import Assistant
from assistant.events import Answer, Cards, Done, Event, Problem, Question, Understood, Word
from assistant.records import item_records, understood_record
from assistant.state import DialogueState
from ranking.types import Ranking

HELP = "Say what you feel like watching. /undo takes a turn back, /new starts over, /quit ends."


def plain(text: str) -> Text:
    """Text as text: no console markup, and no control characters that a terminal would obey."""
    return Text(
        "".join(character for character in text if unicodedata.category(character) != "Cc" or character == "\n")
    )


def _table(ranking: Ranking, reasons: tuple[str, ...]) -> Table:
    table = Table(show_edge=False, pad_edge=False, expand=True)
    table.add_column("#", justify="right", width=2)
    table.add_column("Title", ratio=3)
    table.add_column("Year", width=4)
    table.add_column("Genres", ratio=2)
    table.add_column("Why", ratio=5)
    table.add_column("Score", justify="right", width=6)
    for number, (card, reason) in enumerate(zip(ranking.cards, reasons, strict=True), start=1):
        table.add_row(
            str(number),
            plain(card.item.title),
            str(card.item.year or ""),
            plain(", ".join(card.item.genres[:3])),
            plain(reason),
            f"{card.score:.2f}",
        )
    return table


def _show(event: Event, out: Console) -> None:
    match event:
        case Understood(echo=echo) if echo:
            out.print(plain(echo), style="dim")
        case Cards(ranking=ranking, reasons=reasons):
            out.print(_table(ranking, reasons))
        case Word(text=text):
            out.print(plain(text), end="")
        case Question(text=text):
            out.print(plain(text), style="bold")
        case Answer(text=text):
            out.print(plain(text))
        case Problem(text=text):
            out.print(plain(text), style="yellow")
        case _:
            pass


def _show_all(events: Iterator[Event], out: Console) -> Done:
    done: Done | None = None
    words = False
    for event in events:
        words = words or isinstance(event, Word)
        _show(event, out)
        if isinstance(event, Done):
            done = event
    if words:
        out.print()
    if done is None:
        raise RuntimeError("a turn ended without Done")
    return done


def ask_once(assistant: Assistant, question: str, *, as_json: bool) -> bool:
    """Print one turn. False when the question could not be taken, and the reason has been printed.

    With `as_json` everything but the JSON object goes to standard error.
    """
    out = Console(stderr=as_json, highlight=False)
    ranking = Ranking(())
    reasons: tuple[str, ...] = ()
    refused = False
    done: Done | None = None
    words = False
    for event in assistant.reply(DialogueState(), question):
        _show(event, out)
        match event:
            case Cards():
                ranking, reasons = event.ranking, event.reasons
            case Word():
                words = True
            case Problem(kind="input"):
                refused = True
            case Done():
                done = event
    if words:
        out.print()
    if done is None or refused:
        return False
    if as_json:
        print(json.dumps(_record(assistant, question, ranking, done.reasons or reasons, done), ensure_ascii=False))
    return True


def _record(
    assistant: Assistant, question: str, ranking: Ranking, reasons: tuple[str, ...], done: Done
) -> dict[str, object]:
    kind, model, _ = assistant.engine_status()
    usage = done.usage
    steps = ("understand", "retrieve", "rank", "cards", "first_word", "total")
    return {
        "utterance": question,
        "understood": understood_record(done.state, assistant.catalog),
        "items": item_records(ranking.cards, reasons),
        "reply": done.reply,
        "engine": {"kind": kind, "model": model},
        "usage": {
            "calls": usage.calls,
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
        },
        "timings_ms": {
            step: round(value, 1) if (value := done.timings_ms.get(step)) is not None else None for step in steps
        },
    }


def converse(assistant: Assistant) -> None:
    """A conversation until /quit or the end of input."""
    out = Console(highlight=False)
    out.print(HELP, style="dim")
    states = [DialogueState()]
    while True:
        try:
            line = out.input("\n[bold]you>[/bold] ").strip()
        except (EOFError, KeyboardInterrupt):
            out.print()
            return
        match line:
            case "":
                continue
            case "/quit" | "/exit":
                return
            case "/help":
                out.print(HELP, style="dim")
            case "/new":
                states = [DialogueState()]
                out.print("A new conversation.", style="dim")
            case "/undo":
                if len(states) > 1:
                    states.pop()
                out.print("The last turn is taken back.", style="dim")
            case _:
                try:
                    states.append(_show_all(assistant.reply(states[-1], line), out).state)
                except KeyboardInterrupt:
                    out.print("\nStopped.", style="dim")
