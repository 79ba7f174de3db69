"""A link for a password, as the person sees it who opens it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.second_step import give_phone
from tests.site import ADA, ED, PASSWORD, Site, email_of
from tracker.clock import now
from tracker.models import AccessLink, Person
from tracker.services import people

NEW_PASSWORD = "quite another set of words"


def link_for(site: Site, name: str) -> str:
    with site.change(ADA) as change:
        person = change.session.scalars(sa.select(Person).where(Person.name == name)).one()
        return f"/staff/link/{people.make_link(change, person)}"


def test_a_used_link_an_old_link_and_a_made_up_one_get_the_same_answer(sqlite_site: Site) -> None:
    used = link_for(sqlite_site, ED)
    sqlite_site.browser().get(used).submit("Set the password", password=NEW_PASSWORD)
    old = link_for(sqlite_site, ED)
    sqlite_site.execute(sa.update(AccessLink).values(expires_at=now() - timedelta(seconds=1)))
    for address in (used, old, "/staff/link/x", "/staff/link/" + "é" * 50, "/staff/link/" + "x" * 3000):
        page = sqlite_site.browser().get(address)
        assert (page.status, page.h1) == (404, "There is no such page")
        assert "used already, or it is out of date" in page.text
        assert sqlite_site.browser().get(address).html == page.html


def test_looking_at_a_link_does_not_use_it_up(sqlite_site: Site) -> None:
    address = link_for(sqlite_site, ED)
    with sqlite_site.unchanged():
        for method in ("GET", "HEAD", "OPTIONS", "GET"):
            assert sqlite_site.browser().send(method, address).status_code == 200


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "Fill in “New password”."),
        ("too short", "Use at least 15 characters."),
        ("x" * 129, "Use at most 128 characters."),
        ("aaaaaaaaaaaaaaaaaaaa", "This repeats too few characters."),
        ("qwertyuiop1234567890", "easy to guess"),
        ("Ed Editor Ed Editor", "easy to guess"),
        ("zebra crossing zebra crossing", "again and again"),
    ],
)
def test_a_weak_password_is_refused_and_the_link_stays(shared_site: Site, password: str, says: str) -> None:
    opened = shared_site.browser().get(link_for(shared_site, ED))
    with shared_site.unchanged():
        refused = opened.submit("Set the password", password=password)
    assert refused.status == 422
    assert says in refused.errors("password")[0]
    assert refused.field("password").get("value") in {None, ""}
    assert refused.field("password").get("autocomplete") == "new-password"
    assert shared_site.browser().get(opened.path).status == 200


def test_a_new_password_does_not_skip_the_second_step(sqlite_site: Site) -> None:
    phone = give_phone(sqlite_site, ED)
    sqlite_site.browser().get(link_for(sqlite_site, ED)).submit("Set the password", password=NEW_PASSWORD)
    asked = sqlite_site.browser().get("/staff/sign-in").submit("Sign in", email=email_of(ED), password=NEW_PASSWORD)
    assert asked.h1 == "Your code"
    assert asked.browser.get("/staff/").hops == [303, 200]
    assert asked.submit("Sign in", code=phone.code()).h1 == "Good day, Ed Editor"


def test_the_sign_in_page_says_whom_to_ask_and_asks_nothing(shared_site: Site) -> None:
    page = shared_site.browser().get("/staff/sign-in")
    assert "Forgot your password? Ask an admin of this site for a link." in page.text
    assert "reset" not in " ".join(page.links())
    assert page.field("password").get("autocomplete") == "current-password"
    assert PASSWORD not in page.html
