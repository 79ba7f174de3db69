"""Addresses that nobody meant and links that somebody marked: a plain page, or words that say what is wrong."""

import io
import os
import random
from typing import Any
from urllib.parse import quote, unquote_plus, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.browser import Browser
from tests.examples import make_examples
from tests.odd_forms import ODD, TAG
from tests.page_checks import text_of
from tests.site import ADA, ED, WEALTH_ORDERS, Site
from tests.test_access import STRANGER, TABLE, typed
from tests.web.json_answers import send
from tests.web.test_cache import Asked
from tracker.queries.public.filters import FILTER_PARAMETERS
from tracker.web.cache import NEVER_KEPT, PUBLIC_PARAMETERS, without_marks

NO_LIST = {
    "no such order": ["sort=newest"],
    "needs words": ["sort=best", "sort=best&q=%20"],
    "first page": [
        "after=2020-07-06~12&sort=status", "after=a%00b~12&sort=title", "after=%ef%bf%bf~12&sort=title",
        "after=" + "x" * 5000 + "~1&sort=title", "after=12&q=law", "after=met~2020~1&on=2020-01-01&sort=status",
    ],
    "at most 200 characters": ["q=" + quote("법" * 10_000)],
    "cannot be stored": ["q=a%00b"],
    "no such body": ["body=nobody-at-all"],
    "no such law": ["law=ukpga/1800/1"],
    "no such source": ["source=nothing"],
    "no such topic": ["topic=x&on=2020-01-01"],
    "There is no such": ["family=best", "status=stalled"],
}  # fmt: skip
FINE = [
    "", "&&&", "on=", "sort=", "after=", "q=", "family=&status=", "q=%20%20", "q=%ff", "q=%F0%9F%A7%BE",
    "q='%20OR%201=1%20--", "q=%22", "q=*", "q=NEAR(", "q=a:b", "q=-", "q=the", "after=0000~1",
    "after=9999-99-99~999999999", "after=~1&sort=title", "after=%F4%8F%BF%BD~1&sort=title",
    "on=2020-02-29&sort=title&q=law", "after=met~2020~1&sort=status", "after=1~2020~1&q=law",
    "on=1900-01-01&family=met&status=rejected",
]  # fmt: skip


def test_a_list_that_cannot_be_leads_to_all_asks_and_is_an_error_for_programs(shared_site: Site) -> None:
    browser = shared_site.browser()
    every = browser.get("/?sort=changed")
    for query, words in [(query, words) for words, queries in NO_LIST.items() for query in queries]:
        page = browser.get("/?" + query)
        notice = page.notices[-1]
        assert (page.status, words in notice) == (200, True), query
        assert notice.endswith("Here are all asks instead.")
        if "on=" not in query:
            answer = send(shared_site, f"/asks?{query}")
            assert answer.status_code == 400
            assert ("is empty" if query.endswith("=%20") else words) in answer.get_json()["detail"]
            assert page.h1 == every.h1
            assert page.all("li", "ask") == every.all("li", "ask")
        assert len(page.html) < len(every.html) + 1_000, "what was asked for is not said again"
    assert [query for query in FINE if browser.get("/?" + query).status != 200] == []


