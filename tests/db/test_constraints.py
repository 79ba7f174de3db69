"""Every named constraint refuses what breaks it, even from a statement that goes past our code."""

import re

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.factories import (
    NOW,
    make_ask,
    make_designation,
    make_law,
    make_link,
    make_targets,
    make_test,
    make_update,
)
from tests.transactions import shared_engine_with
from tracker.db.base import UNCHECKED, Base, PartialDateColumn
from tracker.models import EvidenceLook, Finding, Look, Publisher, Reply, SanctionsList, StatusSpan
from tracker.rules.dates import PartialDate
from tracker.rules.official import LookOutcome
from tracker.rules.status import Status
from tracker.rules.updates import EvidenceType, Result
from tracker.services.change import Change


def one_of_each(change: Change) -> None:
    """One row in each table that the statements below change; the entry is a draft, so that no trigger stops them."""
    ask, law = make_ask(change, responsible_bodies=("The Treasury",)), make_law(change)
    make_link(change, ask, law)
    results = ((make_test(change, ask).id, Result.MET),)
    update = make_update(change, ask, published=False, results=results)
    other = make_ask(change, slug="other")  # nothing public happens to it, so its lists are left alone
    since = {"begins_on": "2018-01-01", "happened_on": PartialDate("2018")}
    asked_on, due_on = PartialDate("2026-01-01"), PartialDate("2026-02-01")
    change.session.add_all(
        [
            Reply(ask_id=ask.id, asked="A body", asked_on=asked_on, due_on=due_on, version=1),
            Finding(
                kind="made", subject_kind="ask", subject_id=ask.id, outside_key="law/1", digest="0" * 8, says="Made",
                tells="Made.", address="https://a.example", page_title="A law", seen_at=change.at, version=1,
            ),
            EvidenceLook(evidence_id=update.evidence[0].id, asked_at=change.at),
            Publisher(host="news.example.org", publisher="News", type=EvidenceType.INDEPENDENT),
            Look(source="law", looked_at=change.at, outcome=LookOutcome.OK),
            StatusSpan(ask_id=other.id, status=Status.MET, reason="", **since),
            SanctionsList(day=PartialDate("2026-11-20"), read_at=NOW),
        ]
    )  # fmt: skip
    make_designation(change.session)
    make_targets(change, ask, "Boris Testov")


shared_engine = shared_engine_with(one_of_each)
# Constraint -> what breaks it, as SET clauses of an UPDATE of its table, or a whole statement.
COLUMNS = [(table.name, column) for table in Base.metadata.tables.values() for column in table.columns]
DATES = [(table, column.name) for table, column in COLUMNS if isinstance(column.type, PartialDateColumn)]
CHOICES = [(table, column.name) for table, column in COLUMNS if isinstance(column.type, sa.Enum)]
CHECKS = {
    **{f"ck_{table}_{name}_shape": f"{name} = '2018-3'" for table, name in DATES if f"{table}.{name}" not in UNCHECKED},
    **{f"ck_{table}_{name}": f"{name} = 'unheard-of'" for table, name in CHOICES},
    # The row as it stands would break another constraint first.
    "ck_evidence_look_sight": "sight = 'unheard-of', seen_at = asked_at",
    "ck_evidence_look_seen_when": "sight = 'quoted'",
    "ck_ask_status": "status = 'unheard-of', status_on = '2018'",
    "ck_ask_publication": "publication = 'unheard-of', status = 'announced', status_on = '2018'",
    "ck_ask_status_on_shape": "status = 'announced', status_on = '2018-3'",
    "ck_ask_published_has_status": "publication = 'published'",
    "ck_ask_status_has_date": "status = 'announced'",
    "ck_ask_review_interval": "review_interval_days = 0",
    "ck_ask_same_as_another": "same_as_id = id",
    "ck_ask_wording_present": "quote = ''",
    "ck_success_test_label_present": "label = ''",
    "ck_body_name_present": "name = ''",
    "ck_legislation_title_present": "title = ''",
    "ck_legislation_becomes_another": "becomes_id = id",
    "ck_ask_update_names_status": "kind = 'status', publication = 'published', published_at = recorded_at",
    "ck_ask_update_names_corrected": "kind = 'correction'",
    "ck_ask_update_status_has_reason": "status = 'met', publication = 'published', published_at = recorded_at",
    "ck_ask_update_published_when": "publication = 'published'",
    "ck_evidence_url_is_web": "url = 'javascript:alert(1)'",
    "ck_evidence_title_present": "title = ''",
    "ck_reply_asked_present": "asked = ''",
    "ck_reply_answered_has_answer": "answer = 'Yes.'",
    "ck_finding_dismissed_has_reason": "state = 'dismissed', decided_at = seen_at",
    "ck_finding_decided_when": "state = 'told'",
    "ck_revision_one_row": "id = 2",
    "ck_designation_last_seen_shape": "last_seen = '2018-3', removed_on = '2018'",
    "ck_designation_removed_on_shape": "removed_on = '2018-3', last_seen = '2018'",
    "ck_designation_removed_was_seen": "removed_on = '2018'",
    "ck_target_listed_has_id": "unique_id = 'RUS9001'",
    "ck_target_confirmed_when": "state = 'not_listed'",
    "ck_target_shown_is_confirmed": "is_shown = true",
    "ck_event_id_positive": (
        "INSERT INTO event (id, at, actor_name, action, subject, subject_id, subject_name, previous_hash, hash) "
        "SELECT 0, at, actor_name, action, subject, subject_id, subject_name, previous_hash, 'x' FROM event LIMIT 1"
    ),
}
ALSO = {  # further ways to break the same constraint
    "ck_ask_status_has_date": ["status_on = '2018'"],
    "ck_ask_review_interval": ["review_interval_days = 731"],
    "ck_ask_wording_present": ["title = ''", "summary = ''"],
    "ck_ask_update_published_when": ["published_at = recorded_at"],
    "ck_evidence_url_is_web": ["url = ''", "url = 'data:text/html,x'", "url = 'ftp://a.example'"],
    "ck_source_published_on_shape": ["published_on = ''", "published_on = '20180'", "published_on = '3/4/2018'"],
}
UNIQUE_NAMES = {
    "uq_source_key", "uq_ask_slug", "uq_success_test_ask_id_key", "uq_body_slug", "uq_body_name_key",
    "uq_ask_body_body_id_ask_id", "uq_legislation_key", "uq_legislation_identity", "uq_legislation_address",
    "uq_link_ask_id_legislation_id_provisions_extent_key", "uq_person_email", "uq_ask_update_ask_id_key",
    "uq_evidence_update_id_position", "uq_finding_outside_key_digest", "uq_event_hash", "uq_personal_detail_commitment",
    "uq_publisher_host", "uq_target_ask_id_position",
}  # fmt: skip
UNIQUE = {
    str(constraint.name): [column.name for column in constraint.columns]
    for table in Base.metadata.tables.values()
    for constraint in table.constraints
    if isinstance(constraint, sa.UniqueConstraint)
}


