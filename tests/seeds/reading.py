"""What the tests of the seeds read: the seed files, and the facts that they must tell."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.exported import read

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds"

Record = dict[str, Any]


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a file, as the tracker reads them."""
    return read((SEEDS / f"{name}.csv").read_text(encoding="utf-8"))


def records(name: str, **renamed: str) -> list[Record]:
    """The rows of a file without their empty cells, some columns under shorter names."""
    return [
        {renamed.get(column, column): parts(column, cell) for column, cell in row.items() if cell or column in LISTS}
        for row in rows(name)
    ]


def parts(column: str, cell: str) -> str | list[str]:
    return [part for part in cell.split("; ") if part] if column in LISTS else cell


def belonging(found: list[Record], **owner: str) -> list[Record]:
    """The records with these cells, without them."""
    return [
        {name: value for name, value in record.items() if name not in owner}
        for record in found
        if all(record[name] == value for name, value in owner.items())
    ]


def read_asks() -> dict[str, Record]:
    """Each ask with its tests, links and updates; an update with its evidence and results."""
    asks, tests = records("asks", source_key="source"), records("tests", test_key="key")
    links, updates = records("links", law_key="legislation"), records("updates", update_key="key")
    pieces, results = records("evidence"), records("results")
    for update in updates:
        own = {"ask_slug": update["ask_slug"], "update_key": update["key"]}
        update["evidence"] = [piece for piece in belonging(pieces, **own) if piece.pop("position")]
        if of_update := belonging(results, **own):
            update["results"] = {row["test_key"]: row["result"] for row in of_update}
    found = {}
    for ask in asks:
        slug = ask.pop("ask_slug")
        of_tables = {"tests": tests, "links": links, "updates": updates}
        found[slug] = ask | {name: belonging(table, ask_slug=slug) for name, table in of_tables.items()}
    return found


LISTS = {"jurisdictions", "responsible_bodies", "extent"}
ASKS: dict[str, Record] = read_asks()
SOURCES: list[Record] = records("sources", source_key="key")
LAWS = {row["law_key"]: row for row in rows("legislation")}


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


def opened(update: Record) -> list[Record]:
    """The evidence of an update that somebody opened: all but its see-alsos."""
    return [item for item in update["evidence"] if item["is_see_also"] == "no"]