@pytest.mark.parametrize("database_engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize("who", [STRANGER, ADA], ids=["stranger", "admin"])
def test_every_kind_of_page_is_read_on_postgresql(site: Site, who: str) -> None:
    """Most tests of pages run on SQLite alone."""
    browser, readable = site.browser(who), readable_by(site, who)
    with site.unchanged():
        answers = {address: browser.send("GET", address).status_code for address in readable}
    assert {address: code for address, code in answers.items() if code != 200} == {"/logo.png": 404}


def readable_by(site: Site, who: str) -> list[str]:
    """An address of every kind that somebody may read."""
    examples = make_examples(site)
    return [(access.example or rule).format_map(examples) for rule, access in TABLE.items() if who in access.read]


UNKNOWN = ["colour=red", "Family=won", "offset=30", "=x", "%00=x", "<script>=1", "x" * 5000 + "=1",
           "&".join(f"a{number}=1" for number in range(2000))]  # fmt: skip
IGNORED = ["sort=title", "after=x&entry=y&v=1", "on=", "family=&family="]


def test_what_is_not_known_is_ignored_and_the_api_refuses_it(shared_site: Site) -> None:
    browser = shared_site.browser()
    for query in UNKNOWN:
        for path in ("/", "/asks.csv"):
            assert browser.send("GET", f"{path}?{query}").data == browser.send("GET", path).data, query[:40]
        answer = browser.send("GET", f"/api/v1/asks?{query}")
        assert answer.status_code == 400
        assert "has no filter called" in answer.text
        assert len(answer.text) < 10_000
    for path in ("/asks.csv", "/feed.atom", "/calendar.ics", "/datapackage.json", "/checkpoint.txt"):
        plain = browser.send("GET", path)
        for query in IGNORED:
            assert browser.send("GET", f"{path}?{query}").data == plain.data, "only pages know it"


KNOWN = ["met", "2020", "2019-06-30", "2020~1", "met~2020~1", "title", "law"]
ADDRESSES = 30 * int(os.environ.get("TORTURE_ROUNDS", "2"))
NAMES = [
    *FILTER_PARAMETERS, "sort", "after", "before", "on", "limit", "ask", "kind", "entry", "person", "next", "v", "q",
]  # fmt: skip


@pytest.mark.parametrize("who", [STRANGER, ADA], ids=["stranger", "admin"])
def test_an_odd_parameter_on_any_address_never_breaks_anything(shared_site: Site, who: str) -> None:
    """With one parameter odd: hostile, doubled or like a list, next to one that may be right."""
    chance, browser = random.Random(f"odd parameters of {who}"), shared_site.browser(who)
    readable = readable_by(shared_site, who)
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


# --- links that a social network or a newsletter has marked ---

ASK = f"/asks/{WEALTH_ORDERS}"
PLAIN = [
    "/", "/?family=met&q=law&sort=title", "/?on=2019-06-30", ASK, f"{ASK}?on=2019-06-30", f"{ASK}/badge.svg",
    f"{ASK}/picture.png?v=1", f"{ASK}/feed.atom", "/updates?kind=status", "/data", "/asks.csv?family=met",
    "/calendar.ics", "/data.zip", "/checkpoint.txt", "/static/site.css", "/nowhere", "/?family=nonsense",
]  # fmt: skip
MARKS = "fbclid=IwAR0x&utm_source=a%26b&utm_medium&=&x=%00&f%2561mily=won&" + "y" * 500


def marked(path: str, marks: str) -> str:
    """The address with the marks before and after what it says itself."""
    path, _, query = path.partition("?")
    return f"{path}?{marks}&{query}&{marks}" if query else f"{path}?{marks}"


@pytest.mark.parametrize("path", PLAIN)
def test_a_marked_link_is_the_plain_page_and_is_rendered_once(shared_site: Site, path: str) -> None:
    shared_site.forget()
    asked, browser = Asked(shared_site), shared_site.browser()
    first, again, plain = (browser.send("GET", each) for each in (marked(path, MARKS), marked(path, "fbclid=2"), path))
    shared_site.cache.app = asked.app
    for answer in (first, again):
        answer.headers.setdefault("Content-Length", str(len(plain.data)))  # not known while a file is being made
        assert (answer.status_code, answer.data) == (plain.status_code, plain.data)
        assert dict(answer.headers) == dict(plain.headers)
    at_most = 2 if "?" in path else 1  # what has a query is kept from its second request on
    is_kept = plain.status_code == 200 and path not in NEVER_KEPT
    assert asked.count == (at_most if is_kept else 3)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.text(max_size=8) | st.sampled_from(["Family", "on[]", "q "]), st.text(max_size=5))))
def test_no_name_that_is_not_ours_reaches_the_app(shared_site: Site, pairs: list[tuple[str, str]]) -> None:
    unknown = [(name, value) for name, value in pairs if name not in PUBLIC_PARAMETERS]
    marks = "&".join(f"{quote(name)}={quote(value)}" for name, value in unknown)
    path, browser = ASK + "?on=2019-06-30", shared_site.browser()
    answer, plain = browser.send("GET", marked(path, marks)), browser.send("GET", path)
    assert (answer.data, answer.headers["ETag"]) == (plain.data, plain.headers["ETag"])


