"""Answers about items, from their records and the ranking trace only. What the record lacks is said to be unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.acts import DialogueAct, Intent
from assistant.comparing import common, compare, superlative
from assistant.explaining.facts import shown
from assistant.explaining.lexicon import lexicon
from assistant.explaining.templates import reasons
from assistant.phrases import Say, listed, quoted
from assistant.questions import language_name, questions
from assistant.state import DialogueState
from ranking.types import Ranking
from retrieval.catalog import Catalog
from retrieval.types import Item, unique


def answer(act: DialogueAct, state: DialogueState, catalog: Catalog, ranking: Ranking | None = None) -> str:
    """The answer to a question about items, or to small talk, in the language of the message.

    Never empty, and never raises for any text.
    """
    say = Say(zh=(act.language or state.language) == "zh")
    items = referred(act, state, catalog)
    if act.intent is Intent.CHAT and not (items and _asks(act.text)):
        return small_talk(act.text, say)
    if not items:
        return say(
            "Which title do you mean? Name one, or say “the second one” once there are cards.",
            "你指的是哪一部？说出片名，或在有卡片之后说“第二部”。",
        )
    if act.intent is Intent.ASK_WHY:
        return why(items, state, ranking, say)
    text = _without_titles(act, items)
    topic = questions().topic(text)
    if topic == "common":
        return common(items, say)
    if len(items) > 1 and (best := superlative(text, items, say)):
        return best
    if act.intent is Intent.COMPARE and len(items) > 1:
        return compare(items, say)
    return "\n".join(about(item, topic, text, say) for item in items)


def _asks(text: str) -> bool:
    """Whether small talk is after all a question about the cards ("where can I watch it?")."""
    return bool(re.search(r"[?？]|吗|什么|哪", text)) and questions().topic(text) is not None


def small_talk(text: str, say: Say) -> str:
    """A short friendly answer to what states no wish, and a way back."""
    for pattern, english, chinese in _TALK:
        if re.search(pattern, text, re.IGNORECASE):
            return say(english, chinese)
    return say(
        "I only know about what to watch. Name a title that you loved, a genre, a person or a mood.",
        "我只会推荐看什么。说一部你喜欢的片子、一个类型、一个人，或一种心情吧。",
    )


def referred(act: DialogueAct, state: DialogueState, catalog: Catalog) -> tuple[Item, ...]:
    """The items a question is about: what it points at, else titles in it, else the cards on the screen."""
    titles = [slot.item_id for slot in act.slots if slot.name == "title" and slot.item_id]
    ids = unique([*act.refers_to, *titles]) or state.last_shown
    return tuple(item for id_ in ids if (item := catalog.get(id_)) is not None)


def _without_titles(act: DialogueAct, items: Sequence[Item]) -> str:
    """The question without its titles, whose words are not about the topic ("who directed The Longest Day?")."""
    text = act.text
    names = [slot.span for slot in act.slots if slot.name == "title"] + [item.title for item in items]
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text, flags=re.IGNORECASE if " " in name else 0)
    return text


def about(item: Item, topic: str | None, text: str, say: Say) -> str:
    """The answer to one question about one item."""
    if topic == "trait":
        return _trait(item, text, say)
    if topic == "cast" and (named := _asked_person(item, text)):
        return say(f"Yes, {named} is credited in {item.label()}.", f"是的，《{item.title}》的演职员里有{named}。")
    if topic in _FACTS:
        return _FACTS[topic](item, say)
    if topic in _UNKNOWN:
        english, chinese = _UNKNOWN[topic]
        return say(
            f"The record of {item.label()} does not say {english}.",
            f"《{item.title}》的资料里没有{chinese}，我不知道。",
        )
    if topic is None and (found := _mention(item, text, say)):
        return found
    return _plot(item, say) if topic in {None, "plot"} else _unknown(item, say)


def why(items: Sequence[Item], state: DialogueState, ranking: Ranking | None, say: Say) -> str:
    """Why these items were picked: the evidence line of each, and how many were left after each step."""
    cards = shown(ranking) if ranking is not None else ()
    lines = dict(zip((card.item.id for card in cards), reasons(ranking, state), strict=True)) if ranking else {}
    parts = []
    for item in items:
        if line := lines.get(item.id):
            parts.append(say(f"{item.label()}: {line}", f"《{item.title}》：{line}"))
        else:
            parts.append(_why_from_record(item, state, say))
    if ranking is not None and ranking.trace:
        left = {step.name: f"{step.left:,}" for step in ranking.trace}
        steps = [left[name] for name in ("catalog", "after your limits", "candidates")]
        parts.append(
            say(
                "Of {} titles, {} keep to your limits; {} of them came into question, and these came out best.",
                "目录里有 {} 部，{} 部符合你的限制，其中 {} 部进入候选，这些排在最前。",
            ).format(*steps)
        )
    return "\n".join(parts)


def _why_from_record(item: Item, state: DialogueState, say: Say) -> str:
    asked = {*state.genres, *state.limits.genres_any}
    names = {person.casefold() for person in (*state.people, *state.limits.people_any)}
    met = [say.genre(genre) for genre in item.genres if genre in asked]
    met += list(unique(credit.name for credit in item.people if credit.name.casefold() in names))
    if item.year and (state.limits.year_from or state.limits.year_to):
        met.append(str(item.year))
    if not met:
        return say(
            f"{item.label()}: its record meets every limit you set; what else spoke for it is no longer at hand.",
            f"《{item.title}》：它符合你定下的所有条件；其他依据现在查不到了。",
        )
    return say(
        f"{item.label()}: it has what you asked for: {listed(met, say)}.",
        f"《{item.title}》：有你要的{listed(met, say)}。",
    )


def _trait(item: Item, text: str, say: Say) -> str:
    trait = questions().trait(text)
    if trait is None:
        return _unknown(item, say)
    genres, keywords = trait.evidence(item)
    english, chinese = trait.say
    if genres or keywords:
        facts = [say.genre(genre) for genre in genres] + [quoted(keyword, say) for keyword in keywords[:3]]
        sure = bool(genres) and trait.name != "sad"
        return say(
            f"{item.label()}: {'yes' if sure else 'probably'}, {english}. Its record lists {listed(facts, say)}.",
            f"《{item.title}》：{'是' if sure else '可能'}{chinese}。资料里标有{listed(facts, say)}。",
        )
    kinds = listed([say.genre(genre) for genre in item.genres], say)
    return say(
        f"{item.label()}: nothing in its record says that it is {english}"
        + (f"; it is listed as {kinds}." if kinds else ", and it lists no genres, so I don't know."),
        f"《{item.title}》：资料里没有说它{chinese}" + (f"；类型是{kinds}。" if kinds else "，也没有类型，我不知道。"),
    )


def _asked_person(item: Item, text: str) -> str | None:
    lower = text.casefold()
    return next((credit.name for credit in item.people if credit.name.casefold() in lower), None)


def _mention(item: Item, text: str, say: Say) -> str | None:
    """For questions such as "are there dragons in it?": keywords and credits of the record that the question names."""
    if named := _asked_person(item, text):
        return say(f"Yes, {named} is credited in {item.label()}.", f"是的，《{item.title}》的演职员里有{named}。")
    lower = text.lower()
    hits = [keyword for keyword in item.keywords if re.search(rf"\b{re.escape(keyword)}", lower)]
    hits += [key for key in item.keywords if (zh := lexicon().zh_keywords.get(key)) and zh in text]
    if hits:
        found = listed([quoted(hit, say) for hit in unique(hits)], say)
        return say(f"Yes: the record of {item.label()} lists {found}.", f"有：《{item.title}》的资料里标有{found}。")
    return None


def _unknown(item: Item, say: Say) -> str:
    return say(f"The record of {item.label()} does not say.", f"《{item.title}》的资料里没有，我不知道。")


def _credits(role: str, english: str, chinese: str) -> Callable[[Item, Say], str]:
    def write(item: Item, say: Say) -> str:
        names = item.credited(role)[:5]
        if not names:
            return say(
                f"The record of {item.label()} names no {role}.", f"《{item.title}》的资料里没有{chinese}，我不知道。"
            )
        people = listed(names, say)
        return say(f"{item.label()} {english} {people}.", f"《{item.title}》的{chinese}：{people}。")

    return write


def _value(field: str, english: str, chinese: str) -> Callable[[Item, Say], str]:
    def write(item: Item, say: Say) -> str:
        value = getattr(item, field)
        if value in (None, (), ""):
            return _unknown(item, say)
        if isinstance(value, tuple):
            value = listed([say.genre(one) if field == "genres" else quoted(one, say) for one in value[:8]], say)
        return say(f"{item.label()} {english.format(value)}.", f"《{item.title}》{chinese.format(value)}。")

    return write


def _language(item: Item, say: Say) -> str:
    if not item.language:
        return _unknown(item, say)
    name = language_name(item.language, chinese=say.zh)
    return say(f"The original language of {item.label()} is {name}.", f"《{item.title}》的原始语言是{name}。")


def _rating(item: Item, say: Say) -> str:
    if item.rating is None:
        return _unknown(item, say)
    by = say(f", by {item.votes:,} people", f"（{item.votes}人）") if item.votes else ""
    return say(
        f"{item.label()} is rated {item.rating:g} out of 10{by}.", f"《{item.title}》的评分是{item.rating:g}分{by}。"
    )


def _plot(item: Item, say: Say) -> str:
    told = item.description or item.tagline
    if not told:
        return say(f"The record of {item.label()} has no description.", f"《{item.title}》的资料里没有剧情简介。")
    return say(f"{item.label()}: {told}", f"《{item.title}》（资料原文）：{told}")


_FACTS: dict[str | None, Callable[[Item, Say], str]] = {
    "director": _credits("director", "was directed by", "导演"),
    "cast": _credits("actor", "stars", "主演"),
    "writer": _credits("writer", "was written by", "编剧"),
    "studio": _credits("studio", "was produced by", "出品公司"),
    "runtime": _value("runtime", "runs {} minutes", "片长{}分钟"),
    "year": _value("year", "came out in {}", "是{}年的"),
    "country": _value("countries", "was made in {}", "的制片国家：{}"),
    "genre": _value("genres", "is listed as {}", "的类型：{}"),
    "keywords": _value("keywords", "is tagged {}", "的关键词：{}"),
    "popularity": _value("votes", "has been rated by {:,} people", "有{}人评过分"),
    "language": _language,
    "rating": _rating,
}

_UNKNOWN: dict[str | None, tuple[str, str]] = {
    "where": ("where it can be watched", "哪里可以看的信息"),
    "awards": ("whether it won awards", "获奖信息"),
    "money": ("what it cost or earned", "票房和成本"),
    "sequel": ("whether it belongs to a series", "系列或续集的信息"),
    "ending": ("how it ends", "结局"),
}

_TALK = (
    (
        r"\bthank|\bthx\b|谢",
        "You're welcome. Say so if you want more of these, or something else.",
        "不客气。想要更多或换一换，告诉我就好。",
    ),
    (r"\bbye\b|good ?night|再见|拜拜", "Enjoy the film. Until next time.", "观影愉快，下次见。"),
    (
        r"instruction|prompt|system|pretend|you are now|指令|提示词",
        "I stay with suggesting what to watch. What do you feel like?",
        "我只管推荐看什么。你想看点什么？",
    ),
    (
        r"^\W*(hi|hello|hey|good (morning|evening|afternoon))\b|你好|您好|嗨",
        "Hello! Name a title that you loved, or say what you feel like: a genre, a mood, some years.",
        "你好！说一部你喜欢的片子，或者你想看什么：类型、心情、年份都行。",
    ),
)
