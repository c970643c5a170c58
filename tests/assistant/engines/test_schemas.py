"""The schema that is sent allows what the Pydantic model allows, and carries nothing else."""

from __future__ import annotations

from enum import Enum
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from assistant.engines.schemas import response_schema


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Slot(BaseModel):
    """A slot, for people."""

    name: Literal["genre", "year"] = Field(description="for people")
    value: str | int | None = None


class Act(BaseModel):
    title: str | None = None
    slots: list[Slot] = []
    colour: Colour | None = None
    year: int | None = Field(default=None, ge=1870, le=2100)


class Node(BaseModel):
    children: list[Node] = []


def test_references_are_resolved_and_words_for_people_dropped() -> None:
    slot = {
        "type": "object",
        "properties": {
            "name": {"enum": ["genre", "year"], "type": "string"},
            "value": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        },
        "required": ["name"],
        "additionalProperties": False,
    }
    assert response_schema(Act) == {
        "name": "Act",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {
                "title": {"type": "string"},  # a key called like a word for people stays
                "slots": {"type": "array", "items": slot},
                "colour": {"enum": ["red", "blue"], "type": "string"},
                "year": {"type": "integer", "minimum": 1870, "maximum": 2100},
            },
            "additionalProperties": False,
        },
    }


def test_a_schema_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="refers to itself"):
        response_schema(Node)
