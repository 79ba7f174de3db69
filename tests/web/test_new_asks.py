"""A new ask on one form: kept, sent for approval, previewed and published whole; what is wrong is told at once."""

import sqlalchemy as sa

from tests.browser import Page
from tests.examples import make_examples
from tests.exported import rows
from tests.factories import make_source
from tests.site import CLEO, ED, Site
from tests.web.test_status_change import UNDONE
from tracker.models import Ask, Legislation, Link, Source, SuccessTest, Update
from tracker.rules.asks import Publication

ADDRESS = "https://news.example.org/homes"
ASK = {
    "source_id": ADDRESS,
    "source_title": "A speech on homes",
    "source_author": "Š. Author",
    "source_published_on": "March 2024",
    "quote": "We ask for every empty home to be filled.",
    "basis": "explicit",
    "title": "Fill the empty homes",
    "summary": "Let councils fill homes that stand empty.",
    "topic": "Housing",
    "responsible_bodies": "Foreign, Commonwealth and Development Office; HM Treasury",
    "jurisdictions": "England",
    "labels": "Every home is filled\r\nThe register is open",
}
STANDS = {name: value for name, value in UNDONE.items() if name != "text"} | {
    "status": "partly_met",
    "reason": "The register opened. Homes still stand empty.",
}
PUBLIC = "/asks/fill-the-empty-homes"


def new_form(site: Site, name: str = ED) -> Page:
    return site.browser(name).get("/staff/asks/").follow("New ask")


def one_of_each_kind(site: Site, *pages: Page) -> list[str]:
    """The links of the pages to this site, one for each view that they lead to."""
    views = site.app.url_map.bind("localhost")
    found = [address for page in pages for address in page.links().values() if address.startswith("/")]
    return list({views.match(address.partition("?")[0].partition("#")[0])[0]: address for address in found}.values())


def judged(site: Site) -> Page:
    """The form after a first preview, which asks what each test says."""
    asked = new_form(site).submit("Preview", **ASK | STANDS)
    assert asked.status == 422
    assert "No test is met on that date." in asked.errors("status")[0]
    return asked


def test_from_nothing_to_the_public_page_on_one_form(site: Site) -> None:
    asked = judged(site)
    with site.unchanged():
        preview = asked.submit("Preview", results_0_result="not_met", results_1_result="met")
    assert preview.notices[0].startswith("Preview.")
    assert "The register opened. Homes still stand empty." in preview.section("story")
    assert site.browser().get(PUBLIC).status == 404
    back = preview.submit("Go on editing")
    typed = ASK | STANDS | {"results_1_result": "met"}
    for name in typed.keys() - {"labels"}:
        shown = next(known for known in back.names() if known.replace("-", "_") == name)
        assert back.value(shown) == typed[name], name
    done = preview.submit("Publish")
    assert done.notices == ["Published. The public page shows it now."]
    public = site.browser().get(PUBLIC)
    assert "Partly met" in public.all("section", "verdict")[0]
    assert "The register is open: met" in public.section("tests")
    assert public.section("story").count("The register opened. Homes still stand empty.") == 1
    with site.reading() as session:
        ask = session.scalars(sa.select(Ask).where(Ask.slug == "fill-the-empty-homes")).one()
        source = session.get_one(Source, ask.source_id)
        keys = session.scalars(sa.select(SuccessTest.key).where(SuccessTest.ask_id == ask.id)).all()
        assert ask.responsible_bodies == ["Foreign, Commonwealth and Development Office", "HM Treasury"]
    assert (source.key, source.url, source.author) == ("a-speech-on-homes", ADDRESS, "Š. Author")
    assert source.publication is Publication.PUBLISHED
    assert list(keys) == ["every-home-is-filled", "the-register-is-open"]


def test_a_draft_says_what_is_missing_and_is_public_when_nothing_is(site: Site) -> None:
    comes = {"jurisdictions": "England\nWales\n", "next_step": "A debate.", "next_step_on": "March 2027"}
    kept = new_form(site).submit("Keep as a draft", **ASK | comes | {"labels": "", "basis": "", "source_id": ""})
    assert kept.notices == ["Kept as a draft. The public does not see it."]
    assert "Missing Say where the ask stands" in kept.section("missing")
    assert "No success tests" in kept.section("missing")
    assert not kept.has_button("Publish the ask")
    cleo = site.browser(CLEO)
    assert "Edit the ask" not in cleo.get(kept.path).links(), "a draft is somebody's own"
    refused = cleo.get(f"{kept.path}/edit")
    assert (refused.status, "Tracker desk" in refused.text) == (403, True)
    tests = kept.follow("Write tests").submit("Add the tests", labels="It is done")
    announced = STANDS | {"status": "announced", "text": "It was promised."}
    status = tests.follow("Say where it stands").submit("Keep as a draft", **announced)
    assert "Missing “Announced” is kept as a draft" in status.section("missing")
    done = status.follow("Finish and publish it").submit("Publish")
    assert done.notices == ["Kept. It shows when the ask is published."]
    assert "Missing" not in done.section("missing")
    preview, stranger = done.follow("Preview the public page"), site.browser()
    assert preview.notices[0].startswith("Preview. Only staff see this page.")
    for address in one_of_each_kind(site, preview):
        assert stranger.send("GET", address).status_code in {200, 303}, address
    assert done.submit("Publish the ask").notices == ["The ask is public."]
    assert "March 2027" in stranger.get(PUBLIC).section("next")
    assert "The twelve asks" in stranger.get("/").section("asks-title")
    (row,) = [row for row in rows(site, "asks") if row["ask_slug"] == "fill-the-empty-homes"]
    assert (row["jurisdictions"], row["next_step_on"], row["topic"]) == ("England; Wales", "2027-03", "Housing")


