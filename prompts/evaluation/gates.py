"""Gates: what a run must reach, and that a new version must not be worse than the old one beyond its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

from prompts.evaluation.measures import SuiteRun, difference, estimate

# Times depend on what else the machine does, so they never fail a comparison.
_NOT_COMPARED = frozenset({"seconds", "first_seconds", "cards_seconds"})


def read_gates(kind: str) -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """The gates of `gates.yaml` for "full" or "smoke" runs, by suite and measure."""
    data: Any = yaml.safe_load(files(__package__).joinpath("gates.yaml").read_text(encoding="utf-8"))
    gates: Mapping[str, Mapping[str, Mapping[str, float]]] = data[kind]
    return gates


def broken(
    runs: Sequence[SuiteRun],
    kind: str,
    gates: Mapping[str, Any] | None = None,
    ignored: frozenset[str] = frozenset(),
) -> tuple[str, ...]:
    """The gates that these runs break, each as a line for people. A stopped run is judged on what it has, if anything.

    `ignored` are measures that break none: those of a judge who agrees too little with people.
    """
    found = []
    for run in runs:
        if not run.results:
            found.append(f"{run.suite} {run.prompt}: no case was done before the budget ended, so nothing is known")
        for name, bounds in (gates or read_gates(kind)).get(run.suite, {}).items():
            value = estimate(run.results, name).value
            if np.isnan(value) or name in ignored:
                continue
            if value < bounds.get("min", -np.inf):
                found.append(f"{run.suite} {run.prompt}: {name} is {value:.3f}, the gate is at least {bounds['min']}")
            if value > bounds.get("max", np.inf):
                found.append(f"{run.suite} {run.prompt}: {name} is {value:.3f}, the gate is at most {bounds['max']}")
    return tuple(found)


def regressions(new: SuiteRun, old: SuiteRun, ignored: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Measures whose whole interval of the paired difference is on the worse side."""
    lines = []
    for name in new.names():
        change = difference(new.results, old.results, name)
        if name not in _NOT_COMPARED | ignored and change.worse and change.p < 0.05:
            lines.append(
                f"{new.suite}: {name} of {new.prompt} is worse than of {old.prompt} by {abs(change.value):.3f} "
                f"[{change.low:.3f}, {change.high:.3f}], p = {change.p:.3f}"
            )
    return tuple(lines)
