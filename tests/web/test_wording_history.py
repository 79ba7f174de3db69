"""How an ask was worded over time: all of it for staff, what was public for the public."""

from xml.etree.ElementTree import Element

import sqlalchemy as sa

from tests.factories import ask_draft, criterion_draft, make_ask, make_source, make_update
from tests.site import ADA, ED, WEALTH_ORDERS, Site
from tracker.models import Ask, SuccessTest
from tracker.rules.status import Status
from tracker.services import asks, tests
from tracker.services.change import Change

HIDDEN = "zqhidden"


def rewordings(change: Change) -> int:
    """A draft that is reworded, published, and reworded again; with a test that is reworded and taken out."""
    source = make_source(change, key="speech")
    ask = make_ask(change, slug="empty-homes", source_id=source.id, title=f"{HIDDEN} title")
    first = ask_draft(source.id, title="Tax empty homes", internal_note=HIDDEN)
    asks.edit_ask(change, ask, first, seen_version=None, reason=f"{HIDDEN} reason")
    (test,) = tests.add_tests(change, ask, [criterion_draft(label=f"{HIDDEN} test")], f"{HIDDEN} why")
    tests.edit_test(change, ask, test, criterion_draft(label="The tax is law"), seen_version=None, reason=HIDDEN)
    return ask.id


def publish_and_reword(change: Change, ask_id: int) -> None:
    ask = change.session.get_one(Ask, ask_id)
    source_id = ask.source_id
    make = ask_draft(source_id, title="Tax every empty home", internal_note=f"{HIDDEN} more")
    asks.edit_ask(change, ask, make, seen_version=None, reason="The source says every.")
    noted = ask_draft(source_id, title="Tax every empty home", internal_note=f"{HIDDEN} again")
    asks.edit_ask(change, ask, noted, seen_version=None, reason=f"{HIDDEN} inner reason")
    test = change.session.scalars(sa.select(SuccessTest).where(SuccessTest.ask_id == ask_id)).one()
    tests.edit_test(
        change, ask, test, criterion_draft(label="The tax is in force"), seen_version=None, reason="More exact."
    )
    tests.archive_test(change, ask, test, None, "It doubled another.")


def prepared(site: Site) -> int:
    with site.change(ED) as change:
        ask_id = rewordings(change)
    assert site.browser().send("GET", "/asks/empty-homes/history").status_code == 404, "a draft has none"
    with site.change(ADA) as change:
        make_update(change, change.session.get_one(Ask, ask_id), status=Status.ANNOUNCED)
        asks.publish_ask(change, change.session.get_one(Ask, ask_id), None)
        publish_and_reword(change, ask_id)
    return ask_id


def headings(tree: Element) -> list[str]:
    return ["".join(heading.itertext()).strip() for heading in tree.iter("h2")]


def test_the_public_sees_every_public_wording_and_nothing_of_drafts(site: Site) -> None:
    ask_id, browser = prepared(site), site.browser()
    assert 'href="/asks/empty-homes/history"' in site.browser(ED).get(f"/staff/asks/{ask_id}").html
    page = browser.get("/asks/empty-homes").follow("History of the wording")
    assert headings(page.tree)[:4] == [
        "A test was taken out", "A test was reworded", "The ask was reworded", "First published",
    ]  # fmt: skip
    words = " ".join(page.text.split())
    put_in, out = '<ins><span class="unseen">[put in: </span> {}<', '<del><span class="unseen">[taken out: </span> {}<'
    for mark in (put_in.format("every"), out.format("homes"), put_in.format("home")):
        assert mark in page.html
    assert "Why: The source says every." in words
    assert "Why: It doubled another." in words
    assert HIDDEN not in page.html
    for name in (ED, ADA, "Ed ", "Ada "):
        assert name not in page.text

    with site.change(ED) as change:
        ask = change.session.get_one(Ask, ask_id)
        draft = ask_draft(ask.source_id, slug="homes", title=ask.title)
        asks.edit_ask(change, ask, draft, seen_version=None, reason="Shorter.")
    moved = browser.send("GET", "/asks/empty-homes/history")
    assert (moved.status_code, moved.location) == (301, "/asks/homes/history")


def test_an_ask_that_was_never_reworded_says_so(shared_site: Site) -> None:
    page = shared_site.browser().get(f"/asks/{WEALTH_ORDERS}/history")
    assert "The wording has not changed since it was first published." in page.text
    assert headings(page.tree)[0] == "First published"
