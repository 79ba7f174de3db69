"""Whatever staff did: what goes out comes in again and changes nothing, and a new tracker takes the records over."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from sqlalchemy.orm import Session

from tests.engines import ENGINES, Databases
from tests.exported import read
from tests.factories import NOW, find_staff, source_draft
from tests.imports.taking import ADDRESS, bring, exported
from tests.services.test_replay import FIRST, SEQUENCES, play
from tests.transactions import count_events, filled_engine, revision, undone
from tracker.exports import csv, workbook
from tracker.exports.columns import Origin
from tracker.exports.tables import TABLES
from tracker.face import Face
from tracker.imports.cells import fillable
from tracker.imports.compare import STATEMENTS
from tracker.imports.records import RECORDS
from tracker.queries.public import tables
from tracker.services import asks
from tracker.services.change import Change

Rows = list[dict[str, str]]


@pytest.fixture(scope="module", params=ENGINES)
def empty_engine(databases: Databases, request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    with filled_engine(databases, request.param) as engine:
        yield engine


def as_ed(session: Session) -> Change:
    return Change(session, find_staff(session).ed, NOW)


def as_workbook(session: Session) -> bytes:
    """All public tables as a spreadsheet program would open them."""
    file = io.BytesIO()
    edition = Origin(ADDRESS, Face(), revision(session), datetime(2026, 11, 22, tzinfo=UTC))
    workbook.write_workbook(file, edition, lambda name: iter(session.execute(tables.RECORDS[name].statement()).all()))
    return file.getvalue()


def fillable_rows(text: str, name: str) -> Rows:
    """The rows of a file in order, without the columns that the tracker works out by itself."""
    wanted = [column.name for column in fillable()[name]]
    rows = [{column: row[column] for column in wanted} for row in read(text)]
    return sorted(rows, key=lambda row: [row[column] for column in TABLES[name].key])


def written(name: str, rows: Rows) -> str:
    header = [column.name for column in fillable()[name]]
    return "".join(csv.write(header, ([row[column] for column in header] for row in rows)))


@pytest.mark.slow
def test_whatever_staff_did_what_goes_out_changes_nothing_and_makes_drafts_elsewhere(empty_engine: sa.Engine) -> None:
    @settings(max_examples=3, deadline=None)
    @given(SEQUENCES)
    def any_state(sequence: list[tuple[int, int, bool]]) -> None:
        with undone(empty_engine) as new_session:
            play(new_session, FIRST + sequence)
            with new_session() as session, session.begin():
                public = exported(as_ed(session))
                before = count_events(session), revision(session)
                for form in (public, {"policy-asks.xlsx": as_workbook(session)}):
                    plan = bring(as_ed(session), form)
                    assert plan.faults == []
                    assert (plan.added.total(), plan.changed.total()) == (0, 0)
                    assert plan.left.total() == sum(len(read(text)) for text in public.values())
                assert (count_events(session), revision(session)) == before
                assert exported(as_ed(session)) == public
        records = {name: fillable_rows(public[f"{name}.csv"], name) for name in RECORDS}
        with undone(empty_engine) as new_session, new_session() as session, session.begin():
            ed = as_ed(session)
            for key, url in {(row["source_key"], row["source_url"]) for row in records["asks"]}:
                asks.create_source(ed, source_draft(key=key, url=url))
            plan = bring(ed, {f"{name}.csv": written(name, rows) for name, rows in records.items()})
            assert plan.faults == []
            assert plan.added.total() == sum(map(len, records.values()))
            for name, rows in records.items():
                there = TABLES[name].csv(session.execute(STATEMENTS[name]()).all(), ADDRESS)
                assert fillable_rows("".join(there), name) == rows
            assert not bring(ed, {f"{name}.csv": written(name, rows) for name, rows in records.items()}).has_changes

    any_state()
