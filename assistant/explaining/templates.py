"""One line per card from its evidence, without a language model, in English or Chinese."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.explaining.facts import bare, shown
from assistant.explaining.lexicon import lexicon
from assistant.state import DialogueState
from ranking.types import Evidence, Ranked, Ranking
from retrieval.types import Item, unique

_HEADS = ("documentary", "western", "musical", "thriller", "comedy", "drama", "romance", "mystery", "adventure")
_LIKED = ("close to {}, which you liked", "a good next step after {}", "made for the taste that liked {}")
_LIKED_ZH = ("与你喜欢的《{}》相近", "口味上接近《{}》", "看过《{}》之后值得一看")
_ORDER = ("liked", "person", "keyword", "wish", "runtime", "genre", "year", "popularity", "rating")


def reasons(ranking: Ranking, state: DialogueState) -> tuple[str, ...]:
    """One line per card, in order: what it is, and which evidence put it there. In the language of the state."""
    write = _reason_zh if state.language == "zh" else _reason_en
    return tuple(write(ranked, number) for number, ranked in enumerate(shown(ranking)))


def kind(ranked: Ranked, *, chinese: bool) -> str:
    """What such an item is called, the genres asked for first: "science-fiction thriller", "科幻惊悚片"."""
    if not chinese:
        return genre_phrase(_genres(ranked), noun_of(ranked.item))
    names = "".join(dict.fromkeys(lexicon().zh_genre(genre) for genre in _genres(ranked)[:2]))
    return f"{names}{'书' if ranked.item.credited('author') else '片'}"


def tie(ranked: Ranked, number: int, *, chinese: bool) -> str:
    """Half a sentence that ties the item to what the person said; "" when nothing does. `number` varies the wording.

    A genre is no such tie: what the item is called names it already.
    """
    write = _link_zh if chinese else _link_en
    asked = [one for one in _strongest(ranked) if one.words and one.kind != "genre"]
    said = (line for one in asked if (line := write(one, ranked.item, number)))
    return next(said, "")


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
    what = kind(ranked, chinese=False)
    opening = f"{item.year} {what}" if item.year else what
    makers = _makers(item)
    if makers and not _asked_for(ranked, makers[0]):
        opening += f" by {makers[0]}"
    article = "An" if opening[0].lower() in "aeiou" else "A"
    links = [line for evidence in _strongest(ranked) if (line := _link_en(evidence, item, number))][:2]
    return f"{article} {opening}, {', and '.join(links)}." if links else f"{article} {opening}."


def _reason_zh(ranked: Ranked, number: int) -> str:
    item, what = ranked.item, kind(ranked, chinese=True)
    opening = f"{item.year}年的{what}" if item.year else what
    makers = _makers(item)
    if makers and not _asked_for(ranked, makers[0]):
        opening += f"，{makers[0]}{'著' if item.credited('author') else '执导'}"
    links = [line for evidence in _strongest(ranked) if (line := _link_zh(evidence, item, number))][:2]
    return "，".join([opening, *links]) + "。"


def _genres(ranked: Ranked) -> tuple[str, ...]:
    """The item's genres, the ones asked for first."""
    asked = [evidence.value for evidence in ranked.evidence if evidence.kind == "genre" and evidence.words]
    return unique([*(genre for genre in ranked.item.genres if genre in asked), *ranked.item.genres])


def _makers(item: Item) -> tuple[str, ...]:
    return item.credited("director") or item.credited("author")


def _asked_for(ranked: Ranked, person: str) -> bool:
    return any(one.kind == "person" and one.words and one.value == person for one in ranked.evidence)


def _strongest(ranked: Ranked) -> list[Evidence]:
    """One piece of evidence of each kind; what answers the person's own words comes before what nobody asked for."""
    first: dict[str, Evidence] = {}
    for evidence in ranked.evidence:
        if evidence.words or evidence.kind in {"liked", "popularity", "rating"}:
            first.setdefault(evidence.kind, evidence)
    if len(first) > 1:
        first.pop("genre", None)  # the opening names the genre already
    return sorted(first.values(), key=lambda one: (not one.words and one.kind != "liked", _ORDER.index(one.kind)))


def _link_en(evidence: Evidence, item: Item, number: int) -> str:
    value, words = evidence.value, evidence.words
    match evidence.kind:
        case "liked":
            return _LIKED[number % len(_LIKED)].format(bare(value))
        case "person":
            role = next((credit.role for credit in item.people if credit.name == value), "")
            said = {"director": "directed by {}", "author": "written by {}"}.get(role, "with {}").format(value)
            return f"{said}, as you asked"
        case "keyword" | "wish":
            return f"with the “{words}” you asked for" if value == words else f"with “{value}” for your “{words}”"
        case "genre":
            return f"the {words} you asked for"
        case "year":
            return "within the years you set"
        case "runtime":
            return f"at {item.runtime} minutes within the length you set" if item.runtime else ""
        case "popularity":
            return f"rated by {item.votes:,} people" if item.votes is not None else ""
        case _:
            return f"rated {item.rating:g} out of 10" if item.rating else ""


def _link_zh(evidence: Evidence, item: Item, number: int) -> str:
    value, words, lex = evidence.value, evidence.words, lexicon()
    match evidence.kind:
        case "liked":
            return _LIKED_ZH[number % len(_LIKED_ZH)].format(bare(value))
        case "person":
            return f"有你要的{value}"
        case "keyword" | "wish":
            said = lex.zh_keywords.get(value) or f"“{lex.zh_genre(value)}”"
            return f"有你要的{said}" if value == words else f"{said}符合你说的“{words}”"
        case "genre":
            return f"正是你要的{lex.zh_genre(value)}"
        case "year":
            return "年份在你要的范围内"
        case "runtime":
            return f"片长{item.runtime}分钟，符合要求" if item.runtime else ""
        case "popularity":
            return f"有{item.votes}人评过分" if item.votes is not None else ""
        case _:
            return f"评分{item.rating:g}" if item.rating else ""
