"""Every prompt as a versioned file, and loading them."""

from prompts.loader import Prompt, PromptError, latest, load, load_file, names, parse_reference, versions

__all__ = ["Prompt", "PromptError", "latest", "load", "load_file", "names", "parse_reference", "versions"]
