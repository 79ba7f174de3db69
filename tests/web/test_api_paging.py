"""Lists of the API page by page: each record once, however much is added meanwhile, for the same few statements."""

import pytest
import sqlalchemy as sa

from tests.factories import make_update
from tests.site import ED, WEALTH_ORDERS, Site
from tests.web.json_answers import all_records, got, local, send
from tracker.exports.tables import TABLES
from tracker.models import Ask, SuccessTest
from tracker.rules.dates import PartialDate

LISTS = list(TABLES)


def names(name: str, records: list[dict[str, object]]) -> list[str]:
    return [repr([record[part] for part in TABLES[name].key]) for record in records]


@pytest.mark.parametrize("name", LISTS)
def test_each_record_comes_once_whatever_the_size_of_a_page(shared_site: Site, name: str) -> None:
    whole = names(name, all_records(shared_site, f"/{name}?limit=100"))
    assert names(name, all_records(shared_site, f"/{name}?limit=7")) == whole
    assert len(set(whole)) == len(whole)


@pytest.mark.parametrize("name", [name for name in LISTS if name not in {"sources", "targets"}])  # there is one
def test_a_page_holds_no_more_than_was_asked_for_and_says_where_the_next_is(shared_site: Site, name: str) -> None:
    answer = got(shared_site, f"/{name}?limit=2")
    assert len(answer["records"]) == 2
    links = send(shared_site, f"/{name}?limit=2").headers.getlist("Link")
    assert f'<{answer["next"]}>; rel="next"' in links


def test_a_page_is_of_fifty_records_unless_the_reader_says_otherwise(shared_site: Site) -> None:
    assert len(got(shared_site, "/evidence")["records"]) == 50


def test_the_next_page_keeps_the_filters(shared_site: Site) -> None:
    found = all_records(shared_site, f"/evidence?ask={WEALTH_ORDERS}&limit=1")
    assert {record["ask_slug"] for record in found} == {WEALTH_ORDERS}
    assert len(all_records(shared_site, "/asks?kind=sanctions&limit=1")) == 2


def test_what_was_there_comes_once_while_others_are_added(site: Site) -> None:
    for name in ("updates", "evidence", "results"):
        before = names(name, all_records(site, f"/{name}?limit=100"))
        seen: list[str] = []
        address: str | None = f"/{name}?limit=9"
        while address:
            answer = got(site, address)
            seen += names(name, answer["records"])
            address = local(answer["next"]) if answer["next"] else None
            if len(seen) < 30:
                add_entry(site)
        assert seen[: len(before)] == before
        assert len(set(seen)) == len(seen)
        assert len(seen) > len(before)


def add_entry(site: Site) -> None:
    """An entry with evidence and a result of a test."""
    with site.change(ED) as change:
        ask = change.session.get_one(Ask, site.ask_id())
        test = change.session.scalars(sa.select(SuccessTest).where(SuccessTest.ask_id == ask.id)).first()
        assert test
        make_update(change, ask, happened_on=PartialDate("2026-11-02"), results=((test.id, test.result),))


@pytest.mark.parametrize("name", LISTS)
def test_a_page_costs_the_same_few_statements_however_long_it_is(shared_site: Site, name: str) -> None:
    assert count(shared_site, f"/{name}?limit=1") == count(shared_site, f"/{name}?limit=100") <= 4


def count(site: Site, path: str) -> int:
    sent: list[str] = []
    site.forget()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    sa.event.listen(site.engine, "before_cursor_execute", note)
    try:
        got(site, path)
    finally:
        sa.event.remove(site.engine, "before_cursor_execute", note)
    return len([statement for statement in sent if statement.startswith("SELECT")])
