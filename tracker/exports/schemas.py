"""The records of the files as JSON Schemas (draft 2020-12, the dialect of OpenAPI 3.1)."""

from typing import Any

from tracker.exports.columns import Column, Table, Type

Schema = dict[str, Any]
PARTIAL_DATE = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
SHAPES: dict[Type, Schema] = {
    Type.TEXT: {},
    Type.PARTIAL_DATE: {"pattern": PARTIAL_DATE},
    Type.MOMENT: {"format": "date-time"},
    Type.WEB_ADDRESS: {"format": "uri"},
}


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
    """What a column can hold, null among it unless it is always there."""
    described: Schema = {"description": column.meaning.replace(", separated by semicolons", "")}
    match column.type:
        case Type.LIST:
            return list_of({"type": "string"}) | described
        case Type.NUMBER:
            return {"type": "integer"} | described
        case Type.CHOICE:
            keys = [*column.choices] if column.is_always else [*column.choices, None]
            return {"type": _kind(column), "enum": keys} | described
        case _:
            return {"type": _kind(column)} | SHAPES[column.type] | described


def _kind(column: Column) -> str | list[str]:
    return "string" if column.is_always else ["string", "null"]
