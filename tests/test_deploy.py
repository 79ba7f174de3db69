"""What stands in deploy/ works as printed: the unit, the proxies, the plain files, and the set-up of containers."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tests.chromium import tracker_process
from tests.cli.commands import tracker_on
from tests.deployed import DEPLOY, NAME, SERVERS, asking, caddy, checked, need, put
from tests.engines import free_port
from tests.second_step import give_phone
from tests.site import ADA, PRODUCTION, WEALTH_ORDERS, SeededDatabases, Site, open_app
from tracker.cli.installation import load_env_file
from tracker.publish.folder import WORK
from tracker.settings import Settings

pytestmark = pytest.mark.slow
ASK = f"/asks/{WEALTH_ORDERS}"
UPLOAD = 1_500_000  # more than nginx lets through by itself


@pytest.fixture(scope="module")
def served(seeded_databases: SeededDatabases) -> Iterator[tuple[str, str]]:
    """A tracker in production for proxies to stand before: host and port, and the cookie of an admin."""
    with seeded_databases.temporary("sqlite") as url:
        with open_app(replace(PRODUCTION, database_url=url)) as app:
            site = Site(app)
            give_phone(site, ADA)
            cookie = site.cookie_of(ADA)
        settings = env_file_of(DEPLOY / "env.example") | {"SECRET_KEY": PRODUCTION.secret_key, "DATABASE_URL": url}
        with tracker_process(settings) as tracker:
            yield tracker.url.removeprefix("http://"), f"__Host-tracker={cookie}"


def env_file_of(path: Path) -> dict[str, str]:
    read: dict[str, str] = {}
    load_env_file(path, read)
    return read


@pytest.mark.parametrize("name", SERVERS)
def test_a_proxy_passes_on_signed_in_people_and_large_uploads(
    name: str, served: tuple[str, str], tmp_path: Path
) -> None:
    host, cookie = served
    site = put((DEPLOY / {"nginx": "nginx.conf", "caddy": "Caddyfile"}[name]).read_text(), **{"127.0.0.1:8000": host})
    with SERVERS[name](tmp_path, site) as port, asking(port) as connection:
        connection.request("GET", "/staff/import/", headers={"Host": NAME, "Cookie": cookie})
        answer = connection.getresponse()
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', answer.read().decode())
        assert token
        headers = {"Cookie": (answer.headers["Set-Cookie"] or cookie).partition(";")[0], "Origin": f"https://{NAME}"}
        headers |= {"Host": NAME, "Content-Type": "multipart/form-data; boundary=x"}
        part = "--x\r\nContent-Disposition: form-data; name="
        form = f'{part}"csrf_token"\r\n\r\n{token[1]}\r\n{part}"files"; filename="asks.csv"\r\n\r\n'
        body = form.encode() + b"ask_slug,next_step\r\n" + b"x,y\r\n" * (UPLOAD // 5) + b"\r\n--x--\r\n"
        connection.request("POST", "/staff/import/", body, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        assert (answer.status, "asks.csv" in page) == (422, True), page


def test_of_two_servers_behind_caddy_one_is_enough(served: tuple[str, str], tmp_path: Path) -> None:
    site = (DEPLOY / "container/Caddyfile").read_text()
    site = put(site, **{"site-1:8000": f"127.0.0.1:{free_port()}", "site-2:8000": served[0]})
    with caddy(tmp_path, site, "{$TRACKER_SITE_URL}") as port:
        for _ in range(4):
            with asking(port) as connection:
                connection.request("GET", "/readyz", headers={"Host": NAME})
                assert connection.getresponse().status == 200


@pytest.fixture(scope="module")
def www(seeded_databases: SeededDatabases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("www") / "site"
    with seeded_databases.temporary("sqlite") as url:
        tracker_on(url)("publish", folder, TRACKER_SITE_URL=f"https://{NAME}")
    return folder


@pytest.mark.parametrize("name", SERVERS)
def test_plain_files_are_sent_under_the_addresses_and_kinds_of_the_live_site(
    name: str, www: Path, tmp_path: Path
) -> None:
    site = (DEPLOY / "files" / {"nginx": "nginx.conf", "caddy": "Caddyfile"}[name]).read_text()
    site = put(site, **{"root /srv/www": f"root {www}"} if name == "nginx" else {"root * /srv/www": f"root * {www}"})
    (www / WORK).mkdir(exist_ok=True)
    (www / WORK / "plan.json").write_text("{}")
    kinds = {
        "text/html": [
            "/", ASK, f"{ASK}/", f"{ASK}/card", f"{ASK}/story?entry=2018-01-31", "/family/met/", "/on/2020-12-31/",
        ],
        "application/atom+xml": ["/feed.atom", f"{ASK}/feed.atom"],
        "text/calendar": ["/calendar.ics", f"{ASK}/calendar.ics"],
        "image/svg+xml": [f"{ASK}/badge.svg"],
        "image/png": [f"{ASK}/picture.png?v=1"],
        "text/csv": ["/asks.csv"],
        "application/json": ["/api/v1/asks", f"/api/v1{ASK}", "/api/v1/openapi.json"],
    }  # fmt: skip
    expected = {path: (200, kind) for kind, paths in kinds.items() for path in paths}
    expected |= dict.fromkeys(["/nowhere", f"/{WORK}", f"/{WORK}/plan.json"], (404, "text/html"))
    with SERVERS[name](tmp_path, site) as port:
        found = {}
        for path in expected:
            with asking(port, by_tls=name == "caddy") as connection:
                connection.request("GET", path, headers={"Host": NAME})
                answer = connection.getresponse()
                found[path] = (answer.status, (answer.headers["Content-Type"] or "").partition(";")[0])
                assert answer.headers["X-Content-Type-Options"] == "nosniff" or answer.status == 404
    assert found == expected


def test_the_caddyfiles_are_valid_as_printed(tmp_path: Path) -> None:
    for path in sorted(DEPLOY.rglob("Caddyfile")):
        home = {"HOME": str(tmp_path), "TRACKER_SITE_URL": f"https://{NAME}"}
        checked(need("caddy"), "validate", "--config", path, "--adapter", "caddyfile", **home)


def test_the_database_is_made_on_postgresql_as_the_guide_prints_it(seeded_databases: SeededDatabases) -> None:
    cluster = seeded_databases.cluster
    server = {"PGHOST": "127.0.0.1", "PGPORT": str(cluster.port), "PGUSER": "tracker", "PGDATABASE": "postgres"}
    guide = (DEPLOY.parent / "docs/guide/operators.md").read_text()
    makes = re.findall(r"^    sudo -u postgres (.+)$", guide, re.M)
    assert [line.split()[0] for line in makes] == ["psql", "createdb"]
    for line in makes:  # the account that serves the tests has the name already
        program, *words = shlex.split(line.replace("tracker", "guide"))
        checked(cluster.programs / program, *words, **server)
    (url,) = re.findall(r"^    DATABASE_URL=(.+)$", guide, re.M)
    tracker = tracker_on(url.replace("tracker", "guide").replace("127.0.0.1", f"127.0.0.1:{cluster.port}"))
    tracker("db", "upgrade")
    tracker("db", "check")
    cluster.execute("DROP DATABASE {name}", name="guide")
    cluster.execute("DROP USER {name}", name="guide")


# --- systemd ---


def test_the_unit_is_right_can_be_enabled_and_lets_the_tracker_do_little(tmp_path: Path) -> None:
    analyze = need("systemd-analyze")
    program = tmp_path / "tracker"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "tracker.service"
    unit.write_text(put((DEPLOY / "tracker.service").read_text(), **{"/opt/tracker/bin/tracker": str(program)}))
    assert checked(analyze, "verify", unit) == ""
    said = checked(analyze, "security", "--offline=yes", "--threshold=20", unit)
    assert "Overall exposure level" in said
    assert "\n[Install]\nWantedBy=multi-user.target\n" in unit.read_text()


def test_the_commands_of_the_unit_exist() -> None:
    commands = re.findall(r"^Exec\w+=/opt/tracker/bin/tracker (.+)$", (DEPLOY / "tracker.service").read_text(), re.M)
    assert len(commands) == 2
    for command in commands:
        tracker_on("sqlite:///unused")(*command.split(), "--help")


# --- containers ---


def test_the_containers_are_two_servers_a_database_and_a_proxy_that_alone_is_reached_from_outside() -> None:
    compose = yaml.safe_load((DEPLOY / "container/compose.yaml").read_text())
    services = compose["services"]
    assert sorted(services) == ["database", "proxy", "site-1", "site-2", "upgrade"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert "outside" not in services["database"]["networks"]
    assert compose["networks"]["inside"] == {"internal": True}
    for name in ("site-1", "site-2", "upgrade"):
        service = services[name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert (DEPLOY / "container" / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
    for name in ("site-1", "site-2"):
        assert services[name]["depends_on"] == {"upgrade": {"condition": "service_completed_successfully"}}
        assert services[name]["restart"] == "unless-stopped"
    tracker_on("sqlite:///unused")(*services["upgrade"]["command"], "--help")
    for service in services.values():
        assert {*service.get("secrets", [])} <= {*compose["secrets"]}
        assert {*service["networks"]} <= {*compose["networks"]}
        named = {volume.partition(":")[0] for volume in service["volumes"] if not volume.startswith("./")}
        assert named <= {*compose["volumes"]}


def test_the_commands_that_the_guide_prints_for_containers_name_what_is_there() -> None:
    guide = (DEPLOY.parent / "docs/guide/operators.md").read_text()
    blocks = re.findall(r"^```docker\n(.*?)^```$", guide, re.M | re.S)
    services = yaml.safe_load((DEPLOY / "container/compose.yaml").read_text())["services"]
    for line in "".join(blocks).splitlines():
        docker, compose, verb, *words = [word for word in line.split() if not word.startswith("--")]
        assert (docker, compose) == ("docker", "compose")
        if verb == "stop":
            assert {*words} <= {*services}
        elif verb in {"exec", "run"}:
            assert words[0] in services
            tracker_on("sqlite:///unused")(words[2 if verb == "exec" else 1], "--help")
        else:
            assert (verb, words) in [("up", []), ("build", [])]


def test_the_settings_of_the_containers_are_right(tmp_path: Path) -> None:
    compose = yaml.safe_load((DEPLOY / "container/compose.yaml").read_text())
    secrets = {
        "secret_key": "3f9d0c1b7a6e5d4c8b2a1f0e9d8c7b6a",
        "database_url": "postgresql://tracker:x@database/tracker",
    }
    settings = env_file_of(DEPLOY / "container/.env.example") | compose["services"]["site-1"]["environment"]
    for name, value in secrets.items():
        (tmp_path / name).write_text(value)
        settings = {key: text.replace(f"/run/secrets/{name}", f"{tmp_path}/{name}") for key, text in settings.items()}
    read = Settings.from_env(settings)
    assert (read.is_production, read.trusted_proxies) == (True, 1)
    assert read.database_url == "postgresql+psycopg://tracker:x@database/tracker"


@pytest.mark.parametrize("path", sorted(DEPLOY.rglob("*env.example")), ids=str)
def test_the_settings_that_stand_behind_a_sign_are_right_too(path: Path, tmp_path: Path) -> None:
    lines = [re.sub(r"^# (?=[A-Z_]+=)", "", line) for line in path.read_text().splitlines()]
    (tmp_path / ".env").write_text("\n".join(lines))
    Settings.from_env({"SECRET_KEY": "3f9d0c1b7a6e5d4c8b2a1f0e9d8c7b6a"} | env_file_of(tmp_path / ".env"))
