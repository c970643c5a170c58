"""Years, decades, running times and counts in a message. Bounds are inclusive whole numbers.

"After 2005" and "newer than 2005" start at 2006, "before 2000" ends at 1999: a filter must not show the year that the
person excluded. "Since", "from" and "2005 or later" include it. "21st century" starts at 2000, as lists of its films do.
"""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from assistant.acts import Operator, SlotName
from retrieval.caseless import Caseless

YEAR = r"(?:18[89]\d|19\d\d|20[0-4]\d)"
_DECADE_WORDS = {
    "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80,
    "nineties": 90, "noughties": 0, "aughts": 0, "fiftys": 50, "sixtys": 60, "seventys": 70, "eightys": 80, "ninetys": 90,
}  # fmt: skip
_HAN = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {"两": 2, "〇": 0}
_COUNT_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "a couple of": 2, "a few": 3,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bound:
    """A number in the message and what it limits: `message[start:end]` are the words that say so."""

    name: SlotName
    operator: Operator
    value: int
    start: int
    end: int
    guessed: bool = False


Reader = Callable[[re.Match[str], int], list[tuple[Operator, int]]]


def _decade(text: str) -> int:
    """The first year of a decade: "80", "1980", "eighties"; two digits below 30 are of this century."""
    word = text.casefold().strip("'’ ")
    number = _DECADE_WORDS.get(word, -1)
    if number < 0:
        number = int(re.sub(r"\D", "", word))
    if number >= 1800:
        return number - number % 10
    return (2000 if number < 20 else 1900) + number


def _span(low: int, high: int) -> list[tuple[Operator, int]]:
    return [(">=", low), ("<=", high)]


_DEC = rf"(?:(?:18|19|20)\d0|['’]?\d0)['’]?\s?s\b|(?:{'|'.join(_DECADE_WORDS)})\b"
_AFTER = (
    r"(?:(?:made|released|came out|from)\s+)?(?:after|later than|newer than|more recent than|younger than|post)[\s\-]+"
)
_BEFORE = r"(?:(?:made|released|came out|from)\s+)?(?:before|older than|earlier than|prior to|pre)[\s\-]+"
_SINCE = r"(?:since|starting (?:in|from|with)|no older than|not older than|not before|nothing before|nothing older than|>=)\s+"
_UNTIL = r"(?:until|till|up to|up until|no later than|not after|no newer than|nothing after|nothing newer than|<=)\s+"
_THE = r"(?:the\s+)?(?:year\s+|early\s+|late\s+|mid[\s-]+)?"

_WHEN = rf"(?:{_DEC}|{YEAR}(?!\s*['’]?s\b))"
_ZH_WHEN = r"(?:(?:上世纪|20世纪|二十世纪|一九|19|20)?(?:[一二三四五六七八九]|\d)(?:十|0)年代|(?:18[89]\d|19\d\d|20[0-4]\d)年?)"


def _first_year(text: str) -> int:
    """Of a year or a decade, the first year."""
    plain = text.strip()
    if re.fullmatch(YEAR, plain):
        return int(plain)
    if "年代" in plain:
        decade = re.search(r"([一二三四五六七八九]|\d)(?:十|0)年代", plain)
        tens = _digit(decade[1]) if decade else 0
        return (2000 if plain.startswith("20") and not plain.startswith("20世纪") else 1900) + 10 * tens
    return int(plain.rstrip("年")) if plain.endswith("年") else _decade(plain)


def _last_year(text: str) -> int:
    """Of a year or a decade, the last year."""
    first = _first_year(text)
    return first if re.fullmatch(rf"{YEAR}年?", text.strip()) else first + 9


def _stretch(match: re.Match[str]) -> list[tuple[Operator, int]]:
    """From the first year of the earlier of two years or decades to the last year of the later one."""
    return _span(min(_first_year(match[1]), _first_year(match[2])), max(_last_year(match[1]), _last_year(match[2])))


