"""Imports are killed at random moments: each file comes in whole or not at all, and the next import works.

A few rounds here; `make torture ROUNDS=200` runs hundreds.
"""

import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest
import sqlalchemy as sa

from tests.cli.commands import tracker_on
from tests.factories import NOW, make_ask, make_staff
from tests.processes import processes, received
from tracker.db.engine import reading, writing
from tracker.models import Ask, Event, Legislation, Link, SuccessTest, Update
from tracker.services import derived, proof, replay
from tracker.services.change import Change

ROUNDS = int(os.environ.get("TORTURE_ROUNDS", "2"))
ROWS = 12
LONGEST_WAIT = 0.01
HEADERS = {
    "legislation": "law_key,kind,year,number,title",
    "asks": "ask_slug,title,kind,topic,source_title,quote,summary",
    "tests": "ask_slug,test_key,label",
    "links": "ask_slug,law_key,provisions,extent,effect",
    "updates": "ask_slug,update_key,kind,happened_on,text,status,reason",
    "evidence": "ask_slug,update_key,position,url,title,type",
    "results": "ask_slug,update_key,test_key,result",
}
ENTERED = {
    "legislation": Legislation.title,
    "asks": Ask.title,
    "tests": SuccessTest.label,
    "links": Link.provisions,
    "updates": Update.text,
}


def write_files(folder: Path, mark: str) -> list[Path]:
    """Files that touch every table, a published ask among them; each new row bears the mark."""
    slugs = [f"{mark}-{number}" for number in range(ROWS)]
    said = "status,2020-01-01,{mark},announced,They said so."
    rows = {
        "legislation": [f"ukpga/{mark}/{n},ukpga,{mark},{n},{mark}" for n in range(1, ROWS + 1)],
        "asks": [f"{slug},{mark},policy,Housing,The article,They said so.,In short." for slug in slugs],
        "tests": [f"{slug},law,{mark}" for slug in slugs],
        "links": [f"{slug},ukpga/{mark}/{n},{mark},England,enables" for n, slug in enumerate(slugs, 1)],
        "updates": [
            f"kept,{mark},milestone,2020-01-01,{mark},,",
            *(f"{slug},a,{said.format(mark=mark)}" for slug in slugs),
        ],
        "evidence": [f"{slug},a,1,https://example.org/{mark},A page,official_record" for slug in ["kept", *slugs]],
        "results": [f"{slug},a,law,not_met" for slug in slugs],
    }
    rows["evidence"][0] = rows["evidence"][0].replace("kept,a", f"kept,{mark}")
    for name, lines in rows.items():
        (folder / f"{name}.csv").write_text("\r\n".join([HEADERS[name], *lines, ""]), encoding="utf-8")
    return [folder / f"{name}.csv" for name in rows]


@contextmanager
def each_statement(told: list[str]) -> Iterator[None]:
    """Lists what is asked of the database; the commits too."""

    def statement(_connection: object, _cursor: object, text: str, *_: object) -> None:
        told.append(text)

    def commit(_connection: object) -> None:
        told.append("COMMIT")

    sa.event.listen(sa.Engine, "before_cursor_execute", statement)
    sa.event.listen(sa.Engine, "commit", commit)
    try:
        yield
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", statement)
        sa.event.remove(sa.Engine, "commit", commit)


class Fuse(list[str]):
    """Kills this process a moment after so many statements."""

    def __init__(self, length: int, wait: float) -> None:
        self.length, self.wait = length, wait

    def append(self, text: str) -> None:
        super().append(text)
        if len(self) == self.length:
            Timer(self.wait, os.kill, (os.getpid(), signal.SIGKILL)).start()


def killed_import(url: str, files: list[Path], length: int, wait: float) -> str:
    """An import that is killed, unless it is done before."""
    with each_statement(Fuse(length, wait)):
        tracker_on(url)("import", *files, "--yes")
    return "done"


def kill_one(url: str, files: list[Path], length: int, wait: float) -> bool:
    """Answer whether it told that it was done."""
    with processes(killed_import, [(url, files, length, wait)]) as [(_, pipe)]:
        pipe.send("go")
        try:
            return bool(received(pipe) == "done")
        except EOFError:
            return False


def check_whole(engine: sa.Engine) -> None:
    """Log, tables, lists and counts agree, and the file is sound."""
    with reading(engine) as session:
        proof.verify(session)
        assert derived.find_faults(session) == []
        assert replay.find_differences(session) == []
        if engine.dialect.name == "sqlite":
            assert session.execute(sa.text("PRAGMA integrity_check")).scalars().all() == ["ok"]


def entered(engine: sa.Engine, mark: str) -> dict[str, int]:
    """How many rows with the mark there are, by table; and how many of the log are about its asks."""
    with reading(engine) as session:
        found = {
            name: session.scalar(sa.select(sa.func.count()).where(column == mark)) or 0
            for name, column in ENTERED.items()
        }
        of_mark = sa.select(sa.func.count()).where(Event.subject == "ask", Event.subject_name == mark)
        return found | {"log": session.scalar(of_mark) or 0}


@pytest.mark.slow
def test_a_killed_import_leaves_all_or_nothing_and_the_next_one_works(
    engine: sa.Engine, database: str, tmp_path: Path
) -> None:
    chance, tracker = random.Random(20180319), tracker_on(database)
    with writing(engine) as session:
        make_ask(Change(session, make_staff(session).ed, NOW), slug="kept", published=True)
    statements: list[str] = []
    with each_statement(statements):
        tracker("import", *write_files(tmp_path, "1999"), "--yes")
    whole = entered(engine, "1999")
    assert whole == dict.fromkeys(ENTERED, ROWS) | {"updates": ROWS + 1, "log": ROWS}
    for mark in map(str, range(2000, 2000 + ROUNDS)):
        files = write_files(tmp_path, mark)
        length, wait = chance.randint(1, len(statements)), chance.uniform(0, LONGEST_WAIT)
        is_done = kill_one(database, files, length, wait)
        found = entered(engine, mark)
        assert found in ([whole] if is_done else [whole, dict.fromkeys(whole, 0)]), (length, wait)
        check_whole(engine)
        said = tracker("import", *files, "--yes").out
        assert f"asks: {ROWS - found['asks']} added, 0 changed, {found['asks']} left as they are." in said
        assert entered(engine, mark) == whole
    check_whole(engine)
