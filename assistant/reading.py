"""Reads recorded conversations as the assistant would: what was disliked, and the wishes in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assistant.acts import DialogueAct
from assistant.engines.types import LanguageModel
from assistant.state import DialogueState
from assistant.understanding import Understander
from ranking.conversation.cases import Case
from retrieval.catalog import Catalog
from retrieval.titles import TitleLinker
from retrieval.types import unique


def case_reader(model: LanguageModel | None, catalog: Catalog) -> Callable[[Case], Case]:
    """A function that adds `disliked` and `wishes` to a case.

    The last message of the person is read with the language model, the ones before it by rules: a turn of the
    assistant costs one call too, and so the figures are those of the product.
    """
    understander = Understander(model, catalog, TitleLinker(catalog))

    def read(case: Case) -> Case:
        said = [utterance.text for utterance in case.context if utterance.role == "user"]
        state = DialogueState()
        for number, text in enumerate(said, start=1):
            state = state.apply(_act(understander, text, state, with_model=number == len(said)))
        wishes = ", ".join(unique((*state.wishes, *state.genres, *state.people)))
        return replace(case, disliked=unique((*state.dislikes, *state.rejected)), wishes=wishes)

    return read


def _act(understander: Understander, text: str, state: DialogueState, *, with_model: bool) -> DialogueAct:
    return understander.understand(text, state).act if with_model else understander.rules.read(text, state).act