_YEAR_READERS: tuple[tuple[str, Reader], ...] = (
        (rf"(?<!\w)(?:between|from|either)?\s*{_THE}({_WHEN})\s*(?:and|to|or|until|till|through|thru|[-–—~])\s*{_THE}({_WHEN})(?!\w)(?!\s+(?:later|newer|earlier|older))",
         lambda m, _: _stretch(m)),
        (rf"({_ZH_WHEN})\s*(?:到|至|和|或|[-–—~])\s*({_ZH_WHEN})", lambda m, _: _stretch(m)),
        (rf"(?<!\w)(?:from\s+)?{_THE}({_WHEN})\s*(?:to|until|till|through|[-–—])\s*(?:now|today|date|the present|present)\b",
         lambda m, _: [(">=", _first_year(m[1]))]),
        (r"\b(?:from |in |of )?this decade\b", lambda _m, today: _span(today - today % 10, today)),
        (r"\b(?:from |in |of )?(?:the )?(?:last|previous) decade['’]?s?\b(?<!the last decade)", lambda _m, today: _span(today - today % 10 - 10, today - today % 10 - 1)),
        (rf"\b{_SINCE}{_THE}({_DEC})", lambda m, _: [(">=", _decade(m[1]))]),
        (rf"\b{_UNTIL}{_THE}({_DEC})", lambda m, _: [("<=", _decade(m[1]) + 9)]),
        (rf"\b{_AFTER}{_THE}({_DEC})", lambda m, _: [(">=", _decade(m[1]) + 10)]),
        (rf"\b{_BEFORE}{_THE}({_DEC})", lambda m, _: [("<=", _decade(m[1]) - 1)]),
        (rf"\b{_THE}({_DEC})\s+(?:or|and)\s+(?:later|newer|after|up|onwards?)", lambda m, _: [(">=", _decade(m[1]))]),
        (rf"\b{_THE}({_DEC})\s+(?:or|and)\s+(?:earlier|older|before)", lambda m, _: [("<=", _decade(m[1]) + 9)]),
        (rf"(?<!\w){_THE}({_DEC})", lambda m, _: _span(_decade(m[1]), _decade(m[1]) + 9)),
        (rf"\b{_SINCE}{_THE}({YEAR})\b", lambda m, _: [(">=", int(m[1]))]),
        (rf"\b{_UNTIL}{_THE}({YEAR})\b", lambda m, _: [("<=", int(m[1]))]),
        (rf"\b{_AFTER}{_THE}({YEAR})\b", lambda m, _: [(">=", int(m[1]) + 1)]),
        (rf"\b{_BEFORE}{_THE}({YEAR})\b", lambda m, _: [("<=", int(m[1]) - 1)]),
        (rf"\byear\s*>=?\s*({YEAR})\b", lambda m, _: [(">=", int(m[1]) + (">=" not in m[0]))]),
        (rf"\byear\s*<=?\s*({YEAR})\b", lambda m, _: [("<=", int(m[1]) - ("<=" not in m[0]))]),
        (rf"\b({YEAR})\s*(?:\+|(?:or|and)\s+(?:later|newer|after|up|above|more recent|onwards?)|onwards?\b|on\b)",
         lambda m, _: [(">=", int(m[1]))]),
        (rf"\bfrom\s+({YEAR})\s+(?:on\b|onwards?|up|forward)", lambda m, _: [(">=", int(m[1]))]),
        (rf"\b({YEAR})\s*(?:or|and)\s+(?:earlier|older|before)", lambda m, _: [("<=", int(m[1]))]),
        (r"\b(?:the\s+)?(?:21st|twenty[- ]first)\s+century|\bthis century|21世纪|二十一世纪|本世纪", lambda _m, _: [(">=", 2000)]),
        (r"\b(?:the\s+)?(?:20th|twentieth)\s+century|\blast century|20世纪(?!\d)(?![一二三四五六七八九])|二十世纪(?![一二三四五六七八九])",
         lambda _m, _: _span(1900, 1999)),
        (r"\b(?:released|made|out|from|came out|come out|coming out|new|film|movie)s?\s+(?:in\s+)?this year|\bthis year['’]s|今年(?!.{0,5}岁)",
         lambda _m, today: _span(today, today)),
        (r"\b(?:released|made|out|from|came out|film|movie)s?\s+(?:in\s+)?last year|\blast year['’]s|去年",
         lambda _m, today: _span(today - 1, today - 1)),
        (r"\b(?:in|from|over|of)?\s*the\s+(?:last|past)\s+(?:(\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|few|couple of)\s+)?(years?|decades?)\b",
         lambda m, today: _last_years(m, today)),
        (r"(?:近|最近|过去)(\d{1,2}|[一二两三四五六七八九十])年", lambda m, today: [(">=", today - _han_number(m[1]))]),
        (rf"从\s*({YEAR})年?\s*(?:开始|起|以来|以后)|({YEAR})年?起", lambda m, _: [(">=", int(m[1] or m[2]))]),
        (rf"({YEAR})年?\s*(?:以后|之后|后)", lambda m, _: [(">=", int(m[1]) + (0 if "以" in m[0] else 1))]),
        (rf"({YEAR})年?\s*(?:以前|之前|前)", lambda m, _: [("<=", int(m[1]) - 1)]),
        (r"(?:上世纪|20世纪|二十世纪|一九|19)?([二三四五六七八九]|[2-9])(?:十|0)年代", lambda m, _: _han_decade(m)),
        (r"(?:20|二十一世纪|21世纪)(0|1|2|一|二)(?:0|十)年代", lambda m, _: _span(2000 + 10 * _digit(m[1]), 2009 + 10 * _digit(m[1]))),
        (rf"({YEAR})年", lambda m, _: [("=", int(m[1]))]),
        (rf"\b(?:released in|made in|came out in|out in|from|in|of|year)\s+(?:the year\s+)?({YEAR})\b(?!\s*['’]?s)", lambda m, _: [("=", int(m[1]))]),
        (rf"\b(?:a|an|any|some)?\s*({YEAR})\s+(?:movie|film|release|release|classic|comedy|thriller|drama|horror)s?\b", lambda m, _: [("=", int(m[1]))]),
)  # fmt: skip
_MAY_DATE = re.compile(r"\d|year|decade|centur|ties\b|tys\b|aughts|年|世纪", re.IGNORECASE)
"""What every rule for years needs, looked for first: most messages have none of it."""
_NAMED = r"year|decade|centur|年|世纪"
_DATES = tuple((date, Caseless(date)) for date in (YEAR, _DEC, _NAMED))


