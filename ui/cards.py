"""The cards: a numbered shelf of suggestions, and behind each card the panel that answers "Why?"."""

from __future__ import annotations

import re

from ranking.types import Ranked, Ranking
from retrieval.types import Item
from ui.chips import in_the_way
from ui.markup import esc, icon, joined, number
from ui.poster import poster
from ui.strings import Strings, genre
from ui.types import Turn
from ui.why import PARTS, why

_SAFE_IMAGE = re.compile(r"(https?://|/(?!/)|data:image/(png|jpe?g|webp);base64,)", re.IGNORECASE)
_BUTTONS = ("like", "reject", "seen", "more")


def shelf(turn: Turn, words: Strings) -> str:
    """The cards of a turn, or what stands in the way when there are none. Empty before the ranking is there."""
    if turn.ranking is None:
        return ""
    shown = turn.ranking.cards
    head = "" if turn.ranking.items else _nothing(turn, turn.ranking, words)
    if not shown:
        return head
    top = max((ranked.score for ranked in shown), default=0.0)
    cards = joined(
        _card(turn, place, ranked, turn.reasons[place - 1] if place <= len(turn.reasons) else "", top, words)
        for place, ranked in enumerate(shown, start=1)
    )
    panels = joined(why(turn, place, ranked, words) for place, ranked in enumerate(shown, start=1))
    return f'{head}<ol class="shelf" aria-label="{esc(words["suggestions"])}">{cards}</ol>{panels}'


def _nothing(turn: Turn, ranking: Ranking, words: Strings) -> str:
    """What the answer says about it, and the limits to take away with a click."""
    line = turn.text.partition("\n")[0] or words["nearest" if ranking.nearest else "nothing"]
    ways = joined(
        f'<button type="button" class="chip" data-do="relax" data-label="{esc(chip.limit)}" '
        f'data-key="relax-{chip.limit}" aria-label="{esc(words["remove"].format(what=chip.label))}">'
        f"{icon('close')}{esc(chip.label)}</button>"
        for chip in in_the_way(turn.after, ranking.blocking, words)
    )
    offered = f'<p>{esc(words["blocking"])}</p><div class="chips">{ways}</div>' if ways else ""
    return f'<div class="nothing"><p>{esc(line)}</p>{offered}</div>'


def _card(turn: Turn, place: int, ranked: Ranked, reason: str, top: float, words: Strings) -> str:
    item = ranked.item
    return (
        f'<li class="card" data-item="{esc(item.id)}">'
        f'<div class="poster">{picture(item)}<span class="rank" aria-hidden="true">{place}</span></div>'
        f'<div class="body"><h3>{esc(item.title)}{_year(item)}</h3>{_meta(item, words)}{_people(item)}'
        f'<p class="reason">{esc(reason)}</p>{_score(ranked, top, words)}'
        f"</div>{_acts(turn, place, item, words)}</li>"
    )


def picture(item: Item) -> str:
    """The item's poster over its drawn one, so that a poster that does not load leaves the drawing."""
    drawn = poster(item.title, item.genres)
    if item.poster and _SAFE_IMAGE.match(item.poster):
        return f'{drawn}<img src="{esc(item.poster)}" alt="" loading="lazy" referrerpolicy="no-referrer">'
    return drawn


def _year(item: Item) -> str:
    return f' <span class="year">{item.year}</span>' if item.year else ""


def _meta(item: Item, words: Strings) -> str:
    facts = []
    if item.rating:
        said = words["rating"].format(value=f"{item.rating:.1f}")
        if item.votes:
            said = words["rating_votes"].format(value=f"{item.rating:.1f}", votes=number(item.votes))
        facts.append(f'<span class="stars" title="{esc(said)}">{icon("star")}{item.rating:.1f}</span>')
    if item.runtime:
        facts.append(f"<span>{esc(words['minutes'].format(count=item.runtime))}</span>")
    if item.genres:
        named = words["comma"].join(genre(name, words) for name in item.genres[:3])
        facts.append(f'<span class="genres">{esc(named)}</span>')
    return f'<p class="meta">{joined(facts)}</p>' if facts else ""


def _people(item: Item) -> str:
    made = item.credited("director") or item.credited("author")
    cast = [credit.name for credit in item.people if credit.name not in made and credit.role == "actor"]
    names = [*made[:1], *cast[:2]]
    return f'<p class="people">{esc(", ".join(names))}</p>' if names else ""


def _score(ranked: Ranked, top: float, words: Strings) -> str:
    """A bar as long as the score is to the best one, split into what the parts add."""
    values = {name: max(0.0, float(getattr(ranked.parts, name))) for name in PARTS}
    whole = sum(values.values()) or 1.0
    length = 100.0 * max(0.04, ranked.score / top) if top > 0 else 100.0
    listed = ", ".join(f"{words['part_' + name]} {value / whole:.0%}" for name, value in values.items() if value > 0)
    said = words["score_parts"].format(value=f"{ranked.score:.2f}", parts=listed or "–")
    pieces = joined(
        f'<i class="part-{name}" style="width:{100 * value / whole:.1f}%"></i>'
        for name, value in values.items()
        if value > 0
    )
    return (
        f'<div class="score" role="img" aria-label="{esc(said)}" title="{esc(said)}">'
        f'<span style="width:{min(length, 100.0):.1f}%">{pieces}</span></div>'
    )


def _acts(turn: Turn, place: int, item: Item, words: Strings) -> str:
    def button(name: str) -> str:
        said = words[f"{name}_this"].format(title=item.title)
        return (
            f'<button type="button" class="round act-{name}" data-do="{name}" data-id="{esc(item.id)}" '
            f'data-key="{turn.id}-{place}-{name}" title="{esc(words[name])}" aria-label="{esc(said)}">'
            f"{icon(name)}<small>{esc(words[name])}</small></button>"
        )

    compared = words["compare_this"].format(title=item.title)
    asked = words["why_this"].format(title=item.title)
    return (
        f'<div class="foot-of-card"><div class="acts">{joined(button(name) for name in _BUTTONS)}'
        f'<button type="button" class="round act-compare" data-do="pick" data-id="{esc(item.id)}" '
        f'data-title="{esc(item.title)}" data-key="{turn.id}-{place}-pick" aria-pressed="false" '
        f'title="{esc(words["compare"])}" aria-label="{esc(compared)}">{icon("compare")}'
        f"<small>{esc(words['compare'])}</small></button></div>"
        f'<button type="button" class="ask-why" data-do="why" data-key="{turn.id}-{place}-why" aria-expanded="false" '
        f'aria-controls="why-{turn.id}-{place}" aria-label="{esc(asked)}">{esc(words["why"])}</button></div>'
    )
