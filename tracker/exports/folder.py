"""The files of a folder that holds a whole tracker: the public tables, those with what staff see, and some more.

And the event log, which staff take along as a file of its own.
"""

from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Any

from tracker.exports.columns import ASK_SLUG, Column, Table, Type, choice, field, yes_or_no
from tracker.exports.package import ORDER as PACKED_ORDER
from tracker.exports.tables import TABLES
from tracker.rules.asks import Publication
from tracker.rules.chain import canonical
from tracker.rules.disputes import Outcome
from tracker.rules.official import TargetKind
from tracker.rules.updates import EvidenceType


def _to_the_microsecond(column: Column) -> Column:
    """The same moment in full: entries of one second keep their order."""
    get = attrgetter(column.name)
    return replace(column, read=lambda row: moment.isoformat() if (moment := get(row)) else "")


def _moment(name: str, meaning: str, *, always: bool = False) -> Column:
    return _to_the_microsecond(field(name, f"{meaning} (UTC, ISO 8601)", Type.MOMENT, always=always))


PUBLICATION = choice("publication", "Who sees it; where it is empty, everybody", Publication, always=False)[0]
INTERNAL_NOTE = field("internal_note", "A note for staff")
OF_STAFF: Mapping[str, tuple[Column, ...]] = {
    "asks": (
        field("review_interval_days", "After how many days it is to be checked again", Type.NUMBER),
        INTERNAL_NOTE,
        yes_or_no("is_said_defamatory", "Whether what is disputed is said to be defamatory"),
        PUBLICATION,
    ),
    "updates": (
        PUBLICATION,
        field("draft_note", "Why a draft is not public"),
        _moment("submitted_at", "Since when it waits for approval"),
        field("sent_back_note", "What an editor asked to be mended"),
    ),
    "tests": (yes_or_no("is_archived", "Whether the test is no longer used"),),
    "legislation": (INTERNAL_NOTE, PUBLICATION),
    "links": (INTERNAL_NOTE, PUBLICATION),
    "replies": (field("due_on", "By when an answer was due", Type.PARTIAL_DATE), INTERNAL_NOTE, PUBLICATION),
    "sources": (INTERNAL_NOTE, PUBLICATION),
    "targets": (field("words", "The words of the source"), yes_or_no("is_shown", "Whether the public reads the name")),
}
BODIES = Table(
    "bodies",
    "one body that answers for asks",
    (
        field("slug", "What stands in its address, which it keeps", always=True),
        field("name", "Its name", always=True),
        field("short_names", "What it is also called, separated by semicolons", Type.LIST),
    ),
    key=("slug",),
)
REDIRECTS = Table(
    "redirects",
    "one former address of an ask, which leads to it",
    (field("former_slug", "What stood in the address", always=True), ASK_SLUG),
    key=("former_slug",),
    references=("asks",),
)
WORDINGS = Table(
    "wordings",
    "one text in a step of the public history of an ask's wording",
    (
        ASK_SLUG,
        field("step", "The number of the step, from 1", Type.NUMBER, always=True),
        field("position", "The place of the text in the step, from 1", Type.NUMBER, always=True),
        _moment("changed_at", "When the public first read it", always=True),
        field("what", "What was done", always=True),
        field("reason", "Why"),
        field("field", "Which text", always=True),
        field("before", "The text before"),
        field("after", "The text after; the same where it was published then"),
    ),
    key=("ask_slug", "step", "position"),
    references=("asks",),
)
DISPUTES = Table(
    "disputes",
    "one dispute about an ask, which ended",
    (
        ASK_SLUG,
        field("since", "Since when it was disputed", Type.PARTIAL_DATE, always=True),
        field("about", "What was disputed", always=True),
        _moment("ended_at", "When that ended", always=True),
        field("outcome", "What came of it", always=True),
    ),
    key=("ask_slug", "ended_at"),
    references=("asks",),
)
TAKEDOWNS = Table(
    "takedowns",
    "one time when words were taken down; it does not say which",
    (
        _moment("taken_down_at", "When that was", always=True),
        field("reason", "Why", always=True),
        field("places", "Out of how many texts; empty where only former wordings had them", Type.NUMBER),
    ),
    key=("taken_down_at",),
)
PUBLISHERS = Table(
    "publishers",
    "one host whose pages staff say more of than the tracker knows by itself",
    (
        field("host", "The host, which stands for those below it too", always=True),
        field("publisher", "Who publishes its pages", always=True),
        choice("type", "Who says what stands there", EvidenceType)[0],
    ),
    key=("host",),
)
DESIGNATIONS = Table(
    "designations",
    "one entry of the UK Sanctions List as we read it, without any name",
    (
        field("unique_id", "Its unique ID", always=True),
        field("regime", "The regulations under which it is listed", always=True),
        choice("kind", "What it is", TargetKind)[0],
        field("listed_on", "Since when it is listed, where the list says so", Type.PARTIAL_DATE),
        field("first_seen", "The day of the first list on which we saw it", Type.PARTIAL_DATE, always=True),
        field("last_seen", "The day of the last list on which we saw it", Type.PARTIAL_DATE, always=True),
        field("removed_on", "The day of the first list without it", Type.PARTIAL_DATE),
    ),
    key=("unique_id",),
)


def _for_staff(table: Table) -> Table:
    # Staff see also who has not answered yet.
    public = (OUTCOME.get(column.name, column) for column in table.columns)
    exact = (_to_the_microsecond(column) if column.type is Type.MOMENT else column for column in public)
    return replace(table, columns=(*exact, *OF_STAFF.get(table.name, ())))


OUTCOME = {column.name: column for column in choice("outcome", "What came of it", Outcome)}
ALWAYS = {table.name: table for table in (REDIRECTS, WORDINGS, DISPUTES, TAKEDOWNS, BODIES, DESIGNATIONS)}
PUBLIC = TABLES | ALWAYS
WHOLE = {name: _for_staff(table) for name, table in TABLES.items()} | ALWAYS | {PUBLISHERS.name: PUBLISHERS}
# What names others comes before what it names: a row that is added meanwhile has all that it names.
ORDER = ("wordings", "disputes", "takedowns", "redirects", *PACKED_ORDER, "bodies", "designations", "publishers")


def _json(values: dict[str, Any] | None) -> str:
    return canonical(values) if values is not None else ""


LOG = Table(
    "log",
    "one entry of the event log",
    (
        field("id", "Number of the entry", Type.NUMBER, always=True),
        field("at", "When, in UTC", Type.MOMENT, always=True),
        field("actor_name", "Who, as they were called then", always=True),
        field("action", "What was done", always=True),
        field("subject", "The kind of record", always=True),
        field("subject_id", "Number of the record", Type.NUMBER, always=True),
        field("subject_name", "What the record was called then"),
        field("ask_id", "Number of the ask that it belongs to", Type.NUMBER),
        Column("before", "What was changed, as it was (JSON)", lambda event: _json(event.before)),
        Column("after", "What was changed, as it is (JSON)", lambda event: _json(event.after)),
        field("reason", "Why"),
        field("request_id", "What was done in one request has the same number"),
        field("previous_hash", "The hash of the entry before", always=True),
        field("hash", "The hash of this entry", always=True),
    ),
    key=("id",),
)
