"""What to show first, and the evidence for it."""
