"""Many asks at once: shown before it is done, all or nothing, each in the log."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import undefer

from tests.browser import Page
from tests.site import ADA, CLEO, ED, WEALTH_ORDERS, Site
from tests.web.test_status_change import UNDONE, status_form
from tracker.clock import now as moment
from tracker.clock import today
from tracker.models import Ask, Event, Update
from tracker.queries.people import with_names
from tracker.rules import bulk as rules
from tracker.rules.bulk import ManyDraft, Seen, What
from tracker.rules.dates import PartialDate
from tracker.rules.updates import UpdateKind
from tracker.rules.wording import shown
from tracker.services import bulk

SHOW, TWO, WHY = "Show what would change", (WEALTH_ORDERS, "stop-brexit"), "One name for one thing."


def ticked(site: Site, ids: Iterable[str], name: str = ED) -> Page:
    """The page that follows when these numbers are sent from the list."""
    page = site.browser(name).get("/staff/asks/")
    sent = [pair for pair in page.sent("Change the ticked asks together") if pair[0] != "asks"]
    form, _ = page.form_of("Change the ticked asks together")
    return page.browser.post(form.get("action", ""), [*sent, *(("asks", number) for number in ids)])


def chosen(site: Site, name: str = ED, slugs: tuple[str, ...] = TWO) -> Page:
    """The page that follows when these asks are ticked in the list."""
    return ticked(site, [str(site.ask_id(slug)) for slug in slugs], name)


def asks_of(site: Site) -> list[Ask]:
    with site.reading() as session:
        found = session.scalars(sa.select(Ask).where(Ask.slug.in_(TWO)).options(undefer(Ask.responsible_bodies)))
        return sorted(found, key=lambda ask: TWO.index(ask.slug))


def change(site: Site, name: str = ED, **typed: str) -> Page:
    """What is said after something was changed for both."""
    shown = chosen(site, name).submit(SHOW, reason=WHY, **typed)
    return shown.submit("Do it for 2")


def test_a_topic_is_changed_for_several_after_it_was_shown(site: Site) -> None:
    page = chosen(site)
    before = {ask.topic for ask in asks_of(site)}
    with site.unchanged():
        shown = page.submit(SHOW, what="topic", topic="The rule of law", reason=WHY)
    assert "nothing is done yet" in shown.text
    assert all(f"“{topic}”" in shown.text for topic in before)
    assert shown.all("td").count("“The rule of law”") == 2
    done = shown.submit("Do it for 2")
    assert done.notices == ["Changed 2 asks. Each has its entry in the log."]
    assert {ask.topic for ask in asks_of(site)} == {"The rule of law"}
    with site.reading() as session:
        logged = with_names(session, session.scalars(sa.select(Event).order_by(Event.id.desc()).limit(2)))
    told = {(event.action, event.subject, event.actor_name, event.reason, event.ask_id) for event in logged}
    assert told == {("edited", "ask", ED, WHY, site.ask_id(slug)) for slug in TWO}
    assert "The rule of law" in site.browser().get(f"/asks/{WEALTH_ORDERS}").text


def test_bodies_intervals_and_the_day_of_a_look_are_changed_for_several(sqlite_site: Site) -> None:
    before = asks_of(sqlite_site)[0].responsible_bodies
    added = f"A court\n{before[0].upper()}"
    page = chosen(sqlite_site).submit(SHOW, what="add_bodies", responsible_bodies=added, reason=WHY)
    assert shown([*before, "A court"]) in page.all("td")
    page.submit("Do it for 2")
    assert asks_of(sqlite_site)[0].responsible_bodies == [*before, "A court"]
    change(sqlite_site, what="responsible_bodies", responsible_bodies="B\nC")
    for notice in ("Changed 2 asks. Each has its entry in the log.", "None of these asks needed a change."):
        assert change(sqlite_site, what="remove_bodies", responsible_bodies="b").notices == [notice]
    assert [ask.responsible_bodies for ask in asks_of(sqlite_site)] == [["C"], ["C"]]
    change(sqlite_site, what="review_interval_days", review_interval_days="30")
    assert [ask.review_interval_days for ask in asks_of(sqlite_site)] == [30, 30]
    looked = chosen(sqlite_site).submit(SHOW, what="review")
    assert looked.text.count(f"Checked on {PartialDate(today().isoformat()).in_words}") >= 2
    looked.submit("Do it for 2")
    with sqlite_site.reading() as session:
        kinds = session.scalars(sa.select(Update.kind).order_by(Update.id.desc()).limit(2)).all()
    assert set(kinds) == {UpdateKind.REVIEW}


def test_an_editor_changes_so_many_an_hour_and_an_admin_more(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_AN_HOUR", 3)
    status_form(site, site.browser(ED)).submit("Publish", **UNDONE)  # alone, so it does not count
    change(site, what="topic", topic="The rule of law")
    page = chosen(site)
    with site.unchanged():
        refused = page.submit(SHOW, what="topic", topic="Law", reason=WHY)
    assert any("You changed 2, and these are 2 more." in line for line in refused.summary)
    change(site, ADA, what="topic", topic="Law")
    assert {ask.topic for ask in asks_of(site)} == {"Law"}
    ids = [Seen(ask.id, ask.version, 0) for ask in asks_of(site)]
    with site.change(ED) as later:
        moved = replace(later, at=moment() + timedelta(minutes=61))
        assert bulk.change_many(moved, ids, ManyDraft(What.TOPIC, "The law", reason=WHY)) == 2


def test_one_that_is_stale_or_never_was_stops_all(sqlite_site: Site) -> None:
    shown = chosen(sqlite_site).submit(SHOW, what="topic", topic="Law", reason=WHY)
    edit = sqlite_site.browser(ADA).get(f"/staff/asks/{sqlite_site.ask_id('stop-brexit')}/edit")
    edit.submit("Keep", deadline_note="Ada's")
    with sqlite_site.unchanged():
        stopped = shown.submit("Do it for 2")
    assert stopped.status == 409
    assert "Nothing was changed at all." in stopped.text
    assert stopped.text.count("Changed meanwhile") == 1
    assert stopped.value("topic") == "Law"
    stopped.submit(SHOW).submit("Do it for 2")
    assert {ask.topic for ask in asks_of(sqlite_site)} == {"Law"}
    typed = dict(stopped.sent(SHOW)) | {"chosen": "999999999.1.1"}
    for button in ("show", "do"):
        with sqlite_site.unchanged():
            assert stopped.browser.post("/staff/asks/many", typed | {"do": button}).status == 409


def test_what_the_rules_refuse_for_one_ask_is_said_by_name_and_none_or_too_many_are_not_begun_with(
    shared_site: Site,
) -> None:
    page = chosen(shared_site)
    with shared_site.unchanged():
        refused = page.submit(SHOW, what="review_interval_days", review_interval_days="5000", reason=WHY)
        assert refused.status == 422
        assert sum("Choose between 1 and 730 days." in line for line in refused.summary) == 2
        assert not refused.has_button("Do it for 2")
        empty = page.submit(SHOW, what="topic", topic="", reason=WHY)
        assert empty.errors("topic") == ["Fill in “For a topic: the new topic”."]
        assert page.submit(SHOW, what="topic", topic="Law").errors("reason") == ["Fill in “Why, except for a review”."]
        future = page.submit(SHOW, what="review", checked_on="2190-01-01")
        assert any("in the future" in line for line in future.summary)
    assert "No ask is chosen." in shared_site.browser(ED).get("/staff/asks/many").text
    for number in (0, 59):
        assert f"you chose {number}" in ticked(shared_site, map(str, range(1, number + 1))).text
    for name, number in ((ED, 11), (CLEO, 0)):
        page = shared_site.browser(name).get("/staff/asks/")
        assert len([box for box in page.tree.iter("input") if box.get("type") == "checkbox"]) == number
