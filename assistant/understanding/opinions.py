"""What people say of a film behind its title, or of "it" in the next clause: "X was a slog", "X I adored", "X: 10/10"."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from retrieval.caseless import Caseless, alternatives

_TABLE = Path(__file__).with_name("opinions.yaml")
Sign = Literal["good", "bad"]

_COPULA = (
    r"(?:\b(?:was|is|were|are|felt|feels|looks?|looked|sounds?|sounded|seemed|seems?|turned out(?: to be)?|remains|has to be|have to be|will always be|found (?:it|them|that one)"
    r"|thought (?:it|they|that) (?:was|were)|gets?|got|has been|have been|am)(?:n['’]?t)?\b|(?<=[\w□])['’](?:s|re)\b|=)"
)
_GAP = r"(?P<gap>(?:(?!\bthere\b)[^,.;:!?□()]){0,26}?)"
_NOT = Caseless(r"(?:n['’]?t|\bnot|\bnever|\bhardly|\bfar from|\bnothing|\bno|\bless)(?:\s+[\w\-]+){0,3}\s*$")
_NOBODY = re.compile(r"(?:nobody|none|neither|no one)\b", re.IGNORECASE)
_SUBJECT = r"(?:i|we|she|he|they|you|everyone|everybody|nobody|no one|the kids|(?:both|every one|most|all|none|neither|some) of us|(?:my|our) [\w\-]+(?: and [\w\-]+)?)"
_ADVERBS = r"(?:\s*\b(?:really|absolutely|truly|just|both|all|also|honestly|totally|completely|actually|still|always|even|personally|secretly|rather|quite|very much|particularly|simply|genuinely|kind of|sort of))*"
IT = r"(?:every (?:single )?(?:minute|second|moment|bit|frame)\b(?! of)|(?:every (?:minute|second|moment|bit|frame) of\s+)?(?:\b(?:it|them|those|these|that one|this one|that film|that movie|the film|the movie|this film|this movie|that|either(?: of them)?|neither|both(?: of them|(?!\s+(?!of\b|and\b|but\b|so\b|too\b|as\b|for\b|a lot)\w))|any of them|all (?:of them|three|four|five|\d+|of those)|that thing)\b))(?!\s+(?:when|that|if|to|□))"
_INTENSE = r"(?:\s*\b(?:an?|the|what an?|such an?|pure|total|totally|absolute|absolutely|complete|completely|utter|utterly|just|so|really|very|pretty|still|kind of|sort of|a bit|a little|also|too|simply|honestly|easily|hands down|truly|even|actually|my|one of my|of my|dead|bloody|super|damn|freaking|most|more|quite|rather|way|and|but|as hell)\b)*\s*"
_STOPS = r"(?=\s*(?:[.,;:!?)…—–]|-\s|$|\b(?:and|but|so|though|although|yet|while|because|imo|too|as well|either|again|anyway|at all|a lot|so much|very much|too much|enormously|a great deal|over and over|every|for (?:that|its|the)|when|with|this time)\b))"


_REGRET = Caseless(
    r"🙄|🙃|😒|(?<!\w)/s\b|\byeah,? right\b|\bas if\b|\b(?:worst|longest) (?:(?:\d+(?:\.\d+)?|two|three|few|[a-z]+) )?(?:and a half )?(?:mins?|minutes?|hrs?|hours?|evening|night|movie|film|thing)\b"
    r"|\bhours? (?:of my life )?(?:that )?i(?:['’]ll| will)? never (?:get|getting) back|\b(?:want|like|have|give me) (?:my|those) [\w ]{1,24} back\b|\bnever again\b|\bsaid no one\b|\bi (?:only |nearly |almost |actually )?(?:checked my (?:watch|phone)|looked at my (?:watch|phone)|walked out|fell asleep|left halfway|threw up)\b(?!\s+(?:during|in|of|on|watching)\b)|\bwaste of\b",
)
_OWN = re.compile(r"\W*(?:i|we)\b", re.IGNORECASE)
_PARENTHESIS = re.compile(r"^\s*\([^()]{1,60}\)")
_FILLERS = re.compile(
    r"[\"”’']?\s*(?:just|really|simply|honestly|totally|still|also|both|all|on the other hand|however|,)*\s*"
)


_RATING = r"(?:(?P<bad>[0-4](?:\.\d)?\s*/\s*10|[012](?:\.\d)?\s*/\s*5)|(?P<good>(?:[6-9](?:\.\d)?|10)\s*/\s*10|[345](?:\.\d)?\s*/\s*5))"
_OWN_CHINESE = re.compile(
    r"\W*我(?:却|就|反而|倒是|真的|个人)*(?:(?P<good>(?:很|超|超级|非常|特别|最|挺)?(?:喜欢|爱))|(?P<bad>(?:很|真的?)?不(?:太|怎么)?喜欢|讨厌|看不下去))[它了的啊呀！!]*\W*"
    r"|\W*(?:真的?|完全|有点|实在|不过|就是|可惜|都)*(?P<hated>不适合我|不是我的菜|不对胃口|看不下去|太?无聊|太?难看|没意思|没看懂|很失望|烂片?|一般般?|不爱看|(?:看得?)?我?(?:都)?(?:看)?睡着)[它了的啊呀！!]*\W*"
)
_WHOM = r"\s+(?:me|us|him|her|them|(?:my|the|our) [\w\-]+)"


class _Opinions:
    """The table as patterns, made once."""

    def __init__(self, lists: Mapping[str, Mapping[str, str]]) -> None:
        table = {sign: {kind: re.split(r",\s*", text) for kind, text in kinds.items()} for sign, kinds in lists.items()}
        states = {sign: _either(table[sign]["states"]) for sign in ("bad", "good")}
        acts = {sign: _either(table[sign]["acts"]) for sign in ("bad", "good")}
        self.feelings = {sign: _feeling(table[sign]["feelings"]) for sign in ("bad", "good")}
        state = rf"(?:(?P<bad>{states['bad']})|(?P<good>{states['good']}))(?![\w])"
        act = rf"(?:(?P<bad>{acts['bad']})|(?P<good>{acts['good']}))(?!\w)"
        feeling = rf"(?:(?P<bad>{self.feelings['bad']})|(?P<good>{self.feelings['good']}))(?!\w)"
        found = rf"\b{_SUBJECT}{_ADVERBS}\s+(?:find|found|thought|consider|considered)(?:\s+(?:was|were|is|are|to be))?(?P<gap>{_INTENSE})(?<!\w){state}{_STOPS}"
        self.found = Caseless(found)
        self.behind = tuple(
            Caseless(pattern)
            for pattern in (
                rf"{_COPULA}(?:\s+so [\w\-]+,? (?:that )?it(?:['’]?s| is| was) (?:\w+ )?(?P<loved>good|fun|funny|great|hilarious|brilliant|charming|entertaining)\b|{_GAP}(?<![\w]){state})",
                rf"(?<!\w){act}",
                rf"\b{_SUBJECT}(?P<gap>(?:\s+(?:do|did|wo|would|have|had|has|could|ca)(?:n['’]?t| not))?{_ADVERBS})\s*(?<!\w){feeling}(?:\s+{IT}|{_STOPS})",
                rf"(?<!\w)(?<!i )(?<!we ){feeling}\s+{IT}",
                r"(?<=□)(?!□)[\"”’']?\s*(?P<bad>(?:couldn['’]?t|could not|didn['’]?t|did not|can['’]?t) (?:even )?(?:finish|get through|sit through|make it through|watch|stand|get into))\b(?!\s+(?:the|a|any|□))",
                rf"(?<=□)(?!□)[\"”’']?{_INTENSE}(?<!\w){state}{_STOPS}",
                rf"(?<=□)(?!□)[\"”’']?\s*(?:[:=(?]|-{{1,2}}|[–—]|\.{{2,3}})+\s*(?:{_INTENSE}(?<!\w){state}{_STOPS}|(?:(?:i|we)\s+)?(?P<hated>{self.feelings['bad']})\s+{IT}|(?:(?:i|we)\s+)?(?P<loved>{self.feelings['good']})\s+{IT})",
                found,
                rf"(?<=□)(?!□)[\"”’']?\W{{0,4}}(?:an?\s+|solid\s+|like\s+)?(?<![\d/]){_RATING}(?!\d)",
                r"(?<=□)\s+an?\s+(?:solid\s+|like\s+)?(?:(?P<bad>[0-4])|(?P<good>[6-9]|10))(?=\s*(?:[,;!]|\.(?!\d)|$|(?:and|but)\b))",
                r"(?<=\w)\s+(?:(?P<bad>no)|(?P<good>yes))(?=\s*(?:[,.;!]|$))",
                r"(?<=□)(?!□)[\"”’']?\s*:?\s*(?:(?P<bad>no+|nope|not so much(?=\s*(?:[.,;!?)]|$|(?:but|and|though)\b))|not really|no thanks?|no way|hard pass|👎|🙄|🤮|😴|💤)|(?P<good>yes+|yess+|yep|yeah|all the way|👍|❤️?|😍|🔥|💯))(?=\W|$)",
            )
        )
        self.rated = re.compile(rf"\W*(?:an?\s+|solid\s+|like\s+)*{_RATING}\W*")
        self.bare = Caseless(rf"\W*(?:(?:and|but|it was|they were|is|was|were|are)\b)?{_INTENSE}(?<!\w){state}(?:\s+(?:and|but|,)?{_INTENSE}(?:{states['bad']}|{states['good']}))*{_INTENSE}(?:(?:in every way|for me|to me|of a (?:movie|film)|stuff|(?:movie|film)s?|ever|made|of all time|overall|imo|all round|all around)\W*)*\W*")  # fmt: skip
        self.found_it = Caseless(
            rf"\b(?:find|found|finds|thought|think|consider|considered|call|called)\s+{IT}(?:\s+(?:was|is|were|are|to be))?{_GAP}(?<!\w){state}",
        )
        self.on_it = Caseless(
            rf"(?:{_SUBJECT}(?P<gap>(?:\s+(?:do|did|wo|would|have|had|has|could|ca)(?:n['’]?t| not))?{_ADVERBS})\s+|^\W*(?:and |but |also |absolutely |really |just )*(?!like\b))(?<!\w){feeling}\s+{IT}",
        )
        self.chinese = re.compile(
            r"(?P<bad>(?:都|也)?(?:不|没)(?:太|怎么|是很)?(?:喜欢|爱|好看)|讨厌|难看|无聊|太烂|失望|没意思|看不下去|看睡着)|(?P<good>(?:都|也)(?:很|超|非常|特别|最|挺)?(?:喜欢|爱|好看|棒)|(?:很|超|非常|特别|最|挺)(?:喜欢|爱看|好看|棒|精彩))"
        )


def verdicts(message: str) -> list[tuple[int, int, Sign]]:
    """Start, end and sign of every verdict on what stands in front of it. Titles must be masked."""
    found: list[tuple[int, int, Sign]] = []
    for pattern in _opinions().behind:
        for match in pattern.finditer(message):
            if not any(match.start() < end and start < match.end() for start, end, _ in found):
                found.append((match.start(), match.end(), _sign(match, message)))
    return sorted(found)


def follows(after: str) -> bool:
    """Whether the words right behind a span are an opinion: "was a slog", "rocks", "even better", "no"."""
    text = "□" + _PARENTHESIS.sub("", after[:130])
    start = _FILLERS.match(text, 1)
    behind = start.end() if start else 1
    if any(
        (match := pattern.search(text, behind)) and match.start() <= behind + 1 for pattern in _opinions().behind[:2]
    ):
        return True
    return any(pattern.match(text, place) for pattern in _opinions().behind[2:] for place in {1, 2, behind})


def on_it(clause: str) -> Sign | None:
    """The sign of a feeling about "it", "that one", "all three" in a clause."""
    known = _opinions()
    found = [match for pattern in (known.on_it, known.found_it) for match in pattern.finditer(clause)]
    found += [match] if (match := known.chinese.match(clause.strip())) else []
    if not found:
        return None
    own = [match for match in found if _OWN.match(match[0])]  # "my husband worships them and I can't stand either"
    match = (own or found)[-1]
    return "good" if clause[match.end() :].lstrip().startswith("enough") else _sign(match, clause)


def regretted(text: str) -> bool:
    """Whether praise is taken back by what follows it, or by a face that says so: "what a masterpiece 🙄"."""
    return bool(_REGRET.search(text))


def bare(clause: str) -> Sign | None:
    """The sign of a clause that is nothing but an opinion: "absolute garbage"."""
    match = _opinions().bare.fullmatch(clause) or _opinions().rated.fullmatch(clause) or _OWN_CHINESE.fullmatch(clause)
    return _sign(match, clause) if match else None


def is_opinion(words: str) -> bool:
    """Whether these words, or a noun of them, are an opinion and no more: "blast"."""
    return bare(words) is not None or bare(f"a {words}") is not None


def said(text: str) -> Sign | None:
    """The sign of a clause that opens with an opinion on what stood before: "was a waste of time", "bored me"."""
    place = len(text) - len(text.lstrip())
    for pattern in (*_opinions().behind[:3], _opinions().found):
        match = pattern.search(text)
        if match and match.start() <= place:
            return _sign(match, text)
    return None


def feelings(sign: Sign) -> str:
    """A pattern of the verbs that take a film as their object."""
    return _opinions().feelings[sign]


def _sign(match: re.Match[str], text: str) -> Sign:
    groups = match.groupdict()
    name = next(name for name in ("bad", "good", "hated", "loved") if groups.get(name))
    sign: Sign = "bad" if name in ("bad", "hated") else "good"
    low = match.start(name)
    before = text[max(match.start(), low - 40) : low]
    if "gap" not in groups:
        before = text[max(0, low - 12) : low]
    if _NOT.search(before) or _NOBODY.match(match[0]):
        return "good" if sign == "bad" else "bad"
    return sign


def _either(words: Iterable[str]) -> str:
    return alternatives(sorted(words, key=len, reverse=True), _loose)


def _feeling(words: Iterable[str]) -> str:
    """Verbs; one that begins with an apostrophe stands behind its subject ("I'm fond of")."""
    plain = [word for word in words if not word.startswith("'")]
    joined = [word for word in words if word.startswith("'")]
    return f"{_either(plain)}|(?<=\\w){_either(joined)}" if joined else _either(plain)


def _loose(word: str) -> str:
    """A pattern of an entry: apostrophes may lack, and what is done to "me" is done to others too."""
    pattern = re.escape(word).replace("'", "['’]?").replace(r"\ ", r"\s+")
    return re.sub(r"\\s\+me\b", lambda _: _WHOM, pattern)


@cache
def _opinions() -> _Opinions:
    return _Opinions(yaml.safe_load(_TABLE.read_text(encoding="utf-8")))
