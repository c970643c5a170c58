"""The page as people meet it, in Chromium, in front of a fake assistant."""

import json
import re

import pytest

from assistant.acts import DialogueAct, Intent
from assistant.events import Answer, Cards, Done, Problem, Question, Understood, Word
from assistant.state import DialogueState
from ranking.types import Ranking
from retrieval.catalog import Catalog
from retrieval.types import Constraints
from tests.ui.fakes import FakeAssistant, film, films

pytestmark = pytest.mark.browser

EVIL = '<img src=x onerror="window.hurt=1"><script>window.hurt=2</script>**bold** {{1+1}} ${1+1} `x`'


def titles(page):
    return page.locator(".turn:last-child .card h3").all_inner_texts()


def saying(text):
    state = DialogueState()
    return [Understood(DialogueAct(Intent.CHAT), state, ""), Answer(text), Done(state, text)]


def test_a_message_gets_cards_before_words(serve, open_page, assistant):
    assistant.replies = ["Start with the first of these five films."]
    assistant.may_talk.clear()
    page = open_page(serve(assistant))
    page.get_by_text("Something warm and funny").click()
    page.wait_for_selector(".card")
    assert "the first of these" not in page.inner_text(".turn:last-child")
    assistant.may_talk.set()
    page.wait_for_selector("text=Start with the first of these five films.")
    assert [card.split()[0] for card in titles(page)] == [
        "Inception",
        "Source",
        "Looper",
        "Predestination",
        "Coherence",
    ]
    assert page.locator(".rank").all_inner_texts() == ["1", "2", "3", "4", "5"]
    assert assistant.heard == ["Something warm and funny for a rainy Sunday evening"]
    card = page.locator(".card").first.inner_text()
    for fact in ("2010", "148 min", "8.1", "science fiction", "Christopher Nolan", "Shares action"):
        assert fact in card


@pytest.mark.figures
def test_the_first_change_comes_within_100_ms_and_cards_within_300(serve, open_page, assistant):
    """The best of five turns, so that a busy machine does not decide."""
    assistant.think = 0.3
    page = open_page(serve(assistant))
    page.evaluate(
        """() => {
            const log = document.querySelector('.log');
            const form = document.querySelector('#say').form;
            form.addEventListener('submit', () => { window.times = { sent: performance.now() }; }, true);
            new MutationObserver(() => {
                window.times.first ??= performance.now();
                const turn = log.querySelector('.turn:last-child:not([data-turn=pending])');
                if (turn?.querySelector('.card')) window.times.cards ??= performance.now();
            }).observe(log, { childList: true, subtree: true });
        }"""
    )
    first, cards = [], []
    for number in range(5):
        page.fill("#say", f"something light {number}")
        page.press("#say", "Enter")
        page.wait_for_function("window.times?.cards && !document.querySelector('.concierge.busy')")
        times = page.evaluate("window.times")
        first.append(times["first"] - times["sent"])
        cards.append(times["cards"] - times["sent"] - 1000 * assistant.think)
    print(f"first change {min(first):.0f} ms, cards {min(cards):.0f} ms after the ranking")
    assert min(first) <= 100
    assert min(cards) <= 300


def test_stop_ends_the_words_and_keeps_the_cards(serve, open_page, assistant, talk):
    assistant.pause, assistant.replies = 0.1, ["word " * 5000]
    page = open_page(serve(assistant))
    page.fill("#say", "go on and on")
    page.press("#say", "Enter")
    page.wait_for_selector(".words")
    page.click(".halt")
    page.wait_for_selector(".halted")
    assert page.locator(".card").count() == 5
    words = page.inner_text(".words")
    page.wait_for_timeout(400)
    assert page.inner_text(".words") == words
    assert assistant.closed == 1
    assistant.pause = 0.0
    talk(page, "and now")
    assert "Inception 2010" not in titles(page)


