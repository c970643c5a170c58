"""Is one sentence a shortened form of another? Leaving words out keeps a sentence true more often than new ones do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from assistant.explaining.facts import words_of
from assistant.explaining.grounding import Violation, related

_SMALL = frozenset(
    words_of(
        """a an the of to in on at by for with from into onto over and or but as is are was were be been being am has
        have had do does did his her their its he she they it him them who whom whose which that this these those when
        while where then there"""
    )
)
_NEGATIONS = frozenset(
    words_of("no not never without nobody nothing cannot isn't doesn't don't didn't won't can't hasn't")
)

_BEING = frozenset(("is", "are", "was", "were"))


def reworded(sentence: str, source: str) -> tuple[Violation, ...]:
    """What in the sentence is not the source with words left out: a word of its own, one out of order, a lost "not".

    Small words and endings may differ: "decides to take" may become "takes". But "is" may stand for no other verb:
    "tells of a concierge" is not "is a concierge".
    """
    given = words_of(source)
    place = 0
    found: list[Violation] = []
    words = words_of(sentence)
    being = ""
    for word in words:
        if word in _SMALL:
            being = word if word in _BEING else being
            continue
        following = (number for number in range(place, len(given)) if related(word, frozenset((given[number],))))
        if (match := next(following, None)) is None:
            found.append(Violation("plot", word))
        else:
            left_out = given[place:match] if place else []
            if being and not _BEING.intersection(left_out) and _verb_among(left_out):
                found.append(Violation("plot", being))
            place = match + 1
        being = ""
    lost = set(given[:place]) & _NEGATIONS - set(words)
    return tuple(dict.fromkeys([*found, *(Violation("plot", f"without “{word}”") for word in sorted(lost))]))


def _verb_among(words: Sequence[str]) -> bool:
    """Whether a verb may be among these words: something stands before the first article ("tells of a")."""
    before = takewhile(lambda word: word not in {"a", "an", "the", "his", "her", "their", "its", "one"}, words)
    return any(word not in _SMALL for word in before)
