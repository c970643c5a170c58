"""The models by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ranking.interactions import Interactions
from ranking.models.bpr import BPR
from ranking.models.content import Content
from ranking.models.fitted import FittedScorer
from ranking.models.hybrid import Hybrid
from ranking.models.implicit_feedback import EASEScorer, IALSScorer
from ranking.models.knn import ItemKNN, UserKNN
from ranking.models.popular import Popular
from ranking.models.slim import SLIM
from ranking.models.svd import BiasedSVD
from ranking.models.vae import MultVAE

SCORERS: Mapping[str, type[FittedScorer]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (Popular, ItemKNN, UserKNN, BiasedSVD, IALSScorer, BPR, EASEScorer, SLIM, MultVAE, Content, Hybrid)
    }
)
"""Every model that can be saved and loaded."""

_FIT: Mapping[str, Callable[[Interactions, Any], FittedScorer]] = MappingProxyType(
    {kind.name: kind.fit for kind in (Popular, ItemKNN, UserKNN, BiasedSVD, IALSScorer, BPR, EASEScorer, SLIM, MultVAE)}
)


def fit_scorer(name: str, interactions: Interactions, **settings: Any) -> FittedScorer:
    """Train the model of this name with these settings of its config class; the others keep their defaults.

    The content model and the hybrid are made from vectors and from other models, not from interactions. Raises
    ValueError for an unknown name.
    """
    if name not in _FIT:
        raise ValueError(f"no model is called {name!r}; there are {', '.join(_FIT)}")
    return _FIT[name](interactions, SCORERS[name].config_type(**settings))