def test_a_click_on_like_ranks_again_without_the_model(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    talk(page, "films about time")
    page.click('[aria-label="Like Looper"]')
    page.wait_for_selector(".part-notes:has-text('You like Looper. Ranked again.')")
    assert not any(title.startswith("Looper") for title in titles(page))
    assert len(titles(page)) == 5
    assert assistant.acts[-1].intent is Intent.LIKE
    assert len(assistant.heard) == 1
    assert page.locator(".held.likes li").all_inner_texts() == ["Looper (2012)"]
    assert page.locator(".flower").count() == 1
    assert page.locator(".skyline").count() == 1


@pytest.mark.parametrize(
    ("button", "intent", "group"),
    [("Inception is not for me", Intent.REJECT, "dislikes"), ("Seen it: Inception", Intent.SEEN, "seen_list")],
)
def test_not_for_me_and_seen_take_the_card_away(serve, open_page, assistant, talk, button, intent, group):
    page = open_page(serve(assistant))
    talk(page, "films about time")
    page.click(f'[aria-label="{button}"]')
    page.wait_for_selector(f".held.{group} li")
    assert "Inception 2010" not in titles(page)
    assert assistant.acts[-1].intent is intent


def test_more_like_this_is_a_turn_of_its_own_with_other_films(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    talk(page, "films about time")
    before = set(titles(page))
    page.click('[aria-label="More like this: Source Code"]')
    page.wait_for_selector(".said:has-text('More like Source Code (2011)')")
    page.wait_for_function("document.querySelectorAll('.turn').length === 2")
    assert not before & set(titles(page))


def test_why_opens_the_evidence_and_closes_with_escape(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    talk(page, "mind-bending")
    page.click('[aria-label="Like Looper"]')
    page.wait_for_selector(".part-notes p")
    button = page.locator(".ask-why").nth(1)
    button.click()
    panel = page.locator(".why:visible")
    text = panel.inner_text()
    for fact in ("mind-bending", "Looper", "People with your taste", "Score", "What was not used", "4,803"):
        assert fact in text
    assert button.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert page.locator(".why:visible").count() == 0
    assert page.evaluate("document.activeElement.className") == "ask-why"


def test_the_taste_panel_adds_and_removes_and_softens(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    talk(page, "something")
    page.select_option(".side [name=kind]", "genre")
    page.fill(".side [name=value]", "sci-fi")
    page.press(".side [name=value]", "Enter")
    chip = page.locator(".held.limits li", has_text="science fiction")
    chip.wait_for()
    chip.get_by_label("Make science fiction a wish instead of a limit").click()
    page.locator(".held.wishes li", has_text="science fiction").wait_for()
    page.get_by_label("Remove science fiction").click()
    page.locator(".part-notes", has_text="Removed: science fiction").wait_for()
    page.fill(".side [name=value]", "xyzzy plugh")
    page.select_option(".side [name=kind]", "like")
    page.press(".side [name=value]", "Enter")
    page.wait_for_selector(".wrong:has-text('“xyzzy plugh” is not in this catalog.')")
    assert len(assistant.heard) == 1


def test_a_slider_ranks_again(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    talk(page, "something")
    slider = page.locator(".side [data-tune=novelty]")
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_selector(".part-notes:has-text('Ranked again.')")
    assert page.locator(".side [data-tune=novelty]").input_value() == "1"
    page.click('[data-do="undo"]')
    page.wait_for_function("document.querySelector('.side [data-tune=novelty]').value === '0'")


def test_a_critique_says_its_bound_and_goes_there(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    talk(page, "something")
    page.get_by_role("button", name=re.compile("Older before 2012")).click()
    page.locator(".said.clicked", has_text="Older").wait_for()
    assert all(int(title.split()[-1]) < 2012 for title in titles(page))


def test_two_cards_are_compared_side_by_side(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    talk(page, "something")
    page.click('[aria-label="Compare Inception"]')
    assert "Inception" in page.inner_text(".hint")
    page.click('[aria-label="Compare Looper"]')
    page.wait_for_selector("dialog[open] .versus")
    table = page.inner_text(".versus")
    assert "Christopher Nolan" in table
    assert "Rian Johnson" in table
    assert "thriller" in page.locator(".versus mark").all_inner_texts()
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


def test_undo_retry_and_edit_rewind_the_state(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    talk(page, "first")
    talk(page, "second")
    assert page.locator(".held.wishes li").count() == 2
    page.click('.turn:last-child [data-do="undo"]')
    page.wait_for_function("document.querySelectorAll('.turn').length === 1")
    assert page.locator(".held.wishes li").all_inner_texts() == ["first"]
    page.click('[data-do="retry"]')
    page.wait_for_function("!document.querySelector('.concierge.busy')")
    assert assistant.heard == ["first", "second", "first"]
    assert page.locator(".held.wishes li").all_inner_texts() == ["first"]
    page.click('[data-do="edit"]')
    page.wait_for_function("document.querySelector('#say').value === 'first'")
    assert page.locator(".turn").count() == 0
    assert page.locator(".held li").count() == 0
    page.click('.welcome [data-do="undo"]')
    page.wait_for_selector(".held.wishes li")
    page.click('[data-do="edit"]')
    page.wait_for_selector(".concierge.empty")
    talk(page, "better")
    assert page.locator(".held.wishes li").all_inner_texts() == ["better"]


def test_a_reload_goes_on_where_it_was(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    talk(page, "first")
    page.click('[aria-label="Like Looper"]')
    page.wait_for_selector(".part-notes p")
    before = titles(page)
    page.reload()
    page.wait_for_selector(".card")
    assert titles(page) == before
    assert page.locator(".held.likes li").count() == 1
    talk(page, "second")
    assert page.locator(".turn").count() == 2


def test_conversations_are_listed_and_can_be_resumed(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    talk(page, "about robots")
    page.click('[data-do="new"]')
    page.wait_for_selector(".concierge.empty")
    talk(page, "about ghosts")
    page.click('[data-do="open-history"]')
    assert page.locator(".kept b").all_inner_texts() == ["about ghosts", "about robots"]
    page.click(".kept li:last-child button")
    page.wait_for_selector(".said:has-text('about robots')")
    assert page.locator(".turn").count() == 1


def test_two_tabs_never_mix(serve, open_page, assistant, talk):
    address = serve(assistant)
    one = open_page(address)
    two = one.context.new_page()
    two.goto(address)
    two.wait_for_selector(".concierge[data-ready]")
    talk(one, "apples")
    talk(two, "pears")
    one.click('[aria-label="Like Looper"]')
    one.wait_for_selector(".held.likes li")
    talk(two, "plums")
    assert "apples" not in two.inner_text(".concierge")
    assert "Looper (2012)" not in two.inner_text(".side")
    assert "pears" not in one.inner_text(".talk")
    talk(one, "figs")
    assert one.locator(".held.wishes li").all_inner_texts() == ["apples", "figs"]
    assert two.locator(".held.wishes li").all_inner_texts() == ["pears", "plums"]


def test_other_people_have_other_conversations(serve, open_page, assistant, talk):
    address = serve(assistant)
    one = open_page(address)
    talk(one, "my secret")
    other = open_page(one.url)
    assert "my secret" not in other.inner_text("body")


def test_export_and_forget_me(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    talk(page, "about robots")
    page.click('[data-do="open-settings"]')
    with page.expect_download() as download:
        page.click('[data-do="export"]')
    told = json.loads(download.value.path().read_text("utf-8"))
    assert told["conversations"][0]["turns"][0]["said"] == "about robots"
    person = page.evaluate("localStorage.getItem('concierge.person')")
    page.click('[data-do="forget-ask"]')
    page.click('[data-do="forget"]')
    page.wait_for_selector(".concierge.empty", state="attached")
    page.wait_for_function("p => localStorage.getItem('concierge.person') !== p", arg=person)
    page.reload()
    page.wait_for_selector(".concierge.empty[data-ready]")
    page.click('[data-do="open-history"]')
    assert page.locator(".kept li").count() == 0


def test_with_memory_off_nothing_is_kept(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    page.click('[data-do="open-settings"]')
    page.uncheck("[data-set=memory]")
    page.keyboard.press("Escape")
    talk(page, "about robots")
    page.reload()
    page.wait_for_selector(".concierge.empty[data-ready]")


def test_the_page_speaks_chinese(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    talk(page, "机器人")
    page.click('[data-do="open-settings"]')
    page.select_option("[data-set=language]", "zh")
    page.wait_for_selector("h2:has-text('你的口味')")
    assert page.get_attribute("html", "lang") == "zh"
    assert "为什么" in page.locator(".ask-why").first.inner_text()
    page.reload()
    page.wait_for_selector(".card")
    assert "为什么" in page.locator(".ask-why").first.inner_text()


def test_settings_show_the_engine_and_change_the_look(serve, open_page, assistant):
    page = open_page(serve(assistant))
    page.click('[data-do="open-settings"]')
    assert "llama.cpp · qwen2.5-coder-1.5b · ready" in page.inner_text("dialog[open]")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.select_option("[data-set=look]", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.reload()
    page.wait_for_selector(".concierge[data-ready]")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_the_keyboard_is_enough(serve, open_page, assistant):
    page = open_page(serve(assistant))
    page.focus("#say")
    page.keyboard.type("two")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("lines")
    page.keyboard.press("Enter")
    page.wait_for_selector(".critique")
    assert assistant.heard == ["two\nlines"]
    page.locator('[aria-label="Like Inception"]').focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".part-notes p")
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == "Like Source Code"
    page.focus("#say")
    page.keyboard.press("ArrowUp")
    page.wait_for_function("document.querySelector('#say').value === 'two\\nlines'")


def test_a_question_is_answered_with_a_click(serve, open_page, assistant):
    state = DialogueState()
    question = Question("Did you mean Heat (1995) or The Heat (2013)?", ("Heat (1995)", "The Heat (2013)"))
    assistant.script = [[Understood(DialogueAct(Intent.LIKE), state, ""), question, Done(state, question.text)]]
    page = open_page(serve(assistant))
    page.fill("#say", "heat")
    page.press("#say", "Enter")
    page.get_by_role("button", name="The Heat (2013)").click()
    page.wait_for_selector(".card")
    assert assistant.heard == ["heat", "The Heat (2013)"]


def test_problems_are_said_and_the_turn_goes_on(serve, open_page, assistant, talk):
    state = DialogueState()
    assistant.script = [
        [Problem("no-engine", "No model just now."), Understood(DialogueAct(Intent.CHAT), state, ""), Done(state, "")],
        [Problem("input", "The message is too long."), Done(state, "The message is too long.")],
    ]
    page = open_page(serve(assistant))
    talk(page, "one")
    assert page.inner_text(".problem.no-engine") == "No model just now."
    talk(page, "x" * 20_000)
    assert page.locator("text=The message is too long.").count() == 1
    talk(page, "short")
    assert page.locator(".turn:last-child .card").count() == 5


class Broken(FakeAssistant):
    """Fails in the middle of its first answer."""

    def reply(self, state, utterance):
        if not self.heard:
            self.heard.append(utterance)
            yield Understood(DialogueAct(Intent.CHAT), state, "")
            raise RuntimeError("a bug")
        yield from super().reply(state, utterance)


def test_a_bug_on_the_server_is_said_kindly(serve, open_page, talk):
    page = open_page(serve(Broken()))
    talk(page, "one")
    assert "Something went wrong on this side" in page.inner_text(".problem.internal")
    assert "a bug" not in page.inner_text("body")
    page.click('[data-do="retry"]')
    page.wait_for_selector(".card")


def test_nothing_left_offers_to_take_away_what_stands_in_the_way(serve, open_page, assistant, talk):
    limits = Constraints(year_to=1950, not_genres=frozenset({"romance"}), people_any=frozenset({"Ethan Hawke"}))
    state = DialogueState(limits=limits, people=("Ethan Hawke",))
    nearest = Ranking((), blocking=("year_to", "not_genres"), nearest=(assistant._ranked(film(6), 0, state),))
    assistant.script = [
        [
            Understood(DialogueAct(Intent.RECOMMEND), state, "Understood"),
            Cards(nearest, ("Near.",)),
            Answer("Nothing is left with that. These come nearest."),
            Done(state, ""),
        ]
    ]
    page = open_page(serve(assistant))
    talk(page, "impossible")
    assert "Nothing is left with that." in page.inner_text(".nothing")
    assert page.inner_text(".turn").count("Nothing is left with that.") == 1
    assert page.locator(".nothing .chip").all_inner_texts() == ["no romance", "up to 1950"]
    assert page.locator(".card").count() == 1
    page.get_by_role("button", name="Remove up to 1950").last.click()
    page.wait_for_selector(".part-notes:has-text('Removed: up to 1950')")
    assert all(title.startswith("Predestination") for title in titles(page))
    assert page.locator(".nothing").count() == 0


@pytest.mark.parametrize("field", ["title", "description", "genres"])
def test_markup_in_the_catalog_does_not_run(serve, open_page, field, talk):
    value = (EVIL,) if field == "genres" else EVIL
    assistant = FakeAssistant(Catalog.from_items([film(0, **{field: value}), *films(12)[1:]]))
    page = open_page(serve(assistant))
    talk(page, "go")
    page.locator(".ask-why").first.click()
    page.wait_for_timeout(100)
    assert page.evaluate("window.hurt") is None
    assert EVIL[:20] in page.inner_text(".turn")


@pytest.mark.parametrize("where", ["message", "answer", "words", "problem"])
def test_markup_in_the_conversation_does_not_run(serve, open_page, assistant, talk, where):
    state = DialogueState()
    if where == "answer":
        assistant.script = [saying(EVIL)]
    elif where == "words":
        assistant.script = [[Understood(DialogueAct(Intent.CHAT), state, EVIL), Word(EVIL), Done(state, EVIL)]]
    elif where == "problem":
        assistant.script = [[Problem("busy", EVIL), Done(state, "")]]
    page = open_page(serve(assistant))
    talk(page, EVIL if where == "message" else "go")
    page.wait_for_timeout(100)
    assert page.evaluate("window.hurt") is None
    assert EVIL[:60] in page.inner_text(".turn")


@pytest.mark.slow
@pytest.mark.figures
def test_fifty_turns_do_not_slow_the_page(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    assistant.catalog = Catalog.from_items(films(400))
    times = []
    for number in range(50):
        began = page.evaluate("performance.now()")
        talk(page, f"turn {number}")
        times.append(page.evaluate("performance.now()") - began)
    assert page.locator(".turn").count() == 50
    early, late = sorted(times[5:15])[5], sorted(times[-10:])[5]
    print(f"a turn takes {early:.0f} ms at the 10th and {late:.0f} ms at the 45th")
    assert late <= 2 * early + 50, (early, late)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1440, 900)], ids=["phone", "desktop"])
def test_axe_finds_no_serious_violation(serve, open_page, assistant, axe, dark, width, height, talk):
    page = open_page(serve(assistant), width=width, height=height, dark=dark)

    def check(where):
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        serious = [
            (one["id"], [node["target"] for node in one["nodes"]][:3])
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], where

    check("the first page")
    talk(page, "something with a <b>tag</b>")
    page.locator('[aria-label="Like Looper"]').click()
    page.wait_for_selector(".part-notes p")
    page.locator(".ask-why").first.click()
    check("after a turn")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for sheet in ("history", "settings", *(["taste"] if width < 1240 else [])):
        page.click(f'[data-do="open-{sheet}"]')
        page.wait_for_selector("dialog[open]")
        check(sheet)
        page.keyboard.press("Escape")
    page.locator('[aria-label^="Compare"]').nth(0).click()
    page.locator('[aria-label^="Compare"]').nth(1).click()
    page.wait_for_selector("dialog[open] .versus")
    check("comparison")


def test_a_lost_server_is_said(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    talk(page, "one")
    page.context.route("**/*", lambda route: route.abort())
    page.fill("#say", "two")
    page.press("#say", "Enter")
    page.wait_for_selector(".hint:has-text('The connection to the server was lost')")
    assert page.locator(".said", has_text="two").count() == 1
