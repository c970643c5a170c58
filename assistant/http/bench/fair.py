"""Patient people and an impatient one at the same engine: does everybody get a turn?"""

from __future__ import annotations

import itertools
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from tempfile import TemporaryDirectory

import httpx

from assistant.http.app import create_app
from assistant.http.bench.server import serving
from assistant.http.options import ServerOptions
from assistant.http.talk import Conversationalist
from assistant.memory import open_memory

_LONGEST = 300.0


@dataclass(frozen=True, slots=True)
class FairReport:
    """What was counted; times in seconds. Patient people send a message when the one before was answered, the impatient
    one has many open all the time. `least` and `most` are turns of a patient person. `by_rules` turns of patient people
    did without the language model, because too many calls waited for it."""

    patient: int
    impatient_open: int
    seconds: float
    least: int
    most: int
    impatient_turns: int
    median: float
    longest: float
    impatient_median: float
    by_rules: int
    errors: int

    @property
    def passed(self) -> bool:
        """Nobody starves: no error, the one with the fewest turns has half of the most, and no turn takes three times
        the median."""
        return not self.errors and self.least > 0 and 2 * self.least >= self.most and self.longest <= 3 * self.median

    def __str__(self) -> str:
        """One line per figure."""
        return "\n".join(f"{name:18} {value}" for name, value in asdict(self).items())


@dataclass
class _Person:
    name: str
    times: list[float] = field(default_factory=list)
    by_rules: int = 0
    errors: int = 0

    def run(self, client: httpx.Client, messages: Sequence[str], until: float) -> None:
        """Send one message after another, each a conversation of its own."""
        said = itertools.cycle(messages)
        while time.monotonic() < until:
            began = time.monotonic()
            answer = client.post("/api/chat", json={"message": next(said), "user": self.name})
            if '"stored": true' not in answer.text:
                self.errors += 1
                time.sleep(1)
                continue
            self.by_rules += "event: problem" in answer.text
            self.times.append(time.monotonic() - began)


def run_fair(
    assistant: Conversationalist,
    messages: Sequence[str],
    *,
    patient: int = 6,
    impatient: int = 12,
    seconds: float = 120.0,
) -> FairReport:
    """Let `patient` people talk for so long, beside one who always has `impatient` messages open."""
    people = [_Person("impatient") for _ in range(impatient)] + [_Person(f"p{n}") for n in range(patient)]
    with (
        TemporaryDirectory() as folder,
        open_memory(f"sqlite:///{folder}/fair.db") as memory,
        serving(create_app(assistant, memory, ServerOptions())) as address,
        httpx.Client(base_url=address, timeout=_LONGEST, trust_env=False, limits=httpx.Limits()) as client,
    ):
        until = time.monotonic() + seconds
        threads = [
            threading.Thread(target=person.run, args=(client, [*messages[n:], *messages[:n]], until), daemon=True)
            for n, person in enumerate(people)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(seconds + _LONGEST)
    calm, hasty = people[impatient:], people[:impatient]
    times = [one for person in calm for one in person.times] or [0.0]
    return FairReport(
        patient=patient,
        impatient_open=impatient,
        seconds=seconds,
        least=min(len(person.times) for person in calm),
        most=max(len(person.times) for person in calm),
        impatient_turns=sum(len(person.times) for person in hasty),
        median=round(statistics.median(times), 1),
        longest=round(max(times), 1),
        impatient_median=round(statistics.median([one for person in hasty for one in person.times] or [0.0]), 1),
        by_rules=sum(person.by_rules for person in calm),
        errors=sum(person.errors for person in people),
    )
