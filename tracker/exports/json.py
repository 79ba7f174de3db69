"""The rows of the files as JSON, with their JSON Schemas (draft 2020-12): the same names and values as in the files.

Text is as it is, without the spreadsheets' guard.
"""

import json
from typing import Any

from tracker.exports.columns import Column, Table, Type, cell

Record = dict[str, Any]
Schema = dict[str, Any]
PARTIAL_DATE = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
SHAPES: dict[Type, Schema] = {
    Type.TEXT: {},
    Type.PARTIAL_DATE: {"pattern": PARTIAL_DATE},
    Type.MOMENT: {"format": "date-time"},
    Type.WEB_ADDRESS: {"format": "uri"},
}


def as_object(table: Table, row: object, site_url: str) -> Record:
    """A row as an object; every key of the table is there, with null where nothing is known."""
    return {column.name: _value(column, row, site_url) for column in table.columns}


def write(document: object) -> str:
    """The document as text; keys keep their order."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def write_for_people(document: object) -> str:
    """The document as indented text."""
    return json.dumps(document, ensure_ascii=False, indent=2)


def _value(column: Column, row: object, site_url: str) -> Any:
    value = column.read(row)
    if column.type is Type.LIST:
        return list(value) if isinstance(value, list | tuple) else []
    if column.type is Type.NUMBER:
        return value
    return cell(value, site_url) or None


def reference(name: str) -> Schema:
    """Points to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def list_of(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def record_schema(table: Table) -> Schema:
    """One record of a table; every key is present, further keys may come."""
    return {
        "type": "object",
        "description": f"{table.row_is[:1].upper()}{table.row_is[1:]}.",
        "properties": {column.name: column_schema(column) for column in table.columns},
        "required": [column.name for column in table.columns],
    }


def column_schema(column: Column) -> Schema:
    """Return what a column can hold, null among it unless it is always there."""
    described: Schema = {"description": column.meaning.replace(", separated by semicolons", "")}
    text: Schema = {"type": "string" if column.is_always else ["string", "null"]}
    match column.type:
        case Type.LIST:
            return list_of({"type": "string"}) | described
        case Type.NUMBER:
            return {"type": "integer"} | described
        case Type.CHOICE:
            keys = [*column.choices] if column.is_always else [*column.choices, None]
            return text | {"enum": keys} | described
        case _:
            return text | SHAPES[column.type] | described
