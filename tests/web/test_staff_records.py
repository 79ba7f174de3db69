"""Records of the staff area: entered, edited, published, archived and restored by forms; listed page by page."""

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.exported import rows
from tests.page_checks import text_of
from tests.site import ADA, CLEO, ED, WEALTH_ORDERS, Site
from tests.web.test_new_asks import one_of_each_kind
from tracker.models import Ask, Event, Legislation, Source
from tracker.queries import paging, staff
from tracker.rules.dates import PartialDate
from tracker.rules.status import STATUS_ORDER, Status


def test_a_law_is_entered_linked_and_published(site: Site) -> None:
    ed, stranger = site.browser(ED), site.browser()
    law = ed.get("/staff/legislation/").follow("New law")
    entered = law.submit("Keep as a draft", title="The Homes Act 2019", kind="ukpga", year="2019")
    assert entered.notices == ["Kept as a draft."]
    entered = entered.follow("Edit the law").submit("Keep", note="Checked now.", citation="2019 c. 99")
    assert entered.notices == ["Kept."], entered.summary
    assert stranger.get("/legislation/ukpga/2019/99").status == 404
    ask = ed.get(f"/staff/asks/{site.ask_id()}")
    typed = {"legislation_id": "2019 c. 99", "provisions": "ss. 1–3", "extent": ["England", "Wales"]}
    linked = ask.follow("Link a law").submit("Keep as a draft", **typed, effect="blocks")
    assert "Kept as a draft" in linked.notices[0]
    assert linked.html.split('id="links"')[1].split("<details ")[1].startswith("open"), "or nobody finds “Publish”"
    publish = "Publish the link to The Homes Act 2019 ss. 1–3 England, Wales"
    early = linked.submit(publish)
    assert early.path == ask.path
    assert early.notices == ["The law itself is not public. Publish it first."]
    assert ed.get(entered.path).submit("Publish the law").notices == ["The law is public."]
    assert ed.get(ask.path).submit(publish).notices == ["The link is public."]
    page = stranger.get("/legislation/ukpga/2019/99")
    assert page.links()["https://www.legislation.gov.uk/ukpga/2019/99"]
    assert "Checked now." in page.text
    assert "ss. 1–3 Blocks the ask England; Wales" in page.text
    assert "The Homes Act 2019" in stranger.get(f"/asks/{WEALTH_ORDERS}").section("law")
    assert ("ukpga/2019/99", "blocks") in {(row["law_key"], row["effect"]) for row in rows(site, "links")}
    assert "2019 c. 99" in {row["citation"] for row in rows(site, "legislation")}


def test_what_is_wrong_with_a_law_stands_beside_its_field(shared_site: Site) -> None:
    form = shared_site.browser(ED).get("/staff/legislation/new")
    for typed, field, says in (
        ({"citation": "2017 c. 22"}, "citation", "This law is entered already: 2017 c. 22."),
        ({"citation": "2018 c. 13", "address": "https://www.legislation.gov.uk/ukpga/2017/22"}, "address", "leads to"),
        ({"title": ""}, "title", "Fill in “Title”."),
        ({"title": "A law"}, "kind", "Choose the kind of law"),
    ):
        with shared_site.unchanged():
            refused = form.submit("Keep as a draft", **{"title": "A law of ours"} | typed)
        assert refused.status == 422
        assert any(says in error for error in refused.errors(field)), refused.summary


LINK = "the link to Sanctions and Anti-Money Laundering Act 2018 s. 63(3) United Kingdom"


