"""Who may call which service, and what each call writes into the log: one table.

Each refused call must write nothing; each permitted one the stated number of events, in the same transaction, and it
raises the revision only where the public sees the change. The log adds up to the tables then, and lists and search to
what the asks say.
"""

import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest
from sqlalchemy.orm import Session

from tests.factories import NOW, Staff
from tests.services.calls import CALLS, World, make_world
from tests.transactions import count_events, revision, shared_engine_with
from tracker import services
from tracker.rules.errors import NotAllowed
from tracker.services import derived, proof, replay
from tracker.services.change import Change

# What these do is a part of what those that call them do, and they ask for no permission of their own.
PARTS = {
    "records.create", "records.edit", "records.move", "records.put", "records.require_own", "records.require_own_part",
    "records.save", "bodies.find_or_create", "people.end_sessions", "people.end_links", "events.record",
    "updates.check_ready", "findings.note_telling", "findings.tell_by",
}  # fmt: skip


shared_engine = shared_engine_with(make_world)


@pytest.mark.parametrize("name", CALLS)
def test_each_service_serves_those_who_may_and_logs_what_it_did(session: Session, staff: Staff, name: str) -> None:
    allowed, events, is_shown, call = CALLS[name]
    for who, actor in vars(staff).items():
        with session.begin_nested() as tried:
            world, change = World(session), Change(session, actor, NOW)
            count, number = count_events(session), revision(session)
            if who[0] in allowed:
                call(change, world)
                session.flush()
                assert count_events(session) - count == events, who
                assert (revision(session) > number) is is_shown, who
                proof.verify(session)
                assert replay.find_differences(session) == derived.find_faults(session) == []
            else:
                with pytest.raises(NotAllowed), session.begin_nested():
                    call(change, world)
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
