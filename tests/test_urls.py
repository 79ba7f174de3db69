"""Public addresses never vanish: each of these has been published and must keep answering."""

import re

import pytest

from tests.site import Site

PUBLIC_ADDRESSES = {
    "/": "text/html",
    "/asks/unexplained-wealth-orders": "text/html",
    "/legislation": "text/html",
    "/legislation/ukpga/2017/22": "text/html",
    "/legislation/uksi/2020/680": "text/html",
    "/legislation/bill/2017-19/157": "text/html",
    "/method": "text/html",
    "/about": "text/html",
    "/accessibility": "text/html",
    "/unknown": "text/html",
    "/updates": "text/html",
    "/updates?kind=milestone": "text/html",
    "/corrections": "text/html",
    "/asks/unexplained-wealth-orders?on=2019-06-30": "text/html",
    "/data": "text/html",
    "/asks/unexplained-wealth-orders/history": "text/html",
    "/checkpoint.txt": "text/plain",
    "/data.zip": "application/zip",
    "/data.sqlite3": "application/vnd.sqlite3",
    "/data.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "/datapackage.json": "application/json",
    "/api": "text/html",
    "/api/v1/asks": "application/json",
    "/api/v1/asks/unexplained-wealth-orders": "application/json",
    "/api/v1/updates": "application/json",
    "/api/v1/evidence": "application/json",
    "/api/v1/tests": "application/json",
    "/api/v1/results": "application/json",
    "/api/v1/legislation": "application/json",
    "/api/v1/legislation/ukpga/2017/22": "application/json",
    "/api/v1/links": "application/json",
    "/api/v1/replies": "application/json",
    "/api/v1/sources": "application/json",
    "/api/v1/statuses": "application/json",
    "/api/v1/openapi.json": "application/json",
    "/asks.csv": "text/csv",
    "/updates.csv": "text/csv",
    "/evidence.csv": "text/csv",
    "/tests.csv": "text/csv",
    "/results.csv": "text/csv",
    "/legislation.csv": "text/csv",
    "/links.csv": "text/csv",
    "/replies.csv": "text/csv",
    "/sources.csv": "text/csv",
    "/targets.csv": "text/csv",
    "/asks/unexplained-wealth-orders/badge.svg": "image/svg+xml",
    "/asks/unexplained-wealth-orders/story": "text/html",
    "/asks/unexplained-wealth-orders/card": "text/html",
    "/asks/unexplained-wealth-orders/picture.png": "image/png",
    "/icon.svg": "image/svg+xml",
    "/picture.png": "image/png",
    "/sources/how-do-we-deal-with-russia": "text/html",
    "/sources/how-do-we-deal-with-russia?on=2019-06-30": "text/html",
    "/bodies/home-office": "text/html",
    "/feed.atom": "application/atom+xml",
    "/feed.atom?family=met&kind=policy": "application/atom+xml",
    "/asks/unexplained-wealth-orders/feed.atom": "application/atom+xml",
    "/calendar.ics": "text/calendar",
    "/asks/unexplained-wealth-orders/calendar.ics": "text/calendar",
    "/robots.txt": "text/plain",
    "/sitemap.xml": "application/xml",
    "/sitemap-1.xml": "application/xml",
    "/.well-known/security.txt": "text/plain",
    "/healthz": "text/plain",
    "/readyz": "text/plain",
    "/static/site.css": "text/css",
    "/static/icon.svg": "image/svg+xml",
}
ASKS = [
    "crown-dependencies-registers", "dirty-money-london", "eu-solidarity-on-russia", "london-property-ownership",
    "no-constructive-engagement", "overseas-territories-registers", "salisbury-hold-firm", "sanctions-ukraine-crimea",
    "stop-brexit", "uk-magnitsky-sanctions", "unexplained-wealth-orders",
]  # fmt: skip
ANCHORS = {
    "/": ["asks", "latest"],
    "/method": [
        "rules", "statuses", "evidence", "story", "dates", "corrections", "met", "partly_met", "in_force", "hard-cases",
        "movement", "past", "checked", "proof", "named", "version", "government_claim", "independent",
    ],
    "/accessibility": ["aim", "tests", "shortfalls", "complain"],
    "/corrections": ["corrected", "reworded"],
    "/about": ["contact"],
    "/unknown": ["tests", "not_found", "laws"],
    "/sources/how-do-we-deal-with-russia": ["counts", "passages"],
    "/bodies/home-office": ["counts", "asks"],
    "/data": ["files", "asks", "updates", "results", "promise", "proof", "spreadsheets", "licence"],
    "/api": ["addresses", "pages", "promise", "fair-use", "errors", "error-400", "error-404"],
    "/asks/unexplained-wealth-orders": [
        "words", "next", "tests", "law", "story", "grounds", "cite", "u-2018-01-31", "u-2020-06", "status", "short",
        "timeline",
    ],
}  # fmt: skip
QUERIES = ["family=met", "status=met", "topic=uk-and-eu", "kind=sanctions", "q=magnitsky"]


@pytest.mark.parametrize("path", PUBLIC_ADDRESSES)
def test_a_public_address_answers(shared_site: Site, path: str) -> None:
    response = shared_site.browser().send("GET", path)
    assert (response.status_code, response.mimetype) == (200, PUBLIC_ADDRESSES[path])


@pytest.mark.parametrize("slug", ASKS)
def test_the_page_of_an_ask_of_the_first_list_answers(shared_site: Site, slug: str) -> None:
    assert shared_site.browser().get(f"/asks/{slug}").status == 200


@pytest.mark.parametrize("path", ANCHORS)
def test_what_links_point_at_inside_a_page_is_there(shared_site: Site, path: str) -> None:
    ids = set(re.findall(r'\bid="([^"]+)"', shared_site.browser().get(path).html))
    assert set(ANCHORS[path]) - ids == set()


@pytest.mark.parametrize("query", QUERIES)
def test_a_link_to_a_filtered_list_works(shared_site: Site, query: str) -> None:
    page = shared_site.browser().get(f"/?{query}")
    assert page.h1.endswith("of 11 asks")
    assert not page.h1.endswith("11 of 11 asks")
    assert page.all("p", "chosen")
