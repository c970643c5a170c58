"""What must not be in the repository: secrets, this or that machine's paths, registries' hosts, large binaries."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MOST_BYTES = 1024 * 1024
SECRETS = re.compile(
    "|".join(
        (
            r"-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE " + "KEY-----",
            r"\bAKIA[0-9A-Z]{16}\b",
            r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
            r"\bsk-[A-Za-z0-9]{32,}\b",
            r"\bxox[abpr]-[A-Za-z0-9-]{20,}\b",
        )
    )
)
ELSEWHERE = re.compile(r"/work/(?:main|scratch|shared)\b|/root/\.|pypi\.(?:org)|npmjs\.(?:org|com)")


def committed() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_secret_no_foreign_path_and_no_large_binary() -> None:
    found = []
    for path in committed():
        content = path.read_bytes()
        if len(content) > MOST_BYTES:
            found.append(f"{path.name}: {len(content):,} bytes")
        text = content.decode("utf-8", errors="ignore")
        found += [f"{path.relative_to(ROOT)}: {hit.group()}" for hit in SECRETS.finditer(text)]
        found += [f"{path.relative_to(ROOT)}: {hit.group()}" for hit in ELSEWHERE.finditer(text)]
    assert not found


@pytest.mark.parametrize("secret", ["AKIA" + "A" * 16, "ghp_" + "a1" * 18])
def test_the_scan_would_find_one(secret: str) -> None:
    assert SECRETS.search(f"key = {secret}")
