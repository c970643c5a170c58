"""Everything on the page by keyboard alone, with the focus always in sight."""

import re

import pytest

pytestmark = pytest.mark.browser

SEEN = """() => {
    const active = document.activeElement;
    const shown = active.closest('.composer') || active;
    const { outlineStyle, outlineWidth, borderColor } = getComputedStyle(shown);
    const calm = shown === active ? null : getComputedStyle(document.querySelector('.card, .starter')).borderColor;
    return outlineStyle !== 'none' && outlineWidth !== '0px' || (calm !== null && borderColor !== calm);
}"""


def tab_to(page, selector, *, key="Tab", most=120):
    """Press Tab until the focus is on such an element; it must be seen to be there."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate(SEEN), f"nothing shows that the focus is on {selector}"
            return
    raise AssertionError(f"Tab does not lead to {selector}")


def focused(page, attribute="aria-label"):
    return page.evaluate("name => document.activeElement.getAttribute(name)", attribute)


def test_a_whole_conversation_by_keyboard(serve, open_page, assistant):
    page = open_page(serve(assistant))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # "Skip to your message" is the first stop
    assert focused(page, "id") == "say"
    page.keyboard.type("films about time")
    page.keyboard.press("Enter")
    page.wait_for_selector(".critique")

    tab_to(page, '[aria-label="Like Looper"]', key="Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".part-notes:has-text('You like Looper')")
    assert focused(page).startswith("Like "), "the focus stays at the same place of the new cards"

    tab_to(page, ".ask-why")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('.why:not([hidden])')")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.ask-why')")

    for _ in range(2):
        tab_to(page, ".act-compare")
        page.keyboard.press("Space")
    page.wait_for_selector("dialog[open] .versus")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.act-compare')")

    tab_to(page, ".critique")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.turn').length === 2")
    tab_to(page, "[data-do=undo]")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.turn').length === 1")
    assert page.evaluate("document.activeElement !== document.body")


def test_the_taste_panel_by_keyboard(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    talk(page, "films about time")
    page.focus("#say")
    tab_to(page, ".side [name=kind]")
    page.keyboard.type("Genre")
    page.keyboard.press("Tab")
    page.keyboard.type("sci-fi")
    page.keyboard.press("Enter")
    page.locator(".held.limits li", has_text="science fiction").wait_for()
    assert focused(page, "name") == "value", "the field keeps the focus"

    tab_to(page, ".side [data-do=weaken]", key="Shift+Tab")
    page.keyboard.press("Enter")
    page.locator(".held.wishes li", has_text="science fiction").wait_for()
    assert page.evaluate("!!document.activeElement.closest('.side')")
    page.focus("#say")
    tab_to(page, '[aria-label="Remove science fiction"]')
    page.keyboard.press("Enter")
    page.locator(".part-notes", has_text="Removed: science fiction").wait_for()
    assert page.evaluate("!!document.activeElement.closest('.side')"), "removing a chip does not lose the focus"

    tab_to(page, ".side [data-tune=diversity]")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".part-notes:has-text('Ranked again.')")
    assert focused(page, "data-tune") == "diversity"


def test_settings_and_history_by_keyboard(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    talk(page, "about robots")
    page.focus("#say")
    tab_to(page, "[data-do=open-settings]", key="Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    tab_to(page, "[data-do=forget-ask]")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.do") == "forget"
    tab_to(page, "[data-do=forget-no]")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.do") == "forget-ask"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.do") == "open-settings"
    tab_to(page, "[data-do=new]", key="Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".concierge.empty")
    tab_to(page, "[data-do=open-history]")
    page.keyboard.press("Enter")
    tab_to(page, ".kept button")
    page.keyboard.press("Enter")
    page.locator(".said.typed", has_text="about robots").wait_for()


def test_the_page_says_what_it_is_to_a_screen_reader(serve, open_page, assistant, talk):
    page = open_page(serve(assistant))
    talk(page, "films about time")
    page.get_by_role("region", name="Conversation").wait_for()
    page.get_by_role("textbox", name="Your message").wait_for()
    page.get_by_role("complementary", name="Your taste").wait_for()
    page.get_by_role("list", name="Suggestions").wait_for()
    assert page.get_by_role("button", name=re.compile("^Why .+\\?$")).count() == 5
    assert page.locator("[data-announce][aria-live=polite]").inner_text().strip() == "Start with Inception."
    nameless = page.evaluate(
        "[...document.querySelectorAll('.concierge button')].filter((one) => one.offsetParent"
        " && !(one.getAttribute('aria-label') || one.innerText.trim())).map((one) => one.outerHTML)"
    )
    assert nameless == []
