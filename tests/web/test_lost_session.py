"""A session that ends while somebody is typing loses no typed text: sign in, bring the form back, save."""

from datetime import timedelta

import sqlalchemy as sa

from tests.browser import Page
from tests.site import ADA, CLEO, ED, PASSWORD, WEALTH_ORDERS, Site, email_of
from tests.web.test_status_change import UNDONE, status_form
from tracker.clock import now
from tracker.models import Ask, Event, StaffSession


def end_sessions(site: Site) -> None:
    site.execute(sa.update(StaffSession).values(ended_at=now()))


def sign_in(page: Page, name: str) -> Page:
    return page.submit("Sign in", email=email_of(name), password=PASSWORD)


def test_a_form_comes_back_after_signing_in_again_and_is_saved(site: Site) -> None:
    """Also where the password was wrong first, and then the form for it out of date."""
    form, typed = status_form(site, site.browser(ED)), UNDONE | {"reason": '"><script>alert(1)</script>\nnext'}
    end_sessions(site)
    with site.unchanged():
        asked = form.submit("Publish", **typed)
    assert (asked.status, asked.h1) == (403, "Sign in")
    assert "Your session had ended, so nothing was saved." in asked.notices[0]
    wrong = asked.submit("Sign in", email=email_of(ED), password="wrong")
    assert wrong.status == 422
    sent = wrong.sent("Sign in", without={"csrf_token"}, email=email_of(ED), password=PASSWORD)
    again = wrong.browser.post("/staff/sign-in", [*sent, ("csrf_token", "of yesterday")])
    assert again.status == 400
    assert "The sign-in form was out of date." in again.notices[0]
    offered = sign_in(again, ED)
    assert offered.h1 == "Your typed text is kept"
    back = offered.submit("Bring my form back")
    assert back.status == 200
    assert {name: back.value(name.replace("_0_", "-0-")) for name in typed} == typed
    assert back.submit("Publish").hops == [303, 200]
    assert site.scalar(sa.select(Ask.status).where(Ask.slug == WEALTH_ORDERS)) == "reversed"


def test_every_choice_comes_back_and_using_a_session_keeps_it_alive(sqlite_site: Site) -> None:
    browser = sqlite_site.browser(ED)
    sqlite_site.execute(sa.update(StaffSession).values(seen_at=now() - timedelta(minutes=20)))
    with sqlite_site.unchanged():
        form = browser.get("/staff/asks/1/links/new")
    assert sqlite_site.scalar(sa.select(sa.func.max(StaffSession.seen_at))) > now() - timedelta(minutes=1)
    assert sqlite_site.scalar(sa.select(sa.func.count(Event.id)).where(Event.action == "signed in")) == 1
    end_sessions(sqlite_site)
    typed = {"legislation_id": "2018 c. 13", "effect": "amends", "extent": ["Wales", "Jersey"]}
    back = sign_in(form.submit("Keep as a draft", **typed), ED).submit("Bring my form back")
    assert (back.status, back.path, back.h1) == (200, form.path, form.h1)
    for name, value in typed.items():
        assert back.value(name) == (value if isinstance(value, str) else "\n".join(value))
    assert back.submit("Keep as a draft").hops == [303, 200]


def test_a_form_that_comes_back_is_no_more_than_it_was(sqlite_site: Site) -> None:
    ed, law = sqlite_site.browser(ED), "/staff/legislation/1"
    ed.get(law).follow("Archive the law").submit("Archive", reason="No.")
    button, form, same = ed.get(law), *(sqlite_site.browser(ED).get("/staff/asks/1/edit") for _ in range(2))
    end_sessions(sqlite_site)
    sqlite_site.browser(ADA).get("/staff/asks/1/edit").submit("Keep", deadline_note="Ada's")
    offered = sign_in(same.submit("Keep", deadline_note="Ed's"), CLEO)
    assert offered.submit("Bring my form back").status == 403, "Cleo may not edit"
    back = sign_in(form.submit("Keep", deadline_note="Ed's"), ED).submit("Bring my form back")
    stale = back.submit("Keep")
    assert stale.status == 409, "somebody else saved meanwhile"
    assert stale.value("deadline_note") == "Ed's"
    end_sessions(sqlite_site)
    offered = sign_in(button.submit("Take up the law"), ED)
    with sqlite_site.unchanged():
        shown = offered.submit("Bring my form back")
    assert (shown.path, shown.has_button("Take up the law")) == (law, True), "a button does nothing by itself"
