"""The published site: every link works on a plain file server, each page is the live one, and a stop is made good."""

import json
import re
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from html import unescape
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch
from urllib.parse import unquote, urljoin

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.cli.commands import Answer, tracker_on
from tests.engines import Databases, open_engine
from tests.factories import make_ask, make_staff
from tests.site import LOCAL, WEALTH_ORDERS, CompiledTemplates, SeededDatabases, open_app
from tracker.clock import now
from tracker.db.engine import writing
from tracker.models import Ask, FormerSlug
from tracker.publish.folder import MANIFEST, WORK, SiteFolder
from tracker.publish.links import SiteLinks
from tracker.rules.asks import Publication
from tracker.rules.people import COMMAND_LINE
from tracker.services.change import Change

FORMER = "wealth-orders"
# As few as have every kind of page.
SHOWN = (
    WEALTH_ORDERS, "salisbury-hold-firm", "crown-dependencies-registers", "sanctions-ukraine-crimea", "stop-brexit",
)  # fmt: skip
OWN, LIVE = "https://asks.example.org", "https://live.example"
LINK = re.compile(rf"<[a-z][^<>]*?\s(?:(?:href|src|action)=\"|content=\"(?={OWN}))([^\"]*)\"[^<>]*>")
TARGETS = re.compile(r'(\s(?:href|src|action|content)=")[^"]*')
FILTERS = ("/family/met", "/status/met", "/topic/uk-and-eu", "/kind/sanctions", "/body/home-office", "/place/jersey")

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True, scope="module")
def compiled_templates() -> Iterator[None]:
    """Templates are compiled once for all publications here."""
    with patch.dict(Flask.jinja_options, bytecode_cache=CompiledTemplates()):
        yield


@dataclass(frozen=True)
class Published:
    folder: Path
    url: str
    live: FlaskClient

    def page(self, path: str) -> str:
        return (self.folder / path.strip("/") / "index.html").read_text()

    def live_page(self, address: str) -> str:
        return self.live.get(address, base_url=OWN, buffered=True).text

    def file(self, address: str) -> Path:
        """What a server that knows nothing but files has at an address."""
        file = self.folder / unquote(address).strip("/")
        return file / "index.html" if address.endswith("/") or file.is_dir() else file


