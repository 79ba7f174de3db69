"""What is new, what was put right, and what we do not know: the gaps that we own up to."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import sqlalchemy as sa

from tests.browser import Page
from tests.factories import make_ask, make_law, make_link, make_update
from tests.page_checks import text_of
from tests.site import ED, PRODUCTION, WEALTH_ORDERS, MakeSite, Site
from tests.web.test_story import NEWS, ask_page
from tracker.clock import today
from tracker.models import Ask, SuccessTest, Update
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import Effect
from tracker.rules.updates import Result, UpdateKind

TITLE = "Use unexplained wealth orders against Kremlin-linked wealth"


def gaps(page: Page, name: str) -> list[str]:
    """What a section of the page lists, gap by gap."""
    sections = [element for element in page.tree.iter("section") if element.get("id") == name]
    return [text_of(item) for section in sections for item in section.iter("li")]


def unknown(site: Site) -> Page:
    return site.browser().get("/unknown")


def look(site: Site, happened_on: date, **said: Any) -> None:
    """A review of the ask about wealth orders."""
    with site.change(ED) as change:
        ask = change.session.get_one(Ask, site.ask_id())
        day = PartialDate(happened_on.isoformat())
        make_update(change, ask, kind=UpdateKind.REVIEW, happened_on=day, text="We looked.", evidence=(), **said)


def day_before(days: int) -> PartialDate:
    """So many days before today."""
    return PartialDate((today() - timedelta(days=days)).isoformat())


def test_every_test_without_an_answer_is_listed_with_its_ask_and_the_day(shared_site: Site) -> None:
    page = shared_site.browser().get("/").follow("the list")
    listed = gaps(page, "tests")
    with shared_site.reading() as session:
        without = sa.select(SuccessTest.label, Ask.title, SuccessTest.result_on).join(SuccessTest.ask)
        rows = session.execute(without.where(SuccessTest.result == Result.UNKNOWN)).all()
    assert len(listed) == len(rows) > 0
    for label, title, known_on in rows:
        (gap,) = [gap for gap in listed if gap.startswith(label)]
        assert title in gap
        assert known_on is None or f"as of {known_on.in_words}" in gap
    assert page.follow(TITLE).h1 == TITLE
    assert "I can help" not in page.text, "no contact is set"
    assert not [href for href in page.links().values() if href.startswith("mailto:")]


def test_an_answer_and_a_newer_look_close_a_gap(sqlite_site: Site) -> None:
    label = "An order has reached wealth tied to the Russian state or its ruling circle"
    assert any(gap.startswith(label) for gap in gaps(unknown(sqlite_site), "tests"))
    sqlite_site.execute(sa.update(SuccessTest).where(SuccessTest.label == label).values(result=Result.NOT_MET))
    assert not any(gap.startswith(label) for gap in gaps(unknown(sqlite_site), "tests"))
    look(sqlite_site, date(2026, 1, 1), not_found="The accounts of 2024.")
    (found,) = [gap for gap in gaps(unknown(sqlite_site), "not_found") if TITLE in gap]
    assert "The accounts of 2024." not in found, "the look of the seeds is newer"
    look(sqlite_site, today(), not_found="The accounts of 2025.")
    (found,) = [gap for gap in gaps(unknown(sqlite_site), "not_found") if TITLE in gap]
    assert found.startswith(f"The accounts of 2025. as of {PartialDate(today().isoformat()).in_words}")
    look(sqlite_site, today())
    assert not [gap for gap in gaps(unknown(sqlite_site), "not_found") if TITLE in gap], "all was found"


def test_law_that_serves_an_ask_and_whose_beginning_we_do_not_know_is_listed(sqlite_site: Site) -> None:
    with sqlite_site.change(ED) as change:
        ask = change.session.get_one(Ask, sqlite_site.ask_id())
        law = make_law(change, title="The Gap Act 2018", citation="2018 c. 99")
        for effect in (Effect.DELIVERS, Effect.ENABLES, Effect.BACKGROUND, Effect.BLOCKS):
            make_link(change, ask, law, effect=effect, provisions=effect.value)
        make_link(change, ask, law, effect=Effect.DELIVERS, provisions="begun", in_force_on=PartialDate("2019"))
        make_link(change, ask, law, effect=Effect.DELIVERS, provisions="draft", published=False)
        # A bill has no beginning that we could know.
        bill = make_law(change, kind="bill", title="The Gap Bill", citation="", year="2024-26", number="9999")
        make_link(change, ask, bill, effect=Effect.DELIVERS)
    listed = [gap.partition(TITLE)[0].strip() for gap in gaps(unknown(sqlite_site), "laws") if "The Gap" in gap]
    assert listed == ["The Gap Act 2018 delivers", "The Gap Act 2018 enables"]


def test_asks_at_which_we_are_late_are_those_whose_pages_say_so(sqlite_site: Site) -> None:
    of_ask, browser = sa.update(Ask).where(Ask.slug == WEALTH_ORDERS), sqlite_site.browser()
    sqlite_site.execute(sa.update(Ask).values(reviewed_on=day_before(0)))
    for days, is_late in ((90, False), (91, True)):
        looked_on, due = day_before(days), day_before(1).in_words
        sqlite_site.execute(of_ask.values(reviewed_on=looked_on, review_interval_days=90))
        page = browser.get(f"/asks/{WEALTH_ORDERS}")
        assert (f"We are late. We meant to look again by {due}. Something may have changed." in page.text) is is_late
        assert ("What a late look means" in page.links()) is is_late
        expected = [f"last looked at {looked_on.in_words} {TITLE}"] if is_late else []
        assert gaps(unknown(sqlite_site), "late") == expected
    assert "We are late" not in browser.get(f"/asks/{WEALTH_ORDERS}?on={today()}").text, "it is about the present"
    for path in ("/", "/?q=wealth"):
        (item,) = [item for item in browser.get(path).all("li", "ask") if "We are late" in item]
        assert f"We are late: our next look was due by {due}." in item
        assert "Deadline missed" not in item, "nobody but us can be late with a look"
    sqlite_site.execute(of_ask.values(reviewed_on=None))
    assert "We are late" not in browser.get(f"/asks/{WEALTH_ORDERS}").text, "it was published today"
    with sqlite_site.change(ED) as change:
        make_ask(replace(change, at=change.at - timedelta(days=400)), published=True)
    assert "We are late" in browser.get("/asks/empty-homes").text
    assert gaps(unknown(sqlite_site), "late") == ["Tax empty homes"], "where we never looked again"
    sqlite_site.execute(sa.update(Ask).values(publication=Publication.DRAFT))
    page = unknown(sqlite_site)
    assert page.notices == ["There is no gap on our list."]
    assert page.all("h2") == []


def test_a_reader_who_can_help_finds_a_mail_that_is_begun(make_site: MakeSite) -> None:
    page = make_site(PRODUCTION).browser().get("/unknown", base_url="https://tracker.example")
    label = "An order has reached wealth tied to the Russian state or its ruling circle"
    address = urlsplit(page.links()[f"I can help with {TITLE}: {label}"])
    mail = parse_qs(address.query)
    assert (address.scheme, address.path) == ("mailto", "desk@tracker.example")
    assert mail["subject"] == [f"I can help: {TITLE}"]
    assert mail["body"][0].startswith(f"{TITLE}: {label}\nhttps://tracker.example/asks/{WEALTH_ORDERS}\n")


# --- the updates of all asks, and the corrections ---


def entries(page: Page) -> list[str]:
    """Where the entries of a page lead, in its order."""
    return [link.get("href", "") for link in page.tree.iter("a") if "#u-" in link.get("href", "")]


def walk(site: Site, path: str) -> list[list[str]]:
    """The entries of each page from here to the last."""
    page = site.browser().get(path)
    found = [entries(page)]
    while "Older" in page.links():
        page = page.follow("Older")
        found.append(entries(page))
        assert "Newest" in page.links()
    return found


def test_paging_visits_every_published_entry_once(shared_site: Site) -> None:
    pages = walk(shared_site, "/updates")
    with shared_site.reading() as session:
        published = sa.select(Ask.slug, Update.key).join(Update.ask).where(Update.publication == Publication.PUBLISHED)
        expected = {f"/asks/{slug}#u-{key}" for slug, key in session.execute(published)}
    visited = [entry for page in pages for entry in page]
    assert Counter(visited) == Counter(expected)
    assert [len(page) for page in pages[:-1]] == [30] * (len(pages) - 1)
    assert len(pages) > 3


def test_a_kind_has_as_many_entries_as_its_count_says_and_another_is_a_clear_400(shared_site: Site) -> None:
    browser = shared_site.browser()
    for kind in UpdateKind:
        count = sum(map(len, walk(shared_site, f"/updates?kind={kind.value}")))
        page = browser.get(f"/updates?kind={kind.value}")
        assert page.links()[f"{kind.label} ({count})"] == f"/updates?kind={kind.value}"
        assert ("There is no such entry yet." in page.notices) is (count == 0)
    for wrong in ("wish", "status,test", "\x00", "x" * 5000):
        page = browser.get("/updates", query_string={"kind": wrong})
        assert page.status == 400
        assert "There is no such kind of entry. Choose one of: status, test, milestone" in page.text


def test_what_was_published_last_stands_first_and_then_what_happened_last(site: Site) -> None:
    before = entries(site.browser().get("/updates"))
    dates = [entry.partition("#u-")[2][:10] for entry in before]
    assert dates == sorted(dates, reverse=True), "the seeds were published at one moment"
    ask_page(site).follow("Post an update").submit("Publish", **NEWS | {"happened_on": "3 March 2019"})
    page = site.browser().get("/updates")
    assert entries(page) == [f"/asks/{WEALTH_ORDERS}#u-2019-03-03", *before[:-1]]
    first = next(item for item in page.all("li") if "A report came." in item)
    assert first.startswith("Use unexplained wealth orders against Kremlin-linked wealth 3 March 2019 Milestone")
    assert page.all("h2")[0] == f"Published on {PartialDate(today().isoformat()).in_words}"
    draft = NEWS | {"text": "A report is to come."}
    ask_page(site).follow("Post an update").submit("Keep as a draft", **draft)
    assert "A report is to come." not in site.browser().get("/updates").text


BROKEN = [
    "1", "\x00", "9" * 5000, "20261122T181506123456", "20261322T181506123456~2020-02~1",
    "20261122T181506123456~2020-13~1", "20261122T181506123456~2020~" + "9" * 10, "00000101T000000000000~2020~1",
]  # fmt: skip


def test_a_broken_page_key_is_a_clear_400_and_without_entries_pages_say_so_honestly(shared_site: Site) -> None:
    browser = shared_site.browser()
    for path in ("/updates", "/corrections"):
        for key in BROKEN:
            page = browser.get(path, query_string={"after": key})
            assert page.status == 400
            assert "That page key leads nowhere" in page.text
        page = browser.get(path, query_string={"after": "19990101T000000000000~1999~999999999"})
        assert (page.status, page.notices) == (200, ["There is nothing older."])
        assert page.links()["Newest"] == path
    page = browser.get("/corrections")
    honest = "We have published no correction yet. That does not mean that there is no mistake"
    assert page.notices[0].startswith(honest)
    assert "No ask and no test has been reworded" in page.section("reworded")
    assert page.links()["write to us"] == "/about#contact"


def test_what_a_look_said_counts_no_more_once_the_look_is_corrected(sqlite_site: Site) -> None:
    end = PartialDate("2024-02-03")
    with sqlite_site.change(ED) as change:
        ask = make_ask(change, published=True)
        review: dict[str, Any] = {"kind": UpdateKind.REVIEW, "happened_on": day_before(0), "evidence": ()}
        wrong = make_update(change, ask, **review, not_found="Any order.", sources_end_on=end)
        number = wrong.id
    pages = "/unknown", "/asks/empty-homes"
    told = ["Any order.", f"Our sources end {end.in_words}"]
    for path, words in zip(pages, told, strict=True):
        assert words in sqlite_site.browser().get(path).text
    with sqlite_site.change(ED) as change:
        correction = review | {"kind": UpdateKind.CORRECTION, "corrects_id": number, "text": "There was one."}
        make_update(change, change.session.scalars(sa.select(Ask).where(Ask.slug == "empty-homes")).one(), **correction)
    for path, words in zip(pages, told, strict=True):
        assert words not in sqlite_site.browser().get(path).text


def test_what_was_wrong_is_not_among_the_newest_and_what_was_corrected_twice_is_not_right(sqlite_site: Site) -> None:
    with sqlite_site.change(ED) as change:
        ask = change.session.get_one(Ask, sqlite_site.ask_id())
        wrong = make_update(change, ask, text="The power was repealed.")
        twice = make_update(change, ask, text="It was renamed.", kind=UpdateKind.CORRECTION, corrects_id=wrong.id)
        make_update(change, ask, text="It was amended.", kind=UpdateKind.CORRECTION, corrects_id=twice.id)
    latest = sqlite_site.browser().get("/").section("latest")
    told = "The power was repealed.", "It was renamed.", "It was amended."
    assert [words in latest for words in told] == [False, False, True]
    newest, older = sqlite_site.browser().get("/corrections").all("article")[:2]
    assert "Is right" in newest
    assert "Was wrong, too: it has been corrected again" in older
    assert "Is right" not in older
