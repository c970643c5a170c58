"""nginx with the configuration of docs/growing.md, on ports of its own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from assistant.http.bench.programs import Program

CONFIGURATION = Path(__file__).with_name("nginx.conf")
WORKER = "x-worker"
"""The header by which an answer tells which worker it came from."""

Proxied = tuple[int, Sequence[int]]
"""A port, and those of the servers behind it."""

_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def nginx_program() -> str | None:
    """nginx, which Debian keeps out of an ordinary person's PATH; None where there is none."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def configured(text: str, folder: Path, workers: Proxied, models: Proxied) -> str:
    """The configuration with other ports, and its files in a folder."""
    for name, (port, behind) in (("workers", workers), ("models", models)):

        def group(found: re.Match[str], behind: Sequence[int] = behind) -> str:
            return "".join(f"{found[1]}{one}{found[2]}" for one in behind)

        one, others = r"(\s*server 127\.0\.0\.1:)\d+( [^;]*;)[^\n]*", r"(?:\s*server [^\n]*)*"
        text = re.sub(rf"(?<=upstream {name} {{){one}{others}", group, text)
        text = re.sub(rf"listen [\w.:]+;(?=[^}}]*http://{name};)", f"listen 127.0.0.1:{port};", text)
    files = " ".join(f"{name}_temp_path {folder}/{name};" for name in _TEMPORARY)
    ours = f"http {{\n    access_log off; {files}\n    add_header {WORKER} $upstream_addr;"
    return f"pid {folder}/pid;\n{text.replace('http {', ours, 1)}"


def nginx(workers: Proxied, models: Proxied, folder: Path) -> Program:
    """A proxy in front of the workers, and one in front of the models. Raises RuntimeError where nginx is missing."""
    program = nginx_program()
    if program is None:
        raise RuntimeError("nginx is not installed (Debian: apt-get install nginx-light)")
    path, log = folder / "nginx.conf", folder / "nginx.log"
    path.write_text(configured(CONFIGURATION.read_text(encoding="utf-8"), folder, workers, models), encoding="utf-8")
    command = [program, "-p", str(folder), "-e", str(log), "-c", str(path), "-g", "daemon off;"]
    return Program(command, workers[0], "/healthz", log)
