"""The OpenAPI 3.1 document of the JSON API, made from the declarations of the files."""

from collections.abc import Iterable
from typing import Any

from tracker.exports.json import Schema, list_of, record_schema, reference
from tracker.exports.tables import TABLES
from tracker.face import Face
from tracker.rules.asks import AskKind
from tracker.rules.status import Family, Status

MOST = 100
USUAL = 50
# What a record of each table beside the asks is called.
RECORDS = {
    "updates": "Update",
    "evidence": "Evidence",
    "tests": "Test",
    "results": "RecordedResult",
    "legislation": "Law",
    "links": "Link",
    "replies": "Reply",
    "sources": "Source",
    "targets": "Target",
}
ORDERS = ["changed", "status", "title", "best"]
SORTED = (
    "In which order: by last change, or for words the best match first, unless another is chosen; “best” needs words"
)
TOGETHER = "; all filters must fit, so that two which contradict each other leave none"
Described = dict[str, Any]
GIVEN: Described = {"type": "string", "minLength": 1}
PROBLEMS = {
    400: "A parameter is not known, is given twice, is empty or has a value that does not exist; the detail names it.",
    404: "There is nothing at this address.",
    405: "The API is only for reading: GET, HEAD and OPTIONS.",
    500: "A fault of ours. It is noted; please tell us what you asked for if it stays.",
    503: "The site is busy; Retry-After says when to ask again.",
}
VERSION = "1.0.0"
ABOUT = (
    "What became of policy asks that were made in public, with the evidence: the same records as the CSV files, under "
    "the same names. Only reading, without a key and without cookies. Names and meanings stay as they are within v1; "
    "new members of objects, new parameters, new values of enumerations and new addresses may be added, so leave "
    "alone what you do not know. Answers say by ETag whether they have changed."
)
LINK: Described = {
    "description": "The next page as rel=next, where there is one (RFC 8288).",
    "schema": {"type": "string"},
}
TOTAL: Described = {"description": "How many asks fit the filters.", "schema": {"type": "integer"}}
NEXT: Schema = {
    "type": ["string", "null"],
    "format": "uri",
    "description": "The address of the next records; null at the end. The Link header says the same.",
}


def paths() -> dict[str, Described]:
    """Return every path with its parameters and answers."""
    found = {
        "/asks": _get(
            "listAsks",
            "The published asks that fit the filters, the last changed first",
            "AskPage",
            _ask_filters(),
            total=True,
        ),
        "/asks/{ask_slug}": _get(
            "getAsk",
            "An ask whole: its record, tests, links with their laws, story with evidence and results, replies, targets "
            "and disputes that ended. A former slug is redirected to the present one",
            "WholeAsk",
            [_in_path("ask_slug", "The ask's slug")],
        ),
    }
    for name, record in RECORDS.items():
        found[f"/{name}"] = _get(
            f"list{name.capitalize()}",
            f"Each record is {TABLES[name].row_is}; in the order in which they were entered",
            f"{record}Page",
            [_in_query("ask", "Only what belongs to the ask with this slug", GIVEN), *PAGED],
        )
    return found | {
        "/legislation/{law_key}": _get(
            "getLaw",
            "A law with the bills that it was and, page by page, its links to asks. The key has slashes in it",
            "WholeLaw",
            [_in_path("law_key", "The law's key"), *PAGED],
        ),
        "/statuses": _get(
            "listStatuses", "The statuses with their definitions: what each means and does not mean", "Statuses", []
        ),
    }


def _ask_filters() -> list[Described]:
    enums: dict[str, Any] = {"family": Family, "status": Status, "kind": AskKind}
    chosen = [_in_query(name, f"Only asks of this {name}{TOGETHER}", _keys(enum)) for name, enum in enums.items()]
    words = {
        "topic": "Only asks of the topic with this slug",
        "body": "Only asks for which the body with this slug answers",
        "law": "Only asks linked to the law with this key",
        "q": "Only asks in which these words stand",
        "source": "Only asks made in the source with this key",
        "place": "Only asks that would apply in the place with this slug",
    }
    typed = [_in_query(name, meaning, GIVEN) for name, meaning in words.items()]
    flags = {"overdue": "Only asks of which a deadline was missed", "disputed": "Only asks that are disputed"}
    typed += [_in_query(name, meaning, {"type": "string", "enum": ["yes"]}) for name, meaning in flags.items()]
    return [*chosen, *typed, _in_query("sort", SORTED, {"type": "string", "enum": ORDERS}), *PAGED]


