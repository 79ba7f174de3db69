"""A file of asks brought in by the command line, against the database's own shell importing the same file."""

import csv
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

from bench import report
from bench.report import Aim, mega, ratio
from tracker.clock import now
from tracker.db import migrate
from tracker.db.engine import make_engine, writing
from tracker.rules.asks import SourceDraft
from tracker.rules.permissions import COMMAND_LINE
from tracker.services import asks
from tracker.services.change import Change

TIME, MEMORY = Aim(5), Aim(128, " MB")
ROWS = 100_000
STEP = 500
HEADER = (
    "ask_slug title kind topic summary quote quote_place jurisdictions responsible_bodies next_step next_step_on "
    "source_title"
)


class Cost(NamedTuple):
    """Seconds by the clock, seconds of CPU, and the most bytes of memory."""

    time: float
    cpu: float
    memory: int


def many_rows(number: int = ROWS) -> None:
    """What `tracker import` of new asks takes, and of the same file again: wall time, CPU, and the most memory."""
    shell = shutil.which("sqlite3")
    if shell is None:
        report.say("There is no sqlite3 shell here, so nothing to hold the import against.")
        return
    with tempfile.TemporaryDirectory() as folder:
        file, database, other = (Path(folder, name) for name in ("asks.csv", "tracker.sqlite3", "other.sqlite3"))
        edits = Path(folder, "asks (edited).csv")
        _write(file, number)
        _write(edits, number // 10, next_step="Another vote")
        _prepare(database)
        _prepare(other)
        bare = _run([shell, str(Path(folder, "bare.sqlite3")), "-cmd", ".mode csv", f".import {file} asks"], {})
        ours = [sys.executable, "-m", "tracker.cli", "import", str(file), "--yes"]
        settings = {"DATABASE_URL": f"sqlite:///{database}", "SECRET_KEY": "0123456789abcdef0123456789abcdef"}
        new, same = _run(ours, settings), _run(ours, settings)
        rows = _only_rows(database, other)
        edited = _run([*ours[:-2], str(edits), "--yes"], settings)
        most = max(new.memory, same.memory, edited.memory)
        size = file.stat().st_size
    report.show(
        f"tracker import of {number:,} rows ({mega(size)})",
        ["", "time", "ratio", "aim", "CPU", "ratio"],
        [
            ["sqlite3 .import", f"{bare.time:,.1f} s", "", "", f"{bare.cpu:,.1f} s", ""],
            ["new asks", *_against(bare, new)],
            ["of that, SQLite for the rows alone", *_against(bare, rows)],
            ["the same file again", *_against(bare, same)],
            [f"{number // 10:,} edited asks", f"{edited.time:,.1f} s", "", "", f"{edited.cpu:,.1f} s", ""],
            ["memory", mega(most), "", MEMORY.verdict(most / 2**20), "", ""],
        ],
    )


def _only_rows(full: Path, empty: Path) -> Cost:
    """What SQLite takes to insert the asks of a database and their entries of the log, ready made, into another."""
    engine = make_engine(f"sqlite:///{empty}")
    time = cpu = 0.0
    with closing(sqlite3.connect(full)) as source, engine.connect() as connection:
        reads = [source.execute(query) for query in ("SELECT * FROM ask", "SELECT * FROM event WHERE subject = 'ask'")]
        while steps := [rows for read in reads if (rows := read.fetchmany(STEP))]:
            begun, used = perf_counter(), process_time()
            for table, rows in zip(("ask", "event"), steps, strict=True):
                places = ", ".join("?" * len(rows[0]))
                connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({places})", rows)
            time, cpu = time + perf_counter() - begun, cpu + process_time() - used
        begun = perf_counter()
        connection.commit()
    engine.dispose()
    return Cost(time + perf_counter() - begun, cpu, 0)


def _write(path: Path, number: int, next_step: str = "A vote in Parliament") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER.split())
        for i in range(number):
            summary = f"The ask number {i} in one sentence, with what it is about."
            quote = f"Homes that stand empty for year {i} should be taxed, for those who have none."
            names = ("England; Wales", "Home Office; HM Treasury", next_step, "2027-03", "The article")
            kind, topic = ("policy" if i % 3 else "sanctions"), f"Topic {i % 12}"
            rows.writerow([f"ask-{i}", f"Ask number {i} about homes", kind, topic, summary, quote, "Page 4", *names])


def _prepare(path: Path) -> None:
    engine = make_engine(f"sqlite:///{path}")
    migrate.upgrade(engine)
    with writing(engine) as session:
        asks.create_source(Change(session, COMMAND_LINE, now()), SourceDraft("the-article", "The article"))
    engine.dispose()


def _against(bare: Cost, ours: Cost) -> list[str]:
    times = ours.time / bare.time
    return [f"{ours.time:,.1f} s", ratio(times), TIME.verdict(times), f"{ours.cpu:,.1f} s", ratio(ours.cpu / bare.cpu)]


def _run(command: list[str], settings: dict[str, str]) -> Cost:
    """What a program took."""
    begun = perf_counter()
    with subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)
