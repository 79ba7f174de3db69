"""Signing in and out: what is said, where it leads, how often it may fail; and passwords that are shown while typed."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from itsdangerous import URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict

from tests.browser import Page
from tests.examples import make_examples
from tests.site import ADA, CLEO, ED, LOCAL, PASSWORD, WEALTH_ORDERS, MakeSite, Site, email_of
from tests.web.test_status_change import UNDONE, status_form
from tracker.clock import now
from tracker.models import Ask, Event, Person, SignInFailure, StaffSession
from tracker.services import sessions

# The rest of what leads away: tests/rules/test_checks.py.
AWAY = ["https://evil.example/", "//evil.example/staff/", "\x00https://evil.example", "/staff\n//evil", "/asks.csv"]


def sign_in(site: Site, email: str = email_of(ED), password: str = PASSWORD, after: str = "/staff/sign-in") -> Page:
    return site.browser().get(after).submit("Sign in", email=email, password=password)


def test_signing_in_and_out(site: Site) -> None:
    page = sign_in(site, email="ED@Example.org")
    assert page.hops == [303, 200]
    assert page.h1 == "Good day, Ed Editor"
    assert "Signed in as Ed Editor, editor." in page.text
    kept = page.browser.cookie
    out = page.submit("Sign out")
    assert (out.hops, out.path) == ([303, 200], "/staff/sign-in")
    assert out.notices == ["You are signed out."]
    assert page.browser.get("/staff/").hops == [303, 200]
    replayed = site.browser().sign_in_with(kept or "")
    assert replayed.get("/staff/").hops == [303, 200], "the old cookie is worth nothing"
    led = sign_in(site, after="/staff/legislation/1")
    assert (led.hops, led.path) == ([303, 200], "/staff/legislation/1"), "where one wanted to go"


def test_signing_in_never_leads_away(shared_site: Site) -> None:
    for away in AWAY:
        form = shared_site.browser().get("/staff/sign-in", query_string={"next": away})
        sent = [*form.sent("Sign in", without={"next"}, email=email_of(ED), password=PASSWORD), ("next", away)]
        response = form.browser.send("POST", "/staff/sign-in", data=dict(sent))
        assert (response.status_code, response.location) == (303, "/staff/"), away
    for path in ("//evil.example/staff", "/staff//evil.example", "/staff/\\evil", "/staff/%0d%0aX:y"):
        response = shared_site.browser().client.open("/staff/asks/", environ_overrides={"PATH_INFO": path})
        assert response.status_code in {303, 308, 404}
        assert not (response.location or "").removeprefix("http://localhost").startswith(("//", "http", "\\"))


def test_whoever_may_not_enter_gets_the_same_answer(sqlite_site: Site) -> None:
    gone = sa.update(Person).where(Person.email == email_of(ADA)).values(email="gone@example.org", is_active=False)
    sqlite_site.execute(gone)
    for email, password in ((email_of(ED), ""), ("", PASSWORD)):
        page = sign_in(sqlite_site, email, password)
        assert page.status == 422
        assert page.summary, "an empty field is named, and is no failure"
    wrong = [
        ("nobody@example.org", PASSWORD), (email_of(ED), "wrong"), ("gone@example.org", PASSWORD),
        (email_of(ED), "x" * 129), ("' OR 1=1 --", "' OR 1=1 --"), (email_of(ED), "\x00"), (email_of(ED), "é𝄞"),
    ]  # fmt: skip
    for number, (email, password) in enumerate(wrong, 1):
        page = sign_in(sqlite_site, email, password)
        assert page.status == 422
        assert page.summary == ["The e-mail address or the password is wrong."]
        assert page.value("password") == ""
        assert page.browser.send("GET", "/staff/").status_code == 303
        assert sqlite_site.scalar(sa.select(sa.func.count(SignInFailure.id))) == number
    assert sqlite_site.scalar(sa.select(sa.func.count()).select_from(StaffSession)) == 0


def test_too_many_failures_close_the_door_for_a_while(sqlite_site: Site) -> None:
    failure = {"account": sessions.digest(email_of(ED)), "address": sessions.digest("198.51.100.7"), "failed_at": now()}
    sqlite_site.execute(sa.insert(SignInFailure).values([failure] * 10))
    page = sign_in(sqlite_site)
    assert (page.status, page.h1) == (429, "Too many attempts")
    assert page.response.headers["Retry-After"] == "300"
    assert sqlite_site.scalar(sa.select(sa.func.count(Event.id)).where(Event.action == "signed in")) == 0


def test_on_a_busy_site_a_known_device_gets_in(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    known = sign_in(sqlite_site).submit("Sign out")
    monkeypatch.setattr(sessions, "IN_LINE", threading.BoundedSemaphore(1))
    with sessions.IN_LINE:
        form = sqlite_site.browser().get("/staff/sign-in")
        sent = form.sent("Sign in", email=email_of(ED), password=PASSWORD)
        assert form.browser.client.post("/staff/sign-in", data=MultiDict(sent)).status_code == 503
        assert sqlite_site.scalar(sa.select(sa.func.count(SignInFailure.id))) == 1
        assert known.submit("Sign in", email=email_of(ED), password=PASSWORD).hops == [303, 200]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [(0, "203.0.113.9", "127.0.0.1"), (2, "198.51.100.1, 203.0.113.9, 203.0.113.1", "203.0.113.9")],
)
def test_a_forged_forwarding_header_is_not_counted(
    make_site: MakeSite, proxies: int, forwarded: str, counted: str
) -> None:
    site = make_site(replace(LOCAL, trusted_proxies=proxies))
    form = site.browser().get("/staff/sign-in")
    headers = {"X-Forwarded-For": forwarded, "X-Real-IP": "203.0.113.77", "Forwarded": "for=203.0.113.78"}
    form.browser.post("/staff/sign-in", form.sent("Sign in", email=email_of(ED), password="wrong"), headers=headers)
    assert site.scalar(sa.select(SignInFailure.address)) == sessions.digest(counted)


def test_a_session_from_before_signing_in_is_not_taken_over(sqlite_site: Site) -> None:
    browser = sqlite_site.browser()
    form = browser.get("/staff/sign-in")
    browser.sign_in_with(sqlite_site.signed({"token": "planted", "csrf_token": "0" * 40}))
    with sqlite_site.app.test_request_context():
        token = URLSafeTimedSerializer(LOCAL.secret_key, salt="wtf-csrf-token").dumps("0" * 40)
    sent = dict(form.sent("Sign in", email=email_of(ED), password=PASSWORD)) | {"csrf_token": str(token)}
    assert browser.send("POST", "/staff/sign-in", data=sent).status_code == 303
    known = sqlite_site.app.session_interface.get_signing_serializer(sqlite_site.app)  # type: ignore[attr-defined]
    assert known.loads(browser.cookie)["token"] != "planted"
    planted = sqlite_site.browser().sign_in_with(sqlite_site.signed({"token": "planted"}))
    assert planted.get("/staff/").hops == [303, 200]


# --- a password is shown while it is typed: nothing comes back, nothing counts, nothing is lost ---

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


PAGES: dict[Callable[[Site], Page], str] = {
    signing_in: "Sign in", choosing: "Set the password", changing: "Change the password", confirming: "Confirm",
    signing_in_with_a_form: "", confirming_with_a_form: "",
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
    assert (wanted | {"autocomplete": usual.get("autocomplete")}).items() <= field.attrib.items()
    assert (back.field("password").get("type"), back.h1) == ("password", page.h1)
    assert TYPED not in shown.html + back.html
    assert hidden_in(page) <= hidden_in(back)
    assert sqlite_site.scalar(sa.select(sa.func.count(SignInFailure.id))) == 0
    if PAGES[page_of]:
        refused = shown.submit(PAGES[page_of], password="short")
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


# --- a session that ends while somebody is typing: sign in, bring the form back, save ---


def end_sessions(site: Site) -> None:
    site.execute(sa.update(StaffSession).values(ended_at=now()))


def signed_in(page: Page, name: str) -> Page:
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
    offered = signed_in(again, ED)
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
    back = signed_in(form.submit("Keep as a draft", **typed), ED).submit("Bring my form back")
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
    offered = signed_in(same.submit("Keep", deadline_note="Ed's"), CLEO)
    assert offered.submit("Bring my form back").status == 403, "Cleo may not edit"
    back = signed_in(form.submit("Keep", deadline_note="Ed's"), ED).submit("Bring my form back")
    stale = back.submit("Keep")
    assert stale.status == 409, "somebody else saved meanwhile"
    assert stale.value("deadline_note") == "Ed's"
    end_sessions(sqlite_site)
    offered = signed_in(button.submit("Take up the law"), ED)
    with sqlite_site.unchanged():
        shown = offered.submit("Bring my form back")
    assert (shown.path, shown.has_button("Take up the law")) == (law, True), "a button does nothing by itself"
