"""The JSON API, read-only: the records of the files, under the same names."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.exports import json, openapi
from tracker.exports.columns import Table, cell
from tracker.exports.json import Record, as_object
from tracker.exports.laws import LEGISLATION, LINKS
from tracker.exports.openapi import MOST, PROBLEMS, RECORDS, USUAL, paths
from tracker.exports.tables import ASKS, TABLES, UPDATES
from tracker.queries import public
from tracker.queries.public import rows, tables
from tracker.queries.public.filters import FILTER_PARAMETERS, AskFilter, UnknownFilter, order_of
from tracker.queries.public.sources import list_same
from tracker.queries.public.tables import Key, Row
from tracker.rules.asks import Publication
from tracker.rules.status import STATUSES_OF, Status
from tracker.web.addresses import SlugConverter, expect, site_url, whole_address
from tracker.web.build import face
from tracker.web.security import share
from tracker.web.session import db

bp = Blueprint("api", __name__, url_prefix="/api")
bp.after_request(share)
KEY = re.compile(r"[1-9][0-9]{0,8}(?:-[1-9][0-9]{0,8})?", re.ASCII)
NO_KEY = "“after” is not a key that this list gave out. Take it from “next”."
NAMES = ", ".join(RECORDS)
STATUSES: Record = {
    "families": [
        {"family": family.value, "label": family.label, "statuses": [status.value for status in statuses]}
        for family, statuses in STATUSES_OF.items()
    ],
    "statuses": [
        {
            "status": status.value,
            "status_label": status.label,
            "family": status.family.value,
            "family_label": status.family.label,
            "means": status.means,
            "does_not_mean": status.does_not_mean,
            "takes": status.takes,
        }
        for status in Status
    ],
}


@bp.get(f"/v1/<any({NAMES}):name>")
def records(name: str) -> Response:
    """Some records of a file, in the order in which they were entered."""
    _expect("ask", "after", "limit")
    size = _size()
    page = rows.list_rows(db(), name, _key(name), size, _ask_id())
    next_page = _next(".records", _text(page.next_key), "ask", "limit", name=name)
    return _answer({"records": _objects(TABLES[name], page.rows), "next": next_page})


@bp.get("/v1/asks")
def asks() -> Response:
    """The asks that fit the filters, the last changed first unless another order is asked for."""
    _expect(*FILTER_PARAMETERS, "sort", "after", "limit")
    wanted = AskFilter.from_query(request.args)
    order, after = order_of(request.args, wanted), request.args.get("after", "")
    page = public.find_page(db(), wanted, order, after=after, size=_size())
    found = rows.list_asks_called(db(), [line.slug for line in page.lines])
    next_page = _next(".asks", page.next_key, *FILTER_PARAMETERS, "sort", "limit")
    records = {"records": _objects(ASKS, found), "next": next_page}
    answer = _answer(records | {"total": page.number, "is_total_capped": False})
    answer.headers["X-Total-Count"] = str(page.number)
    return answer


@bp.get("/v1/asks/<slug:slug>")
def ask(slug: str) -> Response:
    """An ask with all that belongs to it."""
    _expect()
    found = rows.find_ask_row(db(), slug)
    if found is None:
        slug_now = public.find_slug_now(db(), slug)
        return _moved(url_for(".ask", slug=slug_now)) if slug_now else abort(404, "There is no ask with this slug.")
    return _answer(_whole_ask(found))


@bp.get("/v1/legislation/<law:key>")
def law(key: str) -> Response:
    """A law with all that belongs to it, its links to asks page by page."""
    _expect("after", "limit")
    after, size = _key("links"), _size()
    found = rows.find_law_row(db(), key)
    if found is None:
        key_now = public.find_key_of(db(), key)
        return _moved(url_for(".law", key=key_now)) if key_now else abort(404, "There is no law with this key.")
    links = rows.list_links_of(db(), found.id, after, size)
    whole = _object(LEGISLATION, found) | {
        "is_archived": found.publication is Publication.ARCHIVED,
        "was": list(rows.list_bills_of(db(), found.id)),
        "links": _objects(LINKS, links.rows),
        "next": _next(".law", _text(links.next_key), "limit", key=key),
    }
    return _answer(whole)


@bp.get("/v1/statuses")
def statuses() -> Response:
    """The statuses with their definitions."""
    _expect()
    return _answer(STATUSES)


@bp.get("/v1/openapi.json")
def description() -> Response:
    """The OpenAPI document."""
    _expect()
    return _answer(openapi.document(site_url(), face()))


@bp.get("")
def index() -> str:
    """The API in words."""
    operations = [(path, described["get"]["summary"]) for path, described in paths().items()]
    return render_template(
        "public/api.html",
        operations=operations,
        example=next((row.ask_slug for row in rows.list_rows(db(), "asks", None, 1).rows), ""),
        problems=PROBLEMS,
        usual=USUAL,
        most=MOST,
    )


def json_address(name: str) -> str:
    """Return the address of a file's records as JSON."""
    return url_for("api.asks") if name == "asks" else url_for("api.records", name=name)


