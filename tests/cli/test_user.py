"""tracker user: who may sign in, and as what."""

import json

import pytest
import sqlalchemy as sa

from tests.cli.commands import PASSWORD, Answer, Tracker
from tests.engines import open_engine
from tests.site import QUICK_HASHER
from tracker.clock import now
from tracker.db.engine import reading, writing
from tracker.models import Event, Person
from tracker.rules.people import Actor
from tracker.services import sessions
from tracker.services.change import Change
from tracker.services.sessions import is_right

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)

ADA, ED, CLEO = "ada@example.org", "ed@example.org", "cleo@example.org"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make passwords hard to guess with little work."""
    monkeypatch.setattr(sessions, "HASHER", QUICK_HASHER)


def add(tracker: Tracker, email: str, name: str, role: str, *, password: str = PASSWORD, code: int = 0) -> Answer:
    arguments = ("user", "add", email, "--name", name, "--role", role, "--password-stdin")
    return tracker(*arguments, typed=f"{password}\n", code=code)


def fits(url: str, email: str, password: str) -> bool:
    """Whether a person's stored password is this one."""
    with open_engine(url) as engine, reading(engine) as session:
        return is_right(password, session.query(Person.password_hash).filter_by(email=email).scalar(), is_known=False)


def events(url: str) -> list[Event]:
    with open_engine(url) as engine, reading(engine) as session:
        found = session.query(Event).order_by(Event.id).all()
        session.expunge_all()
        return found


