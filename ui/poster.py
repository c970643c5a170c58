"""A drawn poster for items without one: a motif and colours from the genre, a layout from the title.

The drawing depends on nothing but the title and the genres, so an item looks the same everywhere, with no network.
"""

from __future__ import annotations

import hashlib
import math
import random
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from ui.markup import esc

WIDTH, HEIGHT = 200, 300

Palette = tuple[str, str, str, str]
"""Ground, two shapes, and the ink of the title."""

_PALETTES: dict[str, tuple[Palette, ...]] = {
    "night": (
        ("#12233f", "#e8b04b", "#3d6ea5", "#f6ecd9"),
        ("#1b1f3a", "#d96f4c", "#5a63a8", "#f4ead8"),
        ("#d8e0e6", "#c9482f", "#8aa5b8", "#1a2b3c"),
    ),
    "blood": (
        ("#1d1416", "#c8352f", "#5b1f22", "#f3e4d3"),
        ("#201a1e", "#d4502a", "#4a3038", "#f2e6da"),
        ("#c73a2e", "#f3dfc4", "#8e1f1c", "#fff3e2"),
    ),
    "rose": (("#f1d9cf", "#c4473a", "#e79a7f", "#4a1d1a"), ("#f3dcd6", "#a83253", "#e4a3a0", "#47142a")),
    "sun": (("#f4c95d", "#d9542b", "#f7e3a8", "#43200f"), ("#f2b84b", "#2d6a6a", "#f8e2ae", "#1c3436")),
    "forest": (("#1f3a34", "#d8b25c", "#44705d", "#f3ead2"), ("#dfe3cd", "#2f6b52", "#9cb68c", "#1d3529")),
    "sand": (("#e9d8b4", "#b5572d", "#d6ae72", "#45240f"), ("#d9843b", "#7a2e1d", "#f0c27b", "#35130a")),
    "sea": (("#17424d", "#f0c36d", "#2f7f86", "#f2ecd8"), ("#cfe3e2", "#1f6a78", "#7fb6b5", "#103a44")),
    "ink": (("#ece5d8", "#2a2724", "#a49b8c", "#2a2724"), ("#2b2a2c", "#e2d6bf", "#6b6660", "#f0e8d8")),
    "plum": (("#2d1b3d", "#e07a9b", "#6b4a8a", "#f5e6ee"), ("#3a2148", "#f0b36a", "#7d5397", "#f8ebd9")),
}


def _orbits(draw: random.Random, one: str, two: str) -> str:
    x, y = draw.randint(60, 140), draw.randint(80, 120)
    rings = "".join(
        f'<circle cx="{x}" cy="{y}" r="{radius}" fill="none" stroke="{two}" stroke-width="2"/>'
        for radius in range(44, 190, draw.choice((18, 24, 30)))
    )
    turn = draw.random() * math.tau
    moon = f'<circle cx="{x + 92 * math.cos(turn):.0f}" cy="{y + 92 * math.sin(turn):.0f}" r="9" fill="{one}"/>'
    return f'{rings}<circle cx="{x}" cy="{y}" r="30" fill="{one}"/>{moon}'


def _blinds(draw: random.Random, one: str, two: str) -> str:
    tilt = draw.choice((-14, -8, 8, 14))
    bars = "".join(f'<rect x="-60" y="{y}" width="320" height="11" fill="{two}"/>' for y in range(-40, 260, 24))
    x = draw.randint(70, 130)
    return f'<g transform="rotate({tilt} 100 120)">{bars}</g><circle cx="{x}" cy="108" r="46" fill="{one}"/>'


def _shards(draw: random.Random, one: str, two: str) -> str:
    x, y = draw.randint(70, 130), draw.randint(70, 120)
    pieces = []
    for number in range(9):
        turn = math.tau * number / 9 + draw.random() * 0.4
        reach, width = draw.randint(90, 190), 0.12 + draw.random() * 0.14
        ends = " ".join(
            f"{x + reach * math.cos(turn + side):.0f},{y + reach * math.sin(turn + side):.0f}"
            for side in (-width, width)
        )
        pieces.append(f'<polygon points="{x},{y} {ends}" fill="{one if number % 3 == 0 else two}"/>')
    return "".join(pieces)


