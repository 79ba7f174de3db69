"""Where addresses lead: what moved, what is public no longer, what nobody meant, and words around an address."""

import sqlalchemy as sa

from tests.site import ED, WEALTH_ORDERS, Site
from tests.web.json_answers import all_records, got, send
from tracker.models import Ask, FormerSlug, Legislation
from tracker.rules.asks import Publication

ASK, LAW = f"/asks/{WEALTH_ORDERS}", "/legislation/ukpga/2017/22"
OF_ASK = ("", "/story", "/history", "/feed.atom", "/calendar.ics", "/badge.svg", "/card", "/picture.png")


def set_publication(site: Site, publication: Publication) -> None:
    """Of one ask and of one law."""
    site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(publication=publication))
    site.execute(sa.update(Legislation).where(Legislation.key == "ukpga/2017/22").values(publication=publication))


def test_a_former_slug_leads_to_what_is_public_and_an_unknown_one_nowhere(sqlite_site: Site) -> None:
    sqlite_site.execute(sa.insert(FormerSlug).values(slug="older", ask_id=sqlite_site.ask_id()))
    browser = sqlite_site.browser()
    for part in (*OF_ASK, "?on=2019-06-30"):
        moved = browser.send("GET", f"/asks/older{part}")
        assert (moved.status_code, moved.location) == (301, f"{ASK}{part}")
        assert moved.headers["Cache-Control"].startswith("public, max-age=5")
        assert browser.send("GET", f"/asks/never-there{part}").status_code == 404
    assert send(sqlite_site, "/asks/older").location == f"/api/v1{ASK}"
    for hidden in (Publication.DRAFT, Publication.PUT_ASIDE):
        set_publication(sqlite_site, hidden)
        for path in (LAW, *(f"{slug}{part}" for slug in ("/asks/older", ASK) for part in OF_ASK)):
            assert browser.send("GET", path).status_code == 404
        for path in (ASK, LAW):
            assert path not in browser.send("GET", "/sitemap-1.xml").text
            answer = send(sqlite_site, path)
            assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
            assert answer.get_json(force=True)["detail"].startswith("There is no ")


def test_what_is_archived_keeps_its_addresses_and_leaves_all_lists(sqlite_site: Site) -> None:
    browser = sqlite_site.browser()
    set_publication(sqlite_site, Publication.ARCHIVED)
    assert [browser.send("GET", f"{ASK}{part}").status_code for part in OF_ASK] == [200] * len(OF_ASK)
    page = browser.get(ASK)
    assert page.notices[0].startswith("Archived.")
    assert page.h1 not in browser.get(LAW).text
    assert ">No longer followed<" in browser.send("GET", f"{ASK}/badge.svg").text
    assert "No longer followed." in browser.get(f"{ASK}/card").text
    assert "<entry>" in browser.send("GET", f"{ASK}/feed.atom").text
    assert got(sqlite_site, ASK)["is_archived"] is True
    for name in ("updates", "evidence", "tests", "results", "links"):
        assert WEALTH_ORDERS not in {record["ask_slug"] for record in all_records(sqlite_site, f"/{name}")}
        assert send(sqlite_site, f"/{name}?ask={WEALTH_ORDERS}").status_code == 400
        assert WEALTH_ORDERS not in browser.get(f"/{name}.csv").html
    for path in ("/asks.csv", "/feed.atom", "/calendar.ics", "/updates", "/unknown", "/sitemap-1.xml"):
        assert ASK not in browser.send("GET", path).text, path
    assert LAW not in browser.send("GET", "/legislation").text + browser.send("GET", "/sitemap-1.xml").text


