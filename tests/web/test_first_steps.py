"""The desk of an empty tracker: the first steps, and the first of them takes an address."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

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


def test_the_first_step_takes_an_address_to_the_form(empty_site: Site) -> None:
    desk = empty_site.browser(ED).get("/staff/")
    assert desk.h1 == "Good day, Ed Editor. Four steps to your first ask"
    with empty_site.unchanged():
        form = desk.submit("Go on", source_id=ADDRESS)
    assert (form.status, form.h1, form.value("source_id"), form.summary) == (200, "New ask", ADDRESS, [])


def test_the_first_steps_lead_to_the_guide(empty_site: Site) -> None:
    desk = empty_site.browser(CLEO).get("/staff/")
    assert desk.follow("Read about your first day, with pictures").h1 == "Your first day"
