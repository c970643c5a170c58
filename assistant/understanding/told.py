"""What only tells of a film or of somebody, and asks for nothing: "Up was hilarious", "that had Steve Carell"."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re

from assistant.understanding.vocabulary import Word
from retrieval.caseless import Caseless

_HAS_A_TITLE = re.compile(r"□[^□]{0,12}\b(?:was|were|is|isn['’]?t|wasn['’]?t|=)\b[^□]{0,30}$")
_IS_ONE = Caseless(r"□[^□,]{0,12}\b(?:was|is)\b[^□,]{0,20}?\b(?:a|an|the|one of|my|our)\s[^□,]{0,30}$")
_MORE_OF_THE_SAME = Caseless(r"\s*(?:[\w\-]+\s+(?:and|but|yet)\s+|and\s+|so\s+|very\s+|really\s+)*")
"""What stands between adjectives: "was terrific, clever and funny"."""
_SUCH = Caseless(r"\s+(?:nonsense|rubbish|garbage|trash|drivel|gold|perfection|mess|genius)\b")
"""Nouns of opinion: "historical nonsense" is about no genre."""
_TOO = Caseless(
    r"(?:\b(?:far|way|much|was|were|just|is|are|bit)\s+|['’]s\s+|[,;.!?]\s*|^\W*)too\s+(?:\w+\s+and\s+)?$",
)
_STATEMENT = re.compile(r"[.!?;]|\s[-–—]+\s|\b(?:so|then|now)\s+(?=(?:give|find|show|recommend|suggest|i|we|maybe)\b)")
_NONE = Caseless(r"\b(?:nothing|no|not|anything|isn['’]?t|don['’]?t)\b[^.!?;,]*$")
_VERDICT = Caseless(
    r"(□[^□.!?;,]{0,12})(\b(?:was|were|felt|is|isn['’]?t|wasn['’]?t)\b[^□.!?;,]{0,20}?\b(?:too|not so|not that|not as)\s+\w+)",
)
_IT_WAS = Caseless(
    r"(?:^|[.!?;,]\s*|\b(?:and|but|because|since|yes|no|oh|yeah|know|knew|think|thought|found|heard|though|that|right)\s+)"
    r"(?:(?:it|that|this|he|she|they|those|you)(?:['’]s|['’]re| (?:was|is|were|are|had|has|got|seemed|looked|felt))(?: got)?"
    r"|(?:(?:that|this|the (?:last|first|second|third|other)) (?:one|movie|film)|the (?:movie|film|plot|story|ending|acting)) (?:was|is|were|had|has|seemed|looked|felt)"
    r"|(?:i |we )?(?:found|thought|find|think) (?:it|that|them)(?: was)?)(?:n['’]?t| not)?"
    r"(?: (?:an?|the|some|one|of|my|so|too|very|really|pretty|quite|rather|just|also|kind|sort|bit|lot|lots|kinda|such|more|most|great|good|nice|bad|cool|real|truly|absolutely|totally|surprisingly|super|like|not|that|and|but|[\w\-]+ly|(?!so\b)[\w\-]+ and)){0,6}\s+$",
)
"""What "it" or "that film" was like tells of something seen: "that was scary", "he's pretty funny"."""
_AS_LONG = Caseless(r"\b(?:as long as|if|so long as|make sure|hope|hoping|prefer(?:ably)?|want|something)\b[^.!?;]*$")
_BECAME = Caseless(
    r"\b(?:got|gets|became|become|made (?:him|her|them)|(?:he|she|they)(?:['’]s|['’]re| is| was| were| are))\s+(?:so |really |super |that )?$",
)
"""Somebody's fame is no wish for well-known films."""
_SOMEBODY = re.compile(r"\s+(?:guy|man|woman|actor|actress|dude|lady)\b", re.IGNORECASE)


_CREDITED = Caseless(
    r"(?:^|[.!?;,]\s*|\b(?:and|but|or|because|yes|no|oh|yeah|think|thought)\s+)(?:(?:it|that|this|which|that one|those|they)(?:['’]?s| (?:has|have|had|was|is|stars|starred|features|featured)(?:n['’]?t)?(?: got)?)|(?:is|was|were|does|did|has)(?:n['’]?t)? (?:it|that|this|they)|(?:it|that) (?:was )?(?:directed|made) by|(?:it|that|this)(?:['’]s| is| was) (?:the|an?) (?:[\w\-]+ ){0,2}?)(?: (?:with|the one with|have|also|by))?\s*$|\b(?:how (?:old|tall|rich) is|what do you (?:think|know) (?:of|about)|(?:looks?|looked|sounds?|acts?|talks?) (?:\w+ )?like|(?:my|our) (?:[\w\-]+ )?(?:neighbou?r|friend|boss|uncle|brother|cousin|dad|colleague|teacher|dog|cat|son|namesake)|who(?:['’]s| is)|where (?:is|does)|when was|what happened to|is it true that)\s+$|\b(?:in|from) the (?:movie|film|one) with\s+$|\bthat (?:movie|film|one) with\s+$|\b(?:seen|saw|watched) (?:it|that|this|the one)(?: one)? with\s+$",
)
"""What it is said of that has, or was made by, the person who follows."""


_PERFORMED = Caseless(
    r"\.?(?:['’]s|\s+(?:is|was)) (?:also |still )?(?:in (?:it|that|this)|trying|dating|married|dead|getting|playing)\b|['’]s (?:birthday|part|role|performance|acting|character|voice|wife|husband)\b|\s+(?:did|does|gave|gives|plays|played|was|is)\b(?: [\w\-]+){0,3}? (?:job|performance|role|part|in (?:it|that|this)|portray\w+)\b",
)


def describes(masked: str, word: Word) -> bool:
    """Whether a mood tells what a named title was like, or a person is, and so is no wish: "Up was hilarious"."""
    if word.entry.section == "genre" and _SUCH.match(masked[word.end :]):
        return True
    before = masked[: word.start]
    if before.endswith("太") and not re.search(r"(?:不要|别|不想|不能|不)太$", before):
        return True  # "盗梦空间太烧脑了"
    if word.entry.section == "popularity" and _BECAME.search(before):
        return True
    if _of_it(before[-90:]) and not re.match(r"[^.!;]*\?", masked[word.end :]):
        return True
    if word.entry.section == "wish" and (too := _TOO.search(before)) and not _NONE.search(before[: too.end()]):
        return True
    if word.entry.section == "genre":
        return bool(_IS_ONE.search(_STATEMENT.split(masked[: word.start])[-1]))
    if word.entry.section != "wish":
        return False
    before = _STATEMENT.split(masked[: word.start])[-1]
    head, _, last = before.rpartition(",")
    if head and not _MORE_OF_THE_SAME.fullmatch(last):  # "Heat was great, something funny please"
        before = last
    return bool(_HAS_A_TITLE.search(before) or _SOMEBODY.match(masked[word.end :]))


def _of_it(before: str) -> bool:
    """Whether these words begin a statement about something talked of: "it was so …"."""
    match = _IT_WAS.search(before)
    return bool(match and not _AS_LONG.search(before[: match.start() + 1]))


def is_told(masked: str, start: int, end: int) -> bool:
    """Whether a person is only told of: "that had Steve Carell", "Mel Gibson did an awesome job"."""
    return bool(_CREDITED.search(masked[max(0, start - 60) : start]) or _PERFORMED.match(masked[end : end + 60]))


def without_verdicts(masked: str) -> str:
    """The message without what it says that named titles were like: "X was way too long" asks for nothing shorter."""
    return _VERDICT.sub(lambda match: match[1] + " " * len(match[2]), masked)
