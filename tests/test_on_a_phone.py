"""An editor's day by touch on a phone: correct, review many, take out, edit, bring in, read the log, restore."""

from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from playwright.sync_api import Page

from tests.chromium import OpenContext, Serve
from tests.site import ADA, Site
from tracker.models import Update
from tracker.rules.updates import UpdateKind

WIDTH = 360
PHONE = {
    "viewport": {"width": WIDTH, "height": 740}, "has_touch": True, "is_mobile": True, "java_script_enabled": False,
}  # fmt: skip
SMALLEST_TARGET = 24  # WCAG 2.2, success criterion 2.5.8
NEW_ENTRY = {
    "ask_slug": "stop-brexit", "update_key": "2026-05-04", "kind": "milestone", "happened_on": "2026-05-04",
    "text": "A petition was debated.",
}  # fmt: skip
NEW_EVIDENCE = {
    "ask_slug": "stop-brexit", "update_key": "2026-05-04", "position": "1", "type": "official_record",
    "url": "https://petitions.example.org/1", "title": "A petition", "publisher": "Parliament",
}  # fmt: skip


@dataclass
class Finger:
    """Somebody at a phone."""

    page: Page

    def tap(self, selector: str) -> None:
        """Follow a link or press a button that is large enough; the page that comes fits the screen."""
        with self.page.expect_navigation():
            self.touch(selector)
        assert self.page.evaluate("document.scrollingElement.scrollWidth") <= WIDTH

    def touch(self, selector: str, which: int = 0) -> None:
        """Tap on something that leads nowhere else."""
        target = self.page.locator(selector).nth(which)
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= SMALLEST_TARGET, selector
        target.tap()

    def go_to(self, place: str) -> None:
        """Choose a place from the menu, which a phone has in place of a row of links."""
        self.touch("header button:text-is('Menu')")
        self.tap(f"header nav a:text-is('{place}')")

    def said(self) -> str:
        return self.page.inner_text("main [role=status]")


@pytest.fixture
def ada(sqlite_site: Site, live_server: Serve, new_context: OpenContext) -> Finger:
    """An administrator who has just signed in and looks at the desk."""
    address = live_server(sqlite_site.app)
    page = sqlite_site.page_of(ADA, new_context(**PHONE), address)
    page.goto(f"{address}/staff/")
    return Finger(page)


def add_row(book: openpyxl.Workbook, sheet: str, values: dict[str, str]) -> None:
    columns = [cell.value for cell in book[sheet][1]]
    book[sheet].append([values.get(str(column), "") for column in columns])


def correct(ada: Finger) -> None:
    ada.go_to("Asks")
    ada.tap("main a:has-text('Use unexplained wealth orders')")
    ada.tap("a[href$='/correct']")
    ada.touch("#wrong label:has-text('Only the words')")
    ada.page.fill("#text", "The day was another one.")
    ada.tap(".actions button[value=preview]")
    assert "The day was another one." in ada.page.inner_text("#story")
    ada.tap("button[value=publish]")
    assert "The public page shows it now." in ada.said()


def review_three(ada: Finger) -> None:
    ada.go_to("Asks")
    for which in (1, 3, 5):
        ada.touch("main input[type=checkbox]", which)
    ada.tap("button:text-is('Change the ticked asks together')")
    ada.tap(".actions button[value=show]")
    ada.tap("button:text-is('Do it for 3')")
    assert "Changed 3 asks." in ada.said()


def edit_a_workbook(ada: Finger, folder: Path) -> None:
    ada.go_to("Spreadsheets")
    with ada.page.expect_download() as taken:
        ada.touch("a:has-text('Workbook (.xlsx)')")
    taken.value.save_as(folder / "out.xlsx")
    book = openpyxl.load_workbook(folder / "out.xlsx")
    add_row(book, "updates", NEW_ENTRY)
    add_row(book, "evidence", NEW_EVIDENCE)
    book.save(folder / "in.xlsx")
    ada.tap("a:text-is('Bring in spreadsheets')")
    ada.page.set_input_files("input[type=file]", folder / "in.xlsx")
    ada.tap("button:text-is('See what would happen')")
    assert "A petition was debated." in ada.page.inner_text("main")
    ada.tap("button:text-is('Bring it in')")
    assert "Done. Rows added: 2; changed: 0." in ada.said()


def read_the_log(ada: Finger) -> str:
    """The entries of today's work, read on the page and taken along as a file."""
    ada.go_to("Log")
    ada.touch("summary")
    ada.page.select_option("select[name=person]", label=ADA)
    ada.tap("button:text-is('Show entries')")
    assert "Ada Admin published the update “A petition was debated”." in ada.page.inner_text("main")
    with ada.page.expect_download() as taken:
        ada.touch("a:text-is('Download as CSV')")
    return Path(taken.value.path()).read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_days_work_is_done_by_touch(sqlite_site: Site, ada: Finger, tmp_path: Path) -> None:
    correct(ada)
    review_three(ada)
    edit_a_workbook(ada, tmp_path)
    file = read_the_log(ada)
    assert all(text in file for text in ("The day was another one.", "We looked: nothing has changed.", "A petition"))

    with sqlite_site.reading() as session:
        posted = session.scalars(sa.select(Update.kind).order_by(Update.id.desc()).limit(5)).all()
    assert posted == [UpdateKind.MILESTONE, *[UpdateKind.REVIEW] * 3, UpdateKind.CORRECTION]


def test_what_was_done_is_in_sight_though_the_page_opens_further_down(ada: Finger, sqlite_site: Site) -> None:
    ada.page.goto(f"{ada.page.url}asks/{sqlite_site.ask_id()}/notes/new")
    ada.page.fill("#text", "Ring before the debate.")
    ada.tap("main button")
    assert ada.page.url.endswith("#notes")
    assert ada.page.evaluate("scrollY") > 0
    top = ada.page.evaluate("document.querySelector('main [role=status]').getBoundingClientRect().top")
    assert 0 <= top < WIDTH
    assert ada.page.evaluate("document.querySelector('#notes').getBoundingClientRect().top") > top
