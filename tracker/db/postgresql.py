"""PostgreSQL: a connection that does not wait for ever, and copies that pg_dump writes and a transaction reads back."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO, TypeVar, cast

import psycopg
import sqlalchemy as sa
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

from tracker.db.engine import Limits
from tracker.db.sqlite_backup import Progress

RV = TypeVar("RV")
# How much longer than a statement may take we wait for a server to say that it has stopped it.
GRACE_SECONDS = 1
MAGIC = b"PGDMP"
CHUNK = 1024 * 1024
COPY = re.compile(rb"COPY .* FROM stdin;\n")
END_OF_COPY = b"\\.\n"
TABLES_AND_FUNCTIONS = """
    SELECT 'TABLE', oid::regclass::text FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
    UNION ALL
    SELECT 'FUNCTION', oid::regprocedure::text FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""
DUMP = ("--format=custom", "--no-owner", "--no-privileges", "--no-password")


class Connection(psycopg.Connection[Any]):
    """Closes itself when an answer takes longer than its `patience`, in seconds.

    The server's own limits help only while it is heard.
    """

    patience: float | None = None

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()  # what still comes would be taken for the answer to the next statement
            raise


def limit(engine: sa.Engine, limits: Limits) -> None:
    """Let the server stop each statement that takes too long; close the connection when the server is silent."""
    usual = limits.reading + GRACE_SECONDS

    def connect(_dialect: object, _record: object, arguments: list[str], options: dict[str, Any]) -> Connection:
        connection = Connection.connect(*arguments, **options)
        connection.patience = usual
        return connection

    def begin(connection: sa.Connection) -> None:
        seconds = limits.of(connection)
        cast(Connection, connection.connection.driver_connection).patience = seconds + GRACE_SECONDS
        if seconds != limits.reading:
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{seconds}s'")

    def checkin(connection: Connection | None, _record: object) -> None:
        if connection:
            connection.patience = usual

    sa.event.listen(engine, "do_connect", connect)
    sa.event.listen(engine, "begin", begin)
    sa.event.listen(engine, "checkin", checkin)


class ProgramFailed(Exception):
    """pg_dump or pg_restore is missing or did not do its work."""


def dump(url: sa.URL, snapshot: str, target: BinaryIO, progress: Progress) -> None:
    """Write the database as a transaction with this exported snapshot sees it, in pg_dump's custom format."""
    # Other users of the machine see the arguments, so the address among them has no password.
    bare = url.set(drivername="postgresql", password=None).difference_update_query(["password"])
    command = ["pg_dump", *DUMP, f"--snapshot={snapshot}", f"--dbname={bare.render_as_string(hide_password=False)}"]
    password = url.password or url.query.get("password")
    # By a pipe: should we be killed, pg_dump has nowhere to write to any more and ends as well.
    with _running(command, {"PGPASSWORD": str(password)} if password else {}) as output:
        written = 0
        while chunk := output.read(CHUNK):
            target.write(chunk)
            written += len(chunk)
            progress(written)


def read_through(path: Path) -> None:
    """Raise ProgramFailed unless a dump can be read to its end."""
    with _running(["pg_restore", "--file=-", str(path)], {}) as script:
        while script.read(CHUNK):
            pass


def load(connection: sa.Connection, source: Path, progress: Progress) -> None:
    """Make the tables and rows of a dump in the connection's transaction; they must not exist yet.

    Raises ProgramFailed, before or after some of it is made, when the dump is not whole: roll back then.
    """
    driver: Any = connection.connection.driver_connection
    read = 0
    with (
        _running(["pg_restore", "--no-owner", "--no-privileges", "--file=-", str(source)], {}) as script,
        driver.cursor() as cursor,
    ):
        statements: list[bytes] = []
        for line in script:
            if line.startswith(b"\\"):  # a word for psql
                continue
            statements.append(line)
            if COPY.fullmatch(line):
                statement = statements.pop()
                cursor.execute(b"".join(statements))
                statements.clear()
                with cursor.copy(statement) as rows:
                    for row in iter(script.readline, END_OF_COPY):
                        if not row:
                            raise ProgramFailed("pg_restore: the file ends in the middle of a table")
                        rows.write(row)
                        read += len(row)
                progress(read)
        cursor.execute(b"".join(statements))
        cursor.execute("RESET ALL")  # the script sets the search path, the time limits and more
    progress(read)


def clear(connection: sa.Connection) -> None:
    """Drop every table and function of the database, whichever version of the tracker made them."""
    for kind, name in connection.execute(sa.text(TABLES_AND_FUNCTIONS)).all():
        connection.exec_driver_sql(f"DROP {kind} {name} CASCADE")


@contextmanager
def _running(command: list[str], secrets: dict[str, str]) -> Iterator[IO[bytes]]:
    """Return what the program writes; raises ProgramFailed with its own words when it ends in failure."""
    with TemporaryFile() as errors:
        try:
            process = subprocess.Popen(  # noqa: S603 (without a shell; the address comes from the operator's settings)
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=os.environ | secrets
            )
        except FileNotFoundError:
            raise ProgramFailed(f"{command[0]} is not installed here. It comes with PostgreSQL's clients.") from None
        with process:
            try:
                yield cast(IO[bytes], process.stdout)
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            errors.seek(0)
            raise ProgramFailed(errors.read().decode(errors="replace").strip() or f"{command[0]} failed")
