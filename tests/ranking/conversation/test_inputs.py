"""The vocabulary is the same in every process, and the commoner words come first."""

from ranking.conversation.cases import Case, Utterance
from ranking.conversation.corpus import to_turn
from ranking.conversation.parts.inputs import count_words
from retrieval.catalog import Catalog


def test_words_are_numbered_by_count_and_then_in_the_order_in_which_they_were_said(catalog: Catalog) -> None:
    first = "zebra yak walrus vole tapir seal rabbit quail panther otter newt mole"
    said = (first, f"llama koala {first}", "koala jackal")
    turns = [
        to_turn(catalog, Case(str(place), str(place), (Utterance("user", text),), (), ()))
        for place, text in enumerate(said)
    ]
    assert list(count_words(turns, 2)) == [*first.split(), "koala"]
    assert list(count_words(turns, 1, 14)) == [*first.split(), "koala", "llama"]