def _expect(*names: str) -> None:
    if "on" in request.args:
        raise UnknownFilter("The API knows the present state only, so it has no “on”. The story has the dates.")
    expect(*names)
    if empty := next((name for name in request.args if not request.args[name].strip()), None):
        raise UnknownFilter(f"“{empty}” is empty. Give it a value, or leave it out.")


def _size() -> int:
    text = request.args.get("limit", str(USUAL))
    if not re.fullmatch("[1-9][0-9]{0,2}", text, re.ASCII) or int(text) > MOST:
        raise UnknownFilter(f"“limit” is a whole number from 1 to {MOST}.")
    return int(text)


def _key(name: str) -> Key | None:
    """Return the key that the last page ended with, if the request has one."""
    text = request.args.get("after")
    if text is None:
        return None
    parts = text.split("-") if KEY.fullmatch(text) else []
    if len(parts) != len(tables.RECORDS[name].key):
        raise UnknownFilter(NO_KEY)
    return tuple(map(int, parts))


def _text(key: Key | None) -> str:
    """Return a key as text for an address."""
    return "-".join(map(str, key or ()))


def _ask_id() -> int | None:
    slug = request.args.get("ask")
    if slug is None:
        return None
    found = rows.find_ask_id(db(), slug) if re.fullmatch(SlugConverter.regex, slug, re.ASCII) else None
    if found is None:
        raise UnknownFilter("“ask” is not the slug of a published ask.")
    return found


def _next(endpoint: str, after: str, *kept: str, **values: Any) -> str | None:
    """Return the address of the page after a key, with those parameters of this request that are kept."""
    if not after:
        return None
    query: dict[str, Any] = {name: request.args[name] for name in kept if name in request.args}
    return whole_address(endpoint, **values, **query, after=after)


def _answer(document: Mapping[str, Any]) -> Response:
    response = current_app.response_class(json.write(document), content_type="application/json")
    response.headers.add("Link", f'<{whole_address(".description")}>; rel="service-desc"')
    if next_page := document.get("next"):
        response.headers.add("Link", f'<{next_page}>; rel="next"')
    return response


def _moved(address: str) -> Response:
    return current_app.response_class("", 301, {"Location": address}, content_type="application/json")


def _whole_ask(ask: Row) -> Record:
    """An ask with tests, links with their laws, story with evidence and results, replies, targets, ended disputes."""
    evidence, results = _by_update("evidence", ask.id), _by_update("results", ask.id)
    story = sorted(rows.list_rows_of(db(), "updates", ask.id), key=attrgetter("happened_on", "id"), reverse=True)
    laws = rows.find_laws_of(db(), ask.id)
    return _object(ASKS, ask) | {
        "is_archived": ask.publication is Publication.ARCHIVED,
        "asked_elsewhere": [same.slug for same in list_same(db(), ask.id)],
        "tests": _belonging("tests", ask.id),
        "links": [link | {"law": _object(LEGISLATION, laws[link["law_key"]])} for link in _belonging("links", ask.id)],
        "updates": [
            _object(UPDATES, row) | {"evidence": evidence[row.update_key], "results": results[row.update_key]}
            for row in story
        ],
        "replies": _belonging("replies", ask.id),
        "ended_disputes": [
            {"since": it.since.text, "about": it.about, "ended_at": cell(it.ended_at, ""), "outcome": it.outcome}
            for it in public.list_ended_disputes(db(), ask.id)
        ],
        "targets": _belonging("targets", ask.id),
    }


def _belonging(name: str, ask_id: int) -> list[Record]:
    """Return the records of a file that belong to an ask."""
    return _objects(TABLES[name], rows.list_rows_of(db(), name, ask_id))


def _by_update(name: str, ask_id: int) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in _belonging(name, ask_id):
        found[str(record["update_key"])].append(record)
    return found


def _objects(table: Table, rows: Iterable[Row]) -> list[Record]:
    return [_object(table, row) for row in rows]


def _object(table: Table, row: Row) -> Record:
    return as_object(table, row, site_url())
