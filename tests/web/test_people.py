"""Managing people, and changing one's own password."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.site import ADA, CLEO, ED, LOCAL, PASSWORD, MakeSite, Site, email_of
from tracker.models import Note, Person
from tracker.rules.permissions import Role
from tracker.services import events, passwords, people, personal_data, proof
from tracker.services.events import Subject
from tracker.web.auth import me
from tracker.web.session import stop_reading

NEW_PASSWORD = "quite another set of words"


def person_id(site: Site, name: str) -> int:
    return int(site.scalar(sa.select(Person.id).where(Person.email == email_of(name))))


def enter(site: Site, email: str, password: str) -> Page:
    return site.browser().get("/staff/sign-in").submit("Sign in", email=email, password=password)


def link_on(page: Page) -> str:
    """The link that the page shows, as an address of this site."""
    return page.all("textarea")[0].removeprefix(LOCAL.site_url)


def test_an_admin_invites_somebody_who_chooses_a_password_and_signs_in(site: Site) -> None:
    form = site.browser(ADA).get("/staff/people/").follow("New member of staff")
    shown = form.submit("Invite", name="Zoë", email="Zoe@Example.org", role="contributor")
    assert "The link is made." in shown.notices
    assert link_on(shown.browser.get(shown.path)) == link_on(shown)
    assert enter(site, "zoe@example.org", "").status == 422, "nobody signs in before a password is chosen"
    assert "Invited" in site.browser(ADA).get("/staff/people/").text
    opened = site.browser().get(link_on(shown))
    assert "For Zoë, who signs in with zoe@example.org." in opened.text
    done = opened.submit("Set the password", password=NEW_PASSWORD)
    assert (done.path, done.notices) == ("/staff/sign-in", ["Your password is set. Sign in with it."])
    assert done.value("email") == "zoe@example.org"
    assert "Good day, Zoë" in enter(site, "zoe@example.org", NEW_PASSWORD).text
    assert NEW_PASSWORD not in site.browser(ADA).get("/staff/").html


def test_where_the_address_of_the_site_is_a_guess_the_link_is_for_where_the_admin_is(make_site: MakeSite) -> None:
    form = make_site(replace(LOCAL, is_site_url_guessed=True)).browser(ADA).get("/staff/people/2/link")
    assert form.submit("Make the link").all("textarea")[0].startswith("http://localhost/staff/link/")


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"email": email_of(ED)}, "email", "Somebody with this address exists already."),
        ({"email": email_of(ED).upper()}, "email", "Somebody with this address exists already."),
        ({"email": "zoe"}, "email", "Give an e-mail address such as ada@example.org."),
        ({"email": "zoe@" + "x" * 260 + ".org"}, "email", "Give an e-mail address"),
        ({"name": ""}, "name", "Fill in “Name”."),
        ({"name": "x" * 121}, "name", "Use at most 120 characters; this has 121."),
    ],
)
def test_what_is_wrong_with_a_person_stands_beside_its_field(
    shared_site: Site, typed: dict[str, str], field: str, says: str
) -> None:
    form = shared_site.browser(ADA).get("/staff/people/new")
    valid = {"name": "Zoë", "email": "zoe@example.org"}
    with shared_site.unchanged():
        refused = form.submit("Invite", **valid | typed)
    assert refused.status == 422
    assert any(says in error for error in refused.errors(field)), refused.summary


def test_a_new_role_holds_at_once(site: Site) -> None:
    cleo = site.browser(CLEO)
    assert cleo.get("/staff/asks/many").status == 403
    page = site.browser(ADA).get("/staff/people/").follow("Edit Cleo Contributor")
    assert page.submit("Keep", role="editor").hops == [303, 200]
    assert cleo.get("/staff/asks/many").hops == [303, 200], "sign in again"
    assert site.browser(CLEO).get("/staff/asks/many").h1 == "Many asks at once"


def test_who_is_deactivated_is_out_at_once_and_can_come_back(site: Site) -> None:
    ed, ada = site.browser(ED), site.browser(ADA)
    done = ada.get("/staff/people/").follow("Deactivate Ed Editor").submit("Deactivate")
    assert done.hops == [303, 200]
    assert "Deactivated" in done.text
    assert ed.get("/staff/").hops == [303, 200]
    assert enter(site, email_of(ED), PASSWORD).status == 422
    ada.get("/staff/people/").follow("Reactivate Ed Editor").submit("Reactivate")
    assert enter(site, email_of(ED), PASSWORD).hops == [303, 200]
    assert ed.get("/staff/").hops == [303, 200], "the old session stays ended"


def test_the_data_of_somebody_who_left_is_erased_and_the_log_still_proves_what_was_done(site: Site) -> None:
    ada = site.browser(ADA)
    with site.change(ED) as change:
        events.record(change, "looked", Subject("ask", site.ask_id(), "An ask", site.ask_id()))
    assert "Erase the data of Ed" not in ada.get("/staff/people/").text
    ada.get("/staff/people/").follow("Deactivate Ed Editor").submit("Deactivate")
    form = ada.get("/staff/people/").follow("Erase the data of Ed Editor")
    assert "cannot be brought back" in form.text
    with site.unchanged():
        assert form.submit("Erase for good", reason="").errors("reason")
    listed = form.submit("Erase for good", reason="Asked for it.")
    assert listed.notices == ["Erased."]
    number = site.scalar(sa.select(Person.id).where(Person.erased_at.is_not(None)))
    log = ada.get("/staff/log?person=" + str(number)).text
    assert f"erased person {number} looked the ask" in log
    for path in ("/staff/people/", "/staff/log", "/staff/", "/staff/log.csv"):
        page = ada.send("GET", path).text
        assert "Ed Editor" not in page
        assert email_of(ED) not in page
    assert f"Ada Admin erased the personal data of “erased person {number}”." in ada.get("/staff/log").text
    assert enter(site, email_of(ED), PASSWORD).status == 422
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


def test_who_is_erased_while_their_password_is_looked_at_comes_back_nowhere(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirm = sqlite_site.browser(ED).get("/staff/confirm")
    monkeypatch.setattr(passwords, "is_right", lambda *_, **__: erase_ed(sqlite_site))
    confirm.submit("Confirm", password="not mine")
    with sqlite_site.reading() as session:
        proof.verify(session)


@pytest.mark.parametrize(("address", "button", "typed"), [
    ("deactivate", "Deactivate", {}), ("edit", "Keep", {"role": "editor"}),
])  # fmt: skip
def test_the_last_admin_stays(sqlite_site: Site, address: str, button: str, typed: dict[str, str]) -> None:
    form = sqlite_site.browser(ADA).get(f"/staff/people/{person_id(sqlite_site, ADA)}/{address}")
    with sqlite_site.unchanged():
        refused = form.submit(button, **typed)
    assert refused.status == 422
    assert "This is the last active admin. Make somebody else an admin first." in refused.summary
    assert sqlite_site.scalar(sa.select(Person.role).where(Person.email == email_of(ADA))) is Role.ADMIN


def test_an_admin_gives_somebody_a_link_for_a_new_password(sqlite_site: Site) -> None:
    ed = sqlite_site.browser(ED)
    form = sqlite_site.browser(ADA).get("/staff/people/").follow("New password for Ed Editor")
    assert "within 24 hours" in form.text
    link = link_on(form.submit("Make the link"))
    assert ed.get("/staff/").hops == [200], "nothing ends before the link is used"
    assert enter(sqlite_site, email_of(ED), PASSWORD).hops == [303, 200]
    sqlite_site.browser().get(link).submit("Set the password", password=NEW_PASSWORD)
    assert ed.get("/staff/").hops == [303, 200]
    assert enter(sqlite_site, email_of(ED), PASSWORD).status == 422
    assert enter(sqlite_site, email_of(ED), NEW_PASSWORD).hops == [303, 200]


def test_an_admin_signs_somebody_out_everywhere(sqlite_site: Site) -> None:
    ed, ada = sqlite_site.browser(ED), sqlite_site.browser(ADA)
    ada.get("/staff/people/").follow("Sign out Ed Editor").submit("Sign out everywhere")
    assert ed.get("/staff/").hops == [303, 200]
    assert ada.get("/staff/").hops == [200]


def test_ones_own_new_password_ends_every_session(site: Site) -> None:
    here, elsewhere = site.browser(CLEO), site.browser(CLEO)
    form = here.get("/staff/").follow("Cleo Contributor : my account").follow("Change your password")
    with site.unchanged():
        weak = form.submit("Change the password", password="short")
        assert weak.errors("password")
    done = form.submit("Change the password", password=NEW_PASSWORD)
    assert done.notices == ["Your password is changed. Sign in with the new one."]
    assert here.get("/staff/").hops == elsewhere.get("/staff/").hops == [303, 200]
    assert enter(site, email_of(CLEO), NEW_PASSWORD).hops == [303, 200]


def test_the_log_says_what_happened_to_people_and_holds_no_password(sqlite_site: Site) -> None:
    ada = sqlite_site.browser(ADA)
    ada.get("/staff/people/").follow("Edit Ed Editor").submit("Keep", name="Edward")
    link = link_on(ada.get("/staff/people/").follow("New password for Edward").submit("Make the link"))
    sqlite_site.browser().get(link).submit("Set the password", password=NEW_PASSWORD)
    log = ada.get("/staff/").section("recent")
    assert "Ada Admin edited the person “Edward”." in log
    assert "Name [taken out: Ed Editor ] [put in: Edward ]" in log
    assert "Ada Admin made a link with which “Edward” can choose a new password." in log
    assert "Edward changed the password of “Edward”" in log
    assert link.rpartition("/")[2] not in log
    assert "argon2" not in log
    assert NEW_PASSWORD not in log
