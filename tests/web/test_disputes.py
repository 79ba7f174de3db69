"""What somebody disputes is marked in public while it is, and staff see by when to answer."""

from datetime import timedelta

import sqlalchemy as sa

from tests.browser import Page
from tests.exported import rows
from tests.site import CLEO, ED, WEALTH_ORDERS, Site
from tests.web.json_answers import got
from tracker.clock import today
from tracker.models import Ask
from tracker.rules.dates import PartialDate
from tracker.rules.disputes import DisputeDraft, answer_due
from tracker.services import events, records, replies

ADDRESS = f"/asks/{WEALTH_ORDERS}"
ABOUT = "Whether the power was ever <used>."


def mark(site: Site, **typed: str | bool) -> Page:
    """Mark an ask as disputed, on its page in the staff area."""
    form = site.browser(ED).get(f"/staff/asks/{site.ask_id()}").follow("Mark as disputed")
    return form.submit("Show that it is disputed", disputed_about=ABOUT, **typed)


def days_ago(number: int) -> PartialDate:
    return PartialDate((today() - timedelta(days=number)).isoformat())


def in_words(day: PartialDate | None) -> str:
    assert day
    return day.in_words


def test_what_is_disputed_is_marked_on_the_page_in_the_list_and_in_the_data_until_it_ends(site: Site) -> None:
    _, revision = site.footprint()
    since = days_ago(3)
    page = mark(site, disputed_on=since.in_words)
    due = in_words(answer_due(since))
    assert f"Answer due by {due}" in page.section("dispute")
    assert "Ed Editor marked as disputed the ask" in page.section("log")
    assert site.footprint()[1] == revision + 1
    said = f"Disputed since {since.in_words}. {ABOUT} We answer by {due}."
    assert said in site.browser().get(ADDRESS).section("disputed")
    assert said in site.browser().get("/").text
    assert f"Disputed since {since.in_words}." in site.browser().get(f"{ADDRESS}/card").text
    for past in (f"{ADDRESS}?on={today()}", f"/?on={today()}"):
        assert "Disputed since" not in site.browser().get(past).text
    assert [row["disputed_about"] for row in rows(site, "asks") if row["disputed_on"]] == [ABOUT]
    whole = got(site, ADDRESS)
    assert (whole["disputed_on"], whole["disputed_about"]) == (since.text, ABOUT)

    ended = page.follow("End the dispute")
    assert ended.submit("End the dispute", reason="").errors("reason")
    after = ended.submit("End the dispute", reason="The court's list has it.")
    assert "Ed Editor settled the dispute about the ask" in after.section("log")
    assert "Disputed since" not in site.browser().get(ADDRESS).text
    settled = site.browser().get("/corrections").section("disputes")
    assert f"Disputed since {since.in_words} Ended on {in_words(days_ago(0))}" in settled
    assert f"Disputed {ABOUT} What came of it The court's list has it." in settled
    assert not any(row["disputed_on"] for row in rows(site, "asks"))
    (told,) = got(site, ADDRESS)["ended_disputes"]
    assert (told["since"], told["about"], told["outcome"]) == (since.text, ABOUT, "The court's list has it.")
    assert site.footprint()[1] == revision + 2


def test_what_is_said_to_be_defamatory_is_due_in_48_hours_and_the_public_is_not_told(sqlite_site: Site) -> None:
    since = days_ago(1)
    page = mark(sqlite_site, disputed_on=since.in_words, is_said_defamatory="y")
    assert f"Answer due by {in_words(days_ago(-1))} Said to be defamatory" in page.section("dispute")
    public = sqlite_site.browser().get(ADDRESS)
    assert f"We answer by {in_words(answer_due(since))}." in public.section("disputed")
    assert "defam" not in public.html.casefold() + str(got(sqlite_site, ADDRESS)).casefold()
    assert "defam" not in "".join(rows(sqlite_site, "asks")[0])
    form = page.follow("Change what is said of the dispute")
    again = form.submit("Show that it is disputed", is_said_defamatory=False)
    assert f"Answer due by {in_words(answer_due(since))}" in again.section("dispute")
    again.follow("End the dispute").submit("End the dispute", reason="It was right.")
    before = {"disputed_on": "2020-02-02", "disputed_about": "An older point."}
    with sqlite_site.change(ED) as change:  # as versions before ended one: the reason was for staff
        of = records.subject_of(change.session.get_one(Ask, sqlite_site.ask_id()))
        reason = "An internal reason."
        events.record(change, "ended the dispute about", of, before=before, reason=reason, is_public=True)
    shown = sqlite_site.browser().get("/corrections")
    assert "It was right." in shown.section("disputes")
    assert [word for word in ("defam", "An older point", "An internal reason", ED) if word in shown.html] == []
    sqlite_site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(publication="archived"))
    assert "It was right." not in sqlite_site.browser().get("/corrections").text


def test_the_desk_names_the_longest_overdue_first_and_the_public_reads_that_it_is_late(sqlite_site: Site) -> None:
    with sqlite_site.change(ED) as change:
        first, second, third = change.session.scalars(sa.select(Ask).order_by(Ask.title).limit(3))
        for ask, number, is_said_defamatory in ((first, 2, False), (second, 40, False), (third, 3, True)):
            draft = DisputeDraft(days_ago(number), ABOUT, is_said_defamatory)
            replies.mark_disputed(change, ask, draft, None)
        titles, late = [second.title, third.title, first.title], f"/asks/{second.slug}"
    desk = sqlite_site.browser(CLEO).get("/staff/")
    section = desk.section("disputed")
    assert desk.links()["Disputed: answer due: 3"] == "#disputed"
    assert sorted(titles, key=section.index) == titles
    due = in_words(answer_due(days_ago(40)))
    assert f"Answer overdue since {due}" in section
    assert "End the dispute" not in section
    assert f"End the dispute about {titles[0]}" in sqlite_site.browser(ED).get("/staff/").section("disputed")
    assert f"Our answer was due by {due}." in sqlite_site.browser().get(late).section("disputed")


def test_two_who_mark_at_once_see_both_versions_and_only_what_is_disputed_and_public_can_end(sqlite_site: Site) -> None:
    ed, staff = sqlite_site.browser(ED), f"/staff/asks/{sqlite_site.ask_id()}"
    form, ended = ed.get(f"{staff}/dispute"), ed.get(f"{staff}/dispute/end")
    with sqlite_site.unchanged():
        refused = ended.submit("End the dispute", reason="Nothing to it.")
    assert "Nothing here is disputed any more." in refused.text
    mark(sqlite_site)
    with sqlite_site.unchanged():
        stale = form.submit("Show that it is disputed", disputed_about="Something else.", is_said_defamatory="y")
    assert stale.status == 409
    assert ABOUT in stale.text
    assert stale.value("disputed_about") == "Something else."
    assert "It is said to be defamatory No Yes" in stale.text
    sqlite_site.execute(sa.update(Ask).where(Ask.slug == "stop-brexit").values(publication="draft"))
    page = ed.get(f"/staff/asks/{sqlite_site.ask_id('stop-brexit')}")
    assert "Mark as disputed" not in page.links()
    with sqlite_site.unchanged():
        refused = ed.get(f"{page.path}/dispute").submit("Show that it is disputed", disputed_about=ABOUT)
    assert "The public does not see this ask" in refused.text
