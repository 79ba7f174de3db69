"""Cells copied from a spreadsheet or a document: each row a new ask."""

import csv
import io
from collections.abc import Mapping, Sequence

from tracker.imports.plan import Refused
from tracker.rules.asks import AskDraft, AskKind
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Problem, RuleBroken
from tracker.rules.publishers import Hosts, read_host
from tracker.rules.status import Status
from tracker.rules.text import clean
from tracker.rules.updates import EvidenceDraft, EvidenceType, Result, UpdateDraft, UpdateKind
from tracker.services.new_asks import NewAsk

MOST_COLUMNS, MOST_ROWS = 40, 300
# What a column may hold: its label, and the words that people write above it.
MEANINGS: Mapping[str, tuple[str, str]] = {
    "title": ("Title", "ask name demand pledge"),
    "quote": ("Its own words", "own_words words text wording what_it_says"),
    "summary": ("In one sentence", "sentence description"),
    "topic": ("Topic", "area theme subject"),
    "responsible_bodies": ("Who answers for it", "who body bodies department responsible"),
    "jurisdictions": ("Where it would apply", "where place country"),
    "quote_place": ("Place in the source", "page paragraph"),
    "reading": ("How we read it", ""),
    "labels": ("Success tests", "tests test criteria"),
    "met": ("Those of the tests that are met", "tests_met"),
    "status": ("Status", "state"),
    "happened_on": ("Since when", "since date when"),
    "reason": ("Why this status", "why"),
    "url": ("The page that shows it", "evidence link address web_page"),
    "page_title": ("Title of that page", "evidence_title page_title title_of_the_page"),
    "type": ("Who says so", "evidence_type"),
}
STATUSES = {status.label.casefold(): status for status in Status}
TYPES = {kind.label.casefold(): kind for kind in EvidenceType}


def read_pasted(text: str) -> list[list[str]]:
    """Return the rows, all equally long: separated by tabs, or by commas or semicolons if that makes a table.

    The text must be showable. Raises Refused for more than anybody would look at.
    """
    tables = (_parsed(text, separator) for separator in ("\t", ",", ";") if separator in text)
    lines = [[clean(line)] for line in text.splitlines() if clean(line)]
    rows = next((rows for rows in tables if rows is not None), lines)
    width = max(map(len, rows), default=0)
    if width > MOST_COLUMNS:
        raise Refused(f"The sheet has {width} columns.", f"At most {MOST_COLUMNS}. Copy those that say something.")
    if not 0 < len(rows) <= MOST_ROWS:
        raise Refused(f"There are {len(rows)} rows.", f"Between 1 and {MOST_ROWS}. For more, bring in a file.")
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _parsed(text: str, separator: str) -> list[list[str]] | None:
    try:
        found = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        rows = [[clean(cell) for cell in row] for row in found if any(map(clean, row))]
    except csv.Error:  # the only fault that it finds in pasted text
        too_long = f"A cell has more than {csv.field_size_limit()} characters."
        raise Refused(too_long, "Is a quotation mark never closed?") from None
    is_table = separator == "\t" or len({len(row) for row in rows}) == 1
    return rows if is_table else None


def guess(header: Sequence[str]) -> list[str]:
    """Return what each column seems to hold by the words above it; "" where they say nothing."""
    called = {
        word: name
        for name, (label, words) in MEANINGS.items()
        for word in (name, label.casefold().replace(" ", "_"), *words.split())
    }
    guessed = [called.get(cell.casefold().strip().replace(" ", "_"), "") for cell in header]
    return ["" if name in guessed[:place] else name for place, name in enumerate(guessed)]


def read_ask(cells: Mapping[str, str], source_id: int | None, topic: str, own: Hosts, *, is_opened: bool) -> NewAsk:
    """Return the ask of a row, whose cells are given by what they hold; raises RuleBroken.

    `topic` is for an ask without one; `own` is our table of them; `is_opened` says that somebody opened the page.
    """
    cell = {name: cells.get(name, "") for name in MEANINGS}
    met = _names(cell["met"])
    ask = AskDraft(
        slug="",
        title=" ".join(cell["title"].split()),
        kind=AskKind.POLICY,
        topic=cell["topic"] or topic,
        source_id=source_id or 0,
        quote=cell["quote"],
        summary=cell["summary"] or cell["quote"],
        quote_place=cell["quote_place"],
        reading=cell["reading"],
        jurisdictions=_names(cell["jurisdictions"]),
        responsible_bodies=_names(cell["responsible_bodies"]),
    )
    tests = tuple(dict.fromkeys([*_names(cell["labels"]), *met]))
    return NewAsk(ask, tests=tests, results=dict.fromkeys(met, Result.MET), entry=_entry(cell, own, is_opened))


def _entry(cell: Mapping[str, str], own: Hosts, is_opened: bool) -> UpdateDraft | None:
    """Where the ask of a row stands; None if the row says nothing of it."""
    if not any(cell[name] for name in ("status", "happened_on", "reason")):
        return None
    if not (status := STATUSES.get(cell["status"].casefold())):
        raise RuleBroken([Problem(f"Write one of: {'; '.join(status.label for status in Status)}.", "status")])
    try:
        since = PartialDate.parse(cell["happened_on"])
    except ValueError as error:
        raise RuleBroken([Problem(str(error), "happened_on")]) from None
    known = read_host(cell["url"], own) or EvidenceDraft(cell["url"], "", None)
    kind = TYPES.get(cell["type"].casefold()) or known.type
    page = EvidenceDraft(cell["url"], cell["page_title"], kind, known.publisher, is_see_also=not is_opened)
    evidence = (page,) if cell["url"] else ()
    return UpdateDraft(UpdateKind.STATUS, since, cell["reason"], status, reason=cell["reason"], evidence=evidence)


def _names(cell: str) -> tuple[str, ...]:
    return tuple(stripped for name in cell.replace(";", "\n").split("\n") if (stripped := " ".join(name.split())))
