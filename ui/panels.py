"""What stands around the conversation: the taste panel, the history, the settings, the first page."""

from __future__ import annotations

from assistant.state import DialogueState
from retrieval.catalog import Catalog
from ui.buttons import close_button, undo_button
from ui.chart import chart
from ui.chips import ADDABLE, GROUPS, Chip, chips
from ui.markup import esc, icon, joined, number
from ui.session import Session
from ui.strings import LANGUAGES, Strings
from ui.types import Summary, Taste

_EXAMPLES = ("mood", "seed", "limit", "two")


def header(words: Strings) -> str:
    """The name and the buttons that open the panels."""

    def button(do: str, name: str, shown: str) -> str:
        return (
            f'<button type="button" class="top" data-do="{do}" data-key="top-{do}" aria-label="{esc(words[name])}" '
            f'title="{esc(words[name])}">{icon(shown)}<span>{esc(words[name])}</span></button>'
        )

    return (
        f'<p class="brand"><span class="mark" aria-hidden="true"></span>{esc(words["name"])}</p>'
        f'<nav aria-label="{esc(words["name"])}">{button("new", "new", "plus")}'
        f"{button('open-history', 'history', 'history')}{button('open-taste', 'taste', 'taste')}"
        f"{button('open-settings', 'settings', 'settings')}</nav>"
    )


def welcome(count: int, words: Strings, *, undoable: bool) -> str:
    """What an empty conversation shows: an invitation, four ways to begin, and the way back to what was taken back."""
    starters = joined(
        f'<button type="button" class="starter" data-do="say" data-text="{esc(words[f"example_{name}_text"])}">'
        f"<b>{esc(words[f'example_{name}'])}</b><span>{esc(words[f'example_{name}_text'])}</span></button>"
        for name in _EXAMPLES
    )
    return (
        f'<h1>{esc(words["tagline"])}</h1><p class="lead">{esc(words["welcome"].format(count=number(count)))}</p>'
        f'<h2 class="sr">{esc(words["examples"])}</h2><div class="starters">{starters}</div>'
        + (undo_button(words) if undoable else "")
    )


def composer(words: Strings) -> str:
    """The field for the message, with send and stop."""
    return (
        f'<label class="sr" for="say">{esc(words["composer"])}</label>'
        f'<textarea id="say" rows="1" maxlength="20000" placeholder="{esc(words["placeholder"])}" '
        f'autocomplete="off" enterkeyhint="send"></textarea>'
        f'<button type="submit" class="send" aria-label="{esc(words["send"])}" title="{esc(words["send"])}">'
        f"{icon('send')}</button>"
        f'<button type="button" class="halt" data-do="stop" aria-label="{esc(words["stop"])}" '
        f'title="{esc(words["stop"])}">{icon("stop")}</button>'
    )


def footer(words: Strings) -> str:
    """Where the data comes from."""
    return f"<p>{esc(words['footer'])}</p>"


def taste(state: DialogueState, catalog: Catalog, words: Strings, problem: str = "") -> str:
    """The taste panel: a picture of it, chips by group, sliders, and a form to add by hand."""
    held = chips(state, catalog, words)
    liked = tuple(item for item_id in state.likes if (item := catalog.get(item_id)) is not None)
    groups = joined(_group(name, held, words) for name in GROUPS)
    none = f'<p class="none">{esc(words["taste_none"])}</p>' if not held else ""
    drawn = chart(state, liked, words)
    figure = f'<div class="chart">{drawn}</div>' if drawn else ""
    return (
        f'<header><h2 id="taste-h">{esc(words["taste"])}</h2>{close_button(words)}</header>{none}{figure}{groups}'
        f"{_add(words, problem)}{_sliders(state, words)}"
    )


def _group(name: str, held: tuple[Chip, ...], words: Strings) -> str:
    rows = joined(_chip(place, chip, words) for place, chip in enumerate(held) if chip.group == name)
    return f'<h3>{esc(words[name])}</h3><ul class="held {name}">{rows}</ul>' if rows else ""


def _chip(place: int, chip: Chip, words: Strings) -> str:
    weaken = ""
    if chip.weaken:
        said = esc(words["weaken" if chip.limit else "weaken_title"].format(what=chip.label))
        weaken = (
            f'<button type="button" data-do="weaken" data-place="{place}" data-label="{esc(chip.label)}" '
            f'data-key="weaken-{place}" '
            f'title="{said}" aria-label="{said}">{icon("soften")}</button>'
        )
    said = esc(words["remove"].format(what=chip.label))
    return (
        f"<li><span>{esc(chip.label)}</span>{weaken}"
        f'<button type="button" data-do="remove" data-place="{place}" data-label="{esc(chip.label)}" '
        f'data-key="remove-{place}" '
        f'title="{said}" aria-label="{said}">{icon("close")}</button></li>'
    )


def _add(words: Strings, problem: str) -> str:
    kinds = joined(f'<option value="{kind}">{esc(words[f"add_{kind}"])}</option>' for kind in ADDABLE)
    said = f'<p class="wrong" role="alert">{esc(problem)}</p>' if problem else ""
    return (
        f'<form class="add" data-form="add"><h3>{esc(words["add"])}</h3>'
        f'<div><select name="kind" data-key="add-kind" aria-label="{esc(words["add_kind"])}">{kinds}</select>'
        f'<input name="value" data-key="add-value" maxlength="200" autocomplete="off" '
        f'aria-label="{esc(words["add_value"])}" placeholder="{esc(words["add_value"])}">'
        f'<button type="submit" class="round" data-key="add-go" aria-label="{esc(words["add_button"])}">'
        f"{icon('plus')}</button></div>{said}</form>"
    )


