"""What `concierge serve` runs: the page and the API over one socket, and training beside it."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from assistant.commands.shared import console, database
from assistant.settings import Settings


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket bound to the address before anything else is done, so that a port that is taken is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            other = port + 1 if port < 65535 else 7861
            raise SystemExit(
                f"concierge: cannot listen on {host}:{port}: {error.strerror}. Pick another port with PORT={other}"
            ) from error
        yield listener


def run_server(settings: Settings, listener: socket.socket) -> None:
    """Serve until the process is told to stop."""
    import uvicorn

    from assistant.http import ServerOptions, create_app
    from assistant.launch import assembled
    from assistant.memory import open_memory
    from assistant.model_watch import ModelWatch
    from ui import StoredHistory, build_page, mount_page

    with (
        assembled(settings, console, wait_for_engine=False) as assistant,
        open_memory(database(settings)) as memory,
        ModelWatch(assistant, memory, settings.catalog_dir, partial(_train_apart, settings)),
    ):
        options = ServerOptions(
            host=settings.host,
            require_keys=settings.require_keys,
            allowed_origins=settings.allowed_origins,
            retention_days=settings.retention_days,
        )
        linker = assistant.understander.rules.linker
        api = create_app(assistant, memory, options, engine_status=assistant.engine_status, linker=linker)
        if options.keys_required:
            # A browser has no key to show.
            console.print("Keys are required: only the API is served (`concierge keys create` makes one).")
        else:
            mount_page(api, build_page(assistant, StoredHistory(memory)))
        server = uvicorn.Server(uvicorn.Config(api, log_level="warning", timeout_graceful_shutdown=5))
        console.print(f"Concierge is at http://{settings.host}:{settings.port}", highlight=False)
        server.run(sockets=[listener])


def _train_apart(settings: Settings) -> None:
    """`concierge train` in a process of its own, so that the server goes on answering."""
    import subprocess

    given = {
        "CONCIERGE_HOME": str(settings.root),
        "CONCIERGE_CATALOG": settings.catalog,
        "DATABASE_URL": database(settings),
    }
    command = [sys.executable, "-P", "-m", "assistant", "train"]
    subprocess.run(command, check=True, env={**os.environ, **given}, stdout=subprocess.DEVNULL)  # noqa: S603
