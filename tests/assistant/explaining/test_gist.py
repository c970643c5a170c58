from __future__ import annotations

import pytest

from assistant.explaining.gist import MOST_WORDS, closed, gist


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("A conductor finds that the last train never stops.", "A conductor finds that the last train never stops"),
        (
            "A widowed clockmaker takes in the boy next door, teaches him her trade, and slowly learns that he is the "
            "son of the man who left her. It won four prizes.",
            "A widowed clockmaker takes in the boy next door, teaches him her trade",
        ),
        ("An Oscar winning film. Two brothers cross the desert to sell their only camel.",
         "Two brothers cross the desert to sell their only camel"),
        (
            "When a retired diver finds a sealed door on the floor of the flooded quarry behind her house one night, "
            "she calls her brother.",
            "A retired diver finds a sealed door",
        ),
        ("The city needs heroes. A nurse and her patient hide a stolen painting in a hospital.",
         "A nurse and her patient hide a stolen painting in a hospital"),
        ("The city needs heroes.", "The city needs heroes"),
        ("Short.", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_the_first_sentence_that_tells_something_is_cut_at_a_clause(description: str, expected: str) -> None:
    assert gist(description) == expected


def test_a_sentence_that_can_be_cut_nowhere_is_passed_over() -> None:
    endless = "A clerk counts " + "sheep " * 40
    assert gist(endless) == ""
    assert gist(f"{endless}. Nobody in the office believes him.") == "Nobody in the office believes him"


def test_a_gist_is_short_and_its_words_are_those_of_the_description() -> None:
    text = "A clerk counts " + "sheep " * 8 + "and then " + "more " * 40
    found = gist(text)
    assert 0 < len(found.split()) <= MOST_WORDS
    assert found in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("kidnapped by traffickers intent and", "kidnapped by traffickers"), ("A man finds keys", "A man finds keys")],
)
def test_words_that_something_must_follow_are_dropped_at_the_end(text: str, expected: str) -> None:
    assert closed(text) == expected


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        # Two words too many are kept: "connected to the spirit" would be another thing.
        (
            "The haunted family of a miller looks for the old childhood secret that has left them tied to the "
            "spirit world.",
            "The haunted family of a miller looks for the old childhood secret that has left them tied to the "
            "spirit world",
        ),
        (
            "Ida Brandt, a tired and honest banker from Oslo, receives a strange present from her younger brother, who "
            "promises that it will change the way she looks at the world.",
            "Ida Brandt receives a strange present from her younger brother",
        ),
        (
            "A quiet community on the northern coast of the island is shaken up by the arrival of a wounded, sullen "
            "fisherman who says that he has seen the end of the world.",
            "A quiet community on the northern coast of the island is shaken up",
        ),
        (
            "Vlad is a great hero of his people, but when he learns the Sultan is preparing for battle and needs to "
            "form an army of boys, he turns to older powers.",
            "Vlad is a great hero of his people",
        ),
        (
            "Accused in the spring of the murder of his wife and of her lover, a careful banker begins a new life in a "
            "prison where nobody else can count.",
            "A careful banker begins a new life in a prison where nobody else can count",
        ),
        # Words that wait for what follows: a model would go on with words of another line.
        (
            "A shy girl wanders away from her parents through the hills, along a path that leads to a valley ruled by "
            "strange and unusual animals.",
            "A shy girl wanders away from her parents through the hills",
        ),
        (
            "A nervous father of three very small children in the suburbs of a big town must finally deal with the "
            "ghost of his own father.",
            "A nervous father of three very small children",
        ),
        (
            "An old farmhand from the far end of the valley unwittingly opens a gateway between the world of people "
            "and that of the giants.",
            "An old farmhand from the far end of the valley unwittingly opens a gateway",
        ),
        (
            "When Ida, a tired young banker, is cursed with an old body by a spiteful aunt, her only chance of "
            "breaking the spell lies with a baker.",
            "Ida is cursed with an old body by a spiteful aunt",
        ),
        (
            "When Ida, the leader of a small team of divers whose last journey to the wreck went wrong without any "
            "explanation, learns that one of them has lied, she is surprised.",
            "When Ida learns that one of them has lied, she is surprised",
        ),
        (
            "When Ida, the leader of a small team of divers whose last journey to the old wreck went terribly wrong "
            "without any explanation or warning, she is surprised.",
            "",
        ),
        (
            "Two sisters of a quiet town and their careful brother are the only people in the valley who know of the "
            "plague that is to come.",
            "",
        ),
        (
            "The story of a boy named Ari, a keeper's son who finds himself in the company of a hyena, zebra, ape, and "
            "a tired tiger after a storm at sea.",
            "The story of a boy named Ari, a keeper's son who finds himself in the company of a hyena, zebra",
        ),
        (
            'A clerk of the railway adapts the book "The Orchid Thief".',
            'A clerk of the railway adapts the book "The Orchid Thief"',
        ),
        (
            "Her life is not what it was. But when her oldest friend is engaged, she has to serve. Though broke, Annie "
            "bluffs her way through the expensive rituals.",
            "Though broke, Annie bluffs her way through the expensive rituals",
        ),
    ],
)
def test_a_gist_is_not_cut_where_its_sentence_needs_what_follows(description: str, expected: str) -> None:
    assert gist(description, 20) == expected
