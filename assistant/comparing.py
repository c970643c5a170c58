"""What items have in common, how they differ, and which of them is the longest, newest or best rated."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.phrases import Say, listed, quoted
from assistant.questions import language_name, questions
from retrieval.types import Item, unique

_ORDERS = (
    ("runtime", True, r"\blong(?:er|est)\b|更长|最长", ("the longest", "最长")),
    ("runtime", False, r"\bshort(?:er|est)\b|更短|最短", ("the shortest", "最短")),
    ("year", True, r"\bnew(?:er|est)\b|\blatest\b|most recent|更新|最新", ("the newest", "最新")),
    ("year", False, r"\bold(?:er|est)\b|更老|最老|最早", ("the oldest", "最早")),
    ("rating", True, r"\b(?:better|best|highest)\b|更好|最好|评分(?:更|最)高", ("the best rated", "评分最高")),
    (
        "votes",
        True,
        r"\bmore popular|most popular|best known|更热门|最热门|更有名|最有名",
        ("the best known", "最知名"),
    ),
)
_UNITS = {"runtime": (" minutes", "分钟"), "rating": (" out of 10", "分"), "votes": (" ratings", "人评分")}


def superlative(text: str, items: Sequence[Item], say: Say) -> str | None:
    """The answer to "which one is the longest?", or None when no such thing is asked."""
    for field, highest, pattern, names in _ORDERS:
        if not re.search(pattern, text, re.IGNORECASE):
            continue
        known = [item for item in items if getattr(item, field) is not None]
        if not known:
            return say("Their records do not say.", "资料里没有，我不知道。")
        best = (max if highest else min)(known, key=lambda item: getattr(item, field))
        english, chinese = _UNITS.get(field, ("", ""))
        values = [f"{item.title}: {getattr(item, field):g}{say(english, chinese)}" for item in known]
        return say(
            f"{best.label()} is {names[0]} ({'; '.join(values)}).",
            f"{names[1]}的是《{best.title}》（{'；'.join(values)}）。",
        )
    trait = questions().trait(text)
    if trait is None or not re.search(r"\bwhich\b|哪", text, re.IGNORECASE):
        return None
    counts = {item: sum(map(len, trait.evidence(item))) for item in items}
    if not any(counts.values()):
        return say(f"None of their records says {trait.say[0]}.", f"它们的资料都没有提到{trait.say[1]}。")
    best = max(items, key=lambda item: counts[item])
    facts = [say.genre(genre) for genre in trait.evidence(best)[0]]
    facts += [quoted(keyword, say) for keyword in trait.evidence(best)[1][:3]]
    return say(
        f"Going by the records, {best.label()} is the most likely to be {trait.say[0]}: it lists {listed(facts, say)}.",
        f"从资料看，最{trait.say[1]}的可能是《{best.title}》：标有{listed(facts, say)}。",
    )


def common(items: Sequence[Item], say: Say) -> str:
    """Genres, people, keywords, decade and language that all of the items share."""
    if len(items) < 2:
        return say("Name at least two titles to compare.", "请至少说出两部来比较。")
    parts = shared(items, say)
    titles = listed([item.title for item in items], say)
    if not parts:
        return say(
            f"The records of {titles} share no genre, person, keyword or decade.",
            f"{titles}的资料里没有共同的类型、人物、关键词或年代。",
        )
    return say(f"{titles} have in common: {'; '.join(parts)}.", f"{titles}的共同点：{'；'.join(parts)}。")


def shared(items: Sequence[Item], say: Say) -> list[str]:
    """What all records share, one line per kind of fact."""
    first, rest = items[0], items[1:]
    genres = [say.genre(one) for one in first.genres if all(one in item.genres for item in rest)]
    names = [{credit.name for credit in item.people} for item in rest]
    people = [one for one in unique(credit.name for credit in first.people) if all(one in known for known in names)]
    keywords = [quoted(one, say) for one in first.keywords if all(one in item.keywords for item in rest)]
    parts = []
    if genres:
        parts.append(say(f"genre {listed(genres, say)}", f"类型{listed(genres, say)}"))
    if people:
        parts.append(say(f"people {listed(people[:5], say)}", f"人物{listed(people[:5], say)}"))
    if keywords:
        parts.append(say(f"keywords {listed(keywords[:5], say)}", f"关键词{listed(keywords[:5], say)}"))
    decades = {item.year // 10 * 10 if item.year else None for item in items}
    if len(decades) == 1 and (decade := decades.pop()) is not None:
        parts.append(say(f"the {decade}s", f"{decade}年代"))
    languages = {item.language for item in items}
    if len(languages) == 1 and (code := languages.pop()):
        name = language_name(code, chinese=say.zh)
        parts.append(say(f"original language {name}", f"语言{name}"))
    return parts


def compare(items: Sequence[Item], say: Say) -> str:
    """One line of facts per item, then what they share."""
    lines = []
    for item in items:
        facts = [listed([say.genre(genre) for genre in item.genres[:3]], say)]
        facts += [say(f"by {name}", f"{name}执导") for name in item.credited("director")[:1]]
        facts += [say(f"{item.runtime} minutes", f"{item.runtime}分钟")] if item.runtime else []
        facts += [say(f"rated {item.rating:g}", f"评分{item.rating:g}")] if item.rating is not None else []
        known = say(", ", "，").join(fact for fact in facts if fact)
        lines.append(f"{item.label()}: {known or say('nothing more is known', '没有更多资料')}")
    if parts := shared(items, say):
        lines.append(say(f"In common: {'; '.join(parts)}.", f"共同点：{'；'.join(parts)}。"))
    return "\n".join(lines)
