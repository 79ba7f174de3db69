"""Two-step sign-in: setting it up, getting in with a phone or a recovery code, and never without."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pyotp
import sqlalchemy as sa

from tests.browser import Page
from tests.second_step import Phone, give_phone
from tests.site import ADA, ED, PASSWORD, PRODUCTION, MakeSite, Site, email_of
from tests.web.test_status_change import UNDONE, status_form
from tracker.clock import now
from tracker.models import Event, Person, SignInFailure, StaffSession
from tracker.services.second_factor import LOCKED
from tracker.services.sessions import digest
from tracker.web.staff.account import qr_code

HTTPS = {"base_url": "https://tracker.example"}


def give_password(site: Site, name: str = ED) -> Page:
    return site.browser().get("/staff/sign-in").submit("Sign in", email=email_of(name), password=PASSWORD)


def set_up(page: Page) -> tuple[Phone, Page]:
    """Type the page's key into a phone, and the phone's code into the page."""
    phone = Phone("".join(page.all("code")[0].split()))
    return phone, page.submit("Turn it on", code=phone.code())


def test_a_person_sets_up_two_steps_and_signs_in_with_both(site: Site) -> None:
    browser = site.browser(ED)
    page = browser.get("/staff/account")
    assert "Two-step sign-in is off" in page.text
    page = page.follow("Set up two-step sign-in")
    refused = page.submit("Turn it on", code="not it")
    assert "not the code" in refused.errors("code")[0]
    assert refused.all("code") == page.all("code"), "the same key, so that the app need not read again"
    phone, shown = set_up(refused)
    uri = pyotp.TOTP(phone.secret).provisioning_uri(name=email_of(ED), issuer_name="Policy ask tracker")
    assert qr_code(uri)[1] in page.html
    assert shown.h1 == "Your recovery codes"
    codes = shown.all("code")
    file = shown.submit("Download as a text file")
    assert file.response.mimetype == "text/plain"
    assert file.response.headers["Content-Disposition"] == "attachment; filename=recovery-codes.txt"
    assert re.findall(r"^[A-Z2-7-]{29}\r$", file.html, re.MULTILINE) == [f"{code}\r" for code in codes]
    token = dict(shown.sent("Download as a text file"))["csrf_token"]
    forged = {"codes": "<script>", "csrf_token": token}
    assert browser.post("/staff/account/recovery-codes.txt", forged).status == 422
    for path in ("/staff/account", "/staff/account/two-step", "/staff/account/recovery-codes", "/staff/"):
        html = browser.get(path).html
        assert [hidden for hidden in (page.all("code")[0], phone.secret, *codes) if hidden in html] == [], path
    asked = give_password(site)
    assert asked.h1 == "Your code"
    assert asked.field("code").get("autocomplete") == "one-time-code"
    assert asked.browser.get("/staff/").hops == [303, 200], "the password alone opens nothing"
    assert asked.submit("Sign in", code=phone.code(1)).h1 == "Good day, Ed Editor"
    with_recovery = give_password(site).submit("Sign in", code=codes[3].lower())
    account = with_recovery.browser.get("/staff/account")
    assert "You have 9 of 10 recovery codes left." in account.text
    assert "signed in with a recovery code" in account.section("access")
    assert site.scalar(sa.select(sa.func.count()).where(Event.action == "second step set up")) == 1


def test_wrong_used_and_late_codes_are_refused_and_counted_like_wrong_passwords(sqlite_site: Site) -> None:
    phone = give_phone(sqlite_site, ED)
    used = phone.code()
    assert give_password(sqlite_site).submit("Sign in", code=used).hops == [303, 200]
    asked = give_password(sqlite_site)
    for number, typed in enumerate((used, phone.wrong_code(), "AAAA-BBBB-CCCC-DDDD", "é" * 30), 1):
        refused = asked.submit("Sign in", code=typed)
        assert refused.status == 422
        assert refused.summary == ["This code is wrong, or it was used before."]
        assert sqlite_site.scalar(sa.select(sa.func.count(SignInFailure.id))) == number
    assert asked.browser.get("/staff/").hops == [303, 200]
    inside = asked.submit("Sign in", code=phone.code(1))
    assert "4 attempts have failed since" in inside.notices[0]
    phone = give_phone(sqlite_site, ADA)
    asked = give_password(sqlite_site, ADA)
    for steps, says in ((-120, "60 min behind"), (-4, "2 min behind"), (8, "4 min ahead")):
        assert says in asked.submit("Sign in", code=phone.code(steps)).summary[0]
    assert asked.submit("Sign in", code=phone.code(1)).status == 422, "nobody waits for a code that was confirmed"
    sqlite_site.execute(sa.update(StaffSession).values(started_at=now() - timedelta(minutes=10)))
    late = asked.submit("Sign in", code=phone.code())
    assert (late.status, late.h1) == (422, "Sign in"), "the second step must follow within ten minutes"
    assert asked.browser.get("/staff/").hops == [303, 200]


def test_of_many_who_guess_at_once_no_more_are_heard_than_one_after_the_other(site: Site) -> None:
    give_phone(site, ED)
    asked, start = [give_password(site) for _ in range(4)], Barrier(4)
    row = {"account": digest(email_of(ED)), "address": digest("198.51.100.7"), "failed_at": now()}
    site.execute(sa.insert(SignInFailure).values([row] * 8))

    def guess(page: Page) -> int:
        sent = dict(page.sent("Sign in", code="no code"))
        start.wait(10)
        return page.browser.client.post("/staff/sign-in/code", data=sent).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(guess, asked)) == [422, 422, 429, 429]


def test_after_fifty_wrong_codes_only_a_recovery_code_or_an_admin_opens_the_door(sqlite_site: Site) -> None:
    ed, ada = sqlite_site.browser(ED), sqlite_site.browser(ADA)
    phone, shown = set_up(ed.get("/staff/account/two-step"))
    sqlite_site.execute(sa.update(Person).where(Person.name == ED).values(wrong_codes=49))
    asked = give_password(sqlite_site)
    assert asked.submit("Sign in", code=phone.wrong_code()).summary == [LOCKED]
    assert asked.submit("Sign in", code=phone.code(1)).summary == [LOCKED]
    inside = asked.submit("Sign in", code=shown.all("code")[0])
    assert "now only a recovery code opens it" in inside.browser.get("/staff/account").section("access")
    assert "now only a recovery code opens it" in ada.get("/staff/").section("accounts")
    assert give_password(sqlite_site).submit("Sign in", code=phone.code(1)).hops == [303, 200]
    sqlite_site.execute(sa.update(Person).where(Person.name == ED).values(wrong_codes=50))
    confirm = ada.get("/staff/people/").follow("Reset two-step sign-in Ed Editor")
    assert "First make sure that it is really they who ask." in confirm.text
    assert confirm.submit("Reset two-step sign-in").notices == ["Two-step sign-in of Ed Editor is off."]
    assert inside.browser.get("/staff/").hops == [303, 200]
    again = give_password(sqlite_site)
    assert again.h1 == "Good day, Ed Editor"
    assert "Ada Admin reset two-step sign-in of “Ed Editor”" in again.browser.get("/staff/account").text
    assert sqlite_site.scalar(sa.select(Person.wrong_codes).where(Person.name == ED)) == 0


def test_what_was_typed_comes_through_both_steps(sqlite_site: Site) -> None:
    form, phone = status_form(sqlite_site, sqlite_site.browser(ED)), give_phone(sqlite_site, ED)
    sqlite_site.execute(sa.update(StaffSession).values(ended_at=now()))
    asked = form.submit("Publish", **UNDONE).submit("Sign in", email=email_of(ED), password=PASSWORD)
    wrong = asked.submit("Sign in", code=phone.wrong_code())
    back = wrong.submit("Sign in", code=phone.code()).submit("Bring my form back")
    assert back.value("reason") == UNDONE["reason"]


def test_moving_to_another_phone_keeps_the_old_one_until_the_new_one_works(sqlite_site: Site) -> None:
    old = give_phone(sqlite_site, ED)
    page = sqlite_site.browser(ED).get("/staff/account").follow("Move two-step sign-in to another device")
    page.submit("Turn it on", code=old.code())
    assert give_password(sqlite_site).submit("Sign in", code=old.code()).hops == [303, 200]
    page = sqlite_site.browser(ED).get("/staff/account/two-step")
    new, _ = set_up(page)
    assert give_password(sqlite_site).submit("Sign in", code=old.code(1)).status == 422
    assert give_password(sqlite_site).submit("Sign in", code=new.code(1)).hops == [303, 200]


def test_in_production_nobody_works_before_the_second_step_is_set_up(make_site: MakeSite) -> None:
    site, name = make_site(PRODUCTION), ADA
    browser = site.browser()
    browser.client.set_cookie("__Host-tracker", site.cookie_of(name), domain="tracker.example")
    for path in ("/staff/", "/staff/asks/", "/staff/asks/1", "/staff/account", "/staff/account/password"):
        answer = browser.send("GET", path, **HTTPS)
        assert (answer.status_code, answer.location) == (303, "/staff/account/two-step")
    page = Page(browser, "/staff/account/two-step", browser.send("GET", "/staff/account/two-step", **HTTPS), [])
    assert "everybody who writes signs in with a password and a code" in page.notices[0]
    phone = Phone("".join(page.all("code")[0].split()))
    sent = dict(page.sent("Turn it on", code=phone.code()))
    assert browser.send("POST", "/staff/account/two-step", data=sent, **HTTPS).status_code == 200
    assert browser.send("GET", "/staff/", **HTTPS).status_code == 200
    assert site.scalar(sa.select(Person.totp_step).where(Person.email == email_of(name))) > 0
