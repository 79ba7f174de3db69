"""A whole import in one transaction: row by row through the services, by every rule, each change in the log.

Records come first; then new entries of stories are posted with their evidence and results, and history stays as it
is. A dry run is the same, undone at its end: what it says is what would happen.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tracker.imports.compare import HISTORY, Checked, Found, compare
from tracker.imports.files import Line
from tracker.imports.plan import Plan, TooMany
from tracker.imports.records import RECORDS, Import
from tracker.models import Ask, SuccessTest, Update
from tracker.rules import checks
from tracker.rules.errors import Problem, RuleBroken, refuse
from tracker.rules.people import Action
from tracker.rules.text import SENTENCE_LENGTH, is_slug
from tracker.rules.updates import EvidenceDraft, UpdateDraft
from tracker.services import drafts, updates
from tracker.services.change import Change
from tracker.services.uploads import log_import

WAITS = "sent to somebody else for approval"


@dataclass
class NewEntry:
    """A new entry of a story with the rows of its evidence and its results."""

    update: Found
    parts: Mapping[str, list[Found]] = field(default_factory=lambda: {"evidence": [], "results": []})


def apply(
    change: Change,
    checked: Checked,
    *,
    site_url: str,
    reason: str = "",
    progress: Callable[[int], None] = lambda number: None,
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
        _post_entries(work, rows)
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


def _post_entries(work: Import, rows: Callable[[str], Iterable[Found]]) -> None:
    """Gather the new entries from three tables, then post them in the order of the file."""
    entries = {_entry_key(found.line): NewEntry(found) for found in rows("updates")}
    for name in ("evidence", "results"):
        for found in rows(name):
            if entry := entries.get(_entry_key(found.line)):
                entry.parts[name].append(found)
            else:
                is_known = _find_update(work, *_entry_key(found.line)) is not None
                expected = HISTORY if is_known else "The key of an entry that updates.csv adds."
                work.plan.refuse(found.line, "update_key", expected)
    for entry in entries.values():
        try:
            note = WAITS if _post(work, entry) else ""
        except RuleBroken as broken:
            _refuse(work, entry, broken.problems)
            continue
        work.plan.add("updates", entry.update.line.label, entry.update.differences, note)
        for name, more in entry.parts.items():
            for found in more:
                work.plan.add(name, found.line.label, found.differences)


def _post(work: Import, entry: NewEntry) -> bool:
    """Publish an entry; return True if it was sent to somebody else instead, who must publish it."""
    change, cells = work.change, entry.update.line.cells
    ask, key = work.find("ask_slug", cells["ask_slug"]), cells["update_key"]
    if not is_slug(key):
        refuse([Problem("A key of its own in small letters, digits and hyphens: the date will do.", "key")])
    if _find_update(work, ask.slug, key):
        refuse([Problem("Another key: a draft has this one. Look at it in the staff area.", "key")])
    draft = _draft(work, ask, entry)
    if change.four_eyes and draft.status:
        updates.submit(change, ask, drafts.save(change, ask, draft, key))
        return True
    updates.post(change, ask, draft, key=key)
    return False


def _draft(work: Import, ask: Ask, entry: NewEntry) -> UpdateDraft:
    values = dict(entry.update.values)
    if corrects := values.pop("corrects", ""):
        values["corrects_id"] = _find_update(work, ask.slug, corrects)
        if values["corrects_id"] is None:
            raise RuleBroken([Problem("The key of an entry of the same ask.", "corrects")])
    if slug := values.pop("superseded_by", ""):
        values["superseded_by_id"] = work.find("superseded_by", slug).id
    for place, found in enumerate(entry.parts["evidence"], 1):
        if found.line.cells["position"] != str(place):
            expected = f"{place}, its place among the evidence of the entry."
            raise RuleBroken([Problem(expected, f"evidence-{place - 1}-position")])
    evidence = tuple(EvidenceDraft(**found.values) for found in entry.parts["evidence"])
    results = tuple(
        (_find_test(work, ask, place, found.line), found.values["result"])
        for place, found in enumerate(entry.parts["results"])
    )
    return UpdateDraft(**values, evidence=evidence, results=results)


def _find_test(work: Import, ask: Ask, place: int, line: Line) -> int:
    key = line.cells["test_key"]
    of_ask = sa.select(SuccessTest.id).where(SuccessTest.ask_id == ask.id, SuccessTest.key == key)
    if (number := work.change.session.scalar(of_ask)) is not None:
        return number
    is_refused = ("tests", ask.slug, key) in work.refused
    raise RuleBroken([] if is_refused else [Problem("The key of a test of the ask.", f"results-{place}-test_key")])


def _find_update(work: Import, slug: str, key: str) -> int | None:
    """Return the number of an entry, published or not."""
    of_ask = sa.select(Update.id).join(Update.ask).where(Ask.slug == slug, Update.key == key)
    return work.change.session.scalar(of_ask)


def _refuse(work: Import, entry: NewEntry, problems: Iterable[Problem]) -> None:
    """Put what the rules say of a piece of evidence or a result beside its row, all else beside the entry."""
    for problem in problems:
        part, _, rest = (problem.field or "").partition("-")
        number, _, column = rest.partition("-")
        rows = entry.parts.get(part, [])
        if number.isdigit() and int(number) < len(rows):
            work.plan.refuse(rows[int(number)].line, column, problem.message)
        else:
            work.refuse(entry.update.line, [problem])


def _entry_key(line: Line) -> tuple[str, str]:
    """Return which entry a row of any of the three tables is about."""
    return line.cells["ask_slug"], line.cells["update_key"]
