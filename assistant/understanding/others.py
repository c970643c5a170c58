"""Tastes of other people: "my ex loved X" says nothing of what the person who chats would like."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re
from functools import lru_cache

from retrieval.caseless import Caseless

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
_SAID_BY_OUTSIDER = Caseless(
    rf"\b{_OUTSIDER}(?: \w+){{0,3}}? (?:{_TASTE}|hates?|hated|disliked?|panned|trashed|slammed|can['’]?t stand)\b[^.!?;]*$",
)
_TOLD_ME = Caseless(
    rf"\b{_OUTSIDER}\b[^.!?;]{{0,40}}?\b(?:told|tells|says|said|thinks?|swears|recommend\w*|suggest\w*)\b[^.!?;]*$",
)
_THINKS = Caseless(
    r"\b(?:my|our) [\w\-]+ (?:thinks|says|claims|believes|insists|swears|keeps saying|is convinced)\b[^.!?;]*$",
)
_DONE_BY_OTHERS = Caseless(
    r"^\W*(?:(?:and|but|so|lol|yeah|well|then)\s+)*(?:(?:last|this|every) \w+,? )?(?:(?:my|our|his|her|a|an|the|some) (?!top|fav|best|list|go-to|all)(?:[\w\-]+ ){0,2}?[\w\-]+|she|he|they|someone|somebody|everyone|netflix|youtube|the algorithm|amazon|tiktok|hbo|disney\+?)\s+"
    r"(?:has |have |had |['’]s |['’]ve )?(?:\w+ly |just |always |once |already )?(?:watch(?:ed|es)?|saw|walk(?:s|ed)?|pick(?:s|ed)?|puts?|chose|plays?|played|show(?:s|ed)?|bought|mention(?:s|ed)?|quote[sd]?|named|worked|(?:was|were|is|are) in|review(?:s|ed)|gave|dragged|fell|cried|laughed|keeps? \w+ing|kept \w+ing)\b(?![^.!?]*\b(?:i|we|me|us)\b)",
)
"""What somebody else did with a film: "a colleague picked X", "my dad walks out whenever X is on"."""
_WAS_DONE = Caseless(
    r"\b(?:(?:my|our|his|her) [\w\-]+|he|she|they|the kids)(?:['’](?:s|ve)| has| have| had)(?: \w+ly| already| just)? (?:seen|watched|read|played|binged|finished|outgrown)\b[^.!?,]*$",
)
_SAID_BY_FAMILY = Caseless(rf"\b{_FAMILY}(?: (?:really|absolutely|just|always|also))? {_TASTE}\b[^.!?;]*$")
_MY_TURN = Caseless(
    r"\bmy turn\b|\b(?:she|he|they)(?:['’]s|['’]re| is| are) (?:\w+ )?(?:out|away|gone|asleep|not here|not watching)\b|\bbut (?:tonight |today |now |this time |personally )*(?:i['’]?m|i (?:want|need|prefer|feel|fancy|would|['’]d|don['’]?t|do not))\b|\b(?:just for me|by myself|on my own|alone tonight|home alone)\b",
)
_CHINESE = re.compile(
    r"(?:男朋友|女朋友|老婆|老公|爸爸?|妈妈?|朋友|同事|室友|孩子|女儿|儿子)[^，。！？我]{0,4}(?:喜欢|爱看|爱|迷)[^，。！？]*$"
)
_BUT_I_CHINESE = re.compile(r"[，。](?:但是?|可是?|不过)?我(?:没什么|不太|不|没|今晚|想|要)")
_OTHERS = Caseless(rf"\b{_OUTSIDER}\b|\b{_FAMILY}\b|[朋友婆公妈爸事室孩女儿子]")
_REACH = 120


def only_others(masked: str, place: int) -> bool:
    """Whether only people who will not watch are said to like what stands here; titles must be masked."""
    if not _names_others(masked):
        return False
    before = masked[max(0, place - _REACH) : place]
    for pattern in (_SAID_BY_OUTSIDER, _TOLD_ME, _THINKS):
        if (match := pattern.search(before)) and not _shared(match[0]):
            return True
    if (match := _CHINESE.search(before)) and _BUT_I_CHINESE.search(masked[place:]):
        return True
    match = _SAID_BY_FAMILY.search(before)
    return bool(match and not _shared(match[0]) and _MY_TURN.search(masked))


@lru_cache(maxsize=16)
def _names_others(masked: str) -> bool:
    """Whether a message speaks of other people at all, asked once for all its words."""
    return bool(_OTHERS.search(masked))


def done_by_others(sentence: str) -> bool:
    """Whether the words of a sentence up to a title tell what somebody else did."""
    return bool(_DONE_BY_OTHERS.search(sentence.split(", ")[-1]) or _DONE_BY_OTHERS.search(sentence))


def was_done_by_others(before: str) -> bool:
    """Whether the sentence that these words end tells what somebody else has seen by now: "my son has watched every …"."""
    return bool(_WAS_DONE.search(re.split(r"[.!?;\n。！？；]", before)[-1]))


def _shared(words: str) -> bool:
    """Whether the person who chats is among those: "my daughter and I", "my friends and me, we love"."""
    return bool(
        re.search(
            r"\b(?:i|we) (?:should|must|have to|need to|ought|can|could)\b|\b(?:says?|said|wants?|insists? on|votes? for)\s+(?:anything but|everything but|nothing|no|not|only|never)\b|\band (?:i|me)\b|\b(?:i|we) (?:\w+ )?(?:love|like|enjoy|want|need|prefer|too)\b|\bso do i\b",
            words,
            re.IGNORECASE,
        )
    )