def _hearts(draw: random.Random, one: str, two: str) -> str:
    gap, y = draw.randint(26, 40), draw.randint(92, 116)
    return (
        f'<circle cx="{100 - gap}" cy="{y}" r="58" fill="{one}"/>'
        f'<circle cx="{100 + gap}" cy="{y}" r="58" fill="{two}" fill-opacity=".85"/>'
    )


def _confetti(draw: random.Random, one: str, two: str) -> str:
    dots = []
    for number in range(30):
        x, y, size = draw.randint(0, 200), draw.randint(0, 190), draw.randint(5, 17)
        fill = one if number % 2 else two
        if number % 3:
            dots.append(f'<circle cx="{x}" cy="{y}" r="{size}" fill="{fill}"/>')
        else:
            spin = draw.randint(0, 90)
            dots.append(
                f'<rect x="{x}" y="{y}" width="{size * 2}" height="{size}" fill="{fill}" '
                f'transform="rotate({spin} {x} {y})"/>'
            )
    return "".join(dots)


def _peaks(draw: random.Random, one: str, two: str) -> str:
    sun = f'<circle cx="{draw.randint(50, 150)}" cy="{draw.randint(56, 80)}" r="30" fill="{one}"/>'
    ranges = []
    for base, fill, shade in ((150, two, 0.55), (184, two, 1.0)):
        points, x = [f"-10,{base + 150}", f"-10,{base}"], -10
        while x < 210:
            x += draw.randint(24, 44)
            points.append(f"{x},{base - draw.randint(20, 62)}")
            x += draw.randint(20, 40)
            points.append(f"{x},{base - draw.randint(0, 14)}")
        points.append(f"{x},{base + 150}")
        ranges.append(f'<polygon points="{" ".join(points)}" fill="{fill}" fill-opacity="{shade}"/>')
    return sun + "".join(ranges)


def _waves(draw: random.Random, one: str, two: str) -> str:
    height, lines = draw.randint(9, 17), []
    for number, y in enumerate(range(36, 210, 21)):
        shift = draw.randint(-30, 0)
        arcs = "".join(f"q 15 {-height * 2} 30 0 t 30 0 " for _ in range(5))
        colour = one if number % 3 == 0 else two
        lines.append(f'<path d="M{shift} {y} {arcs}" fill="none" stroke="{colour}" stroke-width="5"/>')
    return "".join(lines)


def _arches(draw: random.Random, one: str, two: str) -> str:
    x, pieces = 100 + draw.randint(-14, 14), []
    for number, radius in enumerate(range(96, 18, -draw.choice((16, 20, 24)))):
        fill = one if number % 2 else two
        pieces.append(f'<path d="M{x - radius} 230 V120 a{radius} {radius} 0 0 1 {radius * 2} 0 V230z" fill="{fill}"/>')
    return "".join(pieces)


def _horizon(draw: random.Random, one: str, two: str) -> str:
    level, x = draw.randint(132, 152), draw.randint(60, 140)
    lines = "".join(
        f'<rect x="0" y="{level + step * step * 3}" width="200" height="3" fill="{one}"/>' for step in range(6)
    )
    return (
        f'<circle cx="{x}" cy="{level - 16}" r="50" fill="{one}"/>'
        f'<rect x="0" y="{level}" width="200" height="180" fill="{two}"/>{lines}'
    )


def _tiles(draw: random.Random, one: str, two: str) -> str:
    pieces = []
    for row in range(4):
        for column in range(4):
            x, y, kind = column * 50, row * 50, draw.randint(0, 4)
            fill = one if draw.random() < 0.4 else two
            if kind == 0:
                pieces.append(f'<path d="M{x} {y}h50a50 50 0 0 1-50 50z" fill="{fill}"/>')
            elif kind == 1:
                pieces.append(f'<path d="M{x + 50} {y}v50h-50a50 50 0 0 1 50-50z" fill="{fill}"/>')
            elif kind == 2:
                pieces.append(f'<circle cx="{x + 25}" cy="{y + 25}" r="15" fill="{fill}"/>')
            elif kind == 3:
                pieces.append(f'<polygon points="{x},{y + 50} {x + 50},{y + 50} {x + 50},{y}" fill="{fill}"/>')
    return "".join(pieces)


