"""Sources and asks: create, edit, publish, archive, restore; private notes of staff about an ask."""

from collections.abc import Iterable
from datetime import date
from textwrap import shorten

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from tracker.models import Ask, FormerSlug, Legislation, Link, Note, Source, SuccessTest
from tracker.queries.stories import find_story, standing_of
from tracker.rules import checks
from tracker.rules.asks import AWAY, REDEFINING_FIELDS, AskDraft, Publication, SourceDraft, check_ask, check_source
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Problem, refuse
from tracker.rules.people import Action
from tracker.rules.standing import Standing, check_law_fits, check_tests_fit
from tracker.rules.status import Status
from tracker.rules.story import state_of
from tracker.rules.text import NOTE_LENGTH, slugify, title_key
from tracker.rules.wording import field_name
from tracker.services import bodies, derived, legislation, records
from tracker.services.change import Change, check_version
from tracker.services.events import Subject, record
from tracker.services.records import NAME_LENGTH
from tracker.services.updates import post_redefinition

OLD_TEXT_LENGTH = 100
KEY_STAYS = "The source is public, and its address has this short name. Keep it."
# By these an ask is found too, though they are not its wording.
NAMES = frozenset({"short_names", "responsible_bodies"})


def create_source(change: Change, draft: SourceDraft) -> Source:
    """Enter a source, as a draft."""
    change.require(Action.DRAFT)
    refuse(check_source(draft) + _key_taken(change.session, draft.key, None))
    return records.create(change, Source(publication=Publication.DRAFT, version=1), draft)


def edit_source(change: Change, source: Source, draft: SourceDraft, seen_version: int | None) -> bool:
    """Edit a source; answer whether anything changed."""
    change.require(Action.EDIT, source, seen_version)
    is_public = source.publication.is_public
    moved = [Problem(KEY_STAYS, "key")] if is_public and draft.key != source.key else []
    refuse(check_source(draft) + _key_taken(change.session, draft.key, source.id) + moved)
    return bool(records.edit(change, source, draft, is_public=is_public))


def create_ask(change: Change, draft: AskDraft) -> Ask:
    """Enter an ask, as a draft without a status."""
    change.require(Action.DRAFT)
    refuse(check_new(change.session, draft))
    ask = Ask(publication=Publication.DRAFT, version=1, status_reason="", title_key=title_key(draft.title))
    answering = bodies.find_or_create(change, draft.responsible_bodies)
    records.create(change, ask, bodies.named(draft, answering))
    bodies.assign(change.session, ask, answering)
    return ask


def check_new(session: Session, draft: AskDraft) -> list[Problem]:
    """Say what speaks against entering an ask."""
    return check_ask(draft) + _slug_taken(session, draft.slug, None) + _misspelt(session, draft.topic)


def edit_ask(change: Change, ask: Ask, draft: AskDraft, *, seen_version: int | None, reason: str = "") -> bool:
    """Edit an ask; return True if anything changed.

    When the wording of a published ask changes, a reason is needed, and a redefinition that says what
    changed goes into its public story. An old slug keeps leading to the ask.
    """
    records.require_own(change, ask)
    check_version(ask, seen_version)
    problems = check_ask(draft)
    if draft.slug != ask.slug:
        problems += _slug_taken(change.session, draft.slug, ask.id)
    if draft.same_as_id == ask.id:
        problems.append(Problem("Choose another ask than this one.", "same_as_id"))
    if draft.topic != ask.topic:
        problems += _misspelt(change.session, draft.topic)
    refuse(problems)
    is_public, old_slug = ask.publication.is_public, ask.slug
    if draft.responsible_bodies != tuple(ask.responsible_bodies):
        answering = bodies.find_or_create(change, draft.responsible_bodies)
        draft = bodies.named(draft, answering)
    before = records.edit(change, ask, draft, is_public=is_public, reason=reason)
    if "responsible_bodies" in before:
        bodies.assign(change.session, ask, answering)
    ask.title_key = title_key(ask.title)
    if "slug" in before:
        _keep_slug(change.session, ask, old_slug, is_public=is_public)
    if is_public:
        _publish_source(change, ask)
        if redefined := sorted(REDEFINING_FIELDS & before.keys()):
            changes = "; ".join(f"{field_name(name)} was “{_short(before[name])}”" for name in redefined)
            post_redefinition(change, ask, f"The ask was reworded ({changes}).", reason)
        elif NAMES & before.keys():
            derived.write_words(change.session, [ask.id])
    return bool(before)


