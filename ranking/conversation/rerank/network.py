"""A cross-encoder that reads a conversation once for all items: each item attends to it, it attends to no item."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertModel


class CrossNetwork(nn.Module):
    """BERT over (conversation, item text) pairs whose conversation part is shared by the items of a turn.

    Plain pairs would compute the conversation once for each item. With attention from item to conversation only, its
    keys and values are the same for all items, and fifty items cost some four times less.
    """

    def __init__(self, bert: BertModel, offset: int) -> None:
        """`offset` is the position of an item's first token: the most tokens of a conversation."""
        super().__init__()
        width: int = bert.config.hidden_size
        self.bert = bert
        self.offset = offset
        self.heads: int = bert.config.num_attention_heads
        last = nn.Linear(width, 1)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        self.head = nn.Sequential(nn.Linear(width, width), nn.GELU(), last)

    def forward(self, said: Tensor, items: Tensor) -> Tensor:
        """Scores of shape (n, k) for tokens `said` (n, words) and `items` (n, k, words); 0 is padding."""
        n, k, _ = items.shape
        heard, hidden = self._embedded(said, 0, 0), self._embedded(items.flatten(0, 1), self.offset, 1)
        spoken, written = _filled(said), _filled(items.flatten(0, 1))
        both = torch.cat([_each(spoken, k), written], dim=-1)
        layers: list[Any] = list(self.bert.encoder.layer)
        for layer in layers:
            asked, keys, values = self._parts(layer.attention.self, heard)
            own, own_keys, own_values = self._parts(layer.attention.self, hidden)
            together = torch.cat([_each(keys, k), own_keys], dim=2), torch.cat([_each(values, k), own_values], dim=2)
            hidden = _rest(layer, functional.scaled_dot_product_attention(own, *together, both), hidden)
            if layer is not layers[-1]:
                heard = _rest(layer, functional.scaled_dot_product_attention(asked, keys, values, spoken), heard)
        kept = (items > 0).flatten(0, 1).to(hidden.dtype)[..., None]
        pooled = (hidden * kept).sum(dim=1) / kept.sum(dim=1).clamp(min=1)
        scores: Tensor = self.head(pooled).view(n, k)
        return scores

    def _embedded(self, tokens: Tensor, start: int, kind: int) -> Tensor:
        places = torch.arange(start, start + tokens.shape[1]).expand_as(tokens)
        found: Tensor = self.bert.embeddings(tokens, torch.full_like(tokens, kind), places)
        return found

    def _parts(self, attention: Any, hidden: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, each of shape (n, heads, words, depth)."""
        parts = (getattr(attention, name)(hidden) for name in ("query", "key", "value"))
        query, key, value = (part.view(*hidden.shape[:2], self.heads, -1).transpose(1, 2) for part in parts)
        return query, key, value


def _each(values: Tensor, times: int) -> Tensor:
    """Every row so many times."""
    return values.repeat_interleave(times, dim=0)


def _filled(tokens: Tensor) -> Tensor:
    """True where a token stands, shape (n, 1, 1, words); the first place counts as one, so that no row is empty."""
    filled = tokens > 0
    filled[:, 0] = True
    return filled[:, None, None]


def _rest(layer: Any, mixed: Tensor, hidden: Tensor) -> Tensor:
    """What follows attention in a layer."""
    attended = layer.attention.output(mixed.transpose(1, 2).flatten(2), hidden)
    found: Tensor = layer.output(layer.intermediate(attended), attended)
    return found
