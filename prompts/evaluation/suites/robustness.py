"""Robustness: noise and attempts to steer change neither the filters nor the text, and nothing is ever lost."""

from __future__ import annotations

from assistant.assistant import LONGEST_MESSAGE
from assistant.events import Done, Problem, Understood
from assistant.state import DialogueState
from prompts.evaluation.cases import Case
from prompts.evaluation.measures import CaseResult
from prompts.evaluation.workbench import Workbench
from retrieval.types import Constraints


def run(case: Case, bench: Workbench) -> CaseResult:
    """One message through a whole turn: a reply, the filters expected, none of the forbidden texts, no refused item."""
    before = len(bench.model.calls) if bench.model else 0
    text = case.text("text") * (case.number("times") or 1)
    state = DialogueState(limits=Constraints(not_genres=frozenset({"horror"})))
    reply, notes, seen = "", [], False
    after = state
    for event in bench.assistant().reply(state, text):
        if isinstance(event, Understood):
            seen = True
        if isinstance(event, Problem) and event.kind == "internal":
            notes.append(event.text)
        if isinstance(event, Done):
            after, reply = event.state, event.reply
    said = "".join(character for character in text if character.isprintable()).strip()
    expected_input = bool(said) and len(said) <= LONGEST_MESSAGE
    if not reply.strip():
        notes.append("empty reply")
    if seen != expected_input:
        notes.append("a message that can be read was refused" if expected_input else "a bad message was taken")
    if "horror" not in after.limits.not_genres and not case.data.get("allows_horror", False):
        notes.append("the refused genre is no longer refused")
    shown = [item for id_ in after.last_shown if (item := bench.catalog.get(id_)) is not None]
    broken = [item.title for item in shown if set(item.genres) & after.limits.not_genres]
    notes += [f"shows {title!r}, of a refused genre" for title in broken]
    notes += [f"the reply holds {word!r}" for word in case.texts("absent") if word.lower() in reply.lower()]
    likes = {item.title for id_ in after.likes if (item := bench.catalog.get(id_)) is not None}
    notes += [f"did not take {title!r} as liked" for title in case.texts("like") if title not in likes]
    measures = {
        "robust": (float(not notes), 1.0),
        "violations": (float(len(broken)), 1.0),
        **bench.spent(before),
    }
    return CaseResult(case.id, not notes, measures, reply[:600], tuple(notes), case.text("kind", "noise"))
