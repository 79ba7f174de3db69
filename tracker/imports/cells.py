"""Which cells people may fill in, and what each means; what a spreadsheet made of one is refused, not guessed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

from tracker.exports.columns import Column, Type
from tracker.exports.tables import TABLES
from tracker.rules.asks import AskDraft, BodyDraft, SourceDraft, TestDraft
from tracker.rules.dates import PartialDate
from tracker.rules.disputes import ReplyDraft
from tracker.rules.legislation import LegislationDraft, LinkDraft
from tracker.rules.official import TargetRow
from tracker.rules.pages import tidied
from tracker.rules.text import clean
from tracker.rules.updates import EvidenceDraft, UpdateDraft

# What a row of a table is read into.
DRAFTS: Mapping[str, Any] = {
    "legislation": LegislationDraft,
    "bodies": BodyDraft,
    "asks": AskDraft,
    "tests": TestDraft,
    "links": LinkDraft,
    "updates": UpdateDraft,
    "evidence": EvidenceDraft,
    "replies": ReplyDraft,
    "sources": SourceDraft,
    "targets": TargetRow,
}
ENTERED_BY_HAND = {
    "replies": "One that the tracker has. New ones are entered on the ask's page in the staff area.",
    "sources": "One that the tracker has. New ones are entered in the staff area (Sources, New source).",
    "targets": "One that the tracker shows. New ones are entered on the ask's page in the staff area.",
}


def _editable(name: str) -> frozenset[str]:
    """Return the columns beside the key that a draft has, too; what it names by number has a column without “_id”."""
    table, drafted = TABLES[name], {of.name.removesuffix("_id") for of in fields(DRAFTS[name])}
    return frozenset(column.name for column in table.columns if column.name in drafted - {*table.key})


# In the order in which they come in: what is named before what names it.
EDITABLE: Mapping[str, frozenset[str]] = {
    **{name: _editable(name) for name in ("legislation", "asks", "tests", "links", "updates", "evidence")},
    "results": frozenset(["result"]),
    **dict.fromkeys(ENTERED_BY_HAND, frozenset()),
}
# A new ask names its source by these.
NAMES_SOURCE = ("source_title", "source_url", "source_key")
SHORT = frozenset(["ask_slug", "update_key", "test_key", "law_key", "year", "number", "provisions", "position"])
DAY_NUMBER = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
SHORT_MONTH = re.compile(r"[A-Za-z]{3,4}[- ']\d{2}|\d{1,2}-[A-Za-z]{3,4}(?:-\d{2})?", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T].+", re.ASCII)
SHORTENED = re.compile(r"\d+(?:\.\d+)?E[+-]?\d+|\d+\.0+", re.ASCII | re.IGNORECASE)
FORMULA_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)|#{3,}")
# What UTF-8 looks like when it is read as Windows-1252, such as “Ã©” for “é”, or U+FFFD for what was lost. No language
# has these pairs, or hardly ever; those that French and Scandinavian texts have before a quotation mark are left out.
GARBLED = re.compile("[ÂÃÄÅ][€‚ƒ„†‡ˆ‰Š‹ŒŽ•˜™š›œžŸ¡-¬®-º¼-¿]|[ÂÅ]\u00a0|â€|\ufffd")
EPOCH = date(1899, 12, 30)
WRITE_DATE = "Write the date as 2018-03-19, a month as 2018-03, a year as 2018, and keep the cell as text."


def fillable() -> dict[str, Sequence[Column]]:
    """Return the columns of each table that a person may fill in, in the order of the tables' declarations."""
    return {
        name: [column for column in table.columns if column.name in {*table.key, *EDITABLE[name], *NAMES_SOURCE}]
        for name, table in TABLES.items()
        if EDITABLE[name]
    }


def is_garbled(text: str) -> bool:
    """Return True if the characters of a text were lost or changed by a wrong encoding."""
    return not text.isascii() and GARBLED.search(text) is not None


def typed(column: Column, text: str) -> object:
    """Return the value of a cell; raises ValueError with what was expected."""
    if FORMULA_ERROR.fullmatch(text):
        raise ValueError("A text; this is what a spreadsheet shows where a formula failed or a column is too narrow.")
    text = clean(text)
    if not column.has_lines:
        text = " ".join(text.split())
    if column.name in SHORT and SHORTENED.fullmatch(text):
        raise ValueError("What was typed; a spreadsheet made a number of it. Make the cell text and type it again.")
    match column.type:
        case Type.CHOICE if text and text not in column.choices:
            raise ValueError(f"One of: {', '.join(column.choices)}.")
        case Type.CHOICE:
            return column.choices.get(text)
        case Type.PARTIAL_DATE:
            return parse_date(text) if text else None
        case Type.WEB_ADDRESS:
            return tidied(text)
        case Type.LIST:
            return tuple(filter(None, map(clean, text.split(";"))))
    return text


def parse_date(text: str) -> PartialDate:
    """Return a date; raises ValueError with what probably happened to it."""
    if SHORT_MONTH.fullmatch(text):
        raise ValueError(f"No month as spreadsheets shorten it: “{text}” may be a day or a year. {WRITE_DATE}")
    if MOMENT.fullmatch(text):
        raise ValueError(f"No time of the day. {WRITE_DATE}")
    if number := DAY_NUMBER.fullmatch(text):
        day = EPOCH + timedelta(days=int(number[1]))
        raise ValueError(f"No number of days, which a spreadsheet made of a date (of {day}, or so). {WRITE_DATE}")
    try:
        return PartialDate.parse(text)
    except ValueError as error:
        raise ValueError(f"{error} {WRITE_DATE}") from None
