"""What to say when nothing passes the person's limits: which limit is in the way, and how to take it back."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.phrases import Say, listed
from assistant.questions import language_name
from assistant.state import DialogueState
from ranking.types import Ranking
from retrieval.types import Constraints


def nothing_left(ranking: Ranking, state: DialogueState) -> str:
    """Names the limits that alone stand in the way, else all of them, and offers to lift one. Never empty."""
    say = Say(zh=state.language == "zh")
    limits = dict(_limits(state.limits, say))
    blocking = [limits[name] for name in ranking.blocking if name in limits]
    if blocking:
        names = listed(list(dict.fromkeys(blocking)), say)
        parts = [say(f"Nothing is left with {names}.", f"按{names}已经没有可选的了。")]
    elif "exclude" in ranking.blocking:
        parts = [
            say(
                "Everything that fits has been shown already, or you know it.",
                "符合条件的都已经给你看过，或者你已经看过了。",
            )
        ]
    elif limits:
        names = listed(list(dict.fromkeys(limits.values())), say)
        parts = [
            say(f"Nothing is left with all of this together: {names}.", f"这些条件加在一起已经没有可选的了：{names}。")
        ]
    else:
        parts = [say("There is nothing left to show.", "没有更多可以推荐的了。")]
    if ranking.nearest:
        parts.append(say("These come nearest.", "下面这些最接近。"))
    parts.append(
        say(
            "Take one of your wishes back, or say “start over”.",
            "去掉一个条件试试，或者说“重新开始”。",
        )
        if limits
        else say("Say “start over” to begin afresh.", "说“重新开始”可以从头来。")
    )
    return say(" ", "").join(parts)


def _limits(limits: Constraints, say: Say) -> Iterator[tuple[str, str]]:
    """Each limit that is set: its field in the constraints, and its name for people."""
    years = _range(limits.year_from, limits.year_to, say)
    minutes = _range(limits.runtime_from, limits.runtime_to, say)
    for name in ("year_from", "year_to"):
        if getattr(limits, name) is not None:
            yield name, say(f"the years {years}", f"年份{years}")
    for name in ("runtime_from", "runtime_to"):
        if getattr(limits, name) is not None:
            yield name, say(f"a length of {minutes} minutes", f"片长{minutes}分钟")
    values = {
        "genres_any": (limits.genres_any, "{}", "{}"),
        "not_genres": (limits.not_genres, "no {}", "不要{}"),
        "people_any": (limits.people_any, "{}", "{}"),
        "not_people": (limits.not_people, "no {}", "不要{}"),
        "not_keywords": (limits.not_keywords, "no {}", "不要{}"),
        "languages": (limits.languages, "the language {}", "语言{}"),
        "not_languages": (limits.not_languages, "not in {}", "不要{}"),
        "countries": (limits.countries, "from {}", "产地{}"),
    }
    for name, (chosen, english, chinese) in values.items():
        if chosen:
            spoken = [language_name(one, chinese=say.zh) if "language" in name else one for one in sorted(chosen)]
            named = listed([say.genre(one) if "genre" in name else one for one in spoken], say)
            yield name, say(english, chinese).format(named)


def _range(low: int | None, high: int | None, say: Say) -> str:
    if low is not None and high is not None:
        return str(low) if low == high else say(f"{low} to {high}", f"{low}到{high}")
    return say(f"from {low}", f"{low}以上") if low is not None else say(f"up to {high}", f"{high}以下")
