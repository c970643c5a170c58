"""What is said about each title and each shown item: liked, hated, seen, left out, refused, or asked back."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.acts import Operator
from assistant.understanding import intents, opinions
from assistant.understanding.others import done_by_others, only_others
from assistant.understanding.polarity import Polarity
from assistant.understanding.references import Reference
from retrieval.caseless import Caseless
from retrieval.titles import Mention

_EXCEPT = Caseless(
    r"\b(?:(?:that|which|it)(?:['’]s| is| are)?\s*(?:not|isn['’]?t|aren['’]?t)|other than|besides|except(?: for)?|apart from|aside from|"
    r"excluding|but not|not including|anything but|everything but)\s*(?:the movie |the film )?[\"“'《]?$|除了[《]?$",
)
_PLAIN_NOT = Caseless(r"(?<!ew )(?<!ugh )(?<!yuck )(?<!eww )\bnot\s+(?:the\s+)?[\"“'《]?$")
_ASKED_BACK = Caseless(
    r"\b(?:have|did|do) you (?:ever |also )?(?:see|seen|watch|watched|like|liked|hear of|heard of|know)\s*(?:the )?$",
)
_MEASURE = Caseless(
    r"(?:\b(?:better|worse|more|less|funnier|scarier|older|newer|longer|shorter|earlier|later|darker|lighter|fewer|different)\b[^.!?;□]{0,20}\bthan|>|(?:\bnot|n['’]?t|\bless)(?: \w+)? (?:as|so|that) \w+(?: \w+)? as|\b(?:versus|vs\.?|compared (?:to|with))|\b(?:give me|i(?:['’]d|['’]ll| would| will)? (?:take|pick|choose|rather watch|rather see))\b[^.!?;]{1,40}\b(?:over|than)|\bprefer(?:red|s)?\b[^.!?;]{1,40}\b(?:over|to))\s*(?:the )?[\"“'《]?$",
)
"""What stands behind it is the measure of a comparison, neither liked nor hated."""
SAME_MAKER = Caseless(
    r"\b(?:the )?same (director|filmmaker|guy who made|actors?|actress|cast|star|lead)s? "
    r"(?:as in|as|of|who made|that made|from|in)\s+(?:the\s+)?[\"“'《]?$"
    r"|\bthe (guy|man|woman|person|people|director)s? (?:who|that|behind|of)(?: (?:made|directed|did|shot|created))?"
    r"\s+(?:the\s+)?[\"“'《]?$",
)
"""What stands behind it names its maker or its cast, and is not asked for itself."""
_MORE_OF_IT = Caseless(
    r"\b(?:more (?:like|of) (?:that|them|those|it|this|the same|that kind)|(?:something|anything|stuff|movies?|films?) (?:like|similar to) (?:that|it|them|those|this|these)|want more|need more|another one like)\b",
)
_LISTED = Caseless(r"[\"”’'!]?\s*(?:,|and|&|/|\+|,\s*and|和|、)\s*[\"“‘']?(?:the\s+)?")
_TAKEN_BACK = Caseless(
    r"\b(?:when|that) i said (?:that )?(?:i )?\w+\s*$|\b(?:forget|never ?mind|scrap)\s+(?:about\s+)?(?:the\s+)?[\"“'《]?$",
)
_UNDECIDED = Caseless(
    r"\b(?:(?:not|un) ?sure (?:about|if)|thinking (?:about|of)|considering|(?:should|shall|can|could) (?:i|we) (?:watch|see|try|rewatch|pick|go for))\s+(?:□+|,|or|and|the|\s)*$",
)
"""What is only thought of is neither liked nor hated: "should I watch X or Y?"."""
_HEARSAY = Caseless(
    r"\b(?:(?:i(?:['’]ve| have)? |we )?(?:heard|read|hear)|(?:they|people|critics|reviews?|friends?|everyone|everybody|somebody|someone|my \w+) (?:\w+ )?(?:say|says|said|told me|tells me|keeps?|kept|raves? about|recommend\w*|suggested|talks? about|talking about))\b[^.!?;□]*$"
    r"|\b(?:supposedly|apparently|allegedly)\s*$",
)
"""What others say of a film is no feeling of the person's own: "I heard X is good"."""
_OWN_FEELING = Caseless(r"\b(?:i|we)\b(?: [\w]+)? (?:lov|lik|enjoy|hat|ador|thought|found|dislik|did|do\b|don|was|ca)")
_ABOUT_TO = Caseless(
    r"\b(?:(?:going|planning|about|plan|trying|have|meaning|been wanting) to (?:watch|see|rewatch|try)|(?:i(?:['’]ll| will| might| may| could| should)|let['’]?s) (?:\w+ )?(?:watch|see|try|check out|give)|(?:check|checking) out|hear(?:d|ing)? (?:of|about)|forgot(?:ten)?(?: about)?|trailers? (?:for|of)|(?:you|u) should (?:watch|see)|remake of|based on|(?:is|was) (?:that|it|this) (?:like|in))\s+(?:the\s+)?[\"“'《]?$",
)
"""What somebody means to watch, or only talks of, is not liked for that."""
_SEEN_BEHIND = re.compile(r"[》\"”]?\s*(?:我|我们)?(?:已经|早就|都)?看过了?\s*(?:[，。！、]|$)")
_AGAIN = Caseless(r"\b(?:again|once more|rewatch|re-watch|bring back)\b|再(?:看|来)一遍|重看")
_PRAISE = Caseless(
    r"\b(?:lov\w+|ador\w+|enjoy\w*|great|amazing|favou?rites?|liked?|awesome|excellent|fantastic|brilliant|fun|good|cool|interesting|nice|perfect)\b|喜欢|好看|很棒|不错|可以",
)
_HATE = Caseless(
    r"\b(?:hate|hated|awful|terrible|dislik\w+|stand|worst|sucks?|sucked|boring|bored|horrible|trash|garbage|overrated)\b|讨厌|难看|不喜欢|烂",
)
_TOO = re.compile(r"\btoo\s+\w+", re.IGNORECASE)
"""A critique: what is too long is not what somebody would like, but it is not hated."""


