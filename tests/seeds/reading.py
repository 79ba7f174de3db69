"""What the tests of the seeds read: the seed files, and the facts that they must tell."""

import csv
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds"

Record = dict[str, Any]

ASK_FILES = sorted((SEEDS / "asks").glob("*.toml"))
ASKS: dict[str, Record] = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in ASK_FILES}
SOURCES: list[Record] = tomllib.loads((SEEDS / "sources.toml").read_text(encoding="utf-8"))["sources"]
with (SEEDS / "legislation.csv").open(encoding="utf-8", newline="") as stream:
    LAW_ROWS = list(csv.DictReader(stream))
LAWS = {row["key"]: row for row in LAW_ROWS}


def published(records: list[Record]) -> list[Record]:
    return [record for record in records if record["publication"] == "published"]


def updates() -> Iterator[tuple[str, Record]]:
    for slug, ask in ASKS.items():
        for update in ask["updates"]:
            yield slug, update


def evidence() -> Iterator[tuple[str, Record]]:
    for slug, update in updates():
        for item in update.get("evidence", []):
            yield f"{slug} {update['key']}", item


def tables() -> Iterator[Record]:
    yield from SOURCES
    for ask in ASKS.values():
        yield ask
        for part in ("tests", "links", "updates"):
            yield from ask.get(part, [])
    for _, item in evidence():
        yield item


def final_results(ask: Record) -> dict[str, str]:
    results = {test["key"]: test.get("before", "unknown") for test in ask.get("tests", [])}
    for update in published(ask["updates"]):
        results.update(update.get("results", {}))
    return results
