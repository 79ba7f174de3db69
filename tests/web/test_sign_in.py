"""Signing in and out: what is said, where it leads, how often it may fail."""

import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa
from itsdangerous import URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict

from tests.browser import Page
from tests.site import ADA, ED, LOCAL, PASSWORD, MakeSite, Site, email_of
from tracker.clock import now
from tracker.models import Event, Person, SignInFailure, StaffSession
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
        (email_of(ED), PASSWORD.upper()), (email_of(ED), "x" * 129), ("' OR 1=1 --", "' OR 1=1 --"),
        (email_of(ED), "\x00"), (email_of(ED), "é𝄞"),
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


def test_who_is_told_that_the_site_is_busy_is_counted_and_a_known_device_gets_in(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (2, "198.51.100.1, 203.0.113.9, 203.0.113.1", "203.0.113.9"),
    ],
)
def test_a_forged_forwarding_header_does_not_change_who_is_counted(
    make_site: MakeSite, proxies: int, forwarded: str, counted: str
) -> None:
    site = make_site(replace(LOCAL, trusted_proxies=proxies))
    browser = site.browser()
    form = browser.get("/staff/sign-in")
    headers = {"X-Forwarded-For": forwarded, "X-Real-IP": "203.0.113.77", "Forwarded": "for=203.0.113.78"}
    sent = dict(form.sent("Sign in", email=email_of(ED), password="wrong"))
    assert browser.send("POST", "/staff/sign-in", data=sent, headers=headers).status_code == 422
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
