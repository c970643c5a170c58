"""The page in a real browser, in front of an assistant that says what a test wants."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from tests.ui.fakes import FakeAssistant
from ui.page import build_page, mount_page

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def serve() -> Iterator[Callable[[object], str]]:
    """Serves the page of an assistant on a free port and gives its address."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(assistant: object) -> str:
        app = mount_page(FastAPI(), build_page(assistant))  # type: ignore[arg-type]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < deadline, "the page did not start"
            time.sleep(0.02)
        running.append((server, thread))
        return f"http://127.0.0.1:{port}/"

    yield start
    for server, thread in running:
        server.should_exit = True
        server.force_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """Debian's Chromium. In CI a missing browser is a failure, elsewhere a reason to skip."""
    if not CHROMIUM.exists():
        message = "Chromium is missing: install it with `apt-get install -y chromium`"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield browser
        browser.close()
