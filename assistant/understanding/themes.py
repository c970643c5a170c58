"""Themes that people name in words of their own: "set in Japan", "about a bank robbery", "with a train"."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

from collections.abc import Callable

from retrieval.caseless import Caseless

_END = r"(?=\s*(?:[.,!?;]|$|\b(?:but|that|which|who|please|and (?:no|not|from|with|something|maybe)|from|with|without|or|after|before|for|made|released|starring|by|like|would|could|should|is|are|was|were)\b))"
_THING = rf"(?P<thing>(?:[\w'’\-]+\s+){{0,5}}?[\w'’\-]+){_END}"
_NOUN = r"(?:movies?|films?|flicks?|something|anything|nothing|ones?|stor(?:y|ies)|stuff|document\w+|comed\w+|dramas?|thrillers?|westerns?|romances?|horror|picture)"
_PATTERNS = tuple(
    Caseless(pattern)
    for pattern in (
        rf"\b(?P<lead>set (?:in|during|on|at)|taking place (?:in|on|at)|takes place (?:in|on|at))\s+(?:the\s+)?{_THING}",
        rf"\b{_NOUN}\s+(?:that (?:is|are|deals?)|dealing|which is)?\s*(?:all\s+)?(?:about|involving|featuring|revolving around|centered (?:on|around)|with)\s+(?:the\s+|an?\s+|some\s+|lots of\s+|a lot of\s+|plenty of\s+)?{_THING}",
        rf"\b{_NOUN}\s+(?P<lead>where)\s+(?P<thing>(?:[\w'’\-]+\s+){{1,7}}?[\w'’\-]+)(?=\s*(?:[.,!?;]|$))",
        r"关于(?P<thing>[\u3400-\u9fff]{2,8}?)(?:的|，|。|$)",
        r"(?P<lead>发生在)(?P<thing>[\u3400-\u9fff]{2,8}?)(?:的|，|。|$)",
    )
)
_EMPTY = frozenset(
    [
        "it",
        "that",
        "this",
        "them",
        "me",
        "my",
        "you",
        "your",
        "him",
        "her",
        "his",
        "one",
        "us",
        "our",
        "a",
        "the",
        "all",
        "some",
        "any",
        "more",
        "less",
        "good",
        "great",
        "nice",
        "bad",
        "same",
        "other",
        "similar",
        "movie",
        "movies",
        "films",
        "film",
        "friends",
        "friend",
        "family",
        "wife",
        "husband",
        "girlfriend",
        "boyfriend",
        "kids",
        "mom",
        "dad",
        "day",
        "night",
        "time",
        "year",
        "years",
        "vibe",
        "feel",
        "□",
    ]
)


_REFUSED = Caseless(
    r"\b(?:no(?: more)?|without(?: any| the)?|nothing (?:with|about|involving)|avoid|no movies? (?:with|about)|not about|hate|tired of|sick of|can['’]?t stand)\s+"
    r"(?:(?:any|the|more|movies? (?:with|about))\s+)?(?P<thing>[\w'’\-]+(?:\s+[\w'’\-]+)?)",
)


def refused_themes(masked: str, known: Callable[[str], bool]) -> list[tuple[int, int, str]]:
    """Start, end and value of what is refused by a word that the catalog's keywords have: "no sharks"."""
    found = []
    for match in _REFUSED.finditer(masked):
        words = match["thing"].casefold().split()
        for size in (2, 1):
            thing = " ".join(words[:size])
            forms = (thing, thing.removesuffix("s"), thing.removesuffix("es"), f"{thing.removesuffix('ies')}y")
            value = next((form for form in forms if len(form) > 2 and known(form) and form not in _EMPTY), None)
            if set(forms) & _EMPTY:
                continue
            if value and len(words) >= size:
                start = match.start("thing")
                found.append((start, start + len(thing), value))
                break
    return found


def themes(masked: str) -> list[tuple[int, int, str]]:
    """Start, end and value of each theme. `masked` has its titles blotted out; what names one is no theme."""
    found = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(masked):
            thing = match["thing"].strip()
            words = thing.casefold().split()
            if (
                "□" in thing
                or all(word in _EMPTY or word.isdecimal() for word in words)
                or words[0] in ("my", "our", "me", "him", "her")
            ):
                continue
            lead = (
                f"{match['lead'].casefold()}{' ' if thing.isascii() else ''}" if "lead" in match.re.groupindex else ""
            )
            found.append((match.start("thing"), match.end("thing"), lead + thing.casefold()))
    return found
