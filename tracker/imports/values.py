"""What a cell means: text, a date, a choice, a list. What a spreadsheet program made of it is refused, not guessed."""

import re
from datetime import date, timedelta
from functools import lru_cache

from tracker.exports.columns import Column, Type
from tracker.rules.asks import AskKind, Publication
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import Effect
from tracker.rules.replies import Outcome
from tracker.rules.status import Status
from tracker.rules.text import clean
from tracker.rules.updates import EvidenceType, Result, UpdateKind

CHOICES = (AskKind, Status, UpdateKind, EvidenceType, Result, Effect, Publication, Outcome)
ENUMS = {tuple(key.value for key in keys): keys for keys in CHOICES}
SEVERAL_LINES = frozenset(
    ["quote", "summary", "reading", "government_position", "next_step", "note", "text", "reason", "status_reason"]
)
SHORT = frozenset(["ask_slug", "update_key", "test_key", "law_key", "year", "number", "provisions", "position"])
IN_FIGURES = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-](?:\d{2}|\d{4})|\d{4}[/.]\d{1,2}[/.]\d{1,2}", re.ASCII)
DAY_NUMBER = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
SHORT_MONTH = re.compile(r"[A-Za-z]{3,4}[- ']\d{2}|\d{1,2}-[A-Za-z]{3,4}(?:-\d{2})?", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T].+", re.ASCII)
SHORTENED = re.compile(r"\d+(?:\.\d+)?E[+-]?\d+|\d+\.0+", re.ASCII | re.IGNORECASE)
FORMULA_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)|#{3,}")
SHORT_CELL = 60
EPOCH = date(1899, 12, 30)
WRITE_DATE = "Write the date as 2018-03-19, a month as 2018-03, a year as 2018, and keep the cell as text."


def typed(column: Column, text: str) -> object:
    """The value of a cell; raises ValueError with what was expected. Short cells say the same again and again."""
    return _typed_before(column, text) if len(text) <= SHORT_CELL else _typed(column, text)


def _typed(column: Column, text: str) -> object:
    if FORMULA_ERROR.fullmatch(text):
        raise ValueError("A text; this is what a spreadsheet shows where a formula failed or a column is too narrow.")
    text = clean(text)
    if column.name not in SEVERAL_LINES:
        text = " ".join(text.split())
    if column.name in SHORT and SHORTENED.fullmatch(text):
        raise ValueError("What was typed; a spreadsheet made a number of it. Make the cell text and type it again.")
    match column.type:
        case Type.CHOICE:
            return _choice(column, text)
        case Type.PARTIAL_DATE:
            return parse_date(text) if text else None
        case Type.LIST:
            return tuple(filter(None, (part.strip() for part in text.split(";"))))
    return text


_typed_before = lru_cache(maxsize=5000)(_typed)


def parse_date(text: str) -> PartialDate:
    """A date; raises ValueError, with what probably happened to it."""
    if IN_FIGURES.fullmatch(text):
        raise ValueError(f"No day in figures alone: some read the month first, some the day. {WRITE_DATE}")
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


def _choice(column: Column, text: str) -> object:
    if not text:
        return None
    if text not in column.choices:
        raise ValueError(f"One of: {', '.join(column.choices)}.")
    return ENUMS[column.choices](text) if column.choices in ENUMS else text
