"""What the language model is asked to fill in, and reading it however broken it arrives."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Words = Annotated[str, Field(max_length=80)]
Values = Annotated[list[Words], Field(max_length=8)]

ModelIntent = Literal[
    "recommend", "refine", "like", "dislike", "seen", "reject", "more-like", "ask-item", "ask-why", "compare", "chat"
]
LISTS = ("like", "dislike", "seen", "genres", "no", "people", "wishes")


class Parse(BaseModel):
    """The model's reading: words of the message only. A key with nothing to say is left out.

    `intent` is what version 1 of the prompt asked for; the rules' intent was right more often and is the one kept.
    """

    model_config = ConfigDict(extra="ignore")

    intent: ModelIntent | None = None
    like: Values | None = None
    dislike: Values | None = None
    seen: Values | None = None
    genres: Values | None = None
    no: Values | None = None
    people: Values | None = None
    wishes: Values | None = None


def parse_text(text: str) -> Parse | None:
    """The parse in this text; from broken or truncated JSON, the complete strings of each list. Never raises."""
    text = text[:4000]
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = _salvaged(text)
    return _checked(found) if isinstance(found, Mapping) and (found or text.strip() == "{}") else None


def _salvaged(text: str) -> dict[str, Any]:
    """Keys that open a list, with the strings that are complete; the intent if it is there."""
    found: dict[str, Any] = {}
    if intent := re.search(r'"intent"\s*:\s*"([a-z\-]{1,20})"', text):
        found["intent"] = intent[1]
    for key in LISTS:
        if opened := re.search(rf'"{key}"\s*:\s*\[([^\]]*)', text):
            found[key] = re.findall(r'"([^"\\\n]{1,80})"', opened[1])
    return found


def _checked(found: Mapping[str, Any]) -> Parse | None:
    """The parse of what fits the schema, value by value; an unknown intent is left out."""
    kept: dict[str, Any] = {}
    for key in LISTS:
        values = found.get(key)
        if isinstance(values, list):
            kept[key] = [value for value in values if isinstance(value, str) and 0 < len(value) <= 80][:8]
    for intent in (found.get("intent"), None):
        try:
            return Parse.model_validate({**kept, "intent": intent})
        except ValidationError:
            continue
    return None
