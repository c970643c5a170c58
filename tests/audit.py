"""The locked packages: do they fit together, and is a hole known in one of them? `make audit` runs this.

Holes are looked up by pip-audit in PyPI's advisories. A registry that mirrors packages alone has none; how many were
looked up is said, so that "none found" cannot be taken for "none looked for".
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).parent.parent / "requirements.lock"


def main() -> int:
    """0 when nothing is wrong as far as could be seen."""
    fits = subprocess.run([sys.executable, "-m", "pip", "check"], check=False).returncode == 0
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--format", "json", "-r", str(LOCK)]
    audit = subprocess.run(command, check=False, capture_output=True, text=True)
    try:
        packages = json.loads(audit.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"The advisories could not be asked: {audit.stderr.strip().splitlines()[-1:]}")
        return 0 if fits else 1
    seen = [one for one in packages if "skip_reason" not in one]
    holes = [(one["name"], hole["id"]) for one in seen for hole in one["vulns"]]
    for name, hole in holes:
        print(f"{name}: {hole}")
    print(f"{len(holes)} known holes; {len(seen)} of {len(packages)} locked packages could be looked up.")
    if not seen:
        print("This registry has no advisories: run it where PyPI itself can be reached.")
    return 0 if fits and not holes else 1


if __name__ == "__main__":
    sys.exit(main())
