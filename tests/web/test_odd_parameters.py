"""Addresses that nobody meant: words that say what is wrong, and never an error of ours."""

import os
import random
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import make_examples
from tests.odd_forms import ODD, TAG
from tests.site import ADA, WEALTH_ORDERS, Site
from tests.test_access import TABLE
from tests.web.json_answers import send
from tracker.face import Face
from tracker.queries.public.filters import FILTER_PARAMETERS, Order
from tracker.web.build import stylesheets

STYLESHEET = stylesheets(Face())["site.css"]

NO_DAY = ["on=2019-02-30", "on=2019-06-30%00", "on=1899-12-31", "on=" + "9" * 5000]
NO_LIST: list[tuple[str, str]] = [
    ("sort=newest", "no such order"),
    ("sort=best", "needs words"),
    ("sort=best&q=%20", "needs words"),
    ("sort=Title", "no such order"),
    ("after=x", "first page"),
    ("after=2020-07-06~12&sort=status", "first page"),
    ("after=%00~12&sort=title", "first page"),
    ("after=a%00b~12&sort=title", "first page"),
    ("after=%ef%bf%bf~12&sort=title", "first page"),
    ("after=" + "x" * 5000 + "~1&sort=title", "first page"),
    ("after=2020~99999999999999999999", "first page"),
    ("after=12&q=law", "first page"),
    ("after=met~2020~1&on=2020-01-01&sort=status", "first page"),
    ("q=" + "x" * 10_000, "at most 200 characters"),
    ("q=" + quote("법" * 10_000), "at most 200 characters"),
    ("q=a%00b", "cannot be stored"),
    ("q=a%1b[2J", "cannot be stored"),
    ("body=" + "x" * 5000, "no such body"),
    ("body=nobody-at-all", "no such body"),
    ("law=ukpga/1800/1", "no such law"),
    ("law=../../etc", "no such law"),
    ("topic=x&on=2020-01-01", "no such topic"),
    ("family=best", "There is no such"),
    ("family=met%00", "There is no such"),
    ("status=stalled", "There is no such"),
    ("kind=wish", "There is no such"),
]
FINE = [
    "", "&&&", "on=", "sort=", "after=", "q=", "family=&status=", "q=%20%20", "q=%ff", "q=%F0%9F%A7%BE",
    "q='%20OR%201=1%20--", "q=%22", "q=*", "q=NEAR(", "q=a:b", "q=-", "q=the", "after=0000~1",
    "after=9999-99-99~999999999", "after=~1&sort=title", "after=%F4%8F%BF%BD~1&sort=title",
    "on=2020-02-29&sort=title&q=law", "after=met~2020~1&sort=status", "after=1~2020~1&q=law",
    "on=1900-01-01&family=met&status=rejected",
]  # fmt: skip


@pytest.mark.parametrize("query", NO_DAY, ids=lambda query: query[:40])
def test_a_day_that_cannot_be_is_refused_in_words_that_help(shared_site: Site, query: str) -> None:
    page = shared_site.browser().get("/?" + query)
    assert page.status == 400
    assert page.h1 == "We could not read that request"
    assert "year, month and day" in page.text or "between 1900-01-01 and today" in page.text
    assert "check the address" in page.text
    assert len(page.html) - len(STYLESHEET) < 10_000


@pytest.mark.parametrize(("query", "words"), NO_LIST, ids=[query[:40] for query, _ in NO_LIST])
def test_a_list_that_cannot_be_leads_to_all_asks_with_a_sentence_and_is_an_error_for_programs(
    shared_site: Site, query: str, words: str
) -> None:
    browser = shared_site.browser()
    page, every = browser.get("/?" + query), browser.get("/?sort=changed")
    assert page.status == 200
    notice = page.notices[-1]
    assert words in notice
    assert notice.endswith("Here are all asks instead.")
    if "on=" not in query:
        answer = send(shared_site, f"/asks?{query}")
        assert answer.status_code == 400
        assert ("is empty" if query.endswith("=%20") else words) in answer.get_json()["detail"]
        assert page.h1 == every.h1
        assert page.all("li", "ask") == every.all("li", "ask")
    assert len(page.html) < len(every.html) + 1_000, "what was asked for is not said again"


@pytest.mark.parametrize("query", FINE)
def test_what_is_odd_but_means_something_is_answered(shared_site: Site, query: str) -> None:
    assert shared_site.browser().get("/?" + query).status == 200


