"""A cross-encoder over (conversation, item text), weighed beside the ranking whose best it looks at again."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from torch import Tensor
from tqdm import tqdm
from transformers import AutoTokenizer, BertConfig, BertModel, PreTrainedTokenizerBase
from transformers.utils import logging as transformers_logging

from ranking.conversation.corpus import Turn
from ranking.conversation.rerank.fine_tuning import CrossEncoderConfig, Inputs, fine_tune, products
from ranking.conversation.rerank.groups import Group
from ranking.conversation.rerank.network import CrossNetwork
from ranking.conversation.store import ModelError
from retrieval.catalog import Catalog
from retrieval.item_text import item_text
from retrieval.types import Rows

logger = logging.getLogger(__name__)

FOLDER = "cross-encoder"
_META, _WEIGHTS = "cross-encoder.json", "weights.pt"
_CHARACTERS = 16
"""More than a token has: what lies beyond so many a token is not read anyway."""


class CrossEncoder:
    """Scores to add to a ranking's, times `weight`."""

    def __init__(
        self,
        network: CrossNetwork,
        tokenizer: PreTrainedTokenizerBase,
        catalog: Catalog,
        config: CrossEncoderConfig,
        weight: float = 1.0,
    ) -> None:
        self.network = network.eval()
        self.tokenizer = tokenizer
        self.catalog = catalog
        self.config = config
        self.weight = weight
        self._items: dict[int, list[int]] = {}

    @property
    def depth(self) -> int:
        """How many of the best are looked at again."""
        return self.config.depth

    @classmethod
    def fit(
        cls, base: Path, catalog: Catalog, groups: Sequence[Group], config: CrossEncoderConfig, progress: bool = True
    ) -> CrossEncoder:
        """Fine-tune the BERT in the folder `base`, and weigh it on dialogs that it has not seen.

        Raises ValueError when there are too few groups.
        """
        own = np.array([group.turn.own for group in groups])
        dialogs = np.random.default_rng(config.seed).permutation(np.unique(own))
        held = np.isin(own, dialogs[: int(len(dialogs) * config.held)])
        if held.all() or not held.any():
            raise ValueError(f"only {len(groups)} turns have gold among their candidates: too few for a cross-encoder")
        tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True)
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        with torch.random.fork_rng():
            torch.manual_seed(config.seed)
            settings = BertConfig.from_pretrained(base, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
            bert = BertModel.from_pretrained(
                base, config=settings, local_files_only=True, add_pooling_layer=False, dtype=torch.float32
            )
            model = cls(CrossNetwork(bert, config.said_tokens), tokenizer, catalog, config)
            told = [group for group, out in zip(groups, held, strict=True) if not out]
            fine_tune(model.network, told, model._inputs, config, progress)
        kept = [group for group, out in zip(groups, held, strict=True) if out]
        model.weight = model._weigh(kept[: config.weighed], progress)
        if not model.weight:
            logger.warning("the cross-encoder adds nothing on dialogs it has not seen: it gets no weight")
        return model

    def scores(self, turn: Turn, rows: Rows) -> NDArray[np.float64]:
        """What to add for each of these rows, shape (rows,)."""
        return self._scored(self._said([turn]), self._texts([rows]))

    def _inputs(self, groups: Sequence[Group]) -> Inputs:
        return Inputs(self._said([group.turn for group in groups]), self._texts([group.rows for group in groups]))

    def _weigh(self, groups: Sequence[Group], progress: bool) -> float:
        """The weight beside the ranking's score that makes the held gold likeliest; 0 when none helps."""
        added = self._added(groups, progress)

        def surprise(factors: NDArray[np.float64]) -> float:
            total = 0.0
            for group, more in zip(groups, added, strict=True):
                logits = factors[0] * group.prior + factors[1] * more
                total += np.logaddexp.reduce(logits) - np.logaddexp.reduce(logits[: group.gold])
            return total / len(groups)

        found = minimize(surprise, np.array([1.0, 1.0]), method="L-BFGS-B", bounds=[(0.05, None), (0.0, None)])
        return float(found.x[1] / found.x[0])

    def _added(self, groups: Sequence[Group], progress: bool) -> list[NDArray[np.float64]]:
        """The scores of each group's rows, several groups side by side on one thread each."""
        inputs = [(self._said([group.turn]), self._texts([group.rows])) for group in groups]
        with ThreadPoolExecutor(torch.get_num_threads(), initializer=torch.set_num_threads, initargs=(1,)) as pool:
            found = pool.map(lambda pair: self._scored(*pair), inputs)
            return list(tqdm(found, total=len(inputs), desc="Weighing", unit=" groups", disable=not progress))

    def _scored(self, said: Tensor, items: Tensor) -> NDArray[np.float64]:
        with torch.inference_mode(), products():
            found: NDArray[np.float64] = self.network(said, items)[0].double().numpy()
        return found

    def _said(self, turns: Sequence[Turn]) -> Tensor:
        tokens = self._tokens([spoken(turn, self.catalog)[-_CHARACTERS * self.config.said_tokens :] for turn in turns])
        return _padded([[self.tokenizer.cls_token_id, *said[1 - self.config.said_tokens :]] for said in tokens])

    def _texts(self, rows: Sequence[Rows]) -> Tensor:
        missing = [row for row in np.unique(np.concatenate(rows)).tolist() if row not in self._items]
        texts = [item_text(self.catalog.item(row))[: _CHARACTERS * self.config.item_tokens] for row in missing]
        for row, tokens in zip(missing, self._tokens(texts), strict=True):
            self._items[row] = [*tokens[: self.config.item_tokens - 1], self.tokenizer.sep_token_id]
        flat = _padded([self._items[row] for each in rows for row in each.tolist()])
        return flat.view(len(rows), -1, flat.shape[1])

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        if not texts:
            return []
        found: list[list[int]] = self.tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
        return found

    def save(self, model_dir: Path) -> None:
        """Write weights, tokenizer and settings into a folder of their own in `model_dir`."""
        folder = model_dir / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        self.tokenizer.save_pretrained(folder)
        self.network.bert.config.save_pretrained(folder)
        torch.save({name: value.half() for name, value in self.network.state_dict().items()}, folder / _WEIGHTS)
        content: dict[str, Any] = {"config": asdict(self.config), "weight": self.weight}
        (folder / _META).write_text(json.dumps(content, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, model_dir: Path, catalog: Catalog) -> CrossEncoder:
        """Read what `save` wrote; pickled code is refused. Raises ModelError when there is none."""
        folder = model_dir / FOLDER
        try:
            content = json.loads((folder / _META).read_text(encoding="utf-8"))
            config = CrossEncoderConfig(**content["config"])
            network = CrossNetwork(
                BertModel(BertConfig.from_pretrained(folder), add_pooling_layer=False), config.said_tokens
            )
            network.load_state_dict(torch.load(folder / _WEIGHTS, weights_only=True))
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise ModelError(f"no usable cross-encoder in {folder} ({error}); train with --cross-encoder") from error
        return cls(network, tokenizer, catalog, config, content["weight"])


def spoken(turn: Turn, catalog: Catalog) -> str:
    """What was said, and who said it; where nothing was, the titles that the person named."""
    if turn.said:
        return " ".join(f"{utterance.role}: {utterance.text}" for utterance in turn.said)
    titles = ", ".join(catalog.item(row).label() for row in turn.liked.tolist())
    return f"user: I like {titles}" if titles else "user: hello"


def _padded(tokens: Sequence[Sequence[int]]) -> Tensor:
    found = torch.zeros(len(tokens), max(map(len, tokens)), dtype=torch.long)
    for row, values in zip(found, tokens, strict=True):
        row[: len(values)] = torch.tensor(values)
    return found
