"""How well messages are understood, and whether whole conversations go as they should."""

from prompts.evaluation.dialogue.bench import run_dialogue_bench
from prompts.evaluation.dialogue.conversations import Conversation, Outcome, load_conversations, play
from prompts.evaluation.dialogue.iard import IntentScore, evaluate_iard
from prompts.evaluation.dialogue.messages import MessageScore, load_messages, score_messages

__all__ = [
    "Conversation",
    "IntentScore",
    "MessageScore",
    "Outcome",
    "evaluate_iard",
    "load_conversations",
    "load_messages",
    "play",
    "run_dialogue_bench",
    "score_messages",
]
