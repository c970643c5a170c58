"""Take the known names out of a sentence, so that what is left can be checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.explaining.facts import CardFacts, Facts, words_of

MARK = "\x01"
HAN = re.compile(r"[\u3400-\u9fff]")
_SAID = re.compile(r"“([^”]+)”")


class Masked:
    """The sentence with every known title and person replaced by a mark, longest first.

    Marks are `\\x01<kind><number>\\x01`: `t` a title on a card, `l` a liked title, `p` a person, `w` a person asked
    for, `q` the person's own words.
    """

    def __init__(self, sentence: str, facts: Facts, about: Sequence[CardFacts]) -> None:
        self.text = _SAID.sub(lambda quote: _hide_said(quote, facts), sentence.replace("’", "'"))
        self.people = tuple(dict.fromkeys(credit for card in about for credit in card.item.people))
        liked = set(facts.liked)
        names: list[tuple[str, str]] = [(title, "l") for title in facts.liked]
        names += [
            (name, "t") for card in facts.cards for name in (card.item.title, *card.item.aliases) if name not in liked
        ]
        for number, credit in enumerate(self.people):
            names.append((credit.name, f"p{number}"))
            surname = credit.name.split(" ")[-1]
            if len(surname) > 2 and surname != credit.name:
                names.append((surname, f"p{number}"))
        names += [(person, "w") for person in facts.people]
        for name, mark in sorted(names, key=lambda pair: -len(pair[0])):
            self._hide(name, mark)

    def _hide(self, name: str, mark: str) -> None:
        for start, end in reversed(list(spans(self.text, (name,)))):
            self.text = f"{self.text[:start]}{MARK}{mark}{MARK}{self.text[end:]}"

    @property
    def plain(self) -> str:
        """The text without marks."""
        return re.sub(rf"{MARK}[a-z]\d*{MARK}(?:'s)?", " ", self.text)


def _hide_said(quote: re.Match[str], facts: Facts) -> str:
    """A mark in place of a quotation of the person's own words; any other quotation stays."""
    said = quote.group(1)
    own = set(words_of(said)) <= facts.words if not HAN.search(said) else said in " ".join(facts.wishes)
    return f"{MARK}q{MARK}" if own else quote.group()


def spans(text: str, names: Iterable[str]) -> list[tuple[int, int]]:
    """Where any of these names stand in the text, as (start, end)."""
    spans: list[tuple[int, int]] = []
    for name in names:
        if not name:
            continue
        edge = r"(?<![\w\x01]){}(?![\w\x01])" if not HAN.search(name) else "{}"
        # One-word titles such as "It" or "Up" are words too, so the case has to agree; longer ones may differ.
        flags = 0 if " " not in name else re.IGNORECASE
        pattern = edge.format(re.escape(name).replace("’", "['’]"))
        if not HAN.search(name) and HAN.search(text):
            pattern = rf"(?<![A-Za-z0-9\x01]){re.escape(name)}(?![A-Za-z0-9\x01])"
        spans += [match.span() for match in re.finditer(pattern, text, flags)]
    return sorted(spans)
