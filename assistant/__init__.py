"""The conversation: state, understanding, explaining, memory, and the doors to it."""
