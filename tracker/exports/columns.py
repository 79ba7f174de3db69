"""A column of a file: its name, its meaning, its type, and how it is read from a row.

Everything that describes the data is made from these: CSV, JSON, the data package, the OpenAPI document, the data page.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from tracker.rules.dates import PartialDate


class Type(StrEnum):
    """What a column holds, for programs; `label` says it to people."""

    TEXT = "text"
    PARTIAL_DATE = "date"
    MOMENT = "moment"
    NUMBER = "number"
    LIST = "list"
    CHOICE = "choice"
    WEB_ADDRESS = "address"

    @property
    def label(self) -> str:
        return {
            Type.TEXT: "Text",
            Type.PARTIAL_DATE: "Day, month or year",
            Type.MOMENT: "Moment in UTC",
            Type.NUMBER: "Whole number",
            Type.LIST: "List of texts",
            Type.CHOICE: "One of",
            Type.WEB_ADDRESS: "Web address",
        }[self]


@dataclass(frozen=True)
class Column:
    """A column. `choices` are all the keys that it can hold; `is_always` says that it is never empty."""

    name: str
    meaning: str
    read: Callable[[Any], object]
    type: Type = Type.TEXT
    choices: tuple[str, ...] = ()
    is_always: bool = False


@dataclass(frozen=True)
class Page:
    """A page of this site, given as its path."""

    path: str


class Labelled(Protocol):
    """A member of one of the enumerations of the rules."""

    @property
    def value(self) -> str: ...

    @property
    def label(self) -> str: ...


PRECISIONS = ("day", "month", "year")


def cell(value: object, site_url: str) -> str:
    """A value as the text of a cell; addresses of our own pages begin with `site_url`."""
    match value:
        case None:
            return ""
        case Page():
            return site_url + value.path
        case PartialDate():
            return value.text
        case datetime():
            return value.isoformat(timespec="seconds")
        case list() | tuple():
            return "; ".join(map(str, value))
        case _:
            return str(value)


def field(name: str, meaning: str, type_: Type = Type.TEXT, *, always: bool = False) -> Column:
    """A column that is the row's attribute of the same name."""
    return Column(name, meaning, lambda row: getattr(row, name), type_, is_always=always)


def own_page(name: str, meaning: str, path: Callable[[Any], str]) -> Column:
    """The address of a page of this site."""
    return Column(name, meaning, lambda row: Page(path(row)), Type.WEB_ADDRESS, is_always=True)


def partial_date(name: str, meaning: str, *, always: bool = False) -> tuple[Column, Column]:
    """A date and, beside it, whether its day, its month or only its year is known."""

    def precision(row: Any) -> str:
        value = getattr(row, name)
        return value.precision if isinstance(value, PartialDate) else ""

    return (
        field(name, f"{meaning} (ISO 8601: a day, a month or a year)", Type.PARTIAL_DATE, always=always),
        Column(
            f"{name}_precision",
            "How much of the date is known; empty where there is no date",
            precision,
            Type.CHOICE,
            PRECISIONS,
            always,
        ),
    )


def choice(name: str, meaning: str, keys: Iterable[Labelled], *, always: bool = True) -> tuple[Column, Column]:
    """A key for programs and, beside it, its label for people."""

    def label(row: Any) -> str:
        value = getattr(row, name)
        return value.label if value is not None else ""

    return (
        Column(
            name,
            f"{meaning} (key)",
            lambda row: getattr(row, name),
            Type.CHOICE,
            tuple(key.value for key in keys),
            always,
        ),
        Column(f"{name}_label", f"{meaning} (words)", label, is_always=always),
    )
