"""Nonsense over every route: never an error of ours, and every header on every answer.

A few hundred requests here, thousands by `make torture`. Forms with one odd field are in test_odd_forms.
"""

import os
import random
import string
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import pytest
from werkzeug.routing import Rule

from tests.odd_forms import ODD
from tests.page_checks import check_headers
from tests.site import ADA, CLEO, Site
from tests.test_access import typed
from tracker.services import proof

REQUESTS = 15 * int(os.environ.get("TORTURE_ROUNDS", "8"))
WORDS = [
    *(text for text in ODD.values() if len(text) < 6000), "", "0", "1", "2", "x", "true", "[]", "2018", "2018-03-19",
    "March 2018", "met", "policy", "published", "independent", "https://example.org/", "a@b.c", "stop-brexit",
    "ukpga/2017/22", "unexplained-wealth-orders", "editor", "No change", "England", "\n", ";",
]  # fmt: skip
NAMES = [
    "title", "slug", "kind", "topic", "source_id", "quote", "jurisdictions", "review_interval_days",
    "version", "seen", "status", "happened_on", "text", "reason", "do", "restore", "evidence-0-url", "evidence-0-title",
    "evidence-0-type", "evidence-7-url", "results-0-test_id", "results-0-result", "superseded_by_id",
    "key", "label", "citation", "year", "number", "legislation_id", "effect", "extent", "in_force_on", "name", "email",
    "role", "change_reason", "next", "kept.title", "q", "family", "", "a" * 300, "\x00",
]  # fmt: skip
LIKELY = ["1", "2", "3", "11", "40", "stop-brexit", "ukpga/2017/22", "asks", "status", "links"]
METHODS = ["GET", "GET", "GET", "HEAD", "POST", "POST", "POST", "POST", "OPTIONS", "PUT", "DELETE", "TRACE", "BREW"]
HEADERS = {
    "Accept": ["*/*", "text/html;q=x", "\x80"],
    "If-None-Match": ['"x"', "*", "W/", '"' * 500],
    "If-Modified-Since": ["x", "Sun, 06 Nov 1994 08:49:37 GMT"],
    "Range": ["bytes=0-", "x"],
    "Content-Length": ["5", "-1", "x"],
    "Content-Type": ["text/plain", "multipart/form-data", "x/y; charset=no"],
    "Transfer-Encoding": ["chunked"],
    "X-Forwarded-For": ["1.2.3.4", "x", "," * 50],
    "Cookie": ["tracker=x", "=;=", ";"],
    "Origin": ["null", "http://localhost", "x"],
}


def address(rule: Rule, chance: random.Random) -> str:
    """An address that the rule may match: its variables filled with likely and unlikely values."""

    def filled() -> str:
        return chance.choice(LIKELY) if chance.random() < 0.75 else clean(chance.choice(WORDS)).replace("?", "")

    return "".join(filled() if is_variable else text.lstrip("|") for is_variable, text in rule._trace) or "/"


def options(chance: random.Random, token: dict[str, str]) -> dict[str, Any]:
    """Query, headers and body of a request."""
    fields = {chance.choice(NAMES): chance.choice(WORDS) for _ in range(chance.randrange(8))}
    made: dict[str, Any] = {}
    if chance.random() < 0.4:
        made["query_string"] = {chance.choice(NAMES): clean(chance.choice(WORDS)) for _ in range(3)}
    name = chance.choice(list(HEADERS))
    if chance.random() < 0.3 and not (name == "Cookie" and token):
        made["headers"] = {name: chance.choice(HEADERS[name])}
    if chance.random() < 0.9:
        body = {clean(key): clean(value) for key, value in fields.items()} | (token if chance.random() < 0.9 else {})
        made["data"] = body if chance.random() < 0.9 else chance.choice(string.printable) * chance.randrange(2000)
    return made


def clean(text: str) -> str:
    """The test client cannot send a lone surrogate; its bytes are sent in test_odd_forms."""
    return text.encode(errors="replace").decode()


@pytest.mark.parametrize("who", ["", CLEO, ADA], ids=["stranger", "contributor", "admin"])
def test_nonsense_never_breaks_anything(sqlite_site: Site, who: str) -> None:
    chance = random.Random(f"nonsense of {who}")
    rules = [r for r in sqlite_site.app.url_map.iter_rules() if r.endpoint not in {"auth.sign_out", "auth.sign_in"}]
    browser, token = typed(sqlite_site, who)
    before, codes = sqlite_site.footprint(), Counter[int]()
    for _ in range(REQUESTS):
        path, method = address(chance.choice(rules), chance), chance.choice(METHODS)
        more = options(chance, token if who else {})
        with browser.client.open(path, method=method, **more) as answer:
            answer.get_data()
        codes[answer.status_code] += 1
        assert answer.status_code < 500, (method, path, more)
        check_headers(urlsplit(path).path, answer.status_code, answer.headers)
        assert "X-Evil" not in answer.headers
    assert min(codes[200], codes[404], codes[405]) > REQUESTS / 40, codes
    with sqlite_site.reading() as session:
        assert proof.verify(session)[0] == sqlite_site.footprint()[0]
    if not who:
        assert sqlite_site.footprint() == before
    assert sqlite_site.browser().get("/").status == 200
