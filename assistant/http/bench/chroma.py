"""A private Chroma server for measurements: its data in a temporary folder, on a free loopback port."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.http.bench.programs import Program
from assistant.http.bench.server import free_port


@contextmanager
def chroma_server() -> Iterator[str]:
    """The server's URL; it is ended and removed afterwards."""
    program = str(Path(sys.executable).with_name("chroma"))
    with TemporaryDirectory() as folder:
        port = free_port()
        command = [program, "run", "--path", folder, "--host", "127.0.0.1", "--port", str(port)]
        with Program(command, port, "/api/v2/heartbeat", Path(folder) / "log") as server:
            server.wait()
            yield f"http://127.0.0.1:{port}"
