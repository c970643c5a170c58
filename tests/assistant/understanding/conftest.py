from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from assistant.acts import DialogueAct
from assistant.state import DialogueState
from assistant.understanding import Understander
from assistant.understanding.rules import Rules
from retrieval.catalog import Catalog
from retrieval.titles import TitleLinker
from tests.fakes import QueueModel
from tests.tiny import tiny_catalog

TODAY = date(2026, 5, 4)

Read = Callable[..., DialogueAct]
MakeUnderstander = Callable[[QueueModel | None], Understander]


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return tiny_catalog()


@pytest.fixture(scope="session")
def rules(catalog: Catalog) -> Rules:
    return Rules(catalog, TitleLinker(catalog), lambda: TODAY)


@pytest.fixture(scope="session")
def read(rules: Rules) -> Read:
    """The act of a message, after these cards."""

    def reading(message: str, shown: tuple[str, ...] = (), state: DialogueState | None = None) -> DialogueAct:
        return rules.read(message, (state or DialogueState()).showed(shown)).act

    return reading


@pytest.fixture(scope="session")
def make_understander(catalog: Catalog) -> MakeUnderstander:
    linker = TitleLinker(catalog)

    def make(model: QueueModel | None) -> Understander:
        return Understander(model, catalog, linker, today=lambda: TODAY)

    return make
