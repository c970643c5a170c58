"""What "the second one", "that one" or "the one with the train" points at among the cards shown."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.caseless import Caseless
from retrieval.text import fold

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

_ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
    "sixth": 6, "6th": 6, "seventh": 7, "7th": 7, "eighth": 8, "8th": 8, "ninth": 9, "9th": 9, "tenth": 10, "10th": 10,
    "last": -1, "final": -1, "middle": 0, "second to last": -2,
}  # fmt: skip
_CARDINALS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_HAN = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_NOUN = r"(?:ones?|movies?|films?|picks?|options?|suggestions?|recommendations?|titles?|cards?|choices?|results?)"
_ORDINAL = Caseless(
    rf"\b(?:the\s+)?(second to last|{'|'.join(sorted(set(_ORDINALS) - {'second to last'}, key=len, reverse=True))})\b"
    rf"(?:\s+(two|three|four|{_NOUN}(?!\s+(?:i|we)\b))\b|(?=\s*(?:[,.!?;:)]|$|and\b|or\b|is\b|was\b|but\b|please\b|looks\b|sounds\b|instead\b|again\b|has\b|have\b|with\b|about\b|i\b|than\b|one\b|except\b|to\b|for\b|on\b|too\b|also\b|seems\b|,)))",
)
_NUMBER = Caseless(
    r"(?:#\s?|\b(?:number|no\.|nr\.?|num|option|pick|card|movie|film)\s+#?)(\d{1,2}|one|two|three|four|five)\b",
)
_LISTED = Caseless(
    r"\b(?:watched|seen|saw|like|liked|love|loved|not|hate|hated|compare|skip|remove|between|of|and|with)\s+(\d{1,2}(?:\s*(?:,|and|&|or)\s*\d{1,2})*)\b(?!\s*(?:hours?|minutes?|mins?|movies?|films?|years?|times?|st|nd|rd|th|s\b|%|of\b))",
)
_SUBJECTS = Caseless(
    r"(?:^|[.;!?,]\s*|\b(?:and|but|so|ok|okay)\s+)(\d{1,2}(?:\s*(?:,|and|&|or)\s*\d{1,2})*)\s+(?:was|were|is|are|looks?|looked|sounds?|seems?|bored|made)\b",
)
"""Numbers that something is said of: "1 and 3 were good, 2 was boring"."""
_REST = Caseless(r"\bthe (?:other (?:one|two|three|four|ones)|others|rest)\b|(?:另外|其他)(?:两|几|三)?部")
_HAN_ORDINAL = re.compile(r"第\s*([一二三四五六七八九十]|\d{1,2})\s*(?:部|个|条|片|张|名)?")
_HAN_LAST = re.compile(r"最后(?:一|那)?(?:部|个)")
_ALL = Caseless(
    r"\b(?:all|any|none|neither|both|either|each|every one)\s+(?:of\s+)?(?:them|these|those|the above)\b|\b(?:(?:these|those|them)|(?:do|are|were|have|did) they|they(?= (?:all )?(?:look|sound|seem|are|were|have)\b))\b(?!\s+(?:days|kinds?|types?|sorts?|who|actors?|people))"
    r"|\bseen (?:all|both)\b|\bneither\b(?!\s+(?:a|an)\b)(?=\s*[.,!]|$)|这些|它们|都看过|全都|这几部|都不",
)
_SUCH = re.compile(r"\b(?:more (?:of|like)|like|along|similar to)\s+$", re.IGNORECASE)
"""Behind a card that is pointed at: "the first one, more of those"."""
_ONE = Caseless(
    r"\b(?:that|this)\s+(?:one|movie|film)\b|(?<!make )(?<!leave )(?<!forget )(?<!narrow )(?<!keep )\bit\b(?!['’]?s\s+(?:my|our|a\s+(?:rainy|date)|friday|saturday|christmas|been|raining|late|for|time))|\bthat['’]s\b|\bthat\b(?=\s*[.,!?]|$)|^\W*(?:(?:oh|yes|yeah|yep|ok|okay|and|no|wow|well)\W+)*that(?=(?: (?:was|is)|['’]s)\b)|\b(?:is|was) that\b(?= the one\b)|\b(?:see|saw|seen|watched|liked|loved|hated) that\b|这部|那部|这个|那个|它(?!们)",
)
_WITH = Caseless(
    r"\bthe\s+(?:one|movie|film)\s+(?:with|about|where|set|in|by|starring|directed by|from|on)\s+(?:the\s+|a\s+|an\s+)?((?:(?!(?:sounds?|looks?|seems?|is|was|please|but|and)\b)[\w'\-]+ ?){1,10})",
)
_NAMED_ONE = Caseless(
    rf"\bthe\s+(?!(?:{'|'.join(_ORDINALS)}|other|old|new|same|only|next|funny|short|long|right|wrong|whole)\b)([\w'’\-]+(?:\s+[A-Z][\w'’\-]+){{0,2}})\s+one\b",
)
"""A card by a word of its record: "the Jodie Foster one", "the pig one"."""
_SUPERLATIVE = Caseless(
    r"\bthe\s+(oldest|newest|latest|longest|shortest|most recent|most popular)\b(?:\s+(?:one|movie|film)\b|(?=\s*[.,!?]|$))",
)


_FILLING = frozenset(
    [
        "the",
        "and",
        "that",
        "this",
        "with",
        "from",
        "for",
        "has",
        "have",
        "had",
        "gets",
        "got",
        "get",
        "goes",
        "too",
        "very",
        "who",
        "where",
        "which",
        "what",
        "his",
        "her",
        "its",
        "their",
        "they",
        "there",
        "was",
        "were",
        "are",
    ]
)
"""Words that tell nothing of a film."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Words that point at shown items: `message[start:end]`, and the ids.

    `weak` for a bare "it" or "that" among several cards; `named` where the words are the item's own title; `vague`
    for any word, such as "that one", that may mean something named before.
    """

    start: int
    end: int
    ids: tuple[str, ...]
    weak: bool = False
    named: bool = False
    vague: bool = False


def references(message: str, shown: Sequence[str], catalog: Catalog, focus: Sequence[str] = ()) -> list[Reference]:
    """The references of a message to the cards in `shown`, in order; none when nothing was shown.

    `focus` is the card that the talk was last about: a bare "it" means that one.
    """
    if not shown:
        return []
    found = [*_ordinals(message, shown), *_superlatives(message, shown, catalog), *_described(message, shown, catalog)]
    pointed = bool(found)
    found += [
        Reference(match.start(), match.end(), tuple(shown))
        for match in _ALL.finditer(message)
        if not (pointed and _SUCH.search(message[: match.start()]))
    ]
    found += _rest(message, shown, found)
    if not found:
        for match in _ONE.finditer(message):
            bare = match[0].casefold() in ("it", "that", "that's", "that’s", "它")
            if len(shown) == 1 or not bare or focus:
                meant = tuple(focus[:1]) or (shown[0],)
                found.append(Reference(match.start(), match.end(), meant, weak=len(shown) > 1, vague=True))
    return _apart(found)


def _rest(message: str, shown: Sequence[str], found: Sequence[Reference]) -> list[Reference]:
    """ "The other two", "the rest": what is shown and not pointed at otherwise."""
    used = {item_id for reference in found if set(reference.ids) != set(shown) for item_id in reference.ids}
    left = tuple(item_id for item_id in shown if item_id not in used)
    return [Reference(match.start(), match.end(), left) for match in _REST.finditer(message) if used and left]


def _apart(found: list[Reference]) -> list[Reference]:
    kept: list[Reference] = []
    for reference in sorted(found, key=lambda reference: (reference.start, -reference.end)):
        if not kept or reference.start >= kept[-1].end:
            kept.append(reference)
    return kept


def _ordinals(message: str, shown: Sequence[str]) -> list[Reference]:
    found = []
    for match in _ORDINAL.finditer(message):
        place, noun = _ORDINALS[match[1].casefold()], (match[2] or "").casefold()
        if noun in ("two", "three", "four"):
            number = _CARDINALS[noun]
            ids = tuple(shown[:number] if place == 1 else shown[-number:]) if place in (1, -1) else ()
        else:
            ids = _at(shown, place or (len(shown) + 1) // 2 * (len(shown) % 2))
        if ids:
            found.append(Reference(match.start(), match.end(), ids))
    for match in _NUMBER.finditer(message):
        word = match[1].casefold()
        if ids := _at(shown, int(word) if word.isdecimal() else _CARDINALS[word]):
            found.append(Reference(match.start(), match.end(), ids))
    for match in (*_LISTED.finditer(message), *_SUBJECTS.finditer(message)):
        numbers = [int(number) for number in re.findall(r"\d{1,2}", match[1])]
        if all(_at(shown, number) for number in numbers):
            found.append(Reference(match.start(1), match.end(1), tuple(shown[number - 1] for number in numbers)))
    for match in _HAN_ORDINAL.finditer(message):
        ids = _at(shown, int(match[1]) if match[1].isdecimal() else _HAN[match[1]])
        found += [Reference(match.start(), match.end(), ids)] if ids else []
    return found + [Reference(match.start(), match.end(), _at(shown, -1)) for match in _HAN_LAST.finditer(message)]


def _at(shown: Sequence[str], place: int) -> tuple[str, ...]:
    """The card at a place counted from 1, or from the end when negative; nothing when there is none."""
    index = place - 1 if place > 0 else len(shown) + place
    return (shown[index],) if place and 0 <= index < len(shown) else ()


def _superlatives(message: str, shown: Sequence[str], catalog: Catalog) -> list[Reference]:
    found = []
    for match in _SUPERLATIVE.finditer(message):
        word = match[1].casefold()
        name = "runtime" if word in ("longest", "shortest") else "votes" if word == "most popular" else "year"
        known = [
            (getattr(item, name), item.id)
            for item in map(catalog.get, shown)
            if item and getattr(item, name) is not None
        ]
        if known:
            pick = min if word in ("oldest", "shortest") else max
            found.append(Reference(match.start(), match.end(), (pick(known)[1],)))
    return found


def _described(message: str, shown: Sequence[str], catalog: Catalog) -> list[Reference]:
    """ "The one with the train": the shown item whose record has most of the words, if only one does."""
    found = []
    for match in (*_WITH.finditer(message), *_NAMED_ONE.finditer(message)):
        words = [word for word in fold(match[1]).split() if len(word) > 2 and word not in _FILLING][:6]
        hits = {item_id: _hits(item_id, words, catalog) for item_id in shown}
        best = max(hits.values(), default=0)
        ids = tuple(item_id for item_id, count in hits.items() if count == best)
        if best and len(ids) == 1:
            found.append(Reference(match.start(), match.end(), ids))
    return found


def _hits(item_id: str, words: list[str], catalog: Catalog) -> int:
    item = catalog.get(item_id)
    if item is None:
        return 0
    names = " ".join(credit.name for credit in item.people)
    record = set(
        fold(f"{item.year} {item.title} {item.description} {item.tagline} {' '.join(item.keywords)} {names}").split()
    )
    return sum(1 for word in words if word in record or f"{word}s" in record or word.removesuffix("s") in record)
