"""A link that a social network or a newsletter has marked is the plain page: the same bytes, rendered once."""

from urllib.parse import quote, unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.site import ED, WEALTH_ORDERS, Site
from tests.web.test_cache import Asked
from tracker.web.addresses import PUBLIC_PARAMETERS, without_marks
from tracker.web.cache import NEVER_KEPT

ASK = f"/asks/{WEALTH_ORDERS}"
PLAIN = [
    "/",
    "/?family=met&q=law&sort=title",
    "/?on=2019-06-30",
    "/?q=a%20b&family=",
    ASK,
    f"{ASK}?on=2019-06-30",
    f"{ASK}/story",
    f"{ASK}/card",
    f"{ASK}/badge.svg",
    f"{ASK}/picture.png?v=1",
    f"{ASK}/feed.atom",
    f"{ASK}/calendar.ics",
    "/updates?kind=status",
    "/corrections",
    "/legislation",
    "/legislation/ukpga/2018/13",
    "/method",
    "/about",
    "/data",
    "/api",
    "/asks.csv?family=met",
    "/feed.atom?kind=policy",
    "/calendar.ics",
    "/datapackage.json",
    "/data.zip",
    "/checkpoint.txt",
    "/robots.txt",
    "/sitemap.xml",
    "/static/site.css",
    "/nowhere",
    "/?family=nonsense",
]
MARKS = "fbclid=IwAR0x&utm_source=a%26b&utm_medium&=&x=%00&f%2561mily=won&" + "y" * 500


def get(site: Site, path: str) -> TestResponse:
    return site.browser().send("GET", path)


def marked(path: str, marks: str) -> str:
    """The address with the marks before and after what it says itself."""
    path, _, query = path.partition("?")
    return f"{path}?{marks}&{query}&{marks}" if query else f"{path}?{marks}"


@pytest.mark.parametrize("path", PLAIN)
def test_a_marked_link_is_the_plain_page_and_is_rendered_once(shared_site: Site, path: str) -> None:
    shared_site.forget()
    asked = Asked(shared_site)
    first = get(shared_site, marked(path, MARKS))
    again, plain = get(shared_site, marked(path, "fbclid=2")), get(shared_site, path)
    shared_site.cache.app = asked.app
    for answer in (first, again):
        answer.headers.setdefault("Content-Length", str(len(plain.data)))  # not known while a file is being made
        assert (answer.status_code, answer.data) == (plain.status_code, plain.data)
        assert dict(answer.headers) == dict(plain.headers)
    assert b"fbclid" not in first.data
    at_most = 2 if "?" in path else 1  # what has a query is kept from its second request on
    is_kept = plain.status_code == 200 and path not in NEVER_KEPT
    assert asked.count == (at_most if is_kept else 3)


@given(st.lists(st.tuples(st.text(max_size=8) | st.sampled_from(["Family", "on[]", "q "]), st.text(max_size=5))))
def test_no_name_that_is_not_ours_reaches_the_app(shared_site: Site, pairs: list[tuple[str, str]]) -> None:
    unknown = [(name, value) for name, value in pairs if name not in PUBLIC_PARAMETERS]
    marks = "&".join(f"{quote(name)}={quote(value)}" for name, value in unknown)
    path = ASK + "?on=2019-06-30"
    answer, plain = get(shared_site, marked(path, marks)), get(shared_site, path)
    assert (answer.data, answer.headers["ETag"]) == (plain.data, plain.headers["ETag"])


@given(st.lists(st.sampled_from(["", "&&", "on=1", "%6fn=2", "q=a+b", "q", "q=c", "x", "x=1&y", "=on", "+on=1"])))
def test_what_is_known_keeps_its_order_and_repeats(parts: list[str]) -> None:
    kept = without_marks("/", "&".join(parts))
    known = [part for part in "&".join(parts).split("&") if unquote_plus(part.split("=")[0]) in {"on", "q"}]
    assert kept == "&".join(known)


@pytest.mark.parametrize("query", ["fbclid=1", "family=met&utm_source=x"])
def test_staff_and_readers_with_a_cookie_see_the_plain_page_too(shared_site: Site, query: str) -> None:
    browser = shared_site.browser(ED)
    assert "utm" not in browser.get(f"/?{query}").html + browser.get(f"{ASK}?{query}").html
    assert browser.get(f"/staff/asks/?{query}&q=magnitsky").status == 200


@pytest.mark.parametrize("path", ["/api/v1/asks", f"/api/v1/asks/{WEALTH_ORDERS}", "/api/v1/openapi.json"])
def test_the_api_refuses_what_it_does_not_know(shared_site: Site, path: str) -> None:
    answer = get(shared_site, f"{path}?fbclid=1")
    assert answer.status_code == 400
    assert "fbclid" in answer.text
