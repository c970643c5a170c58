"""Where the language model runs: any OpenAI-compatible address, llama.cpp or vLLM as a child process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.engines import llama_cpp, vllm
from assistant.engines.engine import Engine
from assistant.engines.queue import on_behalf_of
from assistant.engines.servers import ChildServer, Command, RemoteServer
from assistant.engines.supervisor import EngineState, Patience
from assistant.engines.types import (
    Chunk,
    EngineBusy,
    EngineError,
    EngineLost,
    EngineTimeout,
    Generation,
    LanguageModel,
    Message,
)

__all__ = [
    "Chunk",
    "Engine",
    "EngineBusy",
    "EngineError",
    "EngineLost",
    "EngineSettings",
    "EngineState",
    "EngineTimeout",
    "Generation",
    "LanguageModel",
    "Message",
    "choose_engine",
    "on_behalf_of",
]

DEFAULT_WEIGHTS = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
KINDS = ("auto", "address", "vllm", "llama.cpp", "none")

REMOTE_CALLS = 32
"""Calls at once to a server that batches them (vLLM, or whatever is behind an address)."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What decides which engine runs.

    `model` is the name at `base_url`; for vLLM a model of the hub or a folder; for llama.cpp a GGUF file.
    """

    home: Path
    kind: str = "auto"
    base_url: str | None = None
    model: str | None = None
    api_key: str | None = None
    threads: int | None = None
    waiting: int = 32


def choose_engine(settings: EngineSettings) -> Engine | None:
    """The engine to use, not started yet; None when there is none, and the assistant works without.

    In this order unless `kind` names one: the address in `base_url`; vLLM when it is installed and there is an NVIDIA
    GPU; llama.cpp when its weights are there.

    Raises
    ------
    EngineError
        when the engine that was asked for cannot run; the message says what is missing.
    """
    kind = settings.kind
    if kind not in KINDS:
        raise EngineError(f"There is no engine {kind!r}; choose one of {', '.join(KINDS)}.")
    if kind == "none":
        return None
    if kind == "address" or (kind == "auto" and settings.base_url):
        return _remote(settings)
    if kind == "vllm" or (kind == "auto" and vllm.available()):
        return _vllm(settings)
    weights = _weights(settings)
    if weights.is_file():
        return _child(settings, llama_cpp.command(weights, threads=settings.threads), llama_cpp.SLOTS)
    if kind == "llama.cpp" or settings.model:
        raise EngineError(f"The weights {weights} are not there; `concierge setup` fetches the default ones.")
    return None


def _remote(settings: EngineSettings) -> Engine:
    if not settings.base_url:
        raise EngineError("The engine `address` needs LLM_BASE_URL, for instance http://127.0.0.1:8000/v1.")
    if not settings.base_url.startswith(("http://", "https://")):
        raise EngineError(f"LLM_BASE_URL must begin with http:// or https://, not {settings.base_url!r}.")
    server = RemoteServer(settings.base_url, settings.model, settings.api_key)
    patience = Patience(longest_back_off=10.0)  # Asking an address again costs nothing.
    return Engine(server, settings.model or "", running=REMOTE_CALLS, waiting=settings.waiting, patience=patience)


def _vllm(settings: EngineSettings) -> Engine:
    if not vllm.available():
        raise EngineError("The engine `vllm` needs an NVIDIA GPU and the package vllm; see docs/engines.md.")
    return _child(settings, vllm.gpu_command(settings.model or vllm.DEFAULT_MODEL), REMOTE_CALLS)


def _child(settings: EngineSettings, command: Command, running: int) -> Engine:
    server = ChildServer(command, settings.home / "logs" / f"{command.kind}.log")
    return Engine(server, command.model, running=running, waiting=settings.waiting)


def _weights(settings: EngineSettings) -> Path:
    if not settings.model:
        return settings.home / "models" / DEFAULT_WEIGHTS
    if not settings.model.endswith(".gguf"):
        raise EngineError(f"LLM_MODEL={settings.model} needs LLM_BASE_URL or a GPU with vLLM; llama.cpp takes a .gguf.")
    return Path(settings.model).expanduser()
