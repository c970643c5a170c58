"""People who talk and click without pause while things break."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import httpx

from assistant.http.bench.echo import ITEMS


@dataclass
class Client:
    """One person, who notes what was acknowledged; `last_whole` is when the latest turn began that was answered with
    nothing missing.

    What was not acknowledged is sent again with the same id, as a careful client does.
    """

    user: str
    address: str
    stop: threading.Event
    turns: dict[str, str] = field(default_factory=dict)
    feedback: list[str] = field(default_factory=list)
    last_whole: float = 0.0

    def run(self) -> None:
        """Talk and click until `stop`."""
        with httpx.Client(base_url=self.address, timeout=30) as client:
            talk = self._until_done(lambda: self._say(client, None, uuid.uuid4().hex))
            number = 0
            while not self.stop.is_set() and talk is not None:
                turn_id, number = f"t{number}", number + 1
                if self._until_done(partial(self._say, client, talk, turn_id)):
                    self.turns[turn_id] = talk
                given = f"f{number}"
                if self._until_done(partial(self._like, client, talk, given, number)):
                    self.feedback.append(given)

    def _until_done(self, send: Callable[[], str | None]) -> str | None:
        while not self.stop.is_set():
            try:
                if answer := send():
                    return answer
            except httpx.HTTPError:
                pass
            time.sleep(0.02)
        return None

    def _say(self, client: httpx.Client, talk: str | None, turn_id: str) -> str | None:
        body = {"message": f"wish {turn_id[:6]}", "user": self.user, "turn_id": turn_id}
        began = time.monotonic()
        answer = client.post("/api/chat", json=body | ({"conversation_id": talk} if talk else {}))
        done = next((one for one in answer.text.split("\n\n") if one.startswith("event: done")), None)
        record = json.loads(done.split("data: ", 1)[1]) if done else {}
        if not record.get("stored"):
            return None
        if "event: problem" not in answer.text and '"repeated"' not in answer.text:
            self.last_whole = began
        return str(record["conversation_id"])

    def _like(self, client: httpx.Client, talk: str, given: str, number: int) -> str | None:
        body = {
            "id": given,
            "kind": "like",
            "item_id": f"e{number % ITEMS}",
            "conversation_id": talk,
            "user": self.user,
        }
        return given if client.post("/api/feedback", json=body).status_code in (200, 201) else None
