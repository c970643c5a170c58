"""Buttons that stand in more than one place."""

from __future__ import annotations

from ui.markup import esc, icon
from ui.strings import Strings


def undo_button(words: Strings) -> str:
    """The button that takes the last step back."""
    return (
        f'<button type="button" class="quiet" data-do="undo" data-key="undo" '
        f'aria-label="{esc(words["undo_last"])}">{icon("undo")}{esc(words["undo"])}</button>'
    )


def close_button(words: Strings) -> str:
    """The button that closes a sheet."""
    label = esc(words["close"])
    return f'<button type="button" class="round close" data-do="close" aria-label="{label}">{icon("close")}</button>'
