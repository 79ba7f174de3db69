"""The public pages with a keyboard alone, in colours that the reader forces, and without movement."""

import pytest
from playwright.sync_api import Page

from tests.chromium import OpenContext, Serve
from tests.site import WEALTH_ORDERS, Site

PATHS = ["/", f"/asks/{WEALTH_ORDERS}", f"/asks/{WEALTH_ORDERS}?on=2020-01-31", "/updates", "/method"]
REACHABLE = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter(element => element.checkVisibility() && element.type !== 'hidden')"""
WATCH_FOCUS = f"""() => {{
    const all = ({REACHABLE})();
    window.reached = [];
    document.addEventListener('focusin', event => {{
        const style = getComputedStyle(event.target);
        window.reached.push(
            [all.indexOf(event.target), style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2]);
    }});
    return all.length;
}}"""
UNSEEN_SHAPES = """() => [...document.querySelectorAll('.shape')].filter(element => element.checkVisibility())
    .filter(element => getComputedStyle(element).color === getComputedStyle(document.body).backgroundColor).length"""


@pytest.fixture
def address(shared_site: Site, live_server: Serve) -> str:
    return live_server(shared_site.app)


def test_every_link_and_control_is_reached_in_order_and_shows_the_focus(address: str, page: Page) -> None:
    for path in PATHS:
        page.goto(address + path)
        expected = page.evaluate(WATCH_FOCUS)
        for _ in range(expected):
            page.keyboard.press("Tab")
        assert page.evaluate("window.reached") == [[number, True] for number in range(expected)], path


def test_the_first_key_leads_past_the_head_and_what_a_status_means_opens_by_keyboard(address: str, page: Page) -> None:
    page.goto(f"{address}/asks/{WEALTH_ORDERS}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.focus(".verdict summary")
    page.keyboard.press("Enter")
    assert page.locator(".verdict details p").first.is_visible()


def test_every_shape_is_seen_in_forced_colours_and_nothing_moves(address: str, new_context: OpenContext) -> None:
    for scheme in ("light", "dark"):
        page = new_context(forced_colors="active", color_scheme=scheme).new_page()
        for path in PATHS:
            page.goto(address + path)
            assert page.evaluate("matchMedia('(forced-colors: active)').matches")
            assert page.evaluate(UNSEEN_SHAPES) == 0, (scheme, path)
            assert page.evaluate("document.getAnimations().length") == 0
            assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
