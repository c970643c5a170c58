"""A BERT encoder as plain tensor operations: what the library's module computes, without the checks on the way."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional
from transformers import BertModel
from transformers.activations import ACT2FN

_MESSAGE = 16
"""Tokens of a common message, for which weights are laid out."""


@dataclass(frozen=True, slots=True)
class _Dense:
    weight: Tensor
    bias: Tensor

    def __call__(self, hidden: Tensor) -> Tensor:
        if self.weight.is_mkldnn:
            product: Tensor = torch.ops.mkldnn._linear_pointwise(hidden, self.weight, self.bias, "none", [], "")
            return product
        return functional.linear(hidden, self.weight, self.bias)

    def laid_out(self) -> _Dense:
        """With the weights as the kernels of oneDNN read them. Else they are laid out for every product, which takes as
        long as the product of a message. In float32 plain weights are as quick."""
        if self.weight.dtype != torch.bfloat16 or quickest_dtype() != torch.bfloat16:
            return self
        return _Dense(torch.ops.mkldnn._reorder_linear_weight(self.weight, _MESSAGE), self.bias)


@dataclass(frozen=True, slots=True)
class _Layer:
    attend: _Dense
    attended: _Dense
    attended_norm: _Dense
    widen: _Dense
    narrow: _Dense
    narrowed_norm: _Dense


class BertEncoder:
    """Token numbers to the vectors of the last layer (Devlin et al., 2019), for texts of one length: no padding.

    A short message costs half of what it costs through the library's module, whose checks take as long as the products,
    and a third in bfloat16.
    """

    def __init__(self, model: BertModel, dtype: torch.dtype) -> None:
        """Products are computed in `dtype`."""
        config, learned = model.config, model.state_dict()

        def dense(*names: str, dtype: torch.dtype = dtype) -> _Dense:
            """The layers of these names as one, their outputs side by side."""
            parts = ([learned[f"{name}.{kind}"] for name in names] for kind in ("weight", "bias"))
            return _Dense(*(torch.cat(part).to(dtype) for part in parts))

        self.dimensions: int = config.hidden_size
        self._dtype, self._heads, self._eps = dtype, config.num_attention_heads, config.layer_norm_eps
        self._activation = ACT2FN[config.hidden_act]
        self._words = learned["embeddings.word_embeddings.weight"]
        first_type = learned["embeddings.token_type_embeddings.weight"][0]
        self._positions = learned["embeddings.position_embeddings.weight"] + first_type
        self._embedded_norm = dense("embeddings.LayerNorm", dtype=torch.float32)
        self._layers = [
            _Layer(
                dense(*(f"{block}.attention.self.{part}" for part in ("query", "key", "value"))).laid_out(),
                dense(f"{block}.attention.output.dense").laid_out(),
                dense(f"{block}.attention.output.LayerNorm"),
                dense(f"{block}.intermediate.dense").laid_out(),
                dense(f"{block}.output.dense").laid_out(),
                dense(f"{block}.output.LayerNorm"),
            )
            for block in (f"encoder.layer.{number}" for number in range(config.num_hidden_layers))
        ]

    @torch.inference_mode()
    def __call__(self, tokens: Tensor) -> Tensor:
        """The vectors of tokens of shape (texts, length), shape (texts, length, dimensions)."""
        texts, length = tokens.shape
        hidden = functional.embedding(tokens, self._words) + self._positions[:length]
        hidden = self._norm(hidden, self._embedded_norm).to(self._dtype)
        for layer in self._layers:
            parts = layer.attend(hidden).view(texts, length, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
            mixed = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2]).transpose(1, 2).flatten(2)
            hidden = self._norm(hidden + layer.attended(mixed), layer.attended_norm)
            wide = self._activation(layer.widen(hidden))
            hidden = self._norm(hidden + layer.narrow(wide), layer.narrowed_norm)
        return hidden.float()

    def _norm(self, hidden: Tensor, norm: _Dense) -> Tensor:
        return functional.layer_norm(hidden, (self.dimensions,), norm.weight, norm.bias, self._eps)


def quickest_dtype() -> torch.dtype:
    """bfloat16 where the processor multiplies it natively, some three times as fast; else float32."""
    able = torch.cpu.get_capabilities()
    native = able.get("amx_bf16") or able.get("avx512_bf16")
    return torch.bfloat16 if native else torch.float32
