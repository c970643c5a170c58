"""A web process to be killed: `python -m assistant.http.bench.child PORT DATABASE_URL`."""

from __future__ import annotations

import sys

import uvicorn

from assistant.http.app import create_app
from assistant.http.bench.echo import EchoAssistant
from assistant.http.options import ServerOptions
from assistant.memory import open_memory


def main(port: int, url: str) -> None:
    """Serve an echo until somebody ends it."""
    with open_memory(url) as memory:
        app = create_app(EchoAssistant(), memory, ServerOptions(turns_waiting=1000))
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
