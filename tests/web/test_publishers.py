"""The table of publishers: an admin extends it, everybody reads it, and a pasted address is filled in by it."""

import sqlalchemy as sa

from tests.browser import Page
from tests.queries.statements import watched
from tests.site import ADA, CLEO, ED, Site
from tracker.models import Event, Publisher
from tracker.services.replay import find_differences

NEWS = {"host": "https://www.news.example.org/one", "publisher": "Example News", "type": "independent"}
PAGE = {"evidence_0_url": "https://blog.news.example.org/two", "evidence_0_is_opened": "y", "text": "It came."}


def table(site: Site, name: str = ADA, query: str = "") -> Page:
    return site.browser(name).get(f"/staff/publishers{query}")


def filled(site: Site) -> tuple[str, str]:
    """What a contributor's form says of a page whose address was pasted."""
    form = site.browser(CLEO).get("/staff/asks/1/updates/milestone").submit("Preview", **PAGE)
    return form.value("evidence-0-publisher"), form.value("evidence-0-type")


def test_a_line_is_added_changed_used_and_taken_away(site: Site) -> None:
    assert filled(site) == ("", "")
    kept = table(site).submit("Keep", **NEWS)
    assert (kept.path, kept.notices) == ("/staff/publishers", ["Kept."])
    assert "news.example.org Example News Independent Our own" in kept.text
    assert filled(site) == ("Example News", "independent")
    changed = kept.follow("Change news.example.org").submit("Keep", type="own_work")
    assert filled(site) == ("Example News", "own_work")
    gone = changed.submit("Take away news.example.org")
    assert gone.notices == ["Kept."]
    assert "news.example.org" not in gone.section("main")
    assert filled(site) == ("", "")
    log = site.browser(CLEO).get("/staff/log").text
    for said in ("created the publisher", "edited the publisher"):
        assert f"Ada Admin {said} “news.example.org”." in log
    with site.reading() as session:
        assert find_differences(session) == []
        changes = session.execute(sa.select(Event.before, Event.after).where(Event.subject == "publisher")).all()
        assert changes[-1] == ({"publisher": "Example News"}, {"publisher": ""})
    assert "Our own" in gone.submit("Keep", **NEWS).text
    # Our own line goes before a built-in one, which holds again afterwards.
    built_in = table(site, query="?host=bbc.co.uk")
    assert (built_in.value("publisher"), built_in.has_button("Take away bbc.co.uk")) == ("BBC", False)
    kept = built_in.submit("Keep", publisher="British Broadcasting Corporation")
    assert "bbc.co.uk British Broadcasting Corporation Independent Our own" in kept.text
    gone = kept.follow("Change bbc.co.uk").submit("Keep", publisher="")
    assert "bbc.co.uk BBC Independent Built in" in gone.text


def test_others_read_the_table_and_see_no_form(shared_site: Site) -> None:
    for name in (CLEO, ED):
        with watched(shared_site.engine) as sent:
            page = table(shared_site, name)
        assert sum("FROM publisher" in statement for statement, _ in sent) == 1
        assert "hansard.parliament.uk Hansard Official record Built in" in page.text
        assert "An admin can change this table." in page.text
        assert not page.has_button("Keep")
    assert shared_site.browser(ED).get("/staff/sources/").follow("Publishers by host").h1 == "Publishers"
    form = shared_site.browser(CLEO).get("/staff/asks/1/updates/milestone")
    assert form.follow("the table of publishers").h1 == "Publishers"


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(shared_site: Site) -> None:
    form = table(shared_site)
    with shared_site.unchanged():
        refused = form.submit("Keep", host="localhost", publisher="Mine")
        assert "must name a public website" in refused.errors("host")[0]
        assert form.submit("Keep", publisher="Mine").errors("host") == ["Fill in “Host”."]
        assert form.submit("Keep", host="a.example").hops == [303, 200], "there is no such line to take away"
    assert shared_site.scalar(sa.select(sa.func.count(Publisher.id))) == 0


def test_two_admins_see_what_the_other_one_kept(sqlite_site: Site) -> None:
    first, second = table(sqlite_site), table(sqlite_site)
    shown = first.submit("Keep", **NEWS)
    stale = second.submit("Keep", **NEWS | {"publisher": "The Example"})
    assert (stale.status, stale.value("publisher")) == (409, "The Example")
    assert "Publisher Example News The Example" in stale.text
    assert "The Example Independent Our own" in stale.submit("Keep").text
    late = shown.submit("Take away news.example.org")
    assert (late.status, late.value("publisher")) == (409, "")
    assert "The Example Independent Our own" in table(sqlite_site).text
