"""Targets and the entries of the UK Sanctions List that come in with a folder."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from tracker.exports.columns import YES
from tracker.imports.files import Line
from tracker.imports.folder import whole_row
from tracker.imports.plan import Plan
from tracker.models import Designation, SanctionsList, Target
from tracker.rules.chain import SALT_BYTES
from tracker.rules.errors import Problem
from tracker.rules.official import UNIQUE_ID, TargetRow, TargetsDraft, TargetState, check_targets
from tracker.services.targets import commitment_to

Entries = Mapping[str, Designation]
DAYS = ("first_seen", "last_seen", "removed_on")


def read_designations(lines: Iterable[Line], plan: Plan, at: datetime) -> tuple[Entries, list[SanctionsList]]:
    """Return the entries of a folder by unique ID, and the lists they stood on; the plan is told of faulty rows."""
    entries, days = {}, set()
    for line in lines:
        values = whole_row(line, plan)
        if not UNIQUE_ID.fullmatch(line.key[0]):
            plan.refuse(line, "unique_id", "Three letters and four digits, such as RUS0001.")
        days |= {values[column] for column in DAYS} - {None}
        if values["removed_on"] is None:
            values["last_seen"] = None
        entries[line.key[0]] = Designation(**values, name="", measures="")
    return entries, [SanctionsList(day=day, read_at=at) for day in sorted(days)]


def finish_target(entries: Entries, line: Line, target: Target, draft: TargetRow, at: datetime) -> list[Problem]:
    """Give a target what its row says under another name; return what is wrong with it."""
    number = line.key[-1]
    if not (number.isascii() and number.isdigit() and 0 < int(number) < 10**9):
        return [Problem("A whole number.", "target_number")]
    target.position, target.asked_as, target.candidates = int(number), draft.name, []
    target.salt = secrets.token_hex(SALT_BYTES)
    target.commitment = commitment_to(target)
    is_compared = draft.state in {TargetState.LISTED, TargetState.NOT_LISTED}
    target.confirmed_at = at if is_compared else None
    # A public export has only names that are shown, and does not say so.
    target.is_shown = is_compared and bool(draft.name) and line.cells.get("is_shown", YES) == YES
    entry = entries.get(draft.unique_id or "")
    if draft.state is TargetState.LISTED and entry:
        entry.measures = line.cells.get("measures", "")
    elif draft.state is TargetState.LISTED:
        return [Problem("What a row of designations.csv has.", "unique_id")]
    elif draft.unique_id:
        return [Problem("Nothing, where the state is not “listed”.", "unique_id")]
    problems = check_targets(TargetsDraft((draft.name,), draft.kind, draft.words)) if draft.name else []
    return [problem._replace(field="name") for problem in problems]
