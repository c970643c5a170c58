"""One line per card from its evidence, without a language model, in English or Chinese."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.explaining.facts import bare, shown, words_of
from assistant.explaining.gist import closed
from assistant.explaining.lexicon import lexicon
from assistant.state import DialogueState
from ranking.types import Evidence, Ranked, Ranking
from retrieval.types import Item, unique

_GOOD_RATING = 7.0
_HEADS = ("documentary", "western", "musical", "thriller", "comedy", "drama", "romance", "mystery", "adventure")
_LIKED = ("close to {}, which you liked", "a good next step after {}", "made for the taste that liked {}")
_BY_OTHERS = ("liked by people who like {}", "one that fans of {} enjoy too", "a favourite with those who like {}")
_ASKED = ("with the “{}” you asked for", "with “{}”, as you wished", "and “{}” is part of it")
_PERSON = ("{}, as you asked", "{}, whom you asked for", "{}")
_LIKED_ZH = ("与你喜欢的《{}》相近", "口味上接近《{}》", "看过《{}》之后值得一看")
_BY_OTHERS_ZH = ("喜欢《{}》的人也喜欢它", "与你一样喜欢《{}》的人也爱看", "喜欢《{}》的人也推荐")
_HAS_ZH, _THEME_ZH = "有你要的", "题材，"
_ORDER = ("liked", "person", "keyword", "wish", "runtime", "genre", "year", "popularity", "rating")


def reasons(ranking: Ranking, state: DialogueState) -> tuple[str, ...]:
    """One line per card, in order: what it is, and which evidence put it there. In the language of the state."""
    write = _reason_zh if state.language == "zh" else _reason_en
    return tuple(write(ranked, number) for number, ranked in enumerate(shown(ranking)))


def kind(ranked: Ranked, *, chinese: bool) -> str:
    """What such an item is called, the genres asked for first: "science-fiction thriller", "科幻惊悚片"."""
    if not chinese:
        return genre_phrase(_genres(ranked), noun_of(ranked.item))
    names = "".join(dict.fromkeys(map(lexicon().zh_genre, sorted(_genres(ranked)[:2], key=_head_last))))
    return f"{names}{'书' if ranked.item.credited('author') else '片'}"


def _head_last(genre: str) -> int:
    """A sort key for Chinese, which names the kind of a film last: an adventure comedy is a 冒险喜剧片."""
    name = lexicon().canonical(genre)
    return len(_HEADS) - _HEADS.index(name) if name in _HEADS else 0


def tie(ranked: Ranked, number: int, *, chinese: bool) -> str:
    """Half a sentence that ties the item to what the person said; "" when nothing does. `number` varies the wording.

    A genre is no such tie: what the item is called names it already.
    """
    write = _link_zh if chinese else _link_en
    asked = [one for one in _strongest(ranked) if one.words and one.kind != "genre"]
    return next((line for one in asked if (line := write(one, ranked.item, number))), "")


def _merit(ranked: Ranked, *, chinese: bool) -> str:
    """What speaks for an item that nothing ties to the person's words."""
    write = _link_zh if chinese else _link_en
    known = [one for one in _strongest(ranked) if not one.words]
    return next((line for one in known if (line := write(one, ranked.item, 0))), "")


def themes(ranked: Ranked, *, chinese: bool, most: int = 3) -> tuple[str, ...]:
    """Keywords of the item that say something and no two of which share a word; in Chinese those with a translation.

    Those that met a wish come first, then those common enough to have a translation: they mean something to people.
    """
    lex, item = lexicon(), ranked.item
    met = [one.value for one in ranked.evidence if one.kind in {"keyword", "wish"} and one.value in item.keywords]
    common = [key for key in item.keywords if key in lex.zh_keywords]
    chosen: list[str] = []
    used: set[str] = set()
    for key in unique([*met, *common, *item.keywords]):
        words = set(words_of(key))
        says_nothing = key in lex.dull_keywords or lex.canonical(key) in lex.genres
        if says_nothing or words & used or (chinese and key not in lex.zh_keywords):
            continue
        chosen.append(lex.zh_keywords[key] if chinese else key)
        used |= words
    return unique(chosen)[:most]


def with_reason(text: str, ranked: Ranked, number: int, *, chinese: bool, kind_too: bool, tie_too: bool) -> str:
    """A sentence about an item, followed by what kind of item it is and by its tie to what the person said."""
    said = closed(text.rstrip(" .!。！"))
    reason = (tie(ranked, number, chinese=chinese) or _merit(ranked, chinese=chinese)) if tie_too else ""
    if chinese:
        return f"{said}，{_unrepeated(reason, said)}。" if reason else text
    if kind_too:
        reason = f"{_with_article(kind(ranked, chinese=False))}, {reason}".removesuffix(", ")
    return f"{said}{' –' if kind_too else ','} {reason}." if reason else text


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
    opening = _with_article(opening)
    opening = opening[0].upper() + opening[1:]
    links = [line for evidence in _strongest(ranked) if (line := _link_en(evidence, item, number))][:2]
    links[1:] = [line.removeprefix("and ") for line in links[1:]]
    return f"{opening}, {', and '.join(links)}." if links else f"{opening}."