NOWHERE = (
    "/asks/no-such-ask", "/asks/UPPER", "/asks/-", "/asks/a--b-", "/asks/" + "a" * 81, "/%ZZ", "/%00", "/asks.csv%00",
    "/asks/%00", "/asks/%ff", "/asks/..%2f..%2fetc", "/asks/1", "/asks/NEVER/feed.atom", "/asks/%ED%A0%80",
    "/legislation/ukpga", "/legislation/ukpga/2017", "/legislation/ukpga/2017/99999", "/asks/a%0d%0aX-Evil:1",
    "/legislation/ukpga/2017/22/1/2", "/legislation/ukpga/2017/" + "9" * 300, "/people.csv", "/.env",
    "/static/", "/static/../app.py", "/static/%2e%2e/app.py", "/static/nothing.css", "/%e2%80%ae", "/" + "x" * 5000,
    "/sitemap-0.xml", "/sitemap-2.xml", "/sitemap-999999999.xml", "/sitemap-x.xml", "/security.txt",
    "/sources/nothing", "/sources/Not%20a%20key", "/bodies/nobody", "/sources/", "/bodies/",
)  # fmt: skip


def test_an_unknown_address_is_a_clear_404(shared_site: Site) -> None:
    for path in NOWHERE:
        page = shared_site.browser().request("GET", path)
        assert (page.status, page.h1) == (404, "There is no such page"), path
        assert "etc" not in page.text
        assert "x" * 50 not in page.html
        assert "X-Evil" not in page.response.headers


QUERIES = {
    200: [
        f"{ASK}/feed.atom?family=met&_=1", "/?q=law&q=act", "/?q=a&q=%00", "/?q=%ED%A0%80", "/asks.csv?q=%ED%A0%80",
        "/staff/sign-in?next=" + "x" * 5000, "/staff/sign-in?next=%00",
    ],
    400: [
        "/feed.atom?family=nobody", "/feed.atom?law=nowhere", "/feed.atom?on=2019-01-01",
        "/feed.atom?family=met&family=ended", "/feed.atom?q=" + "a" * 300, f"{ASK}/feed.atom?on=2019-01-01",
        "/calendar.ics?on=2020-01-01", "/checkpoint.txt?on=2019-06-30", "/asks.csv?on=2019-06-30",
        "/asks.csv?q=law&q=act", "/asks.csv?kind=policy%00", "/asks.csv?topic=" + "x" * 4000,
    ],
}  # fmt: skip


def test_a_query_is_answered_refused_or_ignored(shared_site: Site) -> None:
    browser = shared_site.browser()
    for code, paths in QUERIES.items():
        assert {path: browser.send("GET", path).status_code for path in paths} == dict.fromkeys(paths, code)
    page = browser.get("/asks.csv?family=best")
    assert (page.status, page.h1) == (400, "We could not read that request")
    assert "There is no such" in page.text


# With something of the sentence around it.
MEANT = {
    "/asks/": "/",
    "/asks?family=met": "/?family=met",
    f"{ASK}.": ASK,
    f"{ASK}/?on=2019-06-30": f"{ASK}?on=2019-06-30",
    f"{ASK}/story).": f"{ASK}/story",
    f"{ASK}/feed.atom,": f"{ASK}/feed.atom",
    "/updates%E2%80%9D": "/updates",
    "/legislation/ukpga/2018/13;": "/legislation/ukpga/2018/13",
    "/legislation/ukpga/2017/22%2e%2e": "/legislation/ukpga/2017/22",
    "/staff/asks/.": "/staff/asks/",
    "/staff/sign-in/": "/staff/sign-in",
}


def test_an_address_with_the_end_of_a_sentence_leads_where_it_means_and_nothing_to_another_site(
    shared_site: Site,
) -> None:
    answers = {path: shared_site.browser().send("GET", path) for path in MEANT}
    assert {path: answer.location for path, answer in answers.items()} == MEANT
    assert {answer.status_code for answer in answers.values()} == {301}
    browser = shared_site.browser()
    for path in ("/nowhere/", "/asks/never.there", "/%5Cevil.example.", "/..//evil.example/", "/staff/asks/x/"):
        assert browser.send("GET", path).status_code == 404
    for path in ("//evil.example.", "//evil.example/.", "/\\evil.example.", "https://evil.example/"):
        answer = browser.send("GET", "/", environ_overrides={"PATH_INFO": path})
        assert answer.status_code == 404 or not (answer.location or "").startswith(("//", "http", "/\\"))
    assert shared_site.browser(ED).send("POST", "/staff/asks/new/").status_code in {400, 404}, "nor is a form led on"
