"""Posting an update from one form: its kind follows from what is typed, a known link describes itself, and the
preview says on top what is new and marks it below."""

import sqlalchemy as sa

from tests.browser import Page
from tests.factories import make_source
from tests.page_checks import VIEWER_TYPES, fields, text_of
from tests.site import CLEO, ED, WEALTH_ORDERS, Site
from tests.web.test_story import result_field
from tracker.clock import today
from tracker.models import Ask, Evidence, SuccessTest, Update
from tracker.rules.dates import PartialDate
from tracker.rules.updates import EvidenceType, Result, UpdateKind

PUBLIC_PAGE = f"/asks/{WEALTH_ORDERS}"
NEWS = {"happened_on": "1 May 2026", "text": "A report came."}
PAGE = {
    "evidence_0_url": "https://reports.example.org/2026/may/",
    "evidence_0_is_opened": "y",
    "evidence_0_title": "The May report",
    "evidence_0_type": "independent",
    "evidence_0_publisher": "Reports Ltd",
    "evidence_0_published_on": "1 May 2026",
}
JUDGED = {"status": "reversed", "reason": "Parliament took the power away."}


def in_sight(page: Page) -> set[str]:
    """The names of the fields that nobody has to open first."""
    shown = {field.get("name", "") for field in fields(page.tree) if field.get("type") not in VIEWER_TYPES}
    closed = [details for details in page.tree.iter("details") if "open" not in details.attrib]
    branches = [element for element in page.tree.iter("div") if "branch" in element.get("class", "")]
    return shown - {field.get("name") for hidden in [*closed, *branches] for field in fields(hidden)}


def posting(site: Site, slug: str = WEALTH_ORDERS) -> Page:
    return site.browser(ED).get(f"/staff/asks/{site.ask_id(slug)}").follow("Post an update")


def newest_kind(site: Site) -> UpdateKind:
    kind: UpdateKind = site.scalar(sa.select(Update.kind).order_by(Update.id.desc()).limit(1))
    return kind


def test_one_form_takes_a_milestone_a_test_result_or_a_change_of_status(site: Site) -> None:
    form = posting(site)
    test = result_field(form, "tied to the Russian state")
    assert form.submit("Publish", **NEWS, **PAGE).hops == [303, 200]
    assert newest_kind(site) is UpdateKind.MILESTONE
    assert posting(site).submit("Publish", **NEWS, **PAGE, **{test: "unknown"}).hops == [303, 200]
    assert newest_kind(site) is UpdateKind.TEST
    label = SuccessTest.key == "reached-russian-state-wealth"
    assert site.scalar(sa.select(SuccessTest.result).where(label)) is Result.UNKNOWN
    assert posting(site).submit("Publish", **NEWS, **PAGE, **JUDGED).hops == [303, 200]
    assert newest_kind(site) is UpdateKind.STATUS
    public = site.browser().get(PUBLIC_PAGE)
    assert "Reversed" in public.all("section", "verdict")[0]
    assert marked(public) == []


def newest_evidence(site: Site) -> Evidence:
    with site.reading() as session:
        return session.scalars(sa.select(Evidence).order_by(Evidence.id.desc()).limit(1)).one()


def posted(site: Site, slug: str = WEALTH_ORDERS, **typed: str) -> Evidence:
    """The evidence of an entry that was published with this typed of its page."""
    done = posting(site, slug).submit("Publish", **NEWS, evidence_0_is_opened="y", **typed)
    assert done.hops == [303, 200], done.summary
    return newest_evidence(site)


def test_the_address_of_a_source_or_a_law_is_known_and_the_host_tells_who_publishes(sqlite_site: Site) -> None:
    with sqlite_site.change(ED) as change:
        make_source(change, url="https://speeches.example.org/1", title="A speech", published_on=PartialDate("2020-02"))
    url = "https://speeches.example.org/1"
    asked = posting(sqlite_site).submit("Preview", **NEWS, evidence_0_url=url, evidence_0_is_opened="y")
    assert asked.errors("evidence-0-type") == ["Give who says so."]
    assert asked.value("evidence-0-title") == "A speech"
    assert asked.value("evidence-0-published_on") == "February 2020"
    address = "https://www.legislation.gov.uk/ukpga/2017/22/section/999"
    law = posted(sqlite_site, evidence_0_url=address)
    assert (law.url, law.title, law.type) == (address, "Criminal Finances Act 2017", EvidenceType.OFFICIAL_RECORD)
    typed = {"evidence_0_publisher": "The King's Printer", "evidence_0_title": "My own title"}
    law = posted(sqlite_site, "stop-brexit", evidence_0_url=f"{address}/1", **typed)
    assert (law.publisher, law.title, law.type) == ("The King's Printer", "My own title", EvidenceType.OFFICIAL_RECORD)
    typed = {"evidence_0_url": "https://www.ft.com/content/1", "evidence_0_title": "A story"}
    press = posted(sqlite_site, "dirty-money-london", **typed)
    assert (press.publisher, press.type) == ("Financial Times", EvidenceType.INDEPENDENT)


