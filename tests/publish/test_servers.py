"""The samples of the README for nginx and Caddy, loaded by the real servers, send the published site as it is meant."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from textwrap import dedent
from time import monotonic, sleep

import pytest

from tests.cli.commands import CHECKOUT, tracker_on
from tests.engines import free_port
from tests.site import WEALTH_ORDERS, SeededDatabases
from tracker.publish.folder import WORK

PATIENCE_SECONDS = 60
ASK = f"/asks/{WEALTH_ORDERS}"
NGINX = """daemon off; pid {folder}/pid; error_log stderr; {user}
events {{}}
http {{
    include /etc/nginx/mime.types; access_log off;
    client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
    uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
    server {{ listen 127.0.0.1:{port}; {sample} }}
}}
"""
CADDY = "{{\n admin off\n auto_https off\n}}\n{sample}"

pytestmark = pytest.mark.slow


def sample(words: str) -> str:
    """The first indented block of the README after these words."""
    _, _, rest = (CHECKOUT / "README.md").read_text().partition(words)
    block = re.search(r"\n\n((?:    .*\n|\n)+)", rest)
    assert block, words
    return dedent(block[1])


def nginx(folder: Path, site: Path, port: int) -> list[str | Path]:
    config = folder / "nginx.conf"
    text = sample("In nginx, within `server`").replace("/srv/www", str(site))
    user = "user root;" if os.geteuid() == 0 else ""
    config.write_text(NGINX.format(folder=folder, port=port, sample=text, user=user))
    subprocess.run(["nginx", "-t", "-c", config, "-p", folder], check=True, capture_output=True)
    return ["nginx", "-c", config, "-p", folder]


def caddy(folder: Path, site: Path, port: int) -> list[str | Path]:
    config = folder / "Caddyfile"
    text = sample("and in Caddy:").replace("/srv/www", str(site))
    config.write_text(CADDY.format(sample=text.replace("tracker.example", f"http://127.0.0.1:{port}", 1)))
    arguments: list[str | Path] = ["--config", config, "--adapter", "caddyfile"]
    subprocess.run(["caddy", "validate", *arguments], check=True, capture_output=True)
    return ["caddy", "run", *arguments]


@contextmanager
def running(command: list[str | Path], folder: Path, port: int) -> Iterator[HTTPConnection]:
    with subprocess.Popen(command, env=os.environ | {"HOME": str(folder)}, stderr=subprocess.DEVNULL) as process:
        try:
            connection, end = HTTPConnection("127.0.0.1", port), monotonic() + PATIENCE_SECONDS
            while True:
                try:
                    connection.connect()
                    break
                except ConnectionRefusedError:
                    assert monotonic() < end, "the server does not start"
                    sleep(0.02)
            yield connection
            connection.close()
        finally:
            process.terminate()


@dataclass(frozen=True)
class Sent:
    """What a server sends for an address."""

    status: int
    kind: str
    body: bytes
    nosniff: str


@pytest.fixture(scope="module")
def site(seeded_databases: SeededDatabases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served") / "site"
    with seeded_databases.temporary("sqlite") as url:
        tracker_on(url)("publish", folder, TRACKER_SITE_URL="https://asks.example.org")
    (folder / WORK).mkdir()
    (folder / WORK / "plan.json").write_text("{}")
    return folder


@pytest.fixture(scope="module", params=[nginx, caddy])
def fetch(
    request: pytest.FixtureRequest, site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Sent]]:
    server = request.param
    if not shutil.which(server.__name__):
        pytest.skip(f"{server.__name__} is not installed")
    folder, port = tmp_path_factory.mktemp(server.__name__), free_port()
    with running(server(folder, site, port), folder, port) as connection:

        def fetch(path: str) -> Sent:
            connection.request("GET", path)
            answer = connection.getresponse()
            headers = answer.headers
            kind, nosniff = headers.get("Content-Type", ""), headers.get("X-Content-Type-Options", "")
            return Sent(answer.status, kind.lower(), answer.read(), nosniff)

        yield fetch


@pytest.mark.parametrize(
    ("path", "file", "kind"),
    [
        ("/", "index.html", "text/html"),
        (ASK, f"{ASK}/index.html", "text/html"),
        (f"{ASK}/", f"{ASK}/index.html", "text/html"),
        (f"{ASK}/card", f"{ASK}/card/index.html", "text/html"),
        (f"{ASK}/story?entry=2018-01-31", f"{ASK}/story/index.html", "text/html"),
        ("/family/met/", "family/met/index.html", "text/html"),
        ("/on/2020-12-31/", "on/2020-12-31/index.html", "text/html"),
        ("/feed.atom", "feed.atom", "application/atom+xml"),
        (f"{ASK}/feed.atom", f"{ASK}/feed.atom", "application/atom+xml"),
        (f"{ASK}/calendar.ics", f"{ASK}/calendar.ics", "text/calendar; charset=utf-8"),
        (f"{ASK}/badge.svg", f"{ASK}/badge.svg", "image/svg+xml"),
        (f"{ASK}/picture.png?v=1", f"{ASK}/picture.png", "image/png"),
        ("/asks.csv", "asks.csv", "text/csv; charset=utf-8"),
        ("/api/v1/asks", "api/v1/asks/index.json", "application/json"),
        (f"/api/v1{ASK}", f"api/v1{ASK}/index.json", "application/json"),
        ("/api/v1/openapi.json", "api/v1/openapi.json", "application/json"),
        ("/sitemap.xml", "sitemap.xml", "text/xml"),
        ("/.well-known/security.txt", ".well-known/security.txt", "text/plain"),
        ("/data.sqlite3", "data.sqlite3", ""),
    ],
)
def test_a_file_is_sent_at_its_live_address(
    fetch: Callable[[str], Sent], site: Path, path: str, file: str, kind: str
) -> None:
    sent = fetch(path)
    assert sent.status == 200
    assert sent.body == (site / file.strip("/")).read_bytes()
    assert sent.kind.startswith(kind)
    assert sent.nosniff == "nosniff"


@pytest.mark.parametrize("path", ["/nowhere", f"{ASK}/nowhere", "/staff/", f"/{WORK}/plan.json"])
def test_what_is_not_there_is_our_own_page(fetch: Callable[[str], Sent], site: Path, path: str) -> None:
    sent = fetch(path)
    assert sent.status == 404
    assert sent.body == (site / "404.html").read_bytes()
    assert sent.kind.startswith("text/html")
