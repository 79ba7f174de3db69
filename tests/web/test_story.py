"""Telling an ask's story: test results, reviews, corrections, drafts of contributors, and tests that contradict."""

from dataclasses import replace
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from tests.browser import Page
from tests.exported import rows
from tests.factories import make_ask, make_test, make_update
from tests.site import CLEO, ED, LONDON_PROPERTY, WEALTH_ORDERS, Site
from tests.web.test_status_change import UNDONE, status_form
from tracker.clock import today
from tracker.models import Ask, SuccessTest, Update
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.rules.updates import Result
from tracker.services.tests import archive_test

PUBLIC_PAGE = f"/asks/{WEALTH_ORDERS}"
NEWS = {name: value for name, value in UNDONE.items() if name not in {"status", "reason"}} | {"text": "A report came."}


def result_field(page: Page, label: str) -> str:
    """The name of the field for a test's result, found as a person finds it: by its label."""
    found = [element for element in page.tree.iter("label") if label in "".join(element.itertext())]
    return next(field.get("name", "") for field in page.tree.iter("select") if field.get("id") == found[0].get("for"))


def ask_page(site: Site, name: str = ED, slug: str = WEALTH_ORDERS) -> Page:
    return site.browser(name).get(f"/staff/asks/{site.ask_id(slug)}")


def test_a_test_result_changes_with_its_evidence(site: Site) -> None:
    form = ask_page(site, slug=LONDON_PROPERTY).follow("Tell the result of a test")
    with site.unchanged():
        refused = form.submit("Publish", **NEWS)
        assert "Say which test has a new result." in refused.summary
    field = result_field(form, "Owners of most")
    misfit = refused.submit("Publish", **{field: "met"})
    assert misfit.status == 422
    assert any("would no longer fit" in line for line in misfit.summary), misfit.summary
    assert refused.submit("Publish", **{field: "unknown"}).hops == [303, 200]
    tests = site.browser().get(f"/asks/{LONDON_PROPERTY}").section("tests")
    assert "overseas-held property are public: unknown , looked at 1 May 2026. Not met when asked. Evidence" in tests


def test_a_review_says_what_was_searched_what_was_not_found_and_where_our_sources_end(site: Site) -> None:
    form, day = ask_page(site).follow("Looked at: nothing changed"), PartialDate(today().isoformat())
    assert form.value("text") == "We looked: nothing has changed."
    assert form.value("happened_on") == day.in_words
    said = {"searched": "The register of judgments.", "not_found": "An order after May.", "sources_end_on": "May 2026"}
    done = form.submit("Publish", **said)
    assert done.notices[0].endswith("wealth”: nothing changed.")
    public = site.browser().get(PUBLIC_PAGE)
    newest = next(key for key in entry_keys(public) if key.startswith(day.text))
    entry = public.section(f"u-{newest}")
    for words in (
        "Checked, nothing changed",
        "We searched: The register of judgments.",
        "We did not find: An order after May.",
        "Our sources go up to May 2026.",
    ):
        assert words in entry
    assert f"Looked at {day.in_words}" in public.all("section", "verdict")[0]
    assert "Our sources end May 2026" in public.all("dl", "standing")[0]
    told = {row["update_key"]: row for row in rows(site, "updates")}[newest]
    assert {name: told[name] for name in said} == said | {"sources_end_on": "2026-05"}
    assert WEALTH_ORDERS not in site.browser(ED).get("/staff/desk/due").text


def test_an_entry_says_when_it_was_written_down_only_where_that_is_news(site: Site) -> None:
    """All entries of a list that was brought in were written on one day; what comes later says so."""
    assert "Written down on" not in site.browser().get(PUBLIC_PAGE).text
    with site.change(ED) as change:
        later = replace(change, at=change.at + timedelta(days=2))
        make_update(later, change.session.get_one(Ask, site.ask_id()), happened_on=PartialDate("2026-05-01"))
        written_on = PartialDate(later.today.isoformat())
    public = site.browser().get(PUBLIC_PAGE)
    assert f"Written down on {written_on.in_words}." in public.section("u-2026-05-01")
    assert public.text.count("Written down on") == 1


