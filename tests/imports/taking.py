"""Imports in the transaction of a test."""

from collections.abc import Mapping

from tracker.exports.tables import TABLES
from tracker.imports.compare import check
from tracker.imports.files import MOST_ROOM, read_files
from tracker.imports.plan import Fault, Plan
from tracker.imports.run import apply
from tracker.queries.public import tables
from tracker.services.change import Change

ADDRESS = "https://tracker.example"
Files = Mapping[str, str | bytes]


def bring(change: Change, files: Files, reason: str = "", room: int = MOST_ROOM) -> Plan:
    """What an import of these files did; text is written as UTF-8."""
    named = [(name, content.encode() if isinstance(content, str) else content) for name, content in files.items()]
    plan = Plan()
    checked = check(change.session, read_files(named, plan, room), plan, ADDRESS)
    return plan if plan.faults else apply(change, checked, site_url=ADDRESS, reason=reason)


def refused(change: Change, files: Files, reason: str = "") -> list[Fault]:
    """All that is wrong with these files, of which nothing stays."""
    with change.session.begin_nested() as tried:
        faults = bring(change, files, reason).faults
        tried.rollback()
    return faults


def faults_of(change: Change, files: Files, reason: str = "") -> list[tuple[str, int, str]]:
    """File, row and column of all that is wrong."""
    return [place(fault) for fault in refused(change, files, reason)]


def place(fault: Fault) -> tuple[str, int, str]:
    return fault.file, fault.row, fault.column


def exported(change: Change) -> dict[str, str]:
    """The public files as this transaction sees them."""
    change.session.flush()
    return {
        f"{name}.csv": "".join(table.csv(change.session.execute(tables.RECORDS[name].statement()).all(), ADDRESS))
        for name, table in TABLES.items()
    }


def summary(plan: Plan) -> dict[str, tuple[int, int, int]]:
    """Rows added, changed and left by table."""
    return {name: (plan.added[name], plan.changed[name], plan.left[name]) for name in plan.tables}
