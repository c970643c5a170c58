"""The page."""

from ui.page import build_page, mount_page
from ui.types import History

__all__ = ["History", "build_page", "mount_page"]
