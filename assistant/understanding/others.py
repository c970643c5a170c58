"""Tastes of other people: "my ex loved X" says nothing of what the person who chats would like."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re

_TASTE = (
    r"(?:love|loves|loved|like|likes|liked|adore|adores|adored|enjoy|enjoys|enjoyed|worship|worships|worshipped|swear by|swears by|swore by|prefer|prefers|praise|praises|praised|"
    r"(?:is|are|was|were|['’]s|['’]re) (?:\w+ ){0,2}(?:into|obsessed with|crazy about|fans? of)|raves? about|raved about|(?:keeps?|kept) (?:talking|raving|going on) about|(?:only |always )?watch(?:es)?)"
)
_OUTSIDER = (
    r"(?:everyone|everybody|people|folks|(?:the |all |most )?critics|most people|"
    r"(?:my|the|our|a|an|his|her|this|that) (?:[\w\-]+ ){0,2}?(?:ex(?:es)?|ex-\w+|boss|co-?workers?|colleagues?|room-?mates?|flat-?mates?|neighbou?rs?|landlord|landlady|teacher|professor|classmates?|dentist|barber|therapist)|"
    r"(?:half|some|most|all|many|a lot|two|one) (?:of )?(?:my|our|the) [\w\-]+|the (?:whole |entire )?(?:world|internet|other half)|the other half|(?:my|our|all my) (?:best )?friends?)"
)
_FAMILY = r"(?:(?:my|our) (?:[\w\-]+ )?[\w\-]+|she|he|they)"
_SAID_BY_OUTSIDER = re.compile(rf"\b{_OUTSIDER}(?: \w+){{0,3}}? {_TASTE}\b[^.!?;]*$", re.IGNORECASE)
_TOLD_ME = re.compile(
    rf"\b{_OUTSIDER}\b[^.!?;]{{0,40}}?\b(?:told|tells|says|said|thinks?|swears|recommend\w*|suggest\w*)\b[^.!?;]*$",
    re.IGNORECASE,
)
_SAID_BY_FAMILY = re.compile(
    rf"\b{_FAMILY}(?: (?:really|absolutely|just|always|also))? {_TASTE}\b[^.!?;]*$", re.IGNORECASE
)
_MY_TURN = re.compile(
    r"\bmy turn\b|\b(?:she|he|they)(?:['’]s|['’]re| is| are) (?:\w+ )?(?:out|away|gone|asleep|not here|not watching)\b|\bbut (?:tonight |today |now |this time |personally )*(?:i['’]?m|i (?:want|need|prefer|feel|fancy|would|['’]d|don['’]?t|do not))\b|\b(?:just for me|by myself|on my own|alone tonight|home alone)\b",
    re.IGNORECASE,
)
_REACH = 120


def only_others(masked: str, place: int) -> bool:
    """Whether only people who will not watch are said to like what stands here; titles must be masked."""
    before = masked[max(0, place - _REACH) : place]
    for pattern in (_SAID_BY_OUTSIDER, _TOLD_ME):
        if (match := pattern.search(before)) and not _shared(match[0]):
            return True
    match = _SAID_BY_FAMILY.search(before)
    return bool(match and not _shared(match[0]) and _MY_TURN.search(masked))


def _shared(words: str) -> bool:
    """Whether the person who chats is among those: "my daughter and I", "my friends and me, we love"."""
    return bool(
        re.search(
            r"\band (?:i|me)\b|\b(?:i|we) (?:\w+ )?(?:love|like|enjoy|want|need|prefer|too)\b|\bso do i\b",
            words,
            re.IGNORECASE,
        )
    )