UNKNOWN = ["colour=red", "Family=won", "offset=30", "=x", "%00=x", "<script>=1", "x" * 5000 + "=1",
           "&".join(f"a{number}=1" for number in range(2000))]  # fmt: skip
OF_PAGES = ["on=2019-06-30", "family=met&family=ended", "q=law&q=act"]
IGNORED = ["sort=title", "after=x&entry=y&v=1", "on=", "family=&family="]


@pytest.mark.parametrize("query", UNKNOWN, ids=lambda query: query[:40])
def test_what_is_not_known_is_ignored_and_the_api_refuses_it(shared_site: Site, query: str) -> None:
    browser = shared_site.browser()
    for path in ("/", "/asks.csv"):
        assert browser.send("GET", f"{path}?{query}").data == browser.send("GET", path).data
    answer = browser.send("GET", f"/api/v1/asks?{query}")
    assert answer.status_code == 400
    assert "has no filter called" in answer.text
    assert len(answer.text) < 10_000


@pytest.mark.parametrize("query", OF_PAGES)
def test_a_file_of_another_day_or_of_two_filters_is_refused(shared_site: Site, query: str) -> None:
    browser = shared_site.browser()
    assert browser.get("/?" + query).status == 200
    page = browser.get("/asks.csv?" + query)
    assert page.status == 400
    assert "has no “on”" in page.text or "given twice" in page.text


@pytest.mark.parametrize("query", IGNORED)
@pytest.mark.parametrize(
    "path",
    [
        "/asks.csv",
        "/feed.atom",
        "/calendar.ics",
        "/datapackage.json",
        "/checkpoint.txt",
        f"/asks/{WEALTH_ORDERS}/badge.svg",
    ],
)
def test_files_and_feeds_ignore_what_only_pages_know(shared_site: Site, path: str, query: str) -> None:
    browser = shared_site.browser()
    answer = browser.send("GET", f"{path}?{query}")
    assert answer.status_code == 200
    assert answer.data == browser.send("GET", path).data


KNOWN = ["met", "2020", "2019-06-30", "2020~1", "met~2020~1", "title", "law"]
VALUES = st.text(max_size=20) | st.sampled_from(KNOWN)
QUERIES = st.dictionaries(st.sampled_from([*FILTER_PARAMETERS, "sort", "after", "on", "x"]), VALUES, max_size=4)


@settings(max_examples=25, deadline=None)
@given(QUERIES, st.sampled_from(["", *Order]))
def test_any_address_is_a_page_or_a_refusal(shared_site: Site, query: dict[str, str], sort: str) -> None:
    asked = {"sort": sort} | query
    encoded = urlencode({name: value.encode(errors="surrogatepass") for name, value in asked.items()})
    answer = shared_site.browser().client.get("/?" + encoded)
    assert answer.status_code in {200, 400}, encoded


ADDRESSES = 50 * int(os.environ.get("TORTURE_ROUNDS", "2"))
NAMES = [
    *FILTER_PARAMETERS,
    "sort",
    "after",
    "before",
    "on",
    "limit",
    "ask",
    "kind",
    "entry",
    "person",
    "next",
    "v",
    "q",
]


@pytest.mark.parametrize("who", ["", ADA], ids=["stranger", "admin"])
def test_an_odd_parameter_on_any_address_never_breaks_anything(shared_site: Site, who: str) -> None:
    """With one parameter odd: hostile, doubled or like a list, next to one that may be right."""
    chance, browser = random.Random(f"odd parameters of {who}"), shared_site.browser(who)
    examples = make_examples(shared_site)
    readable = [(access.example or rule).format_map(examples) for rule, access in TABLE.items() if who in access.read]
    with shared_site.unchanged():
        for _ in range(ADDRESSES):
            name, value = chance.choice(NAMES), chance.choice([*ODD.values(), *KNOWN])[:5000]
            pairs = [(name + chance.choice(["", "", "", "[]", "[0]"]), value)] * chance.choice([1, 1, 1, 2])
            pairs += [(chance.choice(NAMES), chance.choice(KNOWN))] * chance.randrange(2)
            query = urlencode([(part, text.encode(errors="surrogatepass")) for part, text in pairs])
            path = chance.choice(readable)
            answer = browser.send("GET", f"{path}?{query}")  # which checks headers, and that it is no 5xx
            assert answer.status_code in {200, 303, 400, 404}, (path, query)
            if answer.mimetype == "text/html":
                assert TAG not in answer.text, (path, query)
