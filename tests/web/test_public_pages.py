"""The pages of an ask, of the law, of the method and about the site, as a stranger reads them."""

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa

from tests.page_checks import classes, text_of
from tests.site import LOCAL, PRODUCTION, WEALTH_ORDERS, MakeSite, Site
from tracker.models import Ask, FormerSlug, Legislation, Update
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.method import CHANGES
from tracker.rules.status import DEFINITIONS, Status
from tracker.rules.updates import EvidenceType

WEALTH_PAGE = f"/asks/{WEALTH_ORDERS}"


def test_an_ask_stands_in_its_own_words_with_its_source(shared_site: Site) -> None:
    page = shared_site.browser().get(WEALTH_PAGE)
    words = page.section("words")
    assert page.h1 == "Use unexplained wealth orders against Kremlin-linked wealth"
    assert page.title.startswith(page.h1)
    assert "A considerable proportion could be vulnerable to unexplained wealth orders" in words
    assert "Mike Gapes" in words
    assert "How do we deal with Russia?" in words
    assert "19 March 2018" in words
    assert "Paragraph 11" in words
    assert "We read it as a call to use them on wealth tied to the Russian state" in words


def test_an_ask_says_where_it_stands_why_and_when_it_was_looked_at(shared_site: Site) -> None:
    page = shared_site.browser().get(WEALTH_PAGE)
    verdict = page.all("section", "verdict")[0]
    assert "In force, ask not yet met" in page.all("h2")[0]
    assert page.all("dl", "standing") == [
        "Tests 0 of 2 met Since 31 January 2018 already so when asked "
        "Looked at 29 November 2026 Our sources end 25 February 2026"
    ]
    assert "Unexplained wealth orders were in force before the ask was made." in verdict
    assert DEFINITIONS[Status.IN_FORCE].does_not_mean in verdict
    assert page.links()["0 of 2 met"] == "#tests"


def test_an_ask_is_told_in_the_order_in_which_it_is_asked_for(shared_site: Site) -> None:
    """Where it stands, by which tests, how we know, what is new, what comes next; then all the rest."""
    page = shared_site.browser().get(WEALTH_PAGE)
    order = ["status", "tests", "grounds", "short", "next", "timeline", "story", "law", "words", "cite"]
    ids = [element.get("id") for element in page.tree.iter() if element.get("id") in order]
    assert ids == order
    assert page.all("p", "kicker") == ["Asked by implication Policy proposal · Illicit finance"]


def test_an_ask_shows_its_tests_with_result_date_and_evidence_those_not_met_first(shared_site: Site) -> None:
    page = shared_site.browser().get("/asks/overseas-territories-registers")
    tests = page.section("tests")
    assert tests.startswith("3 of 11 tests are met")
    assert "Gibraltar has a public register of company owners: met , since March 2020. Evidence" in tests
    assert "Montserrat has a public register of company owners: met , since 11 October 2024. Evidence" in tests
    assert "Bermuda has a public register of company owners: not met , as known in December 2025." in tests
    section = next(element for element in page.tree.iter("section") if element.get("id") == "tests")
    results = [text_of(element) for element in section.iter("span") if "result" in classes(element)]
    assert results == sorted(results, key=["not met", "unknown", "met"].index)
    assert len(results) == 11
    tests = shared_site.browser().get(WEALTH_PAGE).section("tests")
    assert tests.startswith("Neither test is known to be met")
    recovered = "Wealth tied to the Russian state or its ruling circle has been recovered after an order"
    assert f"{recovered}: unknown , looked at 29 November 2026. Not met when asked. What we searched" in tests


def test_each_test_leads_to_the_entry_that_its_result_rests_on(shared_site: Site) -> None:
    page = shared_site.browser().get("/asks/overseas-territories-registers")
    (lead,) = [link for link in page.tree.iter("a") if text_of(link).startswith("Evidence for “Gibraltar has")]
    assert lead.get("href") == "#u-2020-03"
    assert "Gibraltar has a public register of company owners: Met" in page.section("u-2020-03")


def test_an_ask_in_short_is_a_sentence_to_copy(shared_site: Site) -> None:
    assert (
        "Use unexplained wealth orders against Kremlin-linked wealth: in force, ask not yet met since 31 January 2018, "
        "0 of 2 tests met (as of 29 November 2026). Unexplained wealth orders were in force before the ask was made."
    ) in shared_site.browser().get(WEALTH_PAGE).section("short")


