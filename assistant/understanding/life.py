"""What people tell of their own lives, and ask for nothing: "I grew up in the nineties", "my English is bad".

A statement is of life when its verb is none of taste, of wishing or of watching, and no word of it speaks of films.
The verbs of taste are listed rather than those of life, of which there are too many.
"""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

from functools import lru_cache

from retrieval.caseless import Caseless

_ASKS = r"(?:i|we|give|find|show|recommend|suggest|any|some|something|got|what|which|can|could|do|let|maybe|please|nothing|no|not)\b"
_STATEMENT = Caseless(
    r"[.!?;:\n。！？；]+|\s[-–—]+\s"
    rf"|,?\s*\b(?:so|but|and|because|cause|then|now|hence|therefore)\b(?=\s+(?:(?:now|then|so|maybe|please|just|also|tonight)\s+)*{_ASKS})"
    r"|\s*\band\b(?=\s+(?:love|like|want|need|prefer|enjoy|adore)\b)"
    rf"|,\s*(?={_ASKS}|(?:so|but|and|now|then|need|want|looking|in the mood|an?)\b)",
)
"""Where one statement ends and the next begins."""
_FILMS = Caseless(
    r"\b(?:movies?|films?|flicks?|cinema|something|anything|everything|nothing|watch\w*|genres?|stuff|shows?|ones?|stor(?:y|ies)|recommend\w*|suggest\w*)\b|□",
)
_LEAD = r"^\W*(?:(?:so|and|but|well|ok|okay|oh|hi|hey|hello|yeah|see|you know|look|because|since|as|when|while|after|before|today|yesterday|last \w+|this \w+|tonight|tomorrow|actually|basically|honestly|lol|also|plus)\W+)*"
_AUXILIARIES = r"(?:(?:have|had|has|am|are|was|were|is|been|be|do|did|just|also|both|all|still|only|recently|finally|really|currently|always|usually|originally|actually|then|so|too|very|will|would|must|should|have to|had to|\w+ly)\s+|['’](?:m|re|ve|d|ll)\s+)*+"
_TASTE = (
    r"(?:want|wanna|wish|need|lik|lov|luv|ador|enjoy|hat|dislik|despis|loath|detest|prefer|fanc|crav|watch|rewatch|see|saw|feel|felt|look|find|found|think|thought|can|could|would|appreciat|"
    r"search|hop|hunt|mean|care|caring|mind|stand|stood|get|got|tir|bor|sick|fan|obsess|suck|up\b|open|ready|into|in\b|do|did|don|try|tri|pick|chos|choos|rent|stream|bing|recommend|suggest|know|rememb|"
    r"say|said|after|keep|kept|never|not|n['’]t|rather|start|used|guess|hear|have|had|ask|request|big|huge|such|quite|more|most|a\b|an\b|the\b|one|no\b|down|done|over|fond|partial|drawn|devour|consum|go|going|"
    r"cry|cried|laugh|slept|sleep|doz|scream|sob|yawn|cheer|cringe|jump|"
    r"scar|terrif|excit|interest|curious|keen|thirst|hungry|starv|dy|grow|skip|avoid|refus|suppos|expect|decid|settl|figur|believ|respect|admir|worship|tak|took|giv|gave|it\b|them\b|lean|beg\b|beseech|pray|agree|promis|allerg|gravitat|turn|fall|fell|\W|$)"
)
"""Beginnings of verbs, and of what follows "I am", that speak of taste, wishes and watching."""
_TRADES = r"(?:teacher|student|nurse|doctor|lawyer|engineer|writer|veteran|professor|major|lecturer|worker|driver|mum|mom|dad|mother|father|parent|couple|group|team|family|editor|musician|dancer|soldier|pilot|detective|officer|cop|spy|chef|cook|farmer|librarian|historian|scientist|kid|child|teen|teenager|baby)s?"
_STATES = r"(?:bad|poor|rusty|terrible|good|fluent|okay|ok|weak|so-so|\d{1,2}|born|raised|from|at|an?|called|named|learning|studying|teaching|working|living|moving|visiting|coming|sleeping|asleep|sick|away|broken|dead|married)"
_DOINGS = r"(?:moved|lives?|lived|works?|worked|grew|served|turned|turns|studie[sd]|teaches|taught|speaks?|spoke|died|passed|fought|came|visited|visits|left|ate|broke|called|named|bought|owns?|runs?|wrote|writes|plays?|played|cooked|cooks|made us|went|got (?:married|divorced|sick|fired|promoted|engaged))"
_OF_LIFE = Caseless(
    rf"{_LEAD}(?:"
    rf"(?:i|we)(?=['’\s])\s*{_AUXILIARIES}(?!{_TASTE})[a-z]+"
    rf"|(?:i|we)(?:['’]m|['’]re|\s+am|\s+are|\s+was|\s+were)\s+(?:\w+ )?(?:born|raised|from|at|on|\d{{1,2}}\b|(?:an?|the) (?:[\w\-]+ ){{0,2}}{_TRADES}\b)"
    r"|(?:(?:my|our|his|her|their|the) (?:[\w'’\-]+ ){0,2}?[\w'’\-]+|he|she|they|it)\s+(?:(?:just|recently|finally|also|already|still|once)\s+)?"
    rf"(?:(?:is|are|was|were|['’]s|['’]re) (?:\w+ )?{_STATES}\b|{_DOINGS}\b)"
    r")",
)


def of_life(masked: str, place: int) -> bool:
    """Whether what stands here is told of somebody's life, not of films; titles must be masked."""
    return next((told for stop, told in _statements(masked) if place < stop), False)


@lru_cache(maxsize=16)
def _statements(masked: str) -> tuple[tuple[int, bool], ...]:
    """The end of each statement of a message, and whether it is of life."""
    cuts = [*_STATEMENT.finditer(masked), None]
    found, start = list[tuple[int, bool]](), 0
    for cut in cuts:
        stop = cut.start() if cut else len(masked)
        statement = masked[start:stop]
        found.append((stop, bool(_OF_LIFE.match(statement) and not _FILMS.search(statement))))
        start = cut.end() if cut else stop
    return tuple(found)
