"""The path of a new user in a real browser: first account, sign in, change a status by keyboard, see it in public."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.chromium import CHECKOUT, OpenContext, Serve, tracker_process
from tests.site import ED, LOCAL, SeededDatabases, Site

EMAIL, PASSWORD = "first@example.org", "a first set of words"


def tracker(database_url: str, *arguments: str, typed: str = "") -> str:
    """Run `tracker` as an operator does, and answer what it says."""
    environment = {"DATABASE_URL": database_url, "SECRET_KEY": LOCAL.secret_key, "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(
        [sys.executable, "-m", "tracker", *arguments], env=environment, input=typed, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def address(seeded_databases: SeededDatabases) -> Iterator[str]:
    """The address of `tracker serve` on a database with the seeds and a first account from the command line."""
    first = ("--name", "First", "--role", "admin", "--password-stdin")
    with seeded_databases.temporary("sqlite") as url:
        assert "First can sign in" in tracker(url, "user", "add", EMAIL, *first, typed=f"{PASSWORD}\n")
        with tracker_process({"DATABASE_URL": url, "TRACKER_ENV": "local"}) as served:
            yield served.url


@dataclass
class Hands:
    """Somebody at a page, with a keyboard alone."""

    page: Page

    def tab_to(self, selector: str, key: str = "Tab") -> None:
        """Press Tab (or Shift+Tab, from the page's end) until the element has the focus, and can be seen to have it."""
        focused = self.page.locator(f"{selector}:focus")
        for _ in range(80):
            if focused.count():
                assert focused.is_visible()
                return
            self.page.keyboard.press(key)
        pytest.fail(f"{key} never reaches {selector}")

    def type(self, selector: str, text: str) -> None:
        """Type into a field; all at once, since each key on its own takes a frame of the screen."""
        self.tab_to(selector)
        self.page.keyboard.insert_text(text)

    def choose(self, selector: str, letters: str) -> None:
        """Choose from a list by the first letters of the choice."""
        self.tab_to(selector)
        self.page.keyboard.type(letters)

    def press(self, selector: str, key: str = "Tab") -> None:
        """Press a button or follow a link."""
        self.tab_to(selector, key)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


def test_a_status_is_changed_by_keyboard_without_scripts(address: str, new_context: OpenContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    ada = Hands(page)
    page.goto(f"{address}/staff/sign-in")
    ada.type("#email", EMAIL)
    ada.type("#password", PASSWORD)
    ada.press("main .actions button")
    assert "Good day, First" in page.inner_text("h1")
    ada.press("a[href='/staff/asks/']")
    ada.press("th a:text('Use unexplained wealth orders')")
    ada.press("a:text('Change the status')")
    ada.type("#happened_on", "1 May 2026")
    ada.type("#text", "The power was repealed.")
    ada.type("#evidence-0-url", "https://example.org/act")
    ada.choose("#evidence-0-is_opened", " ")
    ada.choose("fieldset summary", "\n")
    ada.type("#evidence-0-title", "The repealing Act")
    ada.choose("#evidence-0-type", "Off")
    ada.choose("#status", "Rev")
    ada.type("#reason", "Parliament took the power away.")
    ada.press("button.button[value='preview']")
    assert "Nothing is changed yet." in page.inner_text(".notice")
    ada.press("button[value='publish']")
    assert "The public page shows it now." in page.inner_text("[role=status]")
    check_public(Hands(new_context(java_script_enabled=False).new_page()), address)
    ada.press("header form button", "Shift+Tab")
    assert "You are signed out." in page.inner_text("[role=status]")
    page.goto(f"{address}/staff/")
    assert page.inner_text("h1") == "Sign in"


def check_public(stranger: Hands, address: str) -> None:
    """What a stranger now reads: the list, the ask, the file."""
    page = stranger.page
    page.goto(address)
    stranger.press("h4 a:has-text('Use unexplained wealth orders')")
    verdict = page.inner_text("section.verdict")
    assert "Reversed" in verdict
    assert "Parliament took the power away." in verdict
    assert "1 May 2026" in verdict
    text = page.request.get(f"{address}/asks.csv").text()
    (row,) = [line for line in text.splitlines() if line.startswith("unexplained-wealth-orders,")]
    assert ",reversed,Reversed,ended," in row
    assert page.context.cookies() == []


def test_the_enter_key_in_a_field_previews_and_publishes_nothing(
    sqlite_site: Site, live_server: Serve, new_context: OpenContext
) -> None:
    address = live_server(sqlite_site.app)
    ed = Hands(sqlite_site.page_of(ED, new_context(java_script_enabled=False), address))
    ed.page.goto(f"{address}/staff/asks/{sqlite_site.ask_id()}/updates/milestone")
    with sqlite_site.unchanged():
        ed.type("#text", "A report came.")
        ed.page.focus("#happened_on")
        ed.page.keyboard.insert_text("1 May 2026")
        with ed.page.expect_navigation():
            ed.page.keyboard.press("Enter")
        assert "Give at least one page that you opened and that shows it." in ed.page.inner_text(".error-summary")