def _with_article(words: str) -> str:
    return f"{'an' if words[0].lower() in 'aeiou' else 'a'} {words}"


def _reason_zh(ranked: Ranked, number: int) -> str:
    item, what = ranked.item, kind(ranked, chinese=True)
    opening = f"{item.year}年的{what}" if item.year else what
    makers = _makers(item)
    if makers and not _asked_for(ranked, makers[0]):
        opening += f"，{makers[0]}{'著' if item.credited('author') else '执导'}"
    about = "与".join(themes(ranked, chinese=True, most=2))
    links = [line for evidence in _strongest(ranked) if (line := _link_zh(evidence, item, number))]
    said = f"{opening}，关于{about}" if about else opening
    return "，".join([said, *(_unrepeated(link, said) for link in links[: 1 if about else 2])]) + "。"


def _unrepeated(reason: str, said: str) -> str:
    """A reason in Chinese without the theme that the sentence before it names already."""
    theme, follows, rest = reason.partition(_THEME_ZH)
    if follows and theme in said:
        return rest
    asked = reason.removeprefix(_HAS_ZH)
    return "正合你的要求" if asked != reason and asked in said else reason


def _genres(ranked: Ranked) -> tuple[str, ...]:
    """The item's genres, the ones asked for first."""
    asked = [evidence.value for evidence in ranked.evidence if evidence.kind == "genre" and evidence.words]
    return unique([*(genre for genre in ranked.item.genres if genre in asked), *ranked.item.genres])


def _makers(item: Item) -> tuple[str, ...]:
    return item.credited("director") or item.credited("author")


def _well_rated(item: Item) -> bool:
    """Whether the rating speaks for the item."""
    return item.rating is not None and item.rating >= _GOOD_RATING


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
    if "popularity" in first:
        first.pop("rating", None)  # it tells how well the item is rated, too
    strongest = sorted(first.values(), key=lambda one: (not one.words and one.kind != "liked", _ORDER.index(one.kind)))
    said = [one.words for one in strongest]
    return [one for place, one in enumerate(strongest) if not one.words or one.words not in said[:place]]


def _link_en(evidence: Evidence, item: Item, number: int) -> str:
    value, words = evidence.value, evidence.words
    match evidence.kind:
        case "liked":
            phrases = _BY_OTHERS if evidence.by_others else _LIKED
            return phrases[number % len(phrases)].format(bare(value))
        case "person":
            role = next((credit.role for credit in item.people if credit.name == value), "")
            said = {"director": "directed by {}", "author": "written by {}"}.get(role, "with {}").format(value)
            return _PERSON[number % len(_PERSON)].format(said)
        case "keyword" | "wish" if lexicon().canonical(value) in lexicon().genres and value != words:
            return f"to match your “{words}”"
        case "keyword" | "wish":
            if words in words_of(value) or value == words:
                return _ASKED[number % len(_ASKED)].format(words)
            if set(words_of(value)) & set(words_of(words)):
                return _ASKED[number % len(_ASKED)].format(value)
            return f"with the theme “{value}” for your “{words}”"
        case "genre":
            return f"the {words} you asked for"
        case "year":
            return "within the years you set"
        case "runtime":
            return f"{item.runtime} minutes long, within the length you set" if item.runtime else ""
        case "popularity":
            how = f"rated {item.rating:g} out of 10" if _well_rated(item) else "rated"
            return f"{how} by {item.votes:,} people" if item.votes is not None else ""
        case _:
            return f"rated {item.rating:g} out of 10" if item.rating else ""


def _link_zh(evidence: Evidence, item: Item, number: int) -> str:
    value, words, lex = evidence.value, evidence.words, lexicon()
    match evidence.kind:
        case "liked":
            phrases = _BY_OTHERS_ZH if evidence.by_others else _LIKED_ZH
            return phrases[number % len(phrases)].format(bare(value))
        case "person":
            return f"{_HAS_ZH}{value}"
        case "keyword" | "wish":
            said = lex.zh_keywords.get(value) or f"“{lex.zh_genre(value)}”"
            return f"{_HAS_ZH}{said}" if value == words else f"{said}{_THEME_ZH}合你“{lex.zh_wish(words)}”的要求"
        case "genre":
            return f"正是你要的{lex.zh_genre(value)}"
        case "year":
            return "年份在你要的范围内"
        case "runtime":
            return f"片长{item.runtime}分钟，符合要求" if item.runtime else ""
        case "popularity":
            how = f"评分{item.rating:g}，" if _well_rated(item) else ""
            return f"{how}有{item.votes}人评过分" if item.votes is not None else ""
        case _:
            return f"评分{item.rating:g}" if item.rating else ""
