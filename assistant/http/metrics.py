"""What Prometheus reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from assistant.events import Usage

EngineStatus = Callable[[], tuple[str, str, str]]
"""Kind, model and state of the engine."""

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80)


class Metrics:
    """The counters of one web process, in a registry of their own."""

    def __init__(self, engine_status: EngineStatus) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "concierge_http_requests",
            "Requests by route and status.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.turns = Counter(
            "concierge_turns", "Turns by door and outcome.", ["door", "outcome"], registry=self.registry
        )
        self.degraded = Counter("concierge_degraded_turns", "Turns without the language model.", registry=self.registry)
        self.problems = Counter("concierge_problems", "Problems in turns.", ["kind"], registry=self.registry)
        self.calls = Counter("concierge_llm_calls", "Calls of the language model.", registry=self.registry)
        self.tokens = Counter("concierge_llm_tokens", "Tokens of the language model.", ["kind"], registry=self.registry)
        self.steps = Histogram(
            "concierge_step_seconds",
            "Time of a turn's steps; understand, cards, first_word and total count from its beginning.",
            ["step"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.feedback = Counter("concierge_feedback", "Feedback stored.", ["kind"], registry=self.registry)
        self.working = Gauge("concierge_turns_in_progress", "Turns in progress.", registry=self.registry)
        self.registry.register(_Engine(engine_status))

    def turn(self, door: str, outcome: str, usage: Usage, timings_ms: Mapping[str, float], degraded: bool) -> None:
        """Count one turn. The outcome is "stored", "stopped" or "failed"."""
        self.turns.labels(door, outcome).inc()
        self.calls.inc(usage.calls)
        self.tokens.labels("prompt").inc(usage.prompt_tokens)
        self.tokens.labels("completion").inc(usage.completion_tokens)
        if degraded:
            self.degraded.inc()
        for step, milliseconds in timings_ms.items():
            self.steps.labels(step).observe(milliseconds / 1000)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self.registry)


class _Engine(Collector):
    """The engine's state, asked when the metrics are read."""

    def __init__(self, status: EngineStatus) -> None:
        self._status = status

    def collect(self) -> Iterable[Metric]:
        kind, model, state = self._status()
        family = GaugeMetricFamily("concierge_engine_up", "1 when it answers.", labels=["kind", "model", "state"])
        family.add_metric([kind, model, state], 1.0 if state == "ready" else 0.0)
        yield family
