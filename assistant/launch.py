"""Starts a process: the engine first, and the catalog while the engine loads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

import prompts
from assistant.engines import Engine, EngineSettings, choose_engine
from assistant.engines.types import Message
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.assistant import Assistant

ENGINE_SECONDS = 180.0
"""How long `ask` and `chat` wait for an engine before they go on without one."""


def fixed_beginnings() -> tuple[tuple[Message, ...], ...]:
    """The prompts of a turn without a message in them: what the engine can read before anybody has said anything."""
    rendered = (
        prompts.load("understand").render(message=""),
        prompts.load("explain").render(cards=[], wishes=[], liked=[], language="English"),
    )
    return tuple(tuple(Message(role, content) for role, content in messages) for messages in rendered)


@contextmanager
def running_engine(settings: Settings, console: Console, *, wait: bool = True) -> Iterator[Engine | None]:
    """The engine of these settings, started and its prompts being read; None where there is none.

    With `wait` it has answered its health check, or given up: the assistant works without it too.

    Raises
    ------
    EngineError
        when the engine that was asked for cannot run; the message says what is missing.
    """
    engine = choose_engine(
        EngineSettings(
            kind=settings.engine,
            base_url=settings.llm_base_url,
            model=settings.llm_model,
            api_key=settings.llm_api_key,
            home=settings.root,
            threads=settings.threads,
        )
    )
    if engine is None:
        yield None
        return
    with engine:
        engine.warm(fixed_beginnings())
        if wait:
            with console.status(f"Starting {engine.kind} …"):
                engine.wait_ready(ENGINE_SECONDS)
        yield engine


@contextmanager
def assembled(settings: Settings, console: Console, *, wait_for_engine: bool = True) -> Iterator[Assistant]:
    """Everything that a conversation needs.

    Raises
    ------
    EngineError
        when the engine that was asked for cannot run; the message says what is missing.
    IndexProblem, FileNotFoundError
        when the catalog has not been built, or for another embedding model; the message names the command.
    """
    with running_engine(settings, console, wait=False) as engine:
        # Imported only now: torch and its kind take seconds, in which the engine is already loading.
        from assistant.wiring import open_assistant

        with open_assistant(settings, engine) as assistant:
            if engine is not None and wait_for_engine:
                with console.status(f"Starting {engine.kind} …"):
                    # A question asked while the prompts are still being read would wait for them, and slow them down.
                    _ = engine.wait_ready(ENGINE_SECONDS) and engine.wait_warm(ENGINE_SECONDS)
            yield assistant
