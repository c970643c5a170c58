"""What a title is about in a few words, taken from its description: a fact short enough for a line and a prompt."""

# ruff: noqa: E501  the alternatives of a pattern are easier to check in one line
from __future__ import annotations

import html
import re

MOST_WORDS = 15
"""Words of a gist when none are asked for; a description's first sentence often has thirty."""

_LEAST_WORDS = 6
"""Words of a sentence that tells something; "The city needs heroes." does not, and serves only for want of a longer."""

_FEWEST_WORDS = 4

_SLACK = 2
"""A sentence so many words too long is rather told whole than cut."""

_DETERMINER = r"(?:an?|the|this|his|her|their|its)"
_CONNECTIVE = r"(?:and|or|but|so|yet|then|who|whom|whose|which|where|when|while|as|if|though|until)"
_PREPOSITION = r"(?:in|on|at|to|of|by|for|with|from|into|after|during|despite|before|following|along|behind)"

_SENTENCE = re.compile(
    r"(?:(?<![A-Z])|(?<=\bWar I))(?<!\b[A-Z][a-z])(?<!\b[A-Z][a-z]{2})[.!?]+[\"”’']?\s+(?=[\"“A-Z0-9])|(?<=[a-z]{3})[.!?](?=[A-Z])"
)
_ASIDE = re.compile(r"\s*\([^()]*\)|\s+[-–—]{1,2}\s+[^-–—]{1,60}\s+[-–—]{1,2}(?=\s)")
_CLAUSE = re.compile(
    r"[,;:](?=\s)|\s+[-–—]+\s|\s(?=(?:when|while|until|after|before|because|but|and|so that|in order to|only to|who|which|where|as)\b)",
    re.IGNORECASE,
)
_PHRASE = re.compile(r"\s(?=(?:with|for|from|by|and|in|on|into|during|at|against|between)\b)", re.IGNORECASE)
_OPENING = re.compile(
    r"(?:(?:when|while|after|as|with|in|having|for|on|following|during|despite|before|set|years? after|forced|from)\b"
    rf"|(?:\w{{3,}}ed|held|caught|stuck|lost|torn|driven|born) {_PREPOSITION}\b"
    r"|the (?:night|day|morning|week|summer|year)\b)[^,]{3,120},\s+",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"(?:he|she|they|it|his|her|their|its|who|which|where|and|but|or|the two|both|as|when)\b", re.IGNORECASE
)
# What leans on the sentence before, and what only joins the two.
_LEANING = re.compile(
    r"(?:but|and|or|so|yet|then|now|however|meanwhile|he|she|they|it|his|her|their|its|this|these|both)\b",
    re.IGNORECASE,
)
_JOINING = re.compile(r"^(?:but|and|or|so|yet|then|now|however|meanwhile)\b,?\s+(\w)", re.IGNORECASE)
# ", a wounded rider," and ", Keyser Soze," between a subject and its verb. An opening is no subject.
_GOES_ON = rf"(?!(?:{_CONNECTIVE}|{_DETERMINER}|only|not|to|he|she|they|it|\w+ing)\b|[\w-]+,)[a-z]"
_APPOSITION = re.compile(
    rf"^(?!(?i:{_CONNECTIVE}|{_PREPOSITION}|under|between|given|long|shortly|nearly|since|because|set|just|once|told|held|[a-z]+ed|[a-z]+ing)\b)"
    rf"([^,]+), (?:{_DETERMINER}|one of)\s[^,\s]+\s[^,]{{2,140}},\s+(?={_GOES_ON})"
)
# "When Ida, a tired banker, is …": what stands after the first comma belongs to the opening.
_ASIDE_BEFORE_VERB = re.compile(rf"(?:{_DETERMINER}|one of)\s[^,\s]+\s[^,]{{2,140}},\s+(?={_GOES_ON})")
_NAMED = re.compile(rf", [A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){{0,2}},\s+(?={_GOES_ON})")
# "A wounded, weary …", "a wounded and weary …": the noun is still to come.
_NO_NOUN_YET = re.compile(
    rf"\b{_DETERMINER}\s+(?:[\w’'-]+,\s|[\w’'-]*(?:ed|y|ous|ive|al|ic|ful|less|able|ish|ing|ent|ant)\sand\s)"
    rf"(?!(?:{_CONNECTIVE}|{_DETERMINER}|{_PREPOSITION}|he|she|they|it|is|are|was|were|has|have|only)\b)[a-z]"
)
# "A town ruled by …", "to battle with …", "between two worlds and …": the words wait for what follows.
_WAITING = re.compile(
    r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )\b(?:\w{2,}ed|brought|born|driven|torn|led|taken|held|caught|made|known)\s(?=by\b)"
    rf"|\b(?:\w{{2,}}ed|(?:to|must|can|could|will|would|should) (?:\w+ly )?\w+)\s(?={_PREPOSITION}\b)|\b\w{{2,}}ing\s(?=with\b)"
    r"|\b(?:between|both|either)\s[^,]+?\s(?=(?:and|or)\b)|\bonly\s[^,]+?\s(?=(?:who|which|where|that)\b)",
    re.IGNORECASE,
)
_CONDITION_ONLY = re.compile(
    r",?\s+(?:but|and|so|then)\s+(?:when|after|while|if|as|once|before|because|since|though|although)\b.*$",
    re.IGNORECASE,
)
_DEPENDENT = re.compile(r"(?:when|while|after|as|before|until|if)\s+(?=\S+\s\S+\s\S+)", re.IGNORECASE)
# "When Ida, the leader of a team whose …": neither clause has its verb yet.
_NO_CLAUSE = re.compile(
    rf"(?:When|While|After|As|Before|Until|If)(?: [A-Z][\w.'’-]*){{1,3}}, (?:{_DETERMINER}|one of)\s[^,]+"
)
_OPEN_END = re.compile(
    r"[\s,;:–—-]+(?:a|an|the|and|or|but|of|to|in|on|at|by|for|with|from|his|her|their|its|who|which|that|where|when|while|as|is|are"
    r"|was|into|whose|after|before|between|against|about|during|he|she|they|it|has|have|had|be|been|being|only|not|known|called"
    r"|named|intent|including|than|this|these|those)$",
    re.IGNORECASE,
)
_ADVERTISING = re.compile(
    r"\b(?:award|oscar|acclaimed|best[- ]?sell|director|filmmaker|starring|stars?|sequel|prequel|remake|based on|film|movie|documentary|"
    r"adaptation|franchise|installment|instalment|trilogy|blockbuster)\b",
    re.IGNORECASE,
)


