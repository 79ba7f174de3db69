"""What staff and operators feel: a save, renders after it, an import, and the start."""

import csv
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Barrier
from time import perf_counter, process_time
from typing import Any

import sqlalchemy as sa
from flask import Flask, request, request_started
from werkzeug.test import Client

from bench.data import make_app, run_tracker
from bench.readers import PAGES, READERS, Figure, compare
from bench.servers import Call, Clock

WHO = {"email": "ada@example.org", "password": "four unrelated words for measuring"}
ADD_USER = ("user", "add", WHO["email"], "--name", "Ada", "--role", "admin")
HIDDEN = re.compile(r'<input(?=[^>]* type="hidden")(?=[^>]* name="([^"]+)")(?=[^>]* value="([^"]*)")')
CHOICE = re.compile(r'<select[^>]* name="([^"]+)"')
SAVED = {"do": "publish", "status": "reversed", "happened_on": "1 May 2026", "text": "Repealed.", "reason": "An Act."}
EVIDENCE = {"url": "https://www.legislation.gov.uk/ukpga/2026/1", "title": "An Act", "type": "official_record"}
WORDING = dict.fromkeys(("summary", "quote"), "Homes that stand empty should be taxed, for those who have none.")
NEW_ASK = {"kind": "policy", "topic": "Housing", "source_title": "How do we deal with Russia?", **WORDING}


def saves(_few: Path, many: Path, rounds: int) -> Iterator[Figure]:
    """A status published through its form: CPU and statements; then how often one change renders an address."""
    with TemporaryDirectory() as folder:
        path = Path(shutil.copy(many, folder))
        run_tracker(path, *ADD_USER, typed=f"{WHO['password']}\n" * 2)
        app = make_app(path)
        engine: sa.Engine = app.extensions["tracker_engine"]
        browser = Client(app)
        browser.post("/staff/sign-in", data=_form(browser, "/staff/sign-in") | WHO)
        desk: tuple[Clock, Call] = process_time, lambda: browser.get("/staff/")
        yield "the desk at 10,000 asks", compare({"desk": desk}, 1, rounds)["desk"] * 1000, "ms", 50
        times, numbers = _save(browser, engine, 4 * rounds)
        yield "a status saved, CPU", median(times) * 1000, "ms", 20
        yield "a status saved, statements", median(numbers), "", 30
        yield f"renders per address after a change, {READERS} readers at once", _most_renders(app, engine), "", 1
        engine.dispose()


def _save(browser: Client, engine: sa.Engine, number: int) -> tuple[list[float], list[int]]:
    with engine.connect() as connection:
        asks = connection.exec_driver_sql("SELECT id FROM ask WHERE slug LIKE 'unexplained-wealth-orders-%'").scalars()
        addresses = [f"/staff/asks/{ask_id}/updates/status" for ask_id in asks.fetchmany(number)]
    statements, times, numbers = list[str](), list[float](), list[int]()
    sa.event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: statements.append(statement))
    evidence = {f"evidence-0-{name}": value for name, value in (EVIDENCE | {"is_opened": "y"}).items()}
    for address in addresses:
        typed = _form(browser, address) | SAVED | evidence
        statements.clear()
        begun = process_time()
        answer = browser.post(address, data=typed)
        times.append(process_time() - begun)
        numbers.append(len(statements))
        if answer.status_code != 303:
            raise RuntimeError(f"The save was refused: {answer.text}")
    return times, numbers


def _form(browser: Client, path: str) -> dict[str, str]:
    """Return the fields that a form sends without being filled in."""
    page = browser.get(path).text
    return dict.fromkeys(CHOICE.findall(page), "") | dict(HIDDEN.findall(page))


def _most_renders(app: Flask, engine: sa.Engine) -> int:
    """Return how often the address that was rendered most was, by readers who ask all at once after a change."""
    renders, start = Counter[str](), Barrier(READERS)

    def count(_: Flask, **_more: Any) -> None:
        renders[request.full_path] += 1

    def read(path: str) -> None:
        start.wait()
        Client(app).get(path)

    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE revision SET number = number + 1"))
    with request_started.connected_to(count, app), ThreadPoolExecutor(READERS) as threads:
        list(threads.map(read, PAGES[:8] * (READERS // 8)))
    return max(renders.values())


def imports(few: Path, _many: Path, _rounds: int) -> Iterator[Figure]:
    """A file of new asks, brought in by the command."""
    for number, most in ((1000, 5), (10_000, 60)):
        with TemporaryDirectory() as folder:
            path, sheet = Path(shutil.copy(few, folder)), Path(folder, "asks.csv")
            with sheet.open("w", encoding="utf-8", newline="") as file:
                rows = csv.writer(file)
                rows.writerow(["ask_slug", "title", *NEW_ASK])
                rows.writerows([f"new-{row}", f"Ask {row} about homes", *NEW_ASK.values()] for row in range(number))
            begun = perf_counter()
            run_tracker(path, "import", str(sheet), "--yes")
            yield f"import of {number:,} rows", perf_counter() - begun, "s", most


def start(_few: Path, _many: Path, rounds: int) -> Iterator[Figure]:
    """Import the app, and the libraries that it cannot do without."""
    costs = compare({"app": _importing("tracker.app"), "libraries": _importing("flask, sqlalchemy")}, 1, rounds)
    yield "import of the app against `import flask, sqlalchemy`", costs["app"] / costs["libraries"], "×", 2


def _importing(modules: str) -> tuple[Clock, Call]:
    command = [sys.executable, "-c", f"import {modules}"]
    return lambda: sum(os.times()[2:4]), lambda: subprocess.run(command, check=True)
