"""The panel behind "Why?": which words a title meets, what points at it, how its score adds up, what was not used."""

from __future__ import annotations

from collections.abc import Iterable

from ranking.types import Evidence, Ranked
from ui.markup import esc, icon, joined, number
from ui.strings import Strings, genre
from ui.types import Turn

PARTS = ("collaborative", "semantic", "liked_similarity", "match", "popularity")
"""The parts of the score in the order they are drawn."""


def why(turn: Turn, place: int, ranked: Ranked, words: Strings) -> str:
    """The hidden panel of one card, opened by its button."""
    name = f"why-{turn.id}-{place}"
    asked = [fact for fact in ranked.evidence if fact.words and fact.kind != "liked"]
    liked = [fact for fact in ranked.evidence if fact.kind == "liked"]
    other = [fact for fact in ranked.evidence if not fact.words and fact.kind != "liked"]
    met = _facts(words["why_words"], asked, words) or (
        f'<h4>{esc(words["why_words"])}</h4><p class="none">{esc(words["why_no_words"])}</p>'
    )
    about = f"<h4>{esc(words['about'])}</h4><p>{esc(ranked.item.description)}</p>" if ranked.item.description else ""
    return (
        f'<section class="why" id="{name}" aria-labelledby="{name}-h" tabindex="-1" hidden>'
        f'<header><h3 id="{name}-h">{esc(words["why_title"].format(title=ranked.item.title))}</h3>'
        f'<button type="button" class="round" data-do="why-close" data-for="{name}" '
        f'aria-label="{esc(words["close"])}">{icon("close")}</button></header>'
        f'<div class="columns"><div>{met}{_facts(words["why_liked"], liked, words)}'
        f"{_facts(words['why_facts'], other, words)}{about}</div>"
        f"<div>{_score(ranked, words)}{_trace(turn, words)}"
        f"<h4>{esc(words['why_not_used'])}</h4>"
        f'<ul class="unused">{joined(f"<li>{esc(line)}</li>" for line in unused(turn, ranked, words))}</ul>'
        f"</div></div></section>"
    )


def _facts(title: str, facts: Iterable[Evidence], words: Strings) -> str:
    rows = joined(_fact(fact, words) for fact in facts)
    return f'<h4>{esc(title)}</h4><ul class="facts">{rows}</ul>' if rows else ""


def _fact(fact: Evidence, words: Strings) -> str:
    kind = words.get(f"kind_{fact.kind}", fact.kind)
    value = genre(fact.value, words) if fact.kind == "genre" else fact.value
    said = f'<q class="said">{esc(fact.words)}</q>' if fact.words and fact.kind != "liked" else ""
    return f'<li><span class="kind">{esc(kind)}</span> <b>{esc(value)}</b> {said}</li>'


def _score(ranked: Ranked, words: Strings) -> str:
    values = [(name, float(getattr(ranked.parts, name))) for name in PARTS]
    most = max((abs(value) for _, value in values), default=0.0) or 1.0
    rows = joined(
        f'<tr><th scope="row">{esc(words["part_" + name])}</th>'
        f'<td class="bar"><span class="part-{name}" style="width:{100 * abs(value) / most:.0f}%"></span></td>'
        f'<td class="value">{value:+.2f}</td></tr>'
        for name, value in values
    )
    return (
        f'<h4>{esc(words["why_score"])}</h4><table class="parts"><tbody>{rows}</tbody></table>'
        f'<p class="total">{esc(words["score"].format(value=f"{ranked.score:.2f}"))}</p>'
    )


def _trace(turn: Turn, words: Strings) -> str:
    if turn.ranking is None or not turn.ranking.trace:
        return ""
    left = {step.name: step.left for step in turn.ranking.trace}
    steps = joined(
        f"<li>{esc(words.get(f'step_{name}', name))} <b>{number(count)}</b></li>" for name, count in left.items()
    )
    return f'<ol class="trace">{steps}</ol>'


def unused(turn: Turn, ranked: Ranked, words: Strings) -> tuple[str, ...]:
    """In words, what had no say in this title's place: parts that are zero, and wishes that no fact meets."""
    state = turn.after
    met = {fact.words.casefold() for fact in ranked.evidence if fact.words}
    lines = [words[f"unused_{name}"] for name in PARTS if getattr(ranked.parts, name) == 0]
    lines += [
        words["unused_wish"].format(wish=wish)
        for wish in (*state.wishes, *state.genres, *state.people)
        if not any(wish.casefold() in said or said in wish.casefold() for said in met)
        and not any(wish.casefold() == fact.value.casefold() for fact in ranked.evidence)
    ]
    lines += [words["unused_unknown"].format(title=title) for title in state.unknown_likes]
    return (*lines, words["unused_else"])
