"""The score of an item: a weighted sum of what others chose, what the words say, and what the record holds."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.types import Scores

PARTS = ("collaborative", "semantic", "liked_similarity", "popularity", "match")
"""The columns of the blend, named like the fields of `ranking.types.Parts`."""

_LEAN = 0.9
"""Weight of popularity that a full wish for the popular, or for the surprising, adds or takes away."""

_DAMPING, _MORE_DAMPING = 0.2, 0.6
"""Powers of an item's interactions by which its fold-in score is divided: always, and further by a full wish for the
surprising. What everybody chose goes with everything."""

_ALIKE = 0.8
"""Weight of the similarity to what was liked that "something like it" adds."""


@dataclass(frozen=True, slots=True)
class BlendWeights:
    """The weights α, γ, δ, β, μ of the parts, and k of the shrinkage c(i) = n/(n+k), n being the item's interactions.

    `disliked_similarity` is taken off in proportion to the likeness to what was disliked. `learned` tells on what data
    the weights were learned, and how well they did there; empty for the defaults, which were learned on TMDB 5000 with
    the ratings of MovieLens.
    """

    collaborative: float = 1.0
    semantic: float = 1.0
    liked_similarity: float = 0.35
    popularity: float = 0.5
    match: float = 2.0
    shrinkage: float = 10.0
    disliked_similarity: float = 0.4
    learned: dict[str, float | str] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write JSON that a person can read and edit."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> BlendWeights:
        """Read what `save` wrote. Raises ValueError, naming the file, when it is not such a file."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"{path} does not hold blend weights ({error}); delete it and train again") from error

    def vector(self) -> NDArray[np.float32]:
        """The weights in the order of `PARTS`, shape (5,)."""
        return np.array([getattr(self, name) for name in PARTS], np.float32)


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of each candidate, every array of shape (candidates,); NaN, or None, where nothing is.

    `collaborative` comes from the fold-in, the similarities are cosines, `liked_kinship` is `ranking.kinship`'s share,
    `popularity` lies in 0 to 1, `match` is the share of the asked values met, `support` counts interactions.
    `known_likes`, of shape (likes,), counts those of what was liked: with few of them, the fold-in is hearsay.
    """

    support: Scores
    popularity: Scores
    collaborative: Scores | None = None
    semantic: Scores | None = None
    liked_similarity: Scores | None = None
    liked_kinship: Scores | None = None
    disliked_similarity: Scores | None = None
    match: Scores | None = None
    known_likes: Scores | None = None


def values(signals: Signals, shrinkage: float) -> NDArray[np.float32]:
    """The parts before weighting, shape (candidates, 5), comparable in size; what is missing counts 0.

    Fold-in scores are divided by the largest, so that 0 stays "nothing known"; cosines, whose zero means nothing, are
    spread over 0 to 1 among the candidates.
    """
    columns = [
        _by_largest(_damped(signals), signals.support)
        * trust(signals.support, shrinkage)
        * (1.0 if signals.known_likes is None else trust(signals.known_likes, shrinkage).max(initial=0.0)),
        _spread(signals.semantic, signals.support),
        _likeness(signals),
        signals.popularity,
        np.zeros_like(signals.support) if signals.match is None else signals.match,
    ]
    found = np.stack(columns, axis=1).astype(np.float32)
    found[~np.isfinite(found)] = 0.0
    return found


def blend(
    signals: Signals,
    weights: BlendWeights,
    popularity_bias: float = 0.0,
    novelty: float = 0.0,
    *,
    alike: bool = False,
) -> NDArray[np.float32]:
    """Weight times value of each part, shape (candidates, 5); a row's sum is the item's score, always finite.

    `popularity_bias` (-1 to 1) and `novelty` (0 to 1) move the weight of popularity; a lean towards the lesser known
    also takes more of the popularity out of the fold-in, which gives much chosen items much of everybody's score.
    `alike`: what was liked is a pattern to follow, more than a hint of taste.
    """
    lean = popularity_bias - novelty
    scale = weights.vector()
    scale[PARTS.index("popularity")] += _LEAN * lean
    scale[PARTS.index("liked_similarity")] += _ALIKE * alike
    if signals.collaborative is not None and lean < 0:
        further = (1 + signals.support) ** (_MORE_DAMPING * lean)
        signals = replace(signals, collaborative=signals.collaborative * further)
    parts = values(signals, weights.shrinkage) * scale
    unliked = np.nan_to_num(_spread(signals.disliked_similarity, signals.support))
    # Squared: what is close to a disliked item goes down, what merely shares its language does not.
    parts[:, PARTS.index("liked_similarity")] -= weights.disliked_similarity * unliked**2
    return np.asarray(parts, np.float32)


def _likeness(signals: Signals) -> Scores:
    kinds = [kind for kind in (signals.liked_similarity, signals.liked_kinship) if kind is not None]
    if not kinds:
        return np.zeros_like(signals.support)
    likeness: Scores = np.mean([_spread(kind, signals.support) for kind in kinds], axis=0)
    return likeness


def _damped(signals: Signals) -> Scores | None:
    if signals.collaborative is None:
        return None
    damped: Scores = signals.collaborative / (1 + signals.support) ** np.float32(_DAMPING)
    return damped


def trust(interactions: Scores, shrinkage: float) -> Scores:
    """n / (n + k): how far what n interactions say is to be believed."""
    share: Scores = interactions / np.maximum(interactions + shrinkage, 1e-9)
    return share


def _by_largest(scores: Scores | None, like: Scores) -> Scores:
    if scores is None:
        return np.zeros_like(like)
    known = np.isfinite(scores)
    scores = np.where(known, scores, np.nan)
    largest = np.max(np.abs(scores[known]), initial=0.0)
    return scores / largest if largest > 0 else np.zeros_like(like)


def _spread(scores: Scores | None, like: Scores) -> Scores:
    if scores is None:
        return np.zeros_like(like)
    known = np.isfinite(scores)
    if not known.any():
        return np.zeros_like(like)
    scores = np.where(known, scores, np.nan)
    low, high = np.min(scores[known]), np.max(scores[known])
    return (scores - low) / (high - low) if high > low else np.zeros_like(like)
