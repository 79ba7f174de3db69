"""The day of `?on=`, the page of an ask on that day, how it is cited, and what it says of its grounds and age."""

import re
from datetime import date, timedelta
from xml.etree.ElementTree import Element

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.browser import Page
from tests.factories import ask_draft, criterion_draft, make_ask, make_source, make_update
from tests.site import ADA, ED, LONDON_PROPERTY, PRODUCTION, WEALTH_ORDERS, MakeSite, Site
from tests.web.test_status_change import UNDONE
from tests.web.test_story import NEWS, ask_page, result_field
from tracker.clock import today
from tracker.models import Ask, Evidence, SuccessTest, Update
from tracker.queries.public.filters import UnknownFilter
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.services import asks, tests
from tracker.web.addresses import day_asked_for


def asked(text: str) -> date | None:
    with Flask(__name__).test_request_context("/", query_string={"on": text}):
        return day_asked_for()


def test_a_day_of_the_past_or_today_is_read_and_what_is_none_refused_in_words() -> None:
    day = today()
    for text in ("2019-06-30", "1900-01-01", "2020-02-29", day.isoformat()):
        assert asked(text) == date.fromisoformat(text)
    assert asked("") is None
    with Flask(__name__).test_request_context("/"):
        assert day_asked_for() is None
    tomorrow = (day + timedelta(days=1)).isoformat()
    for sentence, texts in (NO_DAYS | {f"and today, {day}": (tomorrow,)}).items():
        for text in texts:
            with pytest.raises(UnknownFilter, match=sentence) as refused:
                asked(text)
            assert len(str(refused.value)) < 120


NO_DAYS = {
    "Write the day": (
        "2019", "2019-6-30", "2019-W26-7", "30 June 2019", "2019-06-30T12:00", "2019-06-30\n", "٢٠١٩-٠٦-٣٠",
        " 2019-06-30", "x" * 10_000,
    ),
    "There is no such day": ("2019-02-29", "2019-13-01", "0000-01-01"),
    "Choose a day between 1900-01-01 and today": ("1899-12-31",),
}  # fmt: skip


# --- the pages ---

ADDRESS = f"/asks/{WEALTH_ORDERS}"
TERRITORIES = "overseas-territories-registers"


def on_day(site: Site, day: str, slug: str = WEALTH_ORDERS) -> Page:
    return site.browser().get(f"/asks/{slug}", query_string={"on": day})


def in_head(page: Page) -> dict[str, str]:
    """What the head says to machines."""
    named = {meta.get("name", ""): meta.get("content", "") for meta in page.tree.iter("meta")}
    return named | {link.get("rel", ""): link.get("href", "") for link in page.tree.iter("link")}


def verdict(page: Page) -> str:
    return page.all("section", "verdict")[0]


def test_a_past_day_is_marked_leads_to_today_and_has_status_tests_law_and_story_of_that_day(shared_site: Site) -> None:
    page = on_day(shared_site, "2020-10-02")
    assert page.notices[0].startswith("As things stood on 2 October 2020, as we understand it today.")
    assert "a reason may name what came later" in page.notices[0]
    assert page.links()["What a page of a past day means"] == "/method#past"
    assert page.title.startswith(f"{page.h1}, as of 2 October 2020")
    assert in_head(page)["robots"] == "noindex"
    assert in_head(page)["canonical"].endswith(ADDRESS)
    present = page.follow("Today")
    assert present.path == ADDRESS
    assert "robots" not in in_head(present)
    assert "In force, ask not yet met" in verdict(page)
    assert "Tests 0 of 2 met" in verdict(page)
    assert "ss. 1–3 Enables the ask England and Wales In force from 31 January 2018" in page.section("law")
    assert "ss. 1–3 Enables the ask Northern Ireland Not in force on that day" in page.section("law")
    keys = {element.get("id", "") for element in page.tree.iter("li") if element.get("id", "").startswith("u-")}
    assert max(keys) == "u-2020-10-02"
    for of_today in ("Looked at", "Our sources end", "Next step", "We are late"):
        assert of_today not in page.text
    assert "looked at" not in page.section("timeline")
    assert "’19 2020" in page.section("timeline")
    assert "2021" not in page.section("timeline")
    london = on_day(shared_site, "2023-01-31", LONDON_PROPERTY)
    assert "Tests 1 of 3 met" in verdict(london), "the second was met in 2025"
    for day, met in (("2018-03-18", 0), ("2018-03-19", 1)):
        asked_then = on_day(shared_site, day, "eu-solidarity-on-russia")
        assert f"Tests {met} of 3 met" in verdict(asked_then), "an undated result is not told of days before the ask"
        assert (": unknown" in asked_then.section("tests")) is (met == 0)


