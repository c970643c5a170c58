"""What a supervisor looks after: a server that we start as a child process, or one that runs elsewhere."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx2

from assistant.engines import watch
from assistant.engines.openai_client import OpenAIModel, network
from assistant.engines.types import EngineError

STOP_SECONDS = 10.0
LARGEST_LOG = 5_000_000


class Server(Protocol):
    """One server at a time, that can be started again after it ended."""

    @property
    def kind(self) -> str:
        """Where it runs, as in `LanguageModel.kind`."""
        ...

    @property
    def start_seconds(self) -> float:
        """How long a start may take before it counts as failed."""
        ...

    def start(self) -> None:
        """Begin to start; returns at once. Raises EngineError when it cannot even begin."""
        ...

    def ended(self) -> str | None:
        """Why it is gone, or None while it is there as far as is known without asking it."""
        ...

    def connect(self, timeout: float) -> OpenAIModel | None:
        """The model when the server is ready to answer, None when it is not yet. Raises EngineError when hopeless."""
        ...

    def healthy(self, timeout: float) -> bool:
        """Whether the server answers a question about its health."""
        ...

    def stop(self) -> None:
        """End it if it is ours."""
        ...


@dataclass(frozen=True, slots=True)
class Command:
    """How to start a server as a child process: the command line for a port, and the environment for a key."""

    kind: str
    model: str
    arguments: Callable[[int], list[str]]
    environment: Callable[[str], Mapping[str, str]]
    start_seconds: float = 120.0


@dataclass
class ChildServer:
    """A server as a child process on 127.0.0.1, on a free port and behind a random key of its own at every start."""

    command: Command
    log: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _port: int = field(default=0, init=False)
    _key: str = field(default="", init=False)

    @property
    def kind(self) -> str:
        """As the command says."""
        return self.command.kind

    @property
    def start_seconds(self) -> float:
        """As the command says."""
        return self.command.start_seconds

    @property
    def pid(self) -> int | None:
        """The process id of the watcher while there is one; the server is its only child."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the process, its output going to the log."""
        self.stop()
        self._port, self._key = free_port(), secrets.token_urlsafe(24)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        try:
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(  # noqa: S603
                    [sys.executable, "-P", watch.__file__, *self.command.arguments(self._port)],
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    env={**os.environ, **self.command.environment(self._key)},
                )
        except OSError as error:
            raise EngineError(f"{self.kind} could not be started: {error}.") from error

    def ended(self) -> str | None:
        """Its exit code and where to read more, once it is gone."""
        if self._process is None:
            return f"{self.kind} was not started."
        code = self._process.poll()
        return None if code is None else f"{self.kind} ended with code {code}; see {self.log}."

    def connect(self, timeout: float) -> OpenAIModel | None:
        """The model once the server says that its weights are loaded."""
        if not self.healthy(timeout):
            return None
        return OpenAIModel(f"http://127.0.0.1:{self._port}/v1", self.command.model, kind=self.kind, api_key=self._key)

    def healthy(self, timeout: float) -> bool:
        """Whether GET /health answers 200; llama.cpp and vLLM both have it."""
        return _answers(f"http://127.0.0.1:{self._port}/health", self._key, timeout)

    def stop(self) -> None:
        """End the process: kindly, then by force."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin is not None:
            process.stdin.close()


@dataclass
class RemoteServer:
    """A server that somebody else runs, at an OpenAI-compatible address. Without a name, its first model is taken."""

    base_url: str
    model: str | None = None
    api_key: str | None = None
    start_seconds: float = 5.0
    kind: str = "openai-compatible"
    transport: httpx2.BaseTransport | None = None

    def start(self) -> None:
        """Nothing to start."""

    def ended(self) -> str | None:
        """It is not ours to know."""
        return None

    def connect(self, timeout: float) -> OpenAIModel | None:
        """The model, its name asked from the server when it was not given; None while nothing listens there."""
        response = self._models(timeout)
        if response is None or response.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR:
            return None
        if response.status_code in {httpx2.codes.UNAUTHORIZED, httpx2.codes.FORBIDDEN}:
            raise EngineError(f"{self.base_url} refused the key; set LLM_API_KEY to one that it accepts.")
        name = self.model or _first_model(response)
        if name is None:
            raise EngineError(f"{self.base_url}/models names no model; check LLM_BASE_URL, or set LLM_MODEL.")
        return OpenAIModel(self.base_url, name, kind=self.kind, api_key=self.api_key, transport=self.transport)

    def healthy(self, timeout: float) -> bool:
        """Whether the list of models can be fetched."""
        response = self._models(timeout)
        return response is not None and response.status_code < httpx2.codes.INTERNAL_SERVER_ERROR

    def stop(self) -> None:
        """Not ours to stop."""

    def _models(self, timeout: float) -> httpx2.Response | None:
        headers = {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        try:
            with httpx2.Client(transport=self.transport, **network(self.base_url)) as client:
                return client.get(f"{self.base_url.rstrip('/')}/models", headers=headers, timeout=timeout)
        except httpx2.HTTPError:
            return None


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _answers(url: str, key: str, timeout: float) -> bool:
    try:
        response = httpx2.get(url, headers={"Authorization": f"Bearer {key}"}, timeout=timeout, **network(url))
    except httpx2.HTTPError:
        return False
    return response.status_code == httpx2.codes.OK


def _first_model(response: httpx2.Response) -> str | None:
    try:
        return str(response.json()["data"][0]["id"])
    except (ValueError, KeyError, IndexError, TypeError):
        return None
