"""The dialogue bench's tables in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from prompts.evaluation.dialogue.bench import DialogueReport


def print_report(report: DialogueReport, console: Console) -> None:
    """Print the tables of a run."""
    table = Table(title="Messages")
    for column in (
        "system",
        "title F1",
        "genre F1",
        "people F1",
        "wish F1",
        "polarity",
        "years",
        "spurious",
        "refers F1",
        "intent",
    ):
        table.add_column(column, justify="left" if column == "system" else "right")
    for name, score in report.systems.items():
        figures = (
            score.title_f1, score.genre_f1, score.people_f1, score.wish_f1, score.polarity, score.years, score.spurious,
            score.refers_f1, score.intent,
        )  # fmt: skip
        table.add_row(name, *(f"{figure:.3f}" for figure in figures))
    console.print(table)
    if report.schema_valid is not None:
        console.print(
            f"Model asked: {report.asked} messages; answers that fit the schema: {report.schema_valid:.1%}; median "
            f"{report.median_tokens:.0f} tokens and {report.median_seconds:.1f} s. A turn asks for {report.needed:.1%}."
        )
    if report.conversations:
        failed = [outcome for outcome in report.conversations if not outcome.passed]
        violations = sum(outcome.violations for outcome in report.conversations)
        repeats = sum(outcome.repeats for outcome in report.conversations)
        console.print(
            f"Conversations: {len(report.conversations) - len(failed)} of {len(report.conversations)} pass "
            f"({report.pass_rate:.1%}); cards that break a constraint: {violations}; repeats: {repeats}"
        )
        for outcome in failed:
            console.print(f"  {outcome.id}: {'; '.join(outcome.problems)}", markup=False)
    if report.iard:
        console.print(f"IARD: accuracy {report.iard.accuracy:.3f}, macro F1 {report.iard.macro_f1:.3f}")