def test_the_newest_three_entries_stand_beside_the_verdict_and_lead_to_the_story(shared_site: Site) -> None:
    page = shared_site.browser().get(WEALTH_PAGE)
    entries = [entry.get("id", "") for entry in page.tree.iter("li") if entry.get("id", "").startswith("u-")]
    (aside,) = page.tree.iter("aside")
    leads = [link.get("href", "") for link in aside.iter("a") if link.get("href", "").startswith("#u-")]
    assert leads == [f"#{key}" for key in entries[:3]]
    assert f"The whole story, {len(entries)} entries" in text_of(aside)


def test_an_ask_shows_its_law_with_provisions_extent_and_dates(shared_site: Site) -> None:
    page = shared_site.browser().get(WEALTH_PAGE)
    law = page.section("law")
    assert "Criminal Finances Act 2017 2017 c. 22 Enables" in law
    assert "ss. 1–3 Enables the ask England and Wales In force from 31 January 2018" in law
    assert "ss. 1–3 Enables the ask Northern Ireland In force from 28 June 2021" in law
    assert page.links()["This law and its asks : Criminal Finances Act 2017"] == "/legislation/ukpga/2017/22"


def test_provisions_are_folded_under_their_act(shared_site: Site) -> None:
    page = shared_site.browser().get(WEALTH_PAGE)
    section = next(element for element in page.tree.iter("section") if element.get("id") == "law")
    titles = [text_of(next(summary.iter("strong"))) for summary in section.iter("summary")]
    assert titles.count("Criminal Finances Act 2017") == 1
    assert len(titles) == len(set(titles)) == len(list(section.iter("details")))
    assert not any("open" in details.attrib for details in section.iter("details"))


def test_commencement_orders_stand_under_their_act(shared_site: Site) -> None:
    page = shared_site.browser().get(WEALTH_PAGE)
    section = next(element for element in page.tree.iter("section") if element.get("id") == "law")
    acts = next(element for element in section.iter("ul") if "laws" in element.get("class", ""))
    titles = [text_of(next(act.iter("strong"))) for act in acts.findall("{*}li")]
    assert "Criminal Finances Act 2017" in titles
    assert not any("Commencement" in title for title in titles)
    assert "Brought into force by: Criminal Finances Act 2017 (Commencement No. 4) Regulations 2018" in text_of(section)


def test_an_ask_tells_its_story_newest_first_with_evidence(shared_site: Site) -> None:
    page = shared_site.browser().get(WEALTH_PAGE)
    entries = [entry for entry in page.tree.iter("li") if entry.get("id", "").startswith("u-")]
    keys = [entry.get("id", "") for entry in entries]
    days = [re.sub(r"-\d$", "", key) for key in keys]
    assert days == sorted(days, reverse=True)
    assert {"u-2018-01-31", "u-2020-06", "u-2021-06-28"} <= set(keys)
    began = page.section("u-2018-01-31")
    assert "Status changed" in began
    assert "In force, ask not yet met" in began
    assert "Unexplained wealth orders came into force in England and Wales and in Scotland." in began
    appeal = shared_site.browser().get(f"{WEALTH_PAGE}/story?entry=2020-02-05").section("u-2020-02-05")
    assert "A setback for unexplained wealth orders" in appeal
    assert "Law Gazette" in appeal
    assert "Independent" in appeal
    assert "upheld on appeal with the same case name" in appeal


def test_an_ask_says_what_comes_next_who_can_act_and_how_to_report_an_error(
    sqlite_site: Site, make_site: MakeSite
) -> None:
    values = {"next_step": "The next annual report is due.", "next_step_on": PartialDate("2027-09")}
    sqlite_site.execute(sa.update(Ask).values(**values))
    page = sqlite_site.browser().get(WEALTH_PAGE)
    aside = page.section("next")
    assert "Next step September 2027: The next annual report is due." in aside
    assert "Who can act Home Office National Crime Agency" in aside
    assert "Report an error on this page" in page.all("footer")[0]
    assert page.links()["How to reach us"] == page.links()["Report an error on this page"] == "/about#contact"
    with_contact = make_site(PRODUCTION).browser().get(WEALTH_PAGE, base_url="https://tracker.example")
    report = with_contact.links()["Report an error on this page"]
    assert report.startswith("mailto:desk@tracker.example?subject=Error%20report%3A%20Use%20unexplained")
    assert "https%3A//tracker.example/asks/unexplained-wealth-orders" in report


