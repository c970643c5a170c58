"""Reports of runs: a table for the terminal, JSON for programs, and HTML with plots for people."""

from __future__ import annotations

import base64
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from rich.table import Table

from prompts.evaluation.measures import SuiteRun, difference, estimate, flipped

NOTED_CASES = 40


def summary(
    runs: Sequence[SuiteRun],
    against: Mapping[str, SuiteRun],
    gates: Sequence[str],
    judge: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything a report tells, as plain data. `against` holds the older run per suite, `judge` a judge's trial."""
    return {
        "judge": judge,
        "gates_broken": list(gates),
        "suites": [_suite(run, against.get(run.suite)) for run in runs],
    }


def _suite(run: SuiteRun, old: SuiteRun | None) -> dict[str, Any]:
    rows = []
    for name in run.names():
        row: dict[str, Any] = {"measure": name, **_plain(asdict(estimate(run.results, name)))}
        if old is not None:
            row["against"] = _plain(asdict(estimate(old.results, name)))
            row["difference"] = _plain(asdict(difference(run.results, old.results, name)))
        rows.append(row)
    fixed, broke = flipped(run.results, old.results) if old else ((), ())
    groups = sorted({result.group for result in run.results if result.group})
    return {
        "suite": run.suite,
        "prompt": run.prompt,
        "against": old.prompt if old else None,
        "engine": run.engine,
        "seconds": round(run.seconds, 1),
        "stopped": run.stopped,
        "fresh_calls": run.fresh_calls,
        "cases": len(run.results),
        "asked": sum("completion_tokens" in result.measures for result in run.results),
        "passed": sum(result.passed for result in run.results),
        "groups": {
            group: [
                sum(result.passed for result in run.results if result.group == group),
                sum(result.group == group for result in run.results),
            ]
            for group in groups
        },
        "measures": rows,
        "fixed": list(fixed),
        "broke": list(broke),
        "results": [
            {"id": one.id, "passed": one.passed, "notes": list(one.notes), "output": one.output} for one in run.results
        ],
    }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {key: _rounded(value) for key, value in values.items()}


def _rounded(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return None if math.isnan(value) else round(value, 4)


def table(part: Mapping[str, Any]) -> Table:
    """One suite's measures for the terminal, with intervals and the paired comparison."""
    title = f"{part['suite']}: {part['prompt']} on {part['engine']}, {part['passed']} of {part['cases']} cases pass"
    if part["engine"] != "none" and part["asked"] < part["cases"]:
        title += f", the model was asked in {part['asked']}"
    shown = Table(title=title + (" (stopped by the budget)" if part["stopped"] else ""), title_justify="left")
    for name in ("measure", "value", "95 % interval"):
        shown.add_column(name, justify="left" if name == "measure" else "right")
    if part["against"]:
        for name in (part["against"], "difference", "95 % interval", "p", ""):
            shown.add_column(name, justify="right")
    for row in part["measures"]:
        cells = [row["measure"], _number(row["value"]), f"{_number(row['low'])} – {_number(row['high'])}"]
        if part["against"]:
            change = row["difference"]
            verdict = "worse" if change["worse"] else "better" if change["better"] else ""
            cells += [
                _number(row["against"]["value"]),
                _number(change["value"], sign=True),
                f"{_number(change['low'], sign=True)} – {_number(change['high'], sign=True)}",
                _number(change["p"]),
                verdict,
            ]
        shown.add_row(*cells)
    return shown


def judge_table(judge: Mapping[str, Any]) -> Table:
    """How far a judge agrees with labels by hand, for the terminal."""
    shown = Table(title="Agreement of the judge with labels by hand", title_justify="left")
    for name in ("criterion", "labels", "accuracy", "kappa", "95 % interval"):
        shown.add_column(name, justify="left" if name == "criterion" else "right")
    for row in judge["agreement"]:
        interval = f"{_number(row['low'])} – {_number(row['high'])}"
        shown.add_row(row["criterion"], str(row["cases"]), _number(row["accuracy"]), _number(row["kappa"]), interval)
    return shown


def judge_lines(judge: Mapping[str, Any]) -> list[str]:
    """Which model judged whom, and what follows from its agreement."""
    weights, judged = judge["weights"], judge["judged"]
    mark = f"sha256 {weights['sha256']}" if weights["sha256"] else "weights kept by its server, so not pinned"
    lines = [f"Judge: {weights['name']} ({mark}), asked with {', '.join(judge['prompts'])}."]
    if weights["sha256"] and not judge["pinned"]:
        lines.append("These are not the weights that its prompts are pinned to.")
    if judge["same_weights"]:
        lines.append("It judges its own answers: the model that it judges runs on the same weights.")
    elif judged:
        lines.append(f"It judges another model: {judged['name']}.")
    for row in judge["agreement"]:
        good, bad = row["label_yes"], row["label_no"]
        lines.append(
            f"{row['criterion']}: labelled yes, {good['yes']} judged yes and {good['no']} no; "
            f"labelled no, {bad['yes']} judged yes and {bad['no']} no; without a verdict {row['unanswered']}."
        )
    lines += [
        f"{row['criterion']}: kappa is below {judge['bar']}, so its verdicts are reported and break no gate."
        for row in judge["agreement"]
        if not row["may_gate"]
    ]
    return lines + (["The budget ended before the last label."] if judge["stopped"] else [])


def _number(value: float | None, sign: bool = False) -> str:
    if value is None:
        return "–"
    return f"{value:{'+' if sign else ''}.{3 if abs(value) < 100 else 1}f}"


def write(data: Mapping[str, Any], folder: Path) -> tuple[Path, Path]:
    """Write `report.json` and `report.html` into the folder; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    as_json, as_html = folder / "report.json", folder / "report.html"
    as_json.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    environment = Environment(
        loader=PackageLoader("prompts.evaluation", "."), autoescape=True, undefined=StrictUndefined
    )
    environment.globals |= {"number": _number, "judge_lines": judge_lines}
    html = environment.get_template("report.html").render(
        data=data, plots=[plot(part) for part in data["suites"]], noted=NOTED_CASES
    )
    as_html.write_text(html, encoding="utf-8")
    return as_json, as_html


def plot(part: Mapping[str, Any]) -> str:
    """The suite's shares with their intervals as a PNG in base64; empty when it has none."""
    shares = [row for row in part["measures"] if row["value"] is not None and not row["measure"].endswith("seconds")]
    rows = [row for row in shares if 0 <= row["value"] <= 1 and row["high"] <= 1.01]
    if not rows:
        return ""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 0.6 + 0.45 * len(rows)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    sides = [("new", part["prompt"], "#1f5f8b", 0.12)]
    if part["against"]:
        sides.append(("old", part["against"], "#c98a2b", -0.12))
    for side, label, colour, shift in sides:
        picked = [row if side == "new" else row["against"] for row in rows]
        known = [(place, one) for place, one in enumerate(picked) if one["value"] is not None]
        axes.errorbar(
            [one["value"] for _, one in known],
            [place + shift for place, _ in known],
            xerr=[
                [max(one["value"] - one["low"], 0) for _, one in known],
                [max(one["high"] - one["value"], 0) for _, one in known],
            ],
            fmt="o",
            capsize=3,
            color=colour,
            label=label,
        )
    axes.set_yticks(range(len(rows)), [row["measure"] for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(-0.02, 1.04)
    axes.grid(axis="x", alpha=0.3)
    axes.legend(fontsize=8)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=110)
    return base64.b64encode(out.getvalue()).decode()
