"""Which words of a message are wanted and which refused: cues with a scope, clause by clause.

A cue colours what follows it up to the end of its clause. A list goes on with the colour of the clause before it
("hated The Snowman and Cats, Glitter too"); a verdict colours what stands before it ("Cats was awful").
"""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re
from itertools import islice

from assistant.understanding import opinions
from assistant.understanding.cues import Colour, Cue, read_cues
from assistant.understanding.vocabulary import CJK
from retrieval.caseless import Caseless

_CLAUSE = Caseless(
    r"[.!?;\n。！？；…]+(?=\s|$|[\u3400-\u9fff\"”])|[,，、:：()（）]|\s+[-–—]+\s+|"
    r"\b(?:but|though|although|however|yet|whereas|while|because|except that|(?<!\bwas )(?<!\bis )(?<!\bwere )(?<!\bare )(?<!\bbeen )(?<!\bnot )(?<!\bjust )(?<!\bfelt )(?<!\blooks )(?<!\bsounds )(?<![\w□]['’]s )(?<!n['’]t )so|which|who)\b|(?:但是?|不过|可是|然而|只是)",
)
_FULL_STOP = re.compile(r"[.!?;\n。！？；…]")
_BARE = re.compile(
    r"^\W*(?:(?:and|or|nor|also|even|plus|the|a|an|any|和|或|跟|与)\s*)*(?:[\w'’□\-]++\s*+){0,4}(?:\s*(?:and|or|nor|&|和|或者?|跟)\s*(?:[\w'’□\-]++\s*+){1,4})?(?:either|too|as well|please|movies?|films?)?\W*$"
)
"""Words are taken whole (++): taken to pieces too, a long clause would be tried in thousands of ways."""
_FRESH = Caseless(r"^\W*(?:an?|some|something|just)\s+(?!\w+\s+(?:either|too)\b)")
"""How a request begins, and no list goes on: "nothing with ghosts, a comedy please"."""
_PRONOUN = re.compile(r"\s*(?:it|them|that|those|these|all of (?:it|them))\b", re.IGNORECASE)
"""The object of a refusal that ends with it: what follows its clause is not refused too."""
_NO_MATTER = Caseless(
    r"\bleave (?:it|that|them|those|these) out\b|\bi(?:['’]d| would) rather (?:eat|die|stick|drink|lick|chew|watch (?:paint|grass)|have (?:a root canal|my teeth))\b|^\W*(?:not so much|not really|no thanks?|nope|hard pass|not for me|not my (?:thing|cup of tea|style)|not me|i disagree|count me out)\b"
    r"|^\W*(?:(?:and|but|well|personally|honestly|frankly)\s+)*(?:i|we|me) (?:really |just |still |simply )*(?:(?:do|did|am|was|were|have)(?:n['’]?t| not)\W*$|(?:(?:do|did|ca|could)(?:n['’]?t| not)|cannot|never|fail to|failed to) (?:really |quite |even )?(?:get|got|see|saw|understand|understood)\b(?: (?:it|why|what|the)\b|\W*$)|(?:was|were|am)(?:n['’]?t| not) (?:\w+ )?(?:impressed|convinced|sold|moved|amused))",
)
_ASIDE = Caseless(
    r"^\W*(?:on the other hand|however|though|honestly|frankly|to be (?:honest|fair)|in my (?:humble )?opinion|of course|meanwhile|in contrast|that said|sadly|unfortunately|i (?:must|have to) (?:say|admit)|i think|i guess|for (?:me|example)|after all|oddly enough|strangely)\W*$",
)
"""What stands between a title and the verdict on it: "Prometheus, on the other hand, was a waste"."""
_ANSWER = re.compile(r"\W*(?:(yes|yep|yeah|sure|always)|no|nope|nah|never)\W*$", re.IGNORECASE)
_GOES_ON = Caseless(
    r"\W*(?:and\s+|it\s+|they\s+|(?:that|this)(?: one)?(?=['’\s])\s*|both\s+|all\s+|neither\s+|(?:both|all|none|neither|either) of (?:them|which)\s+)?",
)
_EXPECTED = Caseless(
    r"\b(?:(?:thought|sure|convinced|afraid|worried|expected) (?:that )?i(?:['’]d| would| was going to) (?:hate|dislike|be bored by|not like)|expect(?:ed|ing) to (?:hate|dislike|be bored by)|did(?:n['’]?t| not) (?:think|expect)(?: that)? i(?:['’]d| would) (?:like|love|enjoy))\W*(?:the\s+)?[\"“'《]?$",
)
"""Who says so was surprised: "thought I'd hate it"."""
_IT_IS = Caseless(r"^\W*(?:and )?(?:it|that|this|they)(?:['’]s|['’]re| is| was| were| are)\s+")
_PLAIN_REFUSAL = re.compile(r"(?:no|without|no more|not another)\s*", re.IGNORECASE)
_LONGEST_LIST = 20
"""Items of a list through which a refusal is carried."""
_CLOSE = 16
"""Letters between a title and a verdict that is surely about it."""
_FAR = 4
"""Clauses behind a title in which "it" may still mean it."""
_TOO = Caseless(
    r"^\W*(?:and )?(?:the )?[□\w'’ ]{1,60}?\s+(?:same|likewise|ditto)\W*$|^\W*(?:and |same (?:for|with|goes for) )?(?:the )?[□\w'’ ]{1,60}?\s+(?:too|as well|also|either)\W*$|^\W*same (?:for|with|goes for)\b",
)
_JOINED = re.compile(r"^\W*(?:and|or|nor|和|或)\b|\b(?:or|nor)\b|或", re.IGNORECASE)


