"""All asks as one file, against the database's own shell writing the same columns; and what the server needs for it."""

import csv
import shutil
import sqlite3
import subprocess
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import perf_counter

import sqlalchemy as sa

from bench import report, servers
from bench.load import fetch
from bench.processes import Server
from bench.report import Aim, mega, ratio
from tracker.queries.public.tables import asks

TIME, MEMORY = Aim(3), Aim(64, " MB")
PIECE = 1 << 20


def whole_file(path: Path, number: int, rounds: int) -> None:
    """The wall time of /asks.csv, in turns with the shell, and by how much the server grows meanwhile."""
    shell = shutil.which("sqlite3")
    ours, theirs, growths, size = [], [], [], 0
    with servers.tracker(f"sqlite:///{path.absolute()}", cache_mb=0) as site:
        fetch(site, "/")
        for _ in range(rounds):
            begun = perf_counter()
            _by_shell(shell, path) if shell else _by_python(path)
            theirs.append(perf_counter() - begun)
            before = site.memory()
            site.forget_peak()
            begun = perf_counter()
            size = _download(site, "/asks.csv")
            ours.append(perf_counter() - begun)
            growths.append(site.peak() - before)
    against = median(ours) / median(theirs)
    grown = max(growths)
    report.show(
        f"/asks.csv with {number:,} rows ({mega(size)})",
        ["", "figure", "aim"],
        [
            ["the site", f"{median(ours):,.1f} s", ""],
            ["sqlite3 -csv" if shell else "Python's sqlite3 and csv", f"{median(theirs):,.1f} s", ""],
            ["ratio", ratio(against), TIME.verdict(against)],
            ["growth of the server's memory", mega(grown), MEMORY.verdict(grown / 2**20)],
        ],
    )


def statement() -> str:
    """The site's own statement in one go, as SQL text: all columns that the file shows or derives others from."""
    columns = asks().where(sa.text("ask.publication = 'published'")).order_by(sa.text("ask.id"))
    dialect = sa.create_engine("sqlite://").dialect
    return str(columns.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def _by_shell(shell: str, path: Path) -> None:
    command = [shell, "-readonly", "-csv", "-header", str(path), statement()]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def _by_python(path: Path) -> None:
    connection = sqlite3.connect(path)
    with Path("/dev/null").open("w", encoding="utf-8") as nowhere:
        csv.writer(nowhere).writerows(connection.execute(statement()))
    connection.close()


def _download(site: Server, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", site.port, timeout=3600)
    connection.request("GET", path)
    response = connection.getresponse()
    size = 0
    while piece := response.read(PIECE):
        size += len(piece)
    connection.close()
    return size
