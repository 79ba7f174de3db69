"""Rows of the database as public records."""

from collections.abc import Sequence

from tracker.models import Ask, Legislation, Link, Source, SuccessTest, Update
from tracker.queries.public.records import (
    AskLine,
    LawLine,
    PublicEvidence,
    PublicLink,
    PublicSource,
    PublicTest,
    StoryEntry,
)
from tracker.rules.asks import Publication
from tracker.rules.legislation import KINDS


def is_public(row: Ask | Legislation) -> bool:
    """Whether it is or was public."""
    return row.publication is not Publication.DRAFT


def ask_line(ask: Ask) -> AskLine:
    """An ask for a list."""
    return AskLine(
        slug=ask.slug,
        title=ask.title,
        kind=ask.kind,
        topic=ask.topic,
        summary=ask.summary,
        status=ask.status,
        status_on=ask.status_on,
        reason=ask.status_reason,
        reviewed_on=ask.reviewed_on,
        first_deadline=ask.first_deadline,
    )


def source_record(source: Source) -> PublicSource:
    """A source."""
    return PublicSource(
        source.title,
        source.author,
        source.author_role,
        source.publisher,
        source.published_on,
        source.url,
        source.archived_url,
        source.note,
    )


def test_record(test: SuccessTest) -> PublicTest:
    """A success test."""
    return PublicTest(test.key, test.label, test.result, test.result_on, test.reviewed_on)


def law_line(law: Legislation) -> LawLine:
    """A law for a list."""
    return LawLine(
        law.key,
        law.title,
        law.citation,
        KINDS.get(law.kind, KINDS["other"]),
        law.address,
        law.introduced_on,
        law.enacted_on,
        law.lapsed_on,
        law.note,
    )


def link_record(link: Link, law: Legislation | None = None, ask: Ask | None = None) -> PublicLink:
    """A link, with the law or the ask at its other end."""
    return PublicLink(
        link.effect,
        link.provisions,
        tuple(link.extent),
        link.in_force_on,
        link.note,
        law_line(law) if law else None,
        ask_line(ask) if ask else None,
    )


def story(updates: Sequence[Update], tests: Sequence[SuccessTest]) -> tuple[StoryEntry, ...]:
    """The entries with the newest first; those of one day in the order in which they were written."""
    keys = {update.id: update.key for update in updates}
    labels = {test.id: test.label for test in tests}
    corrected_by: dict[int, list[str]] = {}
    for update in updates:
        if update.corrects_id is not None:
            corrected_by.setdefault(update.corrects_id, []).append(update.key)
    newest_first = sorted(updates, key=lambda update: (update.happened_on, update.id), reverse=True)
    return tuple(
        StoryEntry(
            key=update.key,
            kind=update.kind,
            happened_on=update.happened_on,
            recorded_at=update.recorded_at,
            text=update.text,
            status=update.status,
            reason=update.reason,
            results=tuple((labels[r.test_id], r.result) for r in update.results),
            evidence=tuple(evidence(update)),
            corrects=keys.get(update.corrects_id or 0),
            corrected_by=tuple(corrected_by.get(update.id, ())),
        )
        for update in newest_first
    )


def evidence(update: Update) -> list[PublicEvidence]:
    """The evidence of an entry."""
    return [
        PublicEvidence(
            row.url,
            row.title,
            row.publisher,
            row.published_on,
            row.type,
            row.archived_url,
            row.quote,
            row.note,
        )
        for row in update.evidence
    ]
