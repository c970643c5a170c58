"""A progress bar in the terminal for `ensure`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from assistant.provisioning.store import Progress as Report


@contextmanager
def progress_bar(console: Console) -> Iterator[Report]:
    """A bar of bytes with speed and time left, shown from the first report on."""
    columns = [TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()]
    with Progress(*columns, TimeRemainingColumn(), console=console) as bars:
        task = None

        def report(what: str, done: int, total: int) -> None:
            nonlocal task
            if task is None:
                task = bars.add_task(what, total=total)
            bars.update(task, description=what, completed=done, total=total)

        yield report
