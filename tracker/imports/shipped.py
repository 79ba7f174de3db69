"""What a list says otherwise than the tracker that it was brought into, record by record and field by field."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tracker.exports.columns import Type, cell
from tracker.exports.folder import WHOLE
from tracker.imports.folder import COLUMNS, TAKEN, read_folder, value_of
from tracker.imports.plan import Plan
from tracker.imports.rows import Line
from tracker.queries import folder as queries
from tracker.rules.changes import shown

# Addresses and wordings change in the tracker, not in a list.
COMPARED = tuple(name for name in WHOLE if name not in {"redirects", "wordings"})
# Where these are empty, the list leaves them to the tracker.
LEFT_TO_US = {
    "asks": {"review_interval_days", "reviewed_on", "is_said_defamatory"},
    "tests": {"before", "reviewed_on", "result", "result_on", "is_archived"},
    "legislation": {"year", "number", "citation", "address"},
    "replies": {"due_on"},
}


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
    for name in COMPARED:
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
        theirs, ours = cell(value_of(column, text) if text else None, ""), cell(column.read(row), "")
        if theirs != ours:
            yield Difference(name, record, title, theirs, ours)