def publish_ask(change: Change, ask: Ask, seen_version: int | None) -> None:
    """Make an ask public, with its source and its linked law; needs a status that fits its tests and that law."""
    change.require(Action.PUBLISH)
    story = find_story(change.session, ask.id)
    refuse(check_complete(ask.status, story.tests, change.today))
    if ask.status and ask.status_on:  # a law on which it rests may have been put aside since
        refuse(check_law_fits(ask.status, standing_of(story, state_of(story.entries), ask.status_on)))
    _publish_source(change, ask)
    _publish_law(change, ask)
    records.publish(change, ask, seen_version)


def _publish_law(change: Change, ask: Ask) -> None:
    """Publish the drafts of links with their laws; what was put aside or archived stays where it is."""
    of_ask = sa.select(Link).join(Legislation).where(Link.ask_id == ask.id, Link.publication == Publication.DRAFT)
    usable = of_ask.where(Legislation.publication.not_in(AWAY)).order_by(Link.id)
    for link in change.session.scalars(usable.options(contains_eager(Link.legislation))).all():
        if link.legislation.publication is Publication.DRAFT:
            records.publish(change, link.legislation, None)
        legislation.publish_link(change, link, None)


def check_complete(status: Status | None, tests: Iterable[SuccessTest], today: date) -> list[Problem]:
    """Say what a draft lacks before it can be public."""
    if status is None:
        return [Problem("Say where the ask stands: its status, with a page that shows it.", "status")]
    results = tuple(test.result for test in tests if not test.is_archived)
    return check_tests_fit(status, Standing(PartialDate(today.isoformat()), results))


def _publish_source(change: Change, ask: Ask) -> None:
    """A public ask shows its source, so the source is public too."""
    source = change.session.get_one(Source, ask.source_id)
    if source.publication is Publication.PUT_ASIDE:
        refuse([Problem("Its source was put aside. Take that up again first, or name another one.", "source_id")])
    if source.publication is Publication.DRAFT:
        records.publish(change, source, None)


def _short(value: object) -> str:
    """The beginning of an old text; the log has it whole."""
    return shorten(str(value), OLD_TEXT_LENGTH, placeholder="…")


def _misspelt(session: Session, topic: str) -> list[Problem]:
    """Two ways to write one topic would make two of it."""
    if not slugify(topic):
        return [Problem("Use letters or digits.", "topic")] if topic else []
    if session.scalar(sa.select(Ask.id).where(Ask.topic == topic).limit(1)):
        return []
    topics = session.scalars(sa.select(Ask.topic).distinct())
    known = next((other for other in topics if slugify(other) == slugify(topic)), None)
    return [Problem(f"Write it as other asks do: {known}.", "topic")] if known else []


def _keep_slug(session: Session, ask: Ask, old_slug: str, *, is_public: bool) -> None:
    """Let the old address redirect if it was public; a slug taken up again is no longer a former one."""
    session.execute(sa.delete(FormerSlug).where(FormerSlug.slug == ask.slug))
    if is_public:
        session.merge(FormerSlug(slug=old_slug, ask_id=ask.id))


def _slug_taken(session: Session, slug: str, own_id: int | None) -> list[Problem]:
    by_ask = session.scalar(sa.select(Ask.id).where(Ask.slug == slug))
    by_former = session.scalar(sa.select(FormerSlug.ask_id).where(FormerSlug.slug == slug))
    taken = {by_ask, by_former} - {None, own_id}
    return [Problem("Another ask has or had this address. Choose another slug.", "slug")] if taken else []


def _key_taken(session: Session, key: str, own_id: int | None) -> list[Problem]:
    taken = session.scalar(sa.select(Source.id).where(Source.key == key))
    return [Problem("Another source has this short name.", "key")] if taken not in {None, own_id} else []


def add_note(change: Change, ask: Ask, text: str) -> Note:
    """Write a note about an ask."""
    change.require(Action.DRAFT)
    refuse(checks.required(text, "text", "the note") + checks.at_most(text, NOTE_LENGTH, "text"))
    note = Note(ask_id=ask.id, author_id=change.actor.id, written_at=change.at, text=text)
    change.session.add(note)
    change.session.flush()  # the log names the new row's id
    name = shorten(text, NAME_LENGTH, placeholder="…")
    record(change, "wrote", Subject("note", note.id, name, ask.id), after={"text": text})
    return note
