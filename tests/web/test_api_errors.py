"""What the API answers to what it does not understand: a problem document, never a page, never a slow query."""

import json

import sqlalchemy as sa
from werkzeug.wrappers import Response

from tests.queries.statements import watched
from tests.site import WEALTH_ORDERS, Site
from tests.web.json_answers import faults, send

LONG = "a" * 10_000
# By what the answer names.
BAD = {
    "familly": ["/asks?familly=won"],
    "family": ["/asks?family=winning", "/asks?family=met&family=ended", "/updates?family=met", "/statuses?family=met"],
    "Search": [f"/asks?q={LONG}"],
    "stored": ["/asks?q=a%00b"],
    "“on”": ["/asks?on=2019-06-30", "/asks/unexplained-wealth-orders?on=2019-06-30"],
    "after": [
        "/asks?after=%00", "/asks?after=1'%20OR%201=1", "/updates?after=1-2", "/updates?after=1e3",
        "/updates?after=%EF%BC%91", "/updates?after=1%0A", f"/updates?after={'9' * 10}", f"/updates?after={'9' * 400}",
        "/results?after=1", "/results?after=1-2-3",
    ],
    "limit": [
        "/updates?limit=101", "/updates?limit=0", "/updates?limit=all", "/updates?limit=%D9%A1", "/updates?limit=5%0A",
        "/updates?limit=1&limit=2",
    ],
    " is empty": [
        "/updates?ask=", "/updates?limit=", "/asks?after=", "/asks?q=%20", "/asks?family=&status=met",
    ],
    "ask": [
        "/updates?ask=no-such-ask", "/updates?ask=%F0%9F%A7%BE", f"/updates?ask={LONG}",
        "/updates?ask=unexplained-wealth-orders%0A", "/legislation/ukpga/2017/22?ask=stop-brexit",
    ],
    "version": ["/openapi.json?version=2"],
}  # fmt: skip
NOWHERE = [
    "/asks/no-such-ask", "/asks/UPPER", "/asks/", f"/asks/{LONG}", "/asks/a%00b", "/legislation/ukpga/1999/99",
    "/legislation/nothing", "/people", "/updates.json", "/updates/1", "/", "/events", "/asks/1/edit",
]  # fmt: skip


def problem(response: Response, status: int) -> dict[str, object]:
    """A problem document as RFC 9457 and the API's description have it."""
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "no-store"
    found: dict[str, object] = json.loads(response.data)
    assert faults("Problem", found) == []
    assert found["status"] == status
    return found


def test_a_bad_parameter_is_named_and_the_database_not_asked_about_what_cannot_be_there(shared_site: Site) -> None:
    for named, paths in BAD.items():
        for path in paths:
            found = problem(send(shared_site, path), 400)
            assert named in str(found["detail"]), path
            assert len(str(found["detail"])) < 200, path
    with watched(shared_site.engine) as sent:
        for path in ("/updates?limit=x", "/updates?after=x", f"/updates?ask={LONG}", "/asks/a%00b"):
            send(shared_site, path)
    assert sent == []


def test_an_address_that_leads_nowhere_or_is_written_to_is_a_problem_document_too(shared_site: Site) -> None:
    plain = send(shared_site, "/statuses").data
    for accept in ("text/html", "*/*;q=0", "", "a" * 5000, "☃".encode().decode("latin-1")):
        assert send(shared_site, "/statuses", headers={"Accept": accept}).data == plain
    for path in NOWHERE:
        problem(send(shared_site, path, headers={"Accept": "text/html"}), 404)
    problem(send(shared_site, "/asks", "POST"), 405)
    browser = shared_site.browser()
    for path, code in (("/updates?limit=0", 400), ("/nowhere", 404)):
        kind = str(problem(send(shared_site, path), code)["type"])
        address, _, anchor = kind.removeprefix("http://127.0.0.1:8000").partition("#")
        assert f'id="{anchor}"' in browser.get(address).html, "its type leads to its explanation"


def test_scripts_of_other_sites_may_read(shared_site: Site) -> None:
    elsewhere = {"Origin": "https://elsewhere.example"}
    asked = elsewhere | {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}
    for path in ("/api/v1/asks", "/asks.csv", "/datapackage.json", "/data.zip", "/feed.atom"):
        response = shared_site.browser().send("GET", path, headers=elsewhere)
        assert response.status_code == 200
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert {"Link", "X-Total-Count"} <= set(response.headers["Access-Control-Expose-Headers"].split(", "))
        assert "Access-Control-Allow-Credentials" not in response.headers
        preflight = shared_site.browser().send("OPTIONS", path, headers=asked)
        assert (preflight.status_code, preflight.data) == (204, b"")
        assert preflight.headers["Access-Control-Allow-Origin"] == "*"
        assert "GET" in preflight.headers["Access-Control-Allow-Methods"]
        assert preflight.headers["Access-Control-Allow-Headers"] == "*"


def test_a_database_that_fails_is_a_problem_that_passes_and_tells_nothing_of_itself(sqlite_site: Site) -> None:
    client = sqlite_site.app.test_client()
    sqlite_site.execute(sa.text("ALTER TABLE link RENAME TO away"))
    response = client.get("/api/v1/links")
    problem(response, 503)
    assert response.headers["Retry-After"]
    sqlite_site.execute(sa.text("ALTER TABLE away RENAME TO link"))
    sqlite_site.execute(sa.text("UPDATE ask SET jurisdictions = 'zqsecret'"))
    assert "secret" not in str(problem(client.get(f"/api/v1/asks/{WEALTH_ORDERS}"), 500))
    sqlite_site.execute(sa.text("UPDATE ask SET jurisdictions = '[]'"))
