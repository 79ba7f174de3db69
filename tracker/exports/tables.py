"""The files that anybody can download: each column declared once, with its meaning and its type.

Columns are only ever added, at the end; their names and order are a promise to those who re-use them.
"""

from typing import Any

from tracker.exports.columns import (
    ASK_SLUG,
    ASK_URL,
    UPDATE_KEY,
    UPDATE_URL,
    Table,
    Type,
    choice,
    field,
    partial_date,
    yes_or_no,
)
from tracker.exports.laws import LEGISLATION, LINKS, TARGETS
from tracker.rules.asks import AskKind, Basis
from tracker.rules.disputes import Outcome
from tracker.rules.status import Family, Status
from tracker.rules.updates import EvidenceType, Result, UpdateKind


def _family(row: Any) -> Family | None:
    return row.status.family if row.status else None


ASKS = Table(
    "asks",
    "one ask",
    (
        ASK_SLUG,
        field("title", "What was asked, in short", always=True),
        *choice("kind", "Policy proposal or sanctions measure", AskKind),
        field("topic", "Topic", always=True),
        *choice("status", "Where the ask stands", Status),
        *choice("family", "The group of statuses that public counts use", Family, read=_family),
        *partial_date("status_on", "Since when the status holds", always=True),
        field("status_reason", "Why, in one or two sentences", lines=True),
        *partial_date("reviewed_on", "When a person last checked the status"),
        field("summary", "The ask in one sentence", always=True, lines=True),
        field("quote", "The ask in its original words", always=True, lines=True),
        field("quote_place", "Where in the source the words stand"),
        field("reading", "How we read the words", lines=True),
        field("jurisdictions", "Where it would apply, separated by semicolons", Type.LIST),
        field("responsible_bodies", "Who answers for it, separated by semicolons", Type.LIST),
        field("government_position", "The government's position, where one was found", lines=True),
        field("next_step", "What comes next, where known", lines=True),
        *partial_date("next_step_on", "When the next step is due"),
        *partial_date("first_deadline", "The first deadline that was set"),
        *partial_date("current_deadline", "The deadline that holds now"),
        field("deadline_note", "What is due by the deadline"),
        field("superseded_by", "The ask that replaces it, where the status is superseded (ask_slug)"),
        field("source_title", "Title of the source in which the ask was made", always=True),
        field("source_url", "Address of the source", Type.WEB_ADDRESS),
        *partial_date("source_published_on", "When the source was published"),
        ASK_URL,
        field("source_author", "Who made the ask: the author of the source"),
        field("source_publisher", "Who published the source"),
        field("source_archived_url", "Address of an archived copy of the source", Type.WEB_ADDRESS),
        *partial_date("disputed_on", "Since when something on the ask's page is disputed"),
        field("disputed_about", "What is disputed, in one sentence; empty where nothing is"),
        field("source_key", "The source in which the ask was made", always=True),
        *choice("basis", "How it was made; empty where we have not said", Basis, always=False),
        field("short_names", "What it is also called, separated by semicolons", Type.LIST),
        field("same_as", "Another ask, mostly of another source, that asks for the same (ask_slug)"),
    ),
    key=("ask_slug",),
    references=("sources",),
)
UPDATES = Table(
    "updates",
    "one entry of an ask's public story; entries with a status are the status history",
    (
        ASK_SLUG,
        UPDATE_KEY,
        *choice("kind", "What sort of entry it is", UpdateKind),
        *partial_date("happened_on", "When it happened", always=True),
        field("recorded_at", "When we wrote it down (UTC, ISO 8601)", Type.MOMENT, always=True),
        field("text", "What happened", always=True, lines=True),
        *choice("status", "The new status, where the entry changed it", Status, always=False),
        field("reason", "Why the status changed", lines=True),
        field("corrects", "The key of the entry that this one corrects"),
        UPDATE_URL,
        ASK_URL,
        field("superseded_by", "The ask that replaces this one, where the new status is superseded (ask_slug)"),
        field("published_at", "When we made it public (UTC, ISO 8601)", Type.MOMENT, always=True),
        field("searched", "Of a review: what we searched"),
        field("not_found", "Of a review: what we looked for and did not find"),
        *partial_date("sources_end_on", "Of a review: up to when our sources reach"),
        field("method_version", "By which version of our method it was judged; empty for older entries"),
    ),
    key=("ask_slug", "update_key"),
    references=("asks",),
)
EVIDENCE = Table(
    "evidence",
    "one piece of evidence for an entry of a story",
    (
        ASK_SLUG,
        field("update_key", "The entry that it supports", always=True),
        field("position", "Its place among the entry's evidence, from 1", Type.NUMBER, always=True),
        field("url", "Address of the evidence", Type.WEB_ADDRESS, always=True),
        field("title", "Title of the page or document", always=True),
        field("publisher", "Who published it"),
        *partial_date("published_on", "When it was published, where known"),
        *choice("type", "Who says so", EvidenceType),
        field("archived_url", "Address of the copy that was read", Type.WEB_ADDRESS),
        field("quote", "The words relied on", lines=True),
        field("note", "A caution about it", lines=True),
        ASK_URL,
        yes_or_no("is_see_also", "Whether nobody of us opened it: a see-also, which counts for nothing"),
    ),
    key=("ask_slug", "update_key", "position"),
    references=("asks", "updates"),
)
TESTS = Table(
    "tests",
    "one success test of an ask",
    (
        ASK_SLUG,
        field("test_key", "The test's key, unique within its ask", always=True),
        field("label", "The test", always=True),
        *choice("result", "Its result", Result),
        *partial_date("result_on", "Since when the result holds"),
        *partial_date("reviewed_on", "When the result was last checked"),
        ASK_URL,
        *choice("before", "Its result before the first entry that changed it", Result),
    ),
    key=("ask_slug", "test_key"),
    references=("asks",),
)
RESULTS = Table(
    "results",
    "one new result of a success test, as an entry of a story recorded it; together they are the tests' history",
    (
        ASK_SLUG,
        field("update_key", "The entry that records it", always=True),
        field("test_key", "The test; one that we no longer use is not in tests.csv", always=True),
        *choice("result", "The new result", Result),
        field("test_label", "The test, in words", always=True),
        *partial_date("happened_on", "When it happened", always=True),
        UPDATE_URL,
        ASK_URL,
    ),
    key=("ask_slug", "update_key", "test_key"),
    references=("asks", "updates"),
)
REPLIES = Table(
    "replies",
    "one request to somebody whom an ask concerns to reply, and what came of it",
    (
        ASK_SLUG,
        field("reply_key", "The request's number, which it keeps", Type.NUMBER, always=True),
        field("asked", "Who was asked", always=True),
        *partial_date("asked_on", "When they were asked", always=True),
        *choice("outcome", "What came of it", (Outcome.ANSWERED, Outcome.NONE)),
        *partial_date("answered_on", "When they answered"),
        field("answer", "The answer in their words"),
        ASK_URL,
    ),
    key=("ask_slug", "reply_key"),
    references=("asks",),
)
SOURCES = Table(
    "sources",
    "one source: an article, a speech or a report in which asks were made",
    (
        field("source_key", "The source's short name, which it keeps", always=True),
        field("title", "Title", always=True),
        field("author", "Who made the asks in it"),
        field("author_role", "What they were then"),
        field("publisher", "Who published it"),
        *partial_date("published_on", "When it was published"),
        field("url", "Its address", Type.WEB_ADDRESS),
        field("archived_url", "Address of an archived copy", Type.WEB_ADDRESS),
        field("note", "A caution about it", lines=True),
    ),
    key=("source_key",),
)
TABLES = {
    table.name: table
    for table in (ASKS, UPDATES, EVIDENCE, TESTS, RESULTS, LEGISLATION, LINKS, REPLIES, SOURCES, TARGETS)
}
