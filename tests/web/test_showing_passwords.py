"""A password is shown while it is typed, to whoever wants that: nothing comes back, nothing counts, nothing is lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.examples import make_examples
from tests.site import ADA, ED, PASSWORD, Site, email_of
from tracker.clock import now
from tracker.models import SignInFailure, StaffSession

SHOW, HIDE = "Show what I type", "Hide what I type"
TYPED = "typed in the sight of others"


def signing_in(site: Site) -> Page:
    return site.browser().get("/staff/sign-in?next=/staff/legislation/1")


def choosing(site: Site) -> Page:
    return site.browser().get(f"/staff/link/{make_examples(site)['token']}")


def changing(site: Site) -> Page:
    return site.browser(ED).get("/staff/account/password")


def confirming(site: Site) -> Page:
    return site.browser(ADA).get("/staff/confirm?next=/staff/people/")


def signing_in_with_a_form(site: Site) -> Page:
    form = site.browser(ED).get("/staff/asks/1/edit")
    site.execute(sa.update(StaffSession).values(ended_at=now()))
    return form.submit("Keep", internal_note="Typed for an hour")


def confirming_with_a_form(site: Site) -> Page:
    form = site.browser(ADA).get("/staff/people/2/edit")
    site.execute(sa.update(StaffSession).values(confirmed_at=now() - timedelta(minutes=11)))
    return form.submit("Keep", name="Edwina")


PAGES = [signing_in, choosing, changing, confirming, signing_in_with_a_form, confirming_with_a_form]
BUTTONS = {
    signing_in: "Sign in", choosing: "Set the password", changing: "Change the password", confirming: "Confirm",
}  # fmt: skip


def hidden_in(page: Page) -> set[tuple[str, str]]:
    """What was typed into another form, and is carried along."""
    found = {(field.get("name", ""), field.get("value", "")) for field in page.tree.iter("input")}
    return {(name, value) for name, value in found if "." in name}


@pytest.mark.parametrize("page_of", PAGES)
def test_what_is_typed_can_be_shown_and_hidden_on_each_page(sqlite_site: Site, page_of: Callable[[Site], Page]) -> None:
    page = page_of(sqlite_site)
    usual = page.field("password")
    assert usual.get("type") == "password"
    with sqlite_site.unchanged():
        shown = page.submit(SHOW, password=TYPED)
        back = shown.submit(HIDE, password=TYPED)
    field = shown.field("password")
    assert (shown.status, shown.h1, shown.summary) == (200, page.h1, [])
    wanted = {"type": "text", "autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}
    assert wanted.items() <= field.attrib.items()
    assert field.get("autocomplete") == usual.get("autocomplete")
    assert (back.field("password").get("type"), back.h1) == ("password", page.h1)
    assert TYPED not in shown.html + back.html
    assert hidden_in(page) <= hidden_in(back)
    assert sqlite_site.scalar(sa.select(sa.func.count(SignInFailure.id))) == 0
    if page_of in BUTTONS:
        refused = shown.submit(BUTTONS[page_of], password="short")
        assert (refused.status, refused.field("password").get("type")) == (422, "text")
        assert refused.value("password") == ""
        assert refused.has_button(HIDE)


def test_where_one_wanted_to_go_and_what_was_typed_come_through(sqlite_site: Site) -> None:
    shown = signing_in(sqlite_site).submit(SHOW, email=email_of(ED))
    assert shown.value("email") == email_of(ED)
    assert "autofocus" in signing_in(sqlite_site).field("email").attrib
    assert "autofocus" in shown.field("password").attrib
    form, _ = shown.form_of("Sign in")
    assert next(form.iter("button")).get("name") is None, "the Enter key signs in, and shows nothing"
    assert shown.submit("Sign in", password=PASSWORD).path == "/staff/legislation/1"
    asked = signing_in_with_a_form(sqlite_site).submit(SHOW, email=email_of(ED), password=TYPED)
    offered = asked.submit("Sign in", password=PASSWORD)
    assert offered.submit("Bring my form back").value("internal_note") == "Typed for an hour"
    refused = confirming_with_a_form(sqlite_site)
    assert (refused.status, refused.h1) == (403, "Confirm your password")
    asked = refused.submit(SHOW, password=TYPED)
    back = asked.submit("Confirm", password=PASSWORD).submit("Bring my form back")
    assert back.value("name") == "Edwina"
    assert back.submit("Keep").hops == [303, 200]