def test_a_day_before_the_beginning_is_answered_kindly(shared_site: Site) -> None:
    for slug, day, words in (
        (WEALTH_ORDERS, "2012-01-31", "Not followed yet on that day: the ask was made on 19 March 2018."),
        (WEALTH_ORDERS, "2018-02-01", "The ask itself was made later, on 19 March 2018."),
        ("stop-brexit", "2019-01-31", "Not followed yet on that day: the first status that we know of is later."),
    ):
        page = on_day(shared_site, day, slug)
        assert words in page.notices[0]
        assert ("No status yet" in verdict(page)) is words.startswith("Not followed")
        assert words in shared_site.browser().get(f"/asks/{slug}/story?on={day}").notices[0]


def test_what_is_no_past_day_is_a_clear_400_that_does_not_say_it_again(shared_site: Site) -> None:
    for address, day in ((ADDRESS, "2019-06"), ("/", "2019-06-30%00"), ("/", "9" * 5000)):
        page = shared_site.browser().get(f"{address}?on={day}")
        assert page.status == 400
        assert page.h1 == "We could not read that request"
        assert "as year, month and day: 2019-06-30." in page.all("p", "lede")[0]
        assert "9" * 50 not in page.html


def test_a_page_is_cited_with_the_day_that_it_shows_and_the_day_on_which_it_was_seen(shared_site: Site) -> None:
    address = f"/asks/{TERRITORIES}"
    page, day = shared_site.browser().get(address), today().isoformat()
    in_words = PartialDate(day).in_words
    cite = page.section("cite")
    assert f"Status on {in_words}: Partly met, since March 2020. Gibraltar opened a public register" in cite
    assert f"the large finance centres have not; looked at 29 November 2026. Seen {in_words}:" in cite
    permanent = page.follow(f"Permanent link to this page as of {in_words}")
    assert permanent.path == f"{address}?on={day}"
    assert permanent.notices[0].startswith(f"As things stood on {in_words}")
    assert verdict(permanent) == re.sub(r"We are late\. .*What a late look means ", "", verdict(page)), (
        "that is of today"
    )
    past = on_day(shared_site, "2019-06-30", TERRITORIES).section("cite")
    assert "Status on 30 June 2019: Law passed, not in force, since 23 May 2018. " in past
    assert "looked at" not in past
    assert f"{address}?on=2019-06-30" in past


def test_a_correction_that_came_later_is_read_on_the_page_of_today(sqlite_site: Site) -> None:
    ask_page(sqlite_site).follow("Change the status").submit("Publish", **UNDONE)
    form = ask_page(sqlite_site).follow("Correct the entry of 1 May 2026")
    right = {"status": "in_force", "reason": "The bill fell.", "happened_on": "3 May 2026"}
    form.submit("Publish", wrong="other", text="It was not repealed.", **right)
    page = on_day(sqlite_site, "2026-05-02")
    assert "In force, ask not yet met" in verdict(page)
    assert page.links()["See the correction"] == f"{ADDRESS}/story?entry=2026-05-03"
    corrected = on_day(sqlite_site, "2026-05-03")
    assert corrected.links()["See the correction"] == "#u-2026-05-03"
    assert "It was not repealed. Entry of 3 May 2026" in corrected.text  # what was wrong is not among the newest
    assert "Entry of 1 May 2026" not in corrected.text


def test_the_page_says_on_what_its_status_rests_and_since_when_nothing_moved(sqlite_site: Site) -> None:
    address = f"/asks/{LONDON_PROPERTY}"
    page = sqlite_site.browser().get(address)
    grounds = page.section("grounds")
    assert grounds.count("Official record") + grounds.count("Independent") == 4
    assert page.links()["And 1 more in the story"] == "#story"
    assert "Nothing here rests on a government’s word alone." in grounds
    assert page.links()["Official record"] == "/method#official_record"
    assert page.links()["What the types mean"] == "/method#evidence"
    assert "No public movement since 8 December 2025 that we found when we last looked." in verdict(page)
    assert page.links()["What we count as movement"] == "/method#movement"
    assert "No public movement" not in on_day(sqlite_site, "2020-01-31").text, "nobody had looked by then"
    assert "No public movement" not in sqlite_site.browser().get("/asks/uk-magnitsky-sanctions").text, "it is met"
    form = ask_page(sqlite_site, slug=LONDON_PROPERTY).follow("Tell the result of a test")
    field = result_field(form, "Owners of most")
    form.submit("Publish", **NEWS | {field: "unknown", "evidence_0_type": "government_claim"})
    claimed = sqlite_site.browser().get(address)
    assert "Only a government’s word stands behind the entry of 1 May 2026" in claimed.section("grounds")
    assert "Nothing here rests on" not in claimed.section("grounds")
    assert claimed.links()["1 May 2026"] == "#u-2026-05-01"


