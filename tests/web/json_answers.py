"""The JSON API as a stranger's program reads it."""

import json
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.test import TestResponse

from tests.site import Site
from tracker.exports.openapi import document
from tracker.face import Face

Answer = dict[str, Any]


def send(site: Site, path: str, method: str = "GET", **given: Any) -> TestResponse:
    """The answer to a request for an address under /api/v1."""
    return site.browser().send(method, f"/api/v1{path}", **given)


def got(site: Site, path: str) -> Answer:
    """What an address under /api/v1 answers, checked against what the OpenAPI document says of it."""
    response = send(site, path)
    assert (response.status_code, response.mimetype) == (200, "application/json"), (path, response.text)
    answer: Answer = json.loads(response.data)
    assert faults(schema_of(path), answer) == []
    return answer


def all_records(site: Site, path: str) -> list[Answer]:
    """The records of a list, from page to page by its `next`."""
    records: list[Answer] = []
    address: str | None = path
    while address:
        answer = got(site, address)
        records += answer["records"]
        address = local(answer["next"]) if answer["next"] else None
    return records


def local(address: str) -> str:
    """An address of the API as a path under /api/v1."""
    parts = urlsplit(address)
    assert parts.path.startswith("/api/v1/")
    return f"{parts.path.removeprefix('/api/v1')}?{parts.query}"


def schema_of(path: str) -> str:
    """The name of the schema that the document gives for the answer at this path."""
    place = "/" + "/".join(part for part in urlsplit(path).path.split("/")[:3] if part)
    described = document("", Face())["paths"]
    if place not in described:
        place = next(name for name in described if name.startswith(place.rpartition("/")[0] + "/{"))
    content = described[place]["get"]["responses"]["200"]["content"]["application/json"]
    return str(content["schema"]["$ref"]).rpartition("/")[2]


def faults(schema: str, answer: object) -> list[str]:
    """What in an answer is not as a schema of the document says."""
    return [error.message for error in _validator(schema).iter_errors(answer)]


@cache
def _validator(schema: str) -> Draft202012Validator:
    components = document("", Face())["components"]
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": components}, format_checker=FormatChecker()
    )
