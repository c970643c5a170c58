"""Answers to what was asked of the person: "And, did you like it?" – "not really, no"."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re
from typing import Literal

from assistant.understanding import opinions
from retrieval.caseless import Caseless

Inquiry = Literal["", "liked", "seen", "favourite"]
"""What was asked: how a film was liked, whether it was seen, or which films are liked."""

_ASKED: tuple[tuple[Inquiry, Caseless], ...] = (
    (
        "favourite",
        Caseless(
            r"\b(?:what|which|name|tell me)\b[^?]*\b(?:movies?|films?|ones?|titles?)\b[^?]*\b(?:lov|lik|enjoy|favou?rite|watch|saw|seen)|\bfavou?rites?\b[^?]*\?|哪[部些].*(?:喜欢|爱)|喜欢.*哪[部些]",
        ),
    ),
    (
        "liked",
        Caseless(
            r"\b(?:did|do) you (?:\w+ )?(?:like|enjoy|love|find)\b|\bhow (?:did you (?:find|like)|was)\b|\bwhat did you think\b|\b(?:was|is) (?:it|that|this)\b[^?]*\b(?:good|any good|fun|for you|your thing)\b|喜欢(?:它|这部|那部)?吗|觉得.*怎么样",
        ),
    ),
    ("seen", Caseless(r"\b(?:have|did) you (?:\w+ )?(?:seen|see|watched|watch)\b|\bseen (?:it|that)\b|看过.*吗")),
)  # fmt: skip
_QUESTION = re.compile(r"[^.!?。！？]*[?？]")
_YES = Caseless(
    r"\W*(?:oh |haha |lol |hell |hmm+ )*(?:y+e+s+|ye+ah?|ye+p|yup|sure|absolutely|definitely|totally|of course|very much|so much|did i ever|indeed|certainly|a lot|是的?|对|喜欢|看过)(?![\w'’])",
)
_NO = Caseless(
    r"\W*(?:oh |haha |lol |hell |hmm+ |honestly,? |well,? |eh+,? |ugh,? )*(?:no+|no+pe|nah+|not (?:really|at all|much|so much|for me|my thing|quite|yet|particularly)|never|meh|didn['’]?t|hardly|不|没)",
)
_BAD = Caseless(
    r"\b(?:bored|boring|dull|awful|terrible|hated|horrible|fell asleep|turned it off|gave up|waste|lo{2,}ng|too long|disappoint\w*|meh|snooze\w*|overrated|sucked)\b",
)
_GOOD = Caseless(
    r"\b(?:loved|great|amazing|awesome|fantastic|brilliant|wonderful|excellent|incredible|superb|masterpiece|so good|perfect|a blast|cried)\b",
)


def inquiry(text: str) -> Inquiry:
    """What the last question of a message to the person asks them about films; "" for anything else."""
    questions = _QUESTION.findall(text)
    return next((kind for kind, pattern in _ASKED if questions and pattern.search(questions[-1])), "")


def verdict(answer: str) -> opinions.Sign | None:
    """The sign of an answer to "did you like it?"."""
    if sign := next((said for part in re.split(r"[.,;!]", answer) if (said := opinions.bare(part))), None):
        return sign
    if _NO.match(answer) or _BAD.search(answer):
        return "bad"
    return "good" if _YES.match(answer) or _GOOD.search(answer) else None


def confirms(answer: str) -> bool:
    """Whether an answer to "have you seen it?" is yes."""
    return bool(_YES.match(answer))
