"""What the rules left unread: only then is there something that a language model could add."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.understanding.cues import find_cues
from assistant.understanding.evidence import CHAT_WORDS
from assistant.understanding.spans import locate
from assistant.understanding.vocabulary import CJK
from retrieval.text import fold

if TYPE_CHECKING:
    from assistant.understanding.rules import Reading, Rules

_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_SHORTEST = 4
"""Letters of a word that may carry a theme or a name."""

GENERIC_WORDS = (
    "a again all already also an and any anything are be best but by else enough everyone favorite favorites "
    "favourite film films first flick flicks for from genre good great her him i in interesting is it just "
    "kind last like lot love loved masterpiece maybe me more movie movies my need new nice no not of on one "
    "ones options or other others pick please really recommend recommendation recommendations second see seen "
    "similar so some someone something stuff suggest suggestion suggestions than that the them thing things "
    "third this title to tonight too type us very vibe want watch watched with"
)
GENERIC = frozenset(GENERIC_WORDS.split())
"""Words that every message about films may have: alone they name nothing."""


def unread(reading: Reading, rules: Rules) -> tuple[str, ...]:
    """Words that no rule explains and that may be a title, a name or a theme of the catalog.

    Everything else that a model might say of the message would be dropped (`merge`), so it need not be asked.
    """
    text = reading.masked
    taken = [span for slot in reading.act.slots if (span := locate(slot.span, reading.text))]
    taken += [(cue.start, cue.end) for cue in find_cues(text)]
    found = []
    for match in _WORD.finditer(text):
        if "□" in match[0] or any(match.start() < high and low < match.end() for low, high in taken):
            continue
        if _may_name(match[0], text[: match.start()], rules):
            found.append(match[0])
    return tuple(found)


def _may_name(word: str, before: str, rules: Rules) -> bool:
    parts = fold(word).split()
    if CJK.search(word):
        return False  # Chinese titles and names are matched by their letters, and the catalog's themes are English.
    if len(word) < _SHORTEST or all(part in GENERIC or part in CHAT_WORDS for part in parts):
        return False
    if word[0].isupper() and before.strip() and before.rstrip()[-1] not in ".!?…":
        return True  # a name
    ordinary = all(rules.titles.is_common(part) for part in parts)
    return not ordinary and (rules.is_theme(parts) or not all(rules.titles.is_known(part) for part in parts))
