"""Several web workers behind one address, over one database: a conversation goes on whichever of them answers."""

from __future__ import annotations

import itertools
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from tqdm import tqdm

from assistant.http.bench.clients import Client, back, lost_and_doubled
from assistant.http.bench.echo_engine import STAND_IN
from assistant.http.bench.nginx import WORKER, nginx
from assistant.http.bench.programs import Program
from assistant.http.bench.server import free_port
from assistant.memory import open_memory

MESSAGES = (
    "a warm comedy from the 90s",
    "something with dreams and memory",
    "no horror please",
    "I loved The Matrix",
    "rather after 2000",
    "slow and quiet, with a sad end",
)
TALK_TURNS = 8
_PAUSE = 0.2
_SETTLE = 2.0
"""Seconds until the proxy asks something again that did not answer."""

Command = Callable[[int], Sequence[str]]
"""A web worker's command line for a port; its database, and the address of its model, come in the environment."""


def serve(port: int) -> Sequence[str]:
    """The product itself as a worker."""
    return (sys.executable, "-P", "-m", "assistant", "serve", "--port", str(port))


@dataclass(frozen=True, slots=True)
class WorkersReport:
    """What was counted. `spread` conversations of `conversations` were answered by more than one worker; `least_share`
    is the smallest share of the turns that a worker had before any was killed. `repeats` are cards that a conversation
    brought twice. A request `failed_in_flight` was at work when something was killed; any other that failed is
    `failed_otherwise`. `without_model` turns went on by rules. `back_after` is the longest time in seconds from a kill
    to the end of the next whole turn that began after it."""

    workers: int
    models: int
    kills: int
    turns: int
    feedback: int
    conversations: int
    spread: int
    least_share: float
    lost: int
    doubled: int
    repeats: int
    failed_in_flight: int
    failed_otherwise: int
    without_model: int
    stuck: int
    back_after: float

    @property
    def passed(self) -> bool:
        """Nothing lost, doubled or shown again, nothing failed but what was at work on something killed, and
        conversations went from worker to worker."""
        harm = self.lost or self.doubled or self.repeats or self.failed_otherwise or self.stuck
        return not harm and self.spread > 0 and self.turns > 0 and self.feedback > 0

    def __str__(self) -> str:
        """One line per figure."""
        return "\n".join(f"{name:22} {value}" for name, value in asdict(self).items())


def run_workers(
    database_url: str,
    *,
    worker: Command = serve,
    environment: Mapping[str, str] | None = None,
    workers: int = 2,
    models: int = 2,
    clients: int = 4,
    kills: int = 4,
    calm: float = 10.0,
    progress: bool = True,
) -> WorkersReport:
    """People talk and click through nginx, first for `calm` seconds; then a worker, and in turn a copy of the language
    model (a stand-in for one), is killed, turns go on without it, and it is started again.

    Raises RuntimeError when something does not start.
    """
    stop = threading.Event()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        settings = {"DATABASE_URL": database_url, **(environment or {})}
        address, webs, copies = _site(stack, folder, worker, settings, workers, models)
        people = [Client(f"worker{n}", address, stop, MESSAGES, TALK_TURNS, WORKER, _PAUSE) for n in range(clients)]
        threads = [threading.Thread(target=person.run, daemon=True) for person in people]
        for thread in threads:
            thread.start()
        try:
            stuck = int(not back(people, time.monotonic()))
            time.sleep(calm)
            share = _least_share(people, workers)
            killed: dict[float, float] = {}
            victims = list(itertools.islice(_in_turn(webs, copies), kills))
            for victim in tqdm(victims, "kills", disable=not progress, file=sys.stderr):
                victim.kill()
                moment = time.monotonic()
                stuck += not back(people, moment)
                killed[moment] = time.monotonic() - moment
                victim.start()
                victim.wait()
                time.sleep(_SETTLE)
                stuck += not back(people, time.monotonic())
        finally:
            stop.set()
            for thread in threads:
                thread.join(60)
        with open_memory(database_url) as memory:
            lost, doubled = lost_and_doubled(memory, people)
    failures = [failure for person in people for failure in person.failures]
    in_flight = sum(any(began <= moment <= ended + 1 for moment in killed) for began, ended in failures)
    shown = [cards for person in people for cards in person.shown.values()]
    answered = [counts for person in people for counts in person.workers.values()]
    return WorkersReport(
        workers=workers,
        models=models,
        kills=kills,
        turns=sum(counts.total() for counts in answered),
        feedback=sum(len(person.feedback) for person in people),
        conversations=len(answered),
        spread=sum(len(counts) > 1 for counts in answered),
        least_share=round(share, 2),
        lost=lost,
        doubled=doubled,
        repeats=sum(len(cards) - len(set(cards)) for cards in shown),
        failed_in_flight=in_flight,
        failed_otherwise=len(failures) - in_flight,
        without_model=sum(person.without_model for person in people),
        stuck=stuck,
        back_after=round(max(killed.values(), default=0.0), 2),
    )


def _site(
    stack: ExitStack, folder: Path, worker: Command, settings: dict[str, str], workers: int, models: int
) -> tuple[str, list[Program], list[Program]]:
    """Start all of it, and wait until it is ready: the address, the workers, and the copies of the model."""
    folder.chmod(0o755)  # nginx' own processes are somebody else's
    web, router, *free = [free_port() for _ in range(2 + workers + models)]
    behind_web, behind_router = free[:workers], free[workers:]
    if models:
        settings |= {"CONCIERGE_ENGINE": "address", "LLM_BASE_URL": f"http://127.0.0.1:{router}/v1"}
    copies = [
        Program([*STAND_IN, "--port", str(port)], port, "/health", folder / "model.log") for port in behind_router
    ]
    webs = [
        Program(worker(port), port, "/readyz", folder / f"{port}.log", settings, _able(models)) for port in behind_web
    ]
    proxy = nginx((web, behind_web), (router, behind_router or [router]), folder)  # a group without servers is an error
    for program in (*copies, proxy, *webs):
        stack.enter_context(program)
    for program in (*copies, *webs, proxy):
        program.wait()
    return f"http://127.0.0.1:{web}", webs, copies


def _in_turn(webs: Sequence[Program], copies: Sequence[Program]) -> Iterator[Program]:
    """A worker, a copy of the model, the next worker, the next copy, …"""
    groups = [itertools.cycle(group) for group in (webs, copies) if group]
    return (next(group) for group in itertools.cycle(groups))


def _able(models: int) -> Callable[[httpx.Response], bool]:
    """Whether a worker takes turns, with the language model where there is one."""
    wanted = {"ready"} if models else {"ready", "degraded"}
    return lambda answer: answer.status_code == httpx.codes.OK and answer.json()["status"] in wanted


def _least_share(people: Sequence[Client], workers: int) -> float:
    """The smallest share of the turns so far that one worker answered."""
    counts: Counter[str] = Counter()
    for person in people:
        for answered in list(person.workers.values()):
            counts += answered
    return min(counts.values()) / counts.total() if len(counts) >= workers else 0.0
