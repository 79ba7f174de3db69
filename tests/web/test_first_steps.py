"""The desk of an empty tracker: the first steps, and the first of them takes an address."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.factories import make_ask
from tests.site import CLEO, ED, LOCAL, ROLES, Site, email_of, open_app, password_hash
from tracker.clock import now
from tracker.db.engine import writing
from tracker.rules.permissions import COMMAND_LINE
from tracker.services import people
from tracker.services.change import Change

ADDRESS = "https://example.org/manifesto"


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


def test_the_first_step_takes_an_address_to_the_form_and_promises_nobody_what_they_may_not_do(
    empty_site: Site,
) -> None:
    desk = empty_site.browser(ED).get("/staff/")
    assert desk.h1 == "Good day, Ed Editor. Four steps to your first ask"
    with empty_site.unchanged():
        form = desk.submit("Go on", source_id=ADDRESS)
    assert (form.status, form.h1, form.value("source_id"), form.summary) == (200, "New ask", ADDRESS, [])
    cleo = empty_site.browser(CLEO).get("/staff/")
    assert "Nothing is public until an editor publishes it." in cleo.text
    assert "Then send it for approval." in cleo.text
    assert cleo.follow("Read about your first day, with pictures").h1 == "Your first day"


def test_the_first_page_of_an_empty_site_has_no_list_of_sources_and_an_ask_without_a_day_a_plain_time_line(
    empty_site: Site,
) -> None:
    empty = empty_site.browser().get("/").text
    assert "Where the asks come from" not in empty
    assert "Latest updates" not in empty
    with empty_site.change(ED) as change:
        make_ask(change, published=True)
    assert "Where the asks come from" in empty_site.browser().get("/").text
    said = empty_site.browser().get("/asks/empty-homes").section("timeline")
    assert "1 January 2018 Each dot is an entry" in said