def test_a_correction_stands_beside_what_it_corrects_and_both_sides_among_all_corrections(site: Site) -> None:
    status_form(site, site.browser(ED)).submit("Publish", **UNDONE)
    form = ask_page(site).follow("Correct the entry of 1 May 2026")
    assert "The power was repealed." in form.text
    assert form.value("status") == "reversed"
    with site.unchanged():
        unsaid = form.submit("Publish", text="It was not repealed.")
        assert unsaid.summary == ["Say what was wrong."]
        refused = form.submit("Publish", wrong="other", text="It was not repealed.", status="")
        assert refused.errors("status")
        same = form.submit("Publish", wrong="words", text="The power was repealed.")
        assert same.errors("text")[0].startswith("This says the same as the entry that it corrects.")
    correction = {"status": "in_force", "reason": "The bill fell."}
    done = form.submit("Publish", wrong="other", text="It was not repealed.", **correction)
    assert done.hops == [303, 200], done.summary
    public = site.browser().get(PUBLIC_PAGE)
    assert "This entry has been corrected." in public.section("u-2026-05-01")
    assert "It was not repealed." in public.section("u-2026-05-01-2")
    assert public.links()["See the correction"] == "#u-2026-05-01-2"
    assert public.links()["See the entry that this corrects"] == "#u-2026-05-01"
    verdict = public.all("section", "verdict")[0]
    assert "In force, ask not yet met" in verdict
    assert "The bill fell." in verdict
    assert ("2026-05-01-2", "2026-05-01") in {(row["update_key"], row["corrects"]) for row in rows(site, "updates")}
    page = site.browser().get("/corrections")
    wrong, right = page.all("article")[0].split("Is right")
    assert "Use unexplained wealth orders" in wrong
    assert "Was wrong Status changed 1 May 2026 Reversed The power was repealed." in wrong
    assert "Parliament took the power away." in wrong
    assert "Correction 1 May 2026 In force, ask not yet met It was not repealed." in right
    assert "The bill fell." in right
    for key in ("2026-05-01", "2026-05-01-2"):
        assert f'"{PUBLIC_PAGE}#u-{key}"' in page.html
    assert page.notices == []
    updates = site.browser().get("/updates")
    assert "Correction (1)" in updates.links()
    (corrected,) = [item for item in updates.all("li") if "This entry has been corrected." in item]
    assert "The power was repealed." in corrected


def test_a_change_that_should_not_have_been_is_taken_back_with_all_that_held_before(sqlite_site: Site) -> None:
    before = sa.select(Ask.status, Ask.status_on, Ask.status_reason).where(Ask.slug == WEALTH_ORDERS)
    with sqlite_site.reading() as session:
        held = session.execute(before).one()
    form = status_form(sqlite_site, sqlite_site.browser(ED))
    test = result_field(form, "tied to the Russian state")
    form.submit("Publish", **UNDONE | {test: "not_met"})
    form = ask_page(sqlite_site).follow("Correct the entry of 1 May 2026")
    typed = {"happened_on": "2 May 2026", "text": "It was the day after.", "status": "lapsed"}
    form.submit("Publish", wrong="words", **typed)
    verdict = sqlite_site.browser().get(PUBLIC_PAGE).all("section", "verdict")[0]
    assert "Reversed" in verdict, "only the date of the entry was put right"
    assert "Since 2 May 2026" in verdict
    form = ask_page(sqlite_site).follow("Correct the entry of 2 May 2026")
    assert held.status_reason in form.section("wrong")
    done = form.submit("Publish", wrong="back", text="The bill was never passed.", status="lapsed")
    assert done.hops == [303, 200], done.summary
    with sqlite_site.reading() as session:
        assert session.execute(before).one() == held
        label = SuccessTest.key == "reached-russian-state-wealth"
        assert session.scalar(sa.select(SuccessTest.result).where(label)) is Result.UNKNOWN
    again = ask_page(sqlite_site).follow("Correct the entry of 2 May 2026: The bill was never passed.")
    assert held.status_reason in again.section("wrong"), "a corrected entry does not come back"


