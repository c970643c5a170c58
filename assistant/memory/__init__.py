"""What Concierge remembers: conversations, feedback, taste and API keys, in SQLite or PostgreSQL."""

from assistant.memory.conversations import Conversations
from assistant.memory.database import Conflict, MemoryFull, MemoryProblem, MemoryUnavailable, NotFound
from assistant.memory.keys import SCOPES, ApiKey, Keys, Scope
from assistant.memory.learning import Learning
from assistant.memory.memory import Memory, open_memory
from assistant.memory.privacy import Forgotten, Privacy
from assistant.memory.records import Conversation, Feedback, FeedbackKind, TasteLine, Turn
from assistant.memory.states import dump_state, load_state
from assistant.memory.turns import NewTurn

__all__ = [
    "SCOPES",
    "ApiKey",
    "Conflict",
    "Conversation",
    "Conversations",
    "Feedback",
    "FeedbackKind",
    "Forgotten",
    "Keys",
    "Learning",
    "Memory",
    "MemoryFull",
    "MemoryProblem",
    "MemoryUnavailable",
    "NewTurn",
    "NotFound",
    "Privacy",
    "Scope",
    "TasteLine",
    "Turn",
    "dump_state",
    "load_state",
    "open_memory",
]