def _needed(pattern: str) -> frozenset[str]:
    """The dates of which a rule needs one: a year or a decade, or else a word for such; () where it may be any."""
    if _ZH_WHEN in pattern:
        return frozenset()
    return frozenset(date for date in (YEAR, _DEC) if date in pattern) or frozenset({_NAMED})


_YEAR_RULES = tuple((Caseless(pattern), _needed(pattern), reader) for pattern, reader in _YEAR_READERS)

_HOURS = r"(\d(?:[.,]\d)?|an?|one|two|three|half an|one and a half|two and a half)\s*(?:hours?|hrs?|h)\b(?:\s*(?:and\s+)?(\d{1,2}|a half)\s*(?:minutes?|mins?|m)?)?"
_MINUTES = r"(\d{2,3})\s*(?:minutes?|mins?|min)\b"
_LESS = r"(?:under|less than|shorter than|below|no longer than|not longer than|no more than|not more than|at most|max(?:imum)?(?: of)?|within|up to|<=?)\s+"
_MORE = r"(?<!no )(?<!not )(?:over|more than|longer than|above|at least|min(?:imum)?(?: of)?|>=?)\s+"


def _digit(text: str) -> int:
    return _HAN[text] if text in _HAN else int(text)


def _han_number(text: str) -> int:
    return 10 if text == "十" else _digit(text)


def _han_decade(match: re.Match[str]) -> list[tuple[Operator, int]]:
    first = 1900 + 10 * _digit(match[1])
    return _span(first, first + 9)


def _last_years(match: re.Match[str], today: int) -> list[tuple[Operator, int]]:
    word = (match[1] or "1").casefold()
    number = int(word) if word.isdecimal() else _COUNT_WORDS.get(word, 2 if word == "couple of" else 5)
    if word == "1" and match[2].casefold().startswith("year"):
        return [(">=", today - 1)]
    return [(">=", today - number * (10 if match[2].casefold().startswith("decade") else 1))]


def years(text: str, today: int) -> list[Bound]:
    """Bounds on the release year. `today` is the current year. Where two rules match, the earlier rule wins."""
    if not _MAY_DATE.search(text):
        return []
    found: list[Bound] = []
    dates = {date for date, pattern in _DATES if pattern.search(text)}
    for pattern, needed, reader in _YEAR_RULES:
        if needed and needed.isdisjoint(dates):
            continue
        for match in pattern.finditer(text):
            start, end = match.start(), match.end()
            while start < end and text[start].isspace():
                start += 1
            if any(start < bound.end and bound.start < end for bound in found):
                continue
            if _INDIFFERENT.search(text[max(0, start - 60) : start]):
                continue
            found.extend(_wanted([Bound("year", *said, start, end) for said in reader(match, today)], text))
    return found


