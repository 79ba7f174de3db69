"""The pages of an ask, of the law, of the method and about the site, as a stranger reads them."""

import re
from dataclasses import replace
from xml.etree.ElementTree import Element

import sqlalchemy as sa

from tests.browser import Page
from tests.page_checks import classes, text_of
from tests.site import LOCAL, PRODUCTION, WEALTH_ORDERS, MakeSite, Site
from tracker.models import Ask, Legislation, Link
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.method import CHANGES
from tracker.rules.status import Status
from tracker.rules.updates import EvidenceType

WEALTH_PAGE = f"/asks/{WEALTH_ORDERS}"
TERRITORIES = "/asks/overseas-territories-registers"


def element(page: Page, element_id: str) -> Element:
    return next(found for found in page.tree.iter() if found.get("id") == element_id)


def test_an_ask_is_told_in_the_order_in_which_it_is_asked_for(shared_site: Site) -> None:
    """Where it stands, by which tests, how we know, what is new, what comes next; then all the rest."""
    page = shared_site.browser().get(WEALTH_PAGE)
    order = ["status", "tests", "grounds", "short", "next", "timeline", "story", "law", "words", "cite"]
    assert [found.get("id") for found in page.tree.iter() if found.get("id") in order] == order
    assert page.h1 == "Use unexplained wealth orders against Kremlin-linked wealth"
    assert page.title.startswith(page.h1)
    assert page.all("p", "kicker") == ["Asked by implication Policy proposal · Illicit finance"]
    verdict = page.all("section", "verdict")[0]
    assert "In force, ask not yet met" in page.all("h2")[0]
    assert page.all("dl", "standing") == [
        "Tests 0 of 2 met Since 31 January 2018 already so when asked "
        "Looked at 29 November 2026 Our sources end 25 February 2026"
    ]
    assert Status.IN_FORCE.does_not_mean in verdict
    assert page.links()["0 of 2 met"] == "#tests"
    assert (
        "Use unexplained wealth orders against Kremlin-linked wealth: in force, ask not yet met since 31 January 2018, "
        "0 of 2 tests met (as of 29 November 2026). Unexplained wealth orders were in force before the ask was made."
    ) in page.section("short"), "a sentence to copy"
    words = page.section("words")
    for said in (
        "A considerable proportion could be vulnerable to unexplained wealth orders",
        "We read it as a call to use them on wealth tied to the Russian state",
        *("Mike Gapes", "How do we deal with Russia?", "19 March 2018", "Paragraph 11"),
    ):
        assert said in words


def test_an_ask_shows_its_tests_with_result_date_and_evidence_those_not_met_first(shared_site: Site) -> None:
    page = shared_site.browser().get(TERRITORIES)
    tests = page.section("tests")
    assert tests.startswith("3 of 11 tests are met")
    assert "Gibraltar has a public register of company owners: met , since March 2020. Evidence" in tests
    assert "Bermuda has a public register of company owners: not met , as known in December 2025." in tests
    spans = element(page, "tests").iter("span")
    results = [text_of(span) for span in spans if "result" in classes(span)]
    assert results == sorted(results, key=["not met", "unknown", "met"].index)
    assert len(results) == 11
    (lead,) = [link for link in page.tree.iter("a") if text_of(link).startswith("Evidence for “Gibraltar has")]
    assert lead.get("href") == "#u-2020-03"
    assert "Gibraltar has a public register of company owners: Met" in page.section("u-2020-03")
    tests = shared_site.browser().get(WEALTH_PAGE).section("tests")
    assert tests.startswith("Neither test is known to be met")
    met = shared_site.browser().get("/asks/uk-magnitsky-sanctions").section("tests")
    assert met.startswith("All three tests are met")
    recovered = "Wealth tied to the Russian state or its ruling circle has been recovered after an order"
    assert f"{recovered}: unknown , looked at 29 November 2026. Not met when asked. What we searched" in tests


def test_an_ask_shows_its_law_folded_with_provisions_extent_and_dates(shared_site: Site) -> None:
    page = shared_site.browser().get(WEALTH_PAGE)
    law = page.section("law")
    assert "Criminal Finances Act 2017 2017 c. 22 Enables" in law
    assert "ss. 1–3 Enables the ask Northern Ireland In force from 28 June 2021" in law
    assert "Brought into force by: Criminal Finances Act 2017 (Commencement No. 4) Regulations 2018" in law
    assert page.links()["This law and its asks : Criminal Finances Act 2017"] == "/legislation/ukpga/2017/22"
    section = element(page, "law")
    titles = [text_of(next(summary.iter("strong"))) for summary in section.iter("summary")]
    assert len(titles) == len(set(titles)) == len(list(section.iter("details")))
    assert not any("open" in details.attrib for details in section.iter("details"))
    acts = next(found for found in section.iter("ul") if "laws" in classes(found))
    titles = [text_of(next(act.iter("strong"))) for act in acts.findall("{*}li")]
    assert "Criminal Finances Act 2017" in titles
    assert not any("Commencement" in title for title in titles), "these stand under their Act"


