"""The HTTP door: an OpenAI-compatible API, a native one with typed events, and what operations need."""

from assistant.http.app import create_app
from assistant.http.options import ServerOptions

__all__ = ["ServerOptions", "create_app"]
