"""What the conversation has established so far. Immutable: `apply` returns a new state, undo is the previous one."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.types import Constraints


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that waits for an answer: the words in doubt and the ids of the items they may mean."""

    words: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DialogueState:
    """Likes and dislikes are catalog ids; the `unknown_` ones are titles as typed that the catalog does not have.

    `limits` are the hard constraints. `wishes` are soft, in the person's words. `shown` holds every id shown in this
    session, `last_shown` the latest cards in order. `seen` and `rejected` never come back unless asked for.
    """

    likes: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()
    unknown_likes: tuple[str, ...] = ()
    unknown_dislikes: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    limits: Constraints = Constraints()
    popularity_bias: float = 0.0
    count: int = 5
    shown: tuple[str, ...] = ()
    last_shown: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    pending: Pending | None = None
    asked: bool = False
    language: str = "en"
    diversity: float = 0.3
    novelty: float = 0.0
    previous: DialogueState | None = None
