"""A small catalog, and an assistant that says what a test wants."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from assistant.acts import DialogueAct, Intent, Slot
from assistant.events import Cards, Done, Event, Understood, Usage, Word
from assistant.state import DialogueState
from ranking.types import Evidence, Parts, Ranked, Ranking
from retrieval.catalog import Catalog
from retrieval.types import Credit, Item, Step

_FILMS: tuple[tuple[str, int, int, float, int, tuple[str, ...], str, tuple[str, ...], str], ...] = (
    ("Inception", 2010, 148, 8.1, 13752, ("action", "thriller", "science fiction"), "Christopher Nolan",
     ("Leonardo DiCaprio", "Ellen Page"), "A thief who steals secrets from dreams is asked to plant one."),
    ("Source Code", 2011, 93, 7.1, 2761, ("thriller", "science fiction", "mystery"), "Duncan Jones",
     ("Jake Gyllenhaal", "Michelle Monaghan"), "A soldier relives the last eight minutes of another man's life."),
    ("Looper", 2012, 118, 6.6, 4697, ("action", "thriller", "science fiction"), "Rian Johnson",
     ("Joseph Gordon-Levitt", "Bruce Willis"), "A killer for hire meets his older self, sent back to be killed."),
    ("Predestination", 2014, 97, 7.2, 1717, ("science fiction", "thriller"), "Michael Spierig",
     ("Ethan Hawke", "Sarah Snook"), "An agent chases a bomber through time."),
    ("Coherence", 2013, 89, 6.9, 681, ("thriller", "science fiction"), "James Ward Byrkit",
     ("Emily Foxler", "Maury Sterling"), "A comet passes, and a dinner among friends comes apart."),
    ("Primer", 2004, 77, 6.9, 658, ("science fiction", "drama", "thriller"), "Shane Carruth",
     ("Shane Carruth", "David Sullivan"), "Two engineers build more than they understand."),
    ("Memento", 2000, 113, 8.1, 4028, ("mystery", "thriller"), "Christopher Nolan",
     ("Guy Pearce", "Carrie-Anne Moss"), "A man without new memories looks for a murderer."),
    ("Notting Hill", 1999, 124, 7.0, 1550, ("romance", "comedy", "drama"), "Roger Michell",
     ("Julia Roberts", "Hugh Grant"), "A bookseller and a film star."),
    ("Alien", 1979, 117, 7.9, 4470, ("horror", "action", "thriller", "science fiction"), "Ridley Scott",
     ("Sigourney Weaver", "Tom Skerritt"), "Something came aboard."),
    ("The Matrix", 1999, 136, 7.9, 8907, ("action", "science fiction"), "Lana Wachowski",
     ("Keanu Reeves", "Carrie-Anne Moss"), "A hacker learns what the world is made of."),
    ("Unforgiven", 1992, 131, 7.7, 1113, ("western",), "Clint Eastwood", ("Clint Eastwood", "Gene Hackman"),
     "A retired gunman takes one more job."),
    ("Spirited Away", 2001, 125, 8.3, 3840, ("fantasy", "adventure", "animation", "family"), "Hayao Miyazaki",
     ("Rumi Hiiragi",), "A girl works in a bathhouse of spirits to free her parents."),
)  # fmt: skip


def film(number: int, **changes: object) -> Item:
    """One of the films above, with some fields changed."""
    title, year, runtime, rating, votes, genres, director, cast, text = _FILMS[number % len(_FILMS)]
    people = (Credit(director, "director"), *(Credit(name, "actor") for name in cast))
    fields: dict[str, object] = {
        "id": f"m{number}", "title": title, "year": year, "genres": genres, "people": people,
        "description": text, "runtime": runtime, "rating": rating, "votes": votes,
    }  # fmt: skip
    return Item(**{**fields, **changes})  # type: ignore[arg-type]


def films(count: int = 48) -> list[Item]:
    """The films above, over and over under new ids."""
    return [
        film(n) if n < len(_FILMS) else film(n, title=f"{film(n).title} {n // len(_FILMS) + 1}") for n in range(count)
    ]


def _open_gate() -> threading.Event:
    gate = threading.Event()
    gate.set()
    return gate


@dataclass
class FakeAssistant:
    """Ranks the catalog in its order and says queued sentences; `pause` seconds lie between two words.

    Words wait until `may_talk` is set, as it is from the start: a test that clears it decides when they come.
    """

    catalog: Catalog = field(default_factory=lambda: Catalog.from_items(films()))
    replies: list[str] = field(default_factory=list)
    script: list[list[Event]] = field(default_factory=list)
    pause: float = 0.0
    think: float = 0.0
    heard: list[str] = field(default_factory=list)
    acts: list[DialogueAct] = field(default_factory=list)
    closed: int = 0
    may_talk: threading.Event = field(default_factory=_open_gate)

    def engine_status(self) -> tuple[str, str, str]:
        return ("llama.cpp", "qwen2.5-coder-1.5b", "ready")

    def reply(self, state: DialogueState, utterance: str) -> Iterator[Event]:
        self.heard.append(utterance)
        if self.script:
            yield from self.script.pop(0)
            return
        time.sleep(self.think)
        slots = (Slot("wish", "=", utterance[:60], span=utterance[:60]),)
        try:
            yield from self._turn(
                state, DialogueAct(Intent.RECOMMEND, slots), f"Understood: {utterance[:60]}", talk=True
            )
        finally:
            self.closed += 1

    def act(self, state: DialogueState, act: DialogueAct) -> Iterator[Event]:
        self.acts.append(act)
        yield from self._turn(state, act, "", talk=False)

    def _turn(self, state: DialogueState, act: DialogueAct, echo: str, *, talk: bool) -> Iterator[Event]:
        after = state.apply(act)
        yield Understood(act, after, echo)
        query = after.query()
        exclude = query.exclude
        if not talk:
            exclude -= set(after.last_shown) - {*after.likes, *after.dislikes, *after.seen, *after.rejected}
        allowed = self.catalog.allowed(query.constraints, exclude)
        rows = [row for row in range(len(self.catalog)) if allowed[row]][: query.count]
        ranked = tuple(self._ranked(self.catalog.item(row), place, after) for place, row in enumerate(rows))
        trace = (
            Step("catalog", 4803),
            Step("after your limits", 412),
            Step("candidates", 200),
            Step("shown", len(ranked)),
        )
        reasons = tuple(f"Shares {one.item.genres[0]} with what you asked for." for one in ranked)
        yield Cards(Ranking(ranked, trace), reasons)
        shown = after.showed([one.item.id for one in ranked])
        said = (
            (self.replies.pop(0) if self.replies else f"Start with {ranked[0].item.title}." if ranked else "")
            if talk
            else ""
        )
        if talk:
            self.may_talk.wait(60)
        for word in said.split(" "):
            time.sleep(self.pause)
            if word:
                yield Word(word + " ")
        usage = Usage(2, 300, 40) if talk else Usage()
        yield Done(shown, said, reasons, usage, {"total": 2300.0 if talk else 20.0})

    def _ranked(self, item: Item, place: int, state: DialogueState) -> Ranked:
        liked = [self.catalog.get(item_id) for item_id in state.likes]
        parts = Parts(0.3 - 0.04 * place if liked else 0.0, 0.22, 0.14 if liked else 0.0, 0.05, 0.18)
        evidence = [Evidence("liked", one.title, one.title, 0.5) for one in liked if one]
        evidence += [Evidence("wish", item.genres[0], state.wishes[0], 0.4)] if state.wishes else []
        evidence += [Evidence("person", item.people[0].name, "", 0.2), Evidence("rating", f"{item.rating}", "", 0.1)]
        total = parts.collaborative + parts.semantic + parts.liked_similarity + parts.popularity + parts.match
        return Ranked(item, total, parts, tuple(evidence))
