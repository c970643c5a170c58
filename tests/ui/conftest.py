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
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, sync_playwright

from tests.ui.fakes import FakeAssistant
from ui import History, build_page, mount_page

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
def serve() -> Iterator[Callable[..., str]]:
    """Serves the page of an assistant on a free port and gives its address."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(assistant: object, history: History | None = None) -> str:
        app = mount_page(FastAPI(), build_page(assistant, history))  # type: ignore[arg-type]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", ws="none", timeout_graceful_shutdown=1)
        )
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
        thread.join(10)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. In CI a missing browser is a failure, elsewhere a reason to skip."""
    if not CHROMIUM.exists():
        message = "Chromium is missing: install it with `apt-get install -y chromium`"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens an address in a context of its own, waits until the page is drawn, and fails on any script error.

    Requests that leave this machine are refused and fail the test too.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def note(line: ConsoleMessage) -> None:
        # A test that takes the network away makes the browser say so; that is no fault of the page.
        if line.type == "error" and "net::ERR_FAILED" not in line.text:
            errors.append(line.text)

    def watch(page: Page) -> Page:
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", note)
        return page

    def refuse(route: Route) -> None:
        errors.append(f"left this machine: {route.request.url}")
        route.abort()

    def start(address: str, *, width: int = 1280, height: int = 900, dark: bool = False, **options: object) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale="en-US",
            reduced_motion="reduce",
            **options,  # type: ignore[arg-type]
        )
        context.set_default_timeout(20_000)
        context.route(lambda url: not url.startswith(("http://127.0.0.1", "data:", "blob:")), refuse)
        context.on("page", watch)
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector(".concierge[data-ready]")
        return page

    yield start
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core. In CI a missing copy is a failure, elsewhere a reason to skip."""
    path = Path(os.environ.get("AXE_CORE", ".venv/axe-core/package/axe.min.js"))
    if not path.exists():
        message = f"axe-core is missing at {path}: run `npm pack axe-core` and unpack it there, or set AXE_CORE"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path.read_text("utf-8")


def say(page: Page, text: str) -> None:
    """Type a message, send it, and wait for the end of the answer."""
    turns = page.locator(".turn").count()
    page.fill("#say", text)
    page.press("#say", "Enter")
    page.wait_for_function(
        "n => document.querySelectorAll('.turn:not([data-turn=pending])').length > n"
        " && !document.querySelector('.concierge.busy')",
        arg=turns,
    )


@pytest.fixture
def talk() -> Callable[[Page, str], None]:
    """Type a message, send it, and wait for the end of the answer."""
    return say
