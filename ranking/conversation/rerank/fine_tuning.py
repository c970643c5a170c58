"""Fine-tunes a cross-encoder on groups of gold and rivals, within a budget of minutes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from ranking.conversation.rerank.groups import Group
from ranking.conversation.rerank.network import CrossNetwork
from retrieval.bert import quickest_dtype


@dataclass(frozen=True, slots=True)
class CrossEncoderConfig:
    """Tokens that are read, how many of the best are looked at again, and training: at most so many `minutes`.

    A group is one gold item among `rivals`, drawn from the `nearest` ones. The share `held` of the dialogs is kept to
    weigh the score beside the ranking's, on at most `weighed` groups.
    """

    said_tokens: int = 64
    item_tokens: int = 24
    depth: int = 50
    rivals: int = 7
    nearest: int = 40
    batch: int = 8
    epochs: int = 2
    minutes: float = 8.0
    learning_rate: float = 1e-4
    held: float = 0.1
    weighed: int = 250
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Inputs:
    """Token numbers of n conversations, shape (n, words), and of their items, shape (n, k, words); 0 is padding."""

    said: Tensor
    items: Tensor


def fine_tune(
    network: CrossNetwork,
    groups: Sequence[Group],
    read: Callable[[Sequence[Group]], Inputs],
    config: CrossEncoderConfig,
    progress: bool,
) -> None:
    """Train all but the embeddings; the rate rises, then falls to 0 when the epochs or the minutes are over.

    The loss is that of the gold item against its rivals (listwise softmax; Cao et al., 2007). Learning only what is to
    be added to the ranking's score was tried: that signal is so weak that the network learned to say nothing.
    """
    rng = np.random.default_rng(config.seed)
    network.train()
    tuned, new = list(network.bert.encoder.parameters()), list(network.head.parameters())
    rates = [config.learning_rate, 10 * config.learning_rate]
    shares = [{"params": part, "lr": rate} for part, rate in zip((tuned, new), rates, strict=True)]
    optimiser = torch.optim.AdamW(shares, weight_decay=1e-2, fused=True)
    order = np.concatenate([rng.permutation(len(groups)) for _ in range(config.epochs)])
    began, threads, seen = time.monotonic(), torch.get_num_threads(), 0.0

    def gradients(inputs: Inputs) -> tuple[float, Sequence[Tensor]]:
        with products():
            scores = network(inputs.said, inputs.items)
        loss = -scores.float().log_softmax(dim=1)[:, 0].sum() / config.batch
        return loss.item(), torch.autograd.grad(loss, [*tuned, *new])

    with (
        tqdm(total=len(order), desc="Cross-encoder", unit=" groups", disable=not progress) as bar,
        ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool,
    ):
        for start in range(0, len(order), config.batch):
            share = max(start / len(order), (time.monotonic() - began) / (60 * config.minutes))
            if share >= 1.0:
                break
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * min(1.0, 20 * share + 0.02) * (1.0 - share)
            chosen = [groups[place].drawn(config.rivals, rng) for place in order[start : start + config.batch]]
            # Parts of the batch side by side, each on one thread: no product has to wait for another thread.
            parts = [read(chosen[first::threads]) for first in range(min(threads, len(chosen)))]
            found = list(pool.map(gradients, parts))
            for parameter, *each in zip([*tuned, *new], *(part for _, part in found), strict=True):
                parameter.grad = torch.stack(each).sum(dim=0)
            torch.nn.utils.clip_grad_norm_(tuned, 1.0)
            optimiser.step()
            loss = sum(part for part, _ in found)
            seen = 0.99 * seen + 0.01 * loss if seen else loss
            bar.update(len(chosen))
            bar.set_postfix(loss=f"{seen:.3f}")
    network.eval()


def products() -> AbstractContextManager[object]:
    """Products in bfloat16 where that is quickest."""
    if quickest_dtype() == torch.float32:
        return nullcontext()
    return torch.autocast("cpu", torch.bfloat16)
