"""Which rows of a catalog say a word: in a title, a keyword, a tagline or a description."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrieval.postings import Postings
from retrieval.types import Rows

_SCRIPT_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def rows_saying(words: str, texts: Iterable[pa.Array], keywords: Postings, size: int) -> Rows:
    """The rows, of `size`, in which these words stand as whole words, a plural tolerated, in any case.

    `texts` are columns with one text per row; a keyword counts when it holds the words ("ghost" in "ghost story").
    """
    pattern = _pattern(words)
    if not pattern:
        return np.empty(0, dtype=np.int64)
    said = np.zeros(size, dtype=np.bool_)
    known = re.compile(pattern, re.IGNORECASE)
    keywords.mark(said, [words, *(name for name in keywords.names if known.search(name))], value=True)
    for text in texts:
        found = pc.match_substring_regex(text, pattern, ignore_case=True)
        said |= pc.fill_null(found, False).to_numpy(zero_copy_only=False)
    return np.flatnonzero(said)


def _pattern(words: str) -> str:
    """In the syntax that `re` and RE2 share; "" for what has no letter or digit."""
    parts = [re.escape(part) for part in re.findall(r"[^\W_]+(?:'[^\W_]+)*", words.casefold())]
    if not parts:
        return ""
    if _SCRIPT_WITHOUT_SPACES.search(words):
        return "".join(parts)
    last = parts[-1]
    stem, ending = (last[:-3], "(?:y|ies)") if last.endswith("ies") and len(last) > 4 else (last, "(?:s|es)?")
    if last.endswith("y") and len(last) > 3:
        stem, ending = last[:-1], "(?:y|ies)"
    elif last.endswith("s") and not last.endswith(("ss", "ies")) and len(last) > 3:
        stem = last[:-1]
    return r"(?:^|\W)" + r"[\W_]+".join([*parts[:-1], stem]) + ending + r"(?:\W|$)"
