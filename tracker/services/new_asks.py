"""A new ask as one form has it, entered whole: with its source, tests, law, and where it stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, FormerSlug, Source, Update
from tracker.rules.asks import AskDraft, SourceDraft, check_labels, check_source
from tracker.rules.errors import Problem, refuse
from tracker.rules.legislation import LinkDraft, check_link
from tracker.rules.standing import Standing, check_tests_fit
from tracker.rules.text import SLUG_LENGTH, fold, free_slug, slug_of_name, title_key
from tracker.rules.updates import Result, UpdateDraft, check_draft, check_publishable
from tracker.services import asks, drafts, legislation, tests, updates
from tracker.services.change import Change

Send = Callable[[Change, Ask, Update], None]


@dataclass(frozen=True)
class NewAsk:
    """An ask and what belongs to it, as typed: a source that is new, tests, a law, and where the ask stands today.

    `results` has the result of a test by its words. An empty slug is made of the title.
    """

    ask: AskDraft
    source: SourceDraft | None = None
    tests: tuple[str, ...] = ()
    results: Mapping[str, Result] = field(default_factory=dict)
    link: LinkDraft | None = None
    entry: UpdateDraft | None = None


def enter(change: Change, new: NewAsk, send: Send | None = None) -> Ask:
    """Enter it all as drafts; `send` brings the entry before others, or all of it before the public."""
    refuse(find_problems(change.session, change.today, new, is_final=send is not None))
    new = _named(change.session, new)
    source_id = enter_source(change, new.source) if new.source else new.ask.source_id
    ask = asks.create_ask(change, replace(new.ask, source_id=source_id))
    rows = tests.add_in_words(change, ask, new.tests) if new.tests else []
    if new.link:
        legislation.create_link(change, replace(new.link, ask_id=ask.id))
    if new.entry:
        results = tuple((row.id, new.results[row.label]) for row in rows if row.label in new.results)
        update = drafts.save(change, ask, replace(new.entry, results=results))
        if send:
            send(change, ask, update)
    return ask


def publish(change: Change, ask: Ask, update: Update) -> None:
    """Publish an entry, and with it the ask."""
    updates.publish(change, ask, update)
    asks.publish_ask(change, ask, None)


def find_problems(session: Session, today: date, new: NewAsk, *, is_final: bool) -> list[Problem]:
    """Return all that speaks against it before anything is entered; final: also against making it public."""
    new = _named(session, new)
    problems = check_where(new.source, new.ask.source_id) + asks.check_new(session, new.ask)
    alike = session.scalars(sa.select(Ask.title).where(Ask.title_key == title_key(new.ask.title)))
    if fold(new.ask.title) in map(fold, alike):
        problems.append(Problem("Another ask has this title. Say what tells this one from it.", "title"))
    problems += check_labels(new.tests) if new.tests else []
    problems += check_link(new.link) if new.link else []
    if is_final and not new.entry:
        problems.append(Problem("Choose where it stands today; only a draft needs no status.", "status"))
    elif new.entry:
        problems += check_publishable(new.entry, today) if is_final else check_draft(new.entry)
        if is_final and new.entry.status:
            results = tuple(new.results.get(label, Result.UNKNOWN) for label in new.tests)
            problems += check_tests_fit(new.entry.status, Standing(new.entry.happened_on, results))
    return problems


def check_where(source: SourceDraft | None, source_id: int | None) -> list[Problem]:
    """Check a new source, or that there is one; the key of a new one is yet to be made."""
    if source is None:
        return [] if source_id else [Problem("Say where it was asked.", "source_id")]
    problems = check_source(replace(source, key="key"))
    return [problem._replace(field=f"source_{problem.field}") for problem in problems]


def enter_source(change: Change, source: SourceDraft) -> int:
    """Enter a source under a key that is made of its title; returns its number."""
    return asks.create_source(change, replace(source, key=_free(change.session, source.title, Source.key))).id


def _named(session: Session, new: NewAsk) -> NewAsk:
    """Make the slug where none was typed."""
    slug = new.ask.slug or _free(session, new.ask.title, Ask.slug, FormerSlug.slug)
    return replace(new, ask=replace(new.ask, slug=slug))


def _free(session: Session, title: str, *columns: Any) -> str:
    slug = slug_of_name(title)
    alike = (sa.select(column).where(column.startswith(slug[: SLUG_LENGTH - 5])) for column in columns)
    return free_slug(slug, set(session.scalars(sa.union_all(*alike))))
