"""Text from users, items and models is shown as text, field by field."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from assistant.events import Problem, Usage
from assistant.state import DialogueState
from ranking.types import Evidence, Parts, Ranked, Ranking
from retrieval.catalog import Catalog
from retrieval.types import Constraints, Credit, Step
from tests.ui.fakes import film
from ui import panels
from ui.cards import picture
from ui.compare import comparison
from ui.poster import poster
from ui.session import Session
from ui.strings import strings
from ui.turns import whole
from ui.types import Summary, Taste, Turn

EVIL = (
    "<img src=x onerror=alert(1)><script>alert(2)</script>\"'><b>**bold**</b> "
    "[link](javascript:alert(3)) {{value}} ${1}"
)
WORDS = strings("en")


class Tags(HTMLParser):
    """Collects the tags, and the attributes that could run something."""

    def __init__(self):
        super().__init__()
        self.tags, self.risky, self.inside = set(), [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            if name == "data-inside":  # becomes part of the page when it is opened
                self.inside += value
        self.risky += [name for name, value in attrs if name.startswith("on") or "javascript:" in (value or "")[:12]]


def checked(html):
    tags = Tags()
    tags.feed(html)
    html += tags.inside
    tags.feed(tags.inside)
    assert not tags.tags & {"script", "iframe", "object", "embed", "a"}
    assert tags.risky == []
    assert "<b>**bold**" not in html
    assert "&lt;script&gt;" in html, "the text itself is not there"
    return html


def turn(**changes):
    item = film(0, **changes.pop("item", {}))
    fact = Evidence(changes.pop("kind", "wish"), changes.pop("value", "x"), changes.pop("words", ""))
    ranking = Ranking(
        (Ranked(item, 1.0, Parts(0.5), (fact,)),),
        trace=(Step(changes.pop("step", "catalog"), 10),),
    )
    fields = {"ranking": ranking, "reasons": ("because",), "stage": "done"}
    return Turn("t1", "hello", True, DialogueState(), DialogueState(), **{**fields, **changes})


@pytest.mark.parametrize(
    "item",
    [
        {"title": EVIL},
        {"description": EVIL},
        {"genres": (EVIL,)},
        {"people": (Credit(EVIL, "director"),)},
        {"people": (Credit(EVIL, "actor"),)},
        {"id": EVIL},
    ],
    ids=lambda item: next(iter(item)),
)
def test_a_card_shows_fields_of_the_item_as_text(item):
    checked(whole(turn(item=item), WORDS))


@pytest.mark.parametrize(
    "changes",
    [
        {"said": EVIL},
        {"echo": EVIL},
        {"text": EVIL},
        {"question": EVIL},
        {"question": "?", "options": (EVIL,)},
        {"problems": (Problem("internal", EVIL),)},
        {"notes": (EVIL,)},
        {"reasons": (EVIL,)},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_a_turn_shows_messages_and_answers_as_text(changes):
    checked(whole(replace(turn(), **changes), WORDS))


@pytest.mark.parametrize(
    "changes", [{"value": EVIL}, {"words": EVIL}, {"kind": EVIL}, {"step": EVIL}], ids=lambda c: next(iter(c))
)
def test_the_why_panel_shows_evidence_as_text(changes):
    checked(whole(turn(**changes), WORDS))


def test_what_blocks_is_shown_as_text():
    state = DialogueState(limits=Constraints(not_genres=frozenset({EVIL})))
    checked(whole(replace(turn(), after=state, ranking=Ranking((), blocking=("not_genres",))), WORDS))
    checked(whole(replace(turn(), text=EVIL, ranking=Ranking((), blocking=("exclude",))), WORDS))


@pytest.mark.parametrize(
    "state",
    [
        DialogueState(wishes=(EVIL,)),
        DialogueState(people=(EVIL,)),
        DialogueState(genres=(EVIL,)),
        DialogueState(unknown_likes=(EVIL,)),
        DialogueState(likes=("evil",)),
        DialogueState(seen=("evil",)),
        DialogueState(limits=Constraints(not_genres=frozenset({EVIL}))),
        DialogueState(limits=Constraints(countries=frozenset({EVIL}))),
        DialogueState(limits=Constraints(languages=frozenset({EVIL}))),
    ],
)
def test_the_taste_panel_shows_what_it_holds_as_text(state):
    catalog = Catalog.from_items([film(0, id="evil", title=EVIL, genres=(EVIL,))])
    checked(panels.taste(state, catalog, WORDS))


def test_a_problem_in_the_taste_panel_is_text():
    checked(panels.taste(DialogueState(), Catalog.from_items([film(0)]), WORDS, problem=EVIL))


def test_history_and_settings_are_text():
    checked(panels.history((Summary(EVIL, EVIL, 1),), "", True, WORDS))
    catalog = Catalog.from_items([film(0, id="evil", title=EVIL)])
    session = Session()
    session.taste = Taste(True, ((EVIL, "like", "evil"),))
    checked(panels.settings(session, catalog, (EVIL, EVIL, EVIL), WORDS))


def test_the_comparison_is_text():
    one = film(0, title=EVIL, description=EVIL, genres=(EVIL,), people=(Credit(EVIL, "director"),))
    checked(comparison((one, one), (EVIL, EVIL), WORDS))


def test_the_title_on_a_drawn_poster_is_text():
    html = poster("<script>alert(1)</script>", ("drama",))
    assert "<script" not in html
    assert "&lt;scrip" in html


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//evil.example/x.png", "data:text/html,<b>", "file:///etc/passwd"]
)
def test_a_poster_address_of_another_kind_is_not_used(address):
    assert "<img" not in picture(film(0, poster=address))


def test_a_poster_lies_over_the_drawn_one():
    html = picture(film(0, poster="https://images.example/1.jpg"))
    assert html.index("<svg") < html.index('<img src="https://images.example/1.jpg"')


def test_numbers_of_the_turn_are_shown():
    html = whole(turn(usage=Usage(2, 1200, 34), timings_ms={"total": 2300.0}), WORDS)
    assert "2.3 s" in html
    assert "1,234" in html


def test_a_line_about_a_card_shows_its_number_and_title():
    html = whole(turn(text="Inception: a dream.\nAnd <b>that</b> is it."), WORDS)
    assert '<span class="place">1</span><span><b>Inception</b> a dream.</span>' in html
    assert "<p>And &lt;b&gt;that&lt;/b&gt; is it.</p>" in html
    html = whole(turn(text="Inception is a dream.\nInceptionist: another word."), WORDS)
    assert '<span class="place">1</span><span><b>Inception</b> is a dream.</span>' in html
    assert "<p>Inceptionist: another word.</p>" in html


def test_a_title_with_markup_in_the_answer_is_text():
    checked(whole(turn(item={"title": EVIL}, text=f"{EVIL}: {EVIL}"), WORDS))
