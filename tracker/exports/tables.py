"""The files that anybody can download: each column declared once, with its meaning.

Columns are only ever added, at the end; their names and order are a promise to those who re-use them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.exports import csv
from tracker.rules.dates import PartialDate


@dataclass(frozen=True)
class Column:
    """A column: its name, what it means, and how it is read from a row."""

    name: str
    meaning: str
    read: Callable[[Any], object]


@dataclass(frozen=True)
class Table:
    """A file: its name, what one row is, and its columns."""

    name: str
    row_is: str
    columns: tuple[Column, ...]

    def csv(self, rows: Iterable[object], site_url: str) -> Iterator[str]:
        """Yield the table as CSV in pieces; addresses of our own pages begin with `site_url`."""
        header = [column.name for column in self.columns]
        return csv.write(header, ([_cell(column.read(row), site_url) for column in self.columns] for row in rows))


@dataclass(frozen=True)
class Page:
    """A page of this site, given as its path."""

    path: str


def _cell(value: object, site_url: str) -> str:
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


def _field(name: str, meaning: str) -> Column:
    return Column(name, meaning, lambda row: getattr(row, name))


def _date(name: str, meaning: str) -> tuple[Column, Column]:
    """A date and, beside it, whether its day, its month or only its year is known."""

    def precision(row: Any) -> str:
        value = getattr(row, name)
        return value.precision if isinstance(value, PartialDate) else ""

    return (
        _field(name, f"{meaning} (ISO 8601: a day, a month or a year)"),
        Column(f"{name}_precision", "day, month or year; empty where there is no date", precision),
    )


def _choice(name: str, meaning: str) -> tuple[Column, Column]:
    """A key for programs and, beside it, its label for people."""

    def label(row: Any) -> str:
        value = getattr(row, name)
        return value.label if value is not None else ""

    return _field(name, f"{meaning} (key)"), Column(f"{name}_label", f"{meaning} (words)", label)


ASK_SLUG = _field("ask_slug", "The ask's short name in its address")
ASK_URL = Column("ask_url", "The ask's page", lambda row: Page(f"/asks/{row.ask_slug}"))
LAW_URL = Column("law_url", "The law's page on this site", lambda row: Page(f"/legislation/{row.law_key}"))

ASKS = Table(
    "asks",
    "one ask",
    (
        ASK_SLUG,
        _field("title", "What was asked, in short"),
        *_choice("kind", "Policy proposal or sanctions measure"),
        _field("topic", "Topic"),
        *_choice("status", "Where the ask stands"),
        *_choice("family", "The group of statuses that public counts use"),
        *_date("status_on", "Since when the status holds"),
        _field("status_reason", "Why, in one or two sentences"),
        *_date("reviewed_on", "When a person last checked the status"),
        _field("summary", "The ask in one sentence"),
        _field("quote", "The ask in its original words"),
        _field("quote_place", "Where in the source the words stand"),
        _field("reading", "How we read the words"),
        _field("jurisdictions", "Where it would apply, separated by semicolons"),
        _field("responsible_bodies", "Who answers for it, separated by semicolons"),
        _field("government_position", "The government's position, where one was found"),
        _field("next_step", "What comes next, where known"),
        *_date("next_step_on", "When the next step is due"),
        *_date("first_deadline", "The first deadline that was set"),
        *_date("current_deadline", "The deadline that holds now"),
        _field("deadline_note", "What is due by the deadline"),
        _field("superseded_by", "The ask that replaces it, where the status is superseded (ask_slug)"),
        _field("source_title", "Title of the source in which the ask was made"),
        _field("source_url", "Address of the source"),
        *_date("source_published_on", "When the source was published"),
        ASK_URL,
    ),
)
UPDATES = Table(
    "updates",
    "one entry of an ask's public story; entries with a status are the status history",
    (
        ASK_SLUG,
        _field("update_key", "The entry's key, unique within its ask"),
        *_choice("kind", "What sort of entry it is"),
        *_date("happened_on", "When it happened"),
        _field("recorded_at", "When we wrote it down (UTC, ISO 8601)"),
        _field("text", "What happened"),
        *_choice("status", "The new status, where the entry changed it"),
        _field("reason", "Why the status changed"),
        _field("corrects", "The key of the entry that this one corrects"),
        Column("update_url", "The entry's address", lambda r: Page(f"/asks/{r.ask_slug}#u-{r.update_key}")),
        ASK_URL,
    ),
)
EVIDENCE = Table(
    "evidence",
    "one piece of evidence for an entry of a story",
    (
        ASK_SLUG,
        _field("update_key", "The entry that it supports"),
        _field("position", "Its place among the entry's evidence, from 1"),
        _field("url", "Address of the evidence"),
        _field("title", "Title of the page or document"),
        _field("publisher", "Who published it"),
        *_date("published_on", "When it was published, where known"),
        *_choice("type", "Who says so"),
        _field("archived_url", "Address of the copy that was read"),
        _field("quote", "The words relied on"),
        _field("note", "A caution about it"),
        ASK_URL,
    ),
)
TESTS = Table(
    "tests",
    "one success test of an ask",
    (
        ASK_SLUG,
        _field("test_key", "The test's key, unique within its ask"),
        _field("label", "The test"),
        *_choice("result", "Its result"),
        *_date("result_on", "Since when the result holds"),
        *_date("reviewed_on", "When the result was last checked"),
        ASK_URL,
    ),
)
LEGISLATION = Table(
    "legislation",
    "one law",
    (
        _field("law_key", "Kind, year and number as in the law's address on this site"),
        _field("kind", "Kind of law (code of legislation.gov.uk where it has one)"),
        _field("kind_label", "Kind of law (words)"),
        _field("year", "Year; for a bill the session"),
        _field("number", "Number"),
        _field("citation", "Usual citation"),
        _field("title", "Title"),
        _field("address", "Official address"),
        *_date("introduced_on", "When it was introduced"),
        *_date("enacted_on", "Royal assent, making or adoption"),
        *_date("lapsed_on", "When the bill fell"),
        _field("becomes", "The law that the bill became (law_key)"),
        _field("note", "A caution about the record"),
        LAW_URL,
    ),
)
LINKS = Table(
    "links",
    "one link between an ask and provisions of a law",
    (
        ASK_SLUG,
        _field("law_key", "The law"),
        _field("citation", "The law's usual citation"),
        *_choice("effect", "What it does for the ask"),
        _field("provisions", "Which provisions"),
        _field("extent", "Where they extend, separated by semicolons"),
        *_date("in_force_on", "Since when they are in force; empty where not known"),
        _field("note", "What they do, in words"),
        LAW_URL,
        ASK_URL,
    ),
)
TABLES = {table.name: table for table in (ASKS, UPDATES, EVIDENCE, TESTS, LEGISLATION, LINKS)}
