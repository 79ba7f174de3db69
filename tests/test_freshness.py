"""No answer is older than the last acknowledged change, whichever process gives it and whatever happens to writers."""

import gzip
import itertools
import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from tests.chromium import run_tracker_serve
from tests.engines import open_engine
from tests.factories import NOW, make_ask, make_staff, make_update
from tests.processes import processes, received
from tests.site import LOCAL, open_app
from tests.test_concurrency import ed, post_one
from tracker.db.engine import writing
from tracker.models import Ask
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.services.change import Change
from tracker.settings import Settings

CHANGES = max(6, int(os.environ.get("TORTURE_ROUNDS", "0")) // 10)
READERS = 3
KILLED_AT = (1, 8, 16)  # statements of a post: the lock, in its midst, near its end
POSTS = 8  # before each kill; all of them stay on the first page of the story
PATHS = ("/", "/asks/empty-homes", "/asks.csv")
CODINGS = ("identity", "gzip")


@pytest.fixture
def ask_id(engine: sa.Engine) -> int:
    """A published ask, announced in 2018."""
    with writing(engine) as session:
        return make_ask(Change(session, make_staff(session).ed, NOW), published=True).id


class Writer:
    """Changes the status of an ask again and again; `acknowledged` is the number of the last finished change."""

    def __init__(self, engine: sa.Engine, ask_id: int) -> None:
        self.engine = engine
        self.ask_id = ask_id
        self.acknowledged = 0
        self.is_done = False

    def run(self) -> None:
        try:
            self.change()
        finally:
            self.is_done = True

    def change(self) -> None:
        for number in range(1, CHANGES + 1):
            with writing(self.engine) as session:
                make_update(
                    Change(session, ed(session), NOW),
                    session.get_one(Ask, self.ask_id),
                    status=(Status.ANNOUNCED, Status.REJECTED)[number % 2],
                    happened_on=PartialDate(f"2019-01-{number:02}"),
                    reason=f"Change number {number}.",
                )
            self.acknowledged = number


class Reader:
    """Asks every server for every page, and notes each answer that is older than it may be, or is none."""

    def __init__(self, writer: Writer, servers: list[str]) -> None:
        self.writer = writer
        self.servers = servers
        self.wrong: list[str] = []
        self.answers = 0
        self.known: dict[tuple[str, str, str], tuple[str, int]] = {}

    def run(self) -> None:
        rounds_left = 2  # the last one begins when the writer is done
        while rounds_left:
            rounds_left -= self.writer.is_done
            for server in self.servers:
                for path in PATHS:
                    for coding in CODINGS:
                        self.ask(server, path, coding)

    def ask(self, server: str, path: str, coding: str) -> None:
        tag, number_then = self.known.get((server, path, coding), ("", 0))
        oldest = self.writer.acknowledged
        connection = HTTPConnection(urlsplit(server).netloc, timeout=60)
        try:
            connection.request("GET", path, headers={"Accept-Encoding": coding, "If-None-Match": tag})
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        self.answers += 1
        if answer.status == 304:
            number = number_then
        elif answer.status == 200:
            number = number_in(body, answer.headers.get("Content-Encoding", "identity"))
            tag = answer.headers.get("ETag", "")  # none while the revision cannot be read, as on a busy machine
            self.known[server, path, coding] = tag, number
        else:
            self.wrong.append(f"{path} from {server}: {answer.status}")
            return
        if number < oldest:
            self.wrong.append(f"{path} from {server} as {coding}: {number} when {oldest} was acknowledged")


def number_in(body: bytes, coding: str) -> int:
    """The number of the newest change that an answer shows; 0 for none."""
    text = (gzip.decompress(body) if coding == "gzip" else body).decode()
    return max((int(number) for number in re.findall(r"Change number (\d+)\.", text)), default=0)


@pytest.mark.slow
def test_no_server_gives_an_answer_older_than_the_last_acknowledged_change(
    engine: sa.Engine, database: str, ask_id: int
) -> None:
    writer = Writer(engine, ask_id)
    with ExitStack() as stack:
        servers = [
            stack.enter_context(run_tracker_serve({"DATABASE_URL": database, "TRACKER_WORKERS": workers}))
            for workers in ("1", "2")
        ]
        readers = [Reader(writer, servers) for _ in range(READERS)]
        with ThreadPoolExecutor(READERS + 1) as pool:
            tasks = [pool.submit(reader.run) for reader in readers]
            pool.submit(writer.run).result()
            for task in tasks:
                task.result()
    assert [wrong for reader in readers for wrong in reader.wrong] == []
    assert min(reader.answers for reader in readers) > CHANGES
    assert {number for reader in readers for _, number in reader.known.values()} == {CHANGES}


def post_when_told(url: str, ask_id: int, writer: int, orders: Connection) -> None:
    """Post an entry for each word, and send its text after the commit. A number is the statement to be killed at."""
    with open_engine(url) as engine:
        for number in itertools.count():
            if statement := orders.recv():
                kill_at(engine, statement)
            orders.send(post_one(engine, ask_id, writer, number))


def kill_at(engine: sa.Engine, statement: int) -> None:
    """Kill this process when it comes to its n-th statement from now."""
    statements = itertools.count(1)

    def look(*_: object) -> None:
        if next(statements) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(engine, "before_cursor_execute", look)


def test_the_kill_of_a_writer_spoils_no_answer(database: str, ask_id: int) -> None:
    acknowledged: list[str] = []
    with open_app(Settings(database, LOCAL.secret_key)) as app:
        client = app.test_client()
        for statement in KILLED_AT:
            ours, theirs = Pipe()
            with processes(post_when_told, [(database, ask_id, statement, theirs)]) as ((process, pipe),):
                theirs.close()
                pipe.send("go")
                for _ in range(POSTS):
                    ours.send(0)
                    acknowledged.append(received(ours))
                    answer = client.get("/asks/empty-homes")
                    assert answer.status_code == 200
                    assert acknowledged[-1] in answer.text
                ours.send(statement)
                process.join()
                assert process.exitcode == -signal.SIGKILL
                for _ in range(3):
                    answer = client.get("/asks/empty-homes")
                    assert answer.status_code == 200
                    assert [text for text in acknowledged if text not in answer.text] == []
                ours.close()