@pytest.mark.parametrize(
    "slug", ["crown-dependencies-registers", "stop-brexit", "uk-magnitsky-sanctions", WEALTH_ORDERS]
)
def test_every_entry_has_an_anchor_of_its_own_that_the_page_leads_to(shared_site: Site, slug: str) -> None:
    page = shared_site.browser().get(f"/asks/{slug}")
    with shared_site.reading() as session:
        of_ask = sa.select(Update.key).join(Update.ask).where(Ask.slug == slug)
        keys = set(session.scalars(of_ask.where(Update.publication == Publication.PUBLISHED)))
    anchors = {element.get("id", "") for element in page.tree.iter() if element.get("id", "").startswith("u-")}
    assert anchors == {f"u-{key}" for key in keys}
    assert {f"#u-{key}" for key in keys} <= {link.get("href") for link in page.tree.iter("a")}


def test_all_public_pages_are_whole(shared_site: Site) -> None:
    """The browser checks each page; that every one of them is reached is checked here."""
    browser = shared_site.browser()
    with shared_site.reading() as session:
        asks = [f"/asks/{slug}" for slug in session.scalars(sa.select(Ask.slug))]
        published = sa.select(Legislation.key).where(Legislation.publication == Publication.PUBLISHED)
        laws = [f"/legislation/{key}" for key in session.scalars(published)]
    assert min(len(asks), len(laws)) > 10
    titles = {browser.get(path).title for path in ["/", "/legislation", "/method", "/about", *asks, *laws]}
    assert len(titles) == 4 + len(asks) + len(laws), "no two pages share a title"


def test_a_former_slug_leads_to_the_ask(sqlite_site: Site) -> None:
    ask_id = sqlite_site.ask_id()
    sqlite_site.execute(sa.insert(FormerSlug).values(slug="wealth-orders", ask_id=ask_id))
    page = sqlite_site.browser().get("/asks/wealth-orders")
    assert (page.hops, page.path) == ([301, 200], WEALTH_PAGE)
    sqlite_site.execute(sa.update(Ask).where(Ask.id == ask_id).values(publication=Publication.DRAFT))
    assert sqlite_site.browser().get("/asks/wealth-orders").hops == [404]


def test_an_archived_ask_keeps_its_page_and_leaves_the_files(sqlite_site: Site) -> None:
    archived = sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(publication=Publication.ARCHIVED)
    sqlite_site.execute(archived)
    browser = sqlite_site.browser()
    page = browser.get(WEALTH_PAGE)
    assert page.status == 200
    assert page.notices[0].startswith("Archived.")
    for name in ("asks", "updates", "evidence", "tests", "links"):
        assert WEALTH_ORDERS not in browser.get(f"/{name}.csv").html
    assert page.h1 not in browser.get("/legislation/ukpga/2017/22").text


def test_a_law_shows_the_asks_that_hang_on_it(shared_site: Site) -> None:
    page = shared_site.browser().get("/legislation/ukpga/2017/22")
    assert page.h1 == "Criminal Finances Act 2017"
    assert "Citation 2017 c. 22" in page.text
    assert "Became law 27 April 2017" in page.text
    assert page.links()["Use unexplained wealth orders against Kremlin-linked wealth"] == WEALTH_PAGE
    assert "https://www.legislation.gov.uk/ukpga/2017/22" in page.links().values()


def test_a_bill_and_the_act_that_it_became_lead_to_each_other(shared_site: Site) -> None:
    browser = shared_site.browser()
    bill = browser.get("/legislation/bill/2017-19/157")
    act = bill.follow(next(words for words, href in bill.links().items() if href == "/legislation/ukpga/2018/13"))
    assert act.h1 == "Sanctions and Anti-Money Laundering Act 2018"
    assert "/legislation/bill/2017-19/157" in act.links().values()


def test_the_index_of_laws_lists_every_published_law_once(shared_site: Site) -> None:
    page = shared_site.browser().get("/legislation")
    heads = [head for head in page.tree.iter("th") if head.get("scope") == "row"]
    links = [link.get("href", "") for head in heads for link in head.iter("a")]
    published = sa.select(sa.func.count(Legislation.id)).where(Legislation.publication == Publication.PUBLISHED)
    assert len(links) == len(set(links)) == shared_site.scalar(published) > 0
    assert all(link.startswith("/legislation/") for link in links)


def test_the_index_of_laws_says_what_each_did_for_which_ask(shared_site: Site) -> None:
    page = shared_site.browser().get("/legislation")
    (row,) = [text for text in page.all("tr") if text.startswith("Criminal Finances Act 2017 2017 c. 22")]
    assert "Enables: Use unexplained wealth orders against Kremlin-linked wealth" in row
    assert row.endswith("27 April 2017")
    leads = [link.get("href", "") for link in page.tree.iter("a") if link.get("href", "").startswith("/asks/")]
    assert f"{WEALTH_PAGE}#law" in leads


