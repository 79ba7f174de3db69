"""A folder of CSV files as `tracker export` writes it: its rows read, its cells understood, compared with a tracker."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tracker.exports.columns import NO, YES, Column, Table, Type, cell
from tracker.exports.folder import WHOLE
from tracker.imports.cells import DRAFTS, FORMULA_ERROR, is_garbled, typed
from tracker.imports.files import Line, Lines, lines_of, read_csv
from tracker.imports.plan import Plan, Refused
from tracker.models import Ask, Body, Evidence, Legislation, Link, Reply, Source, SuccessTest, Target, Update
from tracker.queries import folder as queries
from tracker.rules.asks import Publication
from tracker.rules.text import clean
from tracker.rules.wording import shown

COLUMNS: Mapping[str, Mapping[str, Column]] = {
    name: {column.name: column for column in table.columns} for name, table in WHOLE.items()
}
# Of each table: its model, and the columns that stand in the model and in no draft.
KINDS: Mapping[str, tuple[Any, str]] = {
    "sources": (Source, "publication"),
    "legislation": (Legislation, "publication"),
    "bodies": (Body, ""),
    "asks": (Ask, "publication reviewed_on disputed_on disputed_about is_said_defamatory"),
    "tests": (SuccessTest, "result result_on is_archived"),
    "links": (Link, "publication"),
    "evidence": (Evidence, "position"),
    "updates": (Update, "publication recorded_at published_at submitted_at sent_back_note method_version"),
    "replies": (Reply, "publication"),
    "targets": (Target, "is_shown"),
}
OF_ASK = {"ask_id": ("asks", "ask_slug")}
OF_UPDATE = {"update_id": ("updates", "ask_slug", "update_key")}
# What a row names: the table in which it stands, and the columns that hold its key.
REFERENCES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "legislation": {"becomes_id": ("legislation", "becomes")},
    "asks": {"source_id": ("sources", "source_key"), "same_as_id": ("asks", "same_as")},
    "tests": OF_ASK,
    "links": OF_ASK | {"legislation_id": ("legislation", "law_key")},
    "evidence": OF_UPDATE,
    "results": OF_UPDATE | {"test_id": ("tests", "ask_slug", "test_key")},
    "updates": OF_ASK
    | {"superseded_by_id": ("asks", "superseded_by"), "corrects_id": ("updates", "ask_slug", "corrects")},
    "replies": OF_ASK,
    "targets": OF_ASK,
    "redirects": OF_ASK,
    "wordings": OF_ASK,
    "disputes": OF_ASK,
}
# What an empty cell means, where that is not nothing.
EMPTY = {
    "publication": Publication.PUBLISHED, "disputed_about": "", "sent_back_note": "", "method_version": "",
    "is_archived": False, "is_said_defamatory": False, "is_shown": False,
}  # fmt: skip
# The columns that are taken in; all others follow from them.
TAKEN: Mapping[str, frozenset[str]] = {
    name: frozenset(
        {*(of.name for of in fields(DRAFTS[name])), *more.split()} & COLUMNS[name].keys()
        | {columns[-1] for _, *columns in REFERENCES.get(name, {}).values()}
    )
    for name, (_, more) in KINDS.items()
} | {"results": frozenset(["result"])}
# Where these are empty, the list leaves them to the tracker.
LEFT_TO_US = {
    "asks": {"review_interval_days", "reviewed_on", "is_said_defamatory"},
    "tests": {"before", "reviewed_on", "result", "result_on", "is_archived"},
    "legislation": {"year", "number", "citation", "address"},
    "replies": {"due_on"},
}
NEEDED = ("sources", "asks", "updates")


def read_folder(folder: Path, plan: Plan) -> Lines:
    """Return the rows of each table; the plan is told of what cannot be read."""
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in WHOLE:
            plan.give_up(path.name, "A file of another name.", f"Files called {', '.join(WHOLE)}, with .csv.")
    return {name: _read(folder / f"{name}.csv", table, plan) for name, table in WHOLE.items()}


def _read(path: Path, table: Table, plan: Plan) -> list[Line]:
    if not path.exists():
        if table.name in NEEDED:
            plan.give_up(path.name, "There is no such file.", "A folder with sources, asks and updates at least.")
        return []
    try:
        lines = lines_of(path.name, table, read_csv(path.read_bytes()), plan)
    except Refused as error:
        plan.give_up(path.name, error.found, error.expected)
        return []
    for line in lines:
        for column in filter(lambda column: is_garbled(line.cells[column]), line.cells):
            plan.refuse_garbled(line, column)
    return lines


def values_of(line: Line, wanted: Iterable[str], plan: Plan) -> dict[str, Any]:
    """Return the values of these columns of a row, None where a cell is empty; the plan is told of faulty cells."""
    values: dict[str, Any] = dict.fromkeys(wanted)
    for column in filter(line.cells.get, values):
        try:
            values[column] = value_of(COLUMNS[line.table.name][column], line.cells[column])
        except ValueError as error:
            plan.refuse_unread(line, column, str(error))
    return values


def whole_row(line: Line, plan: Plan) -> dict[str, Any]:
    """Return all values of a row likewise; an empty cell is a fault where its column is never empty."""
    for column in line.table.columns:
        if column.is_always and not line.cells.get(column.name):
            plan.refuse_unread(line, column.name, f"{column.asks_for}; it is never empty.")
    return values_of(line, COLUMNS[line.table.name], plan)


def value_of(column: Column, text: str) -> Any:
    """Return what a cell means, or None for nothing; raises ValueError with what was expected."""
    match column.type:
        case Type.TEXT | Type.WEB_ADDRESS:
            if FORMULA_ERROR.fullmatch(text):
                raise ValueError("A text; this is what a spreadsheet shows where a formula failed.")
            return clean(text) or None
        case Type.NUMBER:
            if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**9):
                raise ValueError("A whole number.")
            return int(text)
        case Type.MOMENT:
            return _moment(text)
    return typed(column, text) or None


def _moment(text: str) -> datetime:
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo:
            return moment
    raise ValueError("A moment with its time zone, such as 2026-11-22T12:00:00+00:00.")


@dataclass(frozen=True)
class Difference:
    """A field of a record; `ours` is what the tracker says, None where it has no such record."""

    table: str
    record: str
    column: str = ""
    theirs: str = ""
    ours: str | None = None

    def __str__(self) -> str:
        if self.ours is None:
            return f"{self.table} {self.record}: only in the list"
        return f"{self.table} {self.record}, {self.column}: the list says {shown(self.theirs)}, we {shown(self.ours)}"


def find_differences(engine: sa.Engine, folder: Path, plan: Plan) -> list[Difference]:
    """Return where a list differs; what the tracker has besides is no difference. The plan is told of faults."""
    lines = read_folder(folder, plan)
    redirects: Iterator[Any] = queries.read(engine, "redirects", internal=True)
    moved = {row.former_slug: row.ask_slug for row in redirects}
    found: list[Difference] = []
    for name in filter(TAKEN.__contains__, WHOLE):  # all others change in the tracker, not in a list
        table, columns = WHOLE[name], COLUMNS[name]
        rows = {
            tuple(cell(columns[part].read(row), "") for part in table.key): row
            for row in queries.read(engine, name, internal=True)
        }
        for line in lines[name]:
            own = {**line.cells, "ask_slug": moved.get(line.cells.get("ask_slug", ""), line.cells.get("ask_slug", ""))}
            key = tuple(own[part] for part in table.key)
            if key in rows:
                found += _compare(name, line, " ".join(key).strip(), rows[key])
            else:
                found.append(Difference(name, " ".join(key).strip()))
    return found


def _compare(name: str, line: Line, record: str, row: object) -> Iterator[Difference]:
    left = LEFT_TO_US.get(name, set()) | {"publication"}
    for title in sorted(TAKEN[name] & line.cells.keys() - {*WHOLE[name].key}):
        column, text = COLUMNS[name][title], line.cells[title]
        if column.type is Type.MOMENT or (not text and title in left):
            continue
        theirs, ours = _said(column, text), cell(column.read(row), "")
        if theirs != ours:
            yield Difference(name, record, title, theirs, ours)


def _said(column: Column, text: str) -> str:
    """Return what a cell says, as an export writes it; an empty cell of “yes” or “no” says “no”."""
    if YES in column.choices:
        return text or NO
    return cell(value_of(column, text) if text else None, "")
