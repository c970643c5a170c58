"""Tables and plots of a comparison, as HTML, PNG and JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment

from ranking import metrics
from ranking.bench.data import RatingsData
from ranking.bench.evaluation import ACCURACY, BEYOND, Result
from ranking.metrics import Estimate

_TITLES = {
    "leave-last-out": "Leave last out: the last liked item of each person",
    "temporal": "Global temporal split: most people are new at the cut",
    "temporal-known": "Global temporal split, new people folded in by the first half of their ratings",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One system's measures; `note` holds its settings or a remark."""

    label: str
    values: Mapping[str, Estimate]
    note: str


@dataclass(frozen=True, slots=True)
class Table:
    """`lower` names the measures that are good when low, `verdicts` are lines under the table."""

    title: str
    note: str
    measures: tuple[str, ...]
    rows: tuple[Row, ...]
    lower: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()

    def best(self, measure: str) -> float:
        """The best mean in this column."""
        means = [row.values[measure].mean for row in self.rows]
        return min(means) if measure in self.lower else max(means)


def rows_of(results: Sequence[Result], measures: Sequence[str]) -> tuple[Row, ...]:
    """Means and intervals of the results."""
    settings = [", ".join(f"{key} {value}" for key, value in result.settings.items()) for result in results]
    return tuple(
        Row(result.label, {name: result.estimate(name) for name in measures}, note)
        for result, note in zip(results, settings, strict=True)
    )


def ratings_table(protocol: str, results: Sequence[Result], depth: int) -> list[Table]:
    """Accuracy with the verdict on each measure, and what lies beyond accuracy."""
    people = len(results[0].per_user["NDCG"])
    title = _TITLES[protocol]
    note = f"{people} people; whole catalog ranked; measures at {depth}; 95 % intervals over people"
    accuracy = Table(title, note, ACCURACY, rows_of(results, ACCURACY), verdicts=tuple(verdicts(results)))
    note = "coverage of the catalog, novelty in bits, unlikeness within a list, divergence of genres (low is good)"
    beyond = Table(f"{title}: beyond accuracy", note, BEYOND, rows_of(results, BEYOND), lower=("calibration",))
    return [accuracy, beyond]


def verdicts(results: Sequence[Result]) -> list[str]:
    """Our hybrid, chosen beforehand, against the best system of the other libraries, measure by measure."""
    ours = next(result for result in results if result.label == "ours hybrid")
    others = [result for result in results if result.origin != "ours"]
    lines = []
    for name in ACCURACY if others else ():
        best = max(others, key=lambda result: result.estimate(name).mean)
        difference = metrics.compare(ours.per_user[name], best.per_user[name])
        word = "at least equal" if difference.mean >= 0 else "below"
        lines.append(
            f"{name}: {word} the best of the others ({best.label}): {difference.mean:+.4f} "
            f"[{difference.low:+.4f}, {difference.high:+.4f}], p {difference.p:.3f}"
        )
    return lines


def write_report(data: RatingsData, tables: Sequence[Table], out_dir: Path) -> dict[str, Any]:
    """Write `report.html`, one PNG for each table and `ratings.json`, and return what the last holds."""
    out_dir.mkdir(parents=True, exist_ok=True)
    plots = [_plot(table, out_dir / f"table-{number}.png") for number, table in enumerate(tables, start=1)]
    ratings, people = data.interactions.matrix.nnz, len(data.interactions.user_ids)
    heading = f"{data.name}: {ratings} ratings of {people} people, {len(data.interactions.item_ids)} items"
    page = (
        Environment(autoescape=True)
        .from_string(_PAGE)
        .render(heading=heading, pairs=list(zip(tables, plots, strict=True)))
    )
    (out_dir / "report.html").write_text(page, encoding="utf-8")
    found = {"data": heading, "tables": [_plain(table) for table in tables]}
    (out_dir / "ratings.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    return found


def _plain(table: Table) -> dict[str, Any]:
    rows = [
        {"system": row.label, "settings": row.note}
        | {
            name: [round(value.mean, 4), round(value.low, 4), round(value.high, 4)]
            for name, value in row.values.items()
        }
        for row in table.rows
    ]
    return {"title": table.title, "note": table.note, "rows": rows, "verdicts": list(table.verdicts)}


def _plot(table: Table, path: Path) -> str:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    if not table.rows:
        return ""
    measure = "NDCG" if "NDCG" in table.measures else table.measures[0]
    rows = sorted(table.rows, key=lambda row: row.values[measure].mean)
    figure = Figure(figsize=(7.5, 0.6 + 0.3 * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    means = [row.values[measure].mean for row in rows]
    spans = [[m - row.values[measure].low for m, row in zip(means, rows, strict=True)],
             [row.values[measure].high - m for m, row in zip(means, rows, strict=True)]]  # fmt: skip
    colours = ["#2c6e8f" if row.label.startswith("ours") else "#b0b7bd" for row in rows]
    axes.barh([row.label for row in rows], means, xerr=spans, color=colours, ecolor="#444444", capsize=2)
    axes.set_xlabel(measure)
    axes.spines[["top", "right"]].set_visible(False)
    FigureCanvasAgg(figure)
    figure.savefig(path, dpi=110)
    return path.name


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Ratings benchmark</title><style>
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1d2329}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;width:100%}
th,td{padding:.25rem .5rem;text-align:right;border-bottom:1px solid #dfe3e6}
th:first-child,td:first-child{text-align:left}small{color:#5d6871;display:block}
.best{font-weight:700}tr.ours{background:#eef5f8}img{max-width:100%}
</style></head><body><h1>Ratings benchmark</h1><p>{{ heading }}</p>
{% for table, plot in pairs %}<h2>{{ table.title }}</h2><p>{{ table.note }}</p><table><tr><th>system</th>
{% for name in table.measures %}<th>{{ name }}</th>{% endfor %}</tr>
{% for row in table.rows %}<tr{% if row.label.startswith("ours") %} class="ours"{% endif %}>
<td>{{ row.label }}<small>{{ row.note }}</small></td>
{% for name in table.measures %}{% set value = row.values[name] %}
<td{% if value.mean == table.best(name) %} class="best"{% endif %}>{{ "%.4f"|format(value.mean) }}
{% if value.high > value.low %}<small>{{ "%.4f"|format(value.low) }}–{{ "%.4f"|format(value.high) }}</small>
{% endif %}</td>
{% endfor %}</tr>{% endfor %}</table>
{% if table.verdicts %}<ul>{% for line in table.verdicts %}<li>{{ line }}</li>{% endfor %}</ul>{% endif %}
{% if plot %}<img src="{{ plot }}" alt="{{ table.title }}">{% endif %}{% endfor %}</body></html>
"""
