"""Compact JSON schemas for constrained decoding.

A server turns the schema of every call into a grammar, and some put it into the prompt. What Pydantic emits is made
for people and editors: titles, descriptions, defaults, references. This module keeps what constrains the text.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import BaseModel

_FOR_PEOPLE = frozenset({"title", "description", "default", "examples", "$defs"})


@lru_cache(maxsize=128)
def response_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """The `json_schema` part of an OpenAI `response_format`: {name, schema, strict}.

    References are resolved in place, null alternatives of optional keys are dropped (a key with nothing to say is left
    out), and objects admit no other keys. Callers must not change the result: it is cached.

    Raises
    ------
    ValueError
        when the schema refers to itself.
    """
    full = schema.model_json_schema()
    return {"name": schema.__name__, "schema": _compact(full, full.get("$defs", {}), ()), "strict": True}


def _compact(node: dict[str, Any], definitions: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    reference = node.get("$ref")
    if isinstance(reference, str):
        name = reference.rsplit("/", 1)[-1]
        if name in path:
            raise ValueError(f"the schema {name} refers to itself; constrained decoding needs one that ends")
        return _compact(definitions[name], definitions, (*path, name))
    kept = {key: value for key, value in node.items() if key not in _FOR_PEOPLE}
    if isinstance(kept.get("items"), dict):
        kept["items"] = _compact(kept["items"], definitions, path)
    for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
        if key in kept:
            kept[key] = [_compact(part, definitions, path) for part in kept[key]]
    if "properties" in kept:
        required = set(kept.get("required", ()))
        kept["properties"] = {
            key: _property(_compact(value, definitions, path), required=key in required)
            for key, value in node["properties"].items()
        }
        kept["additionalProperties"] = False
    elif isinstance(kept.get("additionalProperties"), dict):
        kept["additionalProperties"] = _compact(kept["additionalProperties"], definitions, path)
    return kept


def _property(node: dict[str, Any], *, required: bool) -> dict[str, Any]:
    """Without the null alternative where the key may be left out."""
    if required or "anyOf" not in node:
        return node
    parts = [part for part in node["anyOf"] if part != {"type": "null"}]
    rest = {key: value for key, value in node.items() if key != "anyOf"}
    return {**rest, **parts[0]} if len(parts) == 1 else {**rest, "anyOf": parts}
