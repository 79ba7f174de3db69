"""Who only reads can write nothing: the engine refuses it. With TRACKER_READ_ONLY nobody writes, and typing is kept."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.site import ED, LOCAL, PASSWORD, MakeSite, Site, email_of
from tracker.models import Ask, Revision, StaffSession
from tracker.web.errors import refuse_writes
from tracker.web.session import db

WRITES: dict[str, sa.Executable] = {
    "update": sa.update(Revision).values(number=999),
    "delete": sa.delete(Ask),
    "create": sa.text("CREATE TABLE mischief (id INTEGER)"),
    "drop": sa.text("DROP TABLE event"),
}
NOTICE = "The site is read-only for now"


def test_a_public_view_that_tries_to_write_is_refused_by_the_engine(site: Site) -> None:
    refused: list[str] = []

    def mischief(write: sa.Executable) -> str:
        with pytest.raises(DBAPIError) as caught:
            db().execute(write)
        refused.append(str(caught.value.orig))
        return "tried"

    with site.unchanged():
        for name, write in WRITES.items():
            site.forget()
            site.app.view_functions["public.about"] = partial(mischief, write)
            assert site.browser().client.get("/about").text == "tried"
            assert "read" in refused[-1].casefold(), name
        site.forget()
        site.app.view_functions["public.about"] = lambda: str(db().execute(WRITES["update"]))
        assert site.browser().client.get("/about").status_code in {500, 503}
    assert site.browser().get("/").status == 200


@pytest.fixture
def closed(make_site: MakeSite) -> Site:
    """A site that somebody is working on."""
    return make_site(replace(LOCAL, read_only=True))


def test_everything_can_be_read_and_staff_pages_say_why_nothing_else_can_be_done(closed: Site) -> None:
    public = closed.browser().get("/")
    assert (public.status, NOTICE in public.text) == (200, False)
    assert closed.browser().get("/readyz").status == 200
    with closed.unchanged():
        page = closed.browser().get("/staff/sign-in").submit("Sign in", email=email_of(ED), password=PASSWORD)
    assert (page.status, NOTICE in page.text) == (503, True)
    assert closed.scalar(sa.select(sa.func.count()).select_from(StaffSession)) == 0
    browser = closed.browser(ED)
    for path in ("/staff/", "/staff/asks/1/edit"):
        page = browser.get(path)
        assert (page.status, NOTICE in page.text) == (200, True)
    with closed.unchanged():
        page = browser.get("/staff/").submit("Sign out")
    assert (page.status, page.h1) == (503, NOTICE)
    then = closed.scalar(sa.select(StaffSession.started_at)).replace(microsecond=0)
    closed.execute(sa.update(StaffSession).values(seen_at=then - timedelta(minutes=5)))
    before = closed.scalar(sa.select(StaffSession.seen_at))
    assert browser.get("/staff/").status == 200
    assert closed.scalar(sa.select(StaffSession.seen_at)) == before, "not even that a session is in use is noted"


def test_what_was_typed_is_kept_until_it_can_be_saved(closed: Site) -> None:
    form = closed.browser(ED).get("/staff/asks/1/edit")
    with closed.unchanged():
        refused = form.submit("Keep", deadline_note="Typed for an hour")
        assert refused.status == 503
        assert refused.response.headers["Retry-After"] == "300"
        again = refused.submit("Bring my form back")
        assert again.status == 503
    closed.app.before_request_funcs[None].remove(refuse_writes)
    closed.app.config["READ_ONLY"] = False
    back = again.submit("Bring my form back")
    assert back.value("deadline_note") == "Typed for an hour"
    assert back.submit("Keep").hops == [303, 200]