def test_an_ask_tells_its_story_newest_first_with_evidence(shared_site: Site) -> None:
    page = shared_site.browser().get(WEALTH_PAGE)
    keys = [item.get("id", "") for item in page.tree.iter("li") if item.get("id", "").startswith("u-")]
    days = [re.sub(r"-\d$", "", key) for key in keys]
    assert days == sorted(days, reverse=True)
    began = page.section("u-2018-01-31")
    assert "Status changed" in began
    assert "In force, ask not yet met" in began
    assert "Unexplained wealth orders came into force in England and Wales and in Scotland." in began
    appeal = shared_site.browser().get(f"{WEALTH_PAGE}/story?entry=2020-02-05").section("u-2020-02-05")
    for said in ("A setback for", "Law Gazette", "Independent", "upheld on appeal with the same case name"):
        assert said in appeal
    (aside,) = page.tree.iter("aside")
    leads = [link.get("href", "") for link in aside.iter("a") if link.get("href", "").startswith("#u-")]
    assert leads == [f"#{key}" for key in keys[:3]], "the newest three stand beside the verdict"
    assert f"The whole story, {len(keys)} entries" in text_of(aside)
    assert {f"#{anchor}" for anchor in keys} <= {link.get("href") for link in page.tree.iter("a")}


def test_an_ask_says_what_comes_next_who_can_act_and_how_to_report_an_error(sqlite_site: Site) -> None:
    values = {"next_step": "The next annual report is due.", "next_step_on": PartialDate("2027-09")}
    sqlite_site.execute(sa.update(Ask).values(**values))
    page = sqlite_site.browser().get(WEALTH_PAGE)
    aside = page.section("next")
    assert "Next step September 2027: The next annual report is due." in aside
    assert "Who can act Home Office National Crime Agency" in aside
    assert page.links()["How to reach us"] == page.links()["Report an error on this page"] == "/about#contact"


def test_each_law_is_listed_once_and_shows_its_asks_and_a_bill_its_act(shared_site: Site) -> None:
    browser = shared_site.browser()
    index = browser.get("/legislation")
    heads = [head for head in index.tree.iter("th") if head.get("scope") == "row"]
    links = [link.get("href", "") for head in heads for link in head.iter("a")]
    published = sa.select(sa.func.count(Legislation.id)).where(Legislation.publication == Publication.PUBLISHED)
    assert len(links) == len(set(links)) == shared_site.scalar(published) > 0
    (row,) = [text for text in index.all("tr") if text.startswith("Criminal Finances Act 2017 2017 c. 22")]
    assert "Enables: Use unexplained wealth orders against Kremlin-linked wealth" in row
    assert row.endswith("27 April 2017")
    assert f"{WEALTH_PAGE}#law" in {link.get("href") for link in index.tree.iter("a")}
    page = browser.get("/legislation/ukpga/2017/22")
    assert page.h1 == "Criminal Finances Act 2017"
    for words in ("Citation 2017 c. 22", "Became law 27 April 2017", "Stage Law"):
        assert words in page.text
    assert page.links()["Use unexplained wealth orders against Kremlin-linked wealth"] == WEALTH_PAGE
    assert "https://www.legislation.gov.uk/ukpga/2017/22" in page.links().values()
    bill = browser.get("/legislation/bill/2017-19/157")
    assert "Stage Became law" in bill.text
    act = bill.follow(next(words for words, href in bill.links().items() if href == "/legislation/ukpga/2018/13"))
    assert act.h1 == "Sanctions and Anti-Money Laundering Act 2018"
    assert "/legislation/bill/2017-19/157" in act.links().values()
    assert "Stage" not in browser.get("/legislation/je-law/2025/2").text, "its dates do not tell"


def test_the_method_defines_every_status_and_type_of_evidence_and_says_what_changed(shared_site: Site) -> None:
    page = shared_site.browser().get("/method")
    for status in Status:
        section = page.section(status.value)
        assert section.startswith(status.label)
        for words in (status.means, status.does_not_mean, status.takes):
            assert words in section
    for type_ in EvidenceType:
        assert f"{type_.label} {type_.means}" in page.section("evidence")
    history = page.section("version")
    assert f"This is version {CHANGES[0].version} of the method." in history
    for change in CHANGES:
        assert f"{change.version}, {change.made_on.in_words}" in history
        assert all(what in history for what in change.what)
    newest_first = [(tuple(map(int, change.version.split("."))), change.made_on) for change in CHANGES]
    assert newest_first == sorted(newest_first, reverse=True)
    anchors = {found.get("id") for found in page.tree.iter()}
    for path in ("/", WEALTH_PAGE, "/legislation/ukpga/2018/13"):
        hrefs = shared_site.browser().get(path).links().values()
        leads = {href.partition("#")[2] for href in hrefs if href.startswith("/method#")}
        assert leads
        assert leads <= anchors


def test_about_says_who_we_are_and_invents_nothing(make_site: MakeSite) -> None:
    told = replace(LOCAL, publisher="Friends of the Tracker", funding="Paid for by its readers.")
    page = make_site(told).browser().get("/about").text
    assert "Friends of the Tracker runs this tracker. Paid for by its readers." in page
    assert "has not been entered" not in page
    unset = make_site(PRODUCTION).browser().get("/about", base_url="https://tracker.example")
    assert "This is not a government service" in unset.text
    assert "CC BY 4.0" in unset.text
    assert unset.links()["desk@tracker.example"] == "mailto:desk@tracker.example"
    assert "Who runs this tracker has not been entered here yet." in unset.text
    assert "Who pays for it has not been entered here yet." in unset.text


def test_law_that_ended_says_until_when_it_was_in_force(sqlite_site: Site) -> None:
    def law(**values: object) -> str:
        sqlite_site.execute(sa.update(Link).values(values))
        return sqlite_site.browser().get(WEALTH_PAGE).section("law")

    ended = PartialDate("2022")
    assert "2017 c. 22 Enables; in force from 31 January 2018 until 2022 ss. 1–3" in law(ended_on=ended)
    assert "ss. 1–3 Enables the ask England and Wales No longer in force since 2022" in law(in_force_on=None)
