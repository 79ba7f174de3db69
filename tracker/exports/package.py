"""All files in one: described as a Data Package (version 2) and packed piece by piece, or as one SQLite file."""

import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from typing import Any

from tracker.exports import json
from tracker.exports.columns import Column, Origin, Table, Type, cell
from tracker.exports.json import PARTIAL_DATE
from tracker.exports.tables import TABLES

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
LAW = {"title": "legislation.gov.uk", "path": "https://www.legislation.gov.uk/"}
FORMATS: dict[Type, dict[str, str]] = {
    Type.MOMENT: {"type": "datetime", "format": "any"},
    Type.NUMBER: {"type": "integer"},
    Type.WEB_ADDRESS: {"type": "string", "format": "uri"},
}
Described = dict[str, Any]
# What names others comes before what it names: a row that is added while we pack has all that it names.
ORDER = ("targets", "replies", "results", "evidence", "updates", "tests", "links", "legislation", "asks", "sources")
EARLIEST = (1980, 1, 1, 0, 0, 0)
Pieces = Callable[[str], Iterable[str]]


def describe(origin: Origin, checkpoint: str, sources: Iterable[tuple[str, str]]) -> Described:
    """The content of datapackage.json: for which state of the data, and when its latest entry was published.

    `checkpoint` fixes the history that led to it. `sources` are titles and addresses of where the asks were made.
    """
    created = {"created": cell(origin.published_at, "")} if origin.published_at else {}
    face = origin.face
    return {
        "$schema": PROFILE,
        "name": "policy-asks",
        "title": "Policy asks: what became of them",
        "description": "What was asked, what became of it, and the evidence: statuses with their whole history, "
        "success tests, legislation. A cell that a spreadsheet would run as a formula has an apostrophe in front.",
        "homepage": origin.site_url,
        "version": str(origin.revision),
        "checkpoint": checkpoint,
        **created,
        "licenses": [{"title": face.licence, "path": face.licence_url}],
        "contributors": [{"title": face.name, "path": origin.site_url, "roles": ["publisher"]}],
        "sources": [*({"title": title, "path": path} for title, path in sources), LAW],
        "resources": [_resource(table) for table in TABLES.values()],
    }


def _resource(table: Table) -> Described:
    key = {"primaryKey": [*table.key]} if table.is_key_whole else {"uniqueKeys": [[*table.key]]}
    keys = {name: [*TABLES[name].key] for name in table.references}
    references = [{"fields": key, "reference": {"resource": name, "fields": key}} for name, key in keys.items()]
    schema = {"fields": [_field(column) for column in table.columns], "missingValues": [""], **key}
    return {
        "name": table.name,
        "type": "table",
        "path": f"{table.name}.csv",
        "title": table.name.capitalize(),
        "description": f"Each row is {table.row_is}.",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema | ({"foreignKeys": references} if references else {}),
    }


def _field(column: Column) -> Described:
    constraints: Described = {"required": True} if column.is_always else {}
    if column.choices:
        constraints["enum"] = [*column.choices]
    if column.type is Type.PARTIAL_DATE:
        constraints["pattern"] = PARTIAL_DATE
    return {
        "name": column.name,
        "description": column.meaning,
        **FORMATS.get(column.type, {"type": "string"}),
        **({"constraints": constraints} if constraints else {}),
    }


class _Sink(bytearray):
    """Takes what the packer writes until it is sent on."""

    def write(self, piece: bytes) -> int:
        self.extend(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""


def pack(description: Described, written_at: datetime | None, csv: Pieces) -> Iterator[bytes]:
    """Yield the zip file piece by piece; `csv` returns the pieces of a file."""
    sink, time = _Sink(), written_at.timetuple()[:6] if written_at else EARLIEST
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:  # type: ignore[call-overload]
        for name, pieces in _files(description, csv):
            entry = zipfile.ZipInfo(name, time)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with packed.open(entry, "w") as file:
                for piece in pieces:
                    file.write(piece.encode())
                    yield bytes(sink)
                    sink.clear()
    yield bytes(sink)


def _files(description: Described, csv: Pieces) -> Iterator[tuple[str, Iterable[str]]]:
    yield "README.txt", [_readme(description)]
    yield "datapackage.json", [json.write_for_people(description)]
    for name in ORDER:
        yield f"{name}.csv", csv(name)


def _readme(description: Described) -> str:
    (licence,), (publisher,) = description["licenses"], description["contributors"]
    lines = [
        f"{description['title']}",
        "",
        f"From {description['homepage']}, revision {description['version']}.",
        *([f"The latest entry is of {description['created']}."] if "created" in description else []),
        f"The checkpoint of the log of all changes is {description['checkpoint']}",
        f"(see {description['homepage']}/data#proof). Keep it: it shows later whether that history was rewritten.",
        "",
        "The files are CSV (RFC 4180, UTF-8). datapackage.json says what each row and each column is.",
        "A cell that a spreadsheet would run as a formula has an apostrophe in front: take exactly one away.",
        "",
        *(f"{table.name}.csv: each row is {table.row_is}." for table in TABLES.values()),
        "",
        f"Licence: {licence['title']}, {licence['path']}",
        f"Name the source as “{publisher['title']}, {description['homepage']}”, with the date and the revision.",
        "Quotations and documents that are linked to belong to those who wrote them.",
        "",
    ]
    return "\r\n".join(lines)


def write_sqlite(path: str, site_url: str, rows_of: Callable[[str], Iterable[object]]) -> None:
    """Write all tables into the empty file: what the CSV files hold, unguarded, with NULL for what is empty."""
    with closing(sqlite3.connect(path)) as database, database:
        for name in ORDER:
            columns = TABLES[name].columns
            database.execute(_create(TABLES[name]))
            marks = ", ".join("?" * len(columns))
            cells = ([cell(column.read(row), site_url) or None for column in columns] for row in rows_of(name))
            database.executemany(f'INSERT INTO "{name}" VALUES ({marks})', cells)  # noqa: S608 (our own names)


def _create(table: Table) -> str:
    parts = [f'"{column.name}" {"INTEGER" if column.type is Type.NUMBER else "TEXT"}' for column in table.columns]
    if table.is_key_whole:
        parts.append(f"PRIMARY KEY ({', '.join(table.key)})")
    for name in table.references:
        parts.append(f"FOREIGN KEY ({', '.join(TABLES[name].key)}) REFERENCES {name}")
    return f'CREATE TABLE "{table.name}" ({", ".join(parts)})'
