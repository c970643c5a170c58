"""API keys: shown once, stored as a hash."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from sqlalchemy import Row, delete, insert, select

from assistant.memory.database import Database, MemoryProblem, NotFound
from assistant.memory.tables import api_keys

Scope = Literal["chat", "catalog", "data", "metrics"]
"""`chat`: talk, feedback and taste; `catalog`: items, search and recommend; `data`: export and delete; `metrics`."""

SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
_PREFIX = "cg-"
_OWNER = re.compile(r"[A-Za-z0-9._@-]{1,64}")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret. It speaks for the user `owner`, and for users named `owner:anything`."""

    id: str
    owner: str
    name: str
    scopes: frozenset[Scope]
    created_at: float

    def speaks_for(self, user_id: str) -> bool:
        """Whether this key may read and write this user's data."""
        return user_id == self.owner or user_id.startswith(f"{self.owner}:")


class Keys:
    """Makes, finds and revokes keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, owner: str, name: str = "", scopes: Iterable[Scope] = SCOPES) -> tuple[ApiKey, str]:
        """A new key and its secret, which cannot be shown again.

        Raises
        ------
        MemoryProblem
            for an owner that is not 1 to 64 letters, digits and ``. _ @ -``, or an unknown scope.
        """
        wanted = frozenset(scopes)
        if not _OWNER.fullmatch(owner):
            raise MemoryProblem("A key's owner has 1 to 64 letters, digits and . _ @ - (no colon).")
        if unknown := wanted - set(SCOPES):
            raise MemoryProblem(f"Unknown scope {sorted(unknown)[0]!r}; there are {', '.join(SCOPES)}.")
        secret = _PREFIX + secrets.token_urlsafe(32)
        key = ApiKey(uuid.uuid4().hex, owner, name, wanted, time.time())
        values = {
            "id": key.id,
            "hash": _hash(secret),
            "owner": owner,
            "name": name,
            "scopes": " ".join(sorted(wanted)),
            "created_at": key.created_at,
        }
        self._database.write(lambda connection: connection.execute(insert(api_keys).values(values)))
        return key, secret

    def find(self, secret: str) -> ApiKey | None:
        """The key with this secret, if there is one."""
        query = select(api_keys).where(api_keys.c.hash == _hash(secret))
        row = self._database.read(lambda connection: connection.execute(query).one_or_none())
        return None if row is None else _key(row)

    def list(self) -> tuple[ApiKey, ...]:
        """All keys, the oldest first."""
        query = select(api_keys).order_by(api_keys.c.created_at, api_keys.c.id)
        return self._database.read(lambda connection: tuple(map(_key, connection.execute(query))))

    def revoke(self, key_id: str) -> None:
        """Make a key useless. Raises NotFound."""
        query = delete(api_keys).where(api_keys.c.id == key_id)
        if self._database.write(lambda connection: connection.execute(query).rowcount) == 0:
            raise NotFound("There is no key with this id; `concierge keys list` shows them.")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _key(row: Row[Any]) -> ApiKey:
    scopes = frozenset(scope for scope in SCOPES if scope in row.scopes.split())
    return ApiKey(row.id, row.owner, row.name, scopes, row.created_at)
