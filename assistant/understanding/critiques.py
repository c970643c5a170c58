"""Wishes taken back ("forget the year") and critiques against what is shown ("older", "less violent")."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING

from assistant.acts import Slot, SlotName
from assistant.understanding.numbers import LONG
from assistant.understanding.vocabulary import Vocabulary
from retrieval.caseless import Caseless

if TYPE_CHECKING:
    from retrieval.catalog import Catalog
    from retrieval.types import Item

_TOPICS: tuple[tuple[str, SlotName], ...] = (
    (
        r"years?|decades?|dates?|release dates?|when it (?:was made|came out)|how old (?:it is|they are)|age|era|年份|年代|时间",
        "year",
    ),
    (r"runtimes?|lengths?|running times?|duration|how long (?:it is|they are)|片长|时长|长度", "runtime"),
    (r"genres?|类型", "genre"),
    (r"languages?|语言", "language"),
    (r"countr(?:y|ies)|国家", "country"),
    (r"actors?|actress(?:es)?|directors?|cast|people|person|演员|导演", "person"),
    (r"popularity|知名度", "popularity"),
    (r"mood|moods|wishes|themes?", "wish"),
)
_THING = "|".join(f"(?:{pattern})" for pattern, _ in _TOPICS)
_FORGET = Caseless(
    r"\b(?:forget|drop|remove|ignore|lift|scrap|skip|lose|never ?mind|don['’]?t (?:worry|care|mind) about|no longer care about|without)\s+(?:about\s+)?(?:the\s+|that\s+|my\s+|any\s+)?"
    rf"(?P<a>{_THING})\b|\b(?:any|whatever)\s+(?P<b>{_THING})\s+(?:is|are|will|would|works|does)\b|\b(?:the\s+)?(?P<c>{_THING})\s+(?:does|do)(?:n['’]?t| not|nt)\s+matter"
    rf"|\bi (?:do not|don['’]?t|no longer) care (?:about |what )?(?:the )?(?P<d>{_THING})|(?:不管|别管|忘掉|忘了|去掉|取消|不限)(?P<e>{_THING})|(?P<f>{_THING})(?:无所谓|不限|都可以|随便|不重要)",
)
_AFTER_ALL = re.compile(r"\b(?:after all|again|now)\b|也|其实", re.IGNORECASE)
_FORGET_HEAD = Caseless(
    r"(?<!not )(?<!n['’]t )(?<!\bdont )\b(?:forget|drop|remove|lift|never ?mind|scrap|scratch|cancel|nix|ditch)\s+(?:about\s+)?(?:the\s+|my\s+|that\s+)?(?:no[- ])?$|\b(?:does|do)(?:n['’]?t| not) (?:have|need) to be (?:an? )?$|\bno longer (?:has|needs) to be (?:an? )?$|\b(?:ignore|forget|disregard) what i said about (?:(?:wanting|liking|no|it|an?|the|being|not) )*$|(?:不用|别管|去掉|取消|忘了|忘掉)$",
)
_MAY_TAKE_BACK = Caseless(
    r"forget|drop|remove|lift|never ?mind|scrap|scratch|cancel|nix|ditch|to be|ignore|disregard|fine|ok|alright|all right|allowed|good|welcome|不用|别管|去掉|取消|忘了|忘掉|可以|行|没关系|没问题"
)
"""One of the words without which nothing in a message is taken back, looked for first."""
_FINE_TAIL = Caseless(
    r"^s?\s*(?:movies?|films?|ones?|stuff|片|电影)?\s*(?:is|are|would be|['’]s)?\s*(?:actually\s+)?(?:(?:fine|ok|okay|alright|all right|allowed)(?:\s+(?:after all|again|now|too|with me|by me))?|(?:good|welcome)\s+(?:after all|again))|^片?(?:也|其实)?(?:可以|行|没关系|没问题)",
)

_RELATIVE: tuple[tuple[Caseless, str], ...] = tuple(
    (Caseless(pattern), value)
    for pattern, value in (
        (
            r"\b(?:older|earlier|less recent|not (?:so|as) (?:new|recent))\b(?!\s+than\s+(?:\d|me|my)|\s+(?:man|woman|people|brother|sister|kids?|audience))|(?:更|再|要)?(?:老|早|旧)一?(?:点|些)|更老|更早",
            "older",
        ),
        (
            r"\b(?:newer|more recent|more modern|less old|not (?:so|as|that|too) old|(?<!not )too old)\b(?!\s+than\s+\d)|(?:更|再)?新一?(?:点|些)|更新的",
            "newer",
        ),
        (
            r"\b(?:shorter|not (?:so|as|that) long|less long|(?<!not )(?<!nothing )(?<!n't )(?<!n’t )too long)\b(?!\s+than\s+(?:\d|an? hour|two|one|three))|(?:更|再)?短一?(?:点|些)|更短",
            "shorter",
        ),
        (
            r"\b(?:longer)\b(?!\s+than\s+(?:\d|an? hour|two|one|three))(?<!no longer)|(?:更|再)?长一?(?:点|些)|更长",
            "longer",
        ),
        (
            r"\b(?:lighter|less (?:dark|heavy|serious|depressing|intense|bleak|grim)|more (?:light-?hearted|lighthearted|cheerful|upbeat)|not (?:so|as|that) (?:dark|heavy|serious|depressing)|happier)\b|(?:更|再)?轻松一?(?:点|些)|更轻松",
            "lighter",
        ),
        (
            r"\b(?:darker|grittier|bleaker|more (?:dark|serious|intense|gritty)|less (?:light|cheerful|silly|cheesy))\b|(?:更|再)?(?:黑暗|阴暗|压抑)一?(?:点|些)|更黑暗",
            "darker",
        ),
        (
            r"\b(?:funnier|more (?:funny|humor|humour|comedic|fun))\b|(?:更|再)?搞笑一?(?:点|些)|更搞笑|更好笑",
            "funnier",
        ),
        (r"\b(?:scarier|creepier|more scary)\b|更恐怖|更吓人", "scarier"),
        (
            r"\b(?:(?<!not )too (?:scary|creepy)|less (?:scary|creepy|frightening)|not (?:so|as|that) (?:scary|creepy))\b|没那么(?:恐怖|吓人)|不那么(?:恐怖|吓人)",
            "less scary",
        ),
        (
            r"\b(?:less|not (?:so|as|that|too)) (?:violent|bloody|gory|brutal)\b|\bless (?:violence|blood|gore)\b|(?:少一?点|没那么|不那么|别太|不要太)(?:暴力|血腥)",
            "less violent",
        ),
        (r"\b(?:more romantic)\b|更浪漫", "more romantic"),
        (r"\b(?:slower)\b|慢一点", "slower"),
        (r"\b(?:faster|more exciting|less boring|less slow)\b|快一点|更刺激", "faster"),
    )
)
_EFFECT: dict[str, tuple[SlotName, str]] = {
    "lighter": ("wish", "light-hearted"),
    "darker": ("wish", "dark"),
    "funnier": ("wish", "funny"),
    "scarier": ("wish", "scary"),
    "more romantic": ("wish", "romantic"),
    "slower": ("wish", "slow-burn"),
    "faster": ("wish", "fast-paced"),
}
_REFUSED = {"less violent": ("violence", "gore"), "less scary": ("scary",)}
_CONTRARY = {"light-hearted": "dark", "dark": "light-hearted", "slow-burn": "fast-paced", "fast-paced": "slow-burn"}


def forgotten(message: str, vocabulary: Vocabulary, refused: frozenset[str]) -> list[Slot]:
    """Slots that take earlier wishes back, each with the words that say so.

    "Horror is fine" takes a refusal back; where nothing was refused (`refused` holds what was) it is a wish.
    """
    found = [
        Slot(name, "forget", "", span=match[0])
        for match in _FORGET.finditer(message)
        for pattern, name in _TOPICS
        if re.fullmatch(pattern, next(group for group in match.groups() if group), re.IGNORECASE)
    ]
    for word in vocabulary.find(message) if _MAY_TAKE_BACK.search(message) else ():
        known = bool(refused.intersection((*word.entry.values, word.entry.guess)))
        if takes_back(message, word.start, word.end, refused=known):
            section = word.entry.section
            found.extend(Slot(section, "forget", value, span=word.text) for value in word.entry.values)
            if word.entry.guess:
                found.append(Slot("genre", "forget", word.entry.guess, span=word.text, guessed=True))
    return found


def takes_back(message: str, start: int, end: int, *, refused: bool) -> bool:
    """Whether what stands from `start` to `end` is taken back: "forget X"; "X is fine", where X was refused before, or
    "X is fine after all"."""
    if _FORGET_HEAD.search(message[:start]):
        return True
    fine = _FINE_TAIL.search(message[end:])
    return fine is not None and (refused or bool(_AFTER_ALL.search(fine[0])))


def critiques(message: str, pointed: Sequence[str], shown: Sequence[str], catalog: Catalog) -> list[Slot]:
    """Relative slots, each followed by what it comes to: a bound against the items pointed at (or shown), or a wish."""
    slots: list[Slot] = []
    for pattern, value in _RELATIVE:
        match = pattern.search(message)
        if not match:
            continue
        span = match[0]
        if value in ("older", "newer", "shorter", "longer"):
            name: SlotName = "year" if value in ("older", "newer") else "runtime"
            slots.append(Slot(name, "relative", value, span))
            slots.extend(_bound(name, value, span, [item for item in map(catalog.get, pointed or shown) if item]))
        elif value in _EFFECT:
            wish, text = _EFFECT[value]
            slots.append(Slot(wish, "relative", value, span))
            slots.append(Slot(wish, "=", text, span))
            if contrary := _CONTRARY.get(text):
                slots.append(Slot(wish, "forget", contrary, span, guessed=True))
        else:
            slots.append(Slot("wish", "relative", value, span))
            slots.extend(Slot("wish", "not", refused, span) for refused in _REFUSED[value])
    return slots


def _bound(name: SlotName, value: str, span: str, items: Sequence[Item]) -> list[Slot]:
    """Older or newer than every item; shorter or longer than the middle one, since one extreme item says little."""
    known = [number for item in items if (number := item.year if name == "year" else item.runtime) is not None]
    if not known:
        plain = value == "shorter" and span.casefold().startswith("not ")
        return [Slot("runtime", "<=", str(LONG), span, guessed=True)] if plain else []
    if value == "older":
        limit = min(known) if min(known) > 1960 else int(median(known))
        return [Slot("year", "<=", str(limit - 1), span)]
    if value == "newer":
        return [Slot("year", ">=", str(max(known) + 1), span)]
    middle = int(median(known))
    return [
        Slot("runtime", "<=", str(middle - 1), span)
        if value == "shorter"
        else Slot("runtime", ">=", str(middle + 1), span)
    ]
