"""Which weights a model runs on, so that a report can say who judged whom."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.engines import DEFAULT_WEIGHTS
from assistant.engines.types import LanguageModel
from assistant.settings import Settings


@dataclass(frozen=True, slots=True)
class Weights:
    """A model as a report names it. `sha256` is that of the weights' file; empty where a server keeps them."""

    name: str
    sha256: str = ""

    def same(self, other: Weights) -> bool:
        """Whether both are the same weights, as far as can be told: by their files, else by their names."""
        if self.sha256 and other.sha256:
            return self.sha256 == other.sha256
        return self.name.partition(":")[2] == other.name.partition(":")[2]

    def plain(self) -> dict[str, Any]:
        """For a report."""
        return asdict(self)


def weights_of(model: LanguageModel, settings: Settings) -> Weights:
    """The weights behind a model that was started with these settings."""
    name = f"{model.kind}:{model.name}"
    if model.kind != "llama.cpp":
        return Weights(name)
    path = Path(settings.llm_model).expanduser() if settings.llm_model else settings.root / "models" / DEFAULT_WEIGHTS
    with path.open("rb") as file:
        return Weights(name, hashlib.file_digest(file, "sha256").hexdigest())
