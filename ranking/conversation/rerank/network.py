"""A cross-encoder that reads a conversation once for all items: each item attends to it, it attends to no item."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
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
        self.head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.GELU(), nn.Linear(width, 1))

    def forward(self, said: Tensor, items: Tensor) -> Tensor:
        """Scores of shape (n, k) for tokens `said` (n, words) and `items` (n, k, words); 0 is padding."""
        n, k, _ = items.shape
        items = items.flatten(0, 1)
        heard, hidden = self._embedded(said, 0, 0), self._embedded(items, self.offset, 1)
        unheard, unread = _padding(said), _padding(items)
        layers: list[Any] = list(self.bert.encoder.layer)
        for layer in layers:
            asked, keys, values = self._parts(layer.attention.self, heard)
            own, own_keys, own_values = self._parts(layer.attention.self, hidden)
            to_said = _by_item(_by_turn(own, k) @ keys.transpose(2, 3) + unheard, k)
            weights = torch.cat([to_said, own @ own_keys.transpose(2, 3) + unread], dim=-1).softmax(dim=-1)
            from_said, from_own = weights[..., : said.shape[1]], weights[..., said.shape[1] :]
            mixed = _by_item(_by_turn(from_said, k) @ values, k) + from_own @ own_values
            hidden = _rest(layer, mixed, hidden)
            if layer is not layers[-1]:
                heard = _rest(layer, (asked @ keys.transpose(2, 3) + unheard).softmax(dim=-1) @ values, heard)
        kept = (items > 0).to(hidden.dtype)[..., None]
        pooled = (hidden * kept).sum(dim=1) / kept.sum(dim=1).clamp(min=1)
        scores: Tensor = self.head(pooled).view(n, k)
        return scores

    def _embedded(self, tokens: Tensor, start: int, kind: int) -> Tensor:
        places = torch.arange(start, start + tokens.shape[1]).expand_as(tokens)
        found: Tensor = self.bert.embeddings(tokens, torch.full_like(tokens, kind), places)
        return found

    def _parts(self, attention: Any, hidden: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Scaled queries, keys and values, each of shape (n, heads, words, depth)."""
        parts = (getattr(attention, name)(hidden) for name in ("query", "key", "value"))
        query, key, value = (part.view(*hidden.shape[:2], self.heads, -1).transpose(1, 2) for part in parts)
        return query * query.shape[-1] ** -0.5, key, value


def _by_turn(values: Tensor, k: int) -> Tensor:
    """(n * k, heads, words, …) to (n, heads, k * words, …): what the items of a turn ask goes into one product."""
    return values.reshape(-1, k, *values.shape[1:]).transpose(1, 2).flatten(2, 3)


def _by_item(values: Tensor, k: int) -> Tensor:
    """The way back."""
    return values.reshape(*values.shape[:2], k, -1, values.shape[-1]).transpose(1, 2).flatten(0, 1)


def _padding(tokens: Tensor) -> Tensor:
    """What keeps attention from padding, shape (n, 1, 1, words); the first place stays, so that no row is empty."""
    empty = tokens == 0
    empty[:, 0] = False
    return torch.zeros(tokens.shape).masked_fill_(empty, -1e4)[:, None, None]


def _rest(layer: Any, mixed: Tensor, hidden: Tensor) -> Tensor:
    """What follows attention in a layer."""
    attended = layer.attention.output(mixed.transpose(1, 2).flatten(2), hidden)
    found: Tensor = layer.output(layer.intermediate(attended), attended)
    return found
