"""What the state holds, as chips that a person can take away, soften or add. Each change is a dialogue act."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils

from assistant.acts import DialogueAct, Intent, Operator, Slot, SlotName
from assistant.questions import language_name
from assistant.state import DialogueState
from assistant.understanding.vocabulary import load_vocabulary
from retrieval.catalog import Catalog
from ui.strings import Strings, genre

GROUPS = ("likes", "dislikes", "limits", "wishes", "seen_list", "unknown")
"""The groups of chips, in the order they are shown; also their names in the page's words."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that is held: where it belongs, what it says, and the slots that remove or soften it."""

    group: str
    label: str
    remove: tuple[Slot, ...]
    weaken: tuple[Slot, ...] = ()


class Unreadable(ValueError):
    """What was typed into the panel cannot be added. `key` names the sentence that says so."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def chips(state: DialogueState, catalog: Catalog, words: Strings) -> tuple[Chip, ...]:
    """Everything the state holds that the next ranking depends on."""
    return (*_titles(state, catalog), *_limits(state, words), *_bounds(state, words), *_wishes(state, words))


def refine(slots: tuple[Slot, ...], language: str) -> DialogueAct:
    """The act of a change in the panel."""
    return DialogueAct(Intent.REFINE, slots, language=language)


def _titles(state: DialogueState, catalog: Catalog) -> Iterator[Chip]:
    groups: tuple[tuple[str, tuple[str, ...], Operator], ...] = (
        ("likes", state.likes, "forget"),
        ("dislikes", state.dislikes, "forget"),
        ("dislikes", state.rejected, "again"),
        ("seen_list", state.seen, "again"),
    )
    for group, ids, operator in groups:
        for item_id in ids:
            item = catalog.get(item_id)
            label = item.label() if item else item_id
            yield Chip(group, label, (Slot("title", operator, item.title if item else item_id, item_id=item_id),))
    for title in (*state.unknown_likes, *state.unknown_dislikes):
        yield Chip("unknown", title, (Slot("title", "forget", title),))


def _limits(state: DialogueState, words: Strings) -> Iterator[Chip]:
    limits = state.limits
    for name in state.genres:
        gone, label = Slot("genre", "forget", name), genre(name, words)
        hard = name in limits.genres_any
        yield Chip("limits" if hard else "wishes", label, (gone,), (gone, Slot("wish", "=", name)) if hard else ())
    for name in sorted(limits.not_genres):
        yield Chip("limits", words["chip_not"].format(what=genre(name, words)), (Slot("genre", "forget", name),))
    for person in state.people:
        gone = Slot("person", "forget", person)
        hard = person in limits.people_any
        yield Chip(
            "limits" if hard else "wishes", person, (gone,), (gone, Slot("person", "prefer", person)) if hard else ()
        )
    for person in sorted(limits.not_people):
        yield Chip("limits", words["chip_not"].format(what=person), (Slot("person", "forget", person),))
    for keyword in sorted(limits.not_keywords):
        said = load_vocabulary().said(keyword, words["code"])
        yield Chip("limits", words["chip_not"].format(what=said), (Slot("wish", "forget", keyword),))
    yield from _places(state, words)


def _places(state: DialogueState, words: Strings) -> Iterator[Chip]:
    """Languages and countries: the state forgets them together, so what stays is said again."""
    limits = state.limits
    spoken: list[tuple[Operator, str]] = [("=", code) for code in sorted(limits.languages)]
    spoken += [("not", code) for code in sorted(limits.not_languages)]
    for operator, code in spoken:
        rest = tuple(Slot("language", other, value) for other, value in spoken if (other, value) != (operator, code))
        named = language_name(code, chinese=words["code"] == "zh")
        label = named if operator == "=" else words["chip_not"].format(what=named)
        yield Chip("limits", label, (Slot("language", "forget", ""), *rest))
    for country in sorted(limits.countries):
        kept = tuple(Slot("country", "=", other) for other in sorted(limits.countries - {country}))
        yield Chip("limits", country, (Slot("country", "forget", ""), *kept))


def _bounds(state: DialogueState, words: Strings) -> Iterator[Chip]:
    limits = state.limits
    pairs: tuple[tuple[SlotName, int | None, int | None, str, str], ...] = (
        ("year", limits.year_from, limits.year_to, "chip_from", "chip_to"),
        ("runtime", limits.runtime_from, limits.runtime_to, "chip_runtime_from", "chip_runtime_to"),
    )
    for name, low, high, from_, to in pairs:
        sides: tuple[tuple[int | None, str, Operator, int | None], ...] = (
            (low, from_, "<=", high),
            (high, to, ">=", low),
        )
        for value, key, other, bound in sides:
            if value is None:
                continue
            label = words[key].format(year=value, minutes=value)
            kept = () if bound is None else (Slot(name, other, str(bound)),)
            gone = (Slot(name, "forget", ""), *kept)
            yield Chip("limits", label, gone, (*gone, Slot("wish", "=", label)))


def _wishes(state: DialogueState, words: Strings) -> Iterator[Chip]:
    for wish in state.wishes:
        said = load_vocabulary().said(wish, words["code"])
        yield Chip("wishes", said, (Slot("wish", "forget", wish),))
    if state.popularity_bias:
        label = words["chip_less" if state.popularity_bias < 0 else "chip_popular"]
        yield Chip("wishes", label, (Slot("popularity", "forget", ""),))


ADDABLE = ("like", "dislike", "genre", "not_genre", "person", "wish", "from", "to", "runtime", "seen")
"""What can be added by hand."""


def added(kind: str, typed: str, catalog: Catalog) -> tuple[Slot, ...]:
    """The slots of something typed into the panel.

    Raises
    ------
    Unreadable
        when the catalog does not know it, or a number is none.
    """
    value = " ".join(typed.split())[:200]
    if kind in ("like", "dislike", "seen"):
        item = catalog.get(find_title(value, catalog))
        if item is None:
            raise Unreadable("add_unknown")
        operators: dict[str, Operator] = {"like": "=", "dislike": "not", "seen": "seen"}
        return (Slot("title", operators[kind], item.title, item_id=item.id),)
    if kind in ("genre", "not_genre"):
        known = catalog.genre(value)
        if known is None:
            raise Unreadable("add_unknown")
        return (Slot("genre", "=" if kind == "genre" else "not", known),)
    if kind == "person":
        return (Slot("person", "=", _person(value, catalog)),)
    if kind in ("from", "to", "runtime"):
        if not value.isdecimal() or len(value) > 4:
            raise Unreadable("add_number")
        return (Slot("runtime" if kind == "runtime" else "year", ">=" if kind == "from" else "<=", value),)
    if not value:
        raise Unreadable("add_unknown")
    return (Slot("wish", "=", value),)


def find_title(typed: str, catalog: Catalog) -> str:
    """The id of the title that was meant, small typos forgiven; "" when none is near. Many votes decide ties."""
    wanted = utils.default_process(typed)
    if not wanted:
        return ""
    near = process.extract(
        wanted, catalog.titles, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=84, limit=20
    )
    if not near:
        return ""
    best = near[0][1]
    rows = [row for _, score, row in near if score == best]
    return catalog.ids[max(rows, key=lambda row: float(catalog.votes[row]) if catalog.votes[row] >= 0 else -1.0)]


def _person(typed: str, catalog: Catalog) -> str:
    wanted = typed.casefold()
    for name in catalog.people.names:
        if name.casefold() == wanted:
            return name
    raise Unreadable("add_unknown")
