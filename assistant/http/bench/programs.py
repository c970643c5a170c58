"""Programs that a measurement starts, kills and starts again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import httpx

_START_SECONDS = 180.0


@dataclass
class Program:
    """A server as a child process, in a process group of its own; `ready` looks at the answer of its address `path`."""

    command: Sequence[str]
    port: int
    path: str
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[httpx.Response], bool] = lambda answer: answer.status_code == httpx.codes.OK
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it; returns at once."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )

    def wait(self) -> None:
        """Until it is ready. Raises RuntimeError when it ends first, or takes too long."""
        limit = time.monotonic() + _START_SECONDS
        while self._process is not None and self._process.poll() is None and time.monotonic() < limit:
            with suppress(httpx.HTTPError):
                if self.ready(httpx.get(f"http://127.0.0.1:{self.port}{self.path}", timeout=5, trust_env=False)):
                    return
            time.sleep(0.05)
        raise RuntimeError(f"{' '.join(self.command[:5])} did not start: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """End it and its children at once."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def __enter__(self) -> Program:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
