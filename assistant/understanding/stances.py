"""What is said about each title and each shown item: liked, hated, seen, left out, refused, or asked back."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.acts import Operator
from assistant.understanding import intents
from assistant.understanding.polarity import Polarity
from assistant.understanding.references import Reference
from retrieval.titles import Mention

_EXCEPT = re.compile(
    r"\b(?:(?:that|which|it)(?:['’]s| is| are)?\s*(?:not|isn['’]?t|aren['’]?t)|other than|besides|except(?: for)?|apart from|aside from|"
    r"excluding|but not|not including|anything but|everything but)\s*(?:the movie |the film )?[\"“'《]?$|除了[《]?$",
    re.IGNORECASE,
)
_ASKED_BACK = re.compile(
    r"\b(?:have|did|do) you (?:ever |also )?(?:see|seen|watch|watched|like|liked|hear of|heard of|know)\s*(?:the )?$",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"(?:\b(?:better|worse|more|less|funnier|scarier|older|newer|longer|shorter|earlier|later|darker|lighter|fewer|different)\b[^.!?;□]{0,20}\bthan|>|\b(?:versus|vs\.?|compared (?:to|with)))\s*(?:the )?[\"“'《]?$",
    re.IGNORECASE,
)
"""What stands behind it is the measure of a comparison, neither liked nor hated."""
SAME_MAKER = re.compile(
    r"\b(?:the )?same (director|filmmaker|guy who made|actors?|actress|cast|star|lead)s? "
    r"(?:as|of|who made|that made|from|in)\s+(?:the\s+)?[\"“'《]?$"
    r"|\bthe (guy|man|woman|person|people|director)s? (?:who|that|behind|of)(?: (?:made|directed|did|shot|created))?"
    r"\s+(?:the\s+)?[\"“'《]?$",
    re.IGNORECASE,
)
"""What stands behind it names its maker or its cast, and is not asked for itself."""
_MORE_OF_IT = re.compile(
    r"\b(?:more (?:like|of) (?:that|them|those|it|this|the same|that kind)|(?:something|anything|stuff|movies?|films?) (?:like|similar to) (?:that|it|them|those)|want more|need more|another one like)\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"\b(?:again|once more|rewatch|re-watch|bring back)\b|再(?:看|来)一遍|重看", re.IGNORECASE)
_PRAISE = re.compile(
    r"\b(?:lov\w+|ador\w+|enjoy\w*|great|amazing|favou?rites?|liked?|awesome|excellent|fantastic|brilliant|fun|good|cool|interesting|nice|perfect)\b|喜欢|好看|很棒|不错|可以",
    re.IGNORECASE,
)
_HATE = re.compile(
    r"\b(?:hate|hated|awful|terrible|dislik\w+|stand|worst|sucks?|sucked|boring|bored|horrible|trash|garbage|overrated)\b|讨厌|难看|不喜欢|烂",
    re.IGNORECASE,
)
_PRAISED_IT = re.compile(
    r"\W*(?:i|we)\s+(?:really |absolutely |just )?(?:(?:thought|found) (?:it|that)(?: was)?|loved|liked|enjoyed|adored|hated|disliked)\b[^.!?]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stance:
    """The operator of one title or reference; None when it is only mentioned."""

    operator: Operator | None
    neutral: bool = False


def of_title(masked: str, title: Mention, polarity: Polarity, shown: frozenset[str]) -> Stance:
    """What the message says about a title. `masked` is the message with its titles blotted out."""
    colour = polarity.at(title.start, title.end)
    before, around = masked[: title.start], masked[max(0, title.start - 60) : title.end + 40]
    if _AGAIN.search(around) and title.link.item_id in shown:
        return Stance("again")
    if intents.says_unseen(masked[max(0, title.start - 40) : title.start] + "x"):
        return Stance(None)
    if _ASKED_BACK.search(before[-40:]):
        praised = _PRAISED_IT.match(masked[title.end :])
        return Stance(("not" if _HATE.search(praised[0]) else "=") if praised else None)
    if _MEASURE.search(before[-50:]) or SAME_MAKER.search(before[-60:]):
        return Stance(None)
    if colour == "refused":
        return Stance("except" if _EXCEPT.search(before) else "not")
    if colour == "allowed":
        return Stance("=")
    sentence = re.split(r"[.!?;\n。！？；]", before)[-1]
    if intents.says_seen(f"{sentence} x") and not _PRAISE.search(masked) and not _MORE_OF_IT.search(masked):
        return Stance("not" if _HATE.search(masked) else "seen")
    return Stance("=", neutral=colour == "neutral")


def of_reference(masked: str, reference: Reference, polarity: Polarity) -> Stance:
    """What the message says about shown items it points at: "except" is "not that one", without hating it."""
    colour = polarity.at(reference.start, reference.end)
    clause = polarity.clause(reference.start)
    if intents.says_unseen(clause):
        return Stance(None)
    if colour == "refused":
        return Stance(
            "not"
            if _HATE.search(clause)
            or re.search(r"(?i)\b(?:did|do|does)\W*n.?t (?:really )?(?:like|enjoy)|\blov|\blike", masked)
            else "except"
        )
    if colour in ("wanted", "allowed") and (_PRAISE.search(clause) or _PRAISE.search(masked)):
        return Stance("=")
    if intents.says_seen(masked):
        return Stance("seen")
    return Stance("=" if colour == "wanted" else None)
