"""The JSON API: what it answers agrees with its description, with the files and pages, and with a generated client.

What it does not understand gets a problem document, never a page, never a slow query.
"""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from openapi_spec_validator import validate
from werkzeug.wrappers import Response

from tests.exported import rows
from tests.factories import make_update
from tests.queries.statements import watched
from tests.site import ED, WEALTH_ORDERS, Site
from tests.web.json_answers import Answer, all_records, faults, got, local, send
from tracker.exports.columns import Type
from tracker.exports.openapi import RECORDS, document
from tracker.exports.tables import TABLES
from tracker.face import Face
from tracker.models import Ask, Legislation, SuccessTest
from tracker.queries.public.filters import Order
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status

ASK = f"/asks/{WEALTH_ORDERS}"


def test_the_description_is_valid_and_names_every_address_of_the_api(shared_site: Site) -> None:
    description = json.loads(send(shared_site, "/openapi.json").data)
    validate(description)
    assert description["openapi"].startswith("3.1.")
    there_are = set()
    for rule in shared_site.app.url_map.iter_rules():
        if rule.endpoint == "api.records":
            there_are |= {f"/api/v1/{name}" for name in RECORDS}
        elif rule.endpoint not in {"api.index", "api.description"} and rule.endpoint.startswith("api."):
            there_are.add(rule.rule.replace("<slug:slug>", "{ask_slug}").replace("<law:key>", "{law_key}"))
    assert {f"/api/v1{path}" for path in description["paths"]} == there_are
    # Generators call the class of an enumeration after its schema and its property: no two may have one name.
    schemas = description["components"]["schemas"]
    properties = [(schema, name) for schema, shape in schemas.items() for name in shape.get("properties", {})]
    assert not {schema + name.title().replace("_", "") for schema, name in properties} & set(schemas)
    page = shared_site.browser().get("/api")
    assert [path for path in there_are if path not in page.text] == []
    (request,) = page.all("pre")
    assert send(shared_site, request.removeprefix("curl http://127.0.0.1:8000/api/v1")).status_code == 200


def test_an_ask_is_answered_whole_and_a_record_has_the_cells_of_its_row(site: Site) -> None:
    answer = got(site, ASK)
    for name in ("tests", "links", "updates"):
        nested = {"law", "evidence", "results"}
        mine = [{k: v for k, v in record.items() if k not in nested} for record in answer[name]]
        assert_same(mine, all_records(site, f"/{name}?ask={WEALTH_ORDERS}"))
    for name in ("evidence", "results"):
        mine = [record for update in answer["updates"] for record in update[name]]
        assert_same(mine, all_records(site, f"/{name}?ask={WEALTH_ORDERS}"))
    laws = {link["law_key"]: link["law"] for link in answer["links"]}
    assert_same(list(laws.values()), all_records(site, f"/legislation?ask={WEALTH_ORDERS}"))
    days = [update["happened_on"] for update in answer["updates"]]
    assert days == sorted(days, reverse=True)

    # Else the check of each answer against the description would prove nothing.
    for wrong in ({"status": "nearly_met"}, {"status_on": "19/03/2018"}, {"jurisdictions": None}):
        assert faults("WholeAsk", answer | wrong)
    assert faults("WholeAsk", {name: value for name, value in answer.items() if name != "next_step"})
    answer["updates"][-1]["evidence"][0]["position"] = "1"
    assert faults("WholeAsk", answer)

    formula = "=1+1"
    site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(title=formula, quote="'=x"))
    site.execute(sa.update(Legislation).where(Legislation.number == "22").values(note=formula))
    for name in TABLES:
        compare_cells(site, name)


def assert_same(some: list[Answer], others: list[Answer]) -> None:
    assert sorted(some, key=str) == sorted(others, key=str) != []


