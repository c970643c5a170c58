"""Files on their way: filled part by part in any order, resumed after an interruption, moved into place when whole."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterable
from pathlib import Path

from assistant.provisioning.manifest import File
from assistant.provisioning.wheels import sha256_of


class PartialFile:
    """`<file>.partial` with the parts that arrived at their places, and `<file>.partial.json` with their numbers.

    Different parts may be written from different threads.
    """

    def __init__(self, home: Path, file: File) -> None:
        self._file = file
        self._target = home / file.path
        self._partial = self._target.with_name(self._target.name + ".partial")
        self._record = self._target.with_name(self._target.name + ".partial.json")
        self._lock = threading.Lock()
        self._done = self._recorded()

    @property
    def missing(self) -> list[int]:
        """Numbers of the parts that have not arrived."""
        return [number for number in range(len(self._file.parts)) if number not in self._done]

    def write(self, number: int, blocks: Iterable[bytes]) -> bool:
        """Put a part in its place; True and recorded once it is on the disk, False when its checksum is wrong."""
        self._target.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            self._partial.touch()
        digest = hashlib.sha256()
        with self._partial.open("r+b") as out:
            out.seek(self._offset(number))
            for block in blocks:
                digest.update(block)
                out.write(block)
            out.flush()
            os.fsync(out.fileno())
        if digest.hexdigest() != self._file.parts[number].sha256:
            return False
        with self._lock:
            self._done.add(number)
            self._save()
        return True

    def verify(self) -> bool:
        """Whether the whole has the right checksum. If not, the parts that are wrong are missing again."""
        with self._partial.open("rb") as source:
            if sha256_of(source) == self._file.sha256:
                return True
            for number, part in enumerate(self._file.parts):
                source.seek(self._offset(number))
                if sha256_of(source, part.size) != part.sha256:
                    self._done.discard(number)
        self._save()
        return False

    def finish(self) -> Path:
        """Move the file into place, at once and whole."""
        self._partial.replace(self._target)
        self._record.unlink(missing_ok=True)
        return self._target

    def _offset(self, number: int) -> int:
        return sum(part.size for part in self._file.parts[:number])

    def _save(self) -> None:
        record = {"sha256": self._file.sha256, "done": sorted(self._done)}
        beside = self._record.with_suffix(".new")
        beside.write_text(json.dumps(record))
        beside.replace(self._record)

    def _recorded(self) -> set[int]:
        try:
            record = json.loads(self._record.read_text())
            known = record["sha256"] == self._file.sha256 and self._partial.stat().st_size <= self._file.size
            return {int(number) for number in record["done"]} if known else set()
        except (OSError, ValueError, KeyError, TypeError):
            return set()


class Stamps:
    """Which files were verified, with the size and time they had then, so that a start need not read a gigabyte."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._path = home / ".verified.json"
        try:
            self._known = dict(json.loads(self._path.read_text()))
        except (OSError, ValueError, TypeError):
            self._known = {}

    def unchanged(self, file: File) -> bool:
        """Whether the file is there as it was when it was last verified."""
        return (self._home / file.path).is_file() and self._known.get(file.path) == self._stamp(file)

    def verified(self, file: File) -> bool:
        """Whether the file is there and right; reads it only when it changed since it was last verified."""
        path = self._home / file.path
        if self.unchanged(file):
            return True
        if not path.is_file() or path.stat().st_size != file.size:
            return False
        with path.open("rb") as source:
            right = sha256_of(source) == file.sha256
        if right:
            self.add(file)
        return right

    def add(self, file: File) -> None:
        """Remember that the file is right."""
        self._known[file.path] = self._stamp(file)
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps(self._known, indent=1))
        beside.replace(self._path)

    def _stamp(self, file: File) -> list[object]:
        status = (self._home / file.path).stat()
        return [file.sha256, status.st_size, status.st_mtime_ns]
