"""Web processes to be killed: `python -m assistant.http.bench.child PORT DATABASE_URL FOLDER [ENGINE…]`.

This process imports everything once and serves nothing. For each line on standard input it forks a web process and
prints its number: so a new one is there in a moment, and every one of them opens the database afresh. ENGINE is the
program of a language model, which each web process starts and supervises.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import uvicorn

from assistant.http.app import create_app
from assistant.http.bench.echo import EchoAssistant
from assistant.http.bench.echo_engine import AskingEcho, supervised
from assistant.http.options import ServerOptions
from assistant.memory import open_memory


def _end_with(parent: int) -> None:
    """End this process when its parent is gone: nobody would end it any more."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def serve(port: int, url: str, folder: Path, program: list[str], parent: int) -> None:
    """Serve an echo until somebody ends it."""
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    with ExitStack() as stack:
        memory = stack.enter_context(open_memory(url))
        assistant = EchoAssistant()
        if program:
            assistant = AskingEcho(stack.enter_context(supervised(program, folder / "engine.log")))
        app = create_app(assistant, memory, ServerOptions(turns_waiting=1000))
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")


def main(port: int, url: str, folder: Path, program: list[str]) -> None:
    """Fork a web process for each line that comes in."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed ones leave nothing behind
    parent = os.getpid()
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # it waits for children of its own
            serve(port, url, folder, program, parent)
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4:])
