"""Saying why: facts, template lines, the groundedness check, and the streamed explanation."""

from assistant.explaining.explainer import Explainer, ExplainResult, Judged
from assistant.explaining.facts import CardFacts, Facts, gather, wish_lines
from assistant.explaining.grounding import Violation, check
from assistant.explaining.templates import reasons

__all__ = [
    "CardFacts",
    "ExplainResult",
    "Explainer",
    "Facts",
    "Judged",
    "Violation",
    "check",
    "gather",
    "reasons",
    "wish_lines",
]
