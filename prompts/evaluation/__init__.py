"""Suites, checks, simulated users and reports for prompts."""