def _sliders(state: DialogueState, words: Strings) -> str:
    def slider(name: str, value: float, low: str, high: str) -> str:
        return (
            f'<label class="slider"><span class="sr">{esc(words[name])}</span>'
            f'<span class="ends" aria-hidden="true"><span>{esc(words[low])}</span>'
            f"<span>{esc(words[high])}</span></span>"
            f'<input type="range" min="0" max="1" step="0.1" value="{value:.1f}" data-tune="{name}" '
            f'data-key="tune-{name}"></label>'
        )

    return (
        f'<div class="tune"><h3>{esc(words["tune"])}</h3>'
        f"{slider('novelty', state.novelty, 'familiar', 'surprising')}"
        f"{slider('diversity', state.diversity, 'similar', 'varied')}</div>"
    )


def history(kept: tuple[Summary, ...], current: str, memory: bool, words: Strings) -> str:
    """The list of conversations, the current one marked."""
    rows = joined(
        f'<li><button type="button" data-do="open" data-id="{esc(line.id)}"'
        f"{' aria-current=true' if line.id == current else ''}><b>{esc(line.title or words['untitled'])}</b>"
        f"<small>{esc(words['turns'].format(count=line.turns))}</small></button></li>"
        for line in kept
    )
    none = "" if rows else f'<p class="none">{esc(words["history_none"])}</p>'
    off = "" if memory else f'<p class="none">{esc(words["history_off"])}</p>'
    listed = f'<ul class="kept">{rows}</ul>' if rows else ""
    return f'<header><h2 id="history-h">{esc(words["history"])}</h2>{close_button(words)}</header>{off}{listed or none}'


def settings(session: Session, catalog: Catalog, engine: tuple[str, str, str], words: Strings) -> str:
    """Language, appearance, memory, the engine, and what a person can do with their data."""
    languages = joined(
        f'<option value="{code}"{" selected" if code == session.language else ""}>{esc(name)}</option>'
        for code, name in LANGUAGES.items()
    )
    looks = joined(f'<option value="{look}">{esc(words[look])}</option>' for look in ("auto", "light", "dark"))
    kind, model, state = engine
    shown = (kind, model, words.get(f"engine_{state}", state))
    runs = esc(words["engine_none"] if kind == "none" else " · ".join(filter(None, shown)))
    return (
        f'<header><h2 id="settings-h">{esc(words["settings"])}</h2>{close_button(words)}</header>'
        f'<label class="row"><span>{esc(words["language"])}</span>'
        f'<select data-set="language">{languages}</select></label>'
        f'<label class="row"><span>{esc(words["appearance"])}</span><select data-set="look">{looks}</select></label>'
        f'<label class="row"><span>{esc(words["memory"])}</span><input type="checkbox" data-set="memory"'
        f'{" checked" if session.memory else ""}></label><p class="small">{esc(words["memory_about"])}</p>'
        f"{_long_term(session.taste, catalog, words)}"
        f'<p class="row"><span>{esc(words["engine"])}</span><span class="engine">{runs}</span></p>'
        f'<div class="own"><button type="button" class="plain" data-do="export">{icon("download")}'
        f"{esc(words['export'])}</button>"
        f'<button type="button" class="plain danger" data-do="forget-ask" aria-expanded="false">{icon("trash")}'
        f'{esc(words["forget"])}</button></div><div class="sure" hidden><p>{esc(words["forget_sure"])}</p>'
        f'<button type="button" class="plain danger" data-do="forget">{esc(words["forget_yes"])}</button>'
        f'<button type="button" class="plain" data-do="forget-no">{esc(words["cancel"])}</button></div>'
        f'<p class="small">{esc(words["credit"])}</p>'
    )


_KINDS = {"like": "likes", "dislike": "dislikes", "seen": "seen_list"}


def _long_term(taste: Taste | None, catalog: Catalog, words: Strings) -> str:
    """Whether new conversations begin with the person's taste, and what is kept of it, line by line."""
    if taste is None:
        return ""
    known = [(line, kind, item.label()) for line, kind, id_ in taste.lines if (item := catalog.get(id_)) is not None]
    rows = joined(
        f'<li><span>{esc(words[_KINDS[kind]])}: {esc(label)}</span><button type="button" data-do="drop-taste" '
        f'data-id="{esc(line)}" data-key="taste-{esc(line)}" title="{esc(words["remove"].format(what=label))}" '
        f'aria-label="{esc(words["remove"].format(what=label))}">{icon("close")}</button></li>'
        for line, kind, label in known
    )
    return (
        f'<label class="row"><span>{esc(words["keep_taste"])}</span><input type="checkbox" data-set="keep-taste"'
        f'{" checked" if taste.on else ""}></label><p class="small">{esc(words["keep_taste_about"])}</p>'
        + (f'<ul class="held">{rows}</ul>' if rows else "")
    )
