"""Cells copied from a spreadsheet or a document: each row an ask, as rows of the tables that an import takes."""

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracker.exports.columns import NO, YES
from tracker.exports.tables import TABLES
from tracker.imports.files import Lines
from tracker.imports.plan import Plan
from tracker.imports.rows import Refused, lines_of
from tracker.rules.asks import MOST_TESTS, AskKind, drafts_in_words
from tracker.rules.dates import PartialDate
from tracker.rules.publishers import read_host
from tracker.rules.status import DEFINITIONS
from tracker.rules.text import slug_of_name
from tracker.rules.updates import Result, UpdateKind

PASTED = "pasted rows"
MOST_COLUMNS, MOST_ROWS = 40, 300
# What a column may hold, as table and column; with the words that people write above it.
MEANINGS: Mapping[str, tuple[str, str]] = {
    "asks.title": ("Title", "ask name demand pledge"),
    "asks.quote": ("Its own words", "quote words text wording what_it_says"),
    "asks.summary": ("In one sentence", "summary sentence description"),
    "asks.topic": ("Topic", "area theme subject"),
    "asks.responsible_bodies": ("Who answers for it", "who body bodies department responsible"),
    "asks.jurisdictions": ("Where it would apply", "where place country"),
    "asks.quote_place": ("Place in the source", "page paragraph"),
    "asks.reading": ("How we read it", "reading"),
    "tests.label": ("Success tests", "tests test criteria"),
    "results.test_key": ("Those of the tests that are met", "tests_met met"),
    "updates.status": ("Status", "state"),
    "updates.happened_on": ("Since when", "since date when"),
    "updates.reason": ("Why this status", "why reason"),
    "evidence.url": ("The page that shows it", "evidence link url address"),
    "evidence.title": ("Title of that page", "page_title evidence_title"),
    "evidence.type": ("Who says so", "evidence_type"),
}
STATUS_CALLED = {definition.label.casefold(): status.value for status, definition in DEFINITIONS.items()}
Cells = Mapping[str, str]


@dataclass(frozen=True)
class Common:
    """What holds for all rows: their source, a topic where a row has none, and whether somebody opened the pages."""

    source_key: str
    topic: str = ""
    is_opened: bool = False


def read_pasted(text: str) -> list[list[str]]:
    """Return the rows, all equally long: separated by tabs, or by commas or semicolons if that makes a table.

    Raises Refused for more than anybody would look at.
    """
    tables = (_parsed(text, separator) for separator in ("\t", ",", ";") if separator in text)
    lines = [[line.strip()] for line in text.splitlines() if line.strip()]
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
        rows = [[cell.strip() for cell in row] for row in found if any(cell.strip() for cell in row)]
    except csv.Error:
        return None
    is_table = separator == "\t" or len({len(row) for row in rows}) == 1
    return rows if is_table else None


def guess(header: Sequence[str]) -> list[str]:
    """Return what each column seems to hold by the words above it; "" where they say nothing."""
    guessed: list[str] = []
    for cell in header:
        word = cell.casefold().strip().replace(" ", "_")
        fits = [
            name
            for name, (label, words) in MEANINGS.items()
            if word and word in {name.partition(".")[2], label.casefold().replace(" ", "_"), *words.split()}
        ]
        guessed.append(fits[0] if fits and fits[0] not in guessed else "")
    return guessed


def lines_from(rows: Mapping[int, Cells], common: Common, taken: Collection[str], plan: Plan) -> Lines:
    """Return the rows of each table; the plan is told of asks that are here already.

    `rows` has the cells by what they hold, by the row; `taken` are the titles and slugs of the asks there are.
    """
    plan.files.append(PASTED)
    found: dict[str, list[tuple[int, Cells]]] = defaultdict(list)
    taken = set(taken)
    for number, cells in rows.items():
        title = cells.get("asks.title", "")
        if title in taken or slug_of_name(title) in taken:
            plan.fault(PASTED, number, "title", title, "A title that no other ask or row has; or untick it.")
            continue
        taken.add(slug_of_name(title))
        if len(_labels(cells.get("tests.label", ""))) > MOST_TESTS:
            plan.fault(PASTED, number, "label", title, f"At most {MOST_TESTS} tests an ask.")
            continue
        for table, values in _records(cells, common):
            found[table].append((number, {"ask_slug": slug_of_name(title)} | values))
    lines = {}
    for table, records in found.items():
        header = list(dict.fromkeys(name for _, values in records for name in values))
        numbered = [(number, [values.get(name, "") for name in header]) for number, values in records]
        lines[table] = lines_of(PASTED, TABLES[table], [(0, header), *numbered], plan)
    return lines


def _records(cells: Cells, common: Common) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield what one row says, table by table; the ask is added to each."""
    of: dict[str, dict[str, str]] = defaultdict(dict)
    for name, cell in cells.items():
        table, _, column = name.partition(".")
        of[table][column] = cell
    own, entry, page = of["asks"], of["updates"], of["evidence"]
    own |= {name: own.get(name, "").replace("\n", "; ") for name in ("responsible_bodies", "jurisdictions")}
    own |= {"topic": own.get("topic") or common.topic, "summary": own.get("summary") or own.get("quote", "")}
    yield "asks", {"kind": AskKind.POLICY.value, "source_key": common.source_key} | own
    met = _labels(of["results"].get("test_key", ""))[:MOST_TESTS]
    tests = drafts_in_words(list(dict.fromkeys([*_labels(of["tests"].get("label", "")), *met])), ())
    for test in tests:
        yield "tests", {"test_key": test.key, "label": test.label, "before": Result.UNKNOWN.value}
    if not any(entry.values()):
        return
    key = {"update_key": _date_key(entry.get("happened_on", ""))}
    entry["status"] = STATUS_CALLED.get(entry.get("status", "").casefold(), entry.get("status", ""))
    yield "updates", key | {"kind": UpdateKind.STATUS.value, "text": entry.get("reason", "")} | entry
    if url := page.get("url"):
        host = read_host(url)
        known = {"publisher": host.publisher, "type": host.type.value if host.type else ""} if host else {}
        said = {"type": page["type"].casefold().replace(" ", "_")} if page.get("type") else {}
        yield "evidence", key | {"position": "1", "is_see_also": NO if common.is_opened else YES} | page | known | said
    for test in tests:
        if test.label in met:
            yield "results", key | {"test_key": test.key, "result": Result.MET.value}


def _labels(cell: str) -> list[str]:
    return [label.strip() for label in cell.replace(";", "\n").split("\n") if label.strip()]


def _date_key(text: str) -> str:
    try:
        return PartialDate.parse(text).text
    except ValueError:
        return "first"