def test_a_contributor_writes_and_edits_a_draft_that_staff_alone_see_until_an_editor_publishes_it(site: Site) -> None:
    form = ask_page(site, CLEO).follow("Change the status")
    assert not form.has_button("Publish")
    with site.unchanged():
        refused = form.submit("Keep as a draft")
    assert refused.summary == ["Fill in “When did it happen?”.", "Fill in “What happened?”."]
    kept = form.submit("Keep as a draft", happened_on="2026-05", text="Something happened.", draft_note="Is it right?")
    assert kept.notices == ["Kept as a draft. The public does not see it."], "a draft may be unfinished"
    edit = kept.follow("Edit, preview or publish the entry of May 2026")
    assert edit.submit("Preview").errors("status") == ["Choose the new status."]
    preview = edit.submit("Preview", **UNDONE | {"text": "Something happened in May."})
    assert not preview.has_button("Publish")
    preview.submit("Keep as a draft")
    assert "by Cleo Contributor" in ask_page(site).section("story")
    assert "Something happened" not in site.browser().get(PUBLIC_PAGE).text
    desk = site.browser(ED).get("/staff/")
    assert "Is it right?" in desk.section("drafts")
    draft = desk.follow("Go on with 1 May 2026: Something happened in May.")
    assert draft.value("draft_note") == "Is it right?"
    assert draft.submit("Preview").submit("Publish").hops == [303, 200]
    public = site.browser().get(PUBLIC_PAGE)
    assert "Something happened in May." in public.section("story")
    assert "Is it right?" not in public.html
    kept = (
        ask_page(site, CLEO).follow("Post an update").submit("Keep as a draft", **NEWS | {"happened_on": "2 May 2026"})
    )
    done = kept.follow("Put aside the entry of 2 May 2026").submit("Put aside")
    assert "Put aside 2 May 2026" in done.section("story")
    assert "Cleo Contributor put aside the update “A report came”." in done.section("log")
    back = done.follow("Take up the entry of 2 May 2026").submit("Take up")
    assert "Edit, preview or publish the entry of 2 May 2026" in back.section("story")
    published = site.scalar(sa.select(Update.id).where(Update.publication == "published").limit(1))
    page = site.browser(ED).get(f"/staff/updates/{published}/edit")
    assert page.status == 422
    assert "History is not edited. Post a correction instead." in page.text


def test_a_test_taken_out_of_a_public_ask_is_told_with_the_reason(site: Site) -> None:
    label = "Wealth tied to the Russian state or its ruling circle has been recovered after an order"
    form = ask_page(site).follow(f"Archive {label}")
    assert form.submit("Archive").errors("reason")
    form.submit("Archive", reason="It asks for too much.")
    public = site.browser().get(PUBLIC_PAGE)
    assert label not in public.section("tests")
    assert "It asks for too much." in public.section("story")
    assert "This was done already." in form.browser.get(form.path).notices
    ask_page(site).follow(f"Take up {label}").submit("Take up", reason="It does not.")
    assert label in site.browser().get(PUBLIC_PAGE).section("tests")


def entry_keys(page: Page) -> list[str]:
    ids = [item.get("id", "") for item in page.tree.iter("li")]
    return [id.removeprefix("u-") for id in ids if id.startswith("u-")]


