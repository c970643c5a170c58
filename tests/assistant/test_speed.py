"""The speed bench runs the whole way and the chain over the same items."""

from assistant.speed import run_speed_bench
from tests.tiny import WordEmbedder


def test_every_system_is_timed_with_and_without_limits():
    timings = list(run_speed_bench(WordEmbedder(), sizes=(500, 1000), chain_up_to=500))
    assert [(timing.system, timing.items, timing.filtered) for timing in timings] == [
        ("concierge", 500, False),
        ("concierge", 500, True),
        ("langchain + chroma", 500, False),
        ("langchain + chroma", 500, True),
        ("concierge", 1000, False),
        ("concierge", 1000, True),
    ]
    assert all(0 < timing.p50_ms <= timing.p95_ms for timing in timings)