_REFUSED = Caseless(
    r"(?:\b(?:(?:(?:can['’]?t be (?:bothered|doing) with|(?:don['’]?t|do not) (?:care|go) for|hates?|skip|avoid|(?:sick|tired) of|not interested in|no interest in|not into|never watch|(?:can['’]?t|cannot) stand|leave out|bored (?:of|by|with))(?:\s+(?:anything|everything|movies?|films?|stuff|things|ones?))?)|nothing|no (?:movies?|films?|ones?|stuff)|not|without|(?:do|does|did)(?:n['’]?t| not|nt) (?:want|like|need|show(?: me)?|recommend|suggest|give me) (?:anything|movies?|films?|stuff|any|ones?))"
    r"\s+(?:that(?:['’]s| is| are)? |which (?:is|are) |is |are |made |released |from |in )*|(?:不要|不看|别))$",
)


_INDIFFERENT = Caseless(
    r"\b(?:(?:does|do)(?:n['’]?t|nt| not) (?:matter|care|mind)|no matter|regardless|whether|even if)\b(?:(?!\bbut\b)[^.!?;])*$"
    r"|\b(?:i|we)(?:['’]ve| have) (?:already )?(?:seen|watched)\b[^.!?;,]*$|\b(?:recorded|written|composed|published|painted|built|founded)\s*$|\bin my (?:head|life|mind|heart|family) (?:ever )?$|\bmy (?:whole |entire )?life (?:back )?$|\b(?:i|we|they|he|she|(?:my|our) [\w\-]+) (?:first |last |once |both )?(?:saw|watched|cried|went|met|bought|rented)\b[^.!?;,]*(?<!from )$|\b(?:percent|%|plus|minus|times|divided by) (?:of\s+)?$"
    r"|\b(?:moved|living|lived|worked|taught|studied|graduated|retired|married|divorced|emigrated|engaged|enlisted)\b[^.!?;,]{0,30}$|(?:^|[,.;!?]\s*)born\s*$"
    r"|\b(?:was|were|am|got|are|been) (?:born|married|divorced|together)\s+(?:in\s+|since\s+)?$"
    r"|(?<!what )(?<!which )\b(?:is|was|are|were)\b (?:\w+ ){0,4}(?:best|greatest|worst|finest|\w+est) (?:[\w\-]+ ){0,3}(?:of|in|from)?\s*$"
    r"|\b(?:forget|ignore|never ?mind|drop|scrap|lift)\b(?:\s+what i said)?(?:\s+about)?(?:\s+the)?\s*$",
)
"""What stands behind it sets no bound: "doesn't matter if it's from the fifties"."""


def _wanted(bounds: list[Bound], text: str) -> list[Bound]:
    """The bounds as wanted: what is refused on one side is wanted on the other; a refused range leaves no bound."""
    if not bounds or not _REFUSED.search(text[: bounds[0].start]):
        return bounds
    if len(bounds) > 1 or bounds[0].operator == "=":
        return []
    bound = bounds[0]
    if bound.operator == "<=":
        return [Bound(bound.name, ">=", bound.value + 1, bound.start, bound.end)]
    return [Bound(bound.name, "<=", bound.value - 1, bound.start, bound.end)]


def _hours(match: re.Match[str]) -> int:
    word, rest = match[1].casefold(), match[2]
    hours = {"a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "half an": 0.5, "one and a half": 1.5,
             "two and a half": 2.5}.get(word)  # fmt: skip
    minutes = round(60 * (hours if hours is not None else float(word.replace(",", "."))))
    return minutes + (30 if rest == "a half" else int(rest or 0))


_NOT_LONG = Caseless(
    r"\b(?:not|nothing|never|isn['’]?t)\b(?: (?:that['’]?s|that is|which is|be))? (?:too|very|super|overly) long\b"
    r"|(?:不要|别|不想看?|不能|不)太长",
)
LONG = 120
"""Minutes: longer is "too long" for who names no number."""


