"""Names that an ask wants to be sanctioned: pasted, compared with the list by a person, and what the public sees."""

from pathlib import Path

import sqlalchemy as sa

from tests.official.lists import EXAMPLE_BANK, TESTOV, SavedLists, as_xml
from tests.site import ADA, ED, Site
from tracker.models import Target
from tracker.official.designations import take_list
from tracker.official.sanctions import read_list
from tracker.rules.dates import PartialDate


def read_a_list(site: Site, folder: Path) -> None:
    """Take a list as `tracker look` does."""
    with site.change(ADA) as change:
        _, found = read_list(SavedLists(folder).put(xml=as_xml([TESTOV, EXAMPLE_BANK])), PartialDate("2026-11-22"))
        take_list(change.session, found, change.at)


def test_names_are_pasted_and_compared_one_after_the_other(site: Site, tmp_path: Path) -> None:
    page = site.browser(ED).get(f"/staff/asks/{site.ask_id()}")
    form = page.follow("Add names")
    page = form.submit("Add the names", names="Boris Testov\n\nCarla Inventova", words="They should be sanctioned.")
    assert "Boris Testov" in page.section("targets")
    read_a_list(site, tmp_path)
    page = page.follow("Compare with the list : Boris Testov")
    assert page.h1 == "Boris Testov"
    assert "RUS9001 Boris Ivanovich TESTOV (person), listed on 15 November 2022 under Russia" in page.text
    assert "Choose one." in page.submit("Keep").text
    assert page.submit("Keep", found="other", unique_id="RUS1").errors("unique_id")
    page = page.submit("Keep", found="RUS9001")
    assert page.notices == ["Kept. This is the next name."]
    assert page.h1 == "Carla Inventova"
    assert "has no entry with two of its words" in page.text
    page = page.submit("Keep", found="not_listed")
    assert page.notices == ["Kept. All are compared."]
    assert "RUS9001 Listed on 15 November 2022" in page.section("targets")
    with site.reading() as session:
        states = session.execute(sa.select(Target.state, Target.is_shown).order_by(Target.position)).all()
    assert [(state.value, is_shown) for state, is_shown in states] == [("listed", True), ("not_listed", False)]
