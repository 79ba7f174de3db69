"""The JSON API: what it answers agrees with its description, with the files and with the pages."""

import json
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from openapi_spec_validator import validate

from tests.exported import rows
from tests.factories import make_update
from tests.site import ED, PRODUCTION, WEALTH_ORDERS, MakeSite, Site
from tests.web.json_answers import all_records, faults, got, send
from tracker.exports.columns import Type
from tracker.exports.openapi import RECORDS, document
from tracker.exports.tables import TABLES
from tracker.face import Face
from tracker.models import Ask, FormerSlug, Legislation
from tracker.queries.public.filters import Order
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.status import DEFINITIONS, Status


def test_the_description_is_a_valid_openapi_document(shared_site: Site) -> None:
    description = json.loads(send(shared_site, "/openapi.json").data)
    validate(description)
    assert description["openapi"].startswith("3.1.")


def test_the_description_names_every_address_of_the_api(shared_site: Site) -> None:
    described = {f"/api/v1{path}" for path in json.loads(send(shared_site, "/openapi.json").data)["paths"]}
    there_are = set()
    for rule in shared_site.app.url_map.iter_rules():
        if rule.endpoint == "api.records":
            there_are |= {f"/api/v1/{name}" for name in RECORDS}
        elif rule.endpoint not in {"api.index", "api.description"} and rule.endpoint.startswith("api."):
            there_are.add(rule.rule.replace("<slug:slug>", "{ask_slug}").replace("<law:key>", "{law_key}"))
    assert described == there_are


def test_filters_that_contradict_each_other_leave_none(shared_site: Site) -> None:
    answer = got(shared_site, "/asks?family=met&status=rejected")
    assert (answer["records"], answer["total"], answer["next"]) == ([], 0, None)


def test_no_two_classes_of_a_generated_client_have_one_name(shared_site: Site) -> None:
    """Generators call the class of an enumeration after its schema and its property."""
    schemas = document("", Face())["components"]["schemas"]
    names = {
        f"{schema}{''.join(map(str.capitalize, name.split('_')))}"
        for schema, shape in schemas.items()
        for name in shape.get("properties", {})
    }
    assert not names & set(schemas)


def test_a_record_has_what_the_row_of_the_file_has_cell_by_cell(site: Site) -> None:
    formula = "=1+1"
    site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(title=formula, quote="'=x"))
    site.execute(sa.update(Legislation).where(Legislation.number == "22").values(note=formula))
    for name in TABLES:
        compare_cells(site, name)


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


def test_an_ask_is_answered_whole(site: Site) -> None:
    answer = got(site, f"/asks/{WEALTH_ORDERS}")
    for name in ("tests", "links", "updates"):
        nested = {"law", "evidence", "results"}
        mine = [{k: v for k, v in record.items() if k not in nested} for record in answer[name]]
        listed = all_records(site, f"/{name}?ask={WEALTH_ORDERS}")
        assert sorted(mine, key=str) == sorted(listed, key=str) != []
    for name in ("evidence", "results"):
        mine = [record for update in answer["updates"] for record in update[name]]
        assert sorted(mine, key=str) == sorted(all_records(site, f"/{name}?ask={WEALTH_ORDERS}"), key=str) != []
    laws = {link["law_key"]: link["law"] for link in answer["links"]}
    assert sorted(laws.values(), key=str) == sorted(all_records(site, f"/legislation?ask={WEALTH_ORDERS}"), key=str)
    assert [u["happened_on"] for u in answer["updates"]] == sorted(
        (u["happened_on"] for u in answer["updates"]), reverse=True
    )
    assert answer["is_archived"] is False


def test_every_ask_and_every_law_is_as_described(shared_site: Site) -> None:
    for record in all_records(shared_site, "/asks"):
        whole = got(shared_site, f"/asks/{record['ask_slug']}")
        assert {name: whole[name] for name in record} == record
    for record in all_records(shared_site, "/legislation"):
        whole = got(shared_site, f"/legislation/{record['law_key']}")
        assert {name: whole[name] for name in record} == record
        linked = [link for link in all_records(shared_site, "/links") if link["law_key"] == record["law_key"]]
        assert whole["links"] == linked


def test_the_links_of_a_law_come_page_by_page(shared_site: Site) -> None:
    linked = [link["law_key"] for link in all_records(shared_site, "/links")]
    key = max(linked, key=linked.count)
    first = got(shared_site, f"/legislation/{key}?limit=1")
    second = got(shared_site, first["next"].partition("/api/v1")[2])
    assert first["citation"] == second["citation"]
    assert first["links"] + second["links"] == got(shared_site, f"/legislation/{key}")["links"][:2]


def test_a_law_names_the_bills_that_it_was(shared_site: Site) -> None:
    was = {law["law_key"]: law["becomes"] for law in all_records(shared_site, "/legislation") if law["becomes"]}
    assert was
    for bill, act in was.items():
        assert bill in got(shared_site, f"/legislation/{act}")["was"]