def gist(description: str, most: int = MOST_WORDS) -> str:
    """The first sentence that tells what happens, cut at a clause to about `most` words; "" without one.

    A sentence that can be understood without the one before it goes first. One that is too long and has no place where
    it can be cut is passed over: a model that is given half a sentence ends it with words of its own.
    """
    sentences = _SENTENCE.split(" ".join(html.unescape(description).split()))[:3]
    plain = [_bare(_ASIDE.sub("", sentence)) for sentence in sentences]
    telling = [sentence for sentence in plain if not _ADVERTISING.search(sentence)]
    for least in (_LEAST_WORDS, _FEWEST_WORDS):
        long = [sentence for sentence in telling if len(sentence.split()) >= least]
        for chosen in sorted(long, key=lambda sentence: bool(_LEANING.match(sentence))):
            alone = _JOINING.sub(lambda joined: joined[1].upper(), chosen)
            if short := _cut(_main_clause(alone, most), most):
                return short
    return ""


def _bare(sentence: str) -> str:
    """The sentence without its full stop and the quotation marks around it; those of a name at its end stay."""
    text = sentence.strip(" .!?…")
    for opening, closing in ('""', "“”", "''", "‘’"):
        inside = text.strip(opening + closing).strip(" .!?…")
        if opening not in inside and closing not in inside:
            text = inside
    return text


def closed(text: str) -> str:
    """The text without words at its end that something must follow ("… of human traffickers and the")."""
    while (shorter := _OPEN_END.sub("", text)) != text:
        text = shorter
    return text


def _main_clause(sentence: str, most: int) -> str:
    """The sentence without an opening clause ("After years at sea, …"), unless what follows leans on it."""
    opening = _OPENING.match(sentence)
    if opening is None or len(sentence.split()) <= most:
        return sentence
    rest = sentence[opening.end() :]
    if len(rest.split()) < _LEAST_WORDS or _LEANS.match(rest) or _ASIDE_BEFORE_VERB.match(rest):
        return sentence
    return rest[:1].upper() + rest[1:]


def _cut(sentence: str, most: int) -> str:
    """The sentence, or its beginning up to a place where it can end; "" when there is none."""
    if len(sentence.split()) > most:
        start = found.end() if (found := _DEPENDENT.match(sentence)) else 0
        sentence = sentence[:start] + _NAMED.sub(" ", _APPOSITION.sub(r"\1 ", sentence[start:]))
    words = sentence.split()
    if len(words) <= most + _SLACK:
        return sentence
    limit = len(" ".join(words[:most]))
    ends = (_last(*end, sentence, limit) for end in ((_CLAUSE, 4), (_PHRASE, 1)))
    kept = closed(_CONDITION_ONLY.sub("", next(filter(None, ends), ""))).strip(" .,;:–—-")
    if _NO_CLAUSE.fullmatch(kept):
        return ""
    # "When the siege begins" tells the same without its first word once the main clause is cut off.
    dependent = _DEPENDENT.match(kept) if "," not in kept else None
    return kept if dependent is None else kept[dependent.end()].upper() + kept[dependent.end() + 1 :]


def _last(boundary: re.Pattern[str], fewest: int, text: str, limit: int) -> str:
    """The text up to the last boundary within `limit` characters that leaves enough words; "" without one.

    Fewer than `fewest` words since the boundary before are part of a list ("while Gimli, Legolas"), an adjective waits
    for its noun, and a participle for what follows: no places to stop.
    """
    open_ = (match for pattern in (_NO_NOUN_YET, _WAITING) for match in pattern.finditer(text))
    unfit = [range(match.start() + 1, match.end()) for match in open_]
    found = (match.start() for match in boundary.finditer(text) if match.start() <= limit)
    stops = [end for end in found if not any(end in stretch for stretch in unfit)]
    parts = zip([0, *stops], stops, strict=False)
    fitting = [end for start, end in parts if len(text[start:end].split()) >= fewest]
    return next((text[:end] for end in reversed(fitting) if len(text[:end].split()) >= _LEAST_WORDS + 2), "")
