"""Databases for tests: an SQLite file or a PostgreSQL database of its own for each test, both real.

Migrating takes longer than copying, so each engine is migrated once per run and each test gets a copy: of the
file, or with CREATE DATABASE … TEMPLATE. The PostgreSQL server is started by the first test that asks for it.
"""

import itertools
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

if TYPE_CHECKING:
    from tracker.db.engine import Limits

ENGINES = ("sqlite", "postgresql")
POSTGRESQL_MINIMUM = 15
# Where PostgreSQL can differ. What stands elsewhere runs there with --all-engines only (`make test-all`), but for
# tests that name their engine themselves.
BOTH_ENGINES = (
    "tests/db/",
    "tests/official/test_designations.py",
    "tests/queries/test_choosing.py",
    "tests/queries/test_filters.py",
    "tests/queries/test_lists.py",
    "tests/queries/test_past.py",
    "tests/queries/test_search.py",
    "tests/queries/test_staff_lists.py",
    "tests/services/test_erasure.py",
    "tests/services/test_replay.py",
    "tests/services/test_taking_down.py",
    "tests/services/test_targets.py",
    "tests/imports/test_whole.py",
    "tests/cli/test_database.py",
    "tests/cli/test_doctor.py",
    "tests/cli/test_cron.py",
    "tests/cli/test_imports.py::test_what_the_tracker_comes_with_is_what_the_site_of_the_tests_has",
    "tests/cli/test_verify.py",
    "tests/official/test_evidence.py",
    "tests/official/test_fetching.py",
    "tests/official/test_telling.py::test_one_form",
    "tests/official/test_telling.py::test_the_public_reads",
    "tests/official/test_telling.py::test_the_desk",
    "tests/web/test_api.py::test_what_was_there_comes_once",
    "tests/web/test_health.py",
    "tests/web/test_public_pages.py",
    "tests/web/test_status_change.py::test_a_status_change_is_public_at_once_as_it_was_typed",
    "tests/test_backup_kills.py",
    "tests/test_concurrency.py",
    "tests/test_engines.py",
    "tests/test_import_kills.py",
    "tests/test_migration_kills.py",
    "tests/test_migrations.py",
    "tests/test_torture.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-engines", action="store_true", help="run every test on every engine that it can run on")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what PostgreSQL would only repeat; begin with the files of what is slow, so that none ends the run."""
    repeated = [item for item in items if is_repeated(item)] if not config.getoption("--all-engines") else []
    if repeated:
        config.hook.pytest_deselected(items=repeated)
        items[:] = [item for item in items if item not in set(repeated)]
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def is_repeated(item: pytest.Item) -> bool:
    """True if a test's engine is PostgreSQL by its fixture's choice, and nothing there can differ."""
    chosen = getattr(item, "callspec", None)
    of_fixture = {name for name, value in chosen.params.items() if value == "postgresql"} if chosen else set()
    named = {name for mark in item.iter_markers("parametrize") for name in names_of(mark)}
    return bool(of_fixture - named) and not item.nodeid.startswith(BOTH_ENGINES)


def names_of(mark: pytest.Mark) -> list[str]:
    """The arguments that @pytest.mark.parametrize gives a value."""
    names = mark.args[0]
    return [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)


# --- the PostgreSQL programs ---


@cache
def postgresql_programs() -> Path | None:
    """The folder with initdb and postgres, newest first; Debian keeps it off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True)
    if on_path := shutil.which("initdb"):
        found.insert(0, Path(on_path).resolve())
    for initdb in found:
        if postgresql_version(initdb.parent) >= POSTGRESQL_MINIMUM:
            return initdb.parent
    return None


def postgresql_version(programs: Path) -> int:
    try:
        said = subprocess.check_output([programs / "postgres", "--version"], text=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"\d+", said)  # "postgres (PostgreSQL) 15.14 (Debian …)"; betas say "19beta1"
    return int(number[0]) if number else 0


