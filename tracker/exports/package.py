"""The description of all files as a Data Package (version 2), with a Table Schema each."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tracker.exports import licence
from tracker.exports.columns import Column, Table, Type
from tracker.exports.json import moment
from tracker.exports.schemas import PARTIAL_DATE
from tracker.exports.tables import TABLES

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
LAW = {"title": "legislation.gov.uk", "path": "https://www.legislation.gov.uk/"}
FORMATS: dict[Type, dict[str, str]] = {
    Type.MOMENT: {"type": "datetime", "format": "any"},
    Type.NUMBER: {"type": "integer"},
    Type.WEB_ADDRESS: {"type": "string", "format": "uri"},
}
Described = dict[str, Any]


def describe(
    site_url: str, revision: int, published_at: datetime | None, checkpoint: str, sources: Iterable[tuple[str, str]]
) -> Described:
    """The content of datapackage.json: for which state of the data, and when its latest entry was published.

    `checkpoint` fixes the history that led to it. `sources` are titles and addresses of where the asks were made.
    """
    created = {"created": moment(published_at)} if published_at else {}
    return {
        "$schema": PROFILE,
        "name": "policy-asks",
        "title": "Policy asks: what became of them",
        "description": "What was asked, what became of it, and the evidence: statuses with their whole history, "
        "success tests, legislation. A cell that a spreadsheet would run as a formula has an apostrophe in front.",
        "homepage": site_url,
        "version": str(revision),
        "checkpoint": checkpoint,
        **created,
        "licenses": [{"name": licence.NAME, "path": licence.ADDRESS, "title": licence.TITLE}],
        "contributors": [{"title": licence.PUBLISHER, "path": site_url, "roles": ["publisher"]}],
        "sources": [*({"title": title, "path": path} for title, path in sources), LAW],
        "resources": [_resource(table) for table in TABLES.values()],
    }


def _resource(table: Table) -> Described:
    return {
        "name": table.name,
        "type": "table",
        "path": f"{table.name}.csv",
        "title": table.name.capitalize(),
        "description": f"Each row is {table.row_is}.",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": _schema(table),
    }


def _schema(table: Table) -> Described:
    key = {"primaryKey": [*table.key]} if table.is_key_whole else {"uniqueKeys": [[*table.key]]}
    references = [
        {"fields": [*reference.columns], "reference": {"resource": reference.table, "fields": [*reference.columns]}}
        for reference in table.references
    ]
    return {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
        **key,
        **({"foreignKeys": references} if references else {}),
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
