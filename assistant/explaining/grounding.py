"""Is a sentence grounded? Every title, person, year, genre and plot claim must be among the facts given.

The check is deliberately strict: a sentence that may be true but cannot be traced is refused, because a template
sentence with the same purpose is always at hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.explaining.facts import CardFacts, Facts, words_of
from assistant.explaining.lexicon import lexicon
from assistant.explaining.masking import HAN, MARK, Masked, spans

ViolationKind = Literal["title", "name", "role", "year", "number", "genre", "claim", "plot", "liked", "language"]

_NUMBER = re.compile(r"(?<![A-Za-z])\d[\d,.]*\d|(?<![A-Za-z])\d")
_CAPITAL = re.compile(r"\b[A-ZÀ-Þ][\w’'.-]*\b")
_DASH = re.compile(r"-{2,}|\.{2,}|[–—…]")
_QUOTED = re.compile(r"《([^》]+)》|“([^”]+)”|\"([^\"]+)\"")
_NEGATION = re.compile(
    r"(?:\b(?:no|not|non|without|never|isn't|free of|rather than|instead of)[ -](?:[\w'-]+ ){0,2}"
    r"|不[^，。]*|没有|非|无)$",
    re.I,
)
_LIKED = re.compile(
    rf"\byou(?:'ve| have)?(?: also| already)? (?:loved?|liked?|enjoy(?:ed)?)[ ,:]+(?:the )?{MARK}([a-z]\d*)"
    rf"|{MARK}([a-z]\d*){MARK},? which you(?: also)? (?:loved?|liked?|enjoyed)",
    re.IGNORECASE,
)
# "《Liked》是喜剧片", "关于喜剧的《Liked》": a line about the liked title in place of the card.
_OTHER_SUBJECT = re.compile(rf"^\W*{MARK}l{MARK}\W*(?:是|is\b|was\b)|的《{MARK}l{MARK}》\W*$", re.IGNORECASE)
_DIRECTED = re.compile(
    rf"(?:direct(?:ed|or|ion)?(?: by| from)?|helmed by|执导|导演)[ ：:是]*{MARK}p(\d+)"
    rf"|{MARK}p(\d+){MARK} ?(?:direct(?:s|ed)|执导|导演)",
    re.IGNORECASE,
)
_STARRED = re.compile(
    rf"(?:starring|stars|featuring|played by|主演|出演)[ ：:是]*{MARK}p(\d+)"
    rf"|{MARK}p(\d+){MARK} ?(?:stars|主演|出演)",
    re.IGNORECASE,
)
_ZH_PERSON = re.compile(
    r"由([^，。、\x01的]{2,10}?)(?:执导|导演|主演)|(?:导演|执导|主演)[是为：:]?([\u4e00-\u9fff]{1,5}·[\u4e00-\u9fff]{1,6})|([\u4e00-\u9fff]{1,6}·[\u4e00-\u9fff]{1,8})"
)


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing in a sentence that no fact supports."""

    kind: ViolationKind
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


def check(sentence: str, facts: Facts, cards: Sequence[CardFacts] | None = None) -> tuple[Violation, ...]:
    """What in this sentence is not grounded; empty when everything is.

    `cards` are the cards the sentence is about; without them they are found by the titles in the sentence, and a
    sentence that names none is checked against all.
    """
    about = tuple(cards) if cards else mentioned(sentence, facts) or facts.cards
    masked = Masked(sentence, facts, about)
    found: list[Violation] = [*_language(masked, facts), *_quoted(masked), *_roles(masked), *_liked(masked)]
    found += _numbers(masked.text, facts, about)
    found += _genres(masked.text, facts, about)
    found += _claims(masked.text, facts, about)
    found += _plot_zh(masked, facts, about) if facts.language == "zh" else _words_en(masked, facts, about)
    return tuple(dict.fromkeys(found))


def mentioned(sentence: str, facts: Facts) -> tuple[CardFacts, ...]:
    """The cards whose titles stand in the sentence."""
    return tuple(card for card in facts.cards if spans(sentence, (card.item.title, *card.item.aliases)))


def _language(masked: Masked, facts: Facts) -> Iterator[Violation]:
    plain = masked.plain
    han = len(HAN.findall(plain))
    latin = len(re.findall(r"[A-Za-z]+", plain))
    if facts.language == "zh":
        if han < 2 or latin > han:
            yield Violation("language", "not in Chinese")
    elif han:
        yield Violation("language", "not in English")


def _quoted(masked: Masked) -> Iterator[Violation]:
    for groups in _QUOTED.findall(masked.text):
        inside = next(filter(None, groups), "")
        if groups[0] and MARK not in inside:
            yield Violation("title", inside)


def _roles(masked: Masked) -> Iterator[Violation]:
    for pattern, role in ((_DIRECTED, "director"), (_STARRED, "actor")):
        for groups in pattern.findall(masked.text):
            named = masked.people[int(next(filter(None, groups)))]
            same = {credit.role for credit in masked.people if credit.name == named.name}
            if role not in same:
                yield Violation("role", f"{named.name} as {role}")
    for groups in _ZH_PERSON.findall(masked.text):
        yield Violation("name", next(filter(None, groups)))


def _liked(masked: Masked) -> Iterator[Violation]:
    for groups in _LIKED.findall(masked.text):
        if next(filter(None, groups)) == "t":
            yield Violation("liked", "a film on a card said to be one the person liked")
    if _OTHER_SUBJECT.search(masked.text):
        yield Violation("liked", "about the liked title in place of the card")


