"""An engine: a supervised server, with a queue in front of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TypeVar

from pydantic import BaseModel

from assistant.engines.queue import CallQueue
from assistant.engines.servers import Server
from assistant.engines.supervisor import EngineState, Patience, Supervisor
from assistant.engines.types import Chunk, EngineError, Generation, LanguageModel, Message

Schema = TypeVar("Schema", bound=BaseModel)
log = logging.getLogger(__name__)

WARM_SECONDS = 120.0


class Engine:
    """Starts, guards and stops a language model. Use it as a context manager.

    Parameters
    ----------
    server
        what to supervise.
    name
        the model's name, as far as it is known before the server was asked.
    running, waiting
        calls answered at once, and calls that may wait; one more gets EngineBusy.
    """

    def __init__(
        self, server: Server, name: str = "", *, running: int = 2, waiting: int = 32, patience: Patience | None = None
    ) -> None:
        self._server = server
        self._supervisor = Supervisor(server, patience)
        self._queue = CallQueue(running, waiting)
        self._model = _Guarded(server.kind, name, self._supervisor, self._queue)
        self._prompts: tuple[tuple[Message, ...], ...] = ()
        self._warmer: threading.Thread | None = None
        self._warm = threading.Event()
        self._stopping = threading.Event()

    @property
    def kind(self) -> str:
        """Where the model runs: "llama.cpp", "vllm" or "openai-compatible"."""
        return self._server.kind

    @property
    def model(self) -> LanguageModel:
        """The model. It can be kept: it survives restarts, and raises EngineError while there is no server."""
        return self._model

    @property
    def state(self) -> EngineState:
        """starting, ready, degraded or stopped."""
        return self._supervisor.state

    @property
    def reason(self) -> str:
        """Why the engine is degraded; empty otherwise."""
        return self._supervisor.reason

    @property
    def waiting(self) -> int:
        """How many calls wait in the queue."""
        return self._queue.waiting

    @property
    def starts(self) -> int:
        """How many times the server became ready; more than one means that it was restarted."""
        return self._supervisor.starts

    def start(self) -> None:
        """Begin to start; returns at once."""
        self._stopping.clear()
        self._supervisor.start()

    def stop(self) -> None:
        """Stop the server if it is ours, and wait for its end."""
        self._stopping.set()
        self._supervisor.stop()
        if self._warmer is not None:
            self._warmer.join()
            self._warmer = None

    def wait_ready(self, timeout: float) -> bool:
        """Wait until the model can be called; False when it cannot (see `reason`)."""
        return self._supervisor.wait_ready(timeout)

    def warm(self, prompts: Sequence[Sequence[Message]]) -> None:
        """Read the fixed beginnings of the prompts in the background, now and after every restart.

        The server keeps what it has read, so that the first person does not wait for it. Returns at once.
        """
        self._prompts = tuple(tuple(prompt) for prompt in prompts)
        if self._warmer is None and self._prompts:
            self._warmer = threading.Thread(target=self._keep_warm, name="engine-warmer", daemon=True)
            self._warmer.start()

    def wait_warm(self, timeout: float) -> bool:
        """Wait until the prompts given to `warm` have been read once; False when it took longer."""
        return self._warm.wait(timeout) if self._prompts else True

    def _keep_warm(self) -> None:
        warmed = 0
        while not self._stopping.is_set():
            if self.state is EngineState.READY and (starts := self.starts) > warmed:
                warmed = starts
                for prompt in self._prompts:
                    try:
                        for _ in self._model.stream(prompt, max_tokens=1, timeout=WARM_SECONDS):
                            pass
                    except EngineError as error:
                        log.info("A prompt could not be read in advance: %s", error)
                self._warm.set()
            self._stopping.wait(0.2)

    def __enter__(self) -> Engine:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Guarded:
    """The model as others see it: waits in the queue, asks the supervisor for the server, reports how it went."""

    def __init__(self, kind: str, name: str, supervisor: Supervisor, queue: CallQueue) -> None:
        self._kind = kind
        self._name = name
        self._supervisor = supervisor
        self._queue = queue

    @property
    def kind(self) -> str:
        return self._kind

    @property
    def name(self) -> str:
        if not self._name:
            try:
                self._name = self._supervisor.model().name
            except EngineError:
                return ""
        return self._name

    def structured(
        self, messages: Sequence[Message], schema: type[Schema], *, max_tokens: int, timeout: float
    ) -> Generation[Schema]:
        self._supervisor.model()
        with self._queue.turn(timeout) as waited:
            try:
                generation = self._supervisor.model().structured(
                    messages, schema, max_tokens=max_tokens, timeout=_left(timeout, waited)
                )
            except EngineError as error:
                self._supervisor.report(error)
                raise
        self._supervisor.sign_of_life()
        return generation

    def first_token(self, messages: Sequence[Message], *, timeout: float) -> dict[str, float]:
        self._supervisor.model()
        with self._queue.turn(timeout) as waited:
            try:
                likely = self._supervisor.model().first_token(messages, timeout=_left(timeout, waited))
            except EngineError as error:
                self._supervisor.report(error)
                raise
        self._supervisor.sign_of_life()
        return likely

    def stream(self, messages: Sequence[Message], *, max_tokens: int, timeout: float) -> Iterator[Chunk]:
        self._supervisor.model()
        with self._queue.turn(timeout) as waited:
            pieces = self._supervisor.model().stream(messages, max_tokens=max_tokens, timeout=_left(timeout, waited))
            try:
                for chunk in pieces:
                    self._supervisor.sign_of_life()
                    yield chunk
            except EngineError as error:
                self._supervisor.report(error)
                raise
            finally:
                pieces.close()  # type: ignore[attr-defined]  # a generator, typed as an iterator


def _left(timeout: float, waited: float) -> float:
    """What the queue left of the time, but enough to try."""
    return max(timeout - waited, min(timeout, 1.0))
