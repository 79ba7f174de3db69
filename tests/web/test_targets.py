"""Names that an ask wants to be sanctioned: pasted, compared with the list by a person, and what the public sees."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.exported import rows
from tests.factories import list_target, make_designation, make_targets
from tests.official.lists import EXAMPLE_BANK, TESTOV, SavedLists, as_xml
from tests.site import ADA, ED, WEALTH_ORDERS, Site
from tests.web.json_answers import all_records, got
from tracker.models import Ask, Designation, SanctionsList, Target
from tracker.official.designations import take_list
from tracker.official.sanctions import read_list
from tracker.rules.dates import PartialDate
from tracker.rules.official import TargetKind
from tracker.services.records import archive


def test_names_are_pasted_and_compared_one_after_the_other(site: Site, tmp_path: Path) -> None:
    form = site.browser(ED).get(f"/staff/asks/{site.ask_id()}").follow("Add names")
    page = form.submit("Add the names", names="Boris Testov\n\nCarla Inventova", words="They should be sanctioned.")
    assert "Boris Testov" in page.section("targets")
    with site.change(ADA) as change:  # as `tracker look` does
        lists = SavedLists(tmp_path).put(xml=as_xml([TESTOV, EXAMPLE_BANK]))
        found = read_list(lists, PartialDate("2026-11-22"), {})
        assert found
        take_list(change.session, found, change.at)
    page = page.follow("Compare with the list : Boris Testov")
    assert page.h1 == "Is Boris Testov on the list?"
    (cursor,) = re.findall(r"<input autofocus[^>]*>", page.html)
    assert 'value="RUS9001"' in cursor
    assert "RUS9001 Boris Ivanovich TESTOV (person), listed on 15 November 2022 under Russia" in page.text
    assert "Choose one." in page.submit("Keep").text
    assert page.submit("Keep", found="other", unique_id="RUS1").errors("unique_id")
    page = page.submit("Keep", found="RUS9001")
    assert page.notices == ["Kept. This is the next name."]
    assert page.h1 == "Is Carla Inventova on the list?"
    assert "has no entry with two of its words" in page.text
    page = page.submit("Keep", found="not_listed")
    assert page.notices == ["Kept. All are compared."]
    assert "RUS9001 Listed on 15 November 2022" in page.section("targets")
    of_ask = sa.select(Target.state, Target.is_shown).where(Target.ask_id == site.ask_id()).order_by(Target.position)
    with site.reading() as session:
        states = [(state.value, is_shown) for state, is_shown in session.execute(of_ask)]
    assert states == [("listed", True), ("not_listed", False)]


CAMPAIGN = [f"Boris{number} Testov{number}" for number in range(1, 36)]
ON_THE_LIST = 29
ADDRESS = f"/asks/{WEALTH_ORDERS}"


def with_names(site: Site) -> Site:
    """A campaign with 35 invented names, of which 29 are on the list: 10 since 2020, 19 since 2022."""
    with site.change(ED) as change:
        ask = change.session.scalars(sa.select(Ask).where(Ask.slug == WEALTH_ORDERS)).one()
        for number, target in enumerate(make_targets(change, ask, *CAMPAIGN), 1):
            unique_id = f"RUS{number:04}" if number <= ON_THE_LIST else ""
            if unique_id:
                listed_on = PartialDate("2020-07-06" if number <= 10 else "2022-03-15")
                make_designation(change.session, unique_id, listed_on=listed_on, measures="Asset freeze")
            list_target(change, target, unique_id)
    return site


@pytest.fixture(scope="module")
def read_campaign(shared_site: Site) -> Site:
    return with_names(shared_site)


@pytest.fixture
def campaign(sqlite_site: Site) -> Site:
    return with_names(sqlite_site)


def named(page: Page) -> list[str]:
    """The names that the page has, wherever."""
    return [name for name in CAMPAIGN if re.search(rf"\b{name}\b", page.html)]


def test_a_campaign_with_35_names_sees_its_29_on_the_page_and_in_the_files(read_campaign: Site) -> None:
    page = read_campaign.browser().get(ADDRESS)
    said = page.section("targets")
    assert "29 of 35 names are on the UK Sanctions List of 20 November 2026" in said
    assert "35 names were asked for: 6 are not on the list." in said
    assert "Being asked for is not a finding about anybody" in said
    assert 'href="/legislation/uksi/2019/855"' in page.html
    assert all(name in said for name in CAMPAIGN[:ON_THE_LIST])
    assert not any(name in page.text for name in CAMPAIGN[ON_THE_LIST:])
    staff = read_campaign.browser(ED).get(f"/staff/asks/{read_campaign.ask_id()}")
    for each in (page, staff):
        assert re.search(r"<details >\s*<summary>(Each name and its entry|The names, with their entries)", each.html)
    found = rows(read_campaign, "targets", q="unexplained wealth")
    expected = {
        "target_number": "1", "state": "listed", "unique_id": "RUS0001", "listed_on": "2020-07-06",
        "law_key": "uksi/2019/855", "measures": "Asset freeze",
    }  # fmt: skip
    assert expected.items() <= found[0].items()
    records = all_records(read_campaign, f"/targets?ask={WEALTH_ORDERS}")
    for told in (found, records, got(read_campaign, f"/asks/{WEALTH_ORDERS}")["targets"]):
        assert [it["name"] for it in told] == CAMPAIGN[:ON_THE_LIST]
    assert rows(read_campaign, "targets", q="brexit") == []


def test_an_editor_can_show_a_name_that_is_not_listed_and_hide_one_that_is(campaign: Site) -> None:
    ask_id, ed = campaign.ask_id(), campaign.browser(ED)
    with campaign.reading() as session:
        ids = session.scalars(sa.select(Target.id).where(Target.ask_id == ask_id).order_by(Target.id)).all()
    ed.get(f"/staff/targets/{ids[34]}/compare").submit("Keep", show="yes")
    ed.get(f"/staff/targets/{ids[0]}/compare").submit("Keep", show="no")
    ed.get(f"/staff/targets/{ids[1]}/erase").submit("Erase it", reason="They asked for it.")
    said = campaign.browser().get(ADDRESS).section("targets")
    assert f"{CAMPAIGN[34]} Not on the list" in said
    shown = [*CAMPAIGN[2:29], CAMPAIGN[34]]
    for day, number, names in (
        ("", 29, shown), ("2022-03-15", 29, shown[:27]), ("2020-07-06", 10, shown[:8]), ("2020-07-05", 0, []),
    ):  # fmt: skip
        page = campaign.browser().get(ADDRESS, query_string={"on": day})
        assert named(page) == names
        assert f"{number} of 35 names are on the UK Sanctions List" in page.section("targets")
    assert 'id="targets"' not in campaign.browser().get(f"{ADDRESS}?on=2018-01-01").html
    assert "Compare the next" not in ed.get(f"/staff/asks/{ask_id}").text
    with campaign.change(ED) as change:
        make_targets(change, change.session.get_one(Ask, ask_id), "Carla Inventova")
    assert "Compare the next: Carla Inventova" in ed.get(f"/staff/asks/{ask_id}").links()
    with campaign.change(ED) as change:
        archive(change, change.session.get_one(Ask, ask_id), None, "Not about this.")
    for address in (ADDRESS, f"{ADDRESS}?on=2022-03-15", "/targets.csv", f"/api/v1{ADDRESS}"):
        assert "Testov3" not in campaign.browser().send("GET", address).text, "an ask that is no longer followed"


def test_who_is_taken_off_the_list_is_shown_so_and_a_law_says_who_is_on_it(campaign: Site) -> None:
    gone = {"removed_on": PartialDate("2026-11-21"), "last_seen": PartialDate("2026-11-20")}
    with campaign.change(ED) as change:
        make_designation(change.session, "RUS0900", kind=TargetKind.SHIP, listed_on=None)
        make_designation(change.session, "RUS0901", **gone)
        change.session.add(SanctionsList(day=PartialDate("2026-11-21"), read_at=change.at))
    said = campaign.browser().get("/legislation/uksi/2019/855").section("regime")
    assert "29 people, 1 ship, by the UK Sanctions List of 21 November 2026." in said
    assert "We have read the list since 20 November 2026; whoever was removed before is missing here." in said
    assert "2020 10 0 2022 19 0" in said
    assert "Not known 0 1" in said
    assert "20 November 2026 31 21 November 2026 30" in said
    assert 'id="regime"' not in campaign.browser().get("/legislation/ukpga/2017/22").html
    campaign.execute(sa.update(Designation).where(Designation.unique_id == "RUS0003").values(**gone))
    said = campaign.browser().get(ADDRESS).section("targets")
    assert "28 of 35 names are" in said
    assert "7 are not on the list, of which 1 was earlier." in said
    assert "Removed by 21 November 2026, listed on 6 July 2020" in said
    assert "29 of 35" in campaign.browser().get(f"{ADDRESS}?on=2026-11-20").section("targets")
    assert CAMPAIGN[2] not in named(campaign.browser().get(f"{ADDRESS}?on=2026-11-21"))


def test_names_that_are_added_are_counted_at_once(campaign: Site) -> None:
    assert "29 of 35 names are" in campaign.browser().get(ADDRESS).section("targets")
    with campaign.change(ED) as change:
        make_targets(change, change.session.scalars(sa.select(Ask).where(Ask.slug == WEALTH_ORDERS)).one(), "Dora New")
    assert "29 of 36 names are" in campaign.browser().get(ADDRESS).section("targets")
