"""One turn on the page: what the events add to it, and its HTML in parts that change one at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from assistant.events import Answer, Cards, Done, Event, Problem, Question, Understood, Word
from ranking.types import Ranking
from retrieval.catalog import Catalog
from ui.buttons import undo_button
from ui.cards import shelf
from ui.critiques import critiques
from ui.markup import esc, icon, joined, number, paragraphs
from ui.strings import Strings
from ui.types import Critique, Turn

PARTS = ("user", "status", "problems", "notes", "shelf", "prose", "tail")
"""The parts of a turn from top to bottom."""


def fold(turn: Turn, event: Event, catalog: Catalog) -> Turn:
    """The turn after one more event."""
    if isinstance(event, Understood):
        return replace(turn, echo=event.echo, after=event.state, stage="ranking")
    if isinstance(event, Cards):
        return replace(turn, ranking=event.ranking, reasons=event.reasons, stage="writing")
    if isinstance(event, Word):
        return replace(turn, text=turn.text + event.text)
    if isinstance(event, Question):
        return replace(turn, question=event.text, options=event.options)
    if isinstance(event, Answer):
        return replace(turn, text=event.text)
    if isinstance(event, Problem):
        return replace(turn, problems=(*turn.problems, event))
    return _done(turn, event, catalog)


def _done(turn: Turn, event: Done, catalog: Catalog) -> Turn:
    said_already = turn.ranking is not None or any(problem.text == event.reply for problem in turn.problems)
    return replace(
        turn,
        after=event.state,
        reasons=turn.reasons or event.reasons,
        text=turn.text or ("" if said_already else event.reply),
        critiques=critiques(event.state, turn.ranking, catalog) if turn.ranking else (),
        usage=event.usage,
        timings_ms=dict(event.timings_ms),
        stage="done",
    )


_ENGINE_AWAY = ("no-engine", "busy")


def parts(turn: Turn, words: Strings, before: Turn | None = None) -> dict[str, str]:
    """The HTML of each part of the turn. What was said of the engine in the turn `before` is not said in full again."""
    known = {problem.kind for problem in before.problems} if before else set()
    return {
        "user": _user(turn, words),
        "status": _status(turn, words),
        "problems": joined(_problem(problem, known, words) for problem in turn.problems),
        "notes": joined(f"<p>{icon('check')}<span>{esc(note)}</span></p>" for note in turn.notes) + _question(turn),
        "shelf": shelf(turn, words),
        "prose": prose(turn),
        "tail": _tail(turn, words),
    }


def whole(turn: Turn, words: Strings, before: Turn | None = None) -> str:
    """The turn in one piece of HTML, as a reload shows it."""
    return wrapped(turn.id, parts(turn, words, before))


def wrapped(turn_id: str, pieces: Mapping[str, str]) -> str:
    """The parts in the element of their turn."""
    inner = joined(f'<div class="part-{name}" data-part="{name}">{pieces[name]}</div>' for name in PARTS)
    return f'<article class="turn" data-turn="{esc(turn_id)}">{inner}</article>'


def prose(turn: Turn) -> str:
    """The words of the answer as paragraphs, with a caret while they still come."""
    # With nothing to show, the first line stands above the nearest cards.
    text = turn.text.partition("\n")[2] if turn.ranking is not None and not turn.ranking.items else turn.text
    if not text.strip():
        return ""
    caret = " writing" if turn.stage == "writing" else ""
    if turn.ranking is None:
        return f'<div class="words{caret}">{paragraphs(text)}</div>'
    titles = [ranked.item.title for ranked in turn.ranking.cards]
    lines = joined(_line(line, titles) for line in text.splitlines() if line.strip())
    return f'<div class="words{caret}">{lines}</div>'


def _line(line: str, titles: list[str]) -> str:
    """A line of the answer; one that is about a card ("Title: …", "Title is …") shows its number and title first."""
    for place, title in enumerate(titles, start=1):
        rest = line.removeprefix(title)
        if rest != line and not rest[:1].isalnum():
            told = f"<b>{esc(title)}</b>{esc(rest.removeprefix(':'))}"
            return f'<p class="about"><span class="place">{place}</span><span>{told}</span></p>'
    return f"<p>{esc(line)}</p>"


def _user(turn: Turn, words: Strings) -> str:
    if not turn.said:
        return ""
    edit = (
        f'<button type="button" class="round small" data-do="edit" data-turn-id="{esc(turn.id)}" '
        f'title="{esc(words["edit"])}" aria-label="{esc(words["edit_this"])}">{icon("edit")}</button>'
    )
    kind = "typed" if turn.typed else "clicked"
    return (
        f'<div class="said {kind}">{edit if turn.typed else ""}'
        f'<p><span class="sr">{esc(words["you"])}: </span>{esc(turn.said)}</p></div>'
    )


def _status(turn: Turn, words: Strings) -> str:
    steps = []
    if turn.echo and turn.echo != turn.text.strip():
        steps.append(f'<span class="echo">{esc(turn.echo)}</span>')
    if turn.ranking is not None and turn.ranking.items:
        steps.append(f'<span class="funnel">{esc(funnel(turn.ranking, words))}</span>')
    now = {"reading": words["reading"], "ranking": words["ranking"], "writing": words["writing"]}.get(turn.stage)
    if now is not None:
        steps.append(f'<span class="now"><i></i><i></i><i></i>{esc(now)}</span>')
    if turn.stage == "stopped":
        steps.append(f'<span class="halted">{esc(words["stopped"])}</span>')
    return f'<p class="steps">{joined(steps)}</p>' if steps else ""


_FUNNEL = ("catalog", "after your limits", "candidates", "shown")
"""The steps of the trace that everything passes; the others are single generators."""


def funnel(ranking: Ranking, words: Strings) -> str:
    """From how many titles the cards were chosen, step by step."""
    left = {step.name: step.left for step in ranking.trace if step.name in _FUNNEL}
    return " → ".join(words[f"funnel_{name}"].format(count=number(count)) for name, count in left.items())


def _problem(problem: Problem, known: Collection[str], words: Strings) -> str:
    if problem.kind in _ENGINE_AWAY and problem.kind in known:
        return f'<p class="problem again">{icon("note")}<span>{esc(words["problem_again"])}</span></p>'
    return f'<p class="problem {esc(problem.kind)}" role="alert">{icon("note")}<span>{esc(problem.text)}</span></p>'


def _question(turn: Turn) -> str:
    """What is asked back, above the cards: they come without what is in doubt."""
    options = joined(
        f'<button type="button" class="chip" data-do="say" data-text="{esc(option)}">{esc(option)}</button>'
        for option in turn.options
    )
    asked = f'<p class="question">{esc(turn.question)}</p><div class="chips">{options}</div>'
    return f'<div class="asked">{asked}</div>' if turn.question else ""


def _tail(turn: Turn, words: Strings) -> str:
    if turn.stage not in ("done", "stopped"):
        return ""
    steps = joined(_critique(place, critique, words) for place, critique in enumerate(turn.critiques))
    offered = f'<div class="chips" role="group" aria-label="{esc(words["critiques"])}">{steps}</div>' if steps else ""
    return f"{offered}{_foot(turn, words)}"


def _critique(place: int, critique: Critique, words: Strings) -> str:
    bounds = {"older": "bound_before", "newer": "bound_after", "shorter": "bound_under"}
    bound = ""
    if critique.name in bounds:
        bound = words[bounds[critique.name]].format(year=critique.bound, minutes=critique.bound)
    left = words["left"].format(count=number(critique.left))
    small = f" <small>{esc(bound)}</small>" if bound else ""
    return (
        f'<button type="button" class="chip critique" data-do="critique" data-place="{place}" '
        f'data-key="critique-{critique.name}" title="{esc(left)}">{esc(words["critique_" + critique.name])}{small}'
        f'<span class="sr">, {esc(left)}</span></button>'
    )


def _foot(turn: Turn, words: Strings) -> str:
    retry = (
        f'<button type="button" class="quiet" data-do="retry" data-key="retry">{icon("retry")}'
        f"{esc(words['retry'])}</button>"
        if turn.typed
        else ""
    )
    cost = ""
    tokens = turn.usage.prompt_tokens + turn.usage.completion_tokens
    if tokens and turn.timings_ms.get("total"):
        seconds = f"{turn.timings_ms['total'] / 1000:.1f}"
        cost = f'<span class="cost">{esc(words["cost"].format(seconds=seconds, tokens=number(tokens)))}</span>'
    return f'<div class="foot">{undo_button(words)}{retry}{cost}</div>'