def test_what_is_archived_can_be_restored_as_it_was(sqlite_site: Site) -> None:
    ed, stranger = sqlite_site.browser(ED), sqlite_site.browser()
    source = sqlite_site.scalar(sa.select(Source.title))
    for path, name, shown in (
        (f"/staff/asks/{sqlite_site.ask_id()}", "the ask", "/asks.csv"),
        ("/staff/legislation/1", "the law", "/legislation.csv"),
        ("/staff/asks/1", LINK, "/links.csv"),
        ("/staff/sources/", source, "/sources.csv"),
    ):
        before = stranger.get(shown).html
        form = ed.get(path).follow(f"Archive {name}")
        with sqlite_site.unchanged():
            assert form.submit("Archive").errors("reason") == ["Fill in “Why”."]
        done = form.submit("Archive", reason="Not ours any more.")
        assert done.notices[0].startswith("Done. You can take up the ")
        if name != source:
            assert "Why: Not ours any more." in done.text
            assert stranger.get(shown).html != before
        assert done.submit(f"Take up {name}").notices[0].endswith(" is back.")
        assert stranger.get(shown).html == before


def test_a_contributor_is_offered_only_what_a_contributor_may(shared_site: Site) -> None:
    cleo = shared_site.browser(CLEO)
    paths = ("/staff/", "/staff/asks/", f"/staff/asks/{shared_site.ask_id()}", "/staff/legislation/1",
             "/staff/legislation/", "/staff/sources/")  # fmt: skip
    pages = [cleo.get(path) for path in paths]
    assert not any(words.startswith(("Publish", "Take up")) for page in pages for words in page.all("button"))
    for address in one_of_each_kind(shared_site, *pages):
        assert cleo.send("GET", address).status_code == 200 or "/updates/" in address, address


