"""Posting an update from one form: its kind follows from what is typed, a known link describes itself, and the
preview says on top what is new and marks it below."""

import sqlalchemy as sa

from tests.browser import Page
from tests.factories import make_source
from tests.page_checks import VIEWER_TYPES, fields, text_of
from tests.queries.statements import watched
from tests.site import ADA, CLEO, ED, WEALTH_ORDERS, Site
from tests.web.test_story import result_field
from tracker.clock import today
from tracker.models import Ask, Evidence, Publisher, SuccessTest, Update
from tracker.rules.dates import PartialDate
from tracker.rules.updates import EvidenceType, UpdateKind
from tracker.services.replay import find_differences

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
    test = result_field(posting(site), "tied to the Russian state")
    for typed, kind in (
        ({}, UpdateKind.MILESTONE),
        ({test: "unknown"}, UpdateKind.TEST),
        (JUDGED, UpdateKind.STATUS),
    ):
        assert posting(site).submit("Publish", **NEWS, **PAGE, **typed).hops == [303, 200]
        assert newest_kind(site) is kind
    public = site.browser().get(PUBLIC_PAGE)
    assert "Reversed" in public.all("section", "verdict")[0]
    assert marked(public) == []


def posted(site: Site, slug: str = WEALTH_ORDERS, **typed: str) -> Evidence:
    """The evidence of an entry that was published with this typed of its page."""
    done = posting(site, slug).submit("Publish", **NEWS, evidence_0_is_opened="y", **typed)
    assert done.hops == [303, 200], done.summary
    with site.reading() as session:
        return session.scalars(sa.select(Evidence).order_by(Evidence.id.desc()).limit(1)).one()


def test_the_address_of_a_source_or_a_law_is_known_and_the_host_tells_who_publishes(sqlite_site: Site) -> None:
    url = "https://speeches.example.org/1"
    with sqlite_site.change(ED) as change:
        make_source(change, url=url, title="A speech", published_on=PartialDate("2020-02"))
    asked = posting(sqlite_site).submit("Preview", **NEWS, evidence_0_url=url, evidence_0_is_opened="y")
    assert asked.errors("evidence-0-type") == ["Give the answer to “Who says so”."]
    assert asked.value("evidence-0-title") == "A speech"
    assert asked.value("evidence-0-published_on") == "February 2020"
    address = "https://www.legislation.gov.uk/ukpga/2017/22/section/999"
    law = posted(sqlite_site, evidence_0_url=address)
    assert (law.url, law.title, law.type) == (address, "Criminal Finances Act 2017", EvidenceType.OFFICIAL_RECORD)
    typed = {"evidence_0_publisher": "The King's Printer", "evidence_0_title": "My own title"}
    law = posted(sqlite_site, "stop-brexit", evidence_0_url=f"{address}/1", **typed)
    assert (law.publisher, law.title) == ("The King's Printer", "My own title")
    typed = {"evidence_0_url": "https://www.ft.com/content/1", "evidence_0_title": "A story"}
    press = posted(sqlite_site, "dirty-money-london", **typed)
    assert (press.publisher, press.type) == ("Financial Times", EvidenceType.INDEPENDENT)


def test_of_a_new_page_more_is_asked_for_and_it_must_have_been_opened(sqlite_site: Site) -> None:
    form = posting(sqlite_site)
    assert len(in_sight(form)) <= 6
    assert "status" not in in_sight(form)
    test = result_field(form, "tied to the Russian state")
    with sqlite_site.unchanged():
        asked = form.submit("Publish", **NEWS, evidence_0_url="https://unknown.example.org/")
        judged = form.submit("Preview", **NEWS, **{test: "met"})
        refused = form.submit("Publish", **NEWS, **PAGE | {"evidence_0_is_opened": False})
    assert asked.errors("evidence-0-title") == ["Give the title of the page or document."]
    assert asked.errors("evidence-0-type") == ["Give the answer to “Who says so”."]
    assert {"evidence-0-title", "evidence-0-type"} <= in_sight(asked)
    assert (asked.value("text"), asked.value("evidence-0-url")) == (NEWS["text"], "https://unknown.example.org/")
    assert {"status", test} <= in_sight(judged), "the rest is open where something of it was typed or is wrong"
    assert "now: unknown" in judged.section("results")
    assert refused.errors("evidence-0-is_opened") == ["Give at least one page that you opened and that shows it."]
    assert refused.submit("Keep as a draft").hops == [303, 200]
    assert sqlite_site.scalar(sa.select(Evidence.is_see_also).order_by(Evidence.id.desc()).limit(1))


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
    def present() -> tuple[str, str]:
        with sqlite_site.reading() as session:
            ask = session.get_one(Ask, sqlite_site.ask_id())
            return ask.next_step, ask.next_step_on.in_words if ask.next_step_on else ""

    changed = {"next_step_is": "changed", "next_step": "The Lords debate it", "next_step_on": "May 2027"}
    stale = posting(sqlite_site)
    refused = stale.submit("Publish", **NEWS, **PAGE, next_step_is="changed")
    assert refused.summary == ["Say what comes next."]
    posting(sqlite_site).submit("Publish", **NEWS, **PAGE, **changed)
    assert present() == ("The Lords debate it", "May 2027")
    late = stale.submit("Publish", **NEWS, **PAGE, next_step_is="done")
    assert late.summary == ["The next step was changed meanwhile. Look at it again."]
    posting(sqlite_site).submit("Publish", **NEWS | {"text": "It was debated."}, **PAGE, next_step_is="done")
    assert present() == ("", "")
    kept = posting(sqlite_site).submit("Keep as a draft", **NEWS, **PAGE, **changed)
    assert "The next step stands in its note for colleagues" in kept.notices[0]
    assert "Note for colleagues: Next step: The Lords debate it, May 2027" in kept.text
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


