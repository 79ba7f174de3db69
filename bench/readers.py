"""What readers feel: pages from the cache and rendered afresh, many readers at once, and the largest file."""

import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from statistics import median
from threading import Thread
from time import perf_counter, process_time, sleep
from typing import Any

from flask import Flask, render_template, template_rendered
from sqlalchemy.dialects import sqlite

from bench import servers
from bench.data import make_app
from bench.servers import Call, Clock, Server
from tracker.queries.public.tables import asks

Figure = tuple[str, float, str, float]
ASK, LAW = "/asks/unexplained-wealth-orders", "/legislation/ukpga/2017/22"
PAGES = (
    *("/", "/?sort=status", "/?sort=title", "/?family=open", "/?status=met", "/?q=sanctions", "/?on=2020-06-30"),
    *("/?law=ukpga/2017/22", ASK, f"{ASK}?on=2020-06-30", f"{ASK}/story", f"{ASK}/history", "/updates"),
    *("/updates?kind=correction", "/corrections", "/legislation", LAW, "/data", "/feed.atom", "/calendar.ics"),
)
READERS, PAUSE = 200, 0.2


def cache(_few: Path, many: Path, rounds: int) -> Iterator[Figure]:
    """The first page from memory, against the same bytes with nothing behind them, and with a mark of a newsletter."""
    with servers.tracker(many) as site, servers.raw(site.visit("/")[1]()) as raw:
        visits = {"site": site.visit("/"), "raw": raw.visit("/"), "marked": site.visit("/?fbclid={}")}
        costs = compare(visits, 500, 3 * rounds)
    yield "cached page, CPU against raw WSGI", costs["site"] / costs["raw"], "×", 1.3
    yield "the same address with a tracking mark, against the plain one", costs["marked"] / costs["site"], "×", 1.2


def pages(few: Path, many: Path, rounds: int) -> Iterator[Figure]:
    """Every kind of page without the cache: with many asks against few, and the first against Jinja alone."""
    small, large = make_app(few, cache_mb=0), make_app(many, cache_mb=0)
    for path in PAGES:
        costs = compare({"few": _visit(small, path), "many": _visit(large, path)}, 5, rounds)
        yield f"`{path}` at 10,000 asks", costs["many"] * 1000, "ms", 50
        yield f"`{path}` against 100 asks", costs["many"] / costs["few"], "×", 3
    costs = compare({"site": _visit(small, "/"), "memory": _visit(_from_memory(small), "/")}, 10, rounds)
    yield "`/` at 100 asks, against Flask and Jinja from memory", costs["site"] / costs["memory"], "×", 2


def crowd(_few: Path, many: Path, rounds: int) -> Iterator[Figure]:
    """Two hundred readers, first with nothing changing and then with a change each second; memory after that."""
    with servers.tracker(many) as site:
        _p99(site, 2)
        calm = _p99(site, 3 * rounds)
        writer = Thread(target=_change_each_second, args=(many, 3 * rounds))
        writer.start()
        busy = _p99(site, 3 * rounds)
        writer.join()
        memory = site.megabytes("smaps_rollup", "Pss:")
    yield f"p99 of {READERS} readers with a change each second, against none", busy / calm, "×", 4
    yield "memory of the server after that (PSS)", memory, "MB", 220


def csv(_few: Path, many: Path, rounds: int) -> Iterator[Figure]:
    """The time of /asks.csv, in turns with SQLite's own shell, and by how much the server grows meanwhile."""
    statement = str(asks().compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    shell = ["sqlite3", "-readonly", "-csv", str(many), statement]
    with servers.tracker(many, cache_mb=0) as site:
        site.visit("/")[1]()
        before = site.megabytes("status", "VmRSS:")
        visits: dict[str, tuple[Clock, Call]] = {
            "site": (perf_counter, site.visit("/asks.csv")[1]),
            "shell": (perf_counter, lambda: subprocess.run(shell, stdout=subprocess.DEVNULL, check=True)),
        }
        times = compare(visits, 1, rounds)
        grown = site.megabytes("status", "VmHWM:") - before
    yield "`/asks.csv` against `sqlite3 -csv`", times["site"] / times["shell"], "×", 3
    yield "growth of the server for it", grown, "MB", 64


def compare(calls: Mapping[str, tuple[Clock, Call]], number: int, rounds: int) -> dict[str, float]:
    """Return the median cost of each call by its clock; they take turns, so that other load hits all alike."""
    costs: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(rounds + 1):
        for name, (clock, call) in calls.items():
            begun = clock()
            for _ in range(number):
                call()
            costs[name] += [(clock() - begun) / number] if turn else []  # the first round only warms up
    return {name: median(found) for name, found in costs.items()}


def _visit(app: Flask, path: str) -> tuple[Clock, Call]:
    browser = app.test_client()
    if (code := browser.get(path).status_code) != 200:
        raise RuntimeError(f"{code} for {path}")
    return process_time, lambda: browser.get(path)


def _from_memory(site: Flask) -> Flask:
    """Return a Flask app with the site's templates, whose first page has records that were read once."""
    plain = Flask("tracker")
    plain.config.update(site.config)
    plain.url_map, plain.jinja_env = site.url_map, site.jinja_env
    seen: list[tuple[Any, dict[str, Any]]] = []

    def note(_: Flask, template: Any, context: dict[str, Any], **_more: Any) -> None:
        # These belong to a request and are put in again for each.
        seen.append((template, {name: it for name, it in context.items() if name not in {"g", "request", "session"}}))

    with template_rendered.connected_to(note, site):
        expected = site.test_client().get("/").text
    template, context = seen[-1]
    plain.view_functions["public.index"] = lambda: render_template(template, **context)
    if plain.test_client().get("/").text != expected:
        raise RuntimeError("The first page is another from memory.")
    return plain


def _p99(server: Server, seconds: float) -> float:
    """Return how long 99 of 100 answers took at most; readers of the first page pause before they ask again."""
    found, end = list[float](), perf_counter() + seconds

    def read(number: int) -> None:
        ask = server.visit("/")[1]
        sleep(PAUSE * number / READERS)
        while (begun := perf_counter()) < end:
            ask()
            found.append(perf_counter() - begun)
            sleep(PAUSE)

    with ThreadPoolExecutor(READERS) as threads:
        list(threads.map(read, range(READERS)))
    return sorted(found)[int(len(found) * 0.99)]


def _change_each_second(path: Path, seconds: int) -> None:
    """Raise the revision, as every public change does."""
    for _ in range(seconds):
        sleep(1)
        with closing(sqlite3.connect(path, timeout=10)) as connection, connection:
            connection.execute("UPDATE revision SET number = number + 1")