def _numbers(text: str, facts: Facts, about: Sequence[CardFacts]) -> Iterator[Violation]:
    for match in _NUMBER.finditer(re.sub(rf"{MARK}[a-z]\d*{MARK}", " ", text)):
        number = match.group().replace(",", "").strip(".")
        if number in facts.numbers or any(_number_known(number, match, card) for card in about):
            continue
        yield Violation("year" if re.fullmatch(r"(18|19|20)\d\d", number) else "number", match.group())


def _number_known(number: str, match: re.Match[str], card: CardFacts) -> bool:
    item = card.item
    known = {str(item.year or ""), str(item.runtime or ""), str(item.votes or ""), f"{item.rating or 0:g}"}
    ending = re.sub(r"[^A-Za-z].*", "", match.string[match.end() : match.end() + 3], flags=re.DOTALL).lower()
    if (
        number in known
        or number in card.words
        or ("," in match.group() and match.group() in card.record)  # "11,000"
        or number + ending in card.words  # "22nd", "1950s"
        or (number == "10" and match.string[: match.start()].endswith("out of "))
    ):
        return True
    after = match.string[match.end() : match.end() + 2]
    decade = after.startswith(("s", "'s", "年代"))
    return decade and item.year is not None and number in {str(item.year // 10 * 10), str(item.year // 10 * 10)[2:]}


def _genres(text: str, facts: Facts, about: Sequence[CardFacts]) -> Iterator[Violation]:
    for genre in lexicon().genres.values():
        for word in genre.words + genre.zh_words:
            pattern = re.escape(word) if HAN.search(word) else rf"\b{re.escape(word)}\b"
            for match in re.finditer(pattern, text, re.IGNORECASE):
                if not _genre_known(genre.name, word, text[: match.start()], facts, about):
                    yield Violation("genre", match.group())


def _genre_known(genre: str, word: str, before: str, facts: Facts, about: Sequence[CardFacts]) -> bool:
    if _NEGATION.search(before):
        return all(genre not in card.genres for card in about)
    if re.search(
        r"you (?:\w+ ){0,2}(?:want|wish|ask|need|like|love|crav|look)\w*[^.;,]*$|[你您](?:想|要|喜欢)[^，。]*$", before
    ):
        return genre in facts.wished_genres
    zh = HAN.search(word)
    for card in about:
        in_record = not zh and set(words_of(word)) <= card.words
        in_keywords = zh and any(word in lexicon().zh_keywords.get(keyword, "") for keyword in card.item.keywords)
        if genre in card.genres or in_record or in_keywords:
            return True
    return False


def _claims(text: str, facts: Facts, about: Sequence[CardFacts]) -> Iterator[Violation]:
    lower = text.lower()
    records = " ".join(card.record for card in about)
    wishes = " ".join(facts.wishes).lower()
    for claim in lexicon().claims:
        if re.search(rf"\b{re.escape(claim)}\b", lower) and claim not in records and claim not in wishes:
            yield Violation("claim", claim)
    known_zh = "".join(lexicon().zh_keywords.get(keyword, "") for card in about for keyword in card.item.keywords)
    for claim in lexicon().zh_claims:
        if claim in text and claim not in known_zh and claim not in wishes:
            yield Violation("claim", claim)


def _words_en(masked: Masked, facts: Facts, about: Sequence[CardFacts]) -> Iterator[Violation]:
    known = facts.words.union(*(card.words for card in about))
    for sentence in re.split(r"(?<=[.!?:;])\s+", _DASH.sub(" ", masked.plain)):
        for match in re.finditer(r"(?<!\w)(?<!\d')[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9'.-]*", sentence):
            word = match.group().strip("'.-")
            if not word or _supported(word, known):
                continue
            first = not re.search(r"\w", sentence[: match.start()])
            capital = bool(_CAPITAL.fullmatch(word)) and not first
            yield Violation("name" if capital else "plot", word)


def _supported(word: str, known: frozenset[str]) -> bool:
    lower = word.lower().removesuffix("'s")
    parts = [lower, *re.split(r"[-.]", lower)] if "-" in lower or "." in lower else [lower]
    talk = lexicon().talk
    if lower in talk or lower in known or _genre_word(lower):
        return True
    return all(part in talk or part in known or _genre_word(part) or related(part, known) for part in parts[-2:])


def _genre_word(word: str) -> bool:
    # Genre words are judged by the genre check, not as words of the plot.
    return any(word in known.split() for genre in lexicon().genres.values() for known in genre.words)


def related(word: str, known: frozenset[str]) -> bool:
    """Whether a known word is another form of this one: they share a beginning of at least 3/4 of the shorter."""
    if word in known or not known.isdisjoint(lexicon().irregular.get(word, ())):
        return True
    if len(word) < 4:
        return word.rstrip("s") in known
    word = f"{word[:-3]}y" if word.endswith("ies") else word  # "tries" and "trying"
    for other in known:
        if len(other) < 3:
            continue
        need = max(3, -(-3 * min(len(word), len(other)) // 4))
        if word[:need] == other[:need] and abs(len(word) - len(other)) <= 5:
            return True
    return False


def _plot_zh(masked: Masked, facts: Facts, about: Sequence[CardFacts]) -> Iterator[Violation]:
    lex = lexicon()
    rest = masked.plain
    known = [*facts.wishes, *(word for genre in lex.genres.values() for word in (genre.zh, *genre.zh_words))]
    known += [lex.zh_keywords[key] for card in about for key in card.item.keywords if key in lex.zh_keywords]
    for phrase in (*sorted(known, key=len, reverse=True), *lex.zh_talk):
        rest = rest.replace(phrase, " ")
    for left in _HAN_RUN.findall(rest):
        yield Violation("plot", left)
    names = frozenset(word for card in about for word in card.words) | facts.words
    for word in re.findall(r"[A-Za-z][A-Za-z'-]+", rest):
        if not related(word.lower(), names):
            yield Violation("name", word)


_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
