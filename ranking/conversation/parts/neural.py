"""A small transformer over what was named and what was said that tells which item is named next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from ranking.conversation.corpus import Corpus
from ranking.conversation.parts.inputs import Inputs, aligned, count_words, following, known_words
from ranking.conversation.parts.network import ItemFacts, Network, Sizes
from ranking.conversation.parts.types import UTTERANCES, Batch, Matrix
from retrieval.types import Rows


@dataclass(frozen=True, slots=True)
class NeuralConfig:
    """Sizes and training. An example is a turn, or (silent) a place in a dialog whose next item is to be guessed.

    `epochs` goes up until `fewest_steps` are made; with more than `classes` items each step meets a sample of them.
    """

    width: int = 64
    heads: int = 4
    dropout: float = 0.3
    mentions: int = 10
    words: int = 64
    least_word_count: int = 5
    epochs: int = 7
    fewest_steps: int = 300
    batch: int = 512
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    later: float = 0.7
    silent_examples: int = 20_000
    classes: int = 8_000
    seed: int = 0

    @property
    def sizes(self) -> Sizes:
        """What the network itself has to know."""
        return Sizes(self.width, self.heads, self.mentions, self.dropout)


@dataclass(frozen=True)
class Examples:
    """Inputs with the items to be guessed: those of example i are `targets[ends[i]:ends[i + 1]]`, with weights."""

    inputs: Inputs
    targets: Rows
    weights: NDArray[np.float32]
    ends: Rows

    def __len__(self) -> int:
        return len(self.ends) - 1

    def at(self, places: Rows) -> tuple[Inputs, Rows, Rows, NDArray[np.float32]]:
        """The inputs at these places; for each of their targets the example (by its order here), item and weight."""
        sizes = self.ends[places + 1] - self.ends[places]
        example = np.repeat(np.arange(len(places)), sizes)
        flat = np.arange(len(example)) + np.repeat(self.ends[places] - (np.cumsum(sizes) - sizes), sizes)
        return self.inputs.take(places), example, self.targets[flat], self.weights[flat]


class Neural:
    """The network with its vocabulary. Scores are log-probabilities.

    Without `hears` it has learned from turns without text, and does not listen to what is said: the weights that would
    read it are as they were drawn.
    """

    def __init__(
        self, network: Network, vocabulary: Mapping[str, int], config: NeuralConfig, hears: bool = True
    ) -> None:
        self.network = network.eval()
        self.vocabulary = vocabulary
        self.config = config
        self.hears = hears

    @classmethod
    def fit(
        cls,
        corpus: Corpus,
        batch: Batch,
        items: tuple[Matrix, ItemFacts],
        config: NeuralConfig,
        step: Callable[[float], object] = id,
    ) -> Neural:
        """Train on the corpus' dialogs and on `batch`, its turns; `items` are the embeddings of their texts and facts.

        `step` hears which share of the work each step is.
        AdamW (Loshchilov & Hutter, 2019), one cycle (Smith & Topin, 2018). The seed decides everything, whatever
        else the process does meanwhile.
        """
        rng = np.random.default_rng(config.seed)
        vocabulary = count_words(corpus.turns, config.least_word_count)
        network = Network(torch.from_numpy(items[0]), items[1], len(vocabulary), config.sizes, config.seed)
        fitted = cls(network, vocabulary, config, bool((batch.said > 0).any()))
        examples = fitted._examples(corpus, batch)
        counts = np.bincount(examples.targets[examples.ends[:-1]], minlength=corpus.items)
        network.bias.data = torch.from_numpy(np.log(counts + 0.5) - np.log(counts.sum() + 1)).float()
        fitted._train(examples, torch.from_numpy(batch.vectors), rng, step)
        network.eval()
        return fitted

    def _train(
        self, examples: Examples, vectors: Tensor, rng: np.random.Generator, step: Callable[[float], object]
    ) -> None:
        config, network = self.config, self.network
        optimiser = torch.optim.AdamW(
            network.parameters(), config.learning_rate, weight_decay=config.weight_decay, fused=True
        )
        each = -(-len(examples) // config.batch)
        epochs = max(config.epochs, -(-config.fewest_steps // each))
        steps = max(epochs * each, 2)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, config.learning_rate, steps, pct_start=0.1)
        network.train()
        for _ in range(epochs):
            order = rng.permutation(len(examples))
            for start in range(0, len(order), config.batch):
                loss = self._loss(examples, order[start : start + config.batch], vectors, rng)
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                optimiser.step()
                schedule.step()
                step(1.0 / (epochs * each))

    def _loss(self, examples: Examples, places: Rows, vectors: Tensor, rng: np.random.Generator) -> Tensor:
        """Cross-entropy of what came next, and less of what came after that, over all items or a sample of them."""
        network = self.network
        inputs, example, targets, weights = examples.at(places)
        if len(network.bias) <= self.config.classes:
            items, correction = network.items(), None
            bias: Tensor = network.bias
        else:
            rows, correction = _sampled(inputs.named, targets, len(network.bias), self.config.classes, rng)
            items, bias = network.items(torch.from_numpy(rows)), network.bias.index_select(0, torch.from_numpy(rows))
            named = inputs.named.numpy()
            named = np.where(named < len(network.bias), np.searchsorted(rows, named), len(rows))
            inputs, targets = replace(inputs, named=torch.from_numpy(named)), np.searchsorted(rows, targets)
        query = network.query(inputs, vectors, items)
        right, who = torch.from_numpy(targets), torch.from_numpy(example)
        hits = (query[who] * functional.embedding(right, items)).sum(dim=-1) + bias[right]
        against = bias if correction is None else bias + torch.from_numpy(correction)
        everything = torch.logsumexp(torch.addmm(against, query, items.T), dim=-1)
        return (everything.sum() - (hits * torch.from_numpy(weights)).sum()) / len(places)

    @cached_property
    def _items(self) -> Tensor:
        with torch.inference_mode():
            return self.network.items()

    def scores(self, batch: Batch) -> Mapping[str, Matrix]:
        """`neural`: the log-probability of each item being named next."""
        inputs = self._inputs(batch, [turn.liked for turn in batch.turns], [turn.speakers for turn in batch.turns])
        with torch.inference_mode():
            query = self.network.query(inputs, torch.from_numpy(batch.vectors), self._items)
            logits = torch.addmm(self.network.bias, query, self._items.T)
            return {"neural": functional.log_softmax(logits, dim=-1).numpy()}

    def _inputs(self, batch: Batch, named: Sequence[Rows], speakers: Sequence[NDArray[np.int8]]) -> Inputs:
        items, width = len(self.network.bias), self.config.mentions
        words = np.zeros((len(batch), self.config.words), np.int64)
        for place, turn in enumerate(batch.turns):
            found = known_words(turn, self.vocabulary)[: self.config.words]
            words[place, : len(found)] = found
        return Inputs(
            torch.from_numpy(aligned(named, width, items)),
            torch.from_numpy(aligned(speakers, width, 0)),
            torch.from_numpy(batch.said if self.hears else np.zeros_like(batch.said)),
            torch.from_numpy(batch.roles),
            torch.from_numpy(words),
        )

    def _examples(self, corpus: Corpus, batch: Batch) -> Examples:
        config = self.config
        told = batch.take(np.array([place for place, turn in enumerate(batch.turns) if len(turn.gold)], np.int64))
        spoken = self._inputs(told, [turn.liked for turn in told.turns], [turn.speakers for turn in told.turns])
        targets = [following(turn, corpus) for turn in told.turns]
        found = [
            (corpus.dialogs[dialog], place) for dialog, place in corpus.places(config.silent_examples, config.seed)
        ]
        targets += [rows[place : place + _AHEAD] for rows, place in found]
        count, width = len(found), config.mentions
        silent = Inputs(
            torch.from_numpy(aligned([rows[:place] for rows, place in found], width, corpus.items)),
            torch.zeros(count, width, dtype=torch.long),
            torch.zeros(count, UTTERANCES, dtype=torch.long),
            torch.zeros(count, UTTERANCES, dtype=torch.long),
            torch.zeros(count, config.words, dtype=torch.long),
        )
        inputs = Inputs(*(torch.cat([getattr(spoken, name), getattr(silent, name)]) for name in Inputs.__slots__))
        fades = [config.later ** np.arange(len(rows)) for rows in targets]
        weights = np.concatenate([fade / fade.sum() for fade in fades]).astype(np.float32)
        return Examples(inputs, np.concatenate(targets), weights, np.append(0, np.cumsum(list(map(len, targets)))))

    def save(self, path: Path) -> None:
        """Write weights and vocabulary; the item vectors are the model's, not this file's."""
        content: dict[str, Any] = {"weights": self.network.state_dict(), "vocabulary": dict(self.vocabulary)}
        torch.save({**content, "config": asdict(self.config), "hears": self.hears}, path)

    @classmethod
    def load(cls, path: Path, items: tuple[Matrix, ItemFacts]) -> Neural:
        """Read what `save` wrote. Pickled code is refused."""
        content = torch.load(path, weights_only=True)
        config = NeuralConfig(**content["config"])
        words = len(content["vocabulary"])
        network = Network(torch.from_numpy(items[0]), items[1], words, config.sizes, config.seed)
        network.load_state_dict(content["weights"])
        return cls(network, content["vocabulary"], config, content.get("hears", True))


_AHEAD = 8
"""How many items that come later are targets too."""


def _sampled(
    named: Tensor, targets: Rows, items: int, classes: int, rng: np.random.Generator
) -> tuple[Rows, NDArray[np.float32]]:
    """Sorted rows: what a step names or guesses, and a random choice of the others; and the logarithm of how many
    items each of them stands for (importance sampling)."""
    needed = np.union1d(targets, named.numpy()[named.numpy() < items])
    drawn = np.setdiff1d(rng.choice(items, min(classes, items), replace=False), needed)
    rows = np.concatenate([needed, drawn])
    stands = np.ones(len(rows))
    stands[len(needed) :] = (items - len(needed)) / max(len(drawn), 1)
    order = np.argsort(rows)
    return rows[order], np.log(stands[order]).astype(np.float32)
