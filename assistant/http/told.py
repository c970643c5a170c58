"""A turn's events as JSON, the same for every door."""

from __future__ import annotations

import json
from typing import Any

from assistant.events import Answer, Cards, Event, Problem, Question, Understood, Word
from assistant.http.talk import Stored
from assistant.http.wire import cards, steps
from assistant.records import understood_record
from retrieval.catalog import Catalog


def frame(name: str, record: object) -> str:
    """One server-sent event. JSON has no line breaks of its own, so no text can end the event early."""
    return f"event: {name}\ndata: {json.dumps(record, ensure_ascii=True)}\n\n"


def event_record(event: Event | Stored, catalog: Catalog) -> tuple[str, dict[str, Any]]:
    """An event's name and its JSON."""
    match event:
        case Understood():
            known = understood_record(event.state, catalog)
            return "understood", {"intent": event.act.intent.value, "echo": event.echo, "understood": known}
        case Cards():
            items, blocking = cards(event.ranking, event.reasons), list(event.ranking.blocking)
            return "cards", {"items": items, "blocking": blocking, "trace": steps(event.ranking)}
        case Word():
            return "word", {"text": event.text}
        case Question():
            return "question", {"text": event.text, "options": list(event.options)}
        case Answer():
            return "answer", {"text": event.text}
        case Problem():
            return "problem", {"kind": event.kind, "text": event.text}
        case Stored():
            return "done", _done_record(event, catalog)
    raise AssertionError("Done is told as Stored")


def _done_record(event: Stored, catalog: Catalog) -> dict[str, Any]:
    done, turn = event.done, event.turn
    return {
        "stored": turn is not None,
        "conversation_id": turn.conversation_id if turn else None,
        "turn_id": turn.id if turn else None,
        "number": turn.number if turn else None,
        "reply": done.reply,
        "reasons": list(done.reasons),
        "understood": understood_record(turn.state if turn else done.state, catalog),
        "usage": {
            "calls": done.usage.calls,
            "prompt_tokens": done.usage.prompt_tokens,
            "completion_tokens": done.usage.completion_tokens,
        },
        "timings_ms": {step: round(value, 1) for step, value in done.timings_ms.items()},
    }
