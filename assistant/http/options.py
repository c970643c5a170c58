"""What can be set of the server."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Limits and doors of one web process.

    `require_keys` None means: unless the server listens on loopback only. Without keys the Host header must be one of
    `allowed_hosts`, so that a web page elsewhere cannot reach the server through a name that it controls.
    `allowed_origins` are sites whose pages may call the API from a browser, for instance `https://shop.example`.
    `max_body` is in bytes; `body_seconds` bounds how long a body may take to arrive, `send_seconds` how long a reader
    may stand still. `requests_per_minute` is per key and process, 0 for no limit; without keys there is none.
    `turns_at_once` turns work at the same time, in turn; with `turns_waiting` more the server says that it is busy.
    `retention_days` None keeps conversations until somebody deletes them.
    """

    host: str = "127.0.0.1"
    require_keys: bool | None = None
    allowed_hosts: tuple[str, ...] = LOOPBACK_NAMES
    allowed_origins: tuple[str, ...] = ()
    max_body: int = 262_144
    body_seconds: float = 15.0
    send_seconds: float = 60.0
    requests_per_minute: int = 600
    turns_at_once: int = 32
    turns_waiting: int = 256
    retention_days: float | None = None
    model_name: str = "concierge"

    @property
    def keys_required(self) -> bool:
        """Whether every request needs an API key."""
        return not is_loopback(self.host) if self.require_keys is None else self.require_keys


def is_loopback(host: str) -> bool:
    """Whether this address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
