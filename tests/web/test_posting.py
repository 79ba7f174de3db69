"""Posting an update from one form: its kind follows from what is typed, and a known link describes itself."""

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.factories import make_source
from tests.site import ED, WEALTH_ORDERS, Site
from tests.web.test_story import result_field
from tracker.models import SuccessTest, Update
from tracker.rules.dates import PartialDate
from tracker.rules.updates import Result, UpdateKind

PUBLIC_PAGE = f"/asks/{WEALTH_ORDERS}"
NEWS = {"happened_on": "1 May 2026", "text": "A report came."}
PAGE = {
    "evidence_0_url": "https://reports.example.org/2026/may/",
    "evidence_0_title": "The May report",
    "evidence_0_type": "independent",
    "evidence_0_publisher": "Reports Ltd",
    "evidence_0_published_on": "1 May 2026",
}


def posting(site: Site, slug: str = WEALTH_ORDERS) -> Page:
    return site.browser(ED).get(f"/staff/asks/{site.ask_id(slug)}").follow("Post an update")


def newest_kind(site: Site) -> UpdateKind:
    kind: UpdateKind = site.scalar(sa.select(Update.kind).order_by(Update.id.desc()).limit(1))
    return kind


def test_one_form_takes_a_milestone_a_test_result_or_a_change_of_status(site: Site) -> None:
    form = posting(site)
    test = result_field(form, "tied to the Russian state")
    assert form.submit("Publish now", **NEWS, **PAGE).hops == [303, 200]
    assert newest_kind(site) is UpdateKind.MILESTONE
    form = posting(site)
    assert form.submit("Publish now", **NEWS, **PAGE, **{test: "unknown"}).hops == [303, 200]
    assert newest_kind(site) is UpdateKind.TEST
    label = SuccessTest.key == "reached-russian-state-wealth"
    assert site.scalar(sa.select(SuccessTest.result).where(label)) is Result.UNKNOWN
    form = posting(site)
    judged = {"status": "reversed", "reason": "Parliament took the power away."}
    assert form.submit("Publish now", **NEWS, **PAGE, **judged).hops == [303, 200]
    assert newest_kind(site) is UpdateKind.STATUS
    assert "Reversed" in site.browser().get(PUBLIC_PAGE).all("section", "verdict")[0]


@pytest.mark.parametrize("button", ["Look up the address", "Publish now", "Preview", "Keep as a draft"])
@pytest.mark.parametrize("url", ["https://reports.example.org/2026/may/", "http://reports.example.org/2026/may#top"])
def test_a_link_that_was_used_before_describes_itself(sqlite_site: Site, button: str, url: str) -> None:
    posting(sqlite_site).submit("Publish now", **NEWS, **PAGE)
    form = posting(sqlite_site, "stop-brexit")
    with sqlite_site.unchanged():
        filled = form.submit(button, **NEWS, evidence_0_url=url)
    assert filled.status == 200
    assert "We know this page." in filled.notices[0]
    assert {name: filled.value(name.replace("_0_", "-0-")) for name in PAGE} == PAGE | {"evidence_0_url": url}
    assert filled.value("text") == NEWS["text"]
    assert filled.submit("Publish now").hops == [303, 200]


def test_the_address_of_a_source_or_a_law_is_known(shared_site: Site) -> None:
    with shared_site.change(ED) as change:
        make_source(change, url="https://speeches.example.org/1", title="A speech", published_on=PartialDate("2020-02"))
    source = posting(shared_site).submit("Look up the address", evidence_0_url="https://speeches.example.org/1")
    assert source.value("evidence-0-title") == "A speech"
    assert source.value("evidence-0-published_on") == "February 2020"
    assert source.value("evidence-0-type") == ""
    address = "https://www.legislation.gov.uk/ukpga/2017/22/section/999"
    law = posting(shared_site).submit("Look up the address", evidence_0_url=address)
    assert law.value("evidence-0-title") == "Criminal Finances Act 2017"
    assert law.value("evidence-0-type") == "official_record"
    assert law.value("evidence-0-url") == address


def test_what_was_typed_is_not_overwritten(shared_site: Site) -> None:
    address = "https://www.legislation.gov.uk/ukpga/2017/22/section/998"
    typed = {"evidence_0_url": address, "evidence_0_publisher": "The King's Printer"}
    law = posting(shared_site).submit("Look up the address", **typed)
    assert law.value("evidence-0-publisher") == "The King's Printer"
    own = posting(shared_site).submit("Look up the address", **typed, evidence_0_title="My own title")
    assert own.value("evidence-0-title") == "My own title"


def test_an_unknown_address_is_said_to_be_unknown(shared_site: Site) -> None:
    form = posting(shared_site)
    with shared_site.unchanged():
        asked = form.submit("Look up the address", **NEWS, evidence_0_url="https://unknown.example.org/")
    assert asked.summary == ["No address without a title is known here yet. Fill in its title and who says so."]
    assert asked.value("evidence-0-url") == "https://unknown.example.org/"


def test_a_rewording_is_previewed_before_it_is_saved(sqlite_site: Site) -> None:
    form = sqlite_site.browser(ED).get(f"/staff/asks/{sqlite_site.ask_id()}/edit")
    with sqlite_site.unchanged():
        assert form.submit("Preview the public page", title="Use the orders").errors("change_reason")
        preview = form.submit("Preview the public page", title="Use the orders", change_reason="Shorter.")
        assert preview.h1 == "Use the orders"
        assert "Why: Shorter." in preview.section("story")
        back = preview.submit("Go on editing")
        assert (back.value("title"), back.value("change_reason")) == ("Use the orders", "Shorter.")
    assert preview.submit("Save").notices == ["Saved."]
    assert sqlite_site.browser().get(PUBLIC_PAGE).h1 == "Use the orders"


def test_the_rewording_of_a_test_is_previewed(sqlite_site: Site) -> None:
    test = sqlite_site.scalar(sa.select(SuccessTest.id).where(SuccessTest.ask_id == sqlite_site.ask_id()).limit(1))
    form = sqlite_site.browser(ED).get(f"/staff/tests/{test}/edit")
    with sqlite_site.unchanged():
        preview = form.submit("Preview the public page", label="The orders exist", change_reason="Shorter.")
    assert "The orders exist" in preview.section("tests")
    assert preview.submit("Save").hops == [303, 200]
