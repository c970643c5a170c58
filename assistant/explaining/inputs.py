"""What a prompt is told of each card: facts of its record in a few words, in the language of the conversation."""

from __future__ import annotations

from assistant.explaining.facts import CardFacts, Facts
from assistant.explaining.gist import MOST_WORDS, gist
from assistant.explaining.lexicon import lexicon
from assistant.explaining.templates import kind, themes, tie
from retrieval.types import Credit, unique


def card_input(card: CardFacts, facts: Facts, number: int, gist_words: int = MOST_WORDS) -> dict[str, object]:
    """The inputs of one card; `number` is its place, from 0, and varies the wording of the tie."""
    item, lex, zh = card.item, lexicon(), facts.language == "zh"
    makers = item.credited("director") or item.credited("author")
    genres = [*(genre for genre in item.genres if lex.canonical(genre) in facts.wished_genres), *item.genres]
    return {
        "title": item.title,
        "year": item.year,
        "genres": [lex.zh_genre(genre) if zh else genre for genre in unique(genres)[:2]],
        "maker": makers[0] if makers else "",
        "people": _people(card, facts),
        "asked": asked.name if (asked := _asked(card, facts)) else "",
        "keywords": list(themes(card.ranked, chinese=zh)),
        "liked": list(card.liked[:1]),
        "gist": gist(item.description, gist_words),
        "kind": kind(card.ranked, chinese=zh),
        "tie": tie(card.ranked, number, chinese=zh),
    }


def _asked(card: CardFacts, facts: Facts) -> Credit | None:
    """The credit of the person who was asked for."""
    asked = {person.casefold() for person in facts.people}
    return next((credit for credit in card.item.people if credit.name.casefold() in asked), None)


def _people(card: CardFacts, facts: Facts) -> str:
    """The credit that matters here, in words: the person asked for, else the director or author."""
    makers = [credit for credit in card.item.people if credit.role in {"director", "author"}]
    credit = _asked(card, facts) or next(iter(makers), None)
    if credit is None:
        return ""
    said = {"director": "directed by {}", "author": "written by {}", "actor": "starring {}"}
    return said.get(credit.role, "with {}").format(credit.name)
