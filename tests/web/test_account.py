"""My account: sessions and who tried to get in; the password once more before what matters; known devices."""

from datetime import timedelta

import sqlalchemy as sa

from tests.browser import Browser, Page
from tests.second_step import give_phone
from tests.site import ADA, CLEO, ED, PASSWORD, Site, email_of
from tracker.clock import now
from tracker.models import Event, SignInFailure, StaffSession
from tracker.services.sessions import digest

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def sign_in(browser: Browser, name: str = ED, password: str = PASSWORD, **headers: str) -> Page:
    form = browser.get("/staff/sign-in")
    sent = form.sent("Sign in", email=email_of(name), password=password)
    return browser.post("/staff/sign-in", sent, headers=headers)


def age_confirmations(site: Site) -> None:
    site.execute(sa.update(StaffSession).values(confirmed_at=now() - timedelta(minutes=11)))


def lock_out(site: Site, name: str, address: str = "198.51.100.7", times: int = 10) -> None:
    row = {"account": digest(email_of(name)), "address": digest(address), "failed_at": now()}
    site.execute(sa.insert(SignInFailure).values([row] * times))


def test_my_sessions_are_listed_with_their_device_and_end_one_by_one(site: Site) -> None:
    here, there, third = (site.browser() for _ in range(3))
    sign_in(there, **{"User-Agent": FIREFOX})
    for browser in (here, third):
        sign_in(browser)
    account = here.get("/staff/").follow("Ed Editor : my account")
    assert "Firefox on Linux" in account.section("sessions")
    assert account.section("sessions").count("This one") == 1
    button = next(words for words in account.all("button") if "Firefox on Linux" in words)
    asked = account.submit(button).submit("Confirm", password=PASSWORD)
    done = asked.submit("Bring my form back")
    assert done.notices == ["Signed out there."]
    assert [browser.get("/staff/").hops for browser in (here, there, third)] == [[200], [303, 200], [200]]
    with site.reading() as session:
        keys = [hashed[:16] for hashed in session.scalars(sa.select(StaffSession.token_hash))]
    cleo = site.browser(CLEO)
    token = dict(cleo.get("/staff/account").sent("Sign out"))["csrf_token"]
    for typed in (*keys, "", "%", "_" * 16, "others' ", "0" * 64):
        cleo.post("/staff/account/sign-out", {"key": typed, "csrf_token": token})
    assert {browser.send("GET", "/staff/").status_code for browser in (here, third, cleo)} == {200}, "each their own"
    done.submit("Sign out everywhere else")
    assert [browser.get("/staff/").hops for browser in (here, third)] == [[200], [303, 200]]


def test_sign_ins_and_failures_are_told_to_the_person(sqlite_site: Site) -> None:
    sign_in(sqlite_site.browser())
    for _ in range(2):
        assert sign_in(sqlite_site.browser(), password="wrong").status == 422
    sign_in(sqlite_site.browser(), CLEO, "wrong")
    page = sign_in(sqlite_site.browser())
    assert page.notices[0].startswith("Your last sign-in: ")
    assert "2 attempts have failed since" in page.notices[0]
    told = page.follow("Ed Editor : my account").section("access")
    assert told.count("Somebody not signed in gave a wrong password for “Ed Editor”.") == 2
    assert "Cleo" not in told
    assert "No attempt has failed since." in sign_in(sqlite_site.browser()).notices[0]
    with sqlite_site.unchanged():  # a failure for nobody is counted, and not logged
        sqlite_site.browser().get("/staff/sign-in").submit("Sign in", email="nobody@example.org", password="wrong")
    assert sqlite_site.scalar(sa.select(sa.func.count(SignInFailure.id))) == 4


MATTERS = (
    "/staff/people/new", "/staff/people/2/edit", "/staff/people/2/link", "/staff/people/2/deactivate",
    "/staff/people/2/reset-two-step", "/staff/account/two-step", "/staff/account/recovery-codes",
    "/staff/account/password", "/staff/words",
)  # fmt: skip
LOG = "/staff/log.csv?subject=update&action=published&to=2026-11-22"


