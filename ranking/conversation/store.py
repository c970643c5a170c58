"""A fitted model as files, without pickle: arrays, LightGBM's text, torch weights, and one meta.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, load_npz, save_npz
from sklearn.feature_extraction.text import TfidfVectorizer

from ranking.conversation.learner import Learner
from ranking.conversation.model import ConversationModel
from ranking.conversation.parts.collaborative import CoMentions, DialogEASE, Popularity
from ranking.conversation.parts.content import Facts
from ranking.conversation.parts.linear import Encoding, Linear
from ranking.conversation.parts.network import ItemFacts
from ranking.conversation.parts.networks import Networks
from ranking.conversation.parts.neural import Neural
from ranking.conversation.parts.outside import OutsideRatings
from ranking.conversation.parts.text import WORD_SETTINGS, Meaning, SimilarTurns
from ranking.conversation.parts.types import Part
from ranking.ease import EASE
from retrieval.catalog import Catalog

META_FILE = "conversation.json"
FORMAT = 3


class ModelError(ValueError):
    """The folder holds no usable model; the message says what to do."""


def save_model(model: ConversationModel, folder: Path, meta: Mapping[str, Any]) -> None:
    """Write the model into `folder`, `meta` with it. The meta file comes last: without it the rest is not a model."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / META_FILE).unlink(missing_ok=True)
    model.catalog.save(folder)
    np.save(folder / "vectors.npy", model.item_vectors)
    kinds = [_save_part(part, folder, number) for number, part in enumerate(model.parts)]
    for old in folder.glob("ranker-*.txt"):
        old.unlink()
    model.learner.save(folder)
    known = sorted(model.known_dialogs)
    content = {"format": FORMAT, "parts": kinds, "chosen": model.chosen, "known_dialogs": known, **meta}
    (folder / META_FILE).write_text(json.dumps(content, indent=1), encoding="utf-8")


def read_meta(folder: Path) -> dict[str, Any]:
    """What was stored with the model. Raises ModelError when there is none, or one of another format."""
    path = folder / META_FILE
    if not path.is_file():
        raise ModelError(f"no conversational model in {folder}; run `concierge train --out {folder} …`")
    try:
        meta: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"{path} is damaged; train the model again") from error
    if meta.get("format") != FORMAT:
        raise ModelError(f"the model in {folder} was written by another version; train it again")
    return meta


def load_model(folder: Path) -> ConversationModel:
    """Read what `save_model` wrote. Raises ModelError when it is missing or incomplete."""
    meta = read_meta(folder)
    try:
        catalog = Catalog.load(folder)
        vectors = np.load(folder / "vectors.npy", allow_pickle=False)
        parts = tuple(_load_part(kind, folder, number, catalog, vectors) for number, kind in enumerate(meta["parts"]))
        known, chosen = frozenset(meta["known_dialogs"]), meta.get("chosen")
        return ConversationModel(catalog, vectors, parts, Learner.load(folder), known, chosen)
    except (OSError, KeyError) as error:
        raise ModelError(f"the model in {folder} is incomplete ({error}); train it again") from error


def _save_part(part: Part, folder: Path, number: int) -> dict[str, Any]:
    stem = folder / f"part-{number}"
    match part:
        case DialogEASE():
            part.model.save(stem.with_suffix(".npz"))
            return {"kind": "ease", "prefix": part.prefix}
        case OutsideRatings():
            part.ease.model.save(stem.with_suffix(".npz"))
            np.save(stem.with_suffix(".npy"), part.rated)
            return {"kind": "outside"}
        case CoMentions():
            save_npz(folder / f"part-{number}-together.npz", part.together)
            save_npz(folder / f"part-{number}-after.npz", part.after)
            np.save(stem.with_suffix(".npy"), part.counts)
            return {"kind": "co-mentions"}
        case Popularity():
            np.save(stem.with_suffix(".npy"), np.stack([part.named, part.opening, part.recommended]))
            return {"kind": "popularity"}
        case SimilarTurns():
            save_npz(folder / f"part-{number}-words.npz", part.word_keys)
            save_npz(folder / f"part-{number}-golds.npz", part.golds)
            np.savez(stem.with_suffix(".npz"), keys=part.keys, idf=part.words.idf_)
            words = {word: int(column) for word, column in part.words.vocabulary_.items()}
            stem.with_suffix(".json").write_text(json.dumps(words), encoding="utf-8")
            return {"kind": "turns"}
        case Networks():
            for place, member in enumerate(part.members):
                member.save(folder / f"part-{number}-{place}.pt")
            return {"kind": "networks", "folds": part.folds}
        case Linear():
            np.savez(
                stem.with_suffix(".npz"),
                places=part.encoding.items,
                weights=part.weights,
                targets=part.targets,
                items=np.int64(part.items),
            )
            stem.with_suffix(".json").write_text(json.dumps(dict(part.encoding.vocabulary)), encoding="utf-8")
            return {"kind": "linear"}
        case Meaning():
            return {"kind": "meaning"}
        case Facts():
            return {"kind": "facts"}
    raise TypeError(f"no way to save a {type(part).__name__}")


def _load_part(kind: Mapping[str, Any], folder: Path, number: int, catalog: Catalog, vectors: Any) -> Part:
    stem = folder / f"part-{number}"
    match kind["kind"]:
        case "ease":
            return DialogEASE(kind["prefix"], EASE.load(stem.with_suffix(".npz")))
        case "outside":
            ease = DialogEASE("outside", EASE.load(stem.with_suffix(".npz")))
            return OutsideRatings(ease, np.load(stem.with_suffix(".npy"), allow_pickle=False))
        case "co-mentions":
            together, after = (
                csr_matrix(load_npz(folder / f"part-{number}-{name}.npz")) for name in ("together", "after")
            )
            return CoMentions(together, after, np.load(stem.with_suffix(".npy"), allow_pickle=False))
        case "popularity":
            return Popularity(*np.load(stem.with_suffix(".npy"), allow_pickle=False))
        case "turns":
            word_keys, golds = (
                csr_matrix(load_npz(folder / f"part-{number}-{name}.npz")) for name in ("words", "golds")
            )
            vocabulary = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
            words = TfidfVectorizer(**WORD_SETTINGS, vocabulary=vocabulary)
            with np.load(stem.with_suffix(".npz"), allow_pickle=False) as stored:
                words.idf_ = stored["idf"]
                return SimilarTurns(stored["keys"], words, word_keys, golds)
        case "networks":
            items = (vectors, ItemFacts(catalog))
            paths = [folder / f"part-{number}-{place}.pt" for place in range(len(kind["folds"]))]
            return Networks(tuple(Neural.load(path, items) for path in paths), tuple(kind["folds"]))
        case "linear":
            vocabulary = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
            with np.load(stem.with_suffix(".npz"), allow_pickle=False) as stored:
                encoding = Encoding(stored["places"], vocabulary)
                return Linear(encoding, stored["weights"], stored["targets"], int(stored["items"]))
        case "meaning":
            return Meaning(vectors)
        case "facts":
            return Facts.fit(catalog)
    raise ModelError(f"unknown part {kind['kind']!r} in {folder}; train the model again")
