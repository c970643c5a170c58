"""Small helpers for building HTML. Everything that comes from users, items or models goes through `esc`."""

from __future__ import annotations

import html
from collections.abc import Iterable


def esc(text: object) -> str:
    """The text as HTML text or as the value of a quoted attribute; markup in it is shown, never obeyed."""
    return html.escape(str(text), quote=True)


def paragraphs(text: str) -> str:
    """Plain text as paragraphs: empty lines divide, single line breaks stay."""
    blocks = (block.strip() for block in text.replace("\r\n", "\n").split("\n\n"))
    return "".join(f"<p>{esc(block).replace(chr(10), '<br>')}</p>" for block in blocks if block)


def joined(pieces: Iterable[str]) -> str:
    """Pieces of HTML in a row."""
    return "".join(pieces)


def number(value: int) -> str:
    """A count with thousands separated."""
    return f"{value:,}"


_PATHS = {
    "like": '<path d="M12 20s-7-4.4-7-9.6A4 4 0 0 1 12 7.6a4 4 0 0 1 7 2.8C19 15.6 12 20 12 20z"/>',
    "reject": '<path d="M6 6l12 12M18 6L6 18"/>',
    "seen": '<path d="M2.5 12S6 6 12 6s9.5 6 9.5 6-3.5 6-9.5 6-9.5-6-9.5-6z"/><circle cx="12" cy="12" r="2.6"/>',
    "more": '<rect x="4" y="7" width="10" height="13" rx="1.5"/><path d="M8 4h10.5a1.5 1.5 0 0 1 1.5 1.5V17"/>',
    "why": '<path d="M9 9.2a3 3 0 1 1 4.3 2.7c-.9.45-1.3 1.1-1.3 2.1"/><path d="M12 17.5v.01"/>',
    "compare": '<rect x="4" y="5" width="6.5" height="14" rx="1.2"/>'
    '<rect x="13.5" y="5" width="6.5" height="14" rx="1.2"/>',
    "send": '<path d="M12 19V5M6 11l6-6 6 6"/>',
    "stop": '<rect x="7" y="7" width="10" height="10" rx="1.5"/>',
    "undo": '<path d="M8 5L4 9l4 4"/><path d="M4 9h10a5.5 5.5 0 0 1 0 11h-3"/>',
    "retry": '<path d="M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.4"/><path d="M20 4.5v5h-5"/>',
    "edit": '<path d="M5 19l.8-3.6L16 5.2l2.8 2.8L8.6 18.2z"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "history": '<circle cx="12" cy="12" r="8"/><path d="M12 7.5V12l3 2"/>',
    "taste": '<path d="M5 7h8M17 7h2M5 12h2M11 12h8M5 17h9M18 17h1"/><circle cx="15" cy="7" r="2"/>'
    '<circle cx="9" cy="12" r="2"/><circle cx="16" cy="17" r="2"/>',
    "settings": '<circle cx="12" cy="12" r="3"/><path d="M12 3.5v3M12 17.5v3M3.5 12h3M17.5 12h3'
    'M6 6l2.1 2.1M15.9 15.9L18 18M18 6l-2.1 2.1M8.1 15.9L6 18"/>',
    "close": '<path d="M6 6l12 12M18 6L6 18"/>',
    "soften": '<path d="M4 14c2.5-4.5 5.5-4.5 8-2s5.5 2.5 8-2"/>',
    "check": '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
    "note": '<path d="M12 8v5M12 16.5v.01"/><circle cx="12" cy="12" r="8.5"/>',
    "star": '<path d="M12 4l2.4 5.1 5.6.7-4.1 3.9 1 5.6L12 16.6 7.1 19.3l1-5.6L4 9.8l5.6-.7z"/>',
    "download": '<path d="M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14"/>',
    "trash": '<path d="M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7"/>',
}


def icon(name: str) -> str:
    """A drawn icon, 24 by 24 units, in the colour of the text; hidden from screen readers."""
    return f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{_PATHS[name]}</svg>'
