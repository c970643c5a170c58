"""Runs a command and ends it when our parent ends, however that happens: no engine outlives its program.

Started by its path (`python -P watch.py COMMAND …`) and imports nothing of ours, to stay small.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

_PR_SET_PDEATHSIG = 1

STOP_SECONDS = 5.0
"""From asking the command to end to making it end."""


def main(command: list[str]) -> int:
    """Run `command` until it ends, or until our parent does; its whole process group goes with it.

    Standard input must be a pipe that only the parent holds: its end tells of the parent's. On Linux the kernel is
    asked to kill us as well, since a process forked by the parent may keep the pipe open.
    """
    kill_with_parent()
    # This process has one thread, so that code between fork and exec is safe here.
    process = subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=kill_with_parent
    )
    # A pipe, because a signal handler may write to it at any moment, which holds for few other things.
    over, tell = os.pipe()
    signal.signal(signal.SIGTERM, lambda *_: os.write(tell, b"t"))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle; it stops us in its own time.

    def wait_for_parent() -> None:
        while os.read(0, 1024):
            pass
        os.write(tell, b"p")

    def wait_for_child() -> None:
        process.wait()
        os.write(tell, b"c")

    child = threading.Thread(target=wait_for_child, daemon=True)
    child.start()
    threading.Thread(target=wait_for_parent, daemon=True).start()
    os.read(over, 1)
    if child.is_alive():
        _signal_group(process.pid, signal.SIGTERM)
        child.join(STOP_SECONDS)
    _signal_group(process.pid, signal.SIGKILL)
    child.join()
    return process.returncode


def kill_with_parent() -> None:
    """Ask the Linux kernel for SIGKILL when the parent's thread ends; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _signal_group(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


if __name__ == "__main__":
    code = main(sys.argv[1:])
    os._exit(code if code >= 0 else 128 - code)  # Not sys.exit: a thread may be reading standard input for ever.
