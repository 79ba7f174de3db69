"""Which cells people may fill in, and what each means; what a spreadsheet made of one is refused, not guessed."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from tracker.exports.columns import NO, YES, Column, Type
from tracker.exports.tables import TABLES
from tracker.rules.asks import AskKind, Basis, Publication
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import Effect
from tracker.rules.pages import tidied
from tracker.rules.replies import Outcome
from tracker.rules.status import Status
from tracker.rules.targets import TargetKind, TargetState
from tracker.rules.text import clean
from tracker.rules.updates import EvidenceType, Result, UpdateKind

ASK_WORDING = (
    "title kind topic summary quote quote_place reading jurisdictions responsible_bodies government_position "
    "next_step next_step_on first_deadline current_deadline deadline_note basis short_names "
    "same_as"
)
LAW = "kind year number citation title address introduced_on enacted_on lapsed_on becomes note short_names"
# In the order in which they come in: what is named before what names it. Replies and sources are entered by hand.
EDITABLE: Mapping[str, frozenset[str]] = {
    name: frozenset(columns.split())
    for name, columns in {
        "legislation": LAW,
        "asks": ASK_WORDING,
        "tests": "label before reviewed_on",
        "links": "effect in_force_on ended_on note",
        "updates": "kind happened_on text status reason corrects superseded_by searched not_found sources_end_on",
        "evidence": "url title publisher published_on type archived_url quote note is_see_also",
        "results": "result",
        "replies": "",
        "sources": "",
        "targets": "",
    }.items()
}
# A new ask names its source by these.
NAMES_SOURCE = ("source_title", "source_url", "source_key")
CHOICES = (AskKind, Basis, Status, UpdateKind, EvidenceType, Result, Effect, Publication, Outcome)
OF_TARGETS = (TargetKind, TargetState)
ENUMS = {tuple(key.value for key in keys): keys for keys in (*CHOICES, *OF_TARGETS)}
SEVERAL_LINES = frozenset(
    ["quote", "summary", "reading", "government_position", "next_step", "note", "text", "reason", "status_reason"]
)
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
    found: dict[str, Sequence[Column]] = {}
    for name, table in TABLES.items():
        if not EDITABLE[name]:
            continue
        wanted = {*table.key, *EDITABLE[name], *(NAMES_SOURCE if name == "asks" else ())}
        found[name] = [column for column in table.columns if column.name in wanted]
    return found


def is_garbled(text: str) -> bool:
    """Return True if the characters of a text were lost or changed by a wrong encoding."""
    return not text.isascii() and GARBLED.search(text) is not None


def typed(column: Column, text: str) -> object:
    """Return the value of a cell; raises ValueError with what was expected."""
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


def _choice(column: Column, text: str) -> object:
    if not text:
        return None
    if text not in column.choices:
        raise ValueError(f"One of: {', '.join(column.choices)}.")
    if column.choices == (YES, NO):
        return text == YES
    return ENUMS[column.choices](text) if column.choices in ENUMS else text