def missing() -> list[str]:
    """What cannot be tested here for want of a program, in words for the person who runs the tests."""
    return [] if postgresql_programs() else ["PostgreSQL — install postgresql-15 (or newer)"]


# --- a throw-away server ---


class Cluster:
    """One PostgreSQL server for this run, in a temporary folder, on a free port of the loopback address."""

    def __init__(self, folder: Path) -> None:
        programs = postgresql_programs()
        assert programs is not None
        self.programs = programs
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "log"
        self.port = 0
        # PostgreSQL refuses to run as root, and then the folder must belong to the one that it runs as.
        self.user = ordinary_user() if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(folder, self.user)

    def run(self, program: str, *arguments: str | Path) -> None:
        as_whom: dict[str, Any] = {"user": self.user, "extra_groups": []} if self.user else {}
        with (self.folder / "output").open("w+b") as output:
            # Output goes to a file: the server would inherit a pipe and keep it open for ever.
            done = subprocess.run(
                [self.programs / program, *arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=self.folder, **as_whom,
            )  # fmt: skip
            if done.returncode:
                output.seek(0)
                said = output.read().decode(errors="replace")
                logged = self.log.read_text(errors="replace") if self.log.exists() else ""
                raise RuntimeError(f"{program} ended with {done.returncode}:\n{said}{logged}")

    def start(self) -> None:
        self.run(
            "initdb", "--pgdata", self.data, "--username", "tracker", "--auth", "trust",
            "--encoding", "UTF8", "--locale", "C.UTF-8" if sys.platform == "linux" else "C", "--no-sync",
        )  # fmt: skip
        for attempts_left in (2, 1, 0):
            self.port = free_port()
            # Nothing outlives the run, so nothing needs to survive a power cut.
            options = (
                f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories="
                " -c shared_buffers=16MB -c max_connections=50 -c fsync=off -c full_page_writes=off"
                " -c synchronous_commit=off -c autovacuum=off -c timezone=UTC"
            )
            try:
                self.run(
                    "pg_ctl", "start", "--pgdata", self.data, "--wait", "--timeout", "60",
                    "--log", self.log, "--options", options,
                )  # fmt: skip
            except RuntimeError:
                if not attempts_left:  # somebody else may take the port between our look and the start
                    raise
            else:
                return

    def stop(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self.kill()

    def kill(self) -> None:
        """End it as a crash would: no connection hears of it, and nothing is written."""
        self.run("pg_ctl", "stop", "--pgdata", self.data, "--mode", "immediate", "--wait")

    def start_again(self) -> None:
        """As it was started the first time."""
        self.run("pg_ctl", "restart", "--pgdata", self.data, "--wait", "--log", self.log)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://tracker@127.0.0.1:{self.port}/{name}"

    def execute(self, statement: str, **names: str) -> None:
        """Run one statement on the server, with {names} quoted as identifiers."""
        filled = sql.SQL(statement).format(**{key: sql.Identifier(name) for key, name in names.items()})
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="tracker", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(filled)


@contextmanager
def quick_folder(name: str) -> Iterator[Path]:
    """In memory where there is room (containers often have 64 MB only): a commit there waits for no disk."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    with tempfile.TemporaryDirectory(
        prefix=f"tracker-{name}-", dir=memory if roomy else None, ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    with quick_folder("postgresql") as folder:
        cluster = Cluster(folder)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()


def ordinary_user() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# --- a database for each test ---


class Statements(dict[Any, Any]):
    """SQL as it was compiled, kept for all engines of one kind: each test has its own, and most ask the same."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), compiled)


STATEMENTS = Statements()


@sa.event.listens_for(sa.Engine, "engine_connect")
def share_statements(connection: sa.Connection) -> None:
    connection.execution_options(compiled_cache=STATEMENTS)


class Databases:
    """Makes databases, and removes every one that it made."""

    def __init__(self, folder: Path, opened: ExitStack, migrate: Callable[[str], None]) -> None:
        self.folder = folder
        self.opened = opened
        self.migrate = migrate
        self.numbers = itertools.count(1)
        self.templates: dict[str, str] = {}
        self.running: Cluster | None = None

    def create(self, engine: str, *, migrated: bool = True) -> str:
        """The URL of a new database on "sqlite" or "postgresql"; empty unless migrated."""
        if engine == "postgresql" and not postgresql_programs():
            pytest.skip("NOT TESTED: " + missing()[0])
        template = self.template(engine) if migrated else None
        name = f"test_{next(self.numbers)}"
        if engine == "sqlite":
            path = self.folder / f"{name}.sqlite3"
            if template:
                shutil.copyfile(self.folder / f"{template}.sqlite3", path)
            return f"sqlite:///{path}"
        return self.create_on_server(name, template)

    def create_on_server(self, name: str, template: str | None) -> str:
        if template:
            # Three times faster than the default strategy, which writes each page to the log.
            statement = "CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"
            self.cluster.execute(statement, name=name, template=template)
        else:
            self.cluster.execute("CREATE DATABASE {name} TEMPLATE template0 STRATEGY FILE_COPY", name=name)
        return self.cluster.url(name)

    @contextmanager
    def temporary(self, engine: str, *, migrated: bool = True) -> Iterator[str]:
        """The URL of a database that `create` makes and that is gone after the block."""
        url = self.create(engine, migrated=migrated)
        try:
            yield url
        finally:
            self.drop(url)

    def template(self, engine: str) -> str:
        """The name of the migrated database that tests get copies of."""
        if engine not in self.templates:
            name = f"template_{next(self.numbers)}"
            if engine == "sqlite":
                url = f"sqlite:///{self.folder / name}.sqlite3"
            else:
                url = self.create_on_server(name, None)
            self.migrate(url)
            self.templates[engine] = name
        return self.templates[engine]

    def drop(self, url: str) -> None:
        """Remove a database that `create` made, even while something is still connected to it."""
        if url.startswith("sqlite:///"):
            path = Path(url.removeprefix("sqlite:///"))
            for leftover in path.parent.glob(path.name + "*"):
                leftover.unlink(missing_ok=True)
        else:
            self.cluster.execute("DROP DATABASE IF EXISTS {name} WITH (FORCE)", name=url.rpartition("/")[2])

    @property
    def cluster(self) -> Cluster:
        if self.running is None:
            self.running = self.opened.enter_context(running_cluster())
        return self.running


@contextmanager
def open_engine(url: str, *limits: "Limits") -> Iterator[sa.Engine]:
    """The tracker's engine on a database; its connections are closed after the block, whatever happens in it.

    A connection that a test leaves open is a warning in some later test, which then fails for it.
    """
    from tracker.db.engine import make_engine

    engine = make_engine(url, *limits)
    try:
        yield engine
    finally:
        engine.dispose()


def migrate_with_the_tracker(url: str) -> None:
    from tracker.db.migrate import upgrade

    with open_engine(url) as engine:
        upgrade(engine)


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """For what lives longer than one test: databases.create("postgresql", migrated=True) -> URL."""
    with quick_folder("sqlite") as folder, ExitStack() as opened:
        yield Databases(folder, opened, migrate_with_the_tracker)


@pytest.fixture(params=ENGINES)
def database_engine(request: pytest.FixtureRequest) -> str:
    """In turn "sqlite" and "postgresql"."""
    name: str = request.param
    return name


@pytest.fixture
def database(databases: Databases, database_engine: str) -> Iterator[str]:
    """The URL of a migrated database that only this test sees; the test runs once for each engine.

    On one engine only: @pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True).
    """
    with databases.temporary(database_engine) as url:
        yield url


@pytest.fixture
def engine(database: str) -> Iterator[sa.Engine]:
    """The engine of the test's own migrated database."""
    with open_engine(database) as engine:
        yield engine


@pytest.fixture
def empty_database(databases: Databases, database_engine: str) -> Iterator[str]:
    """Like `database`, with nothing in it: for tests of the migrations."""
    with databases.temporary(database_engine, migrated=False) as url:
        yield url
