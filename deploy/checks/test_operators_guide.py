"""A tracker is installed, upgraded, taken back, moved and removed as docs/guide/operators.md prints it."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.checks import unit
from deploy.checks.machine import CHECKOUT, Machine, clone, commands
from tests.deployed import checked
from tests.engines import free_port

EARLIER = "0.0.9"
ASK = "/api/v1/asks/unexplained-wealth-orders"


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean clone of this version."""
    return clone(tmp_path_factory.mktemp("code") / "new")


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path / "machine")
    yield machine
    unit.stop(machine.root)


def set_port(machine: Machine) -> int:
    port = free_port()
    with (machine.root / "srv/tracker/.env").open("a") as settings:
        settings.write(f"PORT={port}\n")
    return port


def get(port: int, path: str) -> bytes:
    """What the tracker there answers, once it listens."""
    while True:
        try:
            request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": "tracker.example"})
            with urllib.request.urlopen(request, timeout=30) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError:
            raise
        except OSError:
            continue


def install(machine: Machine, code: Path) -> int:
    files, start = commands("Install")[:2]
    machine.run(files, code)
    port = set_port(machine)
    said = machine.run(start, code)
    assert "https://tracker.example/staff/link" in said or "/staff/" in said
    assert get(port, "/readyz") == b"ok\n"
    return port


def earlier(folder: Path) -> Path:
    """The code before the newest change of the schema, under an earlier number, with its wheel made."""
    newest = max((CHECKOUT / "migrations/versions").glob("0*.py"))
    added = checked("git", "-C", CHECKOUT, "log", "-1", "--diff-filter=A", "--format=%H", "--", newest).strip()
    code = clone(folder, f"{added}^")
    module = code / "tracker/__init__.py"
    module.write_text(re.sub('__version__ = ".+"', f'__version__ = "{EARLIER}"', module.read_text()))
    (code / "Makefile").write_text((CHECKOUT / "Makefile").read_text())
    (code / "requirements-build.lock").write_text((CHECKOUT / "requirements-build.lock").read_text())
    git = ("git", "-C", code, "-c", "user.name=x", "-c", "user.email=x@y.z")
    checked(*git, "add", "--all")
    checked(
        "git", "-C", code, "-c", "user.name=x", "-c", "user.email=x@y.z", "commit", "--quiet", "--message", "earlier"
    )
    for file in ("deploy/env.example", "deploy/tracker.service", "deploy/cron"):
        (code / file).parent.mkdir(exist_ok=True)
        (code / file).write_text((CHECKOUT / file).read_text())
    with (code / ".git/info/exclude").open("a") as exclude:
        exclude.write("/deploy/\n/.venv-build/\n")
    return code


def test_a_new_tracker_is_installed_looked_after_each_night_and_removed(machine: Machine, code: Path) -> None:
    port = install(machine, code)
    assert b"There are no asks" in get(port, "/asks/") or get(port, "/")
    lines = [line.split(maxsplit=6) for line in (machine.root / "etc/cron.d/tracker").read_text().splitlines()]
    nightly = [words[6] for words in lines if len(words) == 7 and words[5] == "tracker"]
    assert len(nightly) == 5
    for line in nightly:
        if "tracker look " not in line:  # which asks Parliament
            machine.run(line.replace("\\%", "%"), code)
    assert len([*(machine.root / "srv/tracker/backups").iterdir()]) == 1
    (remove,) = commands("Remove")
    machine.run(remove, code)
    left = [path for folder in ("opt", "srv", "etc") for path in (machine.root / folder).rglob("*") if path.is_file()]
    assert left == []


def test_content_survives_an_upgrade_the_way_back_and_a_move(machine: Machine, code: Path, tmp_path: Path) -> None:
    before = earlier(tmp_path / "before")
    port = install(machine, before)
    assert f"version {EARLIER}" in machine.tracker("--version")
    machine.tracker("seed")
    status = json.loads(get(port, ASK))["status"]

    (upgrade,) = commands("Upgrade")
    assert "is at" in machine.run(upgrade, code)
    assert get(port, "/readyz") == b"ok\n"
    assert f"version {EARLIER}" not in machine.tracker("--version")
    assert json.loads(get(port, ASK))["status"] == status
    machine.tracker("verify", "--replay")

    (back,) = commands("Go back")
    machine.run(back.replace("0.1.0", EARLIER), code)
    assert f"version {EARLIER}" in machine.tracker("--version")
    assert get(port, "/readyz") == b"ok\n"
    assert json.loads(get(port, ASK))["status"] == status
    (machine.root / "srv/tracker/before-upgrade").unlink()
    machine.run(upgrade, code)

    leave, arrive = commands("Move to another machine")
    machine.run(leave, code)
    other = Machine(tmp_path / "other")
    try:
        other.run(commands("Install")[0], code)
        for name in ("moving", ".env"):
            (other.root / "srv/tracker" / name).write_bytes((machine.root / "srv/tracker" / name).read_bytes())
        other.run("chmod 600 /srv/tracker/moving /srv/tracker/.env", code)
        other.run(arrive, code)
        assert json.loads(get(port, ASK))["status"] == status
        assert "you@example.org" in other.tracker("user", "list")
        other.tracker("verify", "--replay")
    finally:
        unit.stop(other.root)


def test_the_wheel_installs_without_make_with_its_lock_or_with_the_newest_that_fits(
    machine: Machine, code: Path, tmp_path: Path
) -> None:
    machine.run("make wheel", code)
    for block, environment in zip(commands("Install")[2:], ("venv", "newest"), strict=True):
        machine.run(block, code)
        site = f"export DATABASE_URL=sqlite:///{tmp_path}/{environment}.sqlite3; cd {tmp_path}; "
        for words in ("db upgrade", "seed", "verify --replay", "doctor"):
            machine.run(f"{site}{code}/{environment}/bin/tracker {words}", code)
        machine.run(f"{code}/{environment}/bin/python -c 'import psycopg'", code)
        machine.run(f"{code}/{environment}/bin/pip check", code)
        installed = checked(code / environment / "bin/pip", "list", "--format=freeze")
        assert "hatchling" not in installed
        machine.run(f"rm -r {code}/{environment}", code)


def test_the_secrets_of_the_containers_are_made_for_one_user(machine: Machine, code: Path) -> None:
    (secrets,) = commands("In containers")
    machine.run(secrets, code)
    folder = code / "deploy/container/secrets"
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == dict.fromkeys(
        ("secret_key", "database_password", "database_url"), 0o400
    )
    password = (folder / "database_password").read_text().strip()
    assert (folder / "database_url").read_text() == f"postgresql://tracker:{password}@database/tracker\n"
    machine.run("rm -r deploy/container/secrets deploy/container/.env", code)
