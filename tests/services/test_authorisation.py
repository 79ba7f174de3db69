"""Who may call which service, and what each call writes into the log: one table.

Each refused call must write nothing; each permitted one the stated number of events, in the same transaction, and it
raises the revision only where the public sees the change.
"""

import importlib
import inspect
import pkgutil
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

TABLE = """
service                               | contributor | editor | admin | events | public
asks.create_source                    | yes         | yes    | yes   | 1      | -
asks.edit_source                      | -           | yes    | yes   | 1      | yes
asks.create_ask                       | yes         | yes    | yes   | 1      | -
asks.edit_ask, its topic              | -           | yes    | yes   | 1      | yes
asks.edit_ask, its wording            | -           | yes    | yes   | 3      | yes
asks.edit_ask, a draft                | -           | yes    | yes   | 1      | -
asks.edit_ask, nothing                | -           | yes    | yes   | 0      | -
asks.publish_ask                      | -           | yes    | yes   | 1      | yes
bodies.edit_body                      | -           | yes    | yes   | 1      | -
new_asks.enter                        | yes         | yes    | yes   | 3      | -
new_asks.enter, for the public        | -           | yes    | yes   | 5      | yes
new_asks.enter_source                 | yes         | yes    | yes   | 1      | -
new_asks.publish                      | -           | yes    | yes   | 3      | yes
tests.add_tests                       | -           | yes    | yes   | 3      | yes
tests.add_in_words                    | -           | yes    | yes   | 4      | yes
tests.add_tests, to a draft           | -           | yes    | yes   | 1      | -
tests.edit_test                       | -           | yes    | yes   | 3      | yes
tests.archive_test                    | -           | yes    | yes   | 3      | yes
tests.restore_test                    | -           | yes    | yes   | 3      | yes
legislation.create_legislation        | yes         | yes    | yes   | 1      | -
legislation.edit_legislation          | -           | yes    | yes   | 1      | yes
legislation.edit_legislation, a draft | -           | yes    | yes   | 1      | -
legislation.create_link               | -           | yes    | yes   | 1      | -
legislation.edit_link                 | -           | yes    | yes   | 1      | yes
legislation.publish_link              | -           | yes    | yes   | 1      | yes
records.publish                       | -           | yes    | yes   | 1      | yes
records.archive                       | -           | yes    | yes   | 1      | yes
records.archive, a draft              | -           | yes    | yes   | 1      | -
records.restore                       | -           | yes    | yes   | 1      | yes
drafts.save                           | yes         | yes    | yes   | 1      | -
drafts.edit                           | -           | yes    | yes   | 1      | -
drafts.discard                        | -           | yes    | yes   | 1      | -
drafts.restore                        | -           | yes    | yes   | 1      | -
updates.publish                       | -           | yes    | yes   | 1      | yes
updates.foresee                       | -           | yes    | yes   | 0      | -
updates.post                          | -           | yes    | yes   | 2      | yes
updates.post, to a draft              | -           | yes    | yes   | 2      | -
updates.post_redefinition             | -           | yes    | yes   | 2      | yes
updates.submit                        | -           | yes    | yes   | 1      | -
updates.withdraw                      | -           | yes    | -     | 1      | -
updates.send_back                     | -           | yes    | yes   | 1      | -
updates.approve                       | -           | yes    | yes   | 2      | yes
replies.create_reply                  | -           | yes    | yes   | 1      | -
replies.edit_reply                    | -           | yes    | yes   | 1      | -
replies.publish_reply                 | -           | yes    | yes   | 1      | yes
replies.mark_disputed                 | -           | yes    | yes   | 1      | yes
replies.end_dispute                   | -           | yes    | yes   | 2      | yes
targets.add_targets                   | -           | yes    | yes   | 2      | -
targets.decide                        | -           | yes    | yes   | 1      | yes
targets.erase                         | -           | yes    | yes   | 1      | yes
findings.dismiss                      | -           | yes    | yes   | 1      | yes
findings.fill                         | -           | yes    | yes   | 2      | yes
asks.add_note                         | yes         | yes    | yes   | 1      | -
bulk.change_many                      | -           | yes    | yes   | 2      | yes
bulk.change_many, a review            | -           | yes    | yes   | 4      | yes
people.add_person                     | -           | -      | yes   | 1      | -
people.edit_person                    | -           | -      | yes   | 1      | -
people.set_password                   | -           | -      | yes   | 1      | -
people.set_password, one's own        | yes         | yes    | yes   | 1      | -
people.sign_out                       | -           | -      | yes   | 2      | -
people.set_active                     | -           | -      | yes   | 1      | -
personal_data.erase                   | -           | -      | yes   | 2      | -
taking_down.take_down                 | -           | -      | yes   | 1      | yes
people.make_link                      | -           | -      | yes   | 1      | -
people.choose_password                | yes         | yes    | yes   | 2      | -
second_factor.set_up                  | yes         | yes    | yes   | 1      | -
second_factor.set_up, another's       | -           | -      | -     | 0      | -
second_factor.make_codes              | yes         | yes    | yes   | 2      | -
second_factor.make_codes, another's   | -           | -      | -     | 0      | -
second_factor.take                    | yes         | yes    | yes   | 2      | -
second_factor.reset                   | -           | -      | yes   | 2      | -
sessions.start                        | yes         | yes    | yes   | 1      | -
sessions.wait                         | yes         | yes    | yes   | 0      | -
sessions.log_failure                  | yes         | yes    | yes   | 1      | -
bodies.keep_publisher                 | -           | -      | yes   | 1      | -
bodies.keep_publisher, to take away   | -           | -      | yes   | 1      | -
uploads.keep                          | -           | yes    | yes   | 0      | -
uploads.find                          | -           | yes    | yes   | 0      | -
uploads.log_import                    | -           | yes    | yes   | 1      | -
uploads.drop                          | -           | yes    | yes   | 0      | -
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()[1:]]
# What these do is a part of what those that call them do, and they ask for no permission of their own.
PARTS = {
    "records.create",
    "records.edit",
    "records.move",
    "records.require_own",
    "records.require_own_part",
    "records.save",
    "bodies.find_or_create",
    "people.end_sessions",
    "people.end_links",
    "events.record",
    "updates.check_ready",
    "findings.note_telling",
    "findings.tell_by",
}


shared_engine = shared_engine_with(make_world)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
@pytest.mark.parametrize("column", [1, 2, 3], ids=["Cleo", "Ed", "Ada"])  # the columns of the table
def test_each_service_serves_those_who_may_and_logs_what_it_did(
    session: Session, staff: Staff, row: list[str], column: int
) -> None:
    actor = (staff.cleo, staff.ed, staff.ada)[column - 1]
    world, change = find_world(session), Change(session, actor, NOW)
    count, number = count_events(session), revision(session)
    if row[column] == "yes":
        CALLS[row[0]](change, world)
        session.flush()
        assert count_events(session) - count == int(row[4])
        assert (revision(session) > number) is (row[5] == "yes")
        proof.verify(session)
        return
    with pytest.raises(NotAllowed), session.begin_nested():
        CALLS[row[0]](change, world)
    assert (count_events(session), revision(session)) == (count, number)


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
    assert {row[0].partition(",")[0] for row in ROWS} | PARTS == there_are
    assert [row[0] for row in ROWS] == list(CALLS)
