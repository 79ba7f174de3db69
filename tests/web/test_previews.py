"""The preview of an entry: what it makes new stands on top, and is marked in its place below."""

from tests.browser import Page
from tests.page_checks import text_of
from tests.site import CLEO, ED, WEALTH_ORDERS, Site
from tests.web.test_posting import NEWS, PAGE, posting
from tests.web.test_story import result_field

JUDGED = {"status": "reversed", "reason": "Parliament took the power away."}


def on_top(page: Page) -> str:
    """The words of the box above the public page."""
    return next(text_of(form) for form in page.tree.iter("form") if form.get("class") == "notice")


def marked(page: Page) -> list[str]:
    """The entries of the story that say that they are new."""
    entries = [entry for entry in page.tree.iter("li") if entry.get("id", "").startswith("u-")]
    return [text_of(entry) for entry in entries if any(text_of(mark) == "New" for mark in entry.iter("mark"))]


def test_the_entry_and_the_changed_verdict_stand_on_top(shared_site: Site) -> None:
    form = posting(shared_site)
    with shared_site.unchanged():
        preview = form.submit("Preview", **NEWS, **PAGE, **JUDGED)
    told = on_top(preview)
    assert "1 May 2026" in told
    assert "A report came." in told
    assert "The May report" in told
    assert "Status In force, ask not yet met → Reversed" in told
    assert "Looked at stays" in told
    (entry,) = marked(preview)
    assert "A report came." in entry
    place = next(where for words, where in preview.links().items() if words.startswith("See it in its place"))
    assert f'id="{place[1:]}"' in preview.html


def test_what_stays_is_said_to_stay(shared_site: Site) -> None:
    form = posting(shared_site)
    test = result_field(form, "tied to the Russian state")
    told = on_top(form.submit("Preview", **NEWS, **PAGE, **{test: "not_met"}))
    assert "Status stays In force, ask not yet met" in told
    assert "Tests stays 0 of 2 met" in told


def test_whoever_approves_sees_the_same(sqlite_site: Site) -> None:
    form = sqlite_site.browser(CLEO).get(f"/staff/asks/{sqlite_site.ask_id()}").follow("Post an update")
    form.submit("Send for approval", **NEWS, **PAGE, **JUDGED)
    decide = sqlite_site.browser(ED).get("/staff/").follow("Look and decide on 1 May 2026: A report came.")
    assert "Status In force, ask not yet met → Reversed" in on_top(decide)
    assert len(marked(decide)) == 1


def test_no_entry_is_new_on_the_public_page(shared_site: Site) -> None:
    assert marked(shared_site.browser().get(f"/asks/{WEALTH_ORDERS}")) == []
