"""A neural collaborative model: the variational autoencoder with a multinomial likelihood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ranking.interactions import Interactions
from ranking.models.fitted import FittedScorer, Profiles, Signal, known, masked, positives, warm


@dataclass(frozen=True, slots=True)
class VAEConfig:
    """`kl_weight` is the final weight of the divergence (β), reached half way through the training."""

    hidden: int = 256
    latent: int = 64
    dropout: float = 0.5
    kl_weight: float = 0.2
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    epochs: int = 100
    batch: int = 128
    seed: int = 7
    signal: Signal = "likes"


class _Network(nn.Module):
    def __init__(self, items: int, config: VAEConfig) -> None:
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(items, config.hidden), nn.Tanh())
        self.middle = nn.Linear(config.hidden, 2 * config.latent)
        self.decode = nn.Sequential(nn.Linear(config.latent, config.hidden), nn.Tanh(), nn.Linear(config.hidden, items))
        self.drop = nn.Dropout(config.dropout)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits of the items, and the divergence of each person's code from the prior."""
        mean, log_variance = self.middle(self.encode(self.drop(nn.functional.normalize(x)))).chunk(2, dim=1)
        code = mean
        if self.training:
            code = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
        divergence = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(dim=1)
        return self.decode(code), divergence


class MultVAE(FittedScorer):
    """Mult-VAE (Liang et al., WWW 2018, arXiv:1802.05814). The mean of a person's code is used to score."""

    name = "mult-vae"
    config_type = VAEConfig

    def __init__(self, items: int, config: VAEConfig, network: _Network, warm_items: NDArray[np.bool_]) -> None:
        super().__init__(items, config)
        self.network = network.eval()
        self.warm = warm_items

    @classmethod
    def fit(cls, interactions: Interactions, config: VAEConfig | None = None) -> MultVAE:
        """Fit on the positives; the same seed gives the same weights on the same machine."""
        config = config or VAEConfig()
        chosen = positives(interactions.preferences(), config.signal)
        chosen = chosen[known(chosen)]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            network = _Network(chosen.shape[1], config)
            _train(network, chosen, config)
        return cls(chosen.shape[1], config, network, warm(chosen))

    def score(self, profiles: Profiles) -> NDArray[np.float32]:
        """Logits, shape (people, items)."""
        chosen = positives(profiles, self.config.signal)
        with torch.inference_mode():
            logits, _ = self.network(torch.from_numpy(chosen.toarray()))
        return masked(logits.numpy().copy(), known(chosen), self.warm)

    def state(self) -> Mapping[str, NDArray[Any]]:
        """The weights of the network."""
        weights = {f"network.{name}": value.numpy() for name, value in self.network.state_dict().items()}
        return {"warm": self.warm, **weights}

    @classmethod
    def restore(cls, items: int, config: Any, state: Mapping[str, NDArray[Any]]) -> Self:
        """From the weights of the network."""
        network = _Network(items, config)
        weights = {name[8:]: torch.from_numpy(value) for name, value in state.items() if name.startswith("network.")}
        network.load_state_dict(weights)
        return cls(items, config, network, state["warm"])


def _train(network: _Network, chosen: Profiles, config: VAEConfig) -> None:
    optimiser = torch.optim.AdamW(network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    rng = np.random.default_rng(config.seed)
    users = chosen.shape[0]
    steps, total = 0, config.epochs * max(1, -(-users // config.batch))
    network.train()
    for _ in range(config.epochs):
        order = rng.permutation(users)
        for start in range(0, users, config.batch):
            x = torch.from_numpy(chosen[order[start : start + config.batch]].toarray())
            logits, divergence = network(x)
            steps += 1
            beta = config.kl_weight * min(1.0, 2 * steps / total)
            loss = (-(nn.functional.log_softmax(logits, dim=1) * x).sum(dim=1) + beta * divergence).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
