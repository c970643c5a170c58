"""Putting a finished folder in the place of an older one, so that a crash at any moment leaves a whole one."""

from __future__ import annotations

import shutil
from pathlib import Path


def building(final: Path) -> Path:
    """An empty place beside `final` to build its successor in; what a broken build left there is removed."""
    place = final.with_name(f".{final.name}.building")
    shutil.rmtree(place, ignore_errors=True)
    return place


def replace_folder(new: Path, final: Path) -> None:
    """Put `new` in the place of `final`, which may exist. After a crash in the middle, `recover` undoes it."""
    old = _old(final)
    recover(final)
    shutil.rmtree(old, ignore_errors=True)
    if final.exists():
        final.rename(old)
    new.rename(final)
    shutil.rmtree(old, ignore_errors=True)


def recover(final: Path) -> None:
    """Bring back the last whole folder after a replacement that broke off; otherwise do nothing."""
    old = _old(final)
    if old.exists() and not final.exists():
        old.rename(final)


def _old(final: Path) -> Path:
    return final.with_name(f".{final.name}.old")