def test_a_story_is_told_whole_with_its_evidence(shared_site: Site) -> None:
    browser, address = shared_site.browser(), "/asks/overseas-territories-registers"
    page = browser.get(address)
    keys = entry_keys(page)
    with shared_site.reading() as session:
        of_ask = sa.select(Update).join(Update.ask).where(Ask.slug == "overseas-territories-registers")
        of_ask = of_ask.options(selectinload(Update.evidence))
        updates = session.scalars(of_ask.where(Update.publication == "published")).all()
        titles = {update.key: [item.title for item in update.evidence] for update in updates}
    assert sorted(keys) == sorted(titles)
    for key in keys:
        assert all(title in page.section(f"u-{key}") for title in titles[key])
    one = browser.get(f"{address}/story?entry=2018-05-01")
    assert one.h1 == "The story, newest first"
    assert entry_keys(one)[0] == "2018-05-01"
    for wrong in (f"{address}/story?entry=1066", "/asks/nothing/story"):
        assert browser.get(wrong).status == 404


def test_of_a_long_story_the_oldest_entries_stand_on_pages_of_their_own(sqlite_site: Site) -> None:
    with sqlite_site.change(ED) as change:
        ask = change.session.get_one(Ask, sqlite_site.ask_id())
        for day in range(60):
            happened_on = PartialDate((date(2026, 1, 1) + timedelta(days=day)).isoformat())
            make_update(change, ask, happened_on=happened_on, text=f"Something happened on day {day}.")
    number = sa.select(sa.func.count()).where(Update.ask_id == sqlite_site.ask_id(), Update.publication == "published")
    browser = sqlite_site.browser()
    page = browser.get(PUBLIC_PAGE)
    shown = entry_keys(page)
    assert len(set(shown)) == sqlite_site.scalar(number), "each keeps its anchor, to which feeds and citations lead"
    whole = browser.get(f"{PUBLIC_PAGE}/story")
    told = entry_keys(whole)
    while "Older entries" in whole.links():
        whole = whole.follow("Older entries")
        told += entry_keys(whole)
    assert told == shown
    in_short = [key for key in shown[50:] if "Status" not in page.section(f"u-{key}")]
    addresses = {a.get("href", "") for a in page.tree.iter("a")}
    assert in_short == [key for key in shown[50:] if f"{PUBLIC_PAGE}/story?entry={key}" in addresses]
    assert all("Something happened" not in page.section(f"u-{key}") for key in in_short)
    assert all("Archived copy" in page.section(f"u-{key}") for key in set(shown[50:]) - set(in_short))


def test_a_test_that_was_added_to_an_ask_that_is_met_is_said_to_contradict_it(sqlite_site: Site) -> None:
    address, said = "/asks/uk-magnitsky-sanctions", "The tests and the status do not agree."
    assert said not in sqlite_site.browser().get(address).text
    number = sqlite_site.ask_id("uk-magnitsky-sanctions")
    with sqlite_site.change(ED) as change:
        make_test(change, change.session.get_one(Ask, number), key="used-evenly", before=Result.NOT_MET)
    assert said in sqlite_site.browser().get(address).notices[0]
    assert said not in sqlite_site.browser().get(f"{address}?on=2024-01-01").text
    desk = sqlite_site.browser(ED).get("/staff/")
    assert "A British Magnitsky Act" in desk.section("contradicted")
    assert "The status no longer fits the tests." in desk.browser.get(f"/staff/asks/{number}").notices[0]


def test_an_ask_that_is_met_and_has_lost_its_tests_stands_on_the_desk(sqlite_site: Site) -> None:
    with sqlite_site.change(ED) as change:
        ask = make_ask(change, published=True)
        criterion = make_test(change, ask)
        make_update(change, ask, status=Status.MET, results=((criterion.id, Result.MET),))
        archive_test(change, ask, criterion, None, "It was no test.")
    assert "The tests and the status do not agree." in sqlite_site.browser().get("/asks/empty-homes").notices[0]
    assert "Tax empty homes" in sqlite_site.browser(ED).get("/staff/").section("contradicted")
