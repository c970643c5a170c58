"""vLLM as a child process: for machines with an NVIDIA GPU, or its CPU build in a Python of its own."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from assistant.engines.servers import Command

KIND = "vllm"
DEFAULT_MODEL = "Qwen/Qwen3-4B-Instruct-2507"
"""Fetched from the model hub by vLLM itself; Apache-2.0, 8 GB in bfloat16."""

CONTEXT = 8192
START_SECONDS = 900.0
"""The first start on a GPU downloads the weights and compiles."""


def available() -> bool:
    """Whether vLLM is installed beside us and there is an NVIDIA GPU for it."""
    return nvidia_gpu() and importlib.util.find_spec("vllm") is not None


def nvidia_gpu() -> bool:
    """Whether the driver lists a GPU."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return False
    try:
        listed = subprocess.run([tool, "-L"], capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return listed.returncode == 0 and "GPU" in listed.stdout


def gpu_command(model: str = DEFAULT_MODEL) -> Command:
    """How to start vLLM on the GPU with a model from the hub or a folder."""

    def arguments(port: int) -> list[str]:
        return _server(sys.executable, model, port, "--enable-prefix-caching", "--gpu-memory-utilization", "0.85")

    return Command(KIND, model, arguments, lambda key: {"VLLM_API_KEY": key, **_PRIVATE}, START_SECONDS)


def cpu_command(python: Path, model: Path, *, threads: int, kv_cache_gb: int = 2) -> Command:
    """How to start vLLM's CPU build, which lives in an environment of its own, with weights in a folder."""

    def arguments(port: int) -> list[str]:
        # Compiling takes minutes on a few cores and wins little there.
        return _server(
            str(python), str(model), port, "--enable-prefix-caching", "--dtype", "bfloat16", "--enforce-eager"
        )

    def environment(key: str) -> dict[str, str]:
        limits = {"VLLM_CPU_KVCACHE_SPACE": str(kv_cache_gb), "OMP_NUM_THREADS": str(threads)}
        return {"VLLM_API_KEY": key, "HF_HUB_OFFLINE": "1", **limits, **_PRIVATE}

    return Command(KIND, model.name, arguments, environment, START_SECONDS)


_PRIVATE = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}


def _server(python: str, model: str, port: int, *flags: str) -> list[str]:
    # The module and not `vllm serve`: the command needs a distribution called vllm, which the CPU build is not.
    server = [python, "-m", "vllm.entrypoints.openai.api_server", "--model", model]
    name = ["--served-model-name", Path(model).name if Path(model).is_dir() else model]
    limits = ["--host", "127.0.0.1", "--port", str(port), "--max-model-len", str(CONTEXT)]
    return [*server, *name, *limits, *flags]