def test_the_statuses_come_with_what_they_do_not_mean(shared_site: Site) -> None:
    answer = got(shared_site, "/statuses")
    assert [status["status"] for status in answer["statuses"]] == list(Status)
    for status in answer["statuses"]:
        assert status["does_not_mean"] == DEFINITIONS[Status(status["status"])].does_not_mean
    assert sorted(status for family in answer["families"] for status in family["statuses"]) == sorted(Status)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"family": "ended"},
        {"kind": "sanctions"},
        {"topic": "uk-and-eu"},
        {"body": "home-office"},
        {"law": "ukpga/2017/22"},
        {"status": "partly_met", "kind": "policy"},
    ],
)
def test_the_filters_of_the_list_of_asks_are_those_of_the_files(shared_site: Site, query: dict[str, str]) -> None:
    path = f"/asks?{urlencode(query)}"
    expected = {row["ask_slug"] for row in rows(shared_site, "asks", **query)}
    answer = got(shared_site, path)
    assert {record["ask_slug"] for record in answer["records"]} == expected != set()
    assert answer["total"] == len(expected)
    assert send(shared_site, path).headers["X-Total-Count"] == str(len(expected))


def test_the_orders_are_those_of_the_list_on_the_page(shared_site: Site) -> None:
    (sort,) = [p for p in document("", Face())["paths"]["/asks"]["get"]["parameters"] if p["name"] == "sort"]
    assert sort["schema"]["enum"] == list(Order)
    titles = [record["title"] for record in all_records(shared_site, "/asks?sort=title&limit=3")]
    assert len(titles) == 11
    assert titles == sorted(titles, key=str.casefold)


def test_words_are_looked_for_with_the_best_match_first(shared_site: Site) -> None:
    found = all_records(shared_site, "/asks?q=unexplained+wealth+orders&limit=1")
    assert found[0]["ask_slug"] == WEALTH_ORDERS


def test_the_asks_come_with_the_last_changed_first(shared_site: Site) -> None:
    changed = [record["status_on"] for record in all_records(shared_site, "/asks?limit=2")]
    assert changed == sorted(changed, reverse=True)


def test_a_former_slug_leads_to_the_present_one(sqlite_site: Site) -> None:
    sqlite_site.execute(sa.insert(FormerSlug).values(slug="uwo", ask_id=sqlite_site.ask_id()))
    answer = send(sqlite_site, "/asks/uwo")
    assert (answer.status_code, answer.location) == (301, f"/api/v1/asks/{WEALTH_ORDERS}")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_what_is_archived_can_be_asked_for_but_is_in_no_list(site: Site) -> None:
    site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(publication=Publication.ARCHIVED))
    answer = got(site, f"/asks/{WEALTH_ORDERS}")
    assert answer["is_archived"] is True
    assert answer["updates"]
    for name in ("updates", "evidence", "tests", "results", "links"):
        assert WEALTH_ORDERS not in {record["ask_slug"] for record in all_records(site, f"/{name}")}
        assert send(site, f"/{name}?ask={WEALTH_ORDERS}").status_code == 400


def test_a_draft_is_not_there(site: Site) -> None:
    drafts = [
        ("ask", Ask, "/asks/{}", Ask.slug, WEALTH_ORDERS),
        ("law", Legislation, "/legislation/{}", Legislation.key, "ukpga/2017/22"),
    ]
    for name, model, path, key, value in drafts:
        site.execute(sa.update(model).where(key == value).values(publication=Publication.DRAFT))
        answer = send(site, path.format(value))
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
        assert json.loads(answer.data)["detail"].startswith(f"There is no {name}")


def test_addresses_begin_with_that_of_the_site(make_site: MakeSite) -> None:
    site = make_site(PRODUCTION)
    answer = site.browser().send("GET", "/api/v1/updates?limit=1", base_url="https://tracker.example")
    page = json.loads(answer.data)
    assert page["next"].startswith("https://tracker.example/api/v1/updates?")
    assert page["records"][0]["ask_url"].startswith("https://tracker.example/asks/")
    assert f'<{page["next"]}>; rel="next"' in answer.headers.getlist("Link")


def test_a_new_entry_is_answered_at_once(site: Site) -> None:
    before = [got(site, path) for path in (f"/asks/{WEALTH_ORDERS}", f"/updates?ask={WEALTH_ORDERS}")]
    with site.change(ED) as change:
        make_update(change, change.session.get_one(Ask, site.ask_id()), happened_on=PartialDate("2026-11"))
    whole, listed = (got(site, path) for path in (f"/asks/{WEALTH_ORDERS}", f"/updates?ask={WEALTH_ORDERS}"))
    assert len(whole["updates"]) == len(before[0]["updates"]) + 1
    assert [record["happened_on"] for record in listed["records"][len(before[1]["records"]) :]] == ["2026-11"]
    (made,) = [record for record in whole["updates"] if record["happened_on"] == "2026-11"]
    assert made["happened_on_precision"] == "month"


def test_the_check_against_the_description_notices_a_fault(shared_site: Site) -> None:
    """Else the tests above would prove nothing."""
    answer = got(shared_site, f"/asks/{WEALTH_ORDERS}")
    assert faults("WholeAsk", answer | {"status": "nearly_met"})
    assert faults("WholeAsk", answer | {"status_on": "19/03/2018"})
    assert faults("WholeAsk", {name: value for name, value in answer.items() if name != "next_step"})
    assert faults("WholeAsk", answer | {"jurisdictions": None})
    answer["updates"][-1]["evidence"][0]["position"] = "1"
    assert faults("WholeAsk", answer)
