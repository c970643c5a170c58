"""Two titles side by side."""

from __future__ import annotations

from retrieval.types import Item
from ui.buttons import close_button
from ui.cards import picture
from ui.markup import esc, joined
from ui.strings import Strings, genre


def comparison(items: tuple[Item, Item], reasons: tuple[str, str], words: Strings) -> str:
    """Two titles side by side; what they share is marked."""
    one, two = items
    genres = [tuple(genre(name, words) for name in item.genres) for item in items]
    named = [{*own, *(credit.name for credit in item.people)} for own, item in zip(genres, items, strict=True)]
    shared = named[0] & named[1]
    body = joined(
        _row(words[key], esc(left or "–"), esc(right or "–"))
        for key, left, right in (
            ("row_year", str(one.year or ""), str(two.year or "")),
            ("row_runtime", _minutes(one, words), _minutes(two, words)),
            ("row_rating", f"{one.rating:.1f}" if one.rating else "", f"{two.rating:.1f}" if two.rating else ""),
        )
    )
    body += joined(
        _row(words[key], _marked(left, shared, words), _marked(right, shared, words))
        for key, left, right in (
            ("row_genres", genres[0], genres[1]),
            ("row_director", one.credited("director"), two.credited("director")),
            ("row_people", one.credited("actor")[:6], two.credited("actor")[:6]),
        )
    )
    body += joined(
        _row(words[key], esc(left) or "–", esc(right) or "–")
        for key, left, right in (
            ("row_description", one.description, two.description),
            ("row_reason", *reasons),
        )
    )
    legend = f'<p class="small">{esc(words["compare_shared"])}</p>' if shared else ""
    heads = joined(f'<th scope="col"><div class="poster">{picture(item)}</div>{esc(item.title)}</th>' for item in items)
    return (
        f'<header><h2 id="compare-h">{esc(words["compare_title"])}</h2>{close_button(words)}</header>'
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="compare-h"><table class="versus"><thead><tr>'
        f'<th scope="col"><span class="sr">{esc(words["row_title"])}</span></th>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{legend}"
    )


def _minutes(item: Item, words: Strings) -> str:
    return words["minutes"].format(count=item.runtime) if item.runtime else ""


def _row(name: str, left: str, right: str) -> str:
    return f'<tr><th scope="row">{esc(name)}</th><td>{left}</td><td>{right}</td></tr>'


def _marked(values: tuple[str, ...], shared: set[str], words: Strings) -> str:
    both = esc(words["both"])
    return (
        words["comma"].join(
            f'<mark title="{both}">{esc(value)}</mark>' if value in shared else esc(value) for value in values
        )
        or "–"
    )
