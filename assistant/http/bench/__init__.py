"""Measuring the server: load, and faults at random moments."""

from assistant.http.bench.echo import EchoAssistant
from assistant.http.bench.faults import FaultReport, run_faults
from assistant.http.bench.load import LoadReport, run_load

__all__ = ["EchoAssistant", "FaultReport", "LoadReport", "run_faults", "run_load"]