class Polarity:
    """The colours of one message. Titles must be masked first (`mask`), so that no cue is read inside one."""

    def __init__(self, message: str) -> None:
        self._message = message
        self._cues, kept = read_cues(message)
        self._clauses = _clauses(message, kept)
        self._ends: list[Colour] = []
        self._verdicts: dict[int, Colour | None] = {}

    def at(self, start: int, end: int) -> Colour:
        """The colour of `message[start:end]`."""
        colour = self._colour(self._number(start), start, end)
        praised = colour in ("neutral", "wanted") and self._message.startswith("□", start)
        return "refused" if praised and self._taken_back(end) else colour

    def _number(self, start: int) -> int:
        return next((n for n, (_, last) in enumerate(self._clauses) if start < last), len(self._clauses) - 1)

    def clause(self, place: int) -> str:
        """The clause around this place of the message."""
        low, high = next(((low, high) for low, high in self._clauses if place < high), self._clauses[-1])
        return self._message[low:high]

    def _colour(self, number: int, start: int, end: int) -> Colour:
        low, high = self._clauses[number]
        inside = [cue for cue in self._cues if cue.start >= low and cue.start < high]
        if _EXPECTED.search(self._message[low:start]):
            return "wanted"
        titled = not self._message.startswith("□", start) and "□" in self._message[end:high]
        refusing = any(_PLAIN_REFUSAL.fullmatch(self._message[c.start : c.end]) for c in inside if c.end <= start)
        later = None if titled else self._verdict_on_it(number)  # of a title and a name, "it" is the title
        if later and not (later == "wanted" and refusing):  # "she says no musicals. great"
            return later
        verdicts = [cue for cue in inside if cue.before and cue.start >= end]
        own = [cue for cue in verdicts if opinions.on_it(self._message[cue.start : cue.end])]
        verdict = next(iter(own or verdicts), None)  # "they call it the worst film, and I enjoyed it"
        leading = [cue for cue in inside if not cue.before and cue.end <= start]
        # "I thought Cats was awful": a verdict right behind beats a weaker cue in front.
        if verdict and not (leading and self._strongest(leading).colour == "refused"):
            return verdict.colour
        if leading:
            return self._strongest(leading).colour
        inherited = self._inherited(number)
        if inherited == "neutral" and self._message[start:end].startswith("□"):
            return self._later(number) or "neutral"
        return inherited

    def _strongest(self, leading: list[Cue]) -> Cue:
        """The last cue; a weak one yields to the refusal that it directly follows ("without any romance")."""
        last = leading[-1]
        for cue in reversed(leading[:-1]):
            between = self._message[cue.end : last.start]
            if not last.weak or not re.search(r"^\s*(?:(?:one|any|yet|another)\s*)*$|\b(?:or|nor)\s*$", between):
                break
            last = cue
        return last

    def _verdict_on_it(self, number: int) -> Colour | None:
        """ "I love horror but my wife can't stand it", "Cats, which she detests": the clause behind speaks of it, and wins.

        Kept, because everything in a clause asks for it.
        """
        if number not in self._verdicts:
            self._verdicts[number] = self._said_behind(number)
        return self._verdicts[number]

    def _said_behind(self, number: int) -> Colour | None:
        """What the two clauses behind this one say of "it"."""
        behind = (span for span in islice(self._clauses, number + 1, None) if self._message[slice(*span)].strip())
        for low, high in islice(behind, 2):
            clause = self._message[low:high]
            if "□" in clause:
                return None
            sign = opinions.on_it(clause) or self._continued(low, clause)
            if sign is None and opinions.regretted(clause):
                sign = "bad"
            if self._message[low - 1] in "?:：" and (answer := _ANSWER.match(clause)):
                sign = "good" if answer[1] else "bad"  # "War movies? No. History? Yes."
            if _NO_MATTER.search(clause):
                sign = "bad"
            if sign:
                return "refused" if sign == "bad" else "wanted"
            if not _ASIDE.match(clause) and not (self._message[low - 1] == "(" and number + 1 < len(self._clauses)):
                return None
        return None

    def _continued(self, low: int, clause: str) -> opinions.Sign | None:
        """The verdict of a clause without a subject of its own: ", which she detests", ", absolute garbage"."""
        before = self._message[:low]
        if re.search(r"\b(?:which|who|that)\s*$", before, re.IGNORECASE):
            return opinions.said(clause)
        if sign := opinions.bare(clause):
            return sign
        if sign := opinions.bare(_IT_IS.sub("", clause)):
            return sign
        goes_on = _GOES_ON.match(clause)
        return opinions.said(clause[goes_on.end() :]) if goes_on else None

    def _taken_back(self, place: int) -> bool:
        """Whether the praise that ends here is meant the other way: "what a masterpiece 🙄 worst 90 minutes of my life"."""
        after = self._message[place : place + 120].split("□", 1)[0]
        return opinions.regretted(after) and opinions.on_it(after) != "good"

    def said_of_it(self, place: int) -> Colour | None:
        """What later clauses say of "it", whatever the clause around this place says."""
        number = self._number(place)
        return self._verdict_on_it(number) or self._later(number)

    def later(self, start: int, end: int) -> Colour | None:
        """What is said behind a place of what is named there, by "it" or "that one" too; None when nothing is."""
        number = self._number(start)
        own = [
            cue.colour
            for cue in self._cues
            if cue.before and end <= cue.start < min(end + _CLOSE, self._clauses[number][1])
        ]
        return next(iter(own), None) or self._verdict_on_it(number) or self._later(number)

    def _later(self, number: int) -> Colour | None:
        """What a later sentence says of "it", no other title having been named since."""
        for low, high in self._clauses[number + 1 : number + 1 + _FAR]:
            clause = self._message[low:high]
            if "□" in clause:
                return None
            if sign := opinions.on_it(clause) or opinions.bare(clause):
                return "refused" if sign == "bad" else "wanted"
        return None

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
        if _FULL_STOP.search(between) or not re.fullmatch(r"\s*[,，、:：]\s*", between) or not _BARE.match(clause):
            return "neutral"
        earlier = self._end(number - 1)
        if earlier != "wanted" and _FRESH.match(clause):
            return "neutral"
        if earlier == "refused" and not self._goes_on(number):
            return "neutral"
        return earlier

    def _is_item(self, number: int) -> bool:
        """Whether a clause is no more than an item of a list: no cue stands in it."""
        low, high = self._clauses[number]
        return not CJK.search(self._message[low:high]) and not any(low <= cue.start < high for cue in self._cues)

    def _end(self, number: int) -> Colour:
        """The colour at the end of a clause; kept, because each item of a list asks for that of the one before."""
        for place in range(len(self._ends), number + 1):
            end = self._clauses[place][1]
            self._ends.append(self._colour(place, end, end))
        return self._ends[number]

    def _last_colour(self, number: int) -> Colour:
        """The last colour that the clause sets, by a verdict too: "Titanic bored me. The Notebook too." """
        low, high = self._clauses[number]
        inside = [cue for cue in self._cues if low <= cue.start < high]
        return inside[-1].colour if inside else "neutral"

    def _goes_on(self, number: int) -> bool:
        """Whether a refused list reaches this clause: a later element is joined to it ("no gore, ghosts or dolls")."""
        head = number - 1
        while head and number - head < _LONGEST_LIST and self._is_item(head):
            head -= 1  # "I hate romance, musicals, westerns": back to the clause that refuses
        before = self._clauses[head]
        strong = [
            cue for cue in self._cues if cue.start >= before[0] and cue.end <= before[1] and cue.colour == "refused"
        ]
        if strong and _PRONOUN.match(self._message[strong[-1].end : before[1]]):
            return False
        if strong and not re.fullmatch(r"no|not|non", self._message[strong[-1].start : strong[-1].end], re.IGNORECASE):
            return True
        for low, high in self._clauses[number : number + _LONGEST_LIST]:
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


def _clauses(message: str, kept: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans between clause boundaries; words that a cue keeps ("anything but") are no boundary."""
    bounds, start = [], 0
    for match in _CLAUSE.finditer(message):
        if any(low <= match.start() < high for low, high in kept):
            continue
        bounds.append((start, match.start()))
        start = match.end()
    bounds.append((start, len(message)))
    return bounds
