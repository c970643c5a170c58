from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.explaining import check, gather
from assistant.state import DialogueState
from ranking.types import Ranking


@pytest.mark.parametrize(
    "sentence",
    [
        "Night Train is a horror thriller about time travel, close to Inception, which you liked.",
        "Ann Reed directed this 1999 thriller.",
        "Reed's thriller puts Bob Stone on a train to Lisbon.",
        "A 90s thriller with Bob Stone, and no war at all.",
        "At 97 minutes it is a short ride.",
        "It never stops: a train that travels in time.",
        "A tense thriller from before 2000, for your “time”.",
    ],
)
def test_grounded_sentences_pass(sentence: str, ranking: Ranking, state: DialogueState) -> None:
    facts = gather(ranking, state)
    assert check(sentence, facts, facts.cards[:1]) == ()


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Night Train feels like Blade Runner.", "name"),
        ("A thriller by Steven Spielberg.", "name"),
        ("A thriller directed by Bob Stone.", "role"),
        ("A thriller starring Ann Reed.", "role"),
        ("A thriller from 2004.", "year"),
        ("A thriller that lasts 140 minutes.", "number"),
        ("A comedy about a train.", "genre"),
        ("An Oscar winning thriller.", "claim"),
        ("A thriller with a twist ending.", "claim"),
        ("A thriller in which a nurse poisons the captain.", "plot"),
        ("You liked Night Train, so here is a thriller.", "liked"),
        ("Night Train, which you loved, is a thriller.", "liked"),
        ("Inception is a thriller with a train.", "liked"),
        ("这是一部惊悚片。", "language"),
    ],
)
def test_ungrounded_sentences_fail(sentence: str, kind: str, ranking: Ranking, state: DialogueState) -> None:
    facts = gather(ranking, state)
    assert kind in {violation.kind for violation in check(sentence, facts, facts.cards[:1])}


def test_facts_of_another_card_do_not_count(ranking: Ranking, state: DialogueState) -> None:
    facts = gather(ranking, state)
    assert check("A comedy about a wedding.", facts, facts.cards[:1])
    assert not check("A comedy about a wedding.", facts, facts.cards[1:])


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("一部惊悚片，关于时间旅行，与你喜欢的《Inception》相近。", None),
        ("Ann Reed执导的1999年惊悚片。", None),
        ("由克里斯托弗·诺兰执导的惊悚片。", "name"),
        ("与《盗梦空间》相近的惊悚片。", "title"),
        ("2004年的惊悚片。", "year"),
        ("一部喜剧。", "genre"),
        ("获奖的惊悚片。", "claim"),
        ("《Inception》是惊悚片。", "liked"),
        ("关于惊悚的《Inception》。", "liked"),
        ("一位护士毒死船长的惊悚片。", "plot"),
        ("A thriller with a train.", "language"),
    ],
)
def test_chinese(sentence: str, kind: str | None, ranking: Ranking, state: DialogueState) -> None:
    facts = gather(ranking, replace(state, language="zh"))
    kinds = {violation.kind for violation in check(sentence, facts, facts.cards[:1])}
    assert (kind in kinds) if kind else not kinds, kinds


def test_a_number_with_separators_is_found_in_the_record(ranking: Ranking, state: DialogueState) -> None:
    night = ranking.items[0]
    crowded = replace(night.item, description="A train with 11,000 travellers never stops.")
    facts = gather(replace(ranking, items=(replace(night, item=crowded),)), state)
    assert check("A train with 11,000 travellers", facts) == ()
    assert [violation.kind for violation in check("A train with 12,000 travellers", facts)] == ["number"]


def test_words_with_digits_are_words(ranking: Ranking, state: DialogueState) -> None:
    card = replace(ranking.items[0], item=replace(ranking.items[0].item, description="An MI6 agent takes a train."))
    facts = gather(Ranking((card,)), state)
    assert check("An MI6 agent takes a train", facts) == ()
    assert [str(found) for found in check("An MI5 agent takes a train", facts)] == ["name: MI5"]


@pytest.mark.parametrize(
    "description",
    [
        "Since the 1940s, a town in the 60's sees 3D, and a band of the 1950's plays",
        "An off-duty guard has a feeling of déjà vu in Malmö",
        "A woman of the city--as if to test her luck--climbs back...in time",
    ],
)
def test_a_description_copied_whole_is_grounded(description: str, ranking: Ranking, state: DialogueState) -> None:
    first = ranking.items[0]
    told = replace(first, item=replace(first.item, description=f"{description}."))
    facts = gather(replace(ranking, items=(told,)), state)
    assert check(description, facts, facts.cards) == ()
    assert check(f"{description} 1930s", facts, facts.cards)
