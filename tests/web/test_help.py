"""The help: what it names is there, what it shows is up to date, and each form leads to the page that helps with it."""

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.examples import make_examples
from tests.guide import GUIDE, PICTURES, statuses_page
from tests.page_checks import text_of
from tests.site import ADA, CLEO, ED, Site
from tests.test_access import STAFF, TABLE
from tests.web.test_imports import NEXT, upload
from tests.web.test_status_change import UNDONE, status_form
from tracker.models import Ask, Link, Update
from tracker.rules.dates import PartialDate
from tracker.web.staff.help import INDEX, PAGES

MOST_BYTES = 600_000
NAMED = {"a", "button", "label", "legend", "summary", "h1", "h2", "h3", "th", "option", "strong"}
# A form that only asks for a button to be pressed, or for a password: there is no question to help with.
WITHOUT = ("/staff/account", "/staff/confirm", "/staff/link/", "/staff/sign-in", "/staff/sign-out")


@pytest.fixture(scope="module")
def pages(shared_site: Site) -> dict[str, Page]:
    """A page for each rule of the staff area that Ada reads, where every list of the desk has something."""
    shared_site.execute(sa.update(Ask).values(review_interval_days=1, reviewed_on=PartialDate("2026-01-01")))
    status_form(shared_site, shared_site.browser(CLEO)).submit("Send for approval", **UNDONE)
    ed = shared_site.browser(ED)
    ed.get("/staff/").follow("Look and decide on 1 May 2026: The power was repealed.").submit("Send back", note="Why?")
    shared_site.execute(sa.update(Link).where(Link.id == 1).values(publication="archived"))
    examples = make_examples(shared_site)
    shared_site.browser(ADA)  # elsewhere: a session that she can end
    ada = shared_site.browser(ADA)
    rules = [(rule, access) for rule, access in TABLE.items() if rule.startswith("/staff") and ADA in access.read]
    found = {rule: (access.example or rule).format_map(examples) for rule, access in rules if "/help" not in rule}
    return {rule: ada.get(path) for rule, path in found.items() if "." not in path}


def named() -> Iterator[tuple[str, str]]:
    """The words in bold of each page: what the reader is to find or to press."""
    for page in PAGES:
        for words in re.findall(r"\*\*(.+?)\*\*", (GUIDE / f"{page}.md").read_text(encoding="utf-8"), re.DOTALL):
            yield page, " ".join(words.split()).rstrip(".")


def test_what_the_guide_names_is_in_the_staff_area(shared_site: Site, pages: dict[str, Page]) -> None:
    """In headings, links, buttons and labels."""
    ada, changed = shared_site.browser(ADA), sa.select(sa.func.max(Update.id)).where(Update.status == "partly_met")
    paths = (f"/staff/updates/{shared_site.scalar(changed)}/correct", "/staff/people/2/reset-two-step")
    more = [shared_site.browser(CLEO).get("/staff/"), upload(ada, {"asks.csv": NEXT}), *map(ada.get, paths)]
    read = [element for page in (*pages.values(), *more) for element in page.tree.iter()]
    seen = {text_of(element) for element in read if element.tag in NAMED}
    assert [(page, words) for page, words in named() if not any(it.startswith(words) for it in seen)] == []


def test_the_index_leads_to_every_page_which_is_read_with_its_pictures_and_leads_somewhere(shared_site: Site) -> None:
    browser = shared_site.browser(CLEO)
    index = browser.get("/staff/").follow("Help")
    found = [address for address in index.links().values() if address.startswith("/staff/help/")]
    assert found == [f"/staff/help/{page}" for page in PAGES]
    assert {path.stem for path in GUIDE.glob("*.md")} - {"operators", "re-users"} == {INDEX, *PAGES}
    targets: set[str] = set()
    for path in found:
        shown = browser.get(path)
        for picture in shown.tree.iter("img"):
            assert len(picture.get("alt", "")) > 15
            assert browser.send("GET", picture.get("src", "")).mimetype == "image/png"
        targets.update(address for address in shown.links().values() if not address.startswith("#"))
        assert "**" not in shown.text
        assert "](" not in shown.text
    for address in targets:
        assert browser.send("GET", address).status_code == 200, address
    for page in ("nowhere", INDEX, "..%2Fsecurity"):
        assert browser.send("GET", f"/staff/help/{page}").status_code == 404


def test_the_page_about_the_statuses_is_up_to_date_and_the_pictures_are_small_and_used() -> None:
    """After a change of rules/status.py: make pictures."""
    assert (GUIDE / "statuses.md").read_text(encoding="utf-8") == statuses_page()
    texts = "".join(path.read_text(encoding="utf-8") for path in GUIDE.glob("*.md"))
    shown = set(re.findall(r"static/help/([\w-]+\.png)", texts))
    assert {path.name for path in PICTURES.iterdir()} == shown
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < MOST_BYTES


def test_each_form_leads_to_the_page_that_helps_with_it(pages: dict[str, Page]) -> None:
    forms = [rule for rule, access in TABLE.items() if access.read and set(STAFF) & set(access.post)]
    shown = [rule for rule in forms if not rule.startswith(WITHOUT)]
    assert [rule for rule in shown if not any(words.startswith("Help: ") for words in pages[rule].links())] == []
