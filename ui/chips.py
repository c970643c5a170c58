"""What the state holds, as chips that a person can take away, soften or add. Each change is a dialogue act."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils

from assistant.acts import DialogueAct, Intent, Operator, Slot, SlotName
from assistant.questions import language_name
from assistant.state import DialogueState
from retrieval.catalog import Catalog
from ui.strings import Strings, genre, theme

GROUPS = ("likes", "dislikes", "limits", "wishes", "seen_list", "unknown")
"""The groups of chips, in the order they are shown; also their names in the page's words."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that is held: where it belongs, what it says, and the slots that remove or soften it.

    `limit` is the field of the constraints that a limit stands in.
    """

    group: str
    label: str
    remove: tuple[Slot, ...]
    weaken: tuple[Slot, ...] = ()
    limit: str = ""


class Unreadable(ValueError):
    """What was typed into the panel cannot be added. `key` names the sentence that says so."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def chips(state: DialogueState, catalog: Catalog, words: Strings) -> tuple[Chip, ...]:
    """Everything the state holds that the next ranking depends on."""
    return (*_titles(state, catalog), *_limits(state, words), *_bounds(state, words), *_wishes(state, words))


def in_the_way(state: DialogueState, blocking: Collection[str], words: Strings) -> tuple[Chip, ...]:
    """What to take away when nothing is left: each limit that blocks alone, or every one where only all together do.

    One chip for each field of the constraints. None when what fits was shown before: that is no limit.
    """
    fields: dict[str, list[Chip]] = {}
    for chip in (*_limits(state, words), *_bounds(state, words)):
        if chip.limit:
            fields.setdefault(chip.limit, []).append(chip)
    found = [_as_one(held, words) for held in fields.values()]
    alone = tuple(chip for chip in found if chip.limit in blocking)
    return alone if alone or "exclude" in blocking else tuple(found)


def _as_one(held: list[Chip], words: Strings) -> Chip:
    """A chip that takes all of these away."""
    if len(held) == 1:
        return held[0]
    gone = dict.fromkeys(slot for chip in held for slot in chip.remove if slot.operator == "forget")
    return Chip("limits", words["comma"].join(chip.label for chip in held), tuple(gone), limit=held[0].limit)


def refine(slots: tuple[Slot, ...], language: str) -> DialogueAct:
    """The act of a change in the panel."""
    return DialogueAct(Intent.REFINE, slots, language=language)


def _titles(state: DialogueState, catalog: Catalog) -> Iterator[Chip]:
    # Softer than an opinion: the title stays out and weighs nothing.
    groups: tuple[tuple[str, tuple[str, ...], Operator, Operator | None], ...] = (
        ("likes", state.likes, "forget", "seen"),
        ("dislikes", state.dislikes, "forget", "except"),
        ("dislikes", state.rejected, "again", None),
        ("seen_list", state.seen, "again", None),
    )
    for group, ids, operator, softer in groups:
        for item_id in ids:
            item = catalog.get(item_id)
            title, label = (item.title, item.label()) if item else (item_id, item_id)
            gone = Slot("title", operator, title, item_id=item_id)
            soft = (gone, Slot("title", softer, title, item_id=item_id)) if softer else ()
            yield Chip(group, label, (gone,), soft)
    for title in (*state.unknown_likes, *state.unknown_dislikes):
        yield Chip("unknown", title, (Slot("title", "forget", title),))


def _limits(state: DialogueState, words: Strings) -> Iterator[Chip]:
    limits = state.limits
    for name in state.genres:
        gone, label = Slot("genre", "forget", name), genre(name, words)
        hard = name in limits.genres_any
        if hard:
            yield Chip("limits", label, (gone,), (gone, Slot("wish", "=", name)), "genres_any")
        else:
            yield Chip("wishes", label, (gone,))
    for name in sorted(limits.not_genres):
        label = words["chip_not"].format(what=genre(name, words))
        yield Chip("limits", label, (Slot("genre", "forget", name),), limit="not_genres")
    for person in state.people:
        gone = Slot("person", "forget", person)
        if person in limits.people_any:
            yield Chip("limits", person, (gone,), (gone, Slot("person", "prefer", person)), "people_any")
        else:
            yield Chip("wishes", person, (gone,))
    for person in sorted(limits.not_people):
        label = words["chip_not"].format(what=person)
        yield Chip("limits", label, (Slot("person", "forget", person),), limit="not_people")
    for keyword in sorted(limits.not_keywords):
        label = words["chip_not"].format(what=theme(keyword, words))
        yield Chip("limits", label, (Slot("wish", "forget", keyword),), limit="not_keywords")
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
        limit = "languages" if operator == "=" else "not_languages"
        yield Chip("limits", label, (Slot("language", "forget", ""), *rest), limit=limit)
    for country in sorted(limits.countries):
        kept = tuple(Slot("country", "=", other) for other in sorted(limits.countries - {country}))
        yield Chip("limits", country, (Slot("country", "forget", ""), *kept), limit="countries")


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
            limit = f"{name}_from" if key == from_ else f"{name}_to"
            yield Chip("limits", label, gone, (*gone, Slot("wish", "=", label)), limit)


def _wishes(state: DialogueState, words: Strings) -> Iterator[Chip]:
    for wish in state.wishes:
        yield Chip("wishes", theme(wish, words), (Slot("wish", "forget", wish),))
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
