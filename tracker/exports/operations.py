"""The addresses of the JSON API with their parameters and answers, for the OpenAPI document."""

from typing import Any

from tracker.exports.schemas import reference
from tracker.exports.tables import TABLES
from tracker.rules.asks import AskKind
from tracker.rules.status import Family, Status

MOST = 100
USUAL = 50
RECORDS = tuple(name for name in TABLES if name != "asks")
ORDERS = ["changed", "status", "title", "best"]
SORTED = "In which order: by last change, or for words the best match first, unless another is chosen"
Described = dict[str, Any]
PROBLEMS = {
    400: "A parameter is not known, is given twice or has a value that does not exist; the detail names it.",
    404: "There is nothing at this address.",
    405: "The API is only for reading: GET, HEAD and OPTIONS.",
    500: "A fault of ours. It is noted; please tell us what you asked for if it stays.",
    503: "The site is busy; Retry-After says when to ask again.",
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
            "An ask whole: its record, tests, links with their laws, story with evidence and results, and replies. "
            "A former slug is redirected to the present one",
            "WholeAsk",
            [_in_path("ask_slug", "The ask's slug")],
        ),
    }
    for name in RECORDS:
        table = TABLES[name]
        found[f"/{name}"] = _get(
            f"list{name.capitalize()}",
            f"Each record is {table.row_is}; in the order in which they were entered",
            f"{table.record}Page",
            [
                _in_query("ask", "Only what belongs to the ask with this slug", {"type": "string"}),
                _after(),
                _limit(),
            ],
        )
    return found | {
        "/legislation/{law_key}": _get(
            "getLaw",
            "A law with the bills that it was and, page by page, its links to asks. The key has slashes in it",
            "WholeLaw",
            [_in_path("law_key", "The law's key"), _after(), _limit()],
        ),
        "/statuses": _get(
            "listStatuses", "The statuses with their definitions: what each means and does not mean", "Statuses", []
        ),
    }


def _ask_filters() -> list[Described]:
    enums = {"family": Family, "status": Status, "kind": AskKind}
    chosen = [
        _in_query(name, f"Only asks of this {name}", {"type": "string", "enum": [member.value for member in enum]})
        for name, enum in enums.items()
    ]
    words = {
        "topic": "Only asks of the topic with this slug",
        "body": "Only asks for which the body with this slug answers",
        "law": "Only asks linked to the law with this key",
        "q": "Only asks in which these words stand",
    }
    typed = [_in_query(name, meaning, {"type": "string"}) for name, meaning in words.items()]
    return [*chosen, *typed, _in_query("sort", SORTED, {"type": "string", "enum": ORDERS}), _after(), _limit()]


def _after() -> Described:
    return _in_query("after", "Where the last page ended: take it from “next”, do not make it", {"type": "string"})


def _limit() -> Described:
    shape = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    return _in_query("limit", "At most so many records", shape)


def _in_query(name: str, description: str, schema: Described) -> Described:
    return {"name": name, "in": "query", "description": f"{description}.", "schema": schema}


def _in_path(name: str, description: str) -> Described:
    string = {"type": "string"}
    return {"name": name, "in": "path", "description": f"{description}.", "schema": string, "required": True}


def _get(name: str, summary: str, schema: str, parameters: list[Described], *, total: bool = False) -> Described:
    headers: Described = {}
    if any(parameter["name"] == "after" for parameter in parameters):
        text = {"type": "string"}
        headers["Link"] = {"description": "The next page as rel=next, where there is one (RFC 8288).", "schema": text}
    if total:
        count = {"type": "integer"}
        headers["X-Total-Count"] = {"description": "How many asks fit the filters.", "schema": count}
    answer = {"description": "OK", "headers": headers, "content": _content("application/json", schema)}
    problems = {str(code): _problem(words) for code, words in PROBLEMS.items()}
    return {
        "get": {
            "operationId": name,
            "summary": f"{summary}.",
            "parameters": parameters,
            "responses": {"200": answer, **problems},
        }
    }


def _problem(words: str) -> Described:
    return {"description": words, "content": _content("application/problem+json", "Problem")}


def _content(media_type: str, schema: str) -> Described:
    return {media_type: {"schema": reference(schema)}}
