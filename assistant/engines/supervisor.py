"""Keeps one server answering: health checks, restarts with back-off, and a circuit breaker."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from enum import StrEnum

from assistant.engines.openai_client import OpenAIModel
from assistant.engines.servers import Server
from assistant.engines.types import EngineBusy, EngineError, EngineLost, EngineTimeout, Message

log = logging.getLogger(__name__)


class EngineState(StrEnum):
    """What an engine is doing.

    Calls are let through in `READY` only; in the other states they fail at once, so that a turn can go on without.
    """

    STARTING = "starting"
    READY = "ready"
    DEGRADED = "degraded"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a supervisor waits for what, in seconds, and how much it takes."""

    poll: float = 0.2
    check_every: float = 5.0
    check_limit: float = 10.0
    first_back_off: float = 0.5
    longest_back_off: float = 60.0
    stable_after: float = 60.0
    """A server that was ready this long has its earlier failures forgiven."""
    failures: int = 3
    """So many late answers in a row lead to an examination, so many failed health checks to a restart."""
    examination: float = 30.0
    """The one-token answer that tells a slow server from a stuck one must come in this time."""


class Supervisor:
    """Starts a server in a thread of its own, watches it, and starts it again when it ends or hangs.

    A call may fail at any moment; then `report` it. All methods can be called from any thread.
    """

    def __init__(self, server: Server, patience: Patience | None = None) -> None:
        self._server = server
        self._patience = patience or Patience()
        self._changed = threading.Condition()
        self._state = EngineState.STOPPED
        self._reason = ""
        self._model: OpenAIModel | None = None
        self._starts = 0
        self._strikes = 0
        self._last_sign = 0.0
        self._examine = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> EngineState:
        """What the engine is doing now."""
        with self._changed:
            return self._state

    @property
    def reason(self) -> str:
        """Why the server was lost or did not start; empty while all is well."""
        with self._changed:
            return self._reason

    @property
    def starts(self) -> int:
        """How many times the server became ready."""
        with self._changed:
            return self._starts

    def model(self) -> OpenAIModel:
        """The model to call.

        Raises
        ------
        EngineError
            at once while the server is not ready, saying what is the matter.
        """
        with self._changed:
            if self._state is EngineState.READY and self._model is not None:
                return self._model
            if self._state is EngineState.STARTING:
                raise EngineError(f"{self._server.kind} is still starting; try again in a few seconds.")
            if self._state is EngineState.STOPPED:
                raise EngineError(f"{self._server.kind} is stopped.")
            raise EngineError(f"{self._server.kind} is not available and will be tried again. {self._reason}".strip())

    def start(self) -> None:
        """Begin to start the server; returns at once. Does nothing when it is running."""
        with self._changed:
            if self._thread is not None:
                return
            self._stopping.clear()
            self._set(EngineState.STARTING)
            # Children are tied to the thread that started them, so one thread starts them all and lives until the end.
            self._thread = threading.Thread(target=self._run, name=f"supervisor-{self._server.kind}", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop the server and wait for its end."""
        with self._changed:
            thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stopping.set()
        self._examine.set()
        thread.join()

    def wait_ready(self, timeout: float) -> bool:
        """Wait until the server answers; False when it does not in time, or failed to start (see `reason`)."""
        with self._changed:
            self._changed.wait_for(lambda: self._state is not EngineState.STARTING, timeout)
            return self._state is EngineState.READY

    def report(self, error: EngineError) -> None:
        """Tell that a call failed. Only what may be the server's own trouble leads to an examination."""
        with self._changed:
            if isinstance(error, EngineTimeout):
                self._strikes += 1
            if isinstance(error, EngineLost) or self._strikes >= self._patience.failures:
                self._examine.set()

    def sign_of_life(self) -> None:
        """Tell that something came from the server."""
        with self._changed:
            self._strikes = 0
            self._last_sign = time.monotonic()

    def _run(self) -> None:
        back_off = self._patience.first_back_off
        while not self._stopping.is_set():
            began = time.monotonic()
            reason = self._start_and_watch()
            if self._stopping.is_set():
                break
            if time.monotonic() - began > self._patience.stable_after:
                back_off = self._patience.first_back_off
            log.warning("%s Next attempt in %.1f s.", reason, back_off)
            with self._changed:
                self._set(EngineState.DEGRADED, reason)
            self._server.stop()
            self._stopping.wait(back_off)
            with self._changed:
                self._set(EngineState.STARTING, reason)
            back_off = min(back_off * 2, self._patience.longest_back_off)
        self._server.stop()
        with self._changed:
            self._set(EngineState.STOPPED)

    def _start_and_watch(self) -> str:
        """One life of the server; returns why it came to an end."""
        try:
            self._server.start()
            model = self._connect()
        except EngineError as error:
            return str(error)
        if model is None:
            return f"{self._server.kind} was not ready within {self._server.start_seconds:g} s."
        with self._changed:
            self._model, self._starts, self._strikes = model, self._starts + 1, 0
            self._examine.clear()
            self._set(EngineState.READY)
        try:
            return self._watch(model)
        finally:
            with self._changed:
                self._model = None
            model.close()

    def _connect(self) -> OpenAIModel | None:
        deadline = time.monotonic() + self._server.start_seconds
        while time.monotonic() < deadline and not self._stopping.is_set():
            if (gone := self._server.ended()) is not None:
                raise EngineError(gone)
            if (model := self._server.connect(self._patience.check_limit)) is not None:
                return model
            self._stopping.wait(self._patience.poll)
        return None

    def _watch(self, model: OpenAIModel) -> str:
        failed_checks = 0
        next_check = time.monotonic() + self._patience.check_every
        while not self._stopping.is_set():
            called = self._examine.wait(self._patience.poll)
            if self._stopping.is_set():
                break
            if (gone := self._server.ended()) is not None:
                return gone
            if called:
                self._examine.clear()
                if not self._answers(model):
                    return f"{self._server.kind} stopped answering."
            if time.monotonic() >= next_check:
                healthy = self._server.healthy(self._patience.check_limit)
                failed_checks = 0 if healthy else failed_checks + 1
                if failed_checks >= self._patience.failures:
                    return f"{self._server.kind} failed {failed_checks} health checks in a row."
                next_check = time.monotonic() + self._patience.check_every
        return ""

    def _answers(self, model: OpenAIModel) -> bool:
        """Whether a token comes out, ours or another's: a server can be healthy by its own account and yet be stuck."""
        began = time.monotonic()
        try:
            for _ in model.stream([Message("user", "Hi")], max_tokens=1, timeout=self._patience.examination):
                self.sign_of_life()
        except EngineTimeout:
            # On a busy server the question may have waited behind long answers.
            with self._changed:
                return self._last_sign > began
        except EngineBusy:
            return True
        except EngineError:
            return False
        return True

    def _set(self, state: EngineState, reason: str = "") -> None:
        self._state, self._reason = state, reason
        self._changed.notify_all()
