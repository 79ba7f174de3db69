"""Changing a status through its form: preview, publish, draft, and what the rules answer beside the fields."""

from datetime import timedelta

import sqlalchemy as sa

from tests.browser import Browser, Page
from tests.exported import rows
from tests.site import ED, LONDON_PROPERTY, WEALTH_ORDERS, Site
from tracker.clock import today
from tracker.models import Ask
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status

PUBLIC_PAGE = f"/asks/{WEALTH_ORDERS}"
NEW_PAGE = "https://new.example.org/"
UNDONE = {
    "status": "reversed",
    "happened_on": "1 May 2026",
    "text": "The power was repealed.",
    "reason": "Parliament took the power away.",
    "evidence_0_url": "https://www.legislation.gov.uk/ukpga/2026/1",
    "evidence_0_is_opened": "y",
    "evidence_0_title": "The repealing Act",
    "evidence_0_type": "official_record",
}


def status_form(site: Site, browser: Browser, slug: str = WEALTH_ORDERS) -> Page:
    return browser.get(f"/staff/asks/{site.ask_id(slug)}/updates/status")


def test_a_status_change_is_public_at_once_as_it_was_typed(site: Site) -> None:
    nasty = "<script>alert('1')</script> & “Škoda” \u202eabc\u202c \" 𝄞 <b>"
    form = site.browser(ED).get(f"/staff/asks/{site.ask_id()}").follow("Change the status")
    done = form.submit("Publish", **UNDONE | {"reason": nasty})
    assert done.hops == [303, 200]
    assert done.notices == ["Published. The public page shows it now."]
    log = done.all("ol", "history-log")[0]
    assert "Ed Editor drafted the update “The power was repealed”." in log
    assert "Ed Editor published the update “The power was repealed”." in log
    public = site.browser().get(PUBLIC_PAGE)
    verdict = public.all("section", "verdict")[0]
    for words in ("Reversed", "Since 1 May 2026", nasty):
        assert words in verdict
    assert "The repealing Act" in public.section("u-2026-05-01")
    assert "3 met, 4 partly met, 3 ended without it and 1 not counted" in site.browser().get("/").text
    (row,) = [row for row in rows(site, "asks") if row["ask_slug"] == WEALTH_ORDERS]
    assert (row["status"], row["status_on"], row["status_reason"]) == ("reversed", "2026-05-01", nasty)


def test_the_preview_shows_the_future_page_and_saves_nothing(site: Site) -> None:
    form = status_form(site, site.browser(ED))
    with site.unchanged():
        preview = form.submit("Preview", **UNDONE)
        assert preview.notices[0].startswith("Preview. Nothing is changed yet.")
        assert "Reversed" in preview.all("section", "verdict")[0]
        assert "The repealing Act" in preview.section("u-2026-05-01")
        back = preview.submit("Go on editing")
        assert (back.value("text"), back.value("status")) == ("The power was repealed.", "reversed")
        more = back.submit("Add another page")
        assert more.status == 200
        assert more.value("evidence-0-title") == "The repealing Act"
    second = {"evidence_1_url": "https://example.org/b", "evidence_1_title": "B", "evidence_1_type": "independent"}
    third = more.submit("Add another page", **second, evidence_1_is_opened="y")
    assert third.submit("Publish").hops == [303, 200], "a page that stays empty does not count"
    for page in ("The repealing Act", "example.org"):
        assert page in site.browser().get(PUBLIC_PAGE).section("u-2026-05-01")


WRONG: list[tuple[dict[str, str], str, str]] = [
    ({"status": ""}, "status", "Choose the new status."),
    ({"reason": ""}, "reason", "Give the reason in one or two sentences."),
    ({"happened_on": ""}, "happened_on", "Fill in “When did it happen?”."),
    ({"happened_on": "3/4/2018"}, "happened_on", "can be read as 3 April 2018 or as 4 March 2018."),
    ({"status": "met"}, "status", "Only 2 of 3 tests are met on that date."),
    ({"status": "superseded"}, "superseded_by_id", "Name the ask that replaces this one."),
    ({"evidence_0_url": "javascript:alert(1)"}, "evidence-0-url", "must begin with https:// or http://"),
    ({"evidence_0_url": NEW_PAGE, "evidence_0_type": ""}, "evidence-0-type", "Give the answer to “Who says so”."),
    ({"evidence_0_published_on": "last week"}, "evidence-0-published_on", "Write the date as"),
    ({"evidence_0_quote": "x" * 301}, "evidence-0-quote", "Use at most 300 characters; this has 301."),
]


def test_what_is_wrong_stands_beside_its_field(shared_site: Site) -> None:
    form = status_form(shared_site, shared_site.browser(ED), LONDON_PROPERTY)
    with shared_site.unchanged():
        for typed, field, says in WRONG:
            refused = form.submit("Publish", **UNDONE | typed)
            assert refused.status == 422
            assert [says in error for error in refused.errors(field)] == [True], refused.summary
            assert any(says in line for line in refused.summary)
            kept = UNDONE | typed
            assert {name: refused.value(name.replace("_0_", "-0-")) for name in kept} == kept
    wrong = {"status": "met", "evidence_0_url": "http://[evil"}
    refused = form.submit("Preview", **UNDONE | wrong)  # it is refused for what publishing is refused for
    assert [len(refused.errors(name)) for name in ("status", "evidence-0-url")] == [0, 1]
    short = {"happened_on": "Yesterday", "evidence_0_url": "www.gov.uk/x\u200b?utm_source=a", "reason": ""}
    refused = form.submit("Publish", **UNDONE | short)  # a day is named from today, and an address completed
    assert refused.value("happened_on") == PartialDate((today() - timedelta(days=1)).isoformat()).in_words
    assert refused.value("evidence-0-url") == "https://www.gov.uk/x"


def test_the_form_for_a_test_takes_the_status_that_its_refusal_asks_for(site: Site) -> None:
    form = site.browser(ED).get(f"/staff/asks/{site.ask_id(LONDON_PROPERTY)}/updates/test")
    results = [name for name in form.names() if name.startswith("results-") and name.endswith("-result")]
    refused = form.submit("Publish", **UNDONE | {"status": "", "reason": ""} | dict.fromkeys(results, "met"))
    assert "Choose “Met”" in refused.summary[0]
    assert refused.submit("Publish", status="met", reason="Every test is met.").hops == [303, 200]
    assert site.scalar(sa.select(Ask.status).where(Ask.slug == LONDON_PROPERTY)) is Status.MET
