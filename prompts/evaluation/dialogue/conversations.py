"""Play scripted conversations and check the state, the filters and the cards after every turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import yaml

from assistant.events import Answer, Cards, Done, Event, Question, Understood
from assistant.state import DialogueState
from retrieval.catalog import Catalog
from retrieval.types import Item

CASES = Path(__file__).parents[2] / "cases" / "conversations.yaml"


class Talker(Protocol):
    """Whatever answers messages with the stream of events: the assistant, with any model."""

    catalog: Catalog

    def reply(self, state: DialogueState, utterance: str) -> Iterator[Event]:
        """The events of one turn; the last one is `Done`."""
        ...


@dataclass(frozen=True, slots=True)
class Conversation:
    """A script: its turns as they stand in the file (the keys are described there)."""

    id: str
    covers: str
    turns: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What went wrong in a conversation, each with its turn; and the two faults that must never happen."""

    id: str
    problems: tuple[str, ...]
    violations: int
    repeats: int

    @property
    def passed(self) -> bool:
        """Whether every assertion of every turn held."""
        return not self.problems and not self.violations and not self.repeats


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one turn came to."""

    state: DialogueState
    intent: str
    events: frozenset[str]
    reply: str
    cards: tuple[Item, ...]
    nearest: bool = False


def load_conversations(path: Path = CASES) -> tuple[Conversation, ...]:
    """The scripts of a file. Raises ValueError naming the conversation that is not one."""
    found = []
    for case in yaml.safe_load(path.read_text(encoding="utf-8")):
        if not all(isinstance(turn.get("say"), str) for turn in case["turns"]):
            raise ValueError(f"{path}: a turn of {case['id']!r} has nothing to say")
        found.append(Conversation(case["id"], case["covers"], tuple(case["turns"])))
    return tuple(found)


def play(conversation: Conversation, talker: Talker) -> Outcome:
    """Play one conversation from an empty state."""
    states, shown = [DialogueState()], list[tuple[str, ...]]()
    problems, violations, repeats = list[str](), 0, 0
    for number, script in enumerate(conversation.turns, 1):
        before = states[-1]
        turn = _play_turn(talker, before, script["say"])
        shown.append(tuple(item.id for item in turn.cards))
        # Where nothing is left, the nearest items are shown as such, with the constraint that they break named.
        violations += 0 if turn.nearest else sum(not keeps(item, turn.state, talker.catalog) for item in turn.cards)
        repeats += _repeats(turn, before)
        checks = _Checks(script, turn, before, states, shown, talker.catalog)
        problems += [f"turn {number} ({script['say']}): {problem}" for problem in checks.problems()]
        states.append(turn.state)
    return Outcome(conversation.id, tuple(problems), violations, repeats)


def _play_turn(talker: Talker, state: DialogueState, text: str) -> _Turn:
    kinds, cards, nearest, intent, done = set[str](), tuple[Item, ...](), False, "", None
    for event in talker.reply(state, text):
        if isinstance(event, Cards):
            kinds.add("cards")
            cards = tuple(ranked.item for ranked in event.ranking.cards)
            nearest = not event.ranking.items
        elif isinstance(event, Understood):
            intent = str(event.act.intent)
        elif isinstance(event, Answer | Question):
            kinds.add("answer" if isinstance(event, Answer) else "question")
        elif isinstance(event, Done):
            done = event
    if done is None:
        raise AssertionError(f"the turn {text!r} did not end with Done")
    return _Turn(done.state, intent, frozenset(kinds), done.reply, cards, nearest)


def keeps(item: Item, state: DialogueState, catalog: Catalog) -> bool:
    """Whether an item keeps every constraint of the state."""
    return bool(catalog.allowed(state.limits, ())[catalog.row(item.id)])


def _repeats(turn: _Turn, before: DialogueState) -> int:
    """Cards that were shown, seen, rejected, liked or disliked before this turn, and cards shown twice in it."""
    old = {*before.shown, *before.seen, *before.rejected, *before.likes, *before.dislikes}
    ids = [item.id for item in turn.cards]
    return len(ids) - len(set(ids)) + sum(item_id in old for item_id in ids)


class _Checks:
    """The assertions of one turn."""

    def __init__(
        self,
        script: Mapping[str, Any],
        turn: _Turn,
        before: DialogueState,
        states: Sequence[DialogueState],
        shown: Sequence[tuple[str, ...]],
        catalog: Catalog,
    ) -> None:
        self._script, self._turn, self._before = script, turn, before
        self._states, self._shown, self._catalog = states, shown, catalog

    def problems(self) -> list[str]:
        """What does not hold."""
        found = [*self._values(), *self._reply()]
        if (number := self._script.get("same_as")) is not None and self._turn.state != self._states[number]:
            found.append(f"the state is not the one after turn {number}")
        if fewer := self._script.get("fewer"):
            found += self._relative(fewer, self._script.get("than"))
        return found

    def _values(self) -> Iterator[str]:
        state, limits = self._turn.state, self._turn.state.limits
        bias = {-1.0: "less", 1.0: "more"}.get(state.popularity_bias)
        have: dict[str, Any] = {
            "likes": self._titles(state.likes),
            "dislikes": self._titles(state.dislikes),
            "seen": self._titles(state.seen),
            "rejected": self._titles(state.rejected),
            "unknown": sorted(state.unknown_likes),
            "genres": sorted(state.genres),
            "not_genres": sorted(limits.not_genres),
            "people": sorted(state.people),
            "not_people": sorted(limits.not_people),
            "not_keywords": sorted(limits.not_keywords),
            "languages": sorted(limits.languages),
            "years": [limits.year_from, limits.year_to],
            "runtime": [limits.runtime_from, limits.runtime_to],
            "popularity": bias,
            "count": state.count,
        }
        for key, value in have.items():
            if key in self._script and value != (wanted := self._wanted(key)):
                yield f"{key}: {value}, expected {wanted}"
        for wish in self._script.get("wishes", ()):
            if wish not in state.wishes:
                yield f"wishes: {list(state.wishes)} lack {wish!r}"
        if self._script.get("wishes") == [] and state.wishes:
            yield f"wishes: {list(state.wishes)}, expected none"

    def _wanted(self, key: str) -> Any:
        wanted = self._script[key]
        if not isinstance(wanted, list) or key in ("years", "runtime"):
            return wanted
        if key in ("likes", "dislikes", "seen", "rejected"):
            return sorted(name for value in wanted if (name := self._title(value)))
        return sorted(wanted)

    def _title(self, value: str) -> str | None:
        """A title, or with "#turn.place" that of a card shown then; None when there was no such card."""
        if not value.startswith("#"):
            return value
        turn, place = map(int, value[1:].split("."))
        cards = self._shown[turn - 1]
        return self._titles(cards[place - 1 : place])[0] if len(cards) >= place else None

    def _titles(self, ids: Sequence[str]) -> list[str]:
        return sorted(item.title for item_id in ids if (item := self._catalog.get(item_id)))

    def _reply(self) -> Iterator[str]:
        intents, event = self._script.get("intent"), self._script.get("event")
        if intents and self._turn.intent not in ([intents] if isinstance(intents, str) else intents):
            yield f"intent: {self._turn.intent}, expected {intents}"
        if event and event not in self._turn.events:
            yield f"no {event}; there were: {', '.join(sorted(self._turn.events)) or 'none'}"
        if not self._turn.reply and not self._turn.cards and self._turn.events != {"answer"}:
            yield "an empty reply"
        text = self._turn.reply.casefold()
        yield from (f"the reply lacks {word!r}" for word in self._script.get("has", ()) if word.casefold() not in text)
        yield from (f"the reply has {word!r}" for word in self._script.get("not_has", ()) if word.casefold() in text)

    def _relative(self, relation: str, place: int | None) -> Iterator[str]:
        """Each new card compared with the card at a place among those before."""
        cards = self._before.last_shown
        reference = self._catalog.get(cards[place - 1]) if place and len(cards) >= place else None
        if reference is None:
            return
        name = "year" if relation in ("older", "newer") else "runtime"
        limit = getattr(reference, name)
        for item in () if self._turn.nearest else self._turn.cards:
            value = getattr(item, name)
            below = relation in ("older", "shorter")
            if limit is not None and (value is None or (value >= limit if below else value <= limit)):
                yield f"{item.label()} is not {relation} than {reference.label()}"
