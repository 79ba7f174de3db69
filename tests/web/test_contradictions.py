"""Tests that contradict the status: the public is told, and staff find it."""

import sqlalchemy as sa

from tests.factories import make_test
from tests.site import ED, Site
from tracker.models import Ask
from tracker.rules.updates import Result


def test_a_test_that_was_added_to_an_ask_that_is_met_is_said_to_contradict_it(sqlite_site: Site) -> None:
    address, said = "/asks/uk-magnitsky-sanctions", "The tests and the status do not agree."
    assert said not in sqlite_site.browser().get(address).text
    with sqlite_site.change(ED) as change:
        ask = change.session.scalars(sa.select(Ask).where(Ask.slug == "uk-magnitsky-sanctions")).one()
        number = ask.id
        make_test(change, ask, key="used-evenly", before=Result.NOT_MET)
    assert said in sqlite_site.browser().get(address).notices[0]
    assert "A British Magnitsky Act" in sqlite_site.browser(ED).get("/staff/").section("contradicted")
    assert "The status no longer fits the tests." in sqlite_site.browser(ED).get(f"/staff/asks/{number}").notices[0]
    assert said not in sqlite_site.browser().get(f"{address}?on=2024-01-01").text
