"""What the server sends to the page: one JSON value that says all that should be on the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from retrieval.catalog import Catalog
from ui import panels
from ui.session import Session
from ui.strings import Strings, strings
from ui.turns import parts, whole
from ui.types import Summary

_SENT_WORDS = ("reading", "conversation", "taste", "compare_pick", "skip", "offline")
"""The words that the script itself puts on the page."""


@dataclass(frozen=True, slots=True)
class Once:
    """What happens once with a view: text for the composer, words for screen readers, a dialog, a file, a problem."""

    compose: str | None = None
    announce: str = ""
    dialog: str = ""
    compared: str = ""
    download: Mapping[str, str] | None = None
    problem: str = ""
    forgotten: bool = False


def view(
    session: Session,
    catalog: Catalog,
    kept: Sequence[Summary],
    engine: tuple[str, str, str],
    once: Once,
    *,
    redraw: bool,
    around: bool = True,
) -> dict[str, Any]:
    """The view of a session. It is complete for its epoch: a view that is lost on the way is made good by the next.

    With `redraw` the turns before the last are in it too, for a page that shows another epoch. Without `around` it has
    the conversation alone, for the words that stream in.
    """
    words = strings(session.language)
    session.seq += 1
    live, past = session.live, session.turns[:-1]
    return {
        "seq": session.seq,
        "epoch": session.epoch,
        "language": session.language,
        "conversation": session.id,
        "person": session.person,
        "turns": [whole(turn, words, one_before) for one_before, turn in zip((None, *past), past, strict=False)]
        if redraw
        else None,
        "live": {"id": live.id, "parts": parts(live, words, past[-1] if past else None)} if live else None,
        "regions": _regions(session, catalog, kept, engine, once, words) if around else {},
        "busy": bool(live and live.stage not in ("done", "stopped")),
        "compose": once.compose,
        "announce": once.announce,
        "dialog": once.dialog,
        "download": once.download,
        "forgotten": once.forgotten,
        "words": {name: words[name] for name in _SENT_WORDS},
    }


def _regions(
    session: Session,
    catalog: Catalog,
    kept: Sequence[Summary],
    engine: tuple[str, str, str],
    once: Once,
    words: Strings,
) -> dict[str, str]:
    """What stands around the conversation."""
    return {
        "header": panels.header(words),
        "welcome": panels.welcome(len(catalog), words, undoable=bool(session.past) and not session.turns),
        "composer": panels.composer(words),
        "footer": panels.footer(words),
        "taste": panels.taste(session.state, catalog, words, once.problem),
        "history": panels.history(tuple(kept), session.id, session.memory, words),
        "settings": panels.settings(session, catalog, engine, words),
        "compare": once.compared,
    }
