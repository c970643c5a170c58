"""The ablation as text, HTML and a plot."""

from __future__ import annotations

import html
from pathlib import Path

from ranking.conversation.bench import BenchResult

_COLUMNS = ("R@1", "R@10", "R@50", "NDCG@10", "MRR")


def ablation_rows(result: BenchResult, measure: str = "R@10") -> list[tuple[str, ...]]:
    """A heading, then a row for each system: its measures, and how much better the first is (95 % interval, p)."""
    against = result.against(measure)
    rows: list[tuple[str, ...]] = [("system", *_COLUMNS, f"gain of the first in {measure}", "95 % interval", "p")]
    for name, ranks in result.ranks.items():
        means = ranks.means()
        figures = [f"{means[column]:.3f}" for column in _COLUMNS]
        gain = ("", "", "")
        if name != result.main:
            found = against[name]
            gain = (f"{found.mean:+.4f}", f"{found.low:+.4f} to {found.high:+.4f}", f"{found.p:.3f}")
        rows.append((name, *figures, *gain))
    return rows


def ablation_text(result: BenchResult) -> str:
    """The table in aligned columns."""
    rows = ablation_rows(result)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(lines)


def write_report(result: BenchResult, folder: Path) -> tuple[Path, Path]:
    """Write conversation.html and conversation.png into `folder`; returns their paths."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    figure = Figure(figsize=(8, 0.45 * len(result.ranks) + 1.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    names = list(result.ranks)[::-1]
    means = [result.ranks[name].means()["R@10"] for name in names]
    intervals = [result.ranks[name].interval("R@10") for name in names]
    errors = [
        [mean - low for mean, (low, _) in zip(means, intervals, strict=True)],
        [high - mean for mean, (_, high) in zip(means, intervals, strict=True)],
    ]
    axes.barh(names, means, xerr=errors, color="#4c78a8", capsize=3)
    axes.set_xlabel("R@10, 95 % interval by dialog")
    picture = folder / "conversation.png"
    figure.savefig(picture, dpi=120)
    heading, *rows = ablation_rows(result)
    cells = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    heads = "".join(f"<th>{html.escape(cell)}</th>" for cell in heading)
    page = folder / "conversation.html"
    page.write_text(
        "<!doctype html><meta charset='utf-8'><title>Conversational ranking</title>"
        f"<h1>{html.escape(result.system)}</h1><p>{result.cases} turns, {result.gold} gold items, whole catalog.</p>"
        f"<table><tr>{heads}</tr>{cells}</table><img src='conversation.png' alt='R@10 by system'>",
        encoding="utf-8",
    )
    return page, picture
