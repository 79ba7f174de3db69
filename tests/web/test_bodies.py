"""The staff pages of bodies, and what the public sees of a change."""

import sqlalchemy as sa

from tests.site import CLEO, ED, Site
from tracker.models import Event

LIST, PAGE = "/staff/bodies/", "/bodies/national-crime-agency"
NAME = "Fighters of Crime"


def test_an_editor_renames_a_body_and_its_page_stays(site: Site) -> None:
    form = site.browser(ED).get("/staff/").follow("Bodies").follow("Edit National Crime Agency")
    assert (form.value("name"), form.value("short_names")) == ("National Crime Agency", "NCA")
    assert form.submit("Keep", name="home office").errors("name") == ["Another body has or had this name."]
    kept = form.submit("Keep", name=NAME, short_names="NCA\nFOCUS")
    assert kept.notices == ["Kept."]
    assert f"{NAME} Also called NCA, FOCUS" in kept.text
    browser = site.browser()
    page = browser.get(PAGE)
    assert page.h1 == NAME
    assert "Also called NCA, FOCUS" in page.text
    assert browser.get("/asks/dirty-money-london").follow(NAME).h1 == NAME
    assert browser.get("/?q=focus").h1 == "“focus”: 3 of 11 asks"
    assert browser.get("/?body=national-crime-agency").h1 == "3 of 11 asks"
    assert f"; {NAME}; " in browser.send("GET", "/asks.csv").text
    log = site.browser(ED).get("/staff/log/")
    assert log.follow(f"See it : {NAME}").h1 == "Bodies"
    logged = site.scalar(sa.select(Event.after).where(Event.subject == "body").order_by(Event.id.desc()).limit(1))
    assert logged == {"name": NAME, "short_names": ["NCA", "FOCUS"]}


def test_a_contributor_reads_the_list_and_changes_nothing(shared_site: Site) -> None:
    page = shared_site.browser(CLEO).get(LIST)
    assert "Financial Conduct Authority Also called FCA" in page.text
    assert not [text for text in page.links() if text.startswith("Edit")]