@dataclass(frozen=True, slots=True)
class Stance:
    """The operator of one title or reference; None when it is only mentioned."""

    operator: Operator | None
    neutral: bool = False


def is_measure(before: str) -> bool:
    """Whether these words make what follows the measure of a comparison: "better than", "I prefer Nolan over"."""
    return bool(_MEASURE.search(before[-60:]))


def of_title(masked: str, title: Mention, polarity: Polarity, shown: frozenset[str]) -> Stance:
    """What the message says about a title. `masked` is the message with its titles blotted out."""
    colour = polarity.at(title.start, title.end)
    before, around = masked[: title.start], masked[max(0, title.start - 60) : title.end + 40]
    if _AGAIN.search(around) and title.link.item_id in shown:
        return Stance("again")
    if _TAKEN_BACK.search(before[-30:]):
        return Stance("forget")
    if _UNDECIDED.search(before[-60:]):
        return Stance(None)
    if intents.says_unseen(masked[max(0, title.start - 40) : title.start] + "x"):
        return Stance(None)
    if _ASKED_BACK.search(before[-40:]):
        return Stance({"refused": "not", "wanted": "="}.get(polarity.said_of_it(title.start) or ""))  # type: ignore[arg-type]
    if is_measure(before) or SAME_MAKER.search(before[-60:]):
        return Stance(None)
    if _HEARSAY.search(before[-80:]) or only_others(masked, title.start):
        behind = re.split(r"[.!?\n]", masked[title.end : title.end + 90])[0]
        own = _OWN_FEELING.search(behind) and not intents.says_unseen(behind)
        said = colour if own else polarity.said_of_it(title.start)
        return Stance({"refused": "not", "wanted": "="}.get(said or ""))  # type: ignore[arg-type]
    if colour == "neutral" and _ABOUT_TO.search(before[-60:]):
        return Stance(None)
    if colour == "neutral" and intents.says_unseen(masked[title.end : title.end + 90].split("□")[0]):
        return Stance(None)  # "They told me to watch Up. I have not got round to it."
    if colour == "refused":
        if intents.says_seen(masked[title.end : title.end + 40]) and polarity.said_of_it(title.start) != "refused":
            return Stance("except")  # "not X, seen it ten times"
        shown_now = title.link.item_id in shown and _PLAIN_NOT.search(before)  # "not Troy please"
        left_out = (shown_now or _EXCEPT.search(before)) and polarity.later(title.start, title.end) != "refused"
        return Stance("except" if left_out else "not")
    if colour == "allowed":
        return Stance("=")
    sentence = re.split(r"[.!?;\n。！？；]", before)[-1]
    if colour == "neutral" and done_by_others(sentence):
        return Stance("not" if polarity.said_of_it(title.start) == "refused" else None)
    if _SEEN_BEHIND.match(masked[title.end :]) and polarity.said_of_it(title.start) is None:
        return Stance("seen")
    if intents.says_seen(f"{sentence} x") and colour == "neutral" and not _MORE_OF_IT.search(masked):
        return Stance("seen")
    return Stance("=", neutral=colour == "neutral")


def agreeing(masked: str, titles: list[tuple[Mention, Stance]]) -> list[tuple[Mention, Stance]]:
    """Titles named in one list, or twice, share what is said of one of them: "Con Air, Face/Off, I can't stand either"."""
    said = {title.link.item_id: stance for title, stance in titles if title.link.item_id and not stance.neutral}
    found: list[tuple[Mention, Stance]] = []
    for place, (title, stance) in enumerate(titles):
        if stance.neutral and stance.operator == "=":
            later = titles[place + 1 :]
            ends = [title.end, *(one.end for one, _ in later)]
            for end, (one, behind) in zip(ends, later, strict=False):
                if not _LISTED.fullmatch(masked[end : one.start]):
                    break
                if not behind.neutral and behind.operator:
                    stance = behind
                    break
            stance = said.get(title.link.item_id or "", stance)
        found.append((title, stance))
    return found


def of_reference(masked: str, reference: Reference, polarity: Polarity) -> Stance:
    """What the message says about shown items it points at: "except" is "not that one", without hating it."""
    colour = polarity.at(reference.start, reference.end)
    clause = polarity.clause(reference.start)
    if _HEARSAY.search(masked[: reference.start][-80:]):
        return Stance(None)
    if intents.says_unseen(clause) or SAME_MAKER.search(masked[: reference.start][-60:]):
        return Stance(None)
    if colour == "refused":
        return Stance(
            "not"
            if _HATE.search(clause)
            or (not _TOO.search(clause) and any(sign == "bad" for _, _, sign in opinions.verdicts(clause)))
            or (not _TOO.search(masked) and polarity.later(reference.start, reference.end) == "refused")
            or re.search(r"(?i)\b(?:did|do|does)\W*n.?t (?:really )?(?:like|enjoy)|\blov|\blike", masked)
            else "except"
        )
    if colour in ("wanted", "allowed") and (_PRAISE.search(clause) or _PRAISE.search(masked)):
        return Stance("=")
    if intents.says_seen(masked):
        return Stance("seen")
    return Stance("=" if colour == "wanted" else None)
