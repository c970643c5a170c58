"""Web processes to be killed: `python -m assistant.http.bench.child PORT DATABASE_URL`.

This process imports everything once and serves nothing. For each line on standard input it forks a web process and
prints its number: so a new one is there in a moment, and every one of them opens the database afresh.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

import uvicorn

from assistant.http.app import create_app
from assistant.http.bench.echo import EchoAssistant
from assistant.http.options import ServerOptions
from assistant.memory import open_memory


def _end_with(parent: int) -> None:
    """End this process when its parent is gone: nobody would end it any more."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def serve(port: int, url: str, parent: int) -> None:
    """Serve an echo until somebody ends it."""
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    with open_memory(url) as memory:
        app = create_app(EchoAssistant(), memory, ServerOptions(turns_waiting=1000))
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")


def main(port: int, url: str) -> None:
    """Fork a web process for each line that comes in."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed ones leave nothing behind
    parent = os.getpid()
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            serve(port, url, parent)
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
