"""Reading messages: rules, one call of a language model, and the act that both support."""

from assistant.understanding.understander import Understander, Understanding

__all__ = ["Understander", "Understanding"]