def test_a_contributor_proposes_the_whole_with_a_law_and_an_editor_approves_it(site: Site) -> None:
    cleo = site.browser(CLEO)
    law = cleo.get("/staff/legislation/new")
    law.submit("Keep as a draft", title="The Homes Act 2019", citation="2019 c. 99", enacted_on="1 May 2019")
    form = cleo.get("/staff/asks/new", query_string={"source": ADDRESS})
    assert (form.status, form.value("source_id")) == (200, ADDRESS), "an address from elsewhere stands in the form"
    assert not form.has_button("Publish")
    with site.unchanged():
        refused = form.submit("Send for approval", **ASK)
        assert refused.errors("status") == ["Choose where it stands today; only a draft needs no status."]
        assert "Housing" in form.submit("Preview", **ASK).text
    in_law = {"status": "in_force", "legislation_id": "2019 c. 99", "effect": "delivers", "in_force_on": "2 May 2019"}
    sent = form.submit("Send for approval", **ASK | STANDS | in_law)
    assert sent.notices[0].startswith("Sent for approval.")
    edit = sent.follow("Edit the ask")
    with site.unchanged():
        waits = edit.submit("Keep", title="Another title")
    assert "This waits for approval. Withdraw its entry first" in waits.summary[0]
    assert waits.value("title") == "Another title"
    update = site.scalar(sa.select(sa.func.max(Update.id)))
    page = site.browser(ED).get(f"/staff/updates/{update}/approve")
    assert "The Homes Act 2019" in page.section("law")
    done = page.submit("Publish with the whole ask")
    assert done.notices == ["Published. The public page shows it now."]
    public = site.browser().get(PUBLIC)
    assert "The Homes Act 2019" in public.section("law")
    assert "A speech on homes" in public.section("words")
    for model in (Legislation, Link):
        newest = sa.select(model.publication).order_by(model.id.desc()).limit(1)
        assert site.scalar(newest) is Publication.PUBLISHED
    refused = edit.submit("Keep", title="Another title")
    assert refused.value("title") == "Another title"
    assert "only an editor can change it" in refused.summary[0]


WRONG: list[tuple[dict[str, str], str, str]] = [
    ({"source_id": "", "source_title": ""}, "source_id", "Say where it was asked."),
    ({"source_id": "Never heard of", "source_title": ""}, "source_id", "If it is a new source, give its title"),
    ({"source_id": ADDRESS, "source_title": ""}, "source_title", "Give the title of the source."),
    ({"source_id": "http://[list", "source_title": "A list"}, "source_id", "This is not a valid address."),
    ({"title": "STOP Bre\u200bxit"}, "title", "Another ask has this title."),
    ({"topic": "SANCTIONS"}, "topic", "Write it as other asks do: Sanctions."),
    ({"labels": "\r\n".join(map(str, range(90_000)))}, "labels", "these are 90000."),
    ({"labels": "a\x00b"}, "labels", "cannot be stored (U+0000)"),
    ({"reason": "Because."}, "status", "Choose the status that this shows."),
    ({"status": "announced"}, "happened_on", "Say since when this is the status"),
    ({"status": "announced", "happened_on": "2026"}, "reason", "Give a sentence on what happened."),
    ({"legislation_id": "2017 c. 22"}, "effect", "Say what the law does for the ask."),
    ({"review_interval_days": "often"}, "review_interval_days", "Write a whole number, such as 90."),
    ({"review_interval_days": "9" * 20}, "review_interval_days", "Choose between 1 and 730 days."),
    ({"current_deadline": "2027"}, "first_deadline", "Give the first deadline too"),
    ({"jurisdictions": "England; England"}, "jurisdictions", "A name stands there twice."),
]


