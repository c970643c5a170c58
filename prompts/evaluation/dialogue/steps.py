"""The steps from the model alone to rules and model together: what each makes of a message."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assistant.acts import DialogueAct, Intent, Slot
from assistant.understanding import Understander, Understanding
from assistant.understanding.batch import as_record, state_of
from assistant.understanding.merge import merge
from assistant.understanding.schema import Parse
from assistant.understanding.spans import locate
from prompts.evaluation.dialogue.asking import ModelAnswer
from retrieval.catalog import Catalog

Record = Mapping[str, Any]


class Steps:
    """Readers of cases that share one reading by rules and one answer of the model per message."""

    def __init__(
        self, understander: Understander, answers: Mapping[str, ModelAnswer], catalog: Catalog, cases: Sequence[Record]
    ) -> None:
        self._understander, self._answers, self._catalog = understander, answers, catalog
        rules = understander.rules
        self._readings = {case["id"]: rules.read(case["text"], state_of(case, rules)) for case in cases}

    def by_name(self) -> dict[str, Callable[[Record], Record]]:
        """The steps that need an answer of the model, and the rules on the same messages."""
        return {
            "model alone": lambda case: self._record(case, act_of(self._parse(case))),
            "model + span check and linking": lambda case: self._record(
                case, act_of(self._parse(case), case["text"], self._understander)
            ),
            "rules, same messages": self.rules,
            "rules + model": self.joined,
        }

    def rules(self, case: Record) -> Record:
        """What the rules read."""
        return self._record(case, self._readings[case["id"]].act)

    def joined(self, case: Record) -> Record:
        """What a turn reads: the model counts only where the rules left words that it may explain."""
        reading, parse = self._readings[case["id"]], self._parse(case)
        needed = parse is not None and self._understander.needs_model(reading)
        act = merge(reading, parse, case["text"], self._understander.rules) if parse and needed else reading.act
        return self._record(case, act)

    def share_needed(self) -> float:
        """The share of messages for which a turn asks the model."""
        needed = [self._understander.needs_model(reading) for reading in self._readings.values()]
        return sum(needed) / max(len(needed), 1)

    def _parse(self, case: Record) -> Parse | None:
        return self._answers[case["id"]].parse

    def _record(self, case: Record, act: DialogueAct) -> Record:
        return as_record(Understanding(act), self._catalog, case.get("shown", ()))


def act_of(parse: Parse | None, message: str | None = None, understander: Understander | None = None) -> DialogueAct:
    """What the model alone says, with no rule to help it: as it stands, or with spans checked and titles linked."""
    slots: list[Slot] = []
    if parse is None:
        return DialogueAct(Intent.CHAT)
    for key, name, operator in _KEYS:
        for value in getattr(parse, key) or ():
            if message is None or understander is None:
                slots.append(Slot(name, operator, value, value))  # type: ignore[arg-type]
                continue
            span = locate(value, message)
            if span is None:
                continue
            words = message[span[0] : span[1]]
            slots += _linked(name, operator, words, understander)
    return DialogueAct(Intent(parse.intent or Intent.RECOMMEND), tuple(slots))


_KEYS = (
    ("like", "title", "="),
    ("dislike", "title", "not"),
    ("seen", "title", "seen"),
    ("genres", "genre", "="),
    ("no", "genre", "not"),
    ("people", "person", "="),
    ("wishes", "wish", "="),
)


def _linked(name: str, operator: str, words: str, understander: Understander) -> list[Slot]:
    rules = understander.rules
    if name == "title":
        link = rules.linker.link(words)
        item = rules.catalog.get(link.item_id or "") or rules.catalog.get((*link.alternatives, "")[0])
        return [Slot("title", operator, item.title if item else words, words, link.item_id)]  # type: ignore[arg-type]
    if name == "genre":
        entry = rules.vocabulary.entry(words)
        values = entry.values if entry and entry.section == "genre" else (rules.catalog.genre(words),)
        return [Slot("genre", operator, value, words) for value in values if value]  # type: ignore[arg-type]
    value = rules.people.full(words) or words if name == "person" else words
    return [Slot(name, operator, value, words)]  # type: ignore[arg-type]
