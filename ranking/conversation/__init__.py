"""Ranking for recorded conversations: features of a dialog, a learned ranker over them, and its measures."""
