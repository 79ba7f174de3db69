"""A day's work by keyboard alone: an update is proposed, sent back, mended, approved, and then public."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext

from tests.site import CLEO, ED, WEALTH_ORDERS, Site
from tests.test_in_browser import Hands

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

OpenContext = Callable[..., BrowserContext]


@pytest.fixture
def address(sqlite_site: Site, live_server: "Callable[[WSGIApplication], str]") -> str:
    return live_server(sqlite_site.app)


def hands_of(name: str, site: Site, address: str, new_context: OpenContext) -> Hands:
    """The keyboard of somebody who is signed in."""
    context = new_context(java_script_enabled=False)
    context.add_cookies([{"name": "tracker", "value": site.cookie_of(name), "url": address}])
    return Hands(context.new_page())


def story(new_context: OpenContext, address: str) -> str:
    """What a stranger reads of the ask who comes for the first time; a browser may keep a page for some seconds."""
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{address}/asks/{WEALTH_ORDERS}")
    return page.inner_text("#story")


def test_a_contributor_and_an_editor_bring_an_update_to_the_public(
    sqlite_site: Site, address: str, new_context: OpenContext
) -> None:
    cleo = hands_of(CLEO, sqlite_site, address, new_context)
    ed = hands_of(ED, sqlite_site, address, new_context)

    cleo.page.goto(f"{address}/staff/asks/{sqlite_site.ask_id()}")
    cleo.press("a:text('Post an update')")
    cleo.type("#happened_on", "1 May 2026")
    cleo.type("#text", "A report came.")
    cleo.type("#evidence-0-url", "https://www.legislation.gov.uk/ukpga/2017/22/part/1")
    cleo.choose("#evidence-0-is_opened", " ")
    cleo.press("button[value='submit']")
    assert "Sent for approval." in cleo.page.inner_text("[role=status]")
    assert cleo.page.evaluate("document.activeElement.getAttribute('role')") == "status"
    assert "A report came." not in story(new_context, address)

    ed.page.goto(f"{address}/staff/")
    ed.press("a:has-text('Look and decide')")
    assert "A report came." in ed.page.inner_text("#story")
    assert "Criminal Finances Act 2017" in ed.page.inner_text("#story")
    ed.type("#note", "Whose report?")
    ed.press("button[value='send_back']")
    assert "Sent back to its author." in ed.page.inner_text("[role=status]")

    cleo.page.goto(f"{address}/staff/")
    assert "Whose report?" in cleo.page.inner_text("main")
    cleo.press("a:has-text('Take it up')")
    cleo.tab_to("#text")
    cleo.page.keyboard.press("Control+A")
    cleo.page.keyboard.insert_text("The Treasury's report came.")
    cleo.press("button[value='preview']")
    assert "The Treasury's report came." in cleo.page.inner_text("#story")
    cleo.press("button[value='submit']")

    ed.page.goto(f"{address}/staff/")
    ed.press("a:has-text('Look and decide')")
    ed.press("button[value='approve']")
    assert "The public page shows it now." in ed.page.inner_text("[role=status]")
    assert "The Treasury's report came." in story(new_context, address)


def test_the_enter_key_in_a_field_previews_and_publishes_nothing(
    sqlite_site: Site, address: str, new_context: OpenContext
) -> None:
    ed = hands_of(ED, sqlite_site, address, new_context)
    ed.page.goto(f"{address}/staff/asks/{sqlite_site.ask_id()}/updates/milestone")
    with sqlite_site.unchanged():
        ed.type("#text", "A report came.")
        ed.page.focus("#happened_on")
        ed.page.keyboard.insert_text("1 May 2026")
        with ed.page.expect_navigation():
            ed.page.keyboard.press("Enter")
        assert "Give at least one page that you opened and that shows it." in ed.page.inner_text(".error-summary")