def table_of(constraint: str) -> sa.Table:
    """The table whose name stands in the constraint's name."""
    tables = sorted(Base.metadata.tables, key=len, reverse=True)
    return next(Base.metadata.tables[name] for name in tables if constraint[3:].startswith(name + "_"))


def refused(session: Session, statement: sa.Executable) -> str:
    with pytest.raises(DBAPIError) as error, session.begin_nested():
        session.execute(statement)
    return str(error.value.orig)


BROKEN = [(name, broken) for name, first in CHECKS.items() for broken in (first, *ALSO.get(name, ()))]


def test_each_check_refuses_what_breaks_it(session: Session) -> None:
    for name, broken in BROKEN:
        statement = broken if broken.startswith("INSERT") else f"UPDATE {table_of(name).name} SET {broken}"
        said = refused(session, sa.text(statement))
        assert re.search(rf"\b{name}\b", said), f"{statement}: {said}"


def test_each_unique_constraint_refuses_a_second_row(session: Session) -> None:
    for name, columns in UNIQUE.items():
        table = table_of(name)
        row = dict(session.execute(sa.select(table)).mappings().first() or {})
        others = {column: value for column, value in different(table, row).items() if column not in columns}
        said = refused(session, table.insert().values(row | others))
        wanted = ", ".join(f"{table.name}.{column}" for column in columns)
        assert name in said or f"UNIQUE constraint failed: {wanted}" in said, f"{name}: {said}"
        if len(columns) > 1 and not table.c[columns[-1]].foreign_keys:
            # Each column counts: with another value in one of them it is another row.
            last = different(table, row)[columns[-1]]
            with session.begin_nested() as tried:
                session.execute(table.insert().values(row | others | {columns[-1]: last}))
                tried.rollback()


def different(table: sa.Table, row: dict[str, object]) -> dict[str, object]:
    """Other values for the columns that no two rows share, so that only one constraint is broken."""
    alone = {column.name for column in table.primary_key} | {"key", "identity", "address", "slug", "email", "hash"}
    alone |= {"position", "extent_key", "digest", "name_key"}
    return {
        name: f"other-{value}" if isinstance(value, str) else int(str(value)) + 1000
        for name, value in row.items()
        if name in alone and value is not None
    }


def test_every_check_and_every_unique_constraint_is_broken_above() -> None:
    named: set[str] = set()
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            if isinstance(constraint, sa.CheckConstraint | sa.UniqueConstraint):
                named.add(str(constraint.name))
    assert {*CHECKS, *UNIQUE_NAMES} == named
