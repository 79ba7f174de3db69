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
    tracker("user", "add", CLEO, "--name", "Cleo", "--password-stdin", typed=f"{PASSWORD}\n")
    assert tracker("user", "list").out == (
        "ada@example.org\tadmin\tactive\tAda\n"
        "cleo@example.org\tcontributor\tactive\tCleo\n"
        "ed@example.org\teditor\tactive\tEd\n"
    )
    assert fits(database, ADA, PASSWORD)
    assert tracker("verify").out.startswith("The event log is whole: 3 entries")


def test_a_password_is_asked_for_twice_and_not_shown(tracker: Tracker, database: str) -> None:
    said = tracker("user", "add", ADA, "--name", "Ada", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert PASSWORD not in said.out + said.err
    assert "15 characters or more" in said.out
    assert fits(database, ADA, PASSWORD)


def test_two_passwords_that_differ_add_nobody(tracker: Tracker, database: str) -> None:
    tracker("user", "add", ADA, "--name", "Ada", typed=f"{PASSWORD}\n{PASSWORD}x\n", code=1)
    assert tracker("user", "list").out == ""


@pytest.mark.parametrize(
    ("email", "name", "password", "why"),
    [
        (ADA, "Ada", "fourteen chars", "at least 15"),
        (ADA, "Ada", "ada" * 6, "too few"),
        ("ada@localhost", "Ada", PASSWORD, "Give an e-mail address"),
        (ADA, "", PASSWORD, "Give the name"),
    ],
)
def test_an_unfit_password_address_or_name_is_refused_and_nobody_is_added(
    tracker: Tracker, email: str, name: str, password: str, why: str
) -> None:
    assert why in add(tracker, email, name, "admin", password=password, code=1).err
    assert tracker("user", "list").out == ""


def test_an_address_belongs_to_one_person(tracker: Tracker) -> None:
    add(tracker, ADA, "Ada", "admin")
    assert "exists already" in add(tracker, "ADA@EXAMPLE.ORG", "Another Ada", "editor", code=1).err
    assert tracker("user", "list").out.count("\n") == 1


def test_a_role_that_does_not_exist_is_wrong_use(tracker: Tracker) -> None:
    assert "'contributor', 'editor', 'admin'" in add(tracker, ADA, "Ada", "owner", code=2).err
    assert "Missing option '--name'" in tracker("user", "add", ADA, code=2).err


@pytest.mark.parametrize(
    "command", ["set-role {} admin", "set-password {} --password-stdin", "deactivate {}", "link {}", "report {}"]
)
def test_an_address_that_nobody_has_is_named(tracker: Tracker, command: str) -> None:
    answer = tracker("user", *command.format(ED).split(), typed=f"{PASSWORD}\n", code=1)
    assert answer.err == "Error: Nobody has the address ed@example.org. See: tracker user list\n"


def test_a_role_and_a_password_are_changed_and_somebody_is_deactivated(tracker: Tracker, database: str) -> None:
    add(tracker, ADA, "Ada", "admin")
    add(tracker, ED, "Ed", "contributor")
    tracker("user", "set-role", " ED@example.org", "editor")
    assert "ed@example.org\teditor\tactive\tEd\n" in tracker("user", "list").out
    tracker("user", "deactivate", ED)
    assert "ed@example.org\teditor\tdeactivated\tEd\n" in tracker("user", "list").out
    other = "another four unrelated words"
    tracker("user", "set-password", ADA, "--password-stdin", typed=f"{other}\n")
    tracker("user", "set-password", ADA, "--password-stdin", typed="short\n", code=1)
    assert fits(database, ADA, other)
    assert not fits(database, ADA, PASSWORD)


@pytest.mark.parametrize("command", [("deactivate", ADA), ("set-role", ADA, "editor")])
def test_the_last_active_admin_is_kept(tracker: Tracker, command: tuple[str, ...]) -> None:
    add(tracker, ADA, "Ada", "admin")
    add(tracker, ED, "Ed", "admin")
    tracker("user", "deactivate", ED)
    assert "last active admin" in tracker("user", *command, code=1).err
    assert "ada@example.org\tadmin\tactive\tAda\n" in tracker("user", "list").out


def test_the_log_says_what_was_done_by_the_command_line_and_holds_no_password(tracker: Tracker, database: str) -> None:
    add(tracker, ADA, "Ada", "admin")
    add(tracker, ED, "Ed", "editor")
    tracker("user", "set-password", ED, "--password-stdin", typed=f"{PASSWORD}!\n")
    tracker("user", "set-role", ED, "contributor")
    tracker("user", "deactivate", ED)
    log = events(database)
    assert [event.action for event in log] == ["created", "created", "password changed", "edited", "deactivated"]
    assert {(event.actor_name, event.actor_id) for event in log} == {("Command line", None)}
    told = " ".join(f"{event.before} {event.after} {event.reason}" for event in log)
    assert "argon2" not in told
    assert PASSWORD not in told


def test_a_link_invites_or_resets_and_is_printed_once(tracker: Tracker, database: str) -> None:
    site = "http://tracker.test"
    said = tracker("user", "add", ADA, "--name", "Ada", "--role", "admin", "--link", TRACKER_SITE_URL=site).out
    assert said.startswith(
        "With this link Ada chooses a password, once, within 72 hours:\nhttp://tracker.test/staff/link/"
    )
    assert "argon2" not in said
    add(tracker, ED, "Ed", "editor")
    reset = tracker("user", "link", " ED@example.org", TRACKER_SITE_URL=site).out
    assert "Ed chooses a password, once, within 24 hours" in reset
    token = reset.strip().rpartition("/")[2]
    log = events(database)
    assert [event.action for event in log] == ["created", "invited", "created", "reset link made"]
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
