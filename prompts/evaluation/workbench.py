"""What a suite works with: an assembled assistant whose prompts and language model can be exchanged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from assistant.assistant import Assistant
from assistant.explaining import Explainer
from assistant.understanding import Understander
from prompts import Prompt, load
from prompts.evaluation.cache import CachedModel
from prompts.evaluation.cases import Case, CaseError
from prompts.evaluation.judging import Judge
from ranking.types import Ranking
from retrieval.catalog import Catalog
from retrieval.titles import TitleLinker
from retrieval.types import Query

PATIENCE = 600.0
"""Seconds that an answer may take: a prompt is not worse because the machine is busy."""


@dataclass
class Workbench:
    """An assistant taken apart. `versions` holds the prompts under test by name; others are the latest.

    `judge` answers where rules end, in the suites that ask it.
    """

    base: Assistant
    model: CachedModel | None
    linker: TitleLinker
    versions: Mapping[str, Prompt] = field(default_factory=dict)
    judge: Judge | None = None
    _understander: Understander | None = field(default=None, init=False, repr=False)

    @property
    def catalog(self) -> Catalog:
        """The catalog that is served."""
        return self.base.catalog

    def prompt(self, name: str) -> Prompt:
        """The version under test, or the latest."""
        return self.versions.get(name) or load(name)

    def understander(self) -> Understander:
        """An understander with the prompt under test; one for all cases, because its vocabulary takes a second."""
        if self._understander is None:
            self._understander = Understander(
                self.model, self.catalog, self.linker, prompts=self.prompt, timeout=PATIENCE
            )
        return self._understander

    def explainer(self) -> Explainer:
        """An explainer with the prompt under test."""
        return Explainer(self.model, self.prompt("explain"), self.prompt("explain-zh"), timeout=PATIENCE)

    def assistant(self) -> Assistant:
        """A whole assistant with the prompts under test."""
        base = self.base
        return Assistant(base.catalog, base.retriever, base.ranker, self.understander(), self.explainer())

    def rank(self, query: Query) -> Ranking:
        """The ranking that the assistant would show."""
        return self.base.rank(query)

    def item_id(self, title: str, case: Case) -> str:
        """The catalog id of a title in a case. Raises CaseError when the catalog has no such title."""
        link = self.linker.link(title)
        if link.item_id is None:
            raise CaseError(f"{case.place}: the catalog has no title {title!r}")
        return link.item_id

    def spent(self, before: int) -> dict[str, tuple[float, float]]:
        """Tokens and seconds of the calls since the first `before`: measures for the efficiency of a case."""
        calls = self.model.calls[before:] if self.model else []
        if not calls:
            return {}
        valid = [call.valid for call in calls if call.valid is not None]
        return {
            **({"fits_schema": (float(sum(valid)), float(len(valid)))} if valid else {}),
            "prompt_tokens": (float(sum(call.prompt_tokens for call in calls)), 1.0),
            "completion_tokens": (float(sum(call.completion_tokens for call in calls)), 1.0),
            "seconds": (sum(call.seconds for call in calls), 1.0),
            "first_seconds": (calls[0].first_seconds, 1.0),
        }


Bench = Callable[[], Workbench]