def compare_cells(site: Site, name: str) -> None:
    """Compare the records of a file in the API with its rows."""
    records, lines = all_records(site, f"/{name}?limit=100"), rows(site, name)
    assert len(records) == len(lines) > 0
    key = TABLES[name].key
    by_key = {tuple(line[part] for part in key): line for line in lines}
    for record in records:
        assert list(record) == list(lines[0])
        cells = {}
        for column in TABLES[name].columns:
            value = record[column.name]
            assert isinstance(value, list) == (column.type is Type.LIST)
            assert value != ""
            cells[column.name] = "; ".join(value) if isinstance(value, list) else "" if value is None else str(value)
        assert cells == by_key[tuple(cells[part] for part in key)]


def test_every_ask_every_law_and_every_status_is_as_described(shared_site: Site) -> None:
    for record in all_records(shared_site, "/asks"):
        whole = got(shared_site, f"/asks/{record['ask_slug']}")
        assert {name: whole[name] for name in record} == record
    laws, links = all_records(shared_site, "/legislation"), all_records(shared_site, "/links")
    for record in laws:
        whole = got(shared_site, f"/legislation/{record['law_key']}")
        assert {name: whole[name] for name in record} == record
        assert whole["links"] == [link for link in links if link["law_key"] == record["law_key"]]
        assert set(whole["was"]) == {law["law_key"] for law in laws if law["becomes"] == record["law_key"]}
    assert [law for law in laws if law["becomes"]]
    linked = [link["law_key"] for link in links]
    path = f"/legislation/{max(linked, key=linked.count)}"
    first = got(shared_site, f"{path}?limit=1")
    second = got(shared_site, local(first["next"]))
    assert first["citation"] == second["citation"]
    assert first["links"] + second["links"] == got(shared_site, path)["links"][:2]
    answer = got(shared_site, "/statuses")
    told = [(status["status"], status["does_not_mean"]) for status in answer["statuses"]]
    assert told == [(status, status.does_not_mean) for status in Status]
    assert sorted(status for family in answer["families"] for status in family["statuses"]) == sorted(Status)


def test_the_filters_of_the_list_of_asks_are_those_of_the_files_and_the_orders_those_of_the_page(
    shared_site: Site,
) -> None:
    queries: list[dict[str, str]] = [{}, {"body": "home-office"}, {"law": "ukpga/2017/22", "kind": "policy"}]
    for query in queries:
        path = f"/asks?{urlencode(query)}"
        expected = {row["ask_slug"] for row in rows(shared_site, "asks", **query)}
        answer = got(shared_site, path)
        assert {record["ask_slug"] for record in answer["records"]} == expected != set()
        for name in ("updates", "evidence", "tests", "results", "links"):
            assert {row["ask_slug"] for row in rows(shared_site, name, **query)} <= expected
        assert answer["total"] == len(expected)
        assert send(shared_site, path).headers["X-Total-Count"] == str(len(expected))
    none = got(shared_site, "/asks?family=met&status=rejected")
    assert (none["records"], none["total"], none["next"]) == ([], 0, None)

    (sort,) = [p for p in document("", Face())["paths"]["/asks"]["get"]["parameters"] if p["name"] == "sort"]
    assert sort["schema"]["enum"] == list(Order)
    titles = [record["title"] for record in all_records(shared_site, "/asks?sort=title&limit=3")]
    assert len(titles) == 11
    assert titles == sorted(titles, key=str.casefold)
    changed = [record["status_on"] for record in all_records(shared_site, "/asks?limit=4")]
    assert changed == sorted(changed, reverse=True)
    best = all_records(shared_site, "/asks?q=unexplained+wealth+orders&limit=1")
    assert best[0]["ask_slug"] == WEALTH_ORDERS


# --- page by page ---


def names(name: str, records: list[Answer]) -> list[str]:
    return [repr([record[part] for part in TABLES[name].key]) for record in records]


