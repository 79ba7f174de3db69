"""What is known of somebody who has left can be erased, and the log can still be proved whole."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.factories import NOW, Staff, actor_of, find_staff, make_ask, make_person, make_staff
from tests.on_disk import held_in_files, need_overwriting
from tests.tampering import unlock_log, write_in_first_format
from tests.transactions import count_events, shared_engine_with
from tests.unwanted import everything
from tracker.db.engine import writing
from tracker.models import Event, Person, PersonalDetail, SignInFailure, StaffSession, Upload
from tracker.queries.people import count_held_for_good, with_names
from tracker.rules.errors import Conflict, RuleBroken
from tracker.rules.people import Role
from tracker.services import people, personal_data, proof, sessions, uploads
from tracker.services.change import Change
from tracker.services.people import PersonDraft
from tracker.services.proof import BrokenChain

NAME, LATER_NAME = "Zoë Zed", "Zoë Zimmer"
FORMER_EMAIL, EMAIL = "zoe@example.org", "zoe.zed@example.org"


def work(ed: Change) -> None:
    """Zoë is invited and renamed, signs in, enters an ask, fails to sign in, and is deactivated."""
    ada = Change(ed.session, find_staff(ed.session).ada, NOW)
    zoe = make_person(ada, name=NAME, email=FORMER_EMAIL)
    people.make_link(ada, zoe)
    sessions.start(Change(ed.session, actor_of(zoe), NOW), zoe, device="Firefox on Linux")
    make_ask(Change(ed.session, actor_of(zoe), NOW))
    people.edit_person(ada, zoe, PersonDraft(EMAIL, LATER_NAME, Role.EDITOR), None)
    uploads.keep(Change(ed.session, actor_of(zoe), NOW), [("asks.csv", b"of Zo")], "")
    for address in (FORMER_EMAIL, EMAIL):
        sessions.note_failure(ed.session, address, "192.0.2.1", NOW)
    people.set_active(ada, zoe, False, None)


shared_engine = shared_engine_with(work)


@pytest.fixture
def zoe(session: Session) -> Person:
    return session.scalars(sa.select(Person).where(Person.email == EMAIL)).one()


def test_nothing_of_the_person_is_left_and_the_log_goes_on_saying_what_was_done(ada: Change, zoe: Person) -> None:
    session = ada.session
    addresses = (FORMER_EMAIL, EMAIL)
    theirs = (NAME, LATER_NAME, *addresses, *map(sessions.digest, addresses))
    assert all(known in everything(session) for known in theirs)
    before = count_events(session)
    personal_data.erase(ada, zoe, zoe.version, "Asked for it.")
    left = everything(session)
    assert [known for known in (*theirs, "Zoë", "Firefox") if known in left] == []
    assert proof.verify(session)[0] == before + 1
    for model in (StaffSession, SignInFailure, Upload):
        assert session.scalar(sa.select(sa.func.count()).select_from(model)) == 0
    assert count_held_for_good(session, zoe.id) == 0
    told = with_names(session, session.scalars(sa.select(Event).order_by(Event.id)))
    assert {it.actor_name for it in told if it.actor_id == zoe.id} == {f"erased person {zoe.id}"}
    about = [it for it in told if it.subject == "person" and it.subject_id == zoe.id]
    assert {it.subject_name for it in about} == {f"erased person {zoe.id}"}
    assert [it.after["role"] for it in about if it.action == "created" and it.after] == ["editor"]
    last = about[-1]
    assert (last.action, last.actor_name, last.reason) == ("erased", "Ada", "Asked for it.")


def test_an_entry_holds_no_name_and_the_database_lets_none_go_before_the_log_says_so(ada: Change, zoe: Person) -> None:
    session = ada.session
    entries = session.scalars(sa.select(Event).where(Event.subject == "person", Event.subject_id == zoe.id)).all()
    made = {it.subject_name for it in entries}
    assert len(made) == len({NAME, LATER_NAME})  # the same commitment each time
    assert entries[0].after
    assert entries[0].after["email"] not in made
    assert "Zoë" not in str([proof.content_of(it) for it in entries])
    assert proof.verify(session)
    theirs = sa.delete(PersonalDetail).where(PersonalDetail.person_id == zoe.id)
    with pytest.raises(DBAPIError, match="details of people"), session.begin_nested():
        session.execute(theirs)
    personal_data.erase(ada, zoe, None, "Asked for it.")
    with pytest.raises(DBAPIError, match="details of people"), session.begin_nested():
        session.execute(sa.delete(PersonalDetail))  # the others' stay


def test_only_who_is_deactivated_is_erased_once_and_for_a_reason(ada: Change, zoe: Person, staff: Staff) -> None:
    ed = ada.session.get_one(Person, staff.ed.id)
    for person, version, reason in ((ed, None, "Asked for it."), (zoe, None, "")):
        with pytest.raises(RuleBroken):
            personal_data.erase(ada, person, version, reason)
    with pytest.raises(Conflict):
        personal_data.erase(ada, zoe, zoe.version - 1, "Asked for it.")
    personal_data.erase(ada, zoe, None, "Asked for it.")
    for again in (
        lambda: personal_data.erase(ada, zoe, None, "Once more."),
        lambda: people.set_active(ada, zoe, True, None),
        lambda: people.edit_person(ada, zoe, PersonDraft(EMAIL, NAME, Role.EDITOR), None),
        lambda: people.set_password(ada, zoe, "hash"),
        lambda: people.make_link(ada, zoe),
    ):
        with pytest.raises(RuleBroken):
            again()
    assert make_person(ada, name=NAME, email=EMAIL).id != zoe.id


LACKS, OTHERWISE = "lacks a detail of person", "names a person otherwise"
TAMPERINGS = {
    "UPDATE personal_detail SET value = 'Eve' WHERE value = 'Ada'": OTHERWISE,
    "UPDATE personal_detail SET salt = substr(salt, 2) || substr(salt, 1, 1) WHERE value = 'Ada'": OTHERWISE,
    "UPDATE personal_detail SET salt = 'x' WHERE value = 'Ada'": OTHERWISE,
    "UPDATE personal_detail SET person_id = 2 WHERE value = 'Ada'": OTHERWISE,
    "UPDATE personal_detail SET commitment = salt WHERE value = 'Ada'": LACKS,
    "DELETE FROM personal_detail WHERE value = 'Ada'": LACKS,
    "DELETE FROM personal_detail WHERE value = 'ada@example.org'": LACKS,
    "DELETE FROM personal_detail": LACKS,
    "INSERT INTO personal_detail (person_id, value, salt, commitment) VALUES (1, 'A', 'x', 'y')": "belongs to is mis",
}


@pytest.mark.parametrize("erased", [False, True], ids=["nobody erased", "somebody erased"])
def test_a_detail_that_was_changed_or_taken_away_is_noticed(ada: Change, zoe: Person, erased: bool) -> None:
    session = ada.session
    if erased:
        personal_data.erase(ada, zoe, None, "Asked for it.")
    session.flush()
    unlock_log(session)
    for statement, what in TAMPERINGS.items():
        with session.begin_nested() as tried:
            session.execute(sa.text(statement))
            with pytest.raises(BrokenChain, match=what):
                proof.verify(session)
            tried.rollback()
        session.expunge_all()


def test_an_erasure_that_did_not_hold_is_noticed(ada: Change, zoe: Person) -> None:
    session, actor = ada.session, actor_of(zoe)
    personal_data.erase(ada, zoe, None, "Asked for it.")
    with session.begin_nested() as tried:
        session.add(PersonalDetail(person_id=zoe.id, value=NAME, salt="ab" * 32, commitment="c" * 64))
        with pytest.raises(BrokenChain, match="but a detail of them is still kept"):
            proof.verify(session)
        tried.rollback()
    sessions.log_failure(Change(session, actor, NOW), zoe)  # an entry of later, without the detail that it commits to
    session.flush()
    session.execute(sa.delete(PersonalDetail).where(PersonalDetail.person_id == zoe.id))
    with pytest.raises(BrokenChain, match=LACKS):
        proof.verify(session)


def test_entries_of_the_first_format_verify_and_read_as_before(ada: Change, zoe: Person) -> None:
    """As an older version wrote them: the name itself in the entry, and no format in what is hashed."""
    session = ada.session
    before = count_events(session)
    write_in_first_format(session)
    personal_data.erase(ada, zoe, None, "Asked for it.")
    count, _ = proof.verify(session)
    assert count == before + 1
    first = with_names(session, session.scalars(sa.select(Event).where(Event.actor_id == zoe.id)))
    assert {it.actor_name for it in first} == {NAME}
    assert count_held_for_good(session, zoe.id) > 3


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_no_byte_of_it_stays_in_the_file_or_in_its_journal(engine: sa.Engine) -> None:
    with writing(engine) as session:
        make_staff(session)
        work(Change(session, find_staff(session).ed, NOW))
    with writing(engine) as session:
        need_overwriting(session)
        zoe = session.scalars(sa.select(Person).where(Person.email == EMAIL)).one()
        personal_data.erase(Change(session, find_staff(session).ada, NOW), zoe, None, "Asked for it.")
    held = held_in_files(engine)
    assert b"Ada" in held
    assert EMAIL.encode() not in held
    assert b"Zimmer" not in held
