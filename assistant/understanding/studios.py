"""Studios by the names that people use, and what a catalog calls them."""

from __future__ import annotations

STUDIOS = {
    "pixar": "pixar animation studios",
    "disney": "walt disney pictures",
    "marvel": "marvel studios",
    "dreamworks": "dreamworks animation",
    "ghibli": "studio ghibli",
    "studio ghibli": "studio ghibli",
    "lucasfilm": "lucasfilm",
    "blumhouse": "blumhouse productions",
    "a24": "a24",
    "illumination": "illumination entertainment",
    "aardman": "aardman animations",
    "laika": "laika entertainment",
    "hammer": "hammer film productions",
    "miramax": "miramax films",
    "dc": "dc comics",
    "marvel studios": "marvel studios",
    "neon": "neon",
    "cartoon saloon": "cartoon saloon",
    "working title": "working title films",
}
PLAIN = frozenset({"illumination", "hammer", "neon", "dc", "working title", "marvel"})
"""Studios whose names are words too: in small letters they are just that."""
_SPOKEN = {
    "Pixar Animation Studios": "Pixar",
    "Walt Disney Pictures": "Disney",
    "Studio Ghibli": "Studio Ghibli",
    "Marvel Studios": "Marvel",
}


def spoken_studio(name: str, words: str) -> str:
    """What people call a studio: as typed, or its usual name where only a part or a translation was typed."""
    translated = not words.isascii() or words.casefold() == "ghibli"
    return _SPOKEN.get(name, name) if translated else words
