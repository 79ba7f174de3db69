"""What crawlers, finders of faults and keepers of the checkpoint read: whole addresses, true moments, one line."""

import io
import json
import re
import zipfile
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from tests.factories import make_update
from tests.site import ED, PRODUCTION, WEALTH_ORDERS, MakeSite, Site
from tracker.clock import now
from tracker.models import Ask, Event, Legislation, Update
from tracker.queries import public
from tracker.queries.public import feeds
from tracker.queries.public.rows import find_logged_at
from tracker.rules.asks import Publication
from tracker.rules.chain import GENESIS, read_checkpoint
from tracker.services import proof
from tracker.web.public import files

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
    first, *lines, last = response.text.splitlines()
    assert (first, last) == ("User-agent: *", f"Sitemap: {HOST}/sitemap.xml")
    endless = ("staff/", "*?on=", "*&on=", "*?family=", "*&family=", "*?q=", "*&sort=")
    assert {f"Disallow: /{address}" for address in endless} <= set(lines)
    assert not [line for line in lines if line.startswith(("Disallow: /*?v=", "Disallow: /?"))], "pictures and styles"


def test_every_published_page_is_in_the_map_with_its_last_change_and_answers(shared_site: Site) -> None:
    """The browser checks each page; that every one of them is reached is checked here."""
    index = document(shared_site, "/sitemap.xml")
    assert [loc.text for loc in index.iter(f"{MAP}loc")] == [f"{HOST}/sitemap-1.xml"]
    found = pages(shared_site)
    fixed = "/ /updates /corrections /unknown /legislation /method /about /accessibility /bodies/home-office"
    assert {*fixed.split(), "/sources/how-do-we-deal-with-russia"} <= set(found)
    published = Legislation.publication == Publication.PUBLISHED
    with shared_site.reading() as session:
        assert {f"/asks/{slug}" for slug in session.scalars(sa.select(Ask.slug))} <= set(found)
        laws = session.scalars(sa.select(Legislation.key).where(published))
        assert {f"/legislation/{key}" for key in laws} <= set(found)
    newest = sa.select(sa.func.max(Update.published_at)).where(Update.ask_id == shared_site.ask_id())
    moment = datetime.fromisoformat(found[f"/asks/{WEALTH_ORDERS}"] or "")
    assert moment == shared_site.scalar(newest).replace(microsecond=0)
    with shared_site.unchanged():
        answers = [shared_site.browser().get(path) for path in found]
    assert len({page.title for page in answers}) == len(found), "no two pages share a title"
    for page in answers:
        assert page.hops == [200]
        assert page.response.headers["Cache-Control"].startswith("public, ")
        assert "Cookie" not in page.response.headers.get("Vary", "")


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


def fields(response: TestResponse) -> dict[str, str]:
    """The fields of security.txt; each stands once."""
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    pairs = [line.split(": ", 1) for line in response.text.splitlines()]
    assert len({name for name, _ in pairs}) == len(pairs)
    return dict(pairs)


def test_finders_of_faults_learn_whom_to_write_to(make_site: MakeSite, shared_site: Site) -> None:
    """RFC 9116: Contact and Expires are needed, and Expires lies less than a year ahead."""
    address, base = "/.well-known/security.txt", "https://tracker.example"
    found = fields(make_site(PRODUCTION).browser().send("GET", address, base_url=base))
    assert (found["Contact"], found["Canonical"]) == ("mailto:desk@tracker.example", base + address)
    assert timedelta(days=300) < datetime.fromisoformat(found["Expires"]) - now() < timedelta(days=365)
    assert fields(shared_site.browser().send("GET", address))["Contact"] == f"{HOST}/about#contact"


# --- the checkpoint of the event log ---


def published(site: Site) -> str:
    response = site.browser().send("GET", "/checkpoint.txt")
    assert re.fullmatch(r"\d+:[0-9a-f]{64}\n", response.text)
    return response.text.strip()


def post(site: Site, *, is_public: bool) -> None:
    with site.change(ED) as change:
        ask = change.session.get_one(Ask, site.ask_id())
        make_update(change, ask, published=is_public, text="Something happened.")


def test_every_place_shows_the_checkpoint_which_moves_with_public_changes_and_every_hour(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = published(site)
    site.browser(ED)  # signs in
    post(site, is_public=False)
    assert published(site) == before, "not at once: it shall not tell who signs in when"
    post(site, is_public=True)
    line, browser = published(site), site.browser()
    site.browser(ED)
    assert published(site) == line
    number = line.partition(":")[0]
    assert int(number) > int(before.partition(":")[0]) + 2
    page = browser.get("/data").text
    assert f"Entries {number} " in page
    assert line in page
    assert json.loads(browser.send("GET", "/datapackage.json").text)["checkpoint"] == line
    with zipfile.ZipFile(io.BytesIO(browser.send("GET", "/data.zip").data)) as packed:
        assert line in packed.read("README.txt").decode()
    for feed in ("/feed.atom", f"/asks/{WEALTH_ORDERS}/feed.atom"):
        document = fromstring(browser.send("GET", feed).data)
        assert [element.text for element in document.findall("{tag:policy-tracker,2026:atom}checkpoint")] == [line]
    with site.reading() as session:
        count, head = proof.verify(session)
        for each in (before, line):
            proof.require(session, read_checkpoint(each))
        assert session.get_one(Event, int(number)).action == "published"
    later = now() + timedelta(hours=1)
    monkeypatch.setattr(files, "now", lambda: later)
    assert published(site) == f"{count}:{head}"


def test_caches_keep_it_for_seconds_and_a_site_without_history_publishes_the_beginning(sqlite_site: Site) -> None:
    first = sqlite_site.browser().send("GET", "/checkpoint.txt")
    assert first.headers["Cache-Control"].startswith("public, max-age=5")
    with sqlite_site.change() as change:
        change.session.execute(sa.text(f"UPDATE revision SET checkpoint_number = 0, checkpoint_hash = '{GENESIS}'"))
        found = public.find_checkpoint(change.session)
        assert (str(found), find_logged_at(change.session, found.number)) == (f"0:{GENESIS}", None)
