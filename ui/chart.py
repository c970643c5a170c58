"""The taste in a picture: a flower of genres and a skyline of decades, as SVG."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from assistant.state import DialogueState
from retrieval.types import Item
from ui.markup import esc, joined
from ui.strings import Strings, genre

_PETALS = 7


def genre_weights(state: DialogueState, liked: Iterable[Item]) -> list[tuple[str, float]]:
    """Genres with their weight, heaviest first: one per liked item, one and a half when asked for by name."""
    weights: Counter[str] = Counter()
    for item in liked:
        for name in item.genres:
            weights[name] += 1
    result = {name: float(count) for name, count in weights.items()}
    for name in state.genres:
        result[name] = result.get(name, 0.0) + 1.5
    return sorted(result.items(), key=lambda pair: (-pair[1], pair[0]))[:_PETALS]


def decades(liked: Iterable[Item]) -> dict[int, int]:
    """How many liked items each decade has."""
    return dict(sorted(Counter(item.year // 10 * 10 for item in liked if item.year).items()))


def chart(state: DialogueState, liked: tuple[Item, ...], words: Strings) -> str:
    """Both drawings; empty when nothing is known yet."""
    genres, years = genre_weights(state, liked), decades(liked)
    return (_flower(genres, words) if genres else "") + (_skyline(years, words) if years else "")


def _flower(weights: list[tuple[str, float]], words: Strings) -> str:
    genres = [(genre(name, words), weight) for name, weight in weights]
    heaviest = genres[0][1]
    pieces = []
    for place, (name, weight) in enumerate(genres):
        turn = 360 * place / len(genres) - 90
        reach = 28 + 36 * weight / heaviest
        width = min(17.0, 64 / len(genres) + 5)
        pieces.append(
            f'<path class="petal tint-{place % 7}" transform="rotate({turn:.0f} 150 98)" '
            f'd="M158 98C{158 + reach * 0.35:.0f} {98 - width:.0f} {158 + reach * 0.8:.0f} {98 - width:.0f} '
            f"{158 + reach:.0f} 98C{158 + reach * 0.8:.0f} {98 + width:.0f} {158 + reach * 0.35:.0f} "
            f'{98 + width:.0f} 158 98z"/>'
        )
        x = 150 + (reach + 15) * math.cos(math.radians(turn))
        y = 98 + (reach + 16) * math.sin(math.radians(turn))
        side = math.cos(math.radians(turn))
        anchor = "start" if side > 0.3 else "end" if side < -0.3 else "middle"
        pieces.append(f'<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="{anchor}">{esc(name)}</text>')
    said = words["chart_genres"].format(list=", ".join(name for name, _ in genres))
    return (
        f'<svg class="flower" viewBox="-24 6 348 186" role="img" aria-label="{esc(said)}">'
        f'{joined(pieces)}<circle class="heart" cx="150" cy="98" r="5"/></svg>'
    )


def _skyline(years: dict[int, int], words: Strings) -> str:
    first, last = min(years), max(years)
    first = min(first, last - 50)
    span = list(range(first, last + 10, 10))
    most, width = max(years.values()), 280 / len(span)
    pieces = []
    for place, decade in enumerate(span):
        count = years.get(decade, 0)
        height = 6 + 44 * count / most if count else 3
        x = 10 + place * width
        kind = "tower" if count else "tower empty"
        pieces.append(
            f'<rect class="{kind}" x="{x + 2:.1f}" y="{56 - height:.1f}" width="{width - 4:.1f}" '
            f'height="{height:.1f}" rx="2"/><text x="{x + width / 2:.1f}" y="72" text-anchor="middle">'
            f"{decade % 100:02d}s</text>"
        )
    said = words["chart_decades"].format(list=", ".join(f"{decade}s: {count}" for decade, count in years.items()))
    return f'<svg class="skyline" viewBox="0 0 300 78" role="img" aria-label="{esc(said)}">{joined(pieces)}</svg>'
