"""The child process that holds llama.cpp: `python -P llama_server.py WEIGHTS --port N …`, run by `watch`.

Started by its path and imports nothing of ours, to start fast and stay small.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

KEY_VARIABLE = "CONCIERGE_ENGINE_KEY"
"""Where the parent leaves the key: other users of the machine can read a command line, but not our environment."""

QUIET = 2
"""llama.cpp's log level for warnings and errors only; 3 would write a line per step of every answer."""

HOST_CACHE_MIB = 512
"""Memory for prompts that had to leave their slot. 28 KiB a token with the default weights: some 18,000 tokens."""


def main(arguments: list[str] | None = None) -> None:
    """Serve until a signal ends the process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--name", required=True, help="the model's name in the API")
    parser.add_argument("--context", type=int, default=8192, help="tokens for all slots together")
    parser.add_argument("--slots", type=int, default=2, help="requests answered at once")
    parser.add_argument("--threads", type=int, default=0, help="0: one for each core")
    options = parser.parse_args(arguments)

    try:
        from xllamacpp import CommonParams, Server, llama_load_mode
    except ImportError as error:
        # Its wheels link against the system's OpenMP runtime, which a bare Debian does not have.
        sys.exit(f"xllamacpp cannot be loaded ({error}); on Debian: apt-get install libgomp1")
    params = CommonParams()
    params.model.path = options.weights
    params.model_alias = {options.name}
    # Most weights are copied into another layout anyway; mapping the file as well would hold them twice (0.6 GB).
    params.load_mode = llama_load_mode.LLAMA_LOAD_MODE_NONE
    params.port = options.port
    params.n_ctx = options.context
    params.n_parallel = options.slots
    params.kv_unified = True
    params.cache_prompt = True
    params.cache_ram_mib = HOST_CACHE_MIB
    params.ui = False
    params.verbosity = QUIET
    params.api_keys = [os.environ[KEY_VARIABLE]]
    if options.threads:
        params.cpuparams.n_threads = options.threads
    server = Server(params)
    while server is not None:  # It answers in threads of its own until a signal ends the process.
        time.sleep(3600)


if __name__ == "__main__":
    main()
