"""One line per card from its evidence, without a language model, in English or Chinese."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.explaining.facts import shown
from assistant.explaining.lexicon import lexicon
from assistant.state import DialogueState
from ranking.types import Evidence, Ranked, Ranking
from retrieval.types import Item

_HEADS = ("documentary", "western", "musical", "thriller", "comedy", "drama", "romance", "mystery", "adventure")
_LIKED = (
    "it is close to {}, which you named",
    "it should suit you if {} did",
    "it sits near {} among the titles you named",
)
_LIKED_ZH = ("与你提到的《{}》相近", "口味上接近《{}》", "和《{}》是一路")
_PEOPLE = {"director": "directed by {}", "author": "written by {}"}


def reasons(ranking: Ranking, state: DialogueState) -> tuple[str, ...]:
    """One line per card, in order: what it is, and which evidence put it there. In the language of the state."""
    write = _reason_zh if state.language == "zh" else _reason_en
    return tuple(write(ranked, number) for number, ranked in enumerate(shown(ranking)))


def genre_phrase(genres: Sequence[str], noun: str = "film") -> str:
    """At most two genres as English says them: "science-fiction thriller", "animated film", "horror film"."""
    known = [found for genre in genres if (found := lexicon().genres.get(lexicon().canonical(genre)))]
    head = next((genre for name in _HEADS for genre in known if genre.name == name and genre.noun), None)
    rest = [genre.adjective for genre in known if genre is not head and genre.adjective]
    if head is not None:
        return f"{rest[0]} {head.noun}" if rest else head.noun
    return f"{rest[0]} {noun}" if rest else noun


def noun_of(item: Item) -> str:
    """What people call such an item: a book when it has an author, a film otherwise."""
    return "book" if item.credited("author") else "film"


def _reason_en(ranked: Ranked, number: int) -> str:
    item = ranked.item
    what = genre_phrase(item.genres, noun_of(item))
    opening = f"{item.year} {what}" if item.year else what
    if makers := _makers(item):
        opening += f" by {makers[0]}"
    article = "An" if opening[0].lower() in "aeiou" else "A"
    links = [line for evidence in _strongest(ranked) if (line := _link_en(evidence, item, number))]
    return f"{article} {opening}: {_join(links)}." if links else f"{article} {opening}."


def _reason_zh(ranked: Ranked, number: int) -> str:
    item, lex = ranked.item, lexicon()
    genres = "".join(dict.fromkeys(lex.zh_genre(genre) for genre in item.genres[:2]))
    kind = "书" if item.credited("author") else "片"
    opening = f"{item.year}年的{genres}{kind}" if item.year else f"{genres}{kind}"
    if makers := _makers(item):
        opening += f"，{makers[0]}{'著' if kind == '书' else '执导'}"
    links = [line for evidence in _strongest(ranked) if (line := _link_zh(evidence, item, number))]
    return "，".join([opening, *links]) + "。"


def _makers(item: Item) -> tuple[str, ...]:
    return item.credited("director") or item.credited("author")


def _strongest(ranked: Ranked) -> list[Evidence]:
    """At most two pieces of evidence of different kinds: what answers the person's words first."""
    ordered = sorted(ranked.evidence, key=lambda evidence: not evidence.words and evidence.kind != "liked")
    chosen: dict[str, Evidence] = {}
    for evidence in ordered:
        chosen.setdefault(evidence.kind, evidence)
    return list(chosen.values())[:2]


def _link_en(evidence: Evidence, item: Item, number: int) -> str:
    value, words = evidence.value, evidence.words
    match evidence.kind:
        case "liked":
            return _LIKED[number % len(_LIKED)].format(value)
        case "genre":
            return f"it answers your wish for “{words}”" if words else ""
        case "person":
            role = next((credit.role for credit in item.people if credit.name == value), "")
            said = _PEOPLE.get(role, "with {}").format(value)
            return f"it is {said}, as you asked" if words and role in _PEOPLE else (said if words else "")
        case "keyword":
            return f"“{value}” answers your “{words}”" if words else f"it is tagged “{value}”"
        case "year":
            return f"{item.year} is within the years you set" if item.year else ""
        case "runtime":
            return f"its {item.runtime} minutes keep to the length you set" if item.runtime else ""
        case "wish":
            return f"its description comes close to “{words or value}”"
        case "popularity":
            return _popularity_en(item, words)
        case _:
            return f"viewers rate it {item.rating:g} out of 10" if item.rating else ""


def _popularity_en(item: Item, words: str) -> str:
    if item.votes is None:
        return ""
    count = f"{item.votes} people have rated it"
    return f"{count}, for your “{words}”" if words else count


def _link_zh(evidence: Evidence, item: Item, number: int) -> str:
    value, words, lex = evidence.value, evidence.words, lexicon()
    match evidence.kind:
        case "liked":
            return _LIKED_ZH[number % len(_LIKED_ZH)].format(value)
        case "genre":
            return f"正是你要的{lex.zh_genre(value)}" if words else ""
        case "person":
            return f"有你要的{value}" if words else ""
        case "keyword":
            said = lex.zh_keywords.get(value, f"“{value}”")
            return f"{said}符合你说的“{words}”" if words else f"题材是{said}"
        case "year":
            return "年份在你要的范围内" if item.year else ""
        case "runtime":
            return f"片长{item.runtime}分钟，符合要求" if item.runtime else ""
        case "wish":
            return f"内容接近你说的“{words or value}”"
        case "popularity":
            return f"有{item.votes}人评过分" if item.votes is not None else ""
        case _:
            return f"观众评分{item.rating:g}" if item.rating else ""


def _join(links: Sequence[str]) -> str:
    return " and ".join(links)