@given(st.lists(st.sampled_from(["", "&&", "on=1", "%6fn=2", "q=a+b", "q", "q=c", "x", "x=1&y", "=on", "+on=1"])))
def test_what_is_known_keeps_its_order_and_repeats(parts: list[str]) -> None:
    kept = without_marks("/", "&".join(parts))
    known = [part for part in "&".join(parts).split("&") if unquote_plus(part.split("=")[0]) in {"on", "q"}]
    assert kept == "&".join(known)


def test_staff_and_readers_with_a_cookie_see_the_plain_page_too(shared_site: Site) -> None:
    browser, query = shared_site.browser(ED), "family=met&utm_source=x"
    assert "utm" not in browser.get(f"/?{query}").html + browser.get(f"{ASK}?{query}").html
    assert browser.get(f"/staff/asks/?{query}&q=magnitsky").status == 200


# --- bodies that no form of the site sends ---

HUGE = "x" * (2 * 1024 * 1024 + 1)
LARGE_FORM = "x" * (1024 * 1024 + 1)
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
FILE = {"data": {"title": (io.BytesIO(b"a title"), "title.txt")}, "content_type": MULTIPART}
EDIT = "/staff/asks/1/edit"


def in_parts(**named: str) -> dict[str, Any]:
    """A multipart body, made by hand: the test client leaves a large one's file open."""
    parts = [f'--cut\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in named.items()]
    return {"data": ("".join(parts) + "--cut--\r\n").encode(), "content_type": f"{MULTIPART}; boundary=cut"}


@pytest.fixture
def ada(shared_site: Site) -> tuple[Browser, dict[str, str]]:
    return typed(shared_site, ADA)


def test_a_form_without_its_version_saves_nothing(shared_site: Site, ada: tuple[Browser, dict[str, str]]) -> None:
    browser, _ = ada
    for path in ("asks/1/edit", "links/1/edit", "tests/1/edit", "people/2/deactivate", "asks/1/review"):
        page = browser.get(f"/staff/{path}")
        first = next(button for main in page.tree.iter("main") for button in main.iter("button"))
        with shared_site.unchanged():
            answer = browser.post(page.path, page.sent(text_of(first), without={"version", "seen"}))
        assert answer.status == 409, path
        assert "Somebody else changed this" in answer.text
    page = browser.get(EDIT)
    extra = [("status", "met"), ("publication", "draft"), ("id", "99"), ("is_archived", "1")]
    with shared_site.unchanged():  # only the fields of the form count, and those are as they were
        assert browser.post(EDIT, [*page.sent("Keep"), *extra]).hops == [303, 200]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(FILE, 422, id="file"),
        pytest.param({"json": {"title": 5, "quote": None, "topic": ["a"], "kind": {"a": 1}}}, 422, id="JSON object"),
        pytest.param({"data": b"title=a", "content_type": "text/plain"}, 422, id="plain text"),
        pytest.param({"data": b"", "content_type": URLENCODED}, 422, id="empty"),
        pytest.param({"data": b"title=%FF%FE&quote=%ZZ&topic=%", "content_type": URLENCODED}, 422, id="bad encoding"),
        pytest.param({"data": b"&&&==&=a&%00=%00", "content_type": URLENCODED}, 422, id="no names"),
        pytest.param({"data": {"title": HUGE}}, 413, id="too large"),
        pytest.param(in_parts(title=LARGE_FORM), 413, id="too large a part"),
        pytest.param(in_parts(**{f"p{n}": "x" for n in range(1001)}), 413, id="many parts"),
        pytest.param({"data": b"--x\r\nbroken", "content_type": "multipart/form-data; boundary=x"}, 422, id="cut off"),
    ],
)  # fmt: skip
def test_a_body_that_no_form_sends_is_refused(
    shared_site: Site, ada: tuple[Browser, dict[str, str]], body: dict[str, Any], code: int
) -> None:
    browser, token = ada
    with shared_site.unchanged():
        answer = browser.request("POST", EDIT, headers={"X-CSRFToken": token["csrf_token"]}, **body)
    assert answer.status == code
    assert answer.h1 == {422: "Edit the ask", 413: "That is too large"}[code]