_MAY_LAST = re.compile(r"h\b|hour|hr|min|long|分钟|小时|钟头|长", re.IGNORECASE)
"""What every rule for running times needs, looked for first."""
_UNITS: tuple[tuple[str, Callable[[re.Match[str]], int]], ...] = ((_MINUTES, lambda m: int(m[1])), (_HOURS, _hours))
_SIDES: tuple[tuple[str, Operator, int], ...] = ((_LESS, "<=", -1), (_MORE, ">=", 1))
_LIMITED = tuple(
    (Caseless(rf"(?:{words})(?:about\s+)?{unit}"), operator, step, reader)
    for words, operator, step in _SIDES
    for unit, reader in _UNITS
)
_STRICTLY = re.compile(r"under|less|shorter|below|over|more than|longer than|above|<\s|>\s", re.IGNORECASE)
_OR_LESS = tuple(
    (Caseless(rf"{unit}\s+(?:or (?:less|shorter|under)|max|tops|at most)"), reader) for unit, reader in reversed(_UNITS)
)
_HAN_WITHIN = re.compile(
    r"(\d{2,3}|[一两二三]个?半?)\s*(分钟|小时|个小时|个钟头)(半)?(?:以内|以下|之内)|(?:不超过|少于|短于)(\d{2,3}|[一两二三]个?半?)\s*(分钟|小时|个小时)(半)?"
)


def runtimes(text: str) -> list[Bound]:
    """Bounds on the running time, in minutes."""
    if not _MAY_LAST.search(text):
        return []
    found = [Bound("runtime", "<=", LONG, *match.span(), guessed=True) for match in _NOT_LONG.finditer(text)]
    for pattern, operator, step, reader in _LIMITED:
        for match in pattern.finditer(text):
            limit = reader(match) + (step if _STRICTLY.match(match[0]) else 0)
            found.extend(_wanted([Bound("runtime", operator, limit, match.start(), match.end())], text))
    for pattern, reader in _OR_LESS:
        found += [Bound("runtime", "<=", reader(match), *match.span()) for match in pattern.finditer(text)]
    for match in _HAN_WITHIN.finditer(text):
        amount, unit, half = match[1] or match[4], match[2] or match[5], match[3] or match[6]
        value = int(amount) if amount.isdecimal() else _digit(amount[0])
        minutes = value if unit == "分钟" else value * 60 + (30 if half or "半" in amount else 0)
        found.append(Bound("runtime", "<=", minutes, match.start(), match.end()))
    return found


_COUNT = Caseless(
    r"\b(?:only|just|exactly|show me|give me|recommend|suggest|list|name|top|me)\s+(?:me\s+)?(?:the\s+)?(?:top\s+)?"
    r"(\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|a couple of|a few)\b"
    r"(?!\s*(?:hours?|minutes?|mins?|more minutes|of (?:them|these|those)|that|thing|stars?|years?|was|is|%))"
    r"|\b(\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|a couple of|a few)\s+(?:[\w□]+\s+){0,2}?"
    r"(?:recommendations|suggestions|recommendation|suggestion|options|picks|movies|films|ideas)\b",
)
_OWN = re.compile(r"\b(?:my|our|her|his)\s+(?:\w+\s+)?$", re.IGNORECASE)
_HAN_COUNT = re.compile(
    r"(?:推荐|来|给我|要|只要|就)\s*(\d{1,2}|[两二三四五六七八九十]|(?<=只要)一|(?<=就)一)\s*(?:部|个)"
)


def counts(text: str) -> list[Bound]:
    """How many items the person asks for, where they ask for a number of them."""
    found = []
    for match in _COUNT.finditer(text):
        if _OWN.search(text[: match.start()]) or text[match.end() :].lstrip().startswith((":", "are ", "include")):
            continue  # "my top 5: …" asks for nothing
        word = (match[1] or match[2]).casefold()
        value = int(word) if word.isdecimal() else _COUNT_WORDS[word]
        if 1 <= value <= 20:
            found.append(Bound("count", "=", value, match.start(), match.end()))
    for match in _HAN_COUNT.finditer(text):
        value = int(match[1]) if match[1].isdecimal() else _han_number(match[1])
        if 1 <= value <= 20:
            found.append(Bound("count", "=", value, match.start(), match.end()))
    return found[:1]


Direction = Literal["older", "newer", "shorter", "longer"]