def test_of_a_new_page_the_title_and_who_says_so_are_asked_for_and_what_nobody_opened_is_no_evidence(
    sqlite_site: Site,
) -> None:
    form = posting(sqlite_site)
    assert len(in_sight(form)) <= 6
    assert "status" not in in_sight(form)
    test = result_field(form, "tied to the Russian state")
    with sqlite_site.unchanged():
        asked = form.submit("Publish", **NEWS, evidence_0_url="https://unknown.example.org/")
        judged = form.submit("Preview", **NEWS, **{test: "met"})
        refused = form.submit("Publish", **NEWS, **PAGE | {"evidence_0_is_opened": False})
    assert asked.errors("evidence-0-title") == ["Give the title of the page or document."]
    assert asked.errors("evidence-0-type") == ["Give who says so."]
    assert {"evidence-0-title", "evidence-0-type"} <= in_sight(asked)
    assert (asked.value("text"), asked.value("evidence-0-url")) == (NEWS["text"], "https://unknown.example.org/")
    assert {"status", test} <= in_sight(judged), "the rest is open where something of it was typed or is wrong"
    assert "now: unknown" in judged.section("results")
    assert refused.errors("evidence-0-is_opened") == ["Give at least one page that you opened and that shows it."]
    assert refused.submit("Keep as a draft").hops == [303, 200]
    assert newest_evidence(sqlite_site).is_see_also


def test_a_look_at_everything_is_published_or_proposed_with_the_entry(sqlite_site: Site) -> None:
    sqlite_site.execute(sa.update(Ask).values(reviewed_on=PartialDate("2026-01-01")))
    form = sqlite_site.browser(CLEO).get(f"/staff/asks/{sqlite_site.ask_id()}").follow("Post an update")
    assert "next_step_is" not in form.names()
    form.submit("Send for approval", **NEWS, **PAGE, **JUDGED, is_reviewed="y")
    desk = sqlite_site.browser(ED).get("/staff/")
    assert "the status is still right" in desk.section("waiting")
    decide = desk.follow("Look and decide on 1 May 2026: A report came.")
    assert "Status In force, ask not yet met → Reversed" in on_top(decide)
    assert len(marked(decide)) == 1, "whoever approves sees the same"
    preview = posting(sqlite_site).submit("Preview", **NEWS, **PAGE, is_reviewed="y")
    assert preview.submit("Publish").hops == [303, 200]
    assert newest_kind(sqlite_site) is UpdateKind.REVIEW
    looked = sqlite_site.scalar(sa.select(Ask.reviewed_on).where(Ask.slug == WEALTH_ORDERS))
    assert looked == PartialDate(today().isoformat())
    posting(sqlite_site, "stop-brexit").submit("Publish", **NEWS | {"happened_on": "2190"}, **PAGE, is_reviewed="y")
    untouched = sqlite_site.scalar(sa.select(Ask.reviewed_on).where(Ask.slug == "stop-brexit"))
    assert untouched != looked, "one transaction: where the entry is refused, so is the look"


def test_the_next_step_is_done_or_changed_with_the_entry(sqlite_site: Site) -> None:
    step = sa.select(Ask.next_step, Ask.next_step_on).where(Ask.slug == WEALTH_ORDERS)

    def present() -> tuple[str, str]:
        with sqlite_site.reading() as session:
            text, on = session.execute(step).one()
            return text, on.in_words if on else ""

    changed = {"next_step_is": "changed", "next_step": "The Lords debate it", "next_step_on": "May 2027"}
    stale = posting(sqlite_site)
    refused = posting(sqlite_site).submit("Publish", **NEWS, **PAGE, next_step_is="changed")
    assert refused.summary == ["Say what comes next."]
    posting(sqlite_site).submit("Publish", **NEWS, **PAGE, **changed)
    assert present() == ("The Lords debate it", "May 2027")
    late = stale.submit("Publish", **NEWS, **PAGE, next_step_is="done")
    assert late.summary == ["The next step was changed meanwhile. Look at it again."]
    posting(sqlite_site).submit("Publish", **NEWS | {"text": "It was debated."}, **PAGE, next_step_is="done")
    assert present() == ("", "")
    kept = posting(sqlite_site).submit("Keep as a draft", **NEWS, **PAGE, **changed)
    assert "is asked again when it is published" in kept.notices[0]
    assert present() == ("", "")


def test_a_rewording_of_an_ask_or_a_test_is_previewed_before_it_is_saved(sqlite_site: Site) -> None:
    ed = sqlite_site.browser(ED)
    form = ed.get(f"/staff/asks/{sqlite_site.ask_id()}/edit")
    with sqlite_site.unchanged():
        assert form.submit("Preview the public page", title="Use the orders").errors("change_reason")
        preview = form.submit("Preview the public page", title="Use the orders", change_reason="Shorter.")
        assert preview.h1 == "Use the orders"
        assert "Why: Shorter." in preview.section("story")
        back = preview.submit("Go on editing")
        assert (back.value("title"), back.value("change_reason")) == ("Use the orders", "Shorter.")
    assert preview.submit("Keep").notices == ["Kept."]
    reworded = sqlite_site.browser().get("/corrections").section("reworded")
    assert "title was “Use unexplained wealth orders against Kremlin-linked wealth”" in reworded
    assert "Why: Shorter." in reworded
    test = sqlite_site.scalar(sa.select(SuccessTest.id).where(SuccessTest.ask_id == sqlite_site.ask_id()).limit(1))
    form = ed.get(f"/staff/tests/{test}/edit")
    with sqlite_site.unchanged():
        preview = form.submit("Preview the public page", label="The orders exist", change_reason="Shorter.")
    assert "The orders exist" in preview.section("tests")
    assert preview.submit("Keep").hops == [303, 200]


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
    for said in ("1 May 2026", "A report came.", "The May report", "Looked at stays"):
        assert said in told
    assert "Status In force, ask not yet met → Reversed" in told
    (entry,) = marked(preview)
    assert "A report came." in entry
    place = next(where for words, where in preview.links().items() if words.startswith("See it in its place"))
    assert f'id="{place[1:]}"' in preview.html
    test = result_field(form, "tied to the Russian state")
    told = on_top(form.submit("Preview", **NEWS, **PAGE, **{test: "not_met"}))
    assert "Status stays In force, ask not yet met" in told
    assert "Tests stays 0 of 2 met" in told
