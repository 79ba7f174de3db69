"""Laws and their links to asks: create, edit, publish, archive, restore."""

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, Legislation, Link
from tracker.rules.asks import Publication
from tracker.rules.errors import Problem, refuse
from tracker.rules.legislation import (
    LegislationDraft,
    LinkDraft,
    check_legislation,
    check_link,
    identity_of,
    normalised,
)
from tracker.rules.people import Action
from tracker.services import derived, records
from tracker.services.change import Change, check_version


def create_legislation(change: Change, draft: LegislationDraft) -> Legislation:
    """Enter a law, as a draft."""
    change.require(Action.DRAFT)
    refuse(check_legislation(draft))
    draft = normalised(draft)
    refuse(_law_taken(change.session, draft))
    law = Legislation(publication=Publication.DRAFT, version=1)
    return records.create(change, law, draft, identity=identity_of(draft))


def edit_legislation(
    change: Change, law: Legislation, draft: LegislationDraft, seen_version: int | None, reason: str = ""
) -> bool:
    """Edit a law; answer whether anything changed. Once public it keeps its key, the address of its page."""
    change.require(Action.EDIT, law, seen_version)
    draft, is_public = replace(draft, key=law.key), law.publication.is_public
    problems = check_legislation(draft)
    if draft.becomes_id == law.id:
        problems.append(Problem("A bill becomes another law, not itself.", "becomes_id"))
    refuse(problems)
    draft = normalised(draft)
    if is_public:
        draft = replace(draft, key=law.key)
    refuse(_law_taken(change.session, draft, law))
    before = records.edit(change, law, draft, is_public=is_public, reason=reason, identity=identity_of(draft))
    if before and is_public:
        derived.write_words_of_law(change.session, law.id)
    return bool(before)


def create_link(change: Change, draft: LinkDraft) -> Link:
    """Link an ask to a law, as a draft."""
    records.require_own_part(change, change.session.get_one(Ask, draft.ask_id))
    refuse(check_link(draft) + _link_taken(change.session, draft))
    law = change.session.get_one(Legislation, draft.legislation_id)
    link = Link(publication=Publication.DRAFT, version=1, legislation=law)
    return records.create(change, link, draft, extent_key=_extent_key(draft))


def edit_link(change: Change, link: Link, draft: LinkDraft, seen_version: int | None, reason: str = "") -> bool:
    """Edit a link; answer whether anything changed."""
    records.require_own_part(change, change.session.get_one(Ask, link.ask_id))
    check_version(link, seen_version)
    refuse(check_link(draft) + (_link_taken(change.session, draft) if _identity(draft) != _identity(link) else []))
    is_public = link.publication.is_public
    if is_public and draft.legislation_id != link.legislation_id:
        _require_public(change.session, draft.legislation_id)
    before = records.edit(change, link, draft, is_public=is_public, reason=reason, extent_key=_extent_key(draft))
    if before and is_public:
        derived.write_words(change.session, [link.ask_id])
    return bool(before)


def publish_link(change: Change, link: Link, seen_version: int | None) -> None:
    """Make a link public; its law must be public already."""
    change.require(Action.PUBLISH)
    _require_public(change.session, link.legislation_id)
    records.publish(change, link, seen_version)


def _require_public(session: Session, law_id: int) -> None:
    """Raise unless the public sees the law to which a public link leads."""
    if session.get_one(Legislation, law_id).publication is not Publication.PUBLISHED:
        refuse([Problem("The law itself is not public. Publish it first.", "legislation_id")])


def _law_taken(session: Session, draft: LegislationDraft, law: Legislation | None = None) -> list[Problem]:
    """One law is never entered twice: by key, by number or by address."""
    for name, value in (("key", draft.key), ("identity", identity_of(draft)), ("address", draft.address)):
        if not value or value == getattr(law, name, None):
            continue
        same = sa.select(Legislation.citation, Legislation.title).where(getattr(Legislation, name) == value)
        if other := session.execute(same).first():
            field = "address" if name == "address" else "citation"
            return [Problem(f"This law is entered already: {other.citation or other.title}.", field)]
    return []


def _extent_key(draft: LinkDraft) -> str:
    """Return the text of an extent, by which the database tells two links to one law apart."""
    return ", ".join(draft.extent)


def _identity(link: LinkDraft | Link) -> tuple[object, ...]:
    """Return what no two links share, in whatever order their extents stand."""
    return link.ask_id, link.legislation_id, link.provisions, frozenset(link.extent)


def _link_taken(session: Session, draft: LinkDraft) -> list[Problem]:
    of_ask = sa.select(Link).where(Link.ask_id == draft.ask_id, Link.legislation_id == draft.legislation_id)
    if any(_identity(link) == _identity(draft) for link in session.scalars(of_ask)):
        return [Problem("The ask is linked to these provisions and this extent already.", "provisions")]
    return []
