"""Public addresses never vanish: each of these has been published and must keep answering."""

import re

from tests.site import Site

OF_TYPE = {
    "text/html": [
        "/", "/asks/unexplained-wealth-orders", "/legislation", "/legislation/ukpga/2017/22",
        "/legislation/uksi/2020/680", "/legislation/bill/2017-19/157", "/method", "/about", "/accessibility",
        "/unknown", "/updates", "/updates?kind=milestone", "/corrections",
        "/asks/unexplained-wealth-orders?on=2019-06-30", "/data", "/asks/unexplained-wealth-orders/history", "/api",
        "/asks/unexplained-wealth-orders/story", "/asks/unexplained-wealth-orders/card",
        "/sources/how-do-we-deal-with-russia", "/sources/how-do-we-deal-with-russia?on=2019-06-30",
        "/bodies/home-office",
    ],
    "text/plain": [
        "/checkpoint.txt", "/robots.txt", "/.well-known/security.txt", "/healthz", "/readyz",
    ],
    "application/zip": ["/data.zip"],
    "application/vnd.sqlite3": ["/data.sqlite3"],
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ["/data.xlsx"],
    "application/json": [
        "/datapackage.json", "/api/v1/asks", "/api/v1/asks/unexplained-wealth-orders", "/api/v1/updates",
        "/api/v1/evidence", "/api/v1/tests", "/api/v1/results", "/api/v1/legislation",
        "/api/v1/legislation/ukpga/2017/22", "/api/v1/links", "/api/v1/replies", "/api/v1/sources", "/api/v1/statuses",
        "/api/v1/openapi.json",
    ],
    "text/csv": [
        "/asks.csv", "/updates.csv", "/evidence.csv", "/tests.csv", "/results.csv", "/legislation.csv", "/links.csv",
        "/replies.csv", "/sources.csv", "/targets.csv",
    ],
    "image/svg+xml": [
        "/asks/unexplained-wealth-orders/badge.svg", "/icon.svg", "/static/icon.svg",
    ],
    "image/png": [
        "/asks/unexplained-wealth-orders/picture.png", "/picture.png",
    ],
    "application/atom+xml": [
        "/feed.atom", "/feed.atom?family=met&kind=policy", "/asks/unexplained-wealth-orders/feed.atom",
    ],
    "text/calendar": [
        "/calendar.ics", "/asks/unexplained-wealth-orders/calendar.ics",
    ],
    "application/xml": [
        "/sitemap.xml", "/sitemap-1.xml",
    ],
    "text/css": ["/static/site.css"],
}  # fmt: skip
PUBLIC_ADDRESSES = {path: type_ for type_, paths in OF_TYPE.items() for path in paths}
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


def test_each_public_address_answers(shared_site: Site) -> None:
    browser = shared_site.browser()
    found = {path: browser.send("GET", path) for path in PUBLIC_ADDRESSES}
    assert {path: answer.mimetype for path, answer in found.items()} == PUBLIC_ADDRESSES
    assert {answer.status_code for answer in found.values()} == {200}
    assert [slug for slug in ASKS if browser.get(f"/asks/{slug}").status != 200] == []


def test_what_links_point_at_inside_a_page_is_there(shared_site: Site) -> None:
    browser = shared_site.browser()
    missing = {
        path: set(ids) - set(re.findall(r'\bid="([^"]+)"', browser.get(path).html)) for path, ids in ANCHORS.items()
    }
    assert not any(missing.values()), missing


def test_a_link_to_a_filtered_list_works(shared_site: Site) -> None:
    for query in QUERIES:
        page = shared_site.browser().get(f"/?{query}")
        assert page.h1.endswith("of 11 asks"), query
        assert not page.h1.endswith("11 of 11 asks"), query
        assert page.all("p", "chosen")
