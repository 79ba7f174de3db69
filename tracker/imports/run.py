"""A whole import in one transaction: row by row through the services, by every rule, each change in the log.

A dry run is the same, undone at its end: what it says is what would happen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.db.progress import Progress
from tracker.imports.cells import EDITABLE
from tracker.imports.compare import Found, compare
from tracker.imports.files import Lines
from tracker.imports.plan import Plan, TooMany
from tracker.imports.records import RECORDS, Import
from tracker.imports.rows import Line
from tracker.imports.stories import post_entries
from tracker.rules import checks
from tracker.rules.permissions import Action
from tracker.rules.text import SENTENCE_LENGTH
from tracker.services.change import Change
from tracker.services.uploads import log_import


@dataclass(frozen=True)
class Checked:
    """Files that were read and compared: by table, the rows that are new or differ. The plan has what is wrong."""

    plan: Plan
    lines: Mapping[str, Sequence[Line]] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """How many rows are new or differ."""
        return sum(map(len, self.lines.values()))


def check(session: Session, lines: Lines, plan: Plan, site_url: str) -> Checked:
    """Return what files say otherwise than the tracker. Needs no more than a session that reads."""
    differing: dict[str, Sequence[Line]] = {}
    try:
        for name in EDITABLE:
            found = compare(session, name, lines.get(name, ()), plan, site_url)
            differing[name] = [row.line for row in found]
    except TooMany:
        pass
    plan.sort()
    return Checked(plan, differing)


def apply(
    change: Change,
    checked: Checked,
    *,
    site_url: str,
    reason: str = "",
    progress: Progress = lambda number: None,
) -> Plan:
    """Apply the rows that differ and return the plan. The caller undoes everything when it has faults.

    The rows are compared once more, since others may have changed the tracker since they were checked.
    """
    change.require(Action.PUBLISH)
    plan = checked.plan.begun()
    if problems := checks.at_most(reason, SENTENCE_LENGTH, "reason"):
        plan.fault("", 0, "", "a long reason", problems[0].message)
        return plan
    work = Import(change, plan, reason)

    def rows(name: str) -> Iterable[Found]:
        for found in compare(change.session, name, checked.lines[name], plan, site_url):
            yield found
            progress(1)

    try:
        for name in RECORDS:
            for found in rows(name):
                work.bring(name, found)
            work.finish_table()
        post_entries(work, rows)
        if plan.has_changes and not plan.faults:
            log_import(change, _files(plan, checked.lines), plan.added, plan.changed, reason)
        change.session.flush()
    except IntegrityError as error:
        plan.fault("", 0, "", str(error.orig), "Rows that agree with each other and with what the tracker holds.")
    except TooMany:
        pass
    plan.sort()
    return plan


def _files(plan: Plan, lines: Mapping[str, Sequence[Line]]) -> list[str]:
    """Return the files out of which something came in, in their order."""
    used = {lines[name][0].file for name in plan.tables if plan.added[name] or plan.changed[name]}
    return [file for file in dict.fromkeys(plan.files) if file in used]
