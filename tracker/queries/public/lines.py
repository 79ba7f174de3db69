"""Rows of the database as public records."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from tracker.models import Ask, Legislation, Link, Reply, SuccessTest, Update
from tracker.queries.public.entries import PublicEvidence, StoryEntry
from tracker.queries.public.records import AskLine, LawLine, PublicLink, PublicReply
from tracker.rules.legislation import KINDS
from tracker.rules.replies import Outcome

Record = TypeVar("Record")


def record_of(kind: type[Record], row: object, **given: Any) -> Record:
    """Copy to a record the row's columns of the same names; `given` holds the fields that are made otherwise."""
    for name in _names(kind):  # type: ignore[arg-type]
        if name not in given:
            given[name] = getattr(row, name)
    return kind(**given)


def keep(record: Record, names: Iterable[str], **others: Any) -> Record:
    """Return a record of the same kind with these fields of the given one, and others; the rest are as by default."""
    return type(record)(**{name: getattr(record, name) for name in names}, **others)


def evidence_record(row: object) -> PublicEvidence:
    """A page that supports an entry, with what a machine saw there if it was loaded with the row."""
    sight, seen_at = getattr(row, "sight", None), getattr(row, "seen_at", None)
    return record_of(PublicEvidence, row, sight=sight, seen_at=seen_at)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def is_public(row: Ask | Legislation) -> bool:
    """True if it is or was public."""
    return row.publication.is_public


def ask_line(ask: Ask) -> AskLine:
    """An ask for a list."""
    blank: dict[str, Any] = {"excerpt": None, "asked_by": None, "results": (), "history": (), "review_due": None}
    return record_of(AskLine, ask, reason=ask.status_reason, **blank)


def law_line(law: Legislation) -> LawLine:
    """A law for a list."""
    return record_of(LawLine, law, kind_label=KINDS.get(law.kind, KINDS["other"]))


def link_record(link: Link, law: Legislation | None = None, ask: Ask | None = None) -> PublicLink:
    """A link, with the law or the ask at its other end."""
    ends = {"law": law_line(law) if law else None, "ask": ask_line(ask) if ask else None, "is_yet_to_begin": False}
    return record_of(PublicLink, link, extent=tuple(link.extent), **ends)


def reply_record(reply: Reply) -> PublicReply:
    """Who was asked to reply, and what came of it."""
    return record_of(PublicReply, reply, is_answered=reply.outcome is Outcome.ANSWERED)


def story(updates: Sequence[Update], tests: Sequence[SuccessTest]) -> tuple[StoryEntry, ...]:
    """The entries with the newest first; those of one day in the order in which they were written."""
    keys = {update.id: update.key for update in updates}
    labels = {test.id: test.label for test in tests}
    corrected_by: dict[int | None, list[str]] = {}
    for update in updates:
        corrected_by.setdefault(update.corrects_id, []).append(update.key)
    newest_first = sorted(updates, key=lambda update: (update.happened_on, update.id), reverse=True)
    return tuple(
        record_of(
            StoryEntry,
            update,
            results=tuple((labels[result.test_id], result.result) for result in update.results),
            evidence=tuple(map(evidence_record, update.evidence)),
            corrects=keys.get(update.corrects_id or 0),
            corrected_by=tuple(corrected_by.get(update.id, ())),
        )
        for update in newest_first
    )
