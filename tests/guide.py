"""Makes what is made of the user guide: the page about the statuses, and the pictures (`make pictures`).

The pictures show the site itself: the shipped list on a scratch database, with the people of the tests, on a fixed day.
"""

import contextlib
import io
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.chromium import chromium_program, served_here
from tests.site import ADA, CLEO, LOCAL, LONDON_PROPERTY, Site, migrate_and_seed, open_app
from tracker import clock
from tracker.models import Ask, Update
from tracker.paths import CHECKOUT
from tracker.rules.dates import PartialDate
from tracker.rules.disputes import ReplyDraft
from tracker.rules.status import STATUSES_OF, Family
from tracker.rules.updates import UpdateDraft, UpdateKind
from tracker.services import drafts, replies, updates

GUIDE = CHECKOUT / "docs/guide"
PICTURES = CHECKOUT / "tracker/static/help"
DAY = datetime(2026, 11, 30, 9, 12, tzinfo=UTC)
WIDTH = 800
COLOURS = 64
JURY = (
    "A jury at Southwark Crown Court returned the first convictions for breaking the UK’s Russia sanctions. "
    "A third defendant was acquitted."
)
STATUSES = """\
# The statuses

Every ask has one of thirteen statuses. A person chooses it; nothing sets it by itself. The tracker refuses a status
that the tests or the linked law contradict, and says why.

Each new status needs the day on which it began, a page that shows it, and a reason: one or two sentences that everybody
reads beside the status. A good reason says what happened and when, and claims no more than the page shows. The examples
below are made up.

![The part of the form that asks for the new status, its reason and the tests](../../tracker/static/help/status.png)
"""


def statuses_page() -> str:
    """The page about the statuses, as rules/status.py has them."""
    lines = [STATUSES]
    for family in Family:
        lines.append(f"## {family.label}: {family.means}\n")
        for status in STATUSES_OF[family]:
            lines.append(f"### {status.label}\n\n{status.means} {status.does_not_mean}\n\nIt takes: {status.takes}\n")
            lines.append(f"A good reason:\n\n> {status.example}\n")
    return "\n".join(lines)


def have_work(site: Site) -> None:
    """Let something wait for approval, and a reply be due."""
    ask_id = site.ask_id(LONDON_PROPERTY)
    with site.change(CLEO) as change:
        ask = change.session.get_one(Ask, ask_id)
        look = UpdateDraft(UpdateKind.REVIEW, PartialDate(change.today.isoformat()), "We looked: nothing has changed.")
        updates.submit(change, ask, drafts.save(change, ask, look))
    with site.change(ADA) as change:
        asked_on, due_on = PartialDate("2026-10-26"), PartialDate("2026-11-26")
        replies.create_reply(change, ask_id, ReplyDraft("Companies House", asked_on, due_on))


@contextlib.contextmanager
def served() -> Iterator[tuple[Site, str]]:
    """The shipped list with some drafts, on a port, on that day."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/guide.sqlite3"
        migrate_and_seed(url)
        with open_app(replace(LOCAL, database_url=url)) as app:
            site = Site(app)
            have_work(site)
            with served_here(app) as address:
                yield site, address


def stop_the_clock() -> None:
    """Let it be that day everywhere, also where the clock was imported by name."""
    running = clock.now
    for module in list(sys.modules.values()):
        if getattr(module, "now", None) is running:
            setattr(module, "now", lambda: DAY)  # noqa: B010 (mypy knows that modules have no such attribute)


def write_update(page: Page) -> None:
    """Fill in the form of an update."""
    page.fill("#happened_on", "9 April 2025")
    page.fill("#text", JURY)
    page.fill("#evidence-0-url", "https://www.duanemorris.com/alerts/example.html")
    page.check("#evidence-0-is_opened")


def change_status(page: Page) -> None:
    """Show the part of that form which asks for the status."""
    page.click("summary:has-text('Did this change')")
    page.select_option("#status", "met")
    page.evaluate("document.querySelector('details.more').scrollIntoView()")


def preview(page: Page) -> None:
    """Go on to the preview."""
    write_update(page)
    page.click("summary:has-text('Its title')")
    page.fill("#evidence-0-title", "First criminal convictions under the UK’s Russian sanctions")
    page.select_option("#evidence-0-type", "independent")
    with page.expect_navigation():
        page.click("button[value=preview]")


def choose_what_was_wrong(page: Page) -> None:
    """Begin a correction."""
    page.check("input[name=wrong][value=back]")


def leave(page: Page) -> None:
    """Leave the page as it is."""


def take_pictures() -> None:
    """Write each picture anew: its name, the address, what is done there first, and how high it is."""
    with served() as (site, address), sync_playwright() as playwright:
        ask, about = site.ask_id("dirty-money-london"), site.ask_id(LONDON_PROPERTY)
        changed = site.scalar(
            sa.select(sa.func.max(Update.id)).where(Update.ask_id == about, Update.status == "partly_met")
        )
        posting = f"/staff/asks/{ask}/updates/milestone"
        wanted: tuple[tuple[str, str, Callable[[Page], None], int], ...] = (
            ("desk", "/staff/", leave, 900),
            ("update", posting, write_update, 880),
            ("preview", posting, preview, 700),
            ("status", posting, change_status, 560),
            ("correction", f"/staff/updates/{changed}/correct", choose_what_was_wrong, 900),
            ("new-ask", "/staff/asks/new", leave, 900),
            ("spreadsheets", "/staff/sheets/", leave, 900),
            ("reply", f"/staff/asks/{about}/replies/new", leave, 860),
            ("people", "/staff/people/", leave, 500),
        )
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=["--no-sandbox"])
        for name, path, act, height in wanted:
            context = browser.new_context(viewport={"width": WIDTH, "height": height}, color_scheme="light")
            page = site.page_of(ADA, context, address)
            page.goto(address + path)
            act(page)
            page.evaluate("document.activeElement.blur()")
            write(PICTURES / f"{name}.png", page.screenshot())
        browser.close()


def write(path: Path, shot: bytes) -> None:
    """Keep a picture with few colours, which makes it small."""
    Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    (GUIDE / "statuses.md").write_text(statuses_page(), encoding="utf-8")
    stop_the_clock()
    take_pictures()