def test_what_matters_asks_for_the_password_after_ten_minutes(sqlite_site: Site) -> None:
    browser, path = sqlite_site.browser(ADA), MATTERS[0]
    thief = sqlite_site.browser().sign_in_with(browser.cookie or "")
    assert {browser.send("GET", each).status_code for each in MATTERS} == {200}
    age_confirmations(sqlite_site)
    for each in MATTERS:
        assert browser.send("GET", each).location == f"/staff/confirm?next={each}"
    asked = browser.get(path)
    assert asked.submit("Confirm", password="wrong").errors("password") == ["This is not your password."]
    assert browser.get(path).h1 == "Confirm your password"
    assert asked.submit("Confirm", password=PASSWORD).path == path
    age_confirmations(sqlite_site)
    file = browser.get(LOG).submit("Confirm", password=PASSWORD)
    assert (file.path, file.response.mimetype) == (LOG, "text/csv")
    for away in ("//evil.example/staff", "/asks/one"):
        asked = browser.get("/staff/confirm", query_string={"next": away})
        assert asked.submit("Confirm", password=PASSWORD).path == "/staff/"
    assert thief.send("GET", "/staff/").status_code == 303, "the token before is worth nothing"
    lock_out(sqlite_site, ADA, times=8)  # beside the failure above
    assert asked.submit("Confirm", password="wrong").status == 422
    assert asked.submit("Confirm", password=PASSWORD).status == 429
    assert sqlite_site.scalar(sa.select(sa.func.count(Event.id)).where(Event.action == "sign-in failed")) == 2


def test_signing_in_alone_changes_no_access_and_both_are_asked_for(sqlite_site: Site) -> None:
    phone, browser, path = give_phone(sqlite_site, ADA), sqlite_site.browser(), MATTERS[0]
    used = phone.code()
    sign_in(browser, ADA).submit("Sign in", code=used)
    for each in MATTERS:
        assert browser.send("GET", each).location == f"/staff/confirm?next={each}"
    asked = browser.get(path)
    assert asked.submit("Confirm", password=PASSWORD).errors("code")
    for code in (used, phone.wrong_code()):
        refused = asked.submit("Confirm", password=PASSWORD, code=code)
        assert refused.errors("code") == ["This code is wrong, or it was used before."]
    assert asked.submit("Confirm", password="wrong", code=phone.code(1)).errors("password")
    assert browser.get(path).h1 == "Confirm your password"
    assert asked.submit("Confirm", password=PASSWORD, code=phone.code(1)).path == path
    browser.get("/staff/account/recovery-codes").submit("Make new codes")
    for path in ("/staff/account/recovery-codes", "/staff/account/two-step"):
        assert browser.get(path).h1 == "Confirm your password", "each change of the second step asks anew"


def test_strangers_cannot_lock_out_a_known_device_which_answers_for_its_own_failures(sqlite_site: Site) -> None:
    known = sqlite_site.browser()
    sign_in(known).submit("Sign out")
    cookie = known.client.get_cookie("device", path="/staff")
    assert cookie is not None
    assert (cookie.path, cookie.http_only, cookie.same_site) == ("/staff", True, "Lax")
    assert email_of(ED) not in cookie.value
    lock_out(sqlite_site, ED, "127.0.0.1", 1000)
    assert sign_in(sqlite_site.browser()).status == 429
    for forged in ("", "x", "é", "W10.x", "." * 4000, "null.x"):
        stranger = sqlite_site.browser()
        stranger.client.set_cookie("device", forged, path="/staff")
        assert sign_in(stranger).status == 429
    assert sign_in(known, CLEO).status == 429, "the device is Ed's"
    assert sign_in(known).hops == [303, 200]
    sqlite_site.execute(sa.delete(SignInFailure))
    known.get("/staff/").submit("Sign out")
    for _ in range(10):
        assert sign_in(known, password="wrong").status == 422
    assert sign_in(known).status == 429
    assert sign_in(sqlite_site.browser()).hops == [303, 200], "another device of the owner is not locked out by it"
