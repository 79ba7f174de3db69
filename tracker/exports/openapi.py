"""The OpenAPI 3.1 document of the JSON API, made from the declarations of the files."""

from typing import Any

from tracker.exports import licence
from tracker.exports.columns import Table
from tracker.exports.operations import paths
from tracker.exports.schemas import Schema, list_of, record_schema, reference
from tracker.exports.tables import ASKS, EVIDENCE, LEGISLATION, LINKS, REPLIES, RESULTS, TABLES, TESTS, UPDATES
from tracker.rules.status import Family, Status

VERSION = "1.0.0"
ABOUT = (
    "What became of policy asks that were made in public, with the evidence: the same records as the CSV files, under "
    "the same names. Only reading, without a key and without cookies. Names and meanings stay as they are within v1; "
    "new members of objects, new parameters, new values of enumerations and new addresses may be added, so leave "
    "alone what you do not know. Answers say by ETag whether they have changed."
)
NEXT: Schema = {
    "type": ["string", "null"],
    "format": "uri",
    "description": "The address of the next records; null at the end. The Link header says the same.",
}


def document(site_url: str) -> dict[str, Any]:
    """Return the document for a site."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{licence.PUBLISHER}: API",
            "version": VERSION,
            "description": ABOUT,
            "license": {"name": licence.TITLE, "identifier": licence.NAME},
        },
        "servers": [{"url": f"{site_url}/api/v1"}],
        "externalDocs": {"description": "The API in words, and the files", "url": f"{site_url}/api"},
        "paths": paths(),
        "components": {"schemas": schemas()},
    }


def schemas() -> dict[str, Schema]:
    """Return every schema of the document by its name."""
    found = {table.record: record_schema(table) for table in TABLES.values()}
    found |= {f"{table.record}Page": _page(table) for table in TABLES.values() if table is not ASKS}
    return found | {
        "AskPage": _page(
            ASKS,
            total={"type": "integer", "description": "How many asks fit the filters."},
            is_total_capped={"type": "boolean", "description": "Always false: all that fit are counted."},
        ),
        "WholeAsk": _more(
            ASKS,
            is_archived={"type": "boolean", "description": "Whether we no longer follow it; then no file has it."},
            tests=list_of(reference(TESTS.record)),
            links=list_of(_more(LINKS, law=reference(LEGISLATION.record))),
            updates=list_of(
                _more(
                    UPDATES,
                    evidence=list_of(reference(EVIDENCE.record)),
                    results=list_of(reference(RESULTS.record)),
                )
            )
            | {"description": "The story, newest first."},
            replies=list_of(reference(REPLIES.record)),
        ),
        "WholeLaw": _more(
            LEGISLATION,
            is_archived={"type": "boolean", "description": "Whether we no longer follow it; then no file has it."},
            was=list_of({"type": "string"}) | {"description": "The bills that it was (law_key)."},
            links=list_of(reference(LINKS.record)),
            next=NEXT,
        ),
        "Statuses": _object(
            families=list_of(_object(family=_keys(Family), label=_text(), statuses=list_of(_keys(Status)))),
            statuses=list_of(
                _object(
                    status=_keys(Status),
                    status_label=_text(),
                    family=_keys(Family),
                    family_label=_text(),
                    means=_text(),
                    does_not_mean=_text(),
                    takes=_text("What the rules demand before it is accepted."),
                )
            ),
        ),
        "Problem": _object(
            type=_text("Which sort of problem: an address on the page about this API, or about:blank."),
            title=_text("The sort of problem in words."),
            status={"type": "integer", "description": "The HTTP status code."},
            detail=_text("What is wrong with this request."),
        ),
    }


def _page(table: Table, **more: Schema) -> Schema:
    """Some records, and where the next are."""
    return _object(records=list_of(reference(table.record)), next=NEXT, **more)


def _more(table: Table, **more: Schema) -> Schema:
    """A record with more members."""
    return {"allOf": [reference(table.record), _object(**more)]}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _keys(enum: type[Status] | type[Family]) -> Schema:
    return {"type": "string", "enum": [member.value for member in enum]}


def _text(description: str = "") -> Schema:
    return {"type": "string"} | ({"description": description} if description else {})
