"""Simulated users: a persona wants items with certain attributes, says them bit by bit, and judges cards by records.

A persona never holds a target title, so it cannot leak one. What it says is made from its attributes by templates in
its style; the leak check makes sure all the same that no title which would satisfy it was ever said.
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from prompts.evaluation.cases import Case, CaseError
from prompts.evaluation.measures import CaseResult
from retrieval.catalog import Catalog
from retrieval.types import Item

STYLES = ("terse", "chatty", "typos", "contradicting", "chinese")
MOST_TURNS = 4


@dataclass(frozen=True, slots=True)
class Persona:
    """What a simulated person wants. `likes` are titles they will name; `genre` to `keyword` is what an item needs."""

    style: str
    genre: str
    refuses: str
    year_from: int | None
    year_to: int | None
    keyword: str
    zh: tuple[str, str, str]
    likes: tuple[str, ...]

    def satisfied(self, item: Item) -> bool:
        """Whether an item has everything that is wanted."""
        known = item.year or 0
        return (
            self.genre in item.genres
            and self.refuses not in item.genres
            and (self.year_from is None or known >= self.year_from)
            and (self.year_to is None or 0 < known <= self.year_to)
            and (not self.keyword or any(self.keyword in keyword for keyword in item.keywords))
        )


def persona(case: Case) -> Persona:
    """The persona of a case. Raises CaseError when its style or wishes are not understood."""
    wants, style = case.mapping("wants"), case.text("style")
    if style not in STYLES:
        raise CaseError(f"{case.place}: style must be one of {', '.join(STYLES)}, not {style!r}")
    if not isinstance(wants.get("genre"), str):
        raise CaseError(f"{case.place}: wants needs a genre")
    zh = wants.get("zh", ["", "", ""])
    if not isinstance(zh, list) or len(zh) != 3:
        raise CaseError(f"{case.place}: zh must be [genre, refused genre, keyword] in Chinese")
    return Persona(
        style,
        wants["genre"],
        str(wants.get("refuses", "")),
        wants.get("year_from"),
        wants.get("year_to"),
        str(wants.get("keyword", "")),
        (str(zh[0]), str(zh[1]), str(zh[2])),
        case.texts("likes"),
    )


@dataclass
class Conversation:
    """What happened: the messages of the person, and what was shown in answer to each."""

    said: list[str] = field(default_factory=list)
    shown: list[list[Item]] = field(default_factory=list)
    unknown: int = 0
    titles: int = 0
    replies: list[str] = field(default_factory=list)


Turn = Callable[[str], tuple[Sequence[Item], int, str]]
"""One turn of a system: a message in; items shown, how many titles the catalog does not have, and the text, out."""


def converse(one: Persona, turn: Turn, seed: int) -> Conversation:
    """Talk until an item satisfies the persona, at most `MOST_TURNS` messages."""
    talk = Conversation()
    for message in messages(one, seed):
        items, unknown, reply = turn(message)
        talk.said.append(message)
        talk.shown.append(list(items))
        talk.replies.append(reply)
        talk.unknown += unknown
        talk.titles += unknown + len(items)
        if any(one.satisfied(item) for item in items):
            break
    return talk


def messages(one: Persona, seed: int) -> Iterable[str]:
    """What the persona says, turn by turn; the same for every system, apart from where it ends."""
    write = _chinese if one.style == "chinese" else _english
    said = list(write(one))[:MOST_TURNS]
    if one.style == "typos":
        dice = random.Random(seed)
        said = [_typos(text, dice) for text in said]
    return said


def judge(case: Case, one: Persona, talk: Conversation, catalog: Catalog) -> CaseResult:
    """Success, turns, limits broken, repeats, invented titles, and whether a title leaked."""
    flat = [item for items in talk.shown for item in items]
    broken = [item.title for turn, items in enumerate(talk.shown) for item in items if _breaks(one, item, turn)]
    repeats = len(flat) - len({item.id for item in flat})
    satisfying = [item for row in range(len(catalog)) if one.satisfied(item := catalog.item(row))]
    named = {title.lower() for title in one.likes}
    leaks = [item.title for item in satisfying if _says(talk.said, item.title) and item.title.lower() not in named]
    success = any(one.satisfied(item) for item in talk.shown[-1]) if talk.shown else False
    cards = float(max(len(flat), 1))
    measures = {
        "success": (float(success), 1.0),
        "turns": (float(len(talk.said)), 1.0),
        "violations": (float(len(broken)), cards),
        "repeats": (float(repeats), cards),
        "invented": (float(talk.unknown), float(max(talk.titles, 1))),
        "leaks": (float(len(leaks)), 1.0),
    }
    notes = [f"breaks a limit: {title}" for title in broken] + [f"leak: {title}" for title in leaks]
    if repeats:
        notes.append(f"{repeats} shown again")
    if not satisfying:
        raise CaseError(f"{case.place}: no item of the catalog satisfies this persona")
    output = [
        {"person": said, "shown": [item.label() for item in items], "reply": reply}
        for said, items, reply in zip(talk.said, talk.shown, talk.replies, strict=True)
    ]
    return CaseResult(case.id, success and not broken and not repeats, measures, output, tuple(notes), one.style)


def _breaks(one: Persona, item: Item, turn: int) -> bool:
    """Whether an item breaks what the persona had said by this turn: the refusal at once, the years from turn 1 on."""
    if one.refuses and one.refuses in item.genres and one.style != "contradicting":
        return True
    if turn < 1:
        return False
    year = item.year or 0
    return (one.year_from is not None and year < one.year_from) or (one.year_to is not None and year > one.year_to)


def _years(one: Persona, both: str, low: str, high: str) -> str:
    if one.year_from and one.year_to:
        return both.format(one.year_from, one.year_to)
    if one.year_from:
        return low.format(one.year_from)
    return high.format(one.year_to) if one.year_to else ""


def _english(one: Persona) -> Iterable[str]:
    chatty = one.style == "chatty"
    liked = " and ".join(one.likes)
    refuses = f", no {one.refuses}" if one.refuses else ""
    years = _years(one, "from {} to {}", "from {} or later", "from {} or earlier")
    if one.style == "contradicting":
        yield f"I want a {one.refuses or 'war'} movie" + (f" like {liked}" if liked else "")
        yield f"wait, no {one.refuses or 'war'} after all, some {one.genre} {years}".strip()
    else:
        hello = "Hi! It was a long week and we would love a quiet evening. " if chatty else ""
        yield f"{hello}{'I feel like ' if chatty else ''}{one.genre}{refuses}" + (f", I loved {liked}" if liked else "")
        yield f"{'Nice, but could it be something ' if chatty else ''}{years}" if years else "something else"
    yield (
        f"{'Hmm, what about something about ' if chatty else 'about '}{one.keyword}" if one.keyword else "others please"
    )
    yield "none of these, show me others"


def _chinese(one: Persona) -> Iterable[str]:
    genre, refuses, keyword = one.zh
    liked = "".join(f"《{title}》" for title in one.likes)
    yield f"想看{genre}片" + (f"，不要{refuses}" if refuses else "") + (f"，我喜欢{liked}" if liked else "")
    yield _years(one, "要{}到{}年的", "要{}年以后的", "要{}年以前的") or "换一批"
    yield f"关于{keyword}的" if keyword else "换一批"
    yield "换一批"


def _typos(text: str, dice: random.Random) -> str:
    """One pair of letters swapped in about every third longer word; titles are hit as well, numbers are not."""
    words = text.split(" ")
    for place, word in enumerate(words):
        if len(word) > 4 and word.isalpha() and dice.random() < 0.34:
            cut = dice.randrange(1, len(word) - 2)
            words[place] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
    return " ".join(words)


def _says(said: Sequence[str], title: str) -> bool:
    # A title of one common word ("Crime", "War") is said without being meant.
    if len(title.split()) < 2:
        return False
    # Personas write titles as the catalog does and everything else in lower case ("about time travel").
    return any(re.search(rf"(?<!\w){re.escape(title)}(?!\w)", text) for text in said)


def seed_of(case: Case) -> int:
    """A seed that depends on the case alone."""
    return zlib.crc32(case.id.encode())
