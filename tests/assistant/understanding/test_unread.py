from __future__ import annotations

import pytest

from assistant.state import DialogueState
from assistant.understanding.unread import unread


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("loved Memento, no horror, something after 2005 please", ()),
        ("a comedy from the 90s, thanks", ()),
        ("show me quokkas", ("quokkas",)),
        ("maybe Frobnicator for tonight", ("Frobnicator",)),
        ("有没有喜剧", ()),
    ],
)
def test_only_what_no_rule_explains_is_left(rules, message: str, words: tuple[str, ...]) -> None:
    assert unread(rules.read(message, DialogueState()), rules) == words
