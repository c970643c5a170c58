"""The bench of turns: times, and what both sides suggest, judged by the same limits."""

from prompts.evaluation.turns import time_turns
from tests.fakes import QueueModel


def test_both_are_timed_and_judged(make_assistant):
    said = "1. Inception (2010)\n2. **Alien** (1979)\n3. A Film That Is Nowhere (1985)\nand more"
    model = QueueModel(["{}", "1. A film.", said])
    report = time_turns(make_assistant(model), model, ["something after 2005, no horror, quokkas"])
    assert report.messages == 1
    assert report.cards_ms <= report.whole_ms
    assert report.memory_ms > 0
    assert (report.our_unknown, report.our_broken) == (0, 0)
    assert round(report.memory_unknown, 2) == 0.33
    assert round(report.memory_broken, 2) == 0.67
    assert "from memory 33%" in str(report)
