"""Rows of a file compared with what the tracker says of the same records."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from tracker.exports.columns import Column, Page, cell
from tracker.exports.tables import TABLES
from tracker.imports.cells import EDITABLE, ENTERED_BY_HAND, NAMES_SOURCE, is_garbled, typed
from tracker.imports.files import Line, Lines
from tracker.imports.plan import Differences, Plan, TooMany
from tracker.models import Ask, Legislation, Source, Update
from tracker.queries.public import tables
from tracker.queries.public.targets import target_rows
from tracker.rules.asks import Publication
from tracker.rules.text import shows

Values = dict[str, Any]
STEP = 500
EVERY = tuple(Publication)
# The public tables, with records that are not published yet; of a story only what is published.
STATEMENTS: Mapping[str, Callable[[], tables.Statement]] = {
    "asks": lambda: tables.asks(EVERY, as_public=True),
    "updates": lambda: tables.updates(of_asks=EVERY, as_public=True),
    "evidence": lambda: tables.evidence(of_asks=EVERY),
    "tests": lambda: tables.success_tests(EVERY),
    "results": lambda: tables.results(of_asks=EVERY),
    "legislation": lambda: tables.legislation(EVERY),
    "links": lambda: tables.links(EVERY, EVERY, EVERY),
    "replies": lambda: tables.replies(of_asks=EVERY),
    "sources": lambda: tables.sources(EVERY),
    "targets": lambda: target_rows(EVERY),
}
STORY = ("updates", "evidence", "results")
HISTORY = "Nothing else than before: history is not edited. Post a correction: a new row with kind “correction”."
# How rows of which table are found: those that have one of the values of a column of their key.
KEYS: Mapping[str, Any] = {
    "ask_slug": Ask.slug, "update_key": Update.key, "law_key": Legislation.key, "source_key": Source.key,
}  # fmt: skip
BY_AN_UPDATE = ("status", "family", "superseded_by")


class Found(NamedTuple):
    """A row of a file that is new or differs; `row` is what the tracker has, None where it is new."""

    line: Line
    row: Any
    values: Values
    differences: Differences


@dataclass(frozen=True)
class Checked:
    """Files that were read and compared: by table, the rows that are new or differ. The plan has what is wrong."""

    plan: Plan
    lines: Mapping[str, Sequence[Line]]

    @property
    def number(self) -> int:
        """How many rows are new or differ."""
        return sum(map(len, self.lines.values()))


def check(session: Session, lines: Lines, plan: Plan, site_url: str) -> Checked:
    """Return what files say otherwise than the tracker. Needs no more than a session that reads."""
    differing: dict[str, Sequence[Line]] = {}
    with suppress(TooMany):
        for name in EDITABLE:
            found = compare(session, name, lines.get(name, ()), plan, site_url)
            differing[name] = [row.line for row in found]
    plan.sort()
    return Checked(plan, differing)


def compare(session: Session, name: str, lines: Sequence[Line], plan: Plan, site_url: str) -> Iterator[Found]:
    """Yield the rows of a table that are new or differ; the plan is told of faulty ones and counts the others."""
    for start in range(0, len(lines), STEP):
        step = lines[start : start + STEP]
        rows = _find_rows(session, name, step)
        for line in step:
            number_of_faults = len(plan.faults)
            found = _compare(name, line, rows.get(line.key), plan, site_url)
            if len(plan.faults) > number_of_faults:
                continue
            if found.row is not None and not found.differences:
                plan.leave(name)
            else:
                yield found


def _find_rows(session: Session, name: str, lines: Sequence[Line]) -> dict[tuple[str, ...], Any]:
    """Return the tracker's rows that have the keys of these lines, by key."""
    table = TABLES[name]
    keys = [column for part in table.key for column in table.columns if column.name == part]
    named = [of.in_(sorted({line.cells[part] for line in lines})) for part, of in KEYS.items() if part in table.key]
    session.flush()
    # Past the models, which would take as long again.
    rows = session.connection().execute(STATEMENTS[name]().where(*named))
    return {tuple([cell(column.read(row), "") for column in keys]): row for row in rows}


def _compare(name: str, line: Line, row: Any, plan: Plan, site_url: str) -> Found:
    """Return what a row says that the tracker does not: values by column, and column, before and after in words."""
    values: Values = {}
    differences: list[tuple[str, str, str]] = []
    if row is None and name in ENTERED_BY_HAND:
        plan.refuse(line, TABLES[name].key[-1], ENTERED_BY_HAND[name])
        return Found(line, row, values, differences)
    for column, found, said in _differing(name, line, row, site_url):
        if column.name not in EDITABLE[name]:
            if not _is_read_elsewhere(column, found, row):
                plan.note(line.file, column.name, _why_ignored(name, column.name))
            continue
        if is_garbled(found):
            plan.refuse_garbled(line, column.name)
            continue
        try:
            value = typed(column, found)
            text = cell(value, site_url)
            if text != said:
                _check_edit(name, column, row, text)
                values[column.name] = value
                differences.append((column.name, said, text))
        except ValueError as error:
            plan.refuse(line, column.name, str(error))
    if row is None:
        _refuse_missing(name, line, plan)
    return Found(line, row, values, differences)


def _differing(name: str, line: Line, row: Any, site_url: str) -> Iterator[tuple[Column, str, str]]:
    """Yield the columns outside the key in which a row differs, with what it says and what the tracker says."""
    for title, found in line.cells.items():
        if column := _columns(name).get(title):
            said = "" if row is None else cell(column.read(row), site_url)
            if found != said:
                yield column, found, said


def _check_edit(name: str, column: Column, row: Any, text: str) -> None:
    """Raise ValueError if a cell of a known record may not become this."""
    if row is not None and name in STORY:
        raise ValueError(HISTORY)
    if row is not None and column.is_always and not text:
        raise ValueError(f"{column.asks_for}; it is never empty.")


def _is_read_elsewhere(column: Column, found: str, row: Any) -> bool:
    """True if nothing is lost when a cell that nobody edits is ignored."""
    if not found.strip() or (row is None and column.name in NAMES_SOURCE):
        return True
    value = None if row is None else column.read(row)
    return isinstance(value, Page) and found.strip().endswith(value.path)


def _why_ignored(name: str, column: str) -> str:
    if name in {"replies", "targets"}:
        return "A reply or a target is changed on the ask's page in the staff area."
    if name == "sources" or column in NAMES_SOURCE:
        return "A source is edited in the staff area."
    if column.startswith("disputed"):
        return "What is disputed is entered on the ask's page in the staff area."
    if column.startswith(BY_AN_UPDATE):
        return "A status changes only by a row of updates, with its evidence."
    return "The tracker works this column out by itself."


def _refuse_missing(name: str, line: Line, plan: Plan) -> None:
    """Refuse a new row that leaves out what it must have; a cell that cannot be read is refused already."""
    needed = [column for column in _columns(name).values() if column.is_always and column.name in EDITABLE[name]]
    for column in needed:
        if column.name != "before" and not shows(line.cells.get(column.name, "")):
            choices = f" One of: {', '.join(column.choices)}." if column.choices else ""
            plan.refuse(line, column.name, f"{column.asks_for}; a new row needs it.{choices}")


@cache
def _columns(name: str) -> dict[str, Column]:
    """Return the columns of a table outside its key, by name."""
    return {column.name: column for column in TABLES[name].columns if column.name not in TABLES[name].key}
