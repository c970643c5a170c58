"""Where things stand on the screen: nothing cut off, nothing jumps, and the newest message at the top."""

import pytest

from tests.ui.fakes import film, films

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
OUTSIDE = """() => [...document.querySelectorAll('.concierge *')].filter((one) => {
    const { width, right, left } = one.getBoundingClientRect();
    return width > 1 && (right > innerWidth + 1 || left < -1) && !one.closest('svg, .skip, .sr');
}).map((one) => one.className)"""


@pytest.mark.parametrize("size", [PHONE, {"width": 1440, "height": 900}], ids=["phone", "desktop"])
def test_the_newest_message_stands_right_below_the_bar(serve, open_page, assistant, talk, size):
    page = open_page(serve(assistant), **size)
    for number in range(4):
        talk(page, f"something light {number}")
        page.wait_for_timeout(120)  # what falls asleep does so in a later frame
        gap = page.evaluate(
            "document.querySelector('.turn:last-child .said').getBoundingClientRect().top"
            " - document.querySelector('.bar').getBoundingClientRect().bottom"
        )
        assert 0 <= gap <= 40, (number, gap)


def test_a_turn_out_of_sight_keeps_its_height(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    for number in range(4):
        talk(page, f"something light {number}")
    page.wait_for_timeout(120)
    asleep = page.evaluate("document.querySelector('.turn').offsetHeight")
    page.evaluate("document.querySelector('.turn').style.contentVisibility = 'visible'")
    assert abs(page.evaluate("document.querySelector('.turn').offsetHeight") - asleep) <= 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_cut_off_on_a_small_phone(serve, open_page, assistant, talk, language):
    long = "Pneumonoultramicroscopicsilicovolcanoconiosis and Other Words"
    assistant.catalog = type(assistant.catalog).from_items([film(0, title=long), *films(12)[1:]])
    page = open_page(serve(assistant), **PHONE)
    page.evaluate("language => localStorage.setItem('concierge.language', language)", language)
    page.reload()
    page.wait_for_selector(".concierge[data-ready]")
    assert page.evaluate(OUTSIDE) == []
    talk(page, "something " + "verylongword" * 12)
    page.locator(".act-like").nth(1).click()
    page.wait_for_selector(".part-notes p")
    page.locator(".ask-why").first.click()
    assert page.evaluate(OUTSIDE) == []
    assert all(page.locator(".card:first-child .acts small").nth(place).is_visible() for place in range(5))
    for sheet in ("history", "settings", "taste"):
        page.click(f'[data-do="open-{sheet}"]')
        page.wait_for_selector("dialog[open]")
        assert page.evaluate(OUTSIDE) == [], sheet
        page.keyboard.press("Escape")
    page.locator(".act-compare").nth(0).click()
    page.locator(".act-compare").nth(1).click()
    page.wait_for_selector("dialog[open] .versus")
    assert page.evaluate(OUTSIDE) == []
    assert (
        page.evaluate(
            "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.scroll'))"
        )
        <= 1
    )


def test_five_cards_share_one_row_on_a_laptop(serve, open_page, assistant, talk):
    page = open_page(serve(assistant), width=1280, height=800)
    talk(page, "something light")
    tops = page.evaluate("[...document.querySelectorAll('.card')].map((one) => one.getBoundingClientRect().top)")
    assert len(set(tops)) == 1
    assert page.evaluate(OUTSIDE) == []


def test_the_titles_on_drawn_posters_are_not_cut(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    talk(page, "something light")
    page.evaluate("document.fonts.ready")
    rights = page.evaluate(
        "[...document.querySelectorAll('.drawn text')].map((one) => one.getBBox().x + one.getBBox().width)"
    )
    assert rights
    assert max(rights) <= 196


def test_the_names_in_the_picture_of_the_taste_are_not_cut(serve, open_page, assistant, talk):
    genres = ("science fiction", "documentary", "animation", "adventure", "mystery", "romance", "thriller")
    assistant.catalog = type(assistant.catalog).from_items([film(0, genres=genres), *films(12)[1:]])
    page = open_page(serve(assistant))
    talk(page, "something light")
    page.click('[aria-label="Like Inception"]')
    page.wait_for_selector(".side .flower")
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.side .chart text')].filter((one) => {
            const text = one.getBoundingClientRect(), all = one.ownerSVGElement.getBoundingClientRect();
            return text.left < all.left - 1 || text.right > all.right + 1 || text.bottom > all.bottom + 1;
        }).map((one) => one.textContent)"""
    )
    assert cut == []
    assert page.locator(".side .flower text").count() == 7


def test_a_server_that_comes_back_is_gone_on_with(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    talk(page, "one")
    page.context.route("**/*", lambda route: route.abort())
    page.fill("#say", "two")
    page.press("#say", "Enter")
    page.wait_for_selector(".hint:has-text('The connection to the server was lost')")
    page.context.unroute_all()
    page.wait_for_function("document.querySelector('#say')?.value === 'two'")
    assert page.locator(".turn").count() == 1
    talk(page, "two")
    assert page.locator(".turn").count() == 2


def test_forgotten_in_one_tab_is_gone_from_the_other(serve, open_page, assistant, talk):
    one = open_page(serve(assistant))
    talk(one, "my secret")
    other = one.context.new_page()
    other.goto(one.url)
    other.wait_for_selector(".said")
    one.click('[data-do="open-settings"]')
    one.click('[data-do="forget-ask"]')
    one.click('[data-do="forget"]')
    other.wait_for_selector(".concierge.empty[data-ready]")
    assert "my secret" not in other.inner_text("body")
