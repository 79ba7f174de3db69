"""Many asks at once: shown before it is done, all or nothing, each in the log."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

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


def chosen(site: Site, name: str = ED, slugs: tuple[str, ...] = TWO) -> Page:
    """The page that follows when these asks are ticked in the list."""
    page = site.browser(name).get("/staff/asks/")
    ids = [str(site.ask_id(slug)) for slug in slugs]
    form, _ = page.form_of("Change the ticked asks together")
    pairs = [(e.get("name", ""), e.get("value", "")) for e in form.iter("input")]
    boxes = [e for e in page.tree.iter("input") if e.get("type") == "checkbox" and e.get("form") == form.get("id")]
    assert {box.get("value") for box in boxes} >= set(ids)
    return page.browser.post(form.get("action", ""), [*pairs, *(("asks", number) for number in ids), ("do", "choose")])


def topics(site: Site) -> set[str]:
    with site.reading() as session:
        return set(session.scalars(sa.select(Ask.topic).where(Ask.slug.in_(TWO))))


def test_a_topic_is_changed_for_several_after_it_was_shown(site: Site) -> None:
    page = chosen(site)
    before = topics(site)
    with site.unchanged():
        shown = page.submit(SHOW, what="topic", topic="The rule of law", reason=WHY)
    assert "nothing is done yet" in shown.text
    assert all(f"“{topic}”" in shown.text for topic in before)
    assert shown.all("td").count("“The rule of law”") == 2
    done = shown.submit("Do it for 2")
    assert done.notices == ["Changed 2 asks. Each has its entry in the log."]
    assert topics(site) == {"The rule of law"}
    with site.reading() as session:
        logged = with_names(session, session.scalars(sa.select(Event).order_by(Event.id.desc()).limit(2)))
    assert {(event.action, event.subject, event.actor_name, event.reason) for event in logged} == {
        ("edited", "ask", ED, WHY)
    }
    assert len({event.ask_id for event in logged}) == 2
    assert "The rule of law" in site.browser().get(f"/asks/{WEALTH_ORDERS}").text


def test_a_review_is_recorded_for_several(site: Site) -> None:
    shown = chosen(site).submit(SHOW, what="review")
    assert shown.text.count(f"Checked on {PartialDate(today().isoformat()).in_words}") >= 2
    shown.submit("Do it for 2")
    with site.reading() as session:
        kinds = session.scalars(sa.select(Update.kind).order_by(Update.id.desc()).limit(2)).all()
    assert set(kinds) == {UpdateKind.REVIEW}


def bodies(site: Site) -> dict[str, list[str]]:
    with site.reading() as session:
        return {ask.slug: ask.responsible_bodies for ask in session.scalars(sa.select(Ask))}


def test_bodies_are_added_taken_out_and_replaced(sqlite_site: Site) -> None:
    before = bodies(sqlite_site)
    page = chosen(sqlite_site).submit(
        SHOW, what="add_bodies", responsible_bodies=f"A court\n{before[WEALTH_ORDERS][0].upper()}", reason=WHY
    )
    assert shown([*before[WEALTH_ORDERS], "A court"]) in page.all("td")
    page.submit("Do it for 2")
    added = bodies(sqlite_site)
    assert added[WEALTH_ORDERS] == [*before[WEALTH_ORDERS], "A court"]
    assert "A court" in added["stop-brexit"]
    page = chosen(sqlite_site).submit(SHOW, what="responsible_bodies", responsible_bodies="B\nC", reason=WHY)
    page.submit("Do it for 2")
    page = chosen(sqlite_site).submit(SHOW, what="remove_bodies", responsible_bodies="b", reason=WHY)
    page.submit("Do it for 2")
    assert [bodies(sqlite_site)[slug] for slug in TWO] == [["C"], ["C"]]
    same = chosen(sqlite_site).submit(SHOW, what="remove_bodies", responsible_bodies="b", reason=WHY)
    assert same.all("td").count("No change") == 2
    assert same.submit("Do it for 2").notices == ["None of these asks needed a change."]


def test_an_interval_is_changed_for_several(sqlite_site: Site) -> None:
    page = chosen(sqlite_site).submit(SHOW, what="review_interval_days", review_interval_days="30", reason=WHY)
    page.submit("Do it for 2")
    with sqlite_site.reading() as session:
        rows = session.scalars(sa.select(Ask.review_interval_days).where(Ask.slug.in_(TWO))).all()
    assert rows == [30, 30]


def test_an_editor_changes_so_many_an_hour_and_an_admin_more(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_AN_HOUR", 3)
    change = {"what": "topic", "topic": "The rule of law", "reason": WHY}
    status_form(site, site.browser(ED)).submit("Publish", **UNDONE)  # alone, so it does not count
    chosen(site).submit(SHOW, **change).submit("Do it for 2")
    page = chosen(site)
    with site.unchanged():
        refused = page.submit(SHOW, **change | {"topic": "Law"})
    assert any("You changed 2, and these are 2 more." in line for line in refused.summary)
    chosen(site, ADA).submit(SHOW, **change | {"topic": "Law"}).submit("Do it for 2")
    assert topics(site) == {"Law"}
    moved = moment() + timedelta(minutes=61)
    with site.change(ED) as later:
        ids = [Seen(ask.id, ask.version, 0) for ask in later.session.scalars(sa.select(Ask).where(Ask.slug.in_(TWO)))]
        assert bulk.change_many(replace(later, at=moved), ids, ManyDraft(What.TOPIC, "The law", reason=WHY)) == 2


def test_one_stale_ask_stops_all(sqlite_site: Site) -> None:
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
    assert topics(sqlite_site) == {"Law"}


def test_an_ask_that_never_was_stops_all(sqlite_site: Site) -> None:
    ed = sqlite_site.browser(ED)
    token = ed.get("/staff/asks/many").value("csrf_token")
    typed = {"chosen": "999999999.1.1", "what": "topic", "topic": "Law", "reason": WHY, "csrf_token": token}
    for button in ("show", "do"):
        with sqlite_site.unchanged():
            assert ed.post("/staff/asks/many", [*typed.items(), ("do", button)]).status == 409


def test_what_the_rules_refuse_for_one_ask_is_said_by_name_and_stops_all(sqlite_site: Site) -> None:
    page = chosen(sqlite_site)
    with sqlite_site.unchanged():
        refused = page.submit(SHOW, what="review_interval_days", review_interval_days="5000", reason=WHY)
        assert refused.status == 422
        assert sum("Choose between 1 and 730 days." in line for line in refused.summary) == 2
        assert not refused.has_button("Do it for 2")
        assert page.submit(SHOW, what="topic", topic="", reason=WHY).errors("topic") == [
            "Fill in “For a topic: the new topic”."
        ]
        assert page.submit(SHOW, what="topic", topic="Law").errors("reason") == ["Fill in “Why, except for a review”."]
        future = page.submit(SHOW, what="review", checked_on="2190-01-01")
        assert any("in the future" in line for line in future.summary)


def test_none_or_too_many_are_not_begun_with(shared_site: Site) -> None:
    browser = shared_site.browser(ED)
    assert "No ask is chosen." in browser.get("/staff/asks/many").text
    page = chosen(shared_site, slugs=())
    assert page.summary == ["Choose between 1 and 50 asks; you chose 0."]
    form, _ = browser.get("/staff/asks/").form_of("Change the ticked asks together")
    pairs = [(e.get("name", ""), e.get("value", "")) for e in form.iter("input")]
    many = [*pairs, *(("asks", str(number)) for number in range(1, 60)), ("do", "choose")]
    assert "you chose 59" in browser.post("/staff/asks/many", many).text


def test_a_contributor_has_nothing_to_tick(shared_site: Site) -> None:
    page = shared_site.browser(CLEO).get("/staff/asks/")
    assert not [box for box in page.tree.iter("input") if box.get("type") == "checkbox"]
