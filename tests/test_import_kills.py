"""Imports are killed at random moments: each file comes in whole or not at all, and the next import works.

A few rounds here; `make torture ROUNDS=200` runs hundreds.
"""

import os
import random
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cli.commands import tracker_on
from tests.copies import check_whole
from tests.factories import NOW, make_ask, make_staff
from tests.processes import statements_of
from tracker.db.engine import reading, writing
from tracker.models import Ask, Event, Legislation, Link, SuccessTest, Update
from tracker.services.change import Change

ROUNDS = int(os.environ.get("TORTURE_ROUNDS", "2"))
ROWS = 12
LONGEST_WAIT = 0.01
FILES = {  # the columns, and what stands in them for each ask
    "legislation": ("law_key,kind,year,number,title", "ukpga/{mark}/{n},ukpga,{mark},{n},{mark}"),
    "asks": (
        "ask_slug,title,kind,topic,source_title,quote,summary",
        "{mark}-{n},{mark},policy,Housing,The article,They said so.,In short.",
    ),
    "tests": ("ask_slug,test_key,label", "{mark}-{n},law,{mark}"),
    "links": ("ask_slug,law_key,provisions,extent,effect", "{mark}-{n},ukpga/{mark}/{n},{mark},England,enables"),
    "updates": (
        "ask_slug,update_key,kind,happened_on,text,status,reason",
        "{mark}-{n},a,status,2020-01-01,{mark},announced,They said so.",
    ),
    "evidence": (
        "ask_slug,update_key,position,url,title,type",
        "{mark}-{n},a,1,https://example.org/{mark},A page,official_record",
    ),
    "results": ("ask_slug,update_key,test_key,result", "{mark}-{n},a,law,not_met"),
}
OF_A_PUBLISHED_ASK = {
    "updates": "kept,{mark},milestone,2020-01-01,{mark},,",
    "evidence": "kept,{mark},1,https://example.org/{mark},A page,official_record",
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
    for name, (header, row) in FILES.items():
        rows = [row.format(mark=mark, n=number) for number in range(1, ROWS + 1)]
        if name in OF_A_PUBLISHED_ASK:
            rows.append(OF_A_PUBLISHED_ASK[name].format(mark=mark))
        (folder / f"{name}.csv").write_text("\r\n".join([header, *rows, ""]), encoding="utf-8")
    return [folder / f"{name}.csv" for name in FILES]


def bring_in(url: str, files: list[Path]) -> None:
    tracker_on(url)("import", *files, "--yes")


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
    took = statements_of(bring_in, database, write_files(tmp_path, "1999"))
    whole = entered(engine, "1999")
    assert whole == dict.fromkeys(ENTERED, ROWS) | {"updates": ROWS + 1, "log": ROWS}
    for mark in map(str, range(2000, 2000 + ROUNDS)):
        files = write_files(tmp_path, mark)
        statement, seconds = chance.randint(1, took), chance.uniform(0, LONGEST_WAIT)
        is_done = statements_of(bring_in, database, files, statement=statement, seconds=seconds) > 0
        found = entered(engine, mark)
        assert found in ([whole] if is_done else [whole, dict.fromkeys(whole, 0)]), (statement, seconds)
        check_whole(engine)
        said = tracker("import", *files, "--yes").out
        assert f"asks: {ROWS - found['asks']} added, 0 changed, {found['asks']} left as they are." in said
        assert entered(engine, mark) == whole
    check_whole(engine)
