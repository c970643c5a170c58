"""What the conversation has established so far. Immutable: `apply` returns a new state, undo is the previous one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from assistant.acts import DialogueAct, Intent, Operator
from assistant.transitions import DEFAULT_COUNT, point, set_slot
from retrieval.types import Constraints, Query, unique


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that waits for an answer: the words in doubt, the ids they may mean, and what was said of them."""

    words: str
    options: tuple[str, ...]
    operator: Operator = "="


@dataclass(frozen=True, slots=True)
class DialogueState:
    """Likes and dislikes are catalog ids; the `unknown_` ones are titles as typed that the catalog does not have.

    `limits` are the hard constraints. `wishes` are soft, in the person's words. `shown` holds every id shown in this
    session, `last_shown` the latest cards in order. `seen` and `rejected` never come back unless asked for.
    `focus` is the item that the talk was last about, so that "it" can mean it. `inquiry` is what the person was
    asked last, for an answer without a title. `previous` is the state before the last act. These three take no part in
    comparisons.
    """

    likes: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()
    unknown_likes: tuple[str, ...] = ()
    unknown_dislikes: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    limits: Constraints = field(default_factory=Constraints)
    popularity_bias: float = 0.0
    count: int = DEFAULT_COUNT
    shown: tuple[str, ...] = ()
    last_shown: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    pending: Pending | None = None
    asked: bool = False
    language: str = "en"
    diversity: float = 0.3
    novelty: float = 0.0
    alike: tuple[str, ...] = ()
    focus: tuple[str, ...] = field(default=(), compare=False)
    inquiry: str = field(default="", compare=False)
    previous: DialogueState | None = field(default=None, compare=False, repr=False)

    def apply(self, act: DialogueAct) -> DialogueState:
        """The state after this act. Undo gives back the very state before the last act, what was shown included."""
        if act.intent is Intent.UNDO:
            return self.previous or self
        if act.intent is Intent.START_OVER:
            state = self._fresh()
        else:
            state = replace(self, language=act.language, pending=self._pending(act), inquiry="")
        doubted = {words for words, _ in act.doubtful}
        slots = [slot for slot in act.slots if not (slot.name == "title" and slot.value in doubted)]
        for slot in sorted(slots, key=lambda slot: slot.operator != "forget"):
            state = set_slot(state, slot)
        named = unique(slot.item_id for slot in slots if slot.name == "title" and slot.item_id)
        state = point(state, act.intent, [item_id for item_id in act.refers_to if item_id not in named])
        if patterns := act.alike or (act.intent is Intent.MORE_LIKE and (*act.refers_to, *named)):
            state = replace(state, alike=unique(patterns))
        shown = [item_id for item_id in act.refers_to if item_id in self.last_shown]
        talked_of = shown or unique((*act.refers_to, *named))
        focus = tuple(talked_of) if len(talked_of) == 1 else self.focus if not talked_of else ()
        return replace(state, focus=focus, previous=self)

    def query(self) -> Query:
        """What this state asks of the catalog. Everything said about, shown, seen or rejected stays out."""
        return Query(
            text=", ".join(self.wishes),
            liked=self.likes,
            disliked=self.dislikes,
            genres=self.genres,
            people=self.people,
            keywords=self.wishes,
            constraints=self.limits,
            exclude=frozenset((*self.shown, *self.seen, *self.rejected, *self.likes, *self.dislikes)),
            count=self.count,
            diversity=self.diversity,
            novelty=self.novelty,
            popularity_bias=self.popularity_bias,
            alike=tuple(item_id for item_id in self.alike if item_id in self.likes),
        )

    def is_running(self) -> bool:
        """Whether something was asked for, told or shown: what is said next changes it."""
        said = (self.genres, self.people, self.wishes, self.likes, self.dislikes, self.unknown_likes, self.shown)
        return any(said) or self.limits != Constraints()

    def showed(self, ids: Iterable[str]) -> DialogueState:
        """The state after these cards. It is part of the same turn: undo goes back to before the act.

        With no ids the earlier cards stay the ones that "the second one" points at.
        """
        cards = tuple(ids)
        if not cards:
            return self
        return replace(self, shown=unique((*self.shown, *cards)), last_shown=cards, focus=())

    def with_question(self) -> DialogueState:
        """The state after a clarifying question was asked: there is at most one in a session."""
        return replace(self, asked=True)

    def _fresh(self) -> DialogueState:
        """A new beginning that still repeats nothing: facts about what was shown and seen outlive wishes."""
        return DialogueState(
            shown=self.shown,
            seen=self.seen,
            rejected=self.rejected,
            language=self.language,
            diversity=self.diversity,
            novelty=self.novelty,
        )

    def _pending(self, act: DialogueAct) -> Pending | None:
        """The question open after this act: a new doubt, or the old one while the talk is about other things."""
        for words, options in act.doubtful:
            said = [slot.operator for slot in act.slots if slot.name == "title" and slot.value == words]
            return Pending(words, options, said[0] if said else "=")
        return self.pending if act.intent in (Intent.CHAT, Intent.ASK_ITEM) else None