def test_people_are_added_and_listed_with_their_role(tracker: Tracker, database: str) -> None:
    assert tracker("user", "list").out == ""
    said = add(tracker, " Ada@Example.org ", " Ada ", "admin").out
    assert said == "Ada can sign in with ada@example.org at /staff/sign-in.\n"
    add(tracker, ED, "Ed", "editor")
    tracker("user", "add", CLEO, "--name", "Cleo", typed=f"{PASSWORD}\n{PASSWORD}x\n", code=1)
    asked = tracker("user", "add", CLEO, "--name", "Cleo", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert "15 characters or more" in asked.out
    assert PASSWORD not in asked.out + asked.err
    assert tracker("user", "list").out == (
        "ada@example.org\tadmin\tactive\tAda\n"
        "cleo@example.org\tcontributor\tactive\tCleo\n"
        "ed@example.org\teditor\tactive\tEd\n"
    )
    assert all(fits(database, email, PASSWORD) for email in (ADA, CLEO))
    assert tracker("verify").out.startswith("The event log is whole: 3 entries")


def test_an_unfit_password_address_name_or_role_is_refused_and_nobody_is_added(tracker: Tracker) -> None:
    for email, name, password, why in (
        (ADA, "Ada", "fourteen chars", "at least 15"),
        ("ada@localhost", "Ada", PASSWORD, "Give an e-mail address"),
        (ADA, "", PASSWORD, "Give the name"),
    ):
        assert why in add(tracker, email, name, "admin", password=password, code=1).err
    assert "'contributor', 'editor', 'admin'" in add(tracker, ADA, "Ada", "owner", code=2).err
    assert "Missing option '--name'" in tracker("user", "add", ADA, code=2).err
    assert tracker("user", "list").out == ""


def test_an_address_that_nobody_has_is_named(tracker: Tracker) -> None:
    for words in ("set-role {} admin", "set-password {} --password-stdin", "deactivate {}", "link {}", "report {}"):
        answer = tracker("user", *words.format(ED).split(), typed=f"{PASSWORD}\n", code=1)
        assert answer.err == "Error: Nobody has the address ed@example.org. See: tracker user list\n"


def test_a_role_and_a_password_are_changed_and_somebody_is_deactivated_and_logged(
    tracker: Tracker, database: str
) -> None:
    other = "another four unrelated words"
    add(tracker, ADA, "Ada", "admin")
    add(tracker, ED, "Ed", "contributor")
    tracker("user", "set-role", " ED@example.org", "editor")
    assert "ed@example.org\teditor\tactive\tEd\n" in tracker("user", "list").out
    tracker("user", "deactivate", ED)
    assert "ed@example.org\teditor\tdeactivated\tEd\n" in tracker("user", "list").out
    for command in (("deactivate", ADA), ("set-role", ADA, "editor")):
        assert "last active admin" in tracker("user", *command, code=1).err
    assert "ada@example.org\tadmin\tactive\tAda\n" in tracker("user", "list").out
    tracker("user", "set-password", ADA, "--password-stdin", typed=f"{other}\n")
    tracker("user", "set-password", ADA, "--password-stdin", typed="short\n", code=1)
    assert fits(database, ADA, other)
    assert not fits(database, ADA, PASSWORD)
    log = events(database)
    assert [event.action for event in log] == ["created", "created", "edited", "deactivated", "password changed"]
    assert {(event.actor_name, event.actor_id) for event in log} == {("Command line", None)}
    told = " ".join(f"{event.before} {event.after} {event.reason}" for event in log)
    assert "argon2" not in told
    assert not any(password in told for password in (PASSWORD, other))


def test_a_link_invites_or_resets_and_is_printed_once(tracker: Tracker, database: str) -> None:
    site = "http://tracker.test"
    said = tracker("user", "add", ADA, "--name", "Ada", "--role", "admin", "--link", TRACKER_SITE_URL=site).out
    assert said.startswith(
        "With this link Ada chooses a password, once, within 72 hours:\nhttp://tracker.test/staff/link/"
    )
    assert "argon2" not in said
    assert "guess" not in said
    add(tracker, ED, "Ed", "editor")
    for host in ("::1", "[::1]"):
        guessed = tracker("user", "link", ED, HOST=host, PORT="8123").out
        assert "http://[::1]:8123 is a guess: TRACKER_SITE_URL is not set." in guessed
    reset = tracker("user", "link", " ED@example.org", TRACKER_SITE_URL=site).out
    assert "Ed chooses a password, once, within 24 hours" in reset
    token = reset.strip().rpartition("/")[2]
    log = events(database)
    assert [event.action for event in log] == ["created", "invited", "created", *["reset link made"] * 3]
    assert token not in str([vars(event) for event in log])
    assert fits(database, ED, PASSWORD), "the old password works until the link is used"


def test_the_second_step_of_a_locked_out_admin_is_reset(tracker: Tracker, database: str, engine: sa.Engine) -> None:
    add(tracker, ADA, "Ada", "admin")
    assert "has not set up" in tracker("user", "reset-second-factor", ADA, code=1).err
    with writing(engine) as session:
        session.query(Person).update({"totp_nonce": "a number"})
    tracker("user", "reset-second-factor", ADA)
    with reading(engine) as session:
        assert session.query(Person.totp_nonce).scalar() == ""
    assert events(database)[-1].action == "second step reset"


def test_whoever_asks_is_told_all_that_is_held_and_nothing_secret(tracker: Tracker, engine: sa.Engine) -> None:
    add(tracker, ADA, "Ada", "admin")
    add(tracker, ED, "Ed", "editor")
    tracker("user", "set-role", ED, "contributor")
    with writing(engine) as session:
        ed = session.query(Person).filter_by(email=ED).one()
        sessions.start(Change(session, Actor("Ed", ed.role, ed.id), now()), ed, device="Firefox on Linux")
        sessions.note_failure(session, ED, "192.0.2.1", now())
    said = tracker("user", "report", ED).out
    held = json.loads(said)
    assert held["person"]["email"] == ED
    assert (held["person"]["role"], held["person"]["has_password"]) == ("contributor", True)
    assert held["names_and_addresses_in_the_log"] == ["Ed", ED]
    assert [row["device"] for row in held["sessions"]] == ["Firefox on Linux"]
    assert (held["failed_sign_ins"], held["entries_of_the_log_by_them"]) == (1, {"signed in": 1})
    assert [entry["action"] for entry in held["entries_of_the_log_about_them"]] == ["created", "edited", "signed in"]
    assert not any(secret in said for secret in ("argon2", ADA, "192.0.2.1", "token"))
