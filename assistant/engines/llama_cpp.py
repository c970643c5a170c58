"""llama.cpp on the CPU, from the prebuilt wheels of xllamacpp, as a child process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from assistant.engines import llama_server
from assistant.engines.servers import Command

KIND = "llama.cpp"
CONTEXT = 8192
"""Tokens for all sequences together: one turn takes some 1,500."""

SLOTS = 2
"""Requests answered at once. A request takes the slot whose content begins most like it, so that with one person the
prompts for understanding and explaining each keep a slot; with more, the server swaps beginnings with its host cache,
which it does not do for slots that are still empty: more slots were slower."""


def command(weights: Path, *, threads: int | None = None) -> Command:
    """How to start llama.cpp with these weights (GGUF); `threads` defaults to the physical cores we may use."""
    count = threads or physical_cores()

    def arguments(port: int) -> list[str]:
        server = [sys.executable, "-P", llama_server.__file__, str(weights), "--name", weights.stem]
        limits = ["--port", port, "--threads", count, "--context", CONTEXT, "--slots", SLOTS]
        return [*server, *map(str, limits)]

    def environment(key: str) -> dict[str, str]:
        # By default OpenMP's threads spin while they wait for each other. When something else needs the cores, each
        # step then waits for a whole time slice: one token took seconds on two busy cores, and 0.15 s without spinning.
        return {llama_server.KEY_VARIABLE: key, "OMP_WAIT_POLICY": "passive"}

    return Command(KIND, weights.stem, arguments, environment)


def physical_cores() -> int:
    """Physical cores that this process may use; more threads than that slow llama.cpp down."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(_cores_of_machine() or allowed, allowed, _quota() or allowed))


def _cores_of_machine() -> int | None:
    if sys.platform == "darwin":
        answer = subprocess.run(
            ["/usr/sbin/sysctl", "-n", "hw.physicalcpu"],
            capture_output=True,
            text=True,
            check=False,
        )
        return int(answer.stdout) if answer.stdout.strip().isdigit() else None
    pairs = {
        ((core.parent / "physical_package_id").read_text(), core.read_text())
        for core in Path("/sys/devices/system/cpu").glob("cpu[0-9]*/topology/core_id")
    }
    return len(pairs) or None


def _quota() -> int | None:
    """Whole cores that a container may use (cgroup v2), or None without a limit."""
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
    except (OSError, ValueError):
        return None
    return None if quota == "max" else max(1, int(quota) // int(period))