def test_a_log_is_read_page_by_page(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, path = sqlite_site.browser(ADA), f"/staff/asks/{sqlite_site.ask_id()}"
    ada.get(f"{path}/edit").submit("Keep", next_step="A report")
    page = ada.get(f"{path}/edit").submit("Keep", deadline_note="Report", next_step="")
    assert "Ada Admin edited the ask “Use unexplained wealth orders against Kremlin-linked" in page.section("log")
    assert "Deadline note [put in: Report ]" in page.section("log")
    assert "Next step [taken out: A report" in page.section("log")
    monkeypatch.setattr(staff, "MOST", 7)
    page = ada.get(path)
    told = page.section("log")
    while "Older entries" in page.links():
        page = page.follow("Older entries")
        told += page.section("log")
    of_ask = sa.select(sa.func.count()).select_from(Event).where(Event.ask_id == sqlite_site.ask_id())
    assert told.count("Seeds ") == sqlite_site.scalar(of_ask.where(Event.actor_id.is_(None)))
    for place in ("x", "0", "9" * 5000, "²"):
        refused = ada.get("/staff/asks/1", query_string={"before": place})
        assert refused.status == 400
        assert "There is no such place in the log." in refused.text


def test_an_editor_renames_a_body_and_its_page_stays(site: Site) -> None:
    name = "Fighters of Crime"
    form = site.browser(ED).get("/staff/").follow("Bodies").follow("Edit National Crime Agency")
    assert (form.value("name"), form.value("short_names")) == ("National Crime Agency", "NCA")
    assert form.submit("Keep", name="home office").errors("name") == ["Another body has or had this name."]
    kept = form.submit("Keep", name=name, short_names="NCA\nFOCUS")
    assert kept.notices == ["Kept."]
    assert f"{name} Also called NCA, FOCUS" in kept.text
    browser = site.browser()
    page = browser.get("/asks/dirty-money-london").follow(name)
    assert (page.path, page.h1) == ("/bodies/national-crime-agency", name)
    assert "Also called NCA, FOCUS" in page.text
    assert browser.get("/?q=focus").h1 == "“focus”: 3 of 11 asks"
    assert f"; {name}; " in browser.send("GET", "/asks.csv").text
    assert kept.browser.get("/staff/log/").follow(f"See it : {name}").h1 == "Bodies"
    read = site.browser(CLEO).get("/staff/bodies/")
    assert "Financial Conduct Authority Also called FCA" in read.text
    assert not [words for words in read.links() if words.startswith("Edit")]


# --- lists, page by page ---

ENDS = {
    "/staff/asks/": "ÿÿÿ~1",
    "/staff/sources/": "ÿÿÿ~1",
    "/staff/bodies/": "ÿÿÿ~1",
    "/staff/legislation/": "zzz",
    "/staff/people/": "ÿÿÿ~1",
    "/staff/approval/": "9999-01-01T00:00:00+00:00~1",
    "/staff/desk/drafts": "9~1",
}


def pages(site: Site, path: str) -> list[str]:
    """The words of each page of a list, as one gets on from page to page."""
    browser, found = site.browser(ADA), []
    while path:
        page = browser.get(path)
        found.append(page.text)
        path = next((link.get("href", "") for link in page.tree.iter("a") if link.get("rel") == "next"), "")
        assert ("From the beginning" in page.links()) == (len(found) > 1)
    return found


def test_lists_have_pages_to_which_filters_are_carried(shared_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff.list_asks, "__defaults__", ("", 2))
    monkeypatch.setattr(staff.list_all, "__defaults__", ("", 5))
    monkeypatch.setattr(paging, "SIZE", 1)
    with shared_site.reading() as session:
        titles = list(session.scalars(sa.select(Ask.title).where(Ask.status == "partly_met").order_by(Ask.title)))
        laws = list(session.scalars(sa.select(Legislation.title)))
    found = pages(shared_site, "/staff/asks/?status=partly_met&publication=published")
    assert len(found) == (len(titles) + 1) // 2 > 1
    for number, title in enumerate(titles):
        assert [number // 2] == [place for place, text in enumerate(found) if title in text]
    assert f"{len(titles)} asks that fit" in found[0]
    assert len(pages(shared_site, "/staff/legislation/")) == (len(laws) + 4) // 5
    assert len(pages(shared_site, "/staff/desk/unverified")) > 1
    page = shared_site.browser(ADA).get("/staff/asks/").submit("Show asks", q="no such words")
    assert "No ask fits." in page.text
    assert page.value("q") == "no such words"
    assert "No ask fits." not in page.follow("Clear the filters").text


def titles_of(page: Page) -> list[str]:
    """The asks of the list, in its order."""
    return [text_of(link) for row in page.tree.iter("th") for link in row.iter("a")]


def test_asks_are_sorted_by_look_or_by_status_and_keep_their_filters(sqlite_site: Site) -> None:
    for slug, day in (("salisbury-hold-firm", "2020"), ("dirty-money-london", "2021-05")):
        sqlite_site.execute(sa.update(Ask).where(Ask.slug == slug).values(reviewed_on=PartialDate(day)))
    sqlite_site.execute(sa.update(Ask).where(Ask.slug == "stop-brexit").values(publication="archived"))
    with sqlite_site.reading() as session:
        by_title = session.scalars(sa.select(Ask).order_by(Ask.title)).all()
    page = sqlite_site.browser(ADA).get("/staff/asks/")
    assert page.all("span", "chip") == ["Archived"], "only what is not published says so"
    assert titles_of(page) == [ask.title for ask in by_title]
    longest_ago = [ask.title for ask in by_title if ask.slug == "salisbury-hold-firm"]
    assert titles_of(page.follow("looked at, longest ago first"))[:1] == longest_ago
    by_status = page.follow("status")
    places = {ask.title: STATUS_ORDER.index(ask.status or Status.MET) for ask in by_title}
    assert titles_of(by_status) == sorted(titles_of(page), key=lambda title: places[title])
    assert by_status.follow("title").path == "/staff/asks/"
    found = by_status.submit("Show asks", q="Open company ownership")
    assert "status" in found.all("strong")
    assert found.follow("looked at, longest ago first").value("q") == "Open company ownership"


def test_a_page_that_is_gone_and_one_that_never_was(shared_site: Site) -> None:
    browser = shared_site.browser(ADA)
    for path, end in ENDS.items():
        page = browser.get(path, query_string={"after": end})
        assert (page.status, "There are no more." in page.text) == (200, True)
    for query in ("after=nothing", "sort=colour"):
        assert browser.send("GET", f"/staff/asks/?{query}").status_code == 400
