"""The rows of the files as JSON: the same names and values; text as it is, without the spreadsheets' guard."""

import json
from datetime import datetime
from typing import Any

from tracker.exports.columns import Column, Table, Type, cell

Record = dict[str, Any]


def record(table: Table, row: object, site_url: str) -> Record:
    """A row as an object; every key of the table is there, with null where nothing is known."""
    return {column.name: _value(column, row, site_url) for column in table.columns}


def write(document: object) -> str:
    """The document as text; keys keep their order."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def write_for_people(document: object) -> str:
    """The document as indented text."""
    return json.dumps(document, ensure_ascii=False, indent=2)


def moment(value: datetime) -> str:
    """A moment as the files write it."""
    return cell(value, "")


def _value(column: Column, row: object, site_url: str) -> Any:
    value = column.read(row)
    if column.type is Type.LIST:
        return list(value) if isinstance(value, list | tuple) else []
    if column.type is Type.NUMBER:
        return value
    return cell(value, site_url) or None
