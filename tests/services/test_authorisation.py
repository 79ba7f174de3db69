"""Who may call which service, and what each call writes into the log: one table.

Each refused call must write nothing; each permitted one the stated number of events, in the same transaction, and it
raises the revision only where the public sees the change.
"""

import importlib
import inspect
import pkgutil
from itertools import chain
from types import ModuleType

import pytest
from sqlalchemy.orm import Session

from tests.factories import NOW, Staff
from tests.services.calls import CALLS, find_world, make_world
from tests.transactions import count_events, revision, shared_engine_with
from tracker import services
from tracker.rules.errors import NotAllowed
from tracker.services import proof
from tracker.services.change import Change

# Who may call what, how many events it writes, and whether the public sees it. Unless they are named here, editors and
# admins may, and one event is written that the public does not see.
ALL = [
    "asks.create_source", "asks.create_ask", "new_asks.enter", "new_asks.enter_source",
    "legislation.create_legislation", "drafts.save", "asks.add_note", "people.set_password, one's own",
    "people.choose_password", "second_factor.set_up", "second_factor.make_codes", "second_factor.take",
    "sessions.start", "sessions.wait", "sessions.log_failure",
]  # fmt: skip
ADMINS_ALONE = [
    "people.add_person", "people.edit_person", "people.set_password", "people.sign_out", "people.set_active",
    "personal_data.erase", "taking_down.take_down", "people.make_link", "second_factor.reset", "bodies.keep_publisher",
    "bodies.keep_publisher, to take away",
]  # fmt: skip
NOBODY = ["second_factor.set_up, another's", "second_factor.make_codes, another's"]
THE_AUTHOR_ALONE = ["updates.withdraw"]  # who is Ed
EVENTS = {
    0: ["asks.edit_ask, nothing", "updates.foresee", "sessions.wait", "uploads.keep", "uploads.find", "uploads.drop"],
    2: [
        "updates.post", "updates.post, to a draft", "updates.post_redefinition", "updates.approve",
        "replies.end_dispute",
        "targets.add_targets", "findings.fill", "bulk.change_many", "people.sign_out", "personal_data.erase",
        "people.choose_password", "second_factor.make_codes", "second_factor.take", "second_factor.reset",
    ],
    3: [
        "asks.edit_ask, its wording", "new_asks.enter", "new_asks.publish", "tests.add_tests", "tests.edit_test",
        "tests.archive_test", "tests.restore_test",
    ],
    4: ["tests.add_in_words", "bulk.change_many, a review"],
    5: ["new_asks.enter, for the public"],
}  # fmt: skip
SHOWN = [
    "asks.edit_source", "asks.edit_ask, its topic", "asks.edit_ask, its wording", "asks.publish_ask",
    "new_asks.enter, for the public", "new_asks.publish", "tests.add_tests", "tests.add_in_words", "tests.edit_test",
    "tests.archive_test", "tests.restore_test", "legislation.edit_legislation", "legislation.edit_link",
    "legislation.publish_link", "records.publish", "records.archive", "records.restore", "updates.publish",
    "updates.post", "updates.post_redefinition", "updates.approve", "replies.publish_reply", "replies.mark_disputed",
    "replies.end_dispute", "targets.decide", "targets.erase", "findings.dismiss", "findings.fill", "bulk.change_many",
    "bulk.change_many, a review", "taking_down.take_down",
]  # fmt: skip
# What these do is a part of what those that call them do, and they ask for no permission of their own.
PARTS = {
    "records.create", "records.edit", "records.move", "records.put", "records.require_own", "records.require_own_part",
    "records.save", "bodies.find_or_create", "people.end_sessions", "people.end_links", "events.record",
    "updates.check_ready", "findings.note_telling", "findings.tell_by",
}  # fmt: skip


shared_engine = shared_engine_with(make_world)


def may(who: str, name: str) -> bool:
    """True if the service serves Cleo, a contributor, Ed, an editor, or Ada, an admin."""
    if name in ADMINS_ALONE:
        return who == "ada"
    if name in THE_AUTHOR_ALONE:
        return who == "ed"
    return name not in NOBODY and (who != "cleo" or name in ALL)


@pytest.mark.parametrize("name", CALLS)
def test_each_service_serves_those_who_may_and_logs_what_it_did(session: Session, staff: Staff, name: str) -> None:
    events = next((number for number, named in EVENTS.items() if name in named), 1)
    for who, actor in vars(staff).items():
        with session.begin_nested() as tried:
            world, change = find_world(session), Change(session, actor, NOW)
            count, number = count_events(session), revision(session)
            if may(who, name):
                CALLS[name](change, world)
                session.flush()
                assert count_events(session) - count == events, who
                assert (revision(session) > number) is (name in SHOWN), who
                proof.verify(session)
            else:
                with pytest.raises(NotAllowed), session.begin_nested():
                    CALLS[name](change, world)
                assert (count_events(session), revision(session)) == (count, number), who
            tried.rollback()
        session.expunge_all()


def changing_functions(module: ModuleType) -> set[str]:
    """The public functions of a service whose first argument is the change."""
    short = module.__name__.rpartition(".")[2]
    return {
        f"{short}.{name}"
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and next(iter(inspect.signature(function).parameters), "") == "change"
    }


def test_every_service_that_changes_something_stands_in_the_table() -> None:
    names = [module.name for module in pkgutil.iter_modules(services.__path__)]
    modules = [importlib.import_module(f"{services.__name__}.{name}") for name in names]
    there_are = {name for module in modules for name in changing_functions(module)}
    assert {name.partition(",")[0] for name in CALLS} | PARTS == there_are
    assert {*ALL, *ADMINS_ALONE, *NOBODY, *THE_AUTHOR_ALONE, *SHOWN, *chain(*EVENTS.values())} <= {*CALLS}
