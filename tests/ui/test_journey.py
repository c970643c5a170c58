"""Whole journeys through the real assistant: with a queued model over a tiny catalog, and with the default engine."""

import re

import pytest
from rich.console import Console

from assistant.launch import assembled
from assistant.memory import open_memory
from assistant.settings import Settings
from tests.fakes import QueueModel
from ui.stored import StoredHistory

pytestmark = pytest.mark.browser


def titles(page):
    return page.locator(".turn:last-child .card h3").all_inner_texts()


def years(page):
    return [int(title.split()[-1]) for title in titles(page)]


def test_type_cards_like_rank_again_why_more_like_older_undo_reload(serve, open_page, talk, make_assistant, tmp_path):
    model = QueueModel(["1. A story of memory.", "1. A story of space."])  # rules read every word of the two messages
    with open_memory(f"sqlite:///{tmp_path / 'memory.db'}") as memory:
        page = open_page(serve(make_assistant(model), StoredHistory(memory)))
        journey(page, talk)
        assert len(model.prompts) == 2


@pytest.mark.engine
@pytest.mark.realdata
@pytest.mark.timeout(600)
def test_the_same_with_the_real_engine_and_catalog(serve, open_page, talk, tmp_path):
    with (
        assembled(Settings(CONCIERGE_ENGINE="llama.cpp"), Console(quiet=True)) as assistant,
        open_memory(f"sqlite:///{tmp_path / 'memory.db'}") as memory,
    ):
        page = open_page(serve(assistant, StoredHistory(memory)))
        page.set_default_timeout(120_000)
        journey(page, talk)
        assert page.locator(".problem").count() == 0


WATCH = """() => {
    const log = document.querySelector('.log');
    const start = () => { window.clicked = performance.now(); };
    window.times = [];
    for (const kind of ['click', 'change']) document.addEventListener(kind, start, true);
    new MutationObserver(() => {
        if (window.clicked) window.times.push(performance.now() - window.clicked);
        window.clicked = null;
    }).observe(log, { childList: true, subtree: true });
}"""


@pytest.mark.figures
@pytest.mark.realdata
def test_new_cards_stand_150_ms_after_a_change_of_taste(serve, open_page, talk, tmp_path):
    """From the click to the new cards, over the whole default catalog: the median of each kind of change."""
    with (
        assembled(Settings(CONCIERGE_ENGINE="none"), Console(quiet=True)) as assistant,
        open_memory(f"sqlite:///{tmp_path / 'memory.db'}") as memory,
    ):
        page = open_page(serve(assistant, StoredHistory(memory)))
        talk(page, "I loved The Matrix and Inception, something mind-bending after 2005, no horror")
        page.evaluate(WATCH)

        def taken(clicks):
            for number, click in enumerate(clicks, start=1):
                click()
                page.wait_for_function("n => window.times.length >= n", arg=number)
            times = page.evaluate("window.times.splice(0)")
            return sorted(times)

        def slide(value):
            slider = page.locator(".side [data-tune=novelty]")
            slider.evaluate(
                "(one, to) => { one.value = to; one.dispatchEvent(new Event('change', { bubbles: true })); }", value
            )

        likes = taken(
            [lambda place=place: page.locator(".card .act-like").nth(place % 5).click() for place in range(9)]
        )
        removed = taken([lambda: page.locator(".held.likes [data-do=remove]").last.click() for _ in range(7)])
        slid = taken([lambda value=value: slide(value) for value in (1, 0.5, 0)])
        for name, times in (("a like", likes), ("a chip removed", removed), ("a slider", slid)):
            middle = times[len(times) // 2]
            print(f"new cards {middle:.0f} ms after {name}, at most {times[-1]:.0f} ms")
            assert middle <= 150, name


def journey(page, talk):
    talk(page, "I loved The Matrix and Inception, something mind-bending after 2005, no horror")
    first = titles(page)
    assert len(first) == 5
    assert all(year > 2005 for year in years(page))
    assert page.locator(".held.likes li").all_inner_texts() == ["The Matrix (1999)", "Inception (2010)"]
    assert page.locator(".held.limits li", has_text="no horror").count() == 1
    assert page.locator(".turn .words").inner_text().strip() or page.locator(".problem").count()

    liked = page.locator(".card").nth(2)
    name = liked.locator("h3").inner_text().rsplit(" ", 1)[0]
    liked.locator(".act-like").click()
    page.wait_for_selector(".part-notes p")
    assert page.locator(".held.likes li").count() == 3
    assert all(not title.startswith(f"{name} ") for title in titles(page))
    assert all(year > 2005 for year in years(page))

    page.locator(".ask-why").first.click()
    why = page.locator(".why:visible").inner_text()
    assert "Films you like that point here" in why or "What else speaks for it" in why
    page.keyboard.press("Escape")

    after_like = titles(page)
    second = int(after_like[1].split()[-1])
    talk(page, "more like the second but older")
    assert page.locator(".turn").count() == 2
    assert page.locator(".held.likes li").count() == 4
    assert all(year < second for year in years(page))
    assert not set(titles(page)) & set(after_like)

    page.locator('.turn:last-child [data-do="undo"]').click()
    page.wait_for_function("document.querySelectorAll('.turn').length === 1")
    assert titles(page) == after_like

    asked = []
    page.on("request", lambda request: asked.append(request.post_data) if request.url.endswith("/predict") else None)
    page.reload()
    page.wait_for_selector(".card")
    assert titles(page) == after_like
    assert len(asked) == 1, "a page that opens greets the server once"
    assert page.locator(".held.likes li").count() == 3
    page.get_by_role("button", name=re.compile("Show others")).click()
    page.wait_for_function("document.querySelectorAll('.turn').length === 2")
    assert not set(titles(page)) & set(after_like)
