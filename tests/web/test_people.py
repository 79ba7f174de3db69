"""Managing people, the links for passwords that they are given, and changing one's own password."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import wraps

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.second_step import give_phone
from tests.site import ADA, CLEO, ED, LOCAL, PASSWORD, MakeSite, Site, email_of
from tracker.clock import now
from tracker.models import AccessLink, Note, Person
from tracker.rules.people import Role
from tracker.services import events, people, personal_data, proof, sessions
from tracker.services.events import Subject
from tracker.web.auth import me
from tracker.web.session import stop_reading

NEW_PASSWORD = "quite another set of words"


def enter(site: Site, email: str, password: str) -> Page:
    return site.browser().get("/staff/sign-in").submit("Sign in", email=email, password=password)


def link_on(page: Page) -> str:
    """The link that the page shows, as an address of this site."""
    return page.all("textarea")[0].removeprefix(LOCAL.site_url)


def test_an_admin_invites_somebody_who_chooses_a_password_and_signs_in(site: Site) -> None:
    form = site.browser(ADA).get("/staff/people/").follow("New member of staff")
    with site.unchanged():
        refused = form.submit("Invite", name="x" * 121, email=email_of(ED).upper())
    assert refused.errors("email") == ["Somebody with this address exists already."]
    assert refused.submit("Invite", name="Zoë", email="zoe").errors("email")
    shown = form.submit("Invite", name="Zoë", email="Zoe@Example.org", role="contributor")
    assert "The link is made." in shown.notices
    assert link_on(shown.browser.get(shown.path)) == link_on(shown)
    assert enter(site, "zoe@example.org", "").status == 422, "nobody signs in before a password is chosen"
    assert "Invited" in shown.browser.get("/staff/people/").text
    opened = site.browser().get(link_on(shown))
    assert "For Zoë, who signs in with zoe@example.org." in opened.text
    done = opened.submit("Set the password", password=NEW_PASSWORD)
    assert (done.path, done.notices) == ("/staff/sign-in", ["Your password is set. Sign in with it."])
    assert done.value("email") == "zoe@example.org"
    assert "Good day, Zoë" in enter(site, "zoe@example.org", NEW_PASSWORD).text


def test_where_the_address_of_the_site_is_a_guess_the_link_is_for_where_the_admin_is(make_site: MakeSite) -> None:
    form = make_site(replace(LOCAL, is_site_url_guessed=True)).browser(ADA).get("/staff/people/2/link")
    assert form.submit("Make the link").all("textarea")[0].startswith("http://localhost/staff/link/")


def test_who_is_deactivated_is_out_at_once_and_comes_back_or_is_erased(site: Site) -> None:
    ed, ada = site.browser(ED), site.browser(ADA)
    with site.change(ED) as change:
        events.record(change, "looked", Subject("ask", site.ask_id(), "An ask", site.ask_id()))
    assert "Erase the data of Ed" not in ada.get("/staff/people/").text
    done = ada.get("/staff/people/").follow("Deactivate Ed Editor").submit("Deactivate")
    assert "Deactivated" in done.text
    assert ed.get("/staff/").hops == [303, 200]
    assert enter(site, email_of(ED), PASSWORD).status == 422
    done.follow("Reactivate Ed Editor").submit("Reactivate")
    assert enter(site, email_of(ED), PASSWORD).hops == [303, 200]
    assert ed.get("/staff/").hops == [303, 200], "the old session stays ended"
    ada.get("/staff/people/").follow("Deactivate Ed Editor").submit("Deactivate")
    form = ada.get("/staff/people/").follow("Erase the data of Ed Editor")
    assert "cannot be brought back" in form.text
    with site.unchanged():
        assert form.submit("Erase for good", reason="").errors("reason")
    assert form.submit("Erase for good", reason="Asked for it.").notices == ["Erased."]
    number = site.scalar(sa.select(Person.id).where(Person.erased_at.is_not(None)))
    assert f"erased person {number} looked the ask" in ada.get(f"/staff/log?person={number}").text
    for path in ("/staff/people/", "/staff/log", "/staff/", "/staff/log.csv"):
        page = ada.send("GET", path).text
        assert "Ed Editor" not in page
        assert email_of(ED) not in page
    assert f"Ada Admin erased the personal data of “erased person {number}”." in ada.get("/staff/log").text
    with site.reading() as session:
        proof.verify(session)


def erase_ed(site: Site) -> None:
    stop_reading()
    with site.change(ADA) as ada:
        ed = ada.session.get_one(Person, me().id)
        people.set_active(ada, ed, False, None)
        personal_data.erase(ada, ed, None, "Asked for it.")


def demote_ed(site: Site) -> None:
    stop_reading()
    with site.change(ADA) as ada:
        ed = ada.session.get_one(Person, me().id)
        people.edit_person(ada, ed, people.PersonDraft(ed.email, ed.name, Role.CONTRIBUTOR), None)


@pytest.mark.parametrize("change_access", [erase_ed, demote_ed])
def test_whose_access_changes_while_a_request_of_theirs_waits_writes_nothing(
    site: Site, change_access: Callable[[Site], None]
) -> None:
    """Else an entry of somebody erased would bring the name back, and the log could never be proved again."""
    note = site.browser(ED).get(f"/staff/asks/{site.ask_id()}/notes/new")
    save = site.app.view_functions["disputes.note"]

    @wraps(save)
    def save_later(**values: int) -> object:
        change_access(site)
        return save(**values)

    site.app.view_functions["disputes.note"] = save_later  # type: ignore[assignment]
    assert note.submit("Write the note", text="Too late.").status == 403
    assert site.scalar(sa.select(Note.id).where(Note.text == "Too late.")) is None
    with site.reading() as session:
        proof.verify(session)


def test_who_is_erased_while_signing_in_comes_back_nowhere(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    confirm = sqlite_site.browser(ED).get("/staff/confirm")
    monkeypatch.setattr(sessions, "is_right", lambda *_, **__: erase_ed(sqlite_site))
    confirm.submit("Confirm", password="not mine")
    with sqlite_site.reading() as session:
        proof.verify(session)


def test_an_admin_gives_somebody_a_link_for_a_new_password_and_signs_somebody_out(sqlite_site: Site) -> None:
    ed, ada = sqlite_site.browser(ED), sqlite_site.browser(ADA)
    people_page = ada.get("/staff/people/").follow("Edit Ed Editor").submit("Keep", name="Edward")
    form = people_page.follow("New password for Edward")
    assert "within 24 hours" in form.text
    link = link_on(form.submit("Make the link"))
    assert ed.get("/staff/").hops == [200], "nothing ends before the link is used"
    sqlite_site.browser().get(link).submit("Set the password", password=NEW_PASSWORD)
    assert ed.get("/staff/").hops == [303, 200]
    assert enter(sqlite_site, email_of(ED), PASSWORD).status == 422
    entered = enter(sqlite_site, email_of(ED), NEW_PASSWORD)
    assert entered.hops == [303, 200]
    ada.get("/staff/people/").follow("Sign out Edward").submit("Sign out everywhere")
    assert entered.browser.get("/staff/").hops == [303, 200]
    log = ada.get("/staff/").section("recent")
    assert "Name [taken out: Ed Editor ] [put in: Edward ]" in log
    assert "Ada Admin made a link with which “Edward” can choose a new password." in log
    assert "Edward changed the password of “Edward”" in log
    assert [word for word in (link.rpartition("/")[2], "argon2", NEW_PASSWORD) if word in log] == []


def test_ones_own_new_password_ends_every_session(site: Site) -> None:
    here, elsewhere = site.browser(CLEO), site.browser(CLEO)
    form = here.get("/staff/").follow("Cleo Contributor : my account").follow("Change your password")
    with site.unchanged():
        assert form.submit("Change the password", password="short").errors("password")
    done = form.submit("Change the password", password=NEW_PASSWORD)
    assert done.notices == ["Your password is changed. Sign in with the new one."]
    assert "Forgot your password? Ask an admin of this site for a link." in done.text
    assert done.field("password").get("autocomplete") == "current-password"
    assert here.get("/staff/").hops == elsewhere.get("/staff/").hops == [303, 200]
    assert enter(site, email_of(CLEO), NEW_PASSWORD).hops == [303, 200]


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


def test_looking_at_a_link_does_not_use_it_up_and_it_skips_no_second_step(sqlite_site: Site) -> None:
    phone, address = give_phone(sqlite_site, ED), link_for(sqlite_site, ED)
    opened = sqlite_site.browser().get(address)
    with sqlite_site.unchanged():
        for method in ("HEAD", "OPTIONS", "GET"):
            assert sqlite_site.browser().send(method, address).status_code == 200
        for password, says in (
            ("", "Fill in “New password”."),
            ("too short", "Use at least 15 characters."),
            ("Ed Editor Ed Editor", "easy to guess"),
        ):
            refused = opened.submit("Set the password", password=password)
            assert refused.status == 422
            assert says in refused.errors("password")[0]
            assert refused.field("password").get("value") in {None, ""}
            assert refused.field("password").get("autocomplete") == "new-password"
    opened.submit("Set the password", password=NEW_PASSWORD)
    asked = enter(sqlite_site, email_of(ED), NEW_PASSWORD)
    assert asked.h1 == "Your code"
    assert asked.browser.get("/staff/").hops == [303, 200]
    assert asked.submit("Sign in", code=phone.code()).h1 == "Good day, Ed Editor"
