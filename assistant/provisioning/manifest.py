"""The manifest: which files there are, where they come from, and how to know that they are right."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import PurePosixPath
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Size = Annotated[int, Field(gt=0)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(_Entry):
    """One member of one wheel. `member` is "path" or "path!inner" for a zip inside the wheel."""

    package: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    version: Annotated[str, Field(pattern=r"^[0-9][A-Za-z0-9.+!]*$")]
    member: str
    size: Size
    sha256: Sha256

    @property
    def wheel(self) -> tuple[str, str]:
        """Package and version."""
        return self.package, self.version


class File(_Entry):
    """One file under the product's home: its parts joined in order."""

    path: str
    size: Size
    sha256: Sha256
    parts: tuple[Part, ...]

    @model_validator(mode="after")
    def _sound(self) -> File:
        path = PurePosixPath(self.path)
        if path.is_absolute() or ".." in path.parts or "\\" in self.path:
            raise ValueError(f"{self.path!r} leads out of the product's home")
        if sum(part.size for part in self.parts) != self.size:
            raise ValueError(f"the parts of {self.path} do not add up to its size")
        return self


class Asset(_Entry):
    """Files that belong together, with their licence and whom to credit."""

    what: str
    licence: str
    credit: str
    files: tuple[File, ...]

    @property
    def path(self) -> str:
        """The file, or the folder when there are several."""
        first = PurePosixPath(self.files[0].path)
        return str(first if len(self.files) == 1 else first.parent)


Manifest = Mapping[str, Asset]


def load_manifest(text: str | None = None) -> dict[str, Asset]:
    """The manifest in this package, or the one in `text` (YAML); by name, in order."""
    if text is None:
        text = resources.files(__package__).joinpath("manifest.yaml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, Asset]).validate_python(yaml.safe_load(text))
