"""A whole import in one transaction: taken in by the services, so that every rule holds and the log has each change.

A dry run is the same, undone at its end: what it says is what would happen.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy.exc import IntegrityError

from tracker.db.progress import Progress
from tracker.imports.compare import check_doubtful
from tracker.imports.lines import Line, Sheet, read
from tracker.imports.plan import Plan, TooMany
from tracker.imports.records import ONLY_READ, Asks, Laws, Links, Tests
from tracker.imports.stories import Stories
from tracker.imports.take import take
from tracker.imports.work import Work
from tracker.rules import checks
from tracker.rules.permissions import Action
from tracker.rules.text import SENTENCE_LENGTH
from tracker.services.change import Change
from tracker.services.uploads import log_import


def take_in(
    change: Change,
    sheets: Sequence[Sheet],
    plan: Plan,
    *,
    site_url: str,
    reason: str = "",
    progress: Progress = lambda number: None,
) -> Plan:
    """Bring the rows in and tell the plan. The caller undoes everything when the plan has faults."""
    change.require(Action.PUBLISH)
    if problems := checks.at_most(reason, SENTENCE_LENGTH, "reason"):
        plan.fault("", 0, "", "a long reason", problems[0].message)
        return plan
    work = Work(change, plan, site_url, reason)

    def lines(name: str) -> Iterable[Line]:
        for sheet in sheets:
            if sheet.table.name == name:
                yield from read(sheet, plan, progress)

    try:
        laws = Laws()
        take(work, laws, lines(laws.name))
        laws.finish(work)
        for subject in (Asks(), Tests(), Links(), *ONLY_READ):
            take(work, subject, lines(subject.name))
        Stories().take(work, lines)
        check_doubtful(work)
        if plan.has_changes and not plan.faults:
            files = [sheet.file for sheet in sheets if plan.added[sheet.table.name] or plan.changed[sheet.table.name]]
            log_import(change, files, plan.added, plan.changed, reason)
        change.session.flush()
    except IntegrityError as error:
        plan.fault("", 0, "", str(error.orig), "Rows that agree with each other and with what the tracker holds.")
    except TooMany:
        pass
    in_order = {sheet.file: place for place, sheet in enumerate(sheets)}
    plan.faults.sort(key=lambda fault: (in_order.get(fault.file, -1), fault.row))
    return plan