def test_what_is_wrong_stands_beside_its_field_all_at_once_and_nothing_typed_is_lost(shared_site: Site) -> None:
    typed = {
        "source_id": "https://new.example.org/", "quote": "", "title": "x" * 201, "status": "met", "reason": "",
        "labels": "One\r\nOne\r\n" + "y" * 201, "happened_on": "the other day", "next_step_on": "2018-02-31",
        "slug": "Empty Homes", "evidence_0_url": "gopher://x",
    }  # fmt: skip
    form = new_form(shared_site)
    with shared_site.unchanged():
        refused = form.submit("Publish", **typed)
        wrong = {"source_title", "quote", "title", "summary", "topic", "labels", "slug", "happened_on", "next_step_on"}
        assert {name for name in wrong if refused.errors(name)} == wrong
        assert len(refused.errors("labels")) == 2
        for name in ("title", "happened_on", "next_step_on", "evidence-0-url"):
            assert refused.value(name) == typed[name.replace("-", "_")], name
        assert refused.title.startswith("Error: ")
        for odd, field, says in WRONG:
            refused = form.submit("Keep as a draft", **ASK | odd)
            assert refused.status == 422
            assert any(says in error for error in refused.errors(field)), refused.summary
            assert refused.value("summary") == ASK["summary"]


def test_what_is_wrong_is_listed_as_the_page_shows_it(shared_site: Site) -> None:
    """The test browser looks at the order of every page; here are those that show fields of several forms."""
    tell = "/staff/findings/{finding}/tell".format_map(make_examples(shared_site))
    for path, button, typed in (
        ("/staff/asks/1/updates/status", "Preview", {"next_step_is": "changed"}),
        (tell, "Publish", {"asks": [], "text": "", "evidence_0_published_on": "no"}),
    ):
        refused = shared_site.browser(ED).get(path).submit(button, **typed)
        assert len(refused.summary) > 2


def test_what_a_browser_would_not_send_is_refused_or_as_if_not_typed(shared_site: Site) -> None:
    form = judged(shared_site)
    typed = {"legislation_id": "2017 c. 22", "effect": "enables", "next_step_on": "no day"}
    sent = form.sent("Publish", **typed)
    with shared_site.unchanged():
        for name in ("kind", "basis", "status", "effect", "results-0-result", "evidence-0-type"):
            others = [pair for pair in sent if pair[0] != name]
            for ways in (("no such choice",), (), ("", "")):
                refused = form.browser.post(form.path, [*others, *((name, way) for way in ways)])
                assert (refused.status, refused.value("title")) == (422, ASK["title"]), (name, ways)


def test_a_source_that_is_known_is_found_by_its_address_and_a_title_that_is_taken_is_told(site: Site) -> None:
    form = site.browser(ED).get("/staff/sources/").follow("New source")
    speech = {"key": "a-speech-on-homes", "title": "A speech on homes", "url": ADDRESS}
    assert form.submit("Keep as a draft", **speech).notices == ["Kept as a draft."]
    kept = new_form(site).submit("Keep as a draft", **ASK | {"source_title": "", "source_id": f"{ADDRESS}/"})
    assert "A speech on homes" in kept.section("missing")
    again = new_form(site).submit("Keep as a draft", **ASK | {"source_id": "a-speech-on-homes"})
    assert "Another ask has this title." in again.errors("title")[0]
    typed = ASK | {"title": "Fill the empty homes!", "source_id": f"{ADDRESS}2"}
    other = new_form(site).submit("Keep as a draft", **typed)
    assert other.notices == ["Kept as a draft. The public does not see it."]
    assert site.scalar(sa.select(Ask.slug).order_by(Ask.id.desc()).limit(1)) == "fill-the-empty-homes-2"
    assert site.scalar(sa.select(Source.key).order_by(Source.id.desc()).limit(1)) == "a-speech-on-homes-2"


def test_thirty_tests_are_one_form_and_one_public_entry(site: Site) -> None:
    page = site.browser(ED).get(f"/staff/asks/{site.ask_id()}").follow("Add tests")
    lines = "\r\n".join(f"Council {number} has filled every one of its empty homes" for number in range(30))
    with site.unchanged():
        assert page.submit("Add the tests", labels=lines).errors("change_reason")
    before = site.scalar(sa.select(sa.func.count(Update.id)))
    done = page.submit("Add the tests", labels=lines, change_reason="Each council is judged.")
    assert done.notices == ["The tests are added."]
    assert "Council 29 has filled" in done.section("tests")
    with site.reading() as session:
        texts = session.scalars(sa.select(Update.text).order_by(Update.id)).all()
    assert len(texts) == before + 1
    assert texts[-1].startswith("30 tests were added: “Council 0 has filled every one of its empty homes”; “Council 1 ")
    assert "more. Why: Each council is judged." in texts[-1]


def test_a_title_in_its_own_field_is_that_of_a_new_source_whoever_used_it_before(sqlite_site: Site) -> None:
    with sqlite_site.change(ED) as change:
        make_source(change, key="known", title="A Speech on Homes", author="Somebody")
    kept = new_form(sqlite_site).submit("Keep as a draft", **ASK | {"source_id": ""})
    assert kept.notices == ["Kept as a draft. The public does not see it."]
    asked_by = sa.select(Source.author).join(Ask, Ask.source_id == Source.id).where(Ask.title == ASK["title"])
    assert sqlite_site.scalar(asked_by) == "Š. Author"
