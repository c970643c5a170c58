"""Reading a pickled pandas table without running what a pickle may ask for."""

from __future__ import annotations

import importlib
import io
import lzma
import pickle
from pathlib import Path

import pandas as pd

_ALLOWED = frozenset(
    {
        ("pandas.core.frame", "DataFrame"),
        ("pandas.core.internals.managers", "BlockManager"),
        ("pandas._libs.internals", "_unpickle_block"),
        ("pandas.core.indexes.base", "_new_Index"),
        ("pandas.core.indexes.base", "Index"),
        ("pandas.core.indexes.range", "RangeIndex"),
        ("numpy._core.numeric", "_frombuffer"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy", "dtype"),
        ("numpy", "ndarray"),
        ("builtins", "slice"),
    }
)


class _TableUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        # numpy 1 wrote "numpy.core"; numpy 2 keeps that name only with a warning.
        module = module.replace("numpy.core.", "numpy._core.", 1) if module.startswith("numpy.core.") else module
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"the file asks for {module}.{name}, which a table has no need of; not read")
        return getattr(importlib.import_module(module), name)


def read_table(path: Path) -> pd.DataFrame:
    """The table in an xz-compressed pickle, only the names that a plain pandas table needs being allowed.

    Raises pickle.UnpicklingError for any other name (nothing of it is run) or when it holds no table.
    """
    with lzma.open(path) as file:
        table = _TableUnpickler(io.BytesIO(file.read())).load()
    if not isinstance(table, pd.DataFrame):
        raise pickle.UnpicklingError(f"{path} holds a {type(table).__name__}, not a table")
    return table
