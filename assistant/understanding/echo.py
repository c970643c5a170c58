"""One line that says what was understood, so that a misunderstanding is seen at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from assistant.acts import DialogueAct, Intent
from assistant.questions import language_name
from assistant.state import DialogueState
from assistant.understanding.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from retrieval.catalog import Catalog


def echo(state: DialogueState, act: DialogueAct, catalog: Catalog) -> str:
    """What this state now holds, in the person's language; "" when there is nothing to repeat."""
    if act.intent in (Intent.CHAT, Intent.ASK_ITEM, Intent.ASK_WHY, Intent.COMPARE):
        return ""
    chinese = state.language == "zh"
    parts = _parts(state, catalog, chinese)
    if not parts:
        if act.intent is Intent.UNDO:
            return "已撤销，现在没有任何条件。" if chinese else "Taken back. Nothing is set now."
        return ("好的，重新开始。" if chinese else "A fresh start.") if act.intent is Intent.START_OVER else ""
    lead = {Intent.UNDO: "已撤销。现在：" if chinese else "Taken back. Now: "}.get(
        act.intent, "我的理解：" if chinese else "Understood: "
    )
    return lead + ("；" if chinese else "; ").join(parts) + ("。" if chinese else ".")


def _parts(state: DialogueState, catalog: Catalog, chinese: bool) -> list[str]:
    missing = "{}（片库里没有）" if chinese else "{} (not in this catalog)"
    likes = [*(_label(item_id, catalog) for item_id in state.likes), *map(missing.format, state.unknown_likes)]
    dislikes = [*(_label(item_id, catalog) for item_id in state.dislikes), *map(missing.format, state.unknown_dislikes)]
    limits = state.limits
    said = partial(load_vocabulary().said, language=state.language)
    refused = [*map(said, (*sorted(limits.not_genres), *sorted(limits.not_keywords))), *sorted(limits.not_people)]
    wanted = [*map(said, (*state.genres, *state.wishes))]
    labelled = (
        ("喜欢" if chinese else "you like", likes),
        ("不喜欢" if chinese else "not like", dislikes),
        ("想要" if chinese else "wanted", wanted),
        ("人物" if chinese else "with", list(state.people)),
        ("不要" if chinese else "no", refused),
    )
    joiner = "、" if chinese else ", "
    parts = [f"{label} {joiner.join(values)}" for label, values in labelled if values]
    if years := _range(limits.year_from, limits.year_to):
        parts.append(f"{'年份' if chinese else 'years'} {years}")
    if minutes := _range(limits.runtime_from, limits.runtime_to):
        parts.append(f"{minutes} {'分钟' if chinese else 'minutes'}")
    if limits.languages:
        named = [language_name(code, chinese=chinese) for code in sorted(limits.languages)]
        parts.append(f"{'语言' if chinese else 'language'} {joiner.join(named)}")
    if state.popularity_bias:
        less = state.popularity_bias < 0
        parts.append(("小众" if less else "热门") if chinese else ("lesser known" if less else "well known"))
    return parts


def _label(item_id: str, catalog: Catalog) -> str:
    item = catalog.get(item_id)
    return item.label() if item else item_id


def _range(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return str(low) if low == high else f"{low}–{high}"
    if low is not None:
        return f"≥ {low}"
    return f"≤ {high}" if high is not None else ""
