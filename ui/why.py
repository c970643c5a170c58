"""The panel behind "Why?": which words a title meets, what points at it, how its score adds up, what was not used."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from ranking.types import Evidence, Ranked
from retrieval.types import Item
from ui.markup import esc, icon, joined, number
from ui.strings import Strings, genre, theme
from ui.types import Turn

PARTS = ("collaborative", "semantic", "liked_similarity", "match", "popularity")
"""The parts of the score in the order they are drawn."""


def why(turn: Turn, place: int, ranked: Ranked, words: Strings) -> str:
    """The hidden panel of one card. Its button opens it; only then does what is in it become part of the page."""
    name = f"why-{turn.id}-{place}"
    asked = [fact for fact in ranked.evidence if fact.words and fact.kind != "liked"]
    liked = [fact for fact in ranked.evidence if fact.kind == "liked"]
    other = [fact for fact in ranked.evidence if not fact.words and fact.kind != "liked"]
    told = partial(_facts, turn=turn, item=ranked.item, words=words)
    met = told(words["why_words"], asked) or (
        f'<h4>{esc(words["why_words"])}</h4><p class="none">{esc(words["why_no_words"])}</p>'
    )
    about = f"<h4>{esc(words['about'])}</h4><p>{esc(ranked.item.description)}</p>" if ranked.item.description else ""
    inside = (
        f'<header><h3 id="{name}-h">{esc(words["why_title"].format(title=ranked.item.title))}</h3>'
        f'<button type="button" class="round" data-do="why-close" data-for="{name}" '
        f'aria-label="{esc(words["close"])}">{icon("close")}</button></header>'
        f'<div class="columns"><div>{met}{told(words["why_liked"], liked)}'
        f"{told(words['why_facts'], other)}{about}</div>"
        f"<div>{_score(ranked, words)}{_trace(turn, words)}"
        f"<h4>{esc(words['why_not_used'])}</h4>"
        f'<ul class="unused">{joined(f"<li>{esc(line)}</li>" for line in unused(turn, ranked, words))}</ul>'
        f"</div></div>"
    )
    return (
        f'<section class="why" id="{name}" aria-labelledby="{name}-h" tabindex="-1" data-inside="{esc(inside)}" hidden>'
        "</section>"
    )


def _facts(title: str, facts: Iterable[Evidence], turn: Turn, item: Item, words: Strings) -> str:
    rows = joined(_fact(fact, turn, item, words) for fact in facts)
    return f'<h4>{esc(title)}</h4><ul class="facts">{rows}</ul>' if rows else ""


def _fact(fact: Evidence, turn: Turn, item: Item, words: Strings) -> str:
    if fact.kind == "liked":
        return f"<li><b>{esc(fact.value)}</b></li>"
    kind = words.get(f"kind_{fact.kind}", fact.kind)
    value, asked = _told(fact, turn, item, words)
    said = f'<q class="said">{esc(asked)}</q>' if asked else ""
    return f'<li><span class="kind">{esc(kind)}</span> <b>{esc(value)}</b> {said}</li>'


def _told(fact: Evidence, turn: Turn, item: Item, words: Strings) -> tuple[str, str]:
    """What the record says and what was asked for, in the page's language."""
    limits = turn.after.limits
    if fact.kind == "year":
        return fact.value, _within(limits.year_from, limits.year_to, ("chip_from", "chip_to"), words)
    if fact.kind == "runtime" and item.runtime:
        bounds = _within(limits.runtime_from, limits.runtime_to, ("chip_runtime_from", "chip_runtime_to"), words)
        return words["minutes"].format(count=item.runtime), bounds
    if fact.kind == "popularity":
        return number(item.votes or 0), words["chip_popular"] if fact.words else ""
    if fact.kind == "genre":
        return genre(fact.value, words), genre(fact.words, words)
    if fact.kind in ("wish", "keyword"):
        return theme(fact.value, words), theme(fact.words, words)
    return fact.value, fact.words


def _within(low: int | None, high: int | None, keys: tuple[str, str], words: Strings) -> str:
    """The bounds of a limit, as its chips say them."""
    said = [words[key].format(year=bound, minutes=bound) for key, bound in zip(keys, (low, high), strict=True) if bound]
    return words["comma"].join(said)


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
        words["unused_wish"].format(wish=theme(genre(wish, words), words))
        for wish in (*state.wishes, *state.genres, *state.people)
        if not any(wish.casefold() in said or said in wish.casefold() for said in met)
        and not any(wish.casefold() == fact.value.casefold() for fact in ranked.evidence)
    ]
    lines += [words["unused_unknown"].format(title=title) for title in state.unknown_likes]
    return (*lines, words["unused_else"])
