"""TRACKER_READ_ONLY: nothing is written, everything can be read, and what was typed is kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.site import ED, LOCAL, PASSWORD, MakeSite, Site, email_of
from tracker.models import StaffSession

READ_ONLY = replace(LOCAL, read_only=True)
NOTICE = "The site is read-only for now"


@pytest.fixture
def closed(make_site: MakeSite) -> Site:
    """A site that somebody is working on."""
    return make_site(READ_ONLY)


def test_public_pages_are_as_always_and_staff_pages_say_so(closed: Site) -> None:
    public = closed.browser().get("/")
    assert public.status == 200
    assert NOTICE not in public.text
    assert closed.browser().get("/readyz").status == 200
    for path in ("/staff/", "/staff/asks/1/edit"):
        page = closed.browser(ED).get(path)
        assert page.status == 200
        assert NOTICE in page.text


def test_a_form_is_refused_and_what_was_typed_is_kept_until_it_can_be_saved(closed: Site) -> None:
    form = closed.browser(ED).get("/staff/asks/1/edit")
    with closed.unchanged():
        refused = form.submit("Keep", deadline_note="Typed for an hour")
        assert refused.status == 503
        assert refused.response.headers["Retry-After"] == "300"
        again = refused.submit("Bring my form back")
        assert again.status == 503
    closed.app.config["READ_ONLY"] = False
    back = again.submit("Bring my form back")
    assert back.value("deadline_note") == "Typed for an hour"
    assert back.submit("Keep").hops == [303, 200]


def test_a_button_without_typed_text_gets_a_page_that_says_why(closed: Site) -> None:
    browser = closed.browser(ED)
    with closed.unchanged():
        page = browser.get("/staff/").submit("Sign out")
    assert page.status == 503
    assert page.h1 == NOTICE
    assert browser.get("/staff/").status == 200


def test_nobody_can_sign_in_and_no_failure_is_counted(closed: Site) -> None:
    with closed.unchanged():
        page = closed.browser().get("/staff/sign-in").submit("Sign in", email=email_of(ED), password=PASSWORD)
    assert page.status == 503
    assert NOTICE in page.text
    assert closed.scalar(sa.select(sa.func.count()).select_from(StaffSession)) == 0


def test_reading_does_not_even_note_that_a_session_is_in_use(closed: Site) -> None:
    browser = closed.browser(ED)
    then = closed.scalar(sa.select(StaffSession.started_at)).replace(microsecond=0)
    closed.execute(sa.update(StaffSession).values(seen_at=then - timedelta(minutes=5)))
    before = closed.scalar(sa.select(StaffSession.seen_at))
    assert browser.get("/staff/").status == 200
    assert closed.scalar(sa.select(StaffSession.seen_at)) == before