# --- the table of publishers, by which a pasted address is filled in ---

LINE = {"host": "https://www.news.example.org/one", "publisher": "Example News", "type": "independent"}
PASTED = {"evidence_0_url": "https://blog.news.example.org/two", "evidence_0_is_opened": "y", "text": "It came."}


def publishers(site: Site, name: str = ADA, query: str = "") -> Page:
    return site.browser(name).get(f"/staff/publishers{query}")


def filled_in(site: Site) -> tuple[str, str]:
    """What a contributor's form says of a page whose address was pasted."""
    form = site.browser(CLEO).get("/staff/asks/1/updates/milestone").submit("Preview", **PASTED)
    return form.value("evidence-0-publisher"), form.value("evidence-0-type")


def test_a_line_is_added_changed_used_and_taken_away(site: Site) -> None:
    assert filled_in(site) == ("", "")
    kept = publishers(site).submit("Keep", **LINE)
    assert (kept.path, kept.notices) == ("/staff/publishers", ["Kept."])
    assert "news.example.org Example News Independent Our own" in kept.text
    changed = kept.follow("Change news.example.org").submit("Keep", type="own_work")
    assert filled_in(site) == ("Example News", "own_work")
    gone = changed.submit("Take away news.example.org")
    assert gone.notices == ["Kept."]
    assert "news.example.org" not in gone.section("main")
    assert filled_in(site) == ("", "")
    log = site.browser(CLEO).get("/staff/log").text
    for said in ("created the publisher", "edited the publisher"):
        assert f"Ada Admin {said} “news.example.org”." in log
    with site.reading() as session:
        assert find_differences(session) == []
    assert "Our own" in gone.submit("Keep", **LINE).text
    # Our own line goes before a built-in one, which holds again afterwards.
    built_in = publishers(site, query="?host=bbc.co.uk")
    assert (built_in.value("publisher"), built_in.has_button("Take away bbc.co.uk")) == ("BBC", False)
    kept = built_in.submit("Keep", publisher="British Broadcasting Corporation")
    assert "bbc.co.uk British Broadcasting Corporation Independent Our own" in kept.text
    gone = kept.follow("Change bbc.co.uk").submit("Keep", publisher="")
    assert "bbc.co.uk BBC Independent Built in" in gone.text


def test_others_read_the_table_and_what_is_wrong_is_said_beside_its_field(shared_site: Site) -> None:
    for name in (CLEO, ED):
        with watched(shared_site.engine) as sent:
            page = publishers(shared_site, name)
        assert sum("FROM publisher" in statement for statement, _ in sent) == 1
        assert "hansard.parliament.uk Hansard Official record Built in" in page.text
        assert "An admin can change this table." in page.text
        assert not page.has_button("Keep")
    assert shared_site.browser(ED).get("/staff/sources/").follow("Publishers by host").h1 == "Publishers"
    form = shared_site.browser(CLEO).get("/staff/asks/1/updates/milestone")
    assert form.follow("the table of publishers").h1 == "Publishers"
    form = publishers(shared_site)
    with shared_site.unchanged():
        refused = form.submit("Keep", host="localhost", publisher="Mine")
        assert "must name a public website" in refused.errors("host")[0]
        assert form.submit("Keep", publisher="Mine").errors("host") == ["Fill in “Host”."]
        assert form.submit("Keep", host="a.example").hops == [303, 200], "there is no such line to take away"
    assert shared_site.scalar(sa.select(sa.func.count(Publisher.id))) == 0


def test_two_admins_see_what_the_other_one_kept(sqlite_site: Site) -> None:
    first, second = publishers(sqlite_site), publishers(sqlite_site)
    shown = first.submit("Keep", **LINE)
    stale = second.submit("Keep", **LINE | {"publisher": "The Example"})
    assert (stale.status, stale.value("publisher")) == (409, "The Example")
    assert "Publisher Example News The Example" in stale.text
    assert "The Example Independent Our own" in stale.submit("Keep").text
    late = shown.submit("Take away news.example.org")
    assert (late.status, late.value("publisher")) == (409, "")
    assert "The Example Independent Our own" in publishers(sqlite_site).text
