"""The parts: each gives every catalog row a few numbers for a turn."""