def test_the_method_page_has_an_anchor_for_every_status(shared_site: Site) -> None:
    page = shared_site.browser().get("/method")
    for status in Status:
        section, definition = page.section(status.value), DEFINITIONS[status]
        assert section.startswith(definition.label)
        for words in (definition.means, definition.does_not_mean, definition.takes):
            assert words in section


def test_every_status_tag_leads_to_its_definition(shared_site: Site) -> None:
    browser = shared_site.browser()
    anchors = {element.get("id") for element in browser.get("/method").tree.iter()}
    for path in ("/", WEALTH_PAGE, "/legislation/ukpga/2018/13"):
        leads = {href for href in browser.get(path).links().values() if href.startswith("/method#")}
        assert leads
        assert {href.partition("#")[2] for href in leads} <= anchors


def test_about_says_who_we_are_and_how_to_reach_us(make_site: MakeSite) -> None:
    page = make_site(PRODUCTION).browser().get("/about", base_url="https://tracker.example")
    assert "This is not a government service" in page.text
    assert page.links()["desk@tracker.example"] == "mailto:desk@tracker.example"
    assert "CC BY 4.0" in page.text


def test_about_invents_nothing_about_who_runs_and_pays_for_it(shared_site: Site, make_site: MakeSite) -> None:
    unset = shared_site.browser().get("/about").text
    assert "Who runs this tracker has not been entered here yet." in unset
    assert "Who pays for it has not been entered here yet." in unset
    told = make_site(replace(LOCAL, publisher="Friends of the Tracker", funding="Paid for by its readers."))
    page = told.browser().get("/about").text
    assert "Friends of the Tracker runs this tracker. Paid for by its readers." in page
    assert "has not been entered" not in page


def test_the_method_page_has_its_version_and_what_changed(shared_site: Site) -> None:
    page = shared_site.browser().get("/method")
    assert f"This is version {CHANGES[0].version} of the method." in page.section("version")
    for change in CHANGES:
        assert f"{change.version}, {change.made_on.in_words}" in page.section("version")
        assert all(what in page.section("version") for what in change.what)
    numbers = [tuple(map(int, change.version.split("."))) for change in CHANGES]
    assert numbers == sorted(numbers, reverse=True)
    assert [change.made_on for change in CHANGES] == sorted((change.made_on for change in CHANGES), reverse=True)


def test_the_method_page_explains_each_type_of_evidence(shared_site: Site) -> None:
    page = shared_site.browser().get("/method")
    for type_ in EvidenceType:
        assert f"{type_.label} {type_.means}" in page.section("evidence")


@pytest.mark.parametrize(
    ("path", "stage"),
    [
        ("/legislation/ukpga/2017/22", "Stage Law"),
        ("/legislation/bill/2017-19/157", "Stage Became law"),
        ("/legislation/je-law/2025/2", None),
    ],
)
def test_a_law_says_how_far_it_has_come_where_its_dates_tell(shared_site: Site, path: str, stage: str | None) -> None:
    text = shared_site.browser().get(path).text
    assert stage in text if stage else "Stage" not in text


@pytest.mark.parametrize(
    "path",
    [
        "/asks/no-such-ask", "/asks/UPPER", "/asks/-", "/asks/a--b-", "/asks/" + "a" * 81,
        "/asks/%00", "/asks/%ff", "/asks/..%2f..%2fetc", "/asks/1",
        "/legislation/ukpga", "/legislation/ukpga/2017", "/legislation/ukpga/2017/99999",
        "/legislation/ukpga/2019/counter-terrorism-border-security", "/legislation/ukpga/2017/22/1/2",
        "/legislation/ukpga/2017/" + "9" * 300, "/asks.json", "/people.csv", "/favicon.ico",
        "/index.html", "/.env", "/static/", "/static/../app.py", "/static/%2e%2e/app.py",
        "/static/nothing.css", "/%e2%80%ae", "/\u202e", "/" + "x" * 5000,
    ],
)  # fmt: skip
def test_an_unknown_address_is_a_clear_404(shared_site: Site, path: str) -> None:
    page = shared_site.browser().request("GET", path)
    assert page.status == 404
    assert page.h1 == "There is no such page"
    assert "etc" not in page.text
    assert "x" * 50 not in page.html
