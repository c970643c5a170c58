from __future__ import annotations

import pytest

from assistant.understanding.polarity import Polarity, mask


@pytest.mark.parametrize(
    ("message", "word", "colour"),
    [
        ("I love comedies", "comedies", "wanted"),
        ("I don't really like comedies", "comedies", "refused"),
        ("I can't stand musicals, horror, or westerns", "westerns", "refused"),
        ("no horror, something funny", "funny", "wanted"),
        ("no gore, ghosts or dolls", "dolls", "refused"),
        ("romance is not my thing", "romance", "refused"),
        ("comedies are fine, horror bores me", "horror", "refused"),
        ("nothing but comedies", "comedies", "wanted"),
        ("I have nothing against horror", "horror", "allowed"),
        ("I can't get enough of horror", "horror", "wanted"),
        ("less gore more jokes", "jokes", "wanted"),
        ("musicals yes, cartoons no", "cartoons", "refused"),
        ("I love horror but my wife can't stand it", "horror", "refused"),
        ("anything except war", "war", "refused"),
        ("an action movie without any romance in it", "romance", "refused"),
        ("i used to love westerns but im over them now, sci fi please", "sci fi", "neutral"),
        ("nothing with ghosts, a comedy please", "comedy", "neutral"),
        ("horror's out of the question", "horror", "refused"),
        ("I'm allergic to musicals", "musicals", "refused"),
        ("I'd rather sleep than watch cartoons", "cartoons", "refused"),
        ("keep the gore away", "gore", "refused"),
        ("I find westerns boring", "westerns", "refused"),
        ("cartoons, not so much", "cartoons", "refused"),
        ("cartoons = great", "cartoons", "wanted"),
        ("I hate romance, musicals, westerns", "westerns", "refused"),
        ("dislikes: romance, musicals", "musicals", "refused"),
        ("no romance, comedy please", "comedy", "neutral"),
        ("you can leave out the romance", "romance", "refused"),
        ("easy on the gore", "gore", "refused"),
        ("I've had it up to here with westerns", "westerns", "refused"),
        ("horror", "horror", "neutral"),
        ("有没有喜剧", "喜剧", "wanted"),
        ("不想看爱情片，来点惊悚的", "惊悚", "wanted"),
        ("不想看爱情片", "爱情", "refused"),
    ],
)
def test_colour(message: str, word: str, colour: str) -> None:
    start = message.index(word)
    assert Polarity(message).at(start, start + len(word)) == colour


def test_a_cue_inside_a_title_colours_nothing() -> None:
    message = "Never Let Me Go and Moon"
    start = message.index("Moon")
    assert Polarity(mask(message, [(0, 15)])).at(start, start + 4) == "neutral"
    assert len(mask(message, [(0, 15)])) == len(message)
