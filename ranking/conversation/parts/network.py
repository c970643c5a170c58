"""The network itself: one query attends to what was named and what was said, and meets the items."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import accumulate

import torch
from torch import Tensor, nn
from torch.nn import functional

from ranking.conversation.parts.inputs import Inputs
from ranking.conversation.parts.types import UTTERANCES
from retrieval.catalog import Catalog
from retrieval.types import Item


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes of a network: vector width, attention heads, named items read, and the share of values dropped."""

    width: int = 128
    heads: int = 4
    mentions: int = 10
    dropout: float = 0.3


class ItemFacts:
    """The facts of each item as numbers: those of row i are `numbers[ends[i]:ends[i + 1]]`, below `count`."""

    def __init__(self, catalog: Catalog, fewest: int = 3) -> None:
        """Genres, people, keywords and five-year spans that at least `fewest` items share."""
        named = [_facts(catalog.item(row)) for row in range(len(catalog))]
        counts = Counter(fact for facts in named for fact in facts)
        columns: dict[str, int] = {}
        rows = [[columns.setdefault(fact, len(columns)) for fact in facts if counts[fact] >= fewest] for facts in named]
        self.numbers = torch.tensor([number for row in rows for number in row], dtype=torch.long)
        self.ends = torch.tensor([0, *accumulate(map(len, rows))])
        self.count = len(columns)

    def of(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """The numbers of these rows one after another, and where each row starts."""
        sizes = self.ends[rows + 1] - self.ends[rows]
        starts = sizes.cumsum(0) - sizes
        places = torch.arange(int(sizes.sum())) + (self.ends[rows] - starts).repeat_interleave(sizes)
        return self.numbers[places], starts


def _facts(item: Item) -> list[str]:
    span = () if item.year is None else (f"year {item.year // 5}",)
    people = (f"person {credit.name}" for credit in item.people)
    return list(dict.fromkeys((*(f"genre {genre}" for genre in item.genres), *people, *item.keywords, *span)))


class SeededDropout(nn.Module):
    """Dropout that draws from a generator of its own, so that networks trained side by side stay reproducible."""

    def __init__(self, share: float, generator: torch.Generator) -> None:
        super().__init__()
        self.share = share
        self.generator = generator

    def forward(self, values: Tensor) -> Tensor:
        """The values, `share` of them zero and the rest scaled up, while training."""
        if not self.training:
            return values
        kept = torch.empty(values.shape).bernoulli_(1.0 - self.share, generator=self.generator)
        return values * kept.div_(1.0 - self.share)


class Network(nn.Module):
    """An item is a learned vector, a projection of its text's embedding and its facts; so are those that were named."""

    def __init__(self, item_vectors: Tensor, facts: ItemFacts, words: int, sizes: Sizes, seed: int) -> None:
        super().__init__()
        width = sizes.width
        self.sizes = sizes
        self.generator = torch.Generator().manual_seed(seed)
        self.item_vectors: Tensor
        self.register_buffer("item_vectors", item_vectors, persistent=False)
        self.facts = facts
        self.fact = nn.Embedding(max(facts.count, 1), width)
        self.own = nn.Embedding(len(item_vectors), width)
        self.from_text = nn.Linear(item_vectors.shape[1], width, bias=False)
        self.from_said = nn.Linear(item_vectors.shape[1], width)
        self.place = nn.Embedding(sizes.mentions, width)
        self.speaker = nn.Embedding(3, width)
        self.said_place = nn.Embedding(UTTERANCES, width)
        self.role = nn.Embedding(3, width)
        self.word = nn.Embedding(words + 1, width, padding_idx=0)
        self.bias = nn.Parameter(torch.zeros(len(item_vectors)))
        self.first = nn.Parameter(torch.zeros(width))
        self.norm = nn.LayerNorm(width)
        self.asks, self.keys = nn.Linear(width, width), nn.Linear(width, width, bias=False)
        self.values, self.heard = nn.Linear(width, width), nn.Linear(width, width)
        self.dropout = SeededDropout(sizes.dropout, self.generator)
        self.forward_layer = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, 2 * width),
            nn.GELU(),
            self.dropout,
            nn.Linear(2 * width, width),
            self.dropout,
        )
        self.out = nn.Sequential(nn.LayerNorm(width), self.dropout, nn.Linear(width, width))
        self._initialise()

    def _initialise(self) -> None:
        with torch.no_grad():
            for name, value in self.named_parameters():
                if name.endswith("bias"):
                    value.zero_()
                elif value.dim() == 2:
                    table = isinstance(self.get_submodule(name.rpartition(".")[0]), nn.Embedding)
                    # An item that nobody names keeps its first vector: a long one would be noise in every score.
                    scale = (0.005 if name == "own.weight" else 0.02) if table else value.shape[1] ** -0.5 / 3**0.5
                    value.normal_(0.0, scale, generator=self.generator)
            self.word.weight[0] = 0.0

    def items(self, rows: Tensor | None = None) -> Tensor:
        """The vectors of these catalog rows (all by default), shape (rows, width)."""
        if rows is None:
            own, vectors, numbers, starts = self.own.weight, self.item_vectors, self.facts.numbers, self.facts.ends[:-1]
        else:
            own, vectors = self.own(rows), self.item_vectors[rows]
            numbers, starts = self.facts.of(rows)
        facts = functional.embedding_bag(numbers, self.fact.weight, starts, mode="sum")
        found: Tensor = own + self.from_text(vectors) + facts
        return found

    def query(self, inputs: Inputs, said_vectors: Tensor, items: Tensor) -> Tensor:
        """What is looked for, shape (n, width). `inputs.named` are places in `items`, len(items) for padding."""
        state, others, padding = self._tokens(inputs, said_vectors, items)
        hidden = self.dropout(torch.cat([state[:, None], others], dim=1))
        return self._read(hidden, torch.cat([torch.zeros_like(padding[:, :1]), padding], dim=1))

    def _tokens(self, inputs: Inputs, said_vectors: Tensor, items: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        padded = torch.cat([items, items.new_zeros(1, items.shape[1])])
        named = functional.embedding(inputs.named, padded) + self.place.weight + self.speaker(inputs.speakers)
        here = inputs.said > 0
        said = (self.said_place.weight + self.role(inputs.roles)).masked_fill(~here[..., None], 0.0)
        if here.any():
            said = said.index_put((here,), self.from_said(said_vectors[inputs.said[here]]), accumulate=True)
        present = (inputs.words > 0).float()
        if self.training:
            present = present * (torch.rand(present.shape, generator=self.generator) > 0.2)
        bag = functional.embedding_bag(
            inputs.words, self.word.weight, per_sample_weights=present, mode="sum", padding_idx=0
        )
        state = self.first + bag / (present.sum(1, keepdim=True) + 1).sqrt()
        return state, torch.cat([named, said], dim=1), torch.cat([inputs.named == len(items), ~here], dim=1)

    def _read(self, hidden: Tensor, padding: Tensor) -> Tensor:
        """One transformer layer of which only the first place asks.

        With a single query, keys and values need not be computed for each place: qᵀ(Kx) is (Kᵀq)ᵀx, and the sum of
        aᵢVxᵢ is V times the sum of aᵢxᵢ.
        """
        count, _, width = hidden.shape
        heads, depth = self.sizes.heads, width // self.sizes.heads
        normed = self.norm(hidden)
        asked = self.asks(normed[:, 0]).view(count, heads, depth)
        asked = torch.einsum("nhd,hdw->nhw", asked, self.keys.weight.view(heads, depth, width))
        closeness = (asked @ normed.transpose(1, 2)).masked_fill(padding[:, None], -torch.inf) / depth**0.5
        pooled = self.dropout(closeness.softmax(dim=-1)) @ normed
        found = torch.einsum("nhw,hdw->nhd", pooled, self.values.weight.view(heads, depth, width))
        state = hidden[:, 0] + self.dropout(self.heard(found.reshape(count, width) + self.values.bias))
        query: Tensor = self.out(state + self.forward_layer(state))
        return query
