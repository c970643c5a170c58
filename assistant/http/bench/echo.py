"""An assistant that says back what it hears: what is measured with it is the server alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from assistant.acts import DialogueAct, Intent, Slot
from assistant.events import Cards, Done, Event, Understood, Usage, Word
from assistant.state import DialogueState
from ranking.types import Evidence, Parts, Ranked, Ranking
from retrieval.catalog import Catalog
from retrieval.types import Item, Query, Step

ITEMS = 100
_CARDS = 5


@cache
def echo_catalog() -> Catalog:
    """A hundred items with nothing but ids, titles and years."""
    return Catalog.from_items(Item(f"e{n}", f"Echo {n}", 1900 + n, genres=("echo",)) for n in range(ITEMS))


class EchoAssistant:
    """Every message becomes a wish, every reply says all wishes of its conversation so far: a wish of another
    conversation would be seen at once."""

    def __init__(self) -> None:
        self.catalog = echo_catalog()

    def reply(self, state: DialogueState, utterance: str) -> Iterator[Event]:
        """The message as a wish, five cards, and the wishes as words."""
        yield from self.act(state, DialogueAct(Intent.REFINE, (Slot("wish", "=", utterance, utterance),)))

    def act(self, state: DialogueState, act: DialogueAct) -> Iterator[Event]:
        """The same for any act."""
        after = state.apply(act)
        yield Understood(act, after, "; ".join(after.wishes))
        ranking = self.rank(after.query())
        yield Cards(ranking, tuple("an echo" for _ in ranking.items))
        shown = after.showed([ranked.item.id for ranked in ranking.items])
        text = f"I heard: {'; '.join(after.wishes)}"
        for piece in re.findall(r"\S+\s*", text):
            yield Word(piece)
        yield Done(shown, text, usage=Usage(2, 10, 10), timings_ms={"total": 0.0})

    def rank(self, query: Query) -> Ranking:
        """The first five items that may be shown."""
        items = [self.catalog.item(row) for row in range(ITEMS)]
        allowed = [item for item in items if item.id not in query.exclude][:_CARDS] or items[:_CARDS]
        proof = (Evidence("genre", "echo"),)
        ranked = tuple(Ranked(item, 1.0 - place / 10, Parts(match=0.1), proof) for place, item in enumerate(allowed))
        return Ranking(ranked, (Step("catalog", ITEMS),))
