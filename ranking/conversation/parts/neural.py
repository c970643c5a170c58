"""A small transformer over what was named and what was said, with all items as classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from ranking.conversation.corpus import Corpus, Turn
from ranking.conversation.parts.inputs import Inputs, aligned, count_words, known_words
from ranking.conversation.parts.types import UTTERANCES, Batch, Matrix


@dataclass(frozen=True, slots=True)
class NeuralConfig:
    """Sizes and training. An example is a turn, or (silent) a place in a dialog whose next item is to be guessed."""

    width: int = 128
    heads: int = 4
    dropout: float = 0.3
    mentions: int = 10
    words: int = 64
    least_word_count: int = 5
    epochs: int = 7
    batch: int = 512
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    later: float = 0.7
    silent_examples: int = 25_000
    seed: int = 0


class Network(nn.Module):
    """Items are a learned vector plus a projection of their text's embedding; the query is the transformer's first."""

    def __init__(self, item_vectors: Tensor, words: int, config: NeuralConfig) -> None:
        super().__init__()
        width = config.width
        self.register_buffer("item_vectors", item_vectors, persistent=False)
        self.own = nn.Embedding(len(item_vectors), width)
        self.from_text = nn.Linear(item_vectors.shape[1], width, bias=False)
        self.from_said = nn.Linear(item_vectors.shape[1], width)
        self.place = nn.Embedding(config.mentions, width)
        self.speaker = nn.Embedding(3, width)
        self.said_place = nn.Embedding(UTTERANCES, width)
        self.role = nn.Embedding(3, width)
        self.word = nn.Embedding(words + 1, width, padding_idx=0)
        self.bias = nn.Parameter(torch.zeros(len(item_vectors)))
        self.first = nn.Parameter(torch.zeros(1, 1, width))
        for table in (self.own, self.place, self.speaker, self.said_place, self.role, self.word):
            nn.init.normal_(table.weight, std=0.05 if table is self.own else 0.02)
        # One layer of which only the first place is read: the others give keys and values, no queries.
        self.norm = nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, config.heads, config.dropout, batch_first=True)
        self.forward_layer = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, 2 * width),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(2 * width, width),
            nn.Dropout(config.dropout),
        )
        self.out = nn.Sequential(nn.LayerNorm(width), nn.Dropout(config.dropout), nn.Linear(width, width))
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, inputs: Inputs, vectors: Tensor) -> Tensor:
        """Logits of shape (n, items); `vectors` are the embeddings that `inputs.said` points to."""
        items: Tensor = self.own.weight + self.from_text(self.item_vectors)
        padded = torch.cat([items, items.new_zeros(1, items.shape[1])])
        named = functional.embedding(inputs.named, padded) + self.place.weight + self.speaker(inputs.speakers)
        said = self.from_said(functional.embedding(inputs.said, vectors)) + self.said_place.weight
        said = said + self.role(inputs.roles)
        present = (inputs.words > 0).float()
        if self.training:
            present = present * (torch.rand_like(present) > 0.2)
        bag = functional.embedding_bag(
            inputs.words, self.word.weight, per_sample_weights=present, mode="sum", padding_idx=0
        )
        bag = bag / (present.sum(1, keepdim=True) + 1).sqrt()
        first = self.first + bag[:, None]
        hidden = self.dropout(torch.cat([first, named, said], dim=1))
        nothing = torch.zeros(len(first), 1, dtype=torch.bool)
        padding = torch.cat([nothing, inputs.named == len(items), inputs.said == 0], dim=1)
        normed = self.norm(hidden)
        attended, _ = self.attention(normed[:, :1], normed, normed, key_padding_mask=padding, need_weights=False)
        state = hidden[:, 0] + self.dropout(attended[:, 0])
        query = self.out(state + self.forward_layer(state))
        logits: Tensor = query @ items.T + self.bias
        return logits


class Neural:
    """The network with its vocabulary. Scores are log-probabilities."""

    def __init__(self, network: Network, vocabulary: Mapping[str, int], config: NeuralConfig) -> None:
        self.network = network.eval()
        self.vocabulary = vocabulary
        self.config = config

    @classmethod
    def fit(
        cls,
        corpus: Corpus,
        batch: Batch,
        item_vectors: Matrix,
        config: NeuralConfig,
        note: str = "",
        progress: bool = True,
    ) -> Neural:
        """Train on the corpus' dialogs and on `batch`, its turns. AdamW, one cycle (Smith & Topin, 2018)."""
        torch.manual_seed(config.seed)
        rng = np.random.default_rng(config.seed)
        vocabulary = count_words(corpus.turns, config.least_word_count)
        network = Network(torch.from_numpy(item_vectors), len(vocabulary), config)
        fitted = cls(network, vocabulary, config)
        inputs, targets = fitted._examples(corpus, batch, rng)
        counts = np.bincount(np.concatenate([rows[:1] for rows in targets]), minlength=corpus.items)
        network.bias.data = torch.from_numpy(np.log(counts + 0.5) - np.log(counts.sum() + 1)).float()
        fitted._train(inputs, targets, torch.from_numpy(batch.vectors), rng, note, progress)
        network.eval()
        return fitted

    def _train(
        self,
        inputs: Inputs,
        targets: Sequence[NDArray[np.int64]],
        vectors: Tensor,
        rng: np.random.Generator,
        note: str,
        progress: bool,
    ) -> None:
        config, network = self.config, self.network
        optimiser = torch.optim.AdamW(
            network.parameters(), config.learning_rate, weight_decay=config.weight_decay, fused=True
        )
        steps = config.epochs * -(-len(targets) // config.batch)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, config.learning_rate, max(steps, 2), pct_start=0.1)
        network.train()
        with tqdm(total=steps, desc=f"Network {note}".strip(), disable=not progress) as bar:
            for _ in range(config.epochs):
                order = rng.permutation(len(targets))
                for start in range(0, len(order), config.batch):
                    places = order[start : start + config.batch]
                    logs = functional.log_softmax(network(inputs.take(places), vectors), dim=-1)
                    loss = -_expected([targets[place] for place in places], logs, config.later) / len(places)
                    optimiser.zero_grad()
                    loss.backward()  # type: ignore[no-untyped-call]
                    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                    optimiser.step()
                    schedule.step()
                    bar.update()

    def scores(self, batch: Batch) -> Mapping[str, Matrix]:
        """`neural`: the log-probability of each item being named next."""
        inputs = self._inputs(batch, [turn.liked for turn in batch.turns], [turn.speakers for turn in batch.turns])
        with torch.inference_mode():
            logits = self.network(inputs, torch.from_numpy(batch.vectors))
            return {"neural": functional.log_softmax(logits, dim=-1).numpy()}

    def _inputs(self, batch: Batch, named: Sequence[NDArray[np.int64]], speakers: Sequence[NDArray[np.int8]]) -> Inputs:
        items, width = len(self.network.bias), self.config.mentions
        words = np.zeros((len(batch), self.config.words), np.int64)
        for place, turn in enumerate(batch.turns):
            found = known_words(turn, self.vocabulary)[: self.config.words]
            words[place, : len(found)] = found
        return Inputs(
            torch.from_numpy(aligned(named, width, items)),
            torch.from_numpy(aligned(speakers, width, 0)),
            torch.from_numpy(batch.said),
            torch.from_numpy(batch.roles),
            torch.from_numpy(words),
        )

    def _examples(
        self, corpus: Corpus, batch: Batch, rng: np.random.Generator
    ) -> tuple[Inputs, list[NDArray[np.int64]]]:
        kept = np.array([place for place, turn in enumerate(batch.turns) if len(turn.gold)], np.int64)
        told = batch.take(kept)
        spoken = self._inputs(told, [turn.liked for turn in told.turns], [turn.speakers for turn in told.turns])
        targets = [_next(turn, corpus) for turn in told.turns]
        named: list[NDArray[np.int64]] = []
        most = int(np.clip(self.config.silent_examples // max(len(corpus.dialogs), 1), 2, 20))
        for rows in corpus.dialogs:
            places = np.arange(len(rows))
            if len(places) > most:
                places = rng.choice(places, most, replace=False)
            for place in places:
                named.append(rows[max(0, place - self.config.mentions) : place])
                targets.append(rows[place : place + 8])
        count, width = len(named), self.config.mentions
        silent = Inputs(
            torch.from_numpy(aligned(named, width, corpus.items)),
            torch.zeros(count, width, dtype=torch.long),
            torch.zeros(count, UTTERANCES, dtype=torch.long),
            torch.zeros(count, UTTERANCES, dtype=torch.long),
            torch.zeros(count, self.config.words, dtype=torch.long),
        )
        joined = Inputs(*(torch.cat([getattr(spoken, name), getattr(silent, name)]) for name in Inputs.__slots__))
        return joined, targets

    def save(self, path: Path) -> None:
        """Write weights and vocabulary; the item vectors are the model's, not this file's."""
        content: dict[str, Any] = {"weights": self.network.state_dict(), "vocabulary": dict(self.vocabulary)}
        torch.save(content, path)

    @classmethod
    def load(cls, path: Path, item_vectors: Matrix, config: NeuralConfig) -> Neural:
        """Read what `save` wrote. Pickled code is refused."""
        content = torch.load(path, weights_only=True)
        network = Network(torch.from_numpy(item_vectors), len(content["vocabulary"]), config)
        network.load_state_dict(content["weights"])
        return cls(network, content["vocabulary"], config)


def _expected(targets: Sequence[NDArray[np.int64]], logs: Tensor, later: float) -> Tensor:
    """Sum over examples of the log-probability of what came next, and less of what came after that."""
    rows, columns, weights = [], [], []
    for row, target in enumerate(targets):
        fade = later ** np.arange(len(target))
        rows += [row] * len(target)
        columns += target.tolist()
        weights += (fade / fade.sum()).tolist()
    return (logs[rows, columns] * torch.tensor(weights, dtype=logs.dtype)).sum()


def _next(turn: Turn, corpus: Corpus) -> NDArray[np.int64]:
    """The gold items of a turn, then what its dialog names later."""
    dialog = corpus.dialogs[turn.own] if turn.own >= 0 else turn.gold
    fresh = ~np.isin(dialog, np.concatenate([turn.mentioned, turn.gold]))
    return np.concatenate([turn.gold, dialog[fresh]])[: len(turn.gold) + 8]
