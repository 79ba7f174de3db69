"""The right of reply and private notes: internal until published, and notes for ever."""

from typing import Any

import sqlalchemy as sa

from tests.exported import rows
from tests.factories import make_reply
from tests.site import CLEO, ED, WEALTH_ORDERS, Site
from tests.web.json_answers import all_records, got
from tracker.clock import today
from tracker.models import Ask, Reply
from tracker.rules.dates import PartialDate
from tracker.rules.disputes import Outcome, one_month_after
from tracker.services.records import archive

PUBLIC_PAGE = f"/asks/{WEALTH_ORDERS}"


def test_a_reply_is_public_once_it_is_published(site: Site) -> None:
    page = site.browser(ED).get(f"/staff/asks/{site.ask_id()}")
    form = page.follow("We asked for a reply")
    assert form.value("due_on") == one_month_after(today()).in_words
    page = form.submit("Keep", asked="The Treasury", asked_on="1 March 2026", internal_note="By letter.")
    assert "Not answered yet" in page.section("replies")
    assert not page.has_button("Publish the reply of The Treasury")
    answered = page.follow("Add the answer of The Treasury").submit(
        "Keep", outcome="answered", answer="We will act in <spring>.", answered_on="20 March 2026"
    )
    assert "We will act" not in site.browser().get(PUBLIC_PAGE).text
    answered.submit("Publish the reply of The Treasury")
    public = site.browser().get(PUBLIC_PAGE)
    assert "We asked The Treasury on 1 March 2026" in public.section("replies")
    assert "The answer of 20 March 2026: We will act in <spring>." in public.section("replies")
    assert "By letter." not in public.html
    assert 'id="replies"' not in site.browser().get(f"{PUBLIC_PAGE}?on=2026-03-19").html
    assert 'id="replies"' in site.browser().get(f"{PUBLIC_PAGE}?on=2026-03-20").html
    form = page.browser.get(f"/staff/replies/{site.scalar(sa.select(sa.func.max(Reply.id)))}/edit")
    assert form.submit("Keep", outcome="waiting").errors("outcome")
    form.submit("Keep", answer="We have acted.")
    assert "We have acted." in site.browser().get(PUBLIC_PAGE).section("replies")


def test_published_replies_are_in_the_files_and_no_others(sqlite_site: Site) -> None:
    with sqlite_site.change(ED) as change:
        ask = change.session.get_one(Ask, sqlite_site.ask_id())
        make_reply(change, ask, published=True, answer="=1+1")
        none: dict[str, Any] = {"outcome": Outcome.NONE, "answer": "", "answered_on": None}
        make_reply(change, ask, published=True, asked="The minister", **none)
        make_reply(change, ask, asked="Somebody else")
        archive(change, make_reply(change, ask, published=True, asked="Who left"), None, "It was about another ask.")
    found = [row for row in rows(sqlite_site, "replies") if row["ask_slug"] == WEALTH_ORDERS]
    assert [(row["asked"], row["outcome"], row["answer"], row["answered_on"]) for row in found] == [
        ("The Treasury", "answered", "=1+1", "2026-03-20"),
        ("The minister", "none", "", ""),
    ]
    assert "We received no answer." in sqlite_site.browser().get(PUBLIC_PAGE).section("replies")
    whole = got(sqlite_site, f"/asks/{WEALTH_ORDERS}")["replies"]
    assert [record["asked"] for record in whole] == ["The Treasury", "The minister"]
    assert whole == [record for record in all_records(sqlite_site, "/replies") if record["ask_slug"] == WEALTH_ORDERS]
    with sqlite_site.change(ED) as change:
        archive(change, change.session.get_one(Ask, sqlite_site.ask_id()), None, "Old.")
    assert not [row for row in rows(sqlite_site, "replies") if row["ask_slug"] == WEALTH_ORDERS]


def test_the_desk_reminds_of_an_answer_that_is_due(sqlite_site: Site) -> None:
    open_one: dict[str, Any] = {"outcome": Outcome.WAITING, "answer": "", "answered_on": None}
    with sqlite_site.change(ED) as change:
        ask = change.session.get_one(Ask, sqlite_site.ask_id())
        for name, day in (("The Treasury", today().isoformat()), ("The Home Office", "2190-01-01")):
            make_reply(change, ask, asked=name, due_on=PartialDate(day), **open_one)
    desk = sqlite_site.browser(ED).get("/staff/")
    assert "The Treasury" in desk.section("unanswered")
    assert "The Home Office" not in desk.section("unanswered")
    desk.follow("Say what came of it from The Treasury").submit("Keep", outcome="none")
    assert sqlite_site.scalar(sa.select(Reply.outcome).where(Reply.asked == "The Treasury")) is Outcome.NONE
    assert "no reply is due" in desk.browser.get("/staff/").section("nothing")


def test_a_private_note_has_its_author_and_touches_nothing_public(site: Site) -> None:
    form = site.browser(CLEO).get(f"/staff/asks/{site.ask_id()}").follow("Write a note")
    _, revision = site.footprint()
    page = form.submit("Write the note", text="Their office rings back on Monday.")
    assert "Their office rings back on Monday." in page.section("notes")
    assert "Cleo Contributor" in page.section("notes")
    assert site.footprint()[1] == revision
    assert "rings back" not in site.browser().get(PUBLIC_PAGE).html
