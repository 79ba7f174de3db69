"""A folder of CSV files as `tracker export` writes it: its files found, their rows read, their cells understood."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from tracker.exports.columns import Column, Table, Type
from tracker.exports.folder import WHOLE, YES
from tracker.imports.cells import FORMULA_ERROR, is_garbled, typed
from tracker.imports.files import Lines, read_csv
from tracker.imports.plan import Plan
from tracker.imports.rows import Line, Refused, lines_of
from tracker.models import Ask, Evidence, Legislation, Link, Reply, Source, SuccessTest, Update
from tracker.rules import asks, legislation, replies, updates
from tracker.rules.asks import Publication
from tracker.rules.text import clean

COLUMNS: Mapping[str, Mapping[str, Column]] = {
    name: {column.name: column for column in table.columns} for name, table in WHOLE.items()
}
# Of each table: its model, its draft, and the columns that stand in the model and in no draft.
KINDS: Mapping[str, tuple[Any, Any, str]] = {
    "sources": (Source, asks.SourceDraft, "publication"),
    "legislation": (Legislation, legislation.LegislationDraft, "publication"),
    "asks": (Ask, asks.AskDraft, "publication reviewed_on disputed_on disputed_about is_said_defamatory"),
    "tests": (SuccessTest, asks.TestDraft, "result result_on is_archived"),
    "links": (Link, legislation.LinkDraft, "publication"),
    "evidence": (Evidence, updates.EvidenceDraft, "position"),
    "updates": (Update, updates.UpdateDraft, "publication recorded_at published_at submitted_at sent_back_note"),
    "replies": (Reply, replies.ReplyDraft, "publication"),
}
OF_ASK = {"ask_id": ("asks", "ask_slug")}
OF_UPDATE = {"update_id": ("updates", "ask_slug", "update_key")}
# What a row names: the table in which it stands, and the columns that hold its key.
REFERENCES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "legislation": {"becomes_id": ("legislation", "becomes")},
    "asks": {"source_id": ("sources", "source_key")},
    "tests": OF_ASK,
    "links": OF_ASK | {"legislation_id": ("legislation", "law_key")},
    "evidence": OF_UPDATE,
    "results": OF_UPDATE | {"test_id": ("tests", "ask_slug", "test_key")},
    "updates": OF_ASK
    | {"superseded_by_id": ("asks", "superseded_by"), "corrects_id": ("updates", "ask_slug", "corrects")},
    "replies": OF_ASK,
    "redirects": OF_ASK,
    "wordings": OF_ASK,
}
MAY_BE_EMPTY = {"becomes", "superseded_by", "corrects"}
# What an empty cell means, where that is not nothing.
EMPTY = {
    "publication": Publication.PUBLISHED, "disputed_about": "", "sent_back_note": "", "is_archived": False,
    "is_said_defamatory": False,
}  # fmt: skip
# The columns that are taken in; all others follow from them.
TAKEN: Mapping[str, frozenset[str]] = {
    name: frozenset(
        [of.name for of in fields(kind) if of.name in COLUMNS[name]]
        + [column for column in more.split() if column in COLUMNS[name]]
        + [columns[-1] for _, *columns in REFERENCES.get(name, {}).values()]
    )
    for name, (_, kind, more) in KINDS.items()
} | {"results": frozenset(["result"])}
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


def values_of(name: str, line: Line, wanted: Iterable[str], plan: Plan) -> dict[str, Any]:
    """Return the values of these columns of a row, None where a cell is empty; the plan is told of faulty cells."""
    values: dict[str, Any] = {}
    for column in wanted:
        text = line.cells.get(column, "")
        values[column] = None
        try:
            values[column] = value_of(COLUMNS[name][column], text) if text else None
        except ValueError as error:
            plan.fault(line.file, line.number, column, text, str(error))
    return values


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
        case Type.CHOICE if YES in column.choices:
            return typed(column, text) == YES
    return typed(column, text) or None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError("A moment with its time zone, such as 2026-11-22T12:00:00+00:00.")
    return moment
