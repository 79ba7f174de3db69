"""The desk: each row is one click from doing it, and an empty list says that all is done."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.factories import make_ask, make_update
from tests.page_checks import text_of
from tests.site import ADA, CLEO, ED, LOCAL, ROLES, WEALTH_ORDERS, Site, email_of, open_app, password_hash
from tests.web.test_posting import newest_kind
from tests.web.test_status_change import UNDONE, status_form
from tracker.clock import now, today
from tracker.db.engine import writing
from tracker.models import Ask, Legislation, Link, Source, Update
from tracker.rules.dates import PartialDate
from tracker.rules.people import COMMAND_LINE
from tracker.rules.updates import UpdateKind
from tracker.services import people
from tracker.services.change import Change
from tracker.web.staff.desk import NOTHING_CHANGED

LONG_AGO = PartialDate("2026-01-01")


def this_day() -> PartialDate:
    return PartialDate(today().isoformat())


def due_rows(page: Page) -> list[tuple[str, bool]]:
    """The asks of the list that is due, in its order, and whether the row says that somebody looked."""
    rows = [row for row in page.tree.iter("li") if row.get("id", "").startswith("due-")]
    return [(text_of(next(row.iter("h3"))), "Looked at today" in text_of(row)) for row in rows]


def test_checked_nothing_changed_is_one_click_and_the_row_stays_where_it_was_and_says_so(sqlite_site: Site) -> None:
    sqlite_site.execute(sa.update(Ask).values(review_interval_days=1, reviewed_on=LONG_AGO))
    first = desk = sqlite_site.browser(ED).get("/staff/")
    titles = [title for title, _ in due_rows(desk)]
    for chosen in (titles[4], titles[1], titles[5]):
        desk = desk.submit(f"Nothing changed with {chosen}")
        assert (urlsplit(desk.path).path, desk.notices) == ("/staff/", [])
        assert not desk.has_button(f"Nothing changed with {chosen}")
        assert sqlite_site.scalar(sa.select(Ask.reviewed_on).where(Ask.title == chosen)) == this_day()
        assert newest_kind(sqlite_site) is UpdateKind.REVIEW
    with sqlite_site.unchanged():
        first.submit(f"Nothing changed with {titles[4]}")
    assert due_rows(desk) == [(title, title in (titles[1], titles[4], titles[5])) for title in titles]
    (said,) = [element for element in desk.tree.iter() if element.get("role") == "status"]
    assert text_of(said) == "Looked at today: nothing changed. The public page says so now."
    assert "autofocus" in said.attrib
    assert desk.follow(f"That was a mistake about {titles[1]}").h1 == "Correct an entry"
    fresh = sqlite_site.browser(ED)
    assert [title for title, _ in due_rows(fresh.get("/staff/"))] == [titles[0], titles[2], titles[3], *titles[6:]]
    for wrong in ("x", "1", "1-2.", "999999999-99", "0-0", "1-2." * 30):
        assert fresh.send("GET", f"/staff/?looked={wrong}").status_code == 200
    with sqlite_site.change(ED) as change:
        new = make_ask(change, slug="new-ask", title="Tax empty homes", published=True).id
    assert "Tax empty homes" not in fresh.get(f"/staff/?looked={new}-0").text.partition("Lately")[0], "nobody looked"


def test_a_contributor_proposes_a_review_which_counts_once_an_editor_approves_it(site: Site) -> None:
    site.execute(sa.update(Ask).values(review_interval_days=1, reviewed_on=LONG_AGO))
    title = site.scalar(sa.select(Ask.title).where(Ask.slug == WEALTH_ORDERS))
    reviewed_on = sa.select(Ask.reviewed_on).where(Ask.slug == WEALTH_ORDERS)
    desk, (_, revision) = site.browser(CLEO).get("/staff/"), site.footprint()
    for _ in range(2):  # pressed twice
        sent = desk.submit(f"Nothing changed with {title}")
        assert sent.notices[0].startswith(f"The review of “{title}” waits for an editor.")
        assert not sent.has_button(f"Nothing changed with {title}")
    assert f"A look waits for approval of {title}" in sent.links()
    assert (site.scalar(reviewed_on), site.footprint()[1]) == (LONG_AGO, revision)
    ed = site.browser(ED).get("/staff/")
    assert ed.links()["Approval (1)"] == "/staff/approval/"
    decide = ed.follow(f"Look and decide on {this_day().in_words}: {NOTHING_CHANGED}")
    assert f"Looked at {this_day().in_words}" in decide.all("section", "verdict")[0]
    decide.submit("Publish")
    assert site.scalar(reviewed_on) == this_day()


def test_the_day_of_a_look_is_checked_and_the_look_can_be_withdrawn(sqlite_site: Site) -> None:
    cleo = sqlite_site.browser(CLEO)
    form = cleo.get(f"/staff/asks/{sqlite_site.ask_id()}").follow("Looked at: nothing changed")
    with sqlite_site.unchanged():
        refused = form.submit("Send for approval", happened_on="2190-01-01")
    assert refused.errors("happened_on") == ["This date lies in the future."]
    assert refused.value("happened_on") == "2190-01-01"
    waiting = refused.submit("Send for approval", happened_on="2026-05-01", text="Checked: no order was made.")
    (withdraw,) = [words for words in waiting.all("button") if words.startswith("Withdraw")]
    waiting.submit(withdraw).submit("Send for approval", text="Checked: no order was made since.")
    assert "Checked: no order was made since." in sqlite_site.browser(ED).get("/staff/").section("waiting")


def test_a_sent_back_draft_stands_first_at_its_authors_desk_with_the_note(sqlite_site: Site) -> None:
    overtaken = UNDONE | {"status": "overtaken", "happened_on": "30 April 2026"}
    status_form(sqlite_site, sqlite_site.browser(ED)).submit("Publish", **overtaken)
    status_form(sqlite_site, sqlite_site.browser(CLEO)).submit("Send for approval", **UNDONE)
    ed = sqlite_site.browser(ED).get("/staff/")
    assert ed.links()["Waiting for approval: 1"] == "#waiting"
    decide = ed.follow("Look and decide on 1 May 2026: The power was repealed.")
    decide.submit("Send back", note="Which Act?")
    desk = sqlite_site.browser(CLEO).get("/staff/")
    assert desk.all("h2")[0] == "Sent back to you 1"
    assert "To change: Which Act?" in desk.section("sent_back")
    assert "Your draft" in desk.section("sent_back")
    assert 'id="drafts"' not in desk.html
    of_ed = sqlite_site.browser(ED).get("/staff/")
    assert "sent_back" not in of_ed.html
    assert "Seeds" not in of_ed.section("recent")
    assert of_ed.section("recent").count("Ed Editor published the update") == 1
    assert "drafted the update “The power was repealed" not in of_ed.section("recent")


def test_a_long_list_shows_its_beginning_and_leads_to_the_whole(sqlite_site: Site) -> None:
    before = sqlite_site.scalar(sa.select(sa.func.count()).select_from(Update).where(Update.publication == "draft"))
    with sqlite_site.change(ED) as change:
        ask = change.session.get_one(Ask, sqlite_site.ask_id())
        for number in range(22):
            make_update(change, ask, published=False, text=f"Draft {number}.")
    desk = sqlite_site.browser(ED).get("/staff/")
    assert f"The first 20 of {before + 22}." in desk.section("drafts")
    whole = desk.follow("See all of: drafts of updates")
    assert all(f"Draft {number}." in whole.text for number in range(22))


def test_an_empty_desk_says_that_all_is_done(sqlite_site: Site) -> None:
    done = {"reviewed_on": this_day(), "next_step_on": None, "first_deadline": None, "current_deadline": None}
    sqlite_site.execute(sa.update(Ask).values(**done))
    for model in (Update, Ask, Source, Legislation, Link):
        sqlite_site.execute(sa.update(model).where(model.publication == "draft").values(publication="put_aside"))
    desk = sqlite_site.browser(ED).get("/staff/")
    assert desk.section("nothing") == (
        "Nothing was sent back to you, nothing waits for approval, the official record says nothing that is untold, "
        "every status fits its tests, nothing is disputed, no reply is due, nothing is overdue, "
        "no ask is due for a look, there are no drafts, and all that was brought in is published or put aside."
    )
    assert desk.all("h2") == ["Accounts that were changed, and words taken down, this week", "Lately"]
    form = sqlite_site.browser(ADA).get("/staff/people/new")
    form.submit("Invite", name="Pia Puppet", email="pia@example.org", role="editor")
    accounts = sqlite_site.browser(ED).get("/staff/").section("accounts")
    assert ("Ada Admin" in accounts, "Pia Puppet" in accounts, "pia@example.org" in accounts) == (True, True, False)
    assert "this week" not in sqlite_site.browser(CLEO).get("/staff/").text, "editors see it, and contributors do not"


def test_an_update_is_posted_from_the_desk_with_or_without_naming_the_ask(shared_site: Site) -> None:
    desk = shared_site.browser(ED).get("/staff/")
    which = desk.submit("Post an update")
    assert which.h1 == "Post an update: which ask?"
    title = shared_site.scalar(sa.select(Ask.title).where(Ask.slug == WEALTH_ORDERS))
    form = desk.submit("Post an update", q=f"https://tracker.example.org/asks/{WEALTH_ORDERS}")
    assert (form.h1, form.path) == ("Post an update", which.links()[title])
    some = desk.submit("Post an update", q="company ownership")
    assert sum(link.startswith("Open company ownership in the ") for link in some.links()) == 2
    assert "No ask fits." in desk.submit("Post an update", q="no such words").text
    assert "Use unexplained" in desk.submit("Find", q="unexplained").text


@pytest.fixture
def empty_site(database: str) -> Iterator[Site]:
    """A site with staff and nothing else."""
    with open_app(replace(LOCAL, database_url=database)) as app:
        site = Site(app)
        with writing(site.engine) as session:
            for name, role in ROLES.items():
                draft = people.PersonDraft(email_of(name), name, role)
                people.add_person(Change(session, COMMAND_LINE, now()), draft, password_hash())
        yield site


def test_the_desk_of_an_empty_tracker_shows_the_first_steps_and_promises_nobody_what_they_may_not_do(
    empty_site: Site,
) -> None:
    address, desk = "https://example.org/manifesto", empty_site.browser(ED).get("/staff/")
    assert desk.h1 == "Good day, Ed Editor. Four steps to your first ask"
    with empty_site.unchanged():
        form = desk.submit("Go on", source_id=address)
    assert (form.status, form.h1, form.value("source_id"), form.summary) == (200, "New ask", address, [])
    cleo = empty_site.browser(CLEO).get("/staff/")
    assert "Nothing is public until an editor publishes it." in cleo.text
    assert "Then send it for approval." in cleo.text
    assert cleo.follow("Read about your first day, with pictures").h1 == "Your first day"
    empty = empty_site.browser().get("/").text
    assert "Where the asks come from" not in empty
    assert "Latest updates" not in empty
    with empty_site.change(ED) as change:
        make_ask(change, published=True)
    assert "Where the asks come from" in empty_site.browser().get("/").text
    said = empty_site.browser().get("/asks/empty-homes").section("timeline")
    assert "1 January 2018 Each dot is an entry" in said, "an ask without a day has a plain time line"