def test_a_page_that_nobody_opened_is_no_ground(shared_site: Site) -> None:
    with shared_site.reading() as session:
        seen_also = sa.select(Ask.slug, Evidence.title).join(Ask.updates).join(Update.evidence)
        slug, title = session.execute(seen_also.where(Evidence.is_see_also, Update.publication == "published")).all()[0]
    page = shared_site.browser().get(f"/asks/{slug}")
    assert f"See also, not opened: {title}." in page.section("story")
    assert "See also" not in page.section("grounds")


def test_every_page_leads_to_reporting_an_error_with_the_page_filled_in(shared_site: Site, make_site: MakeSite) -> None:
    links = shared_site.browser().get("/updates").links()
    assert links["Report an error on this page"] == "/about#contact"
    browser = make_site(PRODUCTION).browser()
    for path, title in ((f"{ADDRESS}?on=2019-06-30", "Use%20unexplained"), ("/method", "Method")):
        page = browser.get(path, base_url="https://tracker.example")
        report = page.links()["Report an error on this page"]
        assert f"?subject=Error%20report%3A%20{title}" in report
        assert f"tracker.example{path}".replace("?on=", "%3Fon%3D") in report
    assert "Report an error" not in browser.get("/nowhere", base_url="https://tracker.example").text


# --- how it was worded ---

HIDDEN = "zqhidden"


def prepared(site: Site) -> int:
    """An ask that was reworded as a draft, published, and reworded again; its test as well, and then taken out."""

    def edit(reason: str, **changes: str) -> None:
        asks.edit_ask(change, ask, ask_draft(ask.source_id, **changes), seen_version=None, reason=reason)

    def edit_test(label: str, reason: str) -> None:
        tests.edit_test(change, ask, test, criterion_draft(label=label), seen_version=None, reason=reason)

    with site.change(ED) as change:
        ask = make_ask(change, title=f"{HIDDEN} title", source_id=make_source(change, key="speech").id)
        edit(f"{HIDDEN} reason", internal_note=HIDDEN)
        (test,) = tests.add_tests(change, ask, [criterion_draft(label=f"{HIDDEN} test")], f"{HIDDEN} why")
        edit_test("The tax is law", HIDDEN)
        ask_id, test_id = ask.id, test.id
    assert site.browser().send("GET", "/asks/empty-homes/history").status_code == 404, "a draft has none"
    with site.change(ADA) as change:
        ask, test = change.session.get_one(Ask, ask_id), change.session.get_one(SuccessTest, test_id)
        make_update(change, ask, status=Status.ANNOUNCED)
        asks.publish_ask(change, ask, None)
        edit("The source says every.", title="Tax every empty home", internal_note=f"{HIDDEN} more")
        edit(f"{HIDDEN} inner reason", title="Tax every empty home", internal_note=f"{HIDDEN} again")
        edit_test("The tax is in force", "More exact.")
        tests.archive_test(change, ask, test, None, "It doubled another.")
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


def test_the_short_answer_keeps_the_capital_of_a_name(shared_site: Site) -> None:
    page = shared_site.browser().get("/asks/uk-magnitsky-sanctions?on=2018-02-01")
    assert ": in Parliament since 25 January 2018, " in page.text


def test_a_search_of_a_past_day_shows_no_words_of_later_entries(sqlite_site: Site) -> None:
    with sqlite_site.change(ED) as change:
        ask = change.session.get_one(Ask, sqlite_site.ask_id())
        make_update(change, ask, text="A quince grew.", happened_on=PartialDate("2021-05"))
    found = {on: sqlite_site.browser().get(f"/?q=quince&on={on}").html for on in ("2021-04-30", "2021-05-01")}
    assert ["#u-2021-05" in html for html in found.values()] == [False, True]
