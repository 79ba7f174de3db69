"""The event log as a file for a spreadsheet."""

from collections.abc import Iterable, Iterator
from typing import Any

from tracker.exports import csv
from tracker.exports.columns import Column, Type, cell, field
from tracker.rules.chain import canonical

COLUMNS = (
    field("id", "Number of the entry", Type.NUMBER, always=True),
    field("at", "When, in UTC", Type.MOMENT, always=True),
    field("actor_name", "Who, as they were called then", always=True),
    field("action", "What was done", always=True),
    field("subject", "The kind of record", always=True),
    field("subject_id", "Number of the record", Type.NUMBER, always=True),
    field("subject_name", "What the record was called then"),
    field("ask_id", "Number of the ask that it belongs to", Type.NUMBER),
    Column("before", "What was changed, as it was (JSON)", lambda event: _json(event.before)),
    Column("after", "What was changed, as it is (JSON)", lambda event: _json(event.after)),
    field("reason", "Why"),
    field("request_id", "What was done in one request has the same number"),
    field("previous_hash", "The hash of the entry before", always=True),
    field("hash", "The hash of this entry", always=True),
)


def write(events: Iterable[Any]) -> Iterator[str]:
    """Yield the file in pieces."""
    rows = ([cell(column.read(event), "") for column in COLUMNS] for event in events)
    return csv.write([column.name for column in COLUMNS], rows)


def _json(values: dict[str, Any] | None) -> str:
    return canonical(values) if values is not None else ""
