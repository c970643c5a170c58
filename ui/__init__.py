"""The page."""

from ui.blocks import build_page, mount_page
from ui.stored import StoredHistory
from ui.types import History

__all__ = ["History", "StoredHistory", "build_page", "mount_page"]