Motif = Callable[[random.Random, str, str], str]

_GENRES: dict[str, tuple[Motif, str]] = {
    "science fiction": (_orbits, "night"),
    "fantasy": (_peaks, "plum"),
    "adventure": (_peaks, "sea"),
    "horror": (_shards, "blood"),
    "thriller": (_blinds, "blood"),
    "crime": (_blinds, "ink"),
    "mystery": (_arches, "plum"),
    "romance": (_hearts, "rose"),
    "comedy": (_confetti, "sun"),
    "animation": (_tiles, "sea"),
    "family": (_confetti, "sea"),
    "music": (_waves, "plum"),
    "western": (_horizon, "sand"),
    "war": (_shards, "sand"),
    "history": (_arches, "sand"),
    "documentary": (_tiles, "ink"),
    "action": (_shards, "sun"),
    "drama": (_horizon, "forest"),
}
_MOTIFS: tuple[Motif, ...] = (_orbits, _blinds, _hearts, _confetti, _peaks, _waves, _arches, _horizon, _tiles)
_TELLING = (
    "science fiction", "horror", "western", "animation", "romance", "music", "war", "fantasy", "mystery", "history",
    "documentary", "crime", "comedy", "thriller", "adventure", "family", "action", "drama",
)  # fmt: skip
"""Genres from the most to the least telling: one of an item's first three here is drawn."""


@lru_cache(maxsize=2048)
def poster(title: str, genres: tuple[str, ...]) -> str:
    """An SVG of 2 by 3 for this title, hidden from screen readers; the title in it is escaped."""
    digest = hashlib.sha256("\n".join((title, *sorted(genres))).encode()).digest()
    draw = random.Random(digest)
    known = [genre for genre in _TELLING if genre in genres][:3]
    motif, name = _GENRES[draw.choice(known)] if known else (draw.choice(_MOTIFS), draw.choice(sorted(_PALETTES)))
    ground, one, two, ink = draw.choice(_PALETTES[name])
    return (
        f'<svg class="drawn" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="xMidYMax slice" '
        f'aria-hidden="true" focusable="false"><rect width="{WIDTH}" height="{HEIGHT}" fill="{ground}"/>'
        f'{motif(draw, one, two)}<rect x="-4" y="205" width="208" height="99" fill="{ground}"/>'
        f'<rect x="16" y="218" width="26" height="3" fill="{one}"/>{_title(title, ink)}</svg>'
    )


_ROOM = 166
"""Units from the left margin of the title to the right one."""


def _title(title: str, ink: str) -> str:
    size, step = 20, 23
    lines = _wrapped(title, _ROOM / size)
    if len(lines) > 2 or max(map(_wide, title.split()), default=0.0) > _ROOM / size:
        size, step = 16, 18
        lines = _cut(_wrapped(title, _ROOM / size), 3)
    start = 245 if len(lines) > 1 else 254
    return "".join(
        f'<text x="16" y="{start + step * number}" font-size="{size}" fill="{ink}">{esc(line)}</text>'
        for number, line in enumerate(lines)
    )


def _cut(lines: list[str], most: int) -> list[str]:
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1][:-1] + "…"]


def _wide(text: str) -> float:
    """How wide the text is in the bold display face, in multiples of its size; roughly, and rather too wide."""
    return sum(map(_letter, text))


def _letter(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    widths = {"fijlrtI1 .,:;'’!-|()": 0.4, "csz": 0.57, "aevxyk": 0.63, "mwMW": 1.06}
    known = next((width for letters, width in widths.items() if letter in letters), None)
    return known or (0.78 if letter.isupper() else 0.69)


def _wrapped(text: str, width: float) -> list[str]:
    """Lines of at most this width; long words are cut."""
    lines = [""]
    for word in text.split():
        while word:
            gap = " " if lines[-1] else ""
            if _wide(lines[-1] + gap + word) <= width:
                lines[-1] += gap + word
                break
            if lines[-1]:
                lines.append("")
                continue
            cut = next(end for end in range(len(word), 0, -1) if _wide(word[:end]) <= width or end == 1)
            lines[-1], word = word[:cut], word[cut:]
            lines.append("")
    return [line for line in lines if line]
