"""The tables as one SQLite file, for people who like SQL and for programs such as Datasette."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing

from tracker.exports.columns import Table, Type, cell
from tracker.exports.package import ORDER
from tracker.exports.tables import TABLES

MEDIA_TYPE = "application/vnd.sqlite3"


def write_sqlite(path: str, site_url: str, rows_of: Callable[[str], Iterable[object]]) -> None:
    """Write all tables into the empty file: what the CSV files hold, unguarded, with NULL for what is empty."""
    with closing(sqlite3.connect(path)) as database, database:
        for name in ORDER:
            columns = TABLES[name].columns
            database.execute(_schema(TABLES[name]))
            marks = ", ".join("?" * len(columns))
            cells = ([cell(column.read(row), site_url) or None for column in columns] for row in rows_of(name))
            database.executemany(f'INSERT INTO "{name}" VALUES ({marks})', cells)  # noqa: S608 (our own names)


def _schema(table: Table) -> str:
    parts = [f'"{column.name}" {"INTEGER" if column.type is Type.NUMBER else "TEXT"}' for column in table.columns]
    if table.is_key_whole:
        parts.append(f"PRIMARY KEY ({', '.join(table.key)})")
    for reference in table.references:
        parts.append(f"FOREIGN KEY ({', '.join(reference.columns)}) REFERENCES {reference.table}")
    return f'CREATE TABLE "{table.name}" ({", ".join(parts)})'
