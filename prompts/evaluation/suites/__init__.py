"""The suites: what is measured, each with its cases as data."""

from prompts.evaluation.suites.base import SUITES, Suite, suite

__all__ = ["SUITES", "Suite", "suite"]