def _in_query(name: str, description: str, schema: Described) -> Described:
    return {"name": name, "in": "query", "description": f"{description}.", "schema": schema}


LIMITS = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
PAGED = [
    _in_query("after", "Where the last page ended: take it from “next”, do not make it", GIVEN),
    _in_query("limit", "At most so many records", LIMITS),
]


def _in_path(name: str, description: str) -> Described:
    return _in_query(name, description, {"type": "string"}) | {"in": "path", "required": True}


def _get(name: str, summary: str, schema: str, parameters: list[Described], *, total: bool = False) -> Described:
    headers = {"Link": LINK} if any(parameter["name"] == "after" for parameter in parameters) else {}
    if total:
        headers["X-Total-Count"] = TOTAL
    answer = {"description": "OK", "headers": headers, "content": {"application/json": {"schema": reference(schema)}}}
    problem = {"application/problem+json": {"schema": reference("Problem")}}
    problems = {str(code): {"description": words, "content": problem} for code, words in PROBLEMS.items()}
    operation = {"operationId": name, "summary": f"{summary}.", "parameters": parameters}
    return {"get": operation | {"responses": {"200": answer, **problems}}}


def document(site_url: str, face: Face) -> dict[str, Any]:
    """Return the document for a site."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{face.name}: API",
            "version": VERSION,
            "description": ABOUT,
            "license": {"name": face.licence, "url": face.licence_url},
        },
        "servers": [{"url": f"{site_url}/api/v1"}],
        "externalDocs": {"description": "The API in words, and the files", "url": f"{site_url}/api"},
        "paths": paths(),
        "components": {"schemas": schemas()},
    }


def schemas() -> dict[str, Schema]:
    """Return every schema of the document by its name."""
    found = {record: record_schema(TABLES[name]) for name, record in {"asks": "Ask", **RECORDS}.items()}
    found |= {f"{record}Page": _page(record) for record in RECORDS.values()}
    return found | {
        "AskPage": _page(
            "Ask",
            total={"type": "integer", "description": "How many asks fit the filters."},
            is_total_capped={"type": "boolean", "description": "Always false: all that fit are counted."},
        ),
        "WholeAsk": _more(
            "Ask",
            is_archived={"type": "boolean", "description": "Whether we no longer follow it; then no file has it."},
            asked_elsewhere=list_of({"type": "string"}) | {"description": "The asks for the same (ask_slug)."},
            tests=list_of(reference("Test")),
            links=list_of(_more("Link", law=reference("Law"))),
            updates=list_of(
                _more(
                    "Update",
                    evidence=list_of(reference("Evidence")),
                    results=list_of(reference("RecordedResult")),
                )
            )
            | {"description": "The story, newest first."},
            replies=list_of(reference("Reply")),
            ended_disputes=list_of(_object(since=_text(), about=_text(), ended_at=_text(), outcome=_text())),
            targets=list_of(reference("Target")),
        ),
        "WholeLaw": _more(
            "Law",
            is_archived={"type": "boolean", "description": "Whether we no longer follow it; then no file has it."},
            was=list_of({"type": "string"}) | {"description": "The bills that it was (law_key)."},
            links=list_of(reference("Link")),
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


def _page(record: str, **more: Schema) -> Schema:
    """Some records, and where the next are."""
    return _object(records=list_of(reference(record)), next=NEXT, **more)


def _more(record: str, **more: Schema) -> Schema:
    """A record with more members."""
    return {"allOf": [reference(record), _object(**more)]}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _keys(enum: Iterable[Any]) -> Schema:
    return {"type": "string", "enum": [member.value for member in enum]}


def _text(description: str = "") -> Schema:
    return {"type": "string"} | ({"description": description} if description else {})
