"""Reads the UK Sanctions List: its XML as it streams in, or its CSV where the XML fails. Nothing is stored here.

Of each designation only what is kept or compared leaves this module: no birth date, passport or address is looked at.
The list: https://www.gov.uk/government/publications/the-uk-sanctions-list
"""

import csv
import hashlib
import html
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from tracker.official.fetching import Answer, Answers, Conditions, Unreadable
from tracker.rules.dates import PartialDate
from tracker.rules.official import UNIQUE_ID, TargetKind, title_of_regime
from tracker.rules.text import clean, showable

XML, CSV = "/UK-Sanctions-List.xml", "/UK-Sanctions-List.csv"
EARLIEST_YEAR = 1900  # the list writes 01/01/0001 where it does not know
KINDS = {"Individual": TargetKind.PERSON, "Entity": TargetKind.BODY, "Ship": TargetKind.SHIP}
NAME_PARTS = range(1, 7)  # the last is the surname, or the whole name
COLUMNS = ("Unique ID", "Designation Type", "Regime Name", "Date Designated", "Sanctions Imposed")
TAGS = ("UniqueID", "IndividualEntityShip", "RegimeName", "DateDesignated", "SanctionsImposed")
NAME_COLUMNS = (*(f"Name {part}" for part in NAME_PARTS), "Name non-latin script")
NUMBER_OF_COLUMNS = 58
CLOSED = "This is OFSI's consolidated list, which was closed on 28 January 2026; only the UK Sanctions List is read."


@dataclass
class ListEntry:
    """A designation as the list has it; its primary name stands first."""

    kind: TargetKind
    regime: str
    listed_on: PartialDate | None
    measures: str
    names: list[str]


@dataclass
class ReadList:
    """A list of a day: its designations by unique ID, what is wrong with single ones, and what is known of its file."""

    etag: str
    last_modified: str
    sha256: str
    day: PartialDate | None = None
    entries: dict[str, ListEntry] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


Record = tuple[list[str], list[str]]  # the values of COLUMNS, and the names
Reader = Callable[[Answer, ReadList], Iterator[Record]]


def read_list(answers: Answers, today: PartialDate, seen: Conditions) -> ReadList | None:
    """Return the list, or None if it is the one that was `seen`; raises Unreadable with what is wrong with both files.

    The file has names, births and addresses of people whom nobody asked about: it is deleted once it was read.
    """
    reasons = []
    for path, read in ((XML, _read_xml), (CSV, _read_csv)):
        try:
            answer = answers.get("sanctions", path, seen)
            try:
                return _read(answer, read, today) if answer.is_new else None
            finally:
                answer.forget()
        except Unreadable as error:
            reasons.append(str(error))
    raise Unreadable(" ".join(dict.fromkeys(reasons)))


def _read(answer: Answer, records: Reader, today: PartialDate) -> ReadList:
    with answer.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        begin = file.read(1000).lstrip(b"\xef\xbb\xbf \r\n\t")
    if begin.startswith(b"Last Updated,") or b"FinancialSanctionsTarget" in begin or "ofsi" in answer.address.lower():
        raise Unreadable(CLOSED)
    if begin.lower().startswith((b"<!doctype html", b"<html")):
        raise Unreadable(f"{answer.address} answered with a web page in place of the list.")
    found = ReadList(answer.etag, answer.last_modified, digest)
    for values, names in records(answer, found):
        _add(found, values, names, may_repeat=records is _read_csv)
    if found.day is None or found.day > today:
        raise Unreadable(f"The list is of {found.day.in_words if found.day else 'no day'}; today is {today.in_words}.")
    if not found.entries:
        raise Unreadable(f"{answer.address} has no designation that can be read.")
    return found


def _read_xml(answer: Answer, found: ReadList) -> Iterator[Record]:
    """Yield the designations of the XML, in which each is one element."""
    for element in answer.elements("Designations", "DateGenerated", "Designation"):
        if element.tag == "DateGenerated":
            found.day = _day(element.text or "", "%d/%m/%Y")
            continue
        names = [
            " ".join(name.findtext(f"Name{part}", "") for part in NAME_PARTS) for name in element.iterfind("Names/Name")
        ]
        names += [name.text or "" for name in element.iterfind("NonLatinNames/NonLatinName/NameNonLatinScript")]
        yield [element.findtext(tag, "") for tag in TAGS], names


def _read_csv(answer: Answer, found: ReadList) -> Iterator[Record]:
    """Yield the rows of the CSV, which repeats a designation for each of its names and addresses."""
    try:
        with answer.path.open(encoding="utf-8-sig", newline="") as file:
            # The line may be padded with commas.
            found.day = _day(file.readline().rstrip(", \r\n"), "Report Date: %d-%b-%Y")
            rows = csv.DictReader(file, strict=True)
            header = rows.fieldnames or []
            if len(header) != NUMBER_OF_COLUMNS or not {*COLUMNS, *NAME_COLUMNS} <= set(header):
                raise Unreadable(f"{answer.address} has another header than the UK Sanctions List.")
            for row in rows:
                if None in row or None in row.values():
                    raise Unreadable(f"{answer.address} is broken or cut off in line {rows.line_num + 1:,}.")
                *latin, other_script = (row[column] for column in NAME_COLUMNS)
                yield [row[column] for column in COLUMNS], [" ".join(latin), other_script]
    except (csv.Error, UnicodeDecodeError):
        raise Unreadable(f"{answer.address} is not the CSV of the UK Sanctions List.") from None


def _add(found: ReadList, values: list[str], names: list[str], *, may_repeat: bool) -> None:
    """Enter a designation, or say what is wrong with it."""
    unique_id, kind_name, regime_name, designated, imposed = map(_tidy, values)
    kind, regime, names = KINDS.get(kind_name), title_of_regime(regime_name), list(filter(None, map(_tidy, names)))
    known = found.entries.get(unique_id)
    if not UNIQUE_ID.fullmatch(unique_id) or kind is None or not regime or not names:
        found.faults.append(f"An entry (ID “{unique_id[:20]}”) cannot be read and is left out.")
    elif known is None:
        measures = dict.fromkeys(filter(None, map(str.strip, imposed.split("|"))))
        found.entries[unique_id] = ListEntry(kind, regime, _day(designated, "%d/%m/%Y"), "; ".join(measures), names)
    elif may_repeat and (known.kind, known.regime) == (kind, regime):
        known.names += [name for name in names if name not in known.names]
    else:
        found.faults.append(f"{unique_id} stands on the list twice; the first is taken.")


def _tidy(text: str) -> str:
    return " ".join(clean(showable(html.unescape(text))).split())


def _day(text: str, form: str) -> PartialDate | None:
    """Return a day, or None where the list does not know it."""
    try:
        day = date(*time.strptime(text.strip(), form)[:3])
    except ValueError:
        return None
    return PartialDate(day.isoformat()) if day.year >= EARLIEST_YEAR else None