@pytest.fixture(scope="module")
def published(seeded_databases: SeededDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with (
        seeded_databases.temporary("sqlite") as url,
        open_engine(url) as engine,
        open_app(replace(LOCAL, database_url=url, site_url=OWN)) as app,
    ):
        with writing(engine) as session:
            session.execute(sa.update(Ask).where(~Ask.slug.in_(SHOWN)).values(publication=Publication.PUT_ASIDE))
            ask_id = session.scalars(sa.select(Ask.id).filter_by(slug=WEALTH_ORDERS)).one()
            session.add(FormerSlug(slug=FORMER, ask_id=ask_id))
        found = Published(tmp_path_factory.mktemp("published"), url, app.test_client(use_cookies=False))
        tracker_on(url)("publish", found.folder, "--live", LIVE, TRACKER_SITE_URL=OWN)
        yield found


def test_no_link_of_the_published_site_is_broken(published: Published) -> None:
    waiting, pages, wanted = ["/", "/sitemap.xml"], {}, set()
    while waiting:
        path = waiting.pop()
        if path in pages:
            continue
        file = published.file(path)
        assert file.is_file(), path
        text = file.read_text() if file.suffix in {".html", ".xml"} else ""
        pages[path] = set(re.findall(r'\sid="([^"]+)"', text)) if file.suffix == ".html" else None
        base = path if path.endswith("/") or "." in path.rpartition("/")[2] else f"{path}/"
        links = LINK.findall(text) if file.suffix == ".html" else re.findall("<loc>(.*?)</loc>", text)
        for link in map(unescape, links):
            target = urljoin(base, link.removeprefix(OWN) or "/")
            if not target.startswith("/"):
                assert target.startswith(("https://", "http://", "mailto:")), (path, link)
                continue
            target, _, anchor = target.partition("#")
            target, _, query = target.partition("?")
            assert not query or query.startswith("v="), (path, link)
            waiting.append(target)
            wanted.add((path, target, unquote(anchor)))
    assert [want for want in wanted if want[2] and want[2] not in (pages[want[1]] or ())] == []
    assert len(pages) > 150
    reached = {path.rstrip("/") for path in pages}
    assert {f"/asks/{slug}" for slug in slugs(published)} <= reached


def slugs(published: Published) -> set[str]:
    return {record["ask_slug"] for record in json.loads(published.live_page("/api/v1/asks"))["records"]}


def live_address(file: str) -> str:
    """The address that the live site has for a file of the folder."""
    path = "/" + file.removesuffix("index.html").removesuffix("index.json").rstrip("/")
    first, *rest = path.strip("/").split("/")
    if first in {"family", "status", "topic", "kind", "body", "place", "source", "on"}:
        return f"/?{first}={rest[0]}"
    return path


def moved(published: Published) -> set[str]:
    """The files that only lead on."""
    former = {f"asks/{FORMER}{ending}/index.html" for ending in ("", "/history", "/story")}
    return former | {f"asks/{slug}/story/index.html" for slug in slugs(published)}


def test_a_former_address_and_that_of_an_entry_lead_on(published: Published) -> None:
    for path, leads_to in (
        (f"/asks/{FORMER}", f"/asks/{WEALTH_ORDERS}"),
        (f"/asks/{FORMER}/history", f"/asks/{WEALTH_ORDERS}/history"),
        (f"/asks/{FORMER}/story", f"/asks/{WEALTH_ORDERS}#story"),
        (f"/asks/{WEALTH_ORDERS}/story", f"/asks/{WEALTH_ORDERS}#story"),
    ):
        page = published.page(path)
        assert f'<a href="{leads_to}">' in page
        assert f'content="0; url={leads_to}"' in page
        assert f'<link rel="canonical" href="{OWN}{leads_to.partition("#")[0]}">' in page
        assert published.live.get(path, base_url=OWN, follow_redirects=True, buffered=True).status_code == 200
    for name in ("feed.atom", "calendar.ics", "badge.svg", "picture.png", "card/index.html"):
        former, latter = (published.folder / "asks" / slug / name for slug in (FORMER, WEALTH_ORDERS))
        assert former.read_bytes() == latter.read_bytes(), name


def test_every_address_of_ours_in_feeds_and_tables_is_written(published: Published) -> None:
    names = ["feed.atom", "updates.csv", "sources.csv", "asks.csv", "calendar.ics", f"asks/{FORMER}/feed.atom"]
    texts = [(published.folder / name).read_text().replace("\r\n ", "") for name in names]
    found = {address for text in texts for address in re.findall(rf'{OWN}(/[^\s"<,#?]*)', text)}
    assert len(found) > 10
    assert [path for path in sorted(found) if not published.file(path).is_file()] == []


def test_each_file_is_what_the_live_site_says_save_for_links(published: Published) -> None:
    manifest = json.loads((published.folder / MANIFEST).read_text())
    assert manifest["checkpoint"] == (published.folder / "checkpoint.txt").read_text().strip()
    assert manifest["site"] == OWN
    files = manifest["files"]
    for name in files.keys() - {"_headers"} - moved(published):
        body = (published.folder / name).read_bytes()
        answer = published.live.get(live_address(name), base_url=OWN, buffered=True, follow_redirects=True)
        assert sha256(body).hexdigest() == files[name]
        assert answer.status_code == (404 if name == "404.html" else 200), name
        if answer.mimetype == "text/html":
            assert TARGETS.sub(r"\1", body.decode()) == TARGETS.sub(r"\1", answer.text), name
        elif answer.mimetype == "application/json":
            assert body.decode().replace(LIVE, OWN) == answer.text, name
        else:
            assert body == answer.data, name


def test_a_filter_has_a_page_of_its_own_and_what_asks_a_question_leads_to_the_live_site(published: Published) -> None:
    first = published.page("/")
    for path in (*FILTERS, "/source/how-do-we-deal-with-russia", "/on/2020-12-31"):
        page = published.page(path)
        assert page != first
        assert f'href="{LIVE}/?' in page
    assert {action.partition("#")[0] for action in re.findall(r'action="([^"]*)"', first)} == {f"{LIVE}/"}
    assert 'href="/family/met/#asks"' in first
    assert f'href="{LIVE}/staff/sign-in' in first
    assert f'href="{LIVE}/updates.csv?family=met"' in published.page("/data")
    names = [path.relative_to(published.folder).as_posix() for path in published.folder.rglob("*")]
    assert not [name for name in names if name.startswith(("staff", "healthz", "readyz")) or "?" in name]


WRITTEN = {
    "/": "/", "/?": "/", "/?family=met": "/family/met/", "/?on=2020-12-31": "/on/2020-12-31/",
    "/static/icon.svg?v=1": "/static/icon.svg", "/asks/x/picture.png?v=1": "/asks/x/picture.png",
    "/api/v1/asks": "/api/v1/asks/index.json", "/api/v1/openapi.json": "/api/v1/openapi.json",
}  # fmt: skip
NOT_WRITTEN = (
    "/?on=2020-12-30", "/?family=met&status=met", "/?family=", "/?family=../../etc", "/?q=sanctions", "/?sort=title",
    "/asks/x?on=2020-12-31", "/feed.atom?family=met", "/api/v1/asks?family=met", "/staff/", "/readyz",
)  # fmt: skip


def test_where_an_address_is_published() -> None:
    links = SiteLinks(OWN, LIVE)
    assert {link: links.path_of(link) for link in (*WRITTEN, *NOT_WRITTEN)} == dict.fromkeys(NOT_WRITTEN) | WRITTEN


def test_words_that_look_like_links_and_hosts_that_begin_alike_stay_as_they_are() -> None:
    for words in (
        '<p title="a">href="/?q=1" &lt;a href="/?q=1"&gt; <a href="#x">x</a> <a rel="me" href="mailto:a@b.c">x</a></p>',
        f'<a href="{OWN}.evil/?q=1">x</a>',
    ):
        assert SiteLinks(OWN, LIVE).rewrite_page(words, "/") == words


def test_without_a_live_site_what_asks_a_question_is_left_out() -> None:
    links = SiteLinks(OWN, "")
    page = (
        '<link rel="alternate" href="/feed.atom?family=met"><form action="/"><input name="q"></form>'
        '<a href="/?family=met#asks">Met</a> <a class="b" href="/?family=met&amp;q=tax">Both</a>'
        f'<meta property="og:url" content="{OWN}/?q=tax">'
    )
    assert links.rewrite_page(page, "/") == (
        f'<a href="/family/met/#asks">Met</a> <span>Both</span><meta property="og:url" content="{OWN}/?q=tax">'
    )
    assert links.rewrite_json(f'{{"next":"{OWN}/api/v1/asks?after=x"}}') == '{"next":null}'


def test_hosts_are_told_the_headers_of_the_live_site(published: Published) -> None:
    rules: dict[str, dict[str, str]] = {}
    for line in (published.folder / "_headers").read_text().splitlines():
        if line.startswith("/"):
            rules[line] = {}
        else:
            name, _, value = line.strip().partition(": ")
            rules[[*rules][-1]][name] = value
    live = published.live.get(f"/asks/{WEALTH_ORDERS}/card", base_url=OWN, buffered=True).headers
    card = rules["/asks/:slug/card/"]
    policy = live["Content-Security-Policy"].replace("form-action 'self'", f"form-action 'self' {LIVE}")
    assert card["Content-Security-Policy"] == policy
    assert "X-Frame-Options" not in card
    assert rules["/"]["X-Frame-Options"] == "DENY"
    table = published.live.get("/asks.csv", base_url=OWN, buffered=True).headers
    assert rules["/asks.csv"]["Content-Type"] == table["Content-Type"]
    assert rules["/api/v1/*/index.json"]["Content-Type"] == "application/json"
    assert len(rules) <= 100  # Cloudflare reads no more


def test_without_addresses_or_in_the_folder_of_somebody_else_nothing_is_written(
    published: Published, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").touch()
    for folder, arguments, site_url, words in (
        (tmp_path / "new", (), "", "TRACKER_SITE_URL is missing"),
        (tmp_path / "new", ("--live", "live.example"), OWN, "begin with https"),
        (tmp_path, (), OWN, "holds no publication of ours"),
    ):
        said = tracker_on(published.url)("publish", folder, *arguments, code=1, TRACKER_SITE_URL=site_url).err
        assert words in said
        assert said.count("\n") == 1
        assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


# --- stopped, killed, overtaken by a change, and watched ---


@pytest.fixture
def url(databases: Databases) -> Iterator[str]:
    """A site of four asks."""
    with databases.temporary("sqlite") as url:
        with open_engine(url) as engine, writing(engine) as session:
            make_staff(session)
        for number in range(4):
            add_ask(url, f"ask-{number}")
        yield url


def add_ask(url: str, slug: str) -> None:
    with open_engine(url) as engine, writing(engine) as session:
        make_ask(Change(session, COMMAND_LINE, now()), published=True, slug=slug)


def publish(url: str, folder: Path, *options: str, code: int = 0) -> Answer:
    return tracker_on(url)("publish", folder, *options, code=code, TRACKER_SITE_URL=OWN)


@contextmanager
def at_the_file(name: str, then: Callable[[], object]) -> Iterator[None]:
    """When this file is made, something happens; once."""
    usual, waiting = SiteFolder.add, [then]

    def add(publication: SiteFolder, made: str, pieces: Iterable[bytes]) -> None:
        usual(publication, made, pieces)
        if made == name and waiting:
            waiting.pop()()

    with patch.object(SiteFolder, "add", add):
        yield


def test_after_a_stop_the_next_publication_is_whole(url: str, tmp_path: Path) -> None:
    with at_the_file("data/index.html", lambda: signal.raise_signal(signal.SIGINT)):
        assert "The next time it begins again" in publish(url, tmp_path, code=1).err
    assert list(tmp_path.iterdir()) == []
    assert re.match(r"Files written: \d{3}, deleted: 0, unchanged: 0", publish(url, tmp_path).out)
    assert publish(url, tmp_path).out.startswith("Files written: 0, deleted: 0, unchanged: ")


def test_what_changes_while_it_is_read_is_read_again(url: str, tmp_path: Path) -> None:
    with at_the_file("data/index.html", lambda: add_ask(url, "while-it-is-read")):
        assert publish(url, tmp_path).err == ""
    about = json.loads((tmp_path / MANIFEST).read_text())
    assert about["checkpoint"] == (tmp_path / "checkpoint.txt").read_text().strip()
    for page in ("index.html", "status/announced/index.html"):
        assert "while-it-is-read" in (tmp_path / page).read_text()


def test_a_change_is_written_until_the_watch_ends(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) > 1:
            signal.raise_signal(signal.SIGINT)
        add_ask(url, "empty-homes")

    monkeypatch.setattr(import_module("tracker.cli.export"), "time", SimpleNamespace(sleep=sleep))
    said = publish(url, tmp_path, "--watch")
    assert re.fullmatch(r"Files written: \d{3}, deleted: 0, .*\nFiles written: \d+, deleted: \d+, .*\n", said.out)
    assert max(waits) < 60
    assert (tmp_path / "asks/empty-homes/index.html").exists()
    assert not (tmp_path / WORK).exists()
