"""Preference extraction: what is understood of a message, against gold values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from assistant.understanding.batch import as_record, understand_case
from prompts.evaluation.cases import Case
from prompts.evaluation.dialogue.messages import plain_wishes
from prompts.evaluation.measures import CaseResult, f1
from prompts.evaluation.workbench import Workbench

# fmt: off
EXPECTED = frozenset({
    "intent", "like", "dislike", "genres", "not_genres", "people", "year_from", "year_to", "wishes", "refers_to",
})
# fmt: on


def run(case: Case, bench: Workbench) -> CaseResult:
    """One message: F1 per kind of value, polarity, years, intent, and values that nobody said.

    Wishes are compared by what the vocabulary takes them for, and are not among the spurious values.
    """
    before = len(bench.model.calls) if bench.model else 0
    expect = case.part("expect", EXPECTED)
    data = {"context": [], "shown": [], **case.data, "text": case.text("text")}
    record = as_record(understand_case(data, bench.understander()), bench.catalog)
    titles = {"like": _lower(record["like"]), "dislike": _lower(record["dislike"])}
    gold = {name: _lower(expect.texts(name)) for name in ("like", "dislike")}
    both = [(name, title) for name in titles for title in titles[name]]
    wanted = [(name, title) for name in gold for title in gold[name]]
    lists = {name: (_lower(record[name]), _lower(expect.texts(name))) for name in ("genres", "not_genres", "people")}
    wishes = plain_wishes(record["wishes"]), plain_wishes(expect.texts("wishes"))
    found = {title for _, title in both} & {title for _, title in wanted}
    right = {title for _, title in set(both) & set(wanted)}
    years = [(record[key], _year(expect, key)) for key in ("year_from", "year_to")]
    spurious = len(set(both) - set(wanted)) + sum(len(set(got) - set(want)) for got, want in lists.values())
    spurious += sum(got is not None and got != want for got, want in years)
    genres = [(name, value) for name in ("genres", "not_genres") for value in lists[name][0]]
    genres_gold = [(name, value) for name in ("genres", "not_genres") for value in lists[name][1]]
    measures = {
        "title_f1": f1([title for _, title in both], [title for _, title in wanted]),
        "genre_f1": f1(genres, genres_gold),
        "people_f1": f1(*lists["people"]),
        "wish_f1": f1(*map(sorted, wishes)),
        "polarity": (float(len(right)), float(len(found))),
        "years": (float(all(got == want for got, want in years)), 1.0),
        "intent": (float(record["intent"] == expect.text("intent")), 1.0),
        "spurious": (float(spurious), 1.0),
        **bench.spent(before),
    }
    exact = set(both) == set(wanted) and all(set(got) == set(want) for got, want in lists.values())
    passed = exact and wishes[0] == wishes[1] and all(got == want for got, want in years)
    notes = [f"{name}: {got} instead of {want}" for name, (got, want) in lists.items() if set(got) != set(want)]
    notes += [f"titles: {both} instead of {wanted}"] if set(both) != set(wanted) else []
    notes += [f"wishes: {sorted(wishes[0])} instead of {sorted(wishes[1])}"] if wishes[0] != wishes[1] else []
    notes += [f"years: {got} instead of {want}" for got, want in years if got != want]
    kept = {key: value for key, value in record.items() if value not in ([], None)}
    return CaseResult(case.id, passed, measures, kept, tuple(notes), expect.text("intent"))


def _year(expect: Case, key: str) -> int | None:
    """A year; "this" is the current one and "last10" ten years ago."""
    moving = {"this": date.today().year, "last10": date.today().year - 10}
    return moving.get(str(expect.data.get(key))) or expect.number(key)


def _lower(values: Iterable[str]) -> list[str]:
    return [value.lower() for value in values]
