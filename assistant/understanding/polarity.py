"""Which words of a message are wanted and which refused: cues with a scope, clause by clause.

A cue colours what follows it up to the end of its clause. A list goes on with the colour of the clause before it
("hated The Snowman and Cats, Glitter too"); a verdict colours what stands before it ("Cats was awful").
"""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Colour = Literal["wanted", "refused", "allowed", "neutral"]


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that colour what follows them, or with `before` what stands before them in the clause.

    A `weak` one, such as "any" or "something", only points at its object: it keeps the colour of a cue right in front.
    """

    start: int
    end: int
    colour: Colour
    before: bool = False
    weak: bool = False


_N = r"(?:n['’]?t|not|never)"
_ADV = r"(?:\s+(?:really|particularly|that|so|very|too|much|at all|even|usually|ever|always|actually|especially|exactly|quite|all that|super|a|been|big|huge|the biggest|much of a|much of|in the|any|ever really))*"
_REFUSE = (
    r"\b(?:anything|everything|any genre|all|any)\s+(?:but|except|besides|other than)\b",
    r"\b(?:except|other than|apart from|aside from|besides|excluding|exclude|without|w/o|minus|avoid|avoiding|skip|sans|steer clear of|stay away from|keep away from|allergic to|(?:need|want) a break from|(?:can|could) do without|rather than|instead of)\b(?:\s+for)?",
    r"\bfinds?\b(?=[^,.;!?]{1,40}\b(?:boring|dull|annoying|tedious|overrated|silly|cheesy|tiring|unbearable|too \w+)\b)",
    r"\brather\b[^.;!?□]{0,60}?\bthan\b(?:\s+(?:watch|see|sit through|rewatch))?|\bkeep\b(?=[^,.;!?]{1,40}\b(?:away|out)\b)",
    r"\b(?:hate|hates|hated|hating|dislike|disliked|dislikes|despise|despised|loathe|loathed|detest|detested|abhor)\b",
    r"\b(?:can|could|do|does)(?:n?['’]?t|not| not)(?:\s+(?:really|even))?\s+(?:stand|bear|take|get into|get the (?:hype|appeal|fuss)(?: (?:around|of|about|with))?|finish|sit through|handle|deal with|watch|do)\b|\b(?:never|not) (?:understood|got|saw|see) (?:the )?(?:hype|appeal|fuss|point)(?: (?:around|of|about|with|in))?",
    r"\b(?:never|couldn['’]?t|could not|can['’]?t)\s+(?:really\s+|quite\s+)?(?:get|got) into\b|\b(?:didn['’]?t|don['’]?t|did not|do not) (?:really )?care (?:much |too much |at all )?for\b|\bpass on\b",
    r"\b(?:tired|sick|bored|weary|fed up|done|over it)\s+(?:of|with|by)\b|\b(?:i['’]?m|i am|we['’]?re|so)\s+over\b|\bhad it with\b|\bhad enough\b(?:\s+of)?|\benough\s+(?:of|with)\b",
    r"\b(?:disappointed|let down|underwhelmed|put off|unimpressed)\s+(?:by|with|in)\b|\bfell asleep (?:in|during|watching)\b|\bwalked out of\b",
    rf"\b(?:do|does|did|was|is|are|am|were|have|has|had|would|wo|could|should)\s?{_N}{_ADV}\s+(?:like|love|loved|enjoy|want|need|care for|care about|into|in the mood for|in the mood|fan of|fans of|fan|interested in|interested|keen on|feel like|looking for|after|crazy about|feeling|liked|enjoyed|suggest|recommend|include|show|give|dig|appreciate|think much of)\b",
    rf"\b(?:never|not|nor)\b{_ADV}\s+(?:like|liked|love|loved|enjoy|enjoyed|want|care for|cared for|into|in the mood for|fan of|interested in|keen on|feel like|looking for|crazy about|dig|show me|recommend)\b",
    r"\b(?:dont|doesnt|didnt|wasnt|isnt)\b"
    + _ADV
    + r"\s+(?:like|love|enjoy|want|care for|into|in the mood for|feel like|show|give|recommend|need|a fan of|fan of)\b",
    r"\b(?:no|not|nothing|neither|nor|none of|non|never|less|fewer|unlike|stop|zero|nope to)\b(?!\s*,)(?:\s+(?:like|more|another|too|so|very|really|any|anything|recommending|suggesting|showing|me|interested in|in the mood for))*",
    r"\b(?:is|are|was|were)(?:n['’]?t|nt)\b(?!\s+(?:there|it|they|that|this|he|she|he|bad|half))",
    r"\bused to\s+(?:like|love|enjoy|be into|watch)\b",
)
_ALLOW = (
    r"\b(?:do|does|would|wo)(?:n['’]?t|\s+not)\s+mind\b|\bdont mind\b",
    r"\b(?:no|not any|nothing)\s+(?:problem|issue|issues|objection|against|wrong)\b(?:\s+(?:with|to|against))?",
    r"\b(?:ca|could)(?:n['’]?t|not|nt)\s+(?:wait|recommend)\b",
    r"\b(?:not|never)\s+(?:bad|a bad|terrible|seen|saw|watched|heard|sure|disappoint\w*|too bad|yet)\b",
    r"\b(?:have|has|had)(?:n['’]?t|nt|\s+not|\s+never)\s+(?:yet\s+)?(?:seen|watched|heard|tried|caught)\b",
    r"\bno\s+(?:idea|doubt|clue|one|matter|need|preference|worries|thanks|thank|wait|but|more than|longer than|later than|older than|earlier than|newer than|way)\b|\bnot\s+(?:older|newer|longer|shorter|later|earlier|more|less|before|after)\b",
    r"\bwhy\s+not\b|\bwhether or not\b|\bdo not know\b|\bdon['’]?t know\b|\bnot know\b",
)
_WANT = (
    r"\bnot\s+(?:only|just|merely|necessarily)\b|\bnothing\s+but\b|\b(?:ca|could)(?:n['’]?t|not|nt)\s+(?:get enough of|stop watching|go wrong with|beat)\b|\bcannot get enough of\b",
    r"\b(?:love|loved|loves|loving|adore|adored|like|liked|likes|enjoy|enjoyed|enjoys|prefer|preferred|want|wanted|wants|need|needs|crave|craving)\b",
    r"\b(?:looking|searching|hoping|hunting)\s+for\b|\bin the mood\b(?:\s+for)?|\bfan of\b|\bfans of\b|\bbig into\b|\binto\b|\bkeen on\b|\bfeel like\b|\bfeeling like\b",
    r"\b(?:give me|show me|gimme|recommend|suggest|find me|find|how about|what about|rather|instead|maybe|perhaps|ideally|please|favou?rites?|such as|similar to|only|fine with|ok with|okay with|open to|either|just|got)\b",
    r"\b(?:something|anything|more|best|good|great|some|any)\b",
)
_VERDICT_BAD = (
    r"(?:(?:\b(?:was|is|were|are|was just|felt|seems?|looks?|looked|seemed|sounds?|found (?:it|them)|finds?)\b|(?<=\w)['’]s\b|=)[^,.;!?]{0,24}?\b(?:awful|terrible|bad|boring|dull|overrated|trash|garbage|crap|horrible|rubbish|disappointing|disappointment|stupid|dumb|lame|the worst|worst|a mess|unwatchable|a snooze|a letdown|not my thing|not for me|not my cup of tea|out|out of the question|not good|(?:way |far |much )?too (?:long|slow|scary|violent|much|weird|dark|silly)|off the table|off limits|a no|a no[- ]go|a waste of time|meh|confusing|a bit much|forgettable|mediocre|pretentious|predictable|cringe\w*|annoying|messy))\b",
    r"(?<=\w)\s+no\b(?=\s*(?:[,.;!]|$))|(?<=□)\W{1,3}(?:not so much|not really|not for me|no thanks?|nope|no way|hard pass|i don['’]t get (?:it|the hype)|don['’]t get me started)\b",
    r"\b(?:sucks?|sucked|stinks?|stank|bores? me|bored me|put me to sleep|lost me|annoyed me|did nothing for me|does nothing for me|(?:was|is|are|were)(?:n['’]?t| not|nt)\s+(?:\w+\s+)?(?:good|great|for me|my thing|my cup of tea|my style|funny|it|that good|fun|interesting|what i)|(?:did|do|does)(?:n['’]?t| not|nt)\s+(?:work|do it|do anything|interest|appeal|grab|land))\b",
    r"\b(?:i|we|she|he|they)\s+(?:really\s+)?(?:hated|disliked|hate|dislike|can['’]?t stand|cannot stand|couldn['’]?t stand|did(?:n['’]?t| not|nt) (?:like|enjoy|care for|finish)|do(?:n['’]?t| not|nt) (?:like|want|enjoy))\s*(?:it|that one|them|that|those)?\s*$",
)
_VERDICT_GOOD = (
    r"(?:\b(?:was|is|were|are|looks?|sounds?)\b|=)[^,.;!?]{0,24}?\b(?:great|amazing|awesome|excellent|fantastic|good|brilliant|perfect|wonderful|incredible|superb|a masterpiece|masterpiece|fun|funny|the best|best|my favou?rites?|favou?rites?|fine|ok|okay|cool|so good|lovely|beautiful|outstanding|a blast|welcome|not bad|hilarious)\b",
    r"\b(?:rocks?|rocked|blew me away|blew my mind|never gets old|made me (?:laugh|cry|smile)|stuck with me)\b",
    r"(?:was|is|were|are)(?:n['’]?t| not|nt)\s+(?:too\s+|so\s+|that\s+|half\s+)?bad\b",
    r"\b(?:i|we|she|he|they)\s+(?:really\s+|absolutely\s+)?(?:loved|love|liked|like|enjoyed|enjoy|adore|adored)\s*(?:it|that one|them|that|those)?(?:\s+(?:a lot|so much|too))?\s*$",
)
_ZH_REFUSE = r"不要|不想看|不想要|不想|不喜欢|不爱看|不爱|讨厌|不看|别给我|别推荐|别(?!的|人)|除了|受不了|看腻了|厌倦了?|不是|不太喜欢|不怎么喜欢|没兴趣|无聊的|少一点|拒绝|不能有|不需要|排除|避开|(?<!有)没有(?!看)|不(?=恐怖|暴力|血腥|吓人|太)|太(?=恐怖|暴力|血腥|吓人|黑暗|压抑)"
_ZH_WANT = r"喜欢|想看|想要|爱看|最爱|超爱|来点|来部|来一部|推荐|找|要(?!不)|求|类似|像|想找|给我|有没有|有什么|换成|但是?|最好|希望|偏爱"
_ZH_BAD = r"(?:太?难看|太?无聊|烂片|太烂|很烂|不好看|不行|看不下去|看不进去|看睡着|睡着了|失望|没意思|一般般|很差|差劲|就算了|算了)"
_ZH_GOOD = r"(?:很?好看|很棒|太棒了?|不错|精彩|经典|很喜欢|超好看|可以|也行)"

_CLAUSE = re.compile(
    r"[.!?;\n。！？；…]+(?=\s|$|[\u3400-\u9fff\"”])|[,，、:：()（）]|\s+[-–—]+\s+|"
    r"\b(?:but|though|although|however|yet|whereas|while|because|except that|so|which|who)\b|(?:但是?|不过|可是|然而|只是)",
    re.IGNORECASE,
)
_FULL_STOP = re.compile(r"[.!?;\n。！？；…]")
_BARE = re.compile(
    r"^\W*(?:(?:and|or|nor|also|even|plus|the|a|an|any|和|或|跟|与)\s*)*(?:[\w'’□\-]+\s*){0,4}(?:\s*(?:and|or|nor|&|和|或者?|跟)\s*(?:[\w'’□\-]+\s*){1,4})?(?:either|too|as well|please|movies?|films?)?\W*$"
)
_FRESH = re.compile(r"^\W*(?:an?|some|something|just)\s+(?!\w+\s+(?:either|too)\b)", re.IGNORECASE)
"""How a request begins, and no list goes on: "nothing with ghosts, a comedy please"."""
_PRONOUN = re.compile(r"\s*(?:it|them|that|those|these|all of (?:it|them))\b", re.IGNORECASE)
"""The object of a refusal that ends with it: what follows its clause is not refused too."""
_IT = r"\s+(?:it|them|that one|those|either(?: of them)?|neither|both|any of them)\b(?!\s+(?:when|that|if|to))"
_HATES_IT = re.compile(
    rf"\b(?:hate|hated|hates|dislike|disliked|(?:ca|could)n?['’]?t (?:stand|finish)|cannot stand|(?:do|did|does)(?:n['’]?t| not|nt) (?:really )?(?:like|enjoy|care for|get|understand)|(?:am|['’]m|are|is|so) (?:so )?(?:over|sick of|tired of|done with)|not a fan of){_IT}|^\W*(?:not so much|not really|no thanks?|nope|hard pass|not for me|not my (?:thing|cup of tea|style))\b",
    re.IGNORECASE,
)
_LOVES_IT = re.compile(rf"(?<!n['’]t )(?<!not )(?<!would )\b(?:loved|love|liked|enjoyed|adored){_IT}", re.IGNORECASE)
_TOO = re.compile(
    r"^\W*(?:and |same (?:for|with|goes for) )?(?:the )?[□\w'’ ]{1,60}?\s+(?:too|as well|also|either)\W*$|^\W*same (?:for|with|goes for)\b",
    re.IGNORECASE,
)
_JOINED = re.compile(r"^\W*(?:and|or|nor|和|或)\b|\b(?:or|nor)\b|或", re.IGNORECASE)


def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_AHEAD: tuple[tuple[re.Pattern[str], Colour], ...] = (
    (_any(_WANT[:1]), "wanted"),
    (_any(_ALLOW), "allowed"),
    (_any((*_REFUSE, _ZH_REFUSE)), "refused"),
    (_any((*_WANT[1:], _ZH_WANT)), "wanted"),
)
_WEAK = re.compile(_WANT[-1], re.IGNORECASE)
_BEHIND: tuple[tuple[re.Pattern[str], Colour], ...] = (
    (_any((*_VERDICT_BAD, _ZH_BAD)), "refused"),
    (_any((*_VERDICT_GOOD, _ZH_GOOD)), "wanted"),
)


class Polarity:
    """The colours of one message. Titles must be masked first (`mask`), so that no cue is read inside one."""

    def __init__(self, message: str) -> None:
        self._message = message
        self._clauses = _clauses(message)
        self._cues = sorted(_cues(message), key=lambda cue: cue.start)

    def at(self, start: int, end: int) -> Colour:
        """The colour of `message[start:end]`."""
        number = next((n for n, (_, last) in enumerate(self._clauses) if start < last), len(self._clauses) - 1)
        return self._colour(number, start, end)

    def clause(self, place: int) -> str:
        """The clause around this place of the message."""
        low, high = next(((low, high) for low, high in self._clauses if place < high), self._clauses[-1])
        return self._message[low:high]

    def _colour(self, number: int, start: int, end: int) -> Colour:
        low, high = self._clauses[number]
        inside = [cue for cue in self._cues if cue.start >= low and cue.start < high]
        if later := self._verdict_on_it(number):
            return later
        verdict = next((cue for cue in inside if cue.before and cue.start >= end), None)
        leading = [cue for cue in inside if not cue.before and cue.end <= start]
        # "I thought Cats was awful": a verdict right behind beats a weaker cue in front.
        if verdict and not (leading and self._strongest(leading).colour == "refused"):
            return verdict.colour
        if leading:
            return self._strongest(leading).colour
        return self._inherited(number)

    def _strongest(self, leading: list[Cue]) -> Cue:
        """The last cue; a weak one yields to the refusal that it directly follows ("without any romance")."""
        last = leading[-1]
        for cue in reversed(leading[:-1]):
            between = self._message[cue.end : last.start]
            if not last.weak or not re.search(r"^\s*$|\b(?:or|nor)\s*$", between):
                break
            last = cue
        return last

    def _verdict_on_it(self, number: int) -> Colour | None:
        """ "I love horror but my wife can't stand it": the clause behind speaks of the same thing, and wins."""
        if number + 1 >= len(self._clauses):
            return None
        low, high = self._clauses[number + 1]
        clause = self._message[low:high]
        if "□" in clause:
            return None
        return "refused" if _HATES_IT.search(clause) else "wanted" if _LOVES_IT.search(clause) else None

    def _inherited(self, number: int) -> Colour:
        """A bare list item keeps the colour of the clause that it continues."""
        if number == 0:
            return "neutral"
        low, high = self._clauses[number]
        before = self._clauses[number - 1]
        between = self._message[before[1] : low]
        clause = self._message[low:high]
        if _TOO.match(clause):
            return self._last_colour(number - 1)
        if _FULL_STOP.search(between) or not re.fullmatch(r"\s*[,，、]\s*", between) or not _BARE.match(clause):
            return "neutral"
        earlier = self._colour(number - 1, before[1], before[1])
        if earlier != "wanted" and _FRESH.match(clause):
            return "neutral"
        if earlier == "refused" and not self._goes_on(number):
            return "neutral"
        return earlier

    def _last_colour(self, number: int) -> Colour:
        """The last colour that the clause sets, by a verdict too: "Titanic bored me. The Notebook too." """
        low, high = self._clauses[number]
        inside = [cue for cue in self._cues if low <= cue.start < high]
        return inside[-1].colour if inside else "neutral"

    def _goes_on(self, number: int) -> bool:
        """Whether a refused list reaches this clause: a later element is joined to it ("no gore, ghosts or dolls")."""
        before = self._clauses[number - 1]
        strong = [
            cue for cue in self._cues if cue.start >= before[0] and cue.end <= before[1] and cue.colour == "refused"
        ]
        if strong and _PRONOUN.match(self._message[strong[-1].end : before[1]]):
            return False
        if strong and not re.fullmatch(r"no|not|non", self._message[strong[-1].start : strong[-1].end], re.IGNORECASE):
            return True
        for low, high in self._clauses[number:]:
            clause = self._message[low:high]
            if not _BARE.match(clause):
                return False
            if _JOINED.search(clause):
                return True
        return False


def mask(message: str, spans: list[tuple[int, int]]) -> str:
    """The message with these spans blotted out by a letter-like sign; offsets stay as they are."""
    chars = list(message)
    for start, end in spans:
        chars[start:end] = "□" * (end - start)
    return "".join(chars)


def _clauses(message: str) -> list[tuple[int, int]]:
    """The spans between clause boundaries; the words of "anything but" are no boundary."""
    kept = [cue for pattern, _ in _AHEAD[:3] for cue in _matches(pattern, message)]
    bounds, start = [], 0
    for match in _CLAUSE.finditer(message):
        if any(low <= match.start() < high for low, high in kept):
            continue
        bounds.append((start, match.start()))
        start = match.end()
    bounds.append((start, len(message)))
    return bounds


def _matches(pattern: re.Pattern[str], message: str) -> list[tuple[int, int]]:
    return [(match.start(), match.end()) for match in pattern.finditer(message)]


def _cues(message: str) -> list[Cue]:
    """Every cue; where two overlap, the one whose kind is listed first wins."""
    taken: list[Cue] = []
    for before, kinds in ((True, _BEHIND), (False, _AHEAD)):
        for pattern, colour in kinds:
            for start, end in _matches(pattern, message):
                if not any(start < cue.end and cue.start < end for cue in taken if cue.before == before):
                    weak = bool(colour == "wanted" and not before and _WEAK.fullmatch(message[start:end]))
                    taken.append(Cue(start, end, colour, before, weak))
    return taken
