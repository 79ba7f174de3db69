"""What crawlers and finders of faults read: whole addresses, true moments, and a date that has not passed."""

from datetime import datetime, timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest
import sqlalchemy as sa

from tests.site import PRODUCTION, WEALTH_ORDERS, MakeSite, Site
from tracker.clock import now
from tracker.models import Ask, Legislation, Update
from tracker.queries.public import feeds
from tracker.rules.asks import Publication

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
HOST = "http://127.0.0.1:8000"


def document(site: Site, path: str) -> Element:
    response = site.browser().send("GET", path)
    assert (response.status_code, response.mimetype) == (200, "application/xml")
    return fromstring(response.data)


def pages(site: Site, path: str = "/sitemap-1.xml") -> dict[str, str | None]:
    """The addresses of a sitemap, each with the moment of its last change."""
    urls = document(site, path).findall(f"{MAP}url")
    return {(url.findtext(f"{MAP}loc") or "").removeprefix(HOST): url.findtext(f"{MAP}lastmod") for url in urls}


def test_robots_are_told_where_the_map_is_and_what_has_no_end(shared_site: Site) -> None:
    response = shared_site.browser().send("GET", "/robots.txt")
    assert response.mimetype == "text/plain"
    lines = response.text.splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /staff/", "Disallow: /*?on=", "Disallow: /*&on="} <= set(lines)
    assert {"Disallow: /*?family=", "Disallow: /*&family=", "Disallow: /*?q=", "Disallow: /*&sort="} <= set(lines)
    assert not [line for line in lines if line.startswith(("Disallow: /*?v=", "Disallow: /?"))], "pictures and styles"
    assert lines[-1] == f"Sitemap: {HOST}/sitemap.xml"


def test_every_published_page_is_in_the_map_and_answers(shared_site: Site) -> None:
    index = document(shared_site, "/sitemap.xml")
    assert [loc.text for loc in index.iter(f"{MAP}loc")] == [f"{HOST}/sitemap-1.xml"]
    found = pages(shared_site)
    assert {
        "/",
        "/updates",
        "/corrections",
        "/unknown",
        "/sources/how-do-we-deal-with-russia",
        "/bodies/home-office",
        "/legislation",
        "/method",
        "/about",
        "/accessibility",
        f"/asks/{WEALTH_ORDERS}",
    } <= set(found)
    with shared_site.reading() as session:
        assert {f"/asks/{slug}" for slug in session.scalars(sa.select(Ask.slug))} <= set(found)
        laws = session.scalars(sa.select(Legislation.key).where(Legislation.publication == Publication.PUBLISHED))
        assert {f"/legislation/{key}" for key in laws} <= set(found)
    browser = shared_site.browser()
    for path in list(found)[::5]:
        assert browser.get(path).hops == [200]


def test_a_page_changed_when_its_newest_entry_was_published(shared_site: Site) -> None:
    newest = shared_site.scalar(
        sa.select(sa.func.max(Update.published_at)).where(Update.ask_id == shared_site.ask_id())
    )
    moment = pages(shared_site)[f"/asks/{WEALTH_ORDERS}"]
    assert moment
    assert datetime.fromisoformat(moment) == newest.replace(microsecond=0)


def test_the_map_is_read_in_blocks(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = set(pages(sqlite_site))
    monkeypatch.setattr(feeds, "BLOCK", 4)
    sqlite_site.forget()
    index = document(sqlite_site, "/sitemap.xml")
    blocks = [(loc.text or "").removeprefix(HOST) for loc in index.iter(f"{MAP}loc")]
    assert len(blocks) > 3
    parts = [set(pages(sqlite_site, block)) for block in blocks]
    assert set.union(*parts) == whole
    assert sum(map(len, parts)) == len(whole)
    assert max(len(part) for part in parts[1:]) <= 8
    assert sqlite_site.browser().send("GET", f"/sitemap-{len(blocks) + 1}.xml").status_code == 404


def test_drafts_and_archived_asks_are_not_in_the_map(sqlite_site: Site) -> None:
    changed = sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(publication=Publication.ARCHIVED)
    sqlite_site.execute(changed)
    sqlite_site.execute(sa.update(Legislation).values(publication=Publication.DRAFT))
    found = pages(sqlite_site)
    assert f"/asks/{WEALTH_ORDERS}" not in found
    assert not [path for path in found if path.startswith("/legislation/")]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sitemap-0.xml", 404), ("/sitemap-2.xml", 404), ("/sitemap-999999999.xml", 404), ("/sitemap-x.xml", 404),
        ("/sitemap-1.xml?page=2", 200), ("/robots.txt?a=1", 200), ("/security.txt", 404),
    ],
)  # fmt: skip
def test_bad_addresses_get_a_clear_answer(shared_site: Site, path: str, status: int) -> None:
    assert shared_site.browser().send("GET", path).status_code == status


def fields(site: Site, **options: str) -> dict[str, str]:
    """The fields of security.txt; each stands once."""
    response = site.browser().send("GET", "/.well-known/security.txt", **options)
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    pairs = [line.split(": ", 1) for line in response.text.splitlines()]
    assert len({name for name, _ in pairs}) == len(pairs)
    return dict(pairs)


def test_finders_of_faults_learn_whom_to_write_to(make_site: MakeSite, shared_site: Site) -> None:
    """RFC 9116: Contact and Expires are needed, and Expires lies less than a year ahead."""
    found = fields(make_site(PRODUCTION), base_url="https://tracker.example")
    assert found["Contact"] == "mailto:desk@tracker.example"
    assert found["Canonical"] == "https://tracker.example/.well-known/security.txt"
    assert timedelta(days=300) < datetime.fromisoformat(found["Expires"]) - now() < timedelta(days=365)
    assert fields(shared_site)["Contact"] == f"{HOST}/about#contact"
