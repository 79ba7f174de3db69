"""Columns and tables of the files: their names, their meaning, their types, and how a cell is read from a row.

Everything that describes the data is made from these: CSV, JSON, the data package, the OpenAPI document, the data page.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from types import NoneType
from typing import Any, NamedTuple

from tracker.exports import csv
from tracker.face import Face
from tracker.rules.dates import PRECISIONS, PartialDate
from tracker.rules.text import Choice

YES, NO = "yes", "no"


class Type(Choice):
    """What a column holds, for programs; `label` says it to people."""

    TEXT = "text"
    PARTIAL_DATE = "date", "Day, month or year"
    MOMENT = "moment", "Moment in UTC"
    NUMBER = "number", "Whole number"
    LIST = "list", "List of texts"
    CHOICE = "choice", "One of"
    WEB_ADDRESS = "address", "Web address"


@dataclass(frozen=True, eq=False)
class Column:
    """A column. `choices` are all the keys that it can hold, with what each means in code.

    `is_always` says that it is never empty, `has_lines` that a text may have several lines.
    """

    name: str
    meaning: str
    read: Callable[[Any], object]
    type: Type = Type.TEXT
    choices: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    is_always: bool = False
    has_lines: bool = False

    @property
    def asks_for(self) -> str:
        """Return what a cell is to say, for whoever fills it in."""
        return self.meaning.removesuffix(" (key)")


@dataclass(frozen=True)
class Table:
    """A file: its name, what one row is, and its columns.

    `key` are the columns that no two rows share; `is_key_whole` says that none of them is ever empty. `references` are
    the names of the tables of which a row is named by their key, in columns that are called the same.
    """

    name: str
    row_is: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    is_key_whole: bool = True
    references: tuple[str, ...] = ()

    def csv(self, rows: Iterable[object], site_url: str) -> Iterator[str]:
        """Yield the table as CSV in pieces; addresses of our own pages begin with `site_url`."""
        readers = [column.read for column in self.columns]
        # Nearly all cells are text already.
        cells = (
            [value if type(value := read(row)) is str else cell(value, site_url) for read in readers] for row in rows
        )
        return csv.write([column.name for column in self.columns], cells)


@dataclass(frozen=True)
class Origin:
    """Which state of the data a file holds, and where it is from."""

    site_url: str
    face: Face
    revision: int
    published_at: datetime | None


class Page(NamedTuple):
    """A page of this site, given as its path."""

    path: str


def cell(value: object, site_url: str) -> str:
    """A value as the text of a cell; addresses of our own pages begin with `site_url`."""
    if type(value) is Page:
        return site_url + value.path
    return CELLS.get(type(value), str)(value)


# By the exact type: a file of a million rows asks forty million times.
CELLS: dict[type, Callable[[Any], str]] = {
    NoneType: lambda value: "",
    PartialDate: attrgetter("text"),
    datetime: lambda value: value.isoformat(timespec="seconds"),
    list: "; ".join,
    tuple: "; ".join,
}


def field(name: str, meaning: str, type_: Type = Type.TEXT, *, always: bool = False, lines: bool = False) -> Column:
    """A column that is the row's attribute of the same name."""
    return Column(name, meaning, attrgetter(name), type_, is_always=always, has_lines=lines)


def yes_or_no(name: str, meaning: str) -> Column:
    """A column that says whether something is so."""
    return Column(name, meaning, lambda row: YES if getattr(row, name) else NO, Type.CHOICE, {YES: True, NO: False})


def own_page(name: str, meaning: str, path: Callable[[Any], str]) -> Column:
    """The address of a page of this site."""
    return Column(name, meaning, lambda row: Page(path(row)), Type.WEB_ADDRESS, is_always=True)


def partial_date(name: str, meaning: str, *, always: bool = False) -> tuple[Column, Column]:
    """A date and, beside it, whether its day, its month or only its year is known."""

    get = attrgetter(name)

    def precision(row: Any) -> str:
        value = get(row)
        return PRECISIONS[len(value.text)] if value else ""

    return (
        field(name, f"{meaning} (ISO 8601: a day, a month or a year)", Type.PARTIAL_DATE, always=always),
        Column(
            f"{name}_precision",
            "How much of the date is known; empty where there is no date",
            precision,
            Type.CHOICE,
            {known: known for known in PRECISIONS.values()},
            always,
        ),
    )


def choice(
    name: str,
    meaning: str,
    keys: Iterable[Any],
    *,
    always: bool = True,
    read: Callable[[Any], Any] | None = None,
) -> tuple[Column, Column]:
    """A member of an enumeration: its key for programs and, beside it, its label for people.

    `read` finds what is no attribute of the row.
    """
    members = {key.value: key for key in keys}
    labels = {None: ""} | {name: key.label for name, key in members.items()}
    get = read or attrgetter(name)

    def value(row: Any) -> str | None:
        found = get(row)
        return None if found is None else found._value_

    return (
        Column(name, f"{meaning} (key)", value, Type.CHOICE, members, always),
        Column(f"{name}_label", f"{meaning} (words)", lambda row: labels[value(row)], is_always=always),
    )


def ask_path(slug: str) -> str:
    """Return where the page of an ask is on this site; thousands are named in one file."""
    return f"/asks/{slug}"


# How the rows of different files name the same ask, entry, law or source, and where its page is.
ASK_SLUG = field("ask_slug", "The ask's short name in its address", always=True)
UPDATE_KEY = field("update_key", "The entry's key, unique within its ask", always=True)
ASK_URL = own_page("ask_url", "The ask's page", lambda row: ask_path(row.ask_slug))
UPDATE_URL = own_page(
    "update_url", "The entry's address", lambda row: f"{ask_path(row.ask_slug)}/story?entry={row.update_key}"
)
LAW_URL = own_page("law_url", "The law's page on this site", lambda row: f"/legislation/{row.law_key}")
