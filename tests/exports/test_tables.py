"""The files that anybody can download: names and order of columns are a promise to those who re-use them."""

import csv
import io
from dataclasses import dataclass, field
from typing import Any

import pytest

from tracker.exports import folder
from tracker.exports.columns import Table, Type
from tracker.exports.tables import TABLES
from tracker.queries.public import tables
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status

SITE = "https://tracker.example.org"
# Add columns at the end of a list; change or move none, for spreadsheets and programs out there use them.
COLUMNS = {
    "asks": [
        "ask_slug", "title", "kind", "kind_label", "topic", "status", "status_label", "family", "family_label",
        "status_on", "status_on_precision", "status_reason", "reviewed_on", "reviewed_on_precision", "summary", "quote",
        "quote_place", "reading", "jurisdictions", "responsible_bodies", "government_position", "next_step",
        "next_step_on", "next_step_on_precision", "first_deadline", "first_deadline_precision", "current_deadline",
        "current_deadline_precision", "deadline_note", "superseded_by", "source_title", "source_url",
        "source_published_on", "source_published_on_precision", "ask_url", "source_author", "source_publisher",
        "source_archived_url", "disputed_on", "disputed_on_precision", "disputed_about", "source_key",
        "basis", "basis_label", "short_names", "same_as",
    ],
    "updates": [
        "ask_slug", "update_key", "kind", "kind_label", "happened_on", "happened_on_precision", "recorded_at", "text",
        "status", "status_label", "reason", "corrects", "update_url", "ask_url", "superseded_by",
        "published_at", "searched", "not_found", "sources_end_on", "sources_end_on_precision", "method_version",
    ],
    "evidence": [
        "ask_slug", "update_key", "position", "url", "title", "publisher", "published_on", "published_on_precision",
        "type", "type_label", "archived_url", "quote", "note", "ask_url",
        "is_see_also",
    ],
    "tests": [
        "ask_slug", "test_key", "label", "result", "result_label", "result_on", "result_on_precision", "reviewed_on",
        "reviewed_on_precision", "ask_url", "before", "before_label",
    ],
    "results": [
        "ask_slug", "update_key", "test_key", "result", "result_label", "test_label", "happened_on",
        "happened_on_precision", "update_url", "ask_url",
    ],
    "legislation": [
        "law_key", "kind", "kind_label", "year", "number", "citation", "title", "address", "introduced_on",
        "introduced_on_precision", "enacted_on", "enacted_on_precision", "lapsed_on", "lapsed_on_precision", "becomes",
        "note", "law_url", "short_names",
    ],
    "links": [
        "ask_slug", "law_key", "citation", "effect", "effect_label", "provisions", "extent", "in_force_on",
        "in_force_on_precision", "note", "law_url", "ask_url",
        "ended_on", "ended_on_precision",
    ],
    "replies": [
        "ask_slug", "reply_key", "asked", "asked_on", "asked_on_precision", "outcome", "outcome_label", "answered_on",
        "answered_on_precision", "answer", "ask_url",
    ],
    "sources": [
        "source_key", "title", "author", "author_role", "publisher", "published_on", "published_on_precision", "url",
        "archived_url", "note",
    ],
    "targets": [
        "ask_slug", "target_number", "name", "kind", "kind_label", "state", "state_label", "unique_id", "listed_on",
        "listed_on_precision", "removed_on", "removed_on_precision", "regime", "law_key", "measures", "ask_url",
    ],
}  # fmt: skip
# More files in a folder that holds a whole tracker, and what its internal files have besides.
COLUMNS_OF_FOLDERS = {
    "redirects": ["former_slug", "ask_slug"],
    "bodies": ["slug", "name", "short_names"],
    "designations": ["unique_id", "regime", "kind", "listed_on", "first_seen", "last_seen", "removed_on"],
    "wordings": ["ask_slug", "step", "position", "changed_at", "what", "reason", "field", "before", "after"],
    "disputes": ["ask_slug", "since", "about", "ended_at", "outcome"],
    "takedowns": ["taken_down_at", "reason", "places"],
}
COLUMNS_OF_STAFF = {
    "asks": ["review_interval_days", "internal_note", "is_said_defamatory", "publication"],
    "updates": ["publication", "draft_note", "submitted_at", "sent_back_note"],
    "tests": ["is_archived"],
    "legislation": ["internal_note", "publication"],
    "links": ["internal_note", "publication"],
    "replies": ["due_on", "internal_note", "publication"],
    "sources": ["internal_note", "publication"],
    "targets": ["words", "is_shown"],
}


def names_of(table: Table) -> list[str]:
    return [column.name for column in table.columns]


@dataclass
class Row:
    """A row in which every column that is not given is empty; it keeps in mind what was looked up."""

    given: dict[str, Any] = field(default_factory=dict)
    looked_up: set[str] = field(default_factory=set)

    def __getattr__(self, name: str) -> Any:
        self.looked_up.add(name)
        return self.given.get(name)


def test_columns_keep_their_names_and_their_order_in_files_and_folders() -> None:
    assert {name: names_of(table) for name, table in TABLES.items()} == COLUMNS
    for name, columns in COLUMNS.items():
        assert "".join(TABLES[name].csv([], SITE)).split("\r\n")[0].split(",") == columns
    assert {name: names_of(table) for name, table in folder.PUBLIC.items()} == COLUMNS | COLUMNS_OF_FOLDERS
    whole = {name: [*names, *COLUMNS_OF_STAFF.get(name, [])] for name, names in COLUMNS.items()}
    whole |= COLUMNS_OF_FOLDERS | {"publishers": ["host", "publisher", "type"]}
    assert {name: names_of(table) for name, table in folder.WHOLE.items()} == whole


@pytest.mark.parametrize("name", COLUMNS)
def test_a_table_is_declared_whole_and_asks_for_no_column_that_it_does_not_write(name: str) -> None:
    """So what the public may read is named twice, and a column that is new in the database in neither place."""
    read, table = Row(), TABLES[name]
    for column in table.columns:
        column.read(read)
    selected = set(tables.RECORDS[name].statement().selected_columns.keys())
    keys = {"id", "update_id", "test_id", "publication"}  # for pages, and to tell what is archived
    assert selected - keys == read.looked_up - keys

    names = names_of(table)
    assert len(set(names)) == len(names)
    assert all(len(column.meaning) > 4 for column in table.columns)
    assert table.row_is.startswith("one ")
    assert [column.name for column in table.columns if bool(column.choices) != (column.type is Type.CHOICE)] == []
    assert all({*TABLES[name].key} <= {*names} for name in table.references)
    assert set(table.key) <= {*names}
    assert table.is_key_whole == all(column.is_always for column in table.columns if column.name in table.key)


def cells(name: str, **given: object) -> dict[str, str]:
    """The one row of a file, as a reader's program sees it."""
    (row,) = csv.DictReader(io.StringIO("".join(TABLES[name].csv([Row(given)], SITE)), newline=""))
    return row


ENTRY: dict[str, object] = {"ask_slug": "empty-homes", "update_key": "2018-03-2"}
WRITTEN: list[tuple[str, dict[str, object], dict[str, str]]] = [
    ("asks", ENTRY, {"ask_url": f"{SITE}/asks/empty-homes", "jurisdictions": ""}),
    ("updates", ENTRY, {"update_url": f"{SITE}/asks/empty-homes/story?entry=2018-03-2"}),
    ("legislation", {"law_key": "ukpga/2018/13"}, {"law_url": f"{SITE}/legislation/ukpga/2018/13"}),
    ("asks", {"status_on": PartialDate("2018-03")}, {"status_on": "2018-03", "status_on_precision": "month"}),
    ("asks", {"status": Status.MET}, {"status": "met", "status_label": "Met", "family": "met"}),
    ("asks", {"status": Status.REJECTED}, {"family": "ended", "family_label": "Ended without it"}),
    ("links", {"extent": ["+1", "England and Wales"]}, {"extent": "'+1; England and Wales"}),
    ("asks", {"title": "=HYPERLINK(1)"}, {"title": "'=HYPERLINK(1)"}),
]


def test_a_value_is_written_so_and_what_is_not_known_is_empty() -> None:
    for name, given, written in WRITTEN:
        found = cells(name, **given)
        assert {column: found[column] for column in written} == written
    for name in TABLES:
        filled = {column for column, cell in cells(name).items() if cell}
        assert filled <= {"ask_url", "update_url", "law_url", "is_see_also"}