def test_each_record_comes_once_for_the_same_few_statements_and_the_next_keeps_the_filters(shared_site: Site) -> None:
    for name in TABLES:
        whole = names(name, all_records(shared_site, f"/{name}?limit=100"))
        assert len(set(whole)) == len(whole)
        size = max(2, len(whole) // 3)
        assert names(name, all_records(shared_site, f"/{name}?limit={size}")) == whole
        first = got(shared_site, f"/{name}?limit={size}")
        assert names(name, first["records"]) == whole[:size]
        links = send(shared_site, f"/{name}?limit={size}").headers.getlist("Link")
        assert (f'<{first["next"]}>; rel="next"' in links) is (len(whole) > size)
        if name in RECORDS:
            beyond = "999999999-999999999" if name == "results" else "999999999"
            assert got(shared_site, f"/{name}?after={beyond}") == {"records": [], "next": None}
        assert count(shared_site, f"/{name}?limit=1") == count(shared_site, f"/{name}?limit=100") <= 4
    assert len(got(shared_site, "/evidence")["records"]) == 50
    found = all_records(shared_site, f"/evidence?ask={WEALTH_ORDERS}&limit=5")
    assert {record["ask_slug"] for record in found} == {WEALTH_ORDERS}
    assert len(all_records(shared_site, "/asks?kind=sanctions&limit=1")) == 2


def count(site: Site, path: str) -> int:
    """Return how many statements an answer takes."""
    site.forget()
    with watched(site.engine) as sent:
        got(site, path)
    return len(sent)


def test_what_was_there_comes_once_while_others_are_added(site: Site) -> None:
    for name in ("updates", "results"):
        before = names(name, all_records(site, f"/{name}?limit=100"))
        seen: list[str] = []
        address: str | None = f"/{name}?limit=9"
        while address:
            answer = got(site, address)
            seen += names(name, answer["records"])
            address = local(answer["next"]) if answer["next"] else None
            if len(seen) < 30:  # an entry with evidence and a result of a test
                with site.change(ED) as change:
                    ask = change.session.get_one(Ask, site.ask_id())
                    test = change.session.scalars(sa.select(SuccessTest).where(SuccessTest.ask_id == ask.id)).first()
                    assert test
                    day, results = PartialDate("2026-11-02"), ((test.id, test.result),)
                    make_update(change, ask, happened_on=day, results=results)
        assert seen[: len(before)] == before
        assert len(set(seen)) == len(seen)
        assert len(seen) > len(before)


@pytest.mark.slow
def test_a_generated_client_reads_an_ask_and_its_tests(
    shared_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It talks to the site without a network; any warning of the generator fails."""
    (tmp_path / "openapi.json").write_bytes(send(shared_site, "/openapi.json").data)
    (tmp_path / "config.json").write_text(json.dumps({"post_hooks": []}), encoding="ascii")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"]
    files = ["--path", "openapi.json", "--config", "config.json", "--output-path", "generated_tracker_client"]
    made = subprocess.run([*command, *files], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    monkeypatch.syspath_prepend(tmp_path)
    generated = importlib.import_module("generated_tracker_client")
    transport = importlib.import_module("httpx").WSGITransport(app=shared_site.app)
    client = generated.Client("http://127.0.0.1:8000/api/v1", httpx_args={"transport": transport})

    def call(name: str, *given: str, **query: Any) -> Any:
        function = importlib.import_module(f"generated_tracker_client.api.default.{name}")
        return function.sync(*given, client=client, **query)

    ask = call("get_ask", WEALTH_ORDERS)
    assert ask.ask_slug == WEALTH_ORDERS
    assert ask.tests
    assert {test.result.value for test in ask.tests} <= {"met", "not_met", "unknown"}
    assert len(call("list_asks", limit=2).records) == 2
    tests = call("list_tests", ask=WEALTH_ORDERS)
    assert [test.test_key for test in tests.records] == [test.test_key for test in ask.tests]


# --- what it does not understand ---

LONG = "a" * 10_000
# By what the answer names.
BAD = {
    "family": ["/asks?family=winning", "/asks?family=met&family=ended", "/updates?family=met", "/statuses?family=met"],
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
