"""Keeps a server's collaborative model current: takes in what `concierge train` wrote, and forgets whom it must."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from assistant.assistant import Assistant
from assistant.memory import Memory
from assistant.training import MODELS
from assistant.wiring import reload_models
from ranking.build import META_FILE
from retrieval.catalog import ITEMS_FILE

log = logging.getLogger(__name__)

LOOK_EVERY = 10.0


class ModelWatch:
    """Looks every few seconds, in a thread of its own. Use it as a context manager.

    `train` fits the model of the catalog in `folder` again; it is called when somebody was forgotten whose words the
    model holds. A new model is used from the next turn on.
    """

    def __init__(self, assistant: Assistant, memory: Memory, folder: Path, train: Callable[[], object]) -> None:
        self._assistant, self._memory, self._folder, self._train = assistant, memory, folder, train
        self._items, self._model = _stamp(folder / ITEMS_FILE), _stamp(folder / MODELS / META_FILE)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="model-watch", daemon=True)

    def look(self) -> None:
        """One look: train when somebody has to be forgotten, then load the model that is there if it is another."""
        if self._memory.learning.must_retrain():
            log.info("training the collaborative model again without people who were forgotten")
            self._train()
        found = _stamp(self._folder / MODELS / META_FILE)
        # After `concierge index` the models are of another catalog: this process keeps what it has until its restart.
        if found != self._model and _stamp(self._folder / ITEMS_FILE) == self._items:
            reload_models(self._assistant, self._folder / MODELS)
            self._model = found
            log.info("the collaborative model was loaded again")

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_EVERY):
            try:
                self.look()
            except Exception as problem:  # the model that is in use goes on serving, whatever the new one is like
                log.warning("the collaborative model could not be brought up to date: %s", problem)

    def __enter__(self) -> ModelWatch:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino
