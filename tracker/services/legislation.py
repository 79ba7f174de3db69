"""Laws and their links to asks: create, edit, publish, archive, restore."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

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
from tracker.services.change import Change

Identity = tuple[int, int, str, frozenset[str]]


@dataclass(frozen=True)
class StoredLaw(LegislationDraft):
    """A law in normal form, with the identity that keeps it from standing twice."""

    identity: str | None = None


@dataclass(frozen=True)
class StoredLink(LinkDraft):
    """A link with the text of its extent, by which two links to one law are told apart."""

    extent_key: str = ""


def create_legislation(change: Change, draft: LegislationDraft) -> Legislation:
    """Enter a law, as a draft."""
    change.require(Action.DRAFT)
    refuse(check_legislation(draft))
    stored = _stored_law(draft)
    refuse(_law_taken(change.session, _unique(stored)))
    law = Legislation(publication=Publication.DRAFT, version=1)
    records.create(change, law, stored)
    return law


def edit_legislation(
    change: Change, law: Legislation, draft: LegislationDraft, seen_version: int | None, reason: str = ""
) -> bool:
    """Edit a law; answer whether anything changed. Once public it keeps its key, the address of its page."""
    change.require(Action.EDIT)
    records.check_version(law, seen_version)
    draft, is_public = replace(draft, key=law.key), law.publication.is_public
    problems = check_legislation(draft)
    if draft.becomes_id == law.id:
        problems.append(Problem("A bill becomes another law, not itself.", "becomes_id"))
    refuse(problems)
    stored = _stored_law(draft)
    if is_public:
        stored = replace(stored, key=law.key)
    new = [value for value in _unique(stored) if value not in _unique(law)]
    refuse(_law_taken(change.session, new))
    before = records.edit(change, law, stored, is_public=is_public, reason=reason)
    if before and is_public:
        derived.write_words_of_law(change.session, law.id)
    return bool(before)


def create_link(change: Change, draft: LinkDraft) -> Link:
    """Link an ask to a law, as a draft."""
    records.require_own_part(change, change.session.get_one(Ask, draft.ask_id))
    stored = _stored_link(draft)
    refuse(check_link(draft) + _link_taken(change.session, stored))
    law = change.session.get_one(Legislation, draft.legislation_id)
    link = Link(publication=Publication.DRAFT, version=1, legislation=law)
    records.create(change, link, stored)
    return link


def edit_link(change: Change, link: Link, draft: LinkDraft, seen_version: int | None, reason: str = "") -> bool:
    """Edit a link; answer whether anything changed."""
    records.require_own_part(change, change.session.get_one(Ask, link.ask_id))
    records.check_version(link, seen_version)
    stored = _stored_link(draft)
    refuse(check_link(draft) + (_link_taken(change.session, stored) if _identity(stored) != _identity(link) else []))
    is_public = link.publication.is_public
    before = records.edit(change, link, stored, is_public=is_public, reason=reason)
    if before and is_public:
        derived.write_words(change.session, [link.ask_id])
    return bool(before)


def publish_link(change: Change, link: Link, seen_version: int | None) -> None:
    """Make a link public; its law must be public already."""
    change.require(Action.PUBLISH)
    law = change.session.get_one(Legislation, link.legislation_id)
    if law.publication is not Publication.PUBLISHED:
        refuse([Problem("The law itself is not public. Publish it first.")])
    records.publish(change, link, seen_version)


def _stored_law(draft: LegislationDraft) -> StoredLaw:
    tidy = normalised(draft)
    return StoredLaw(**vars(tidy), identity=identity_of(tidy))


def _stored_link(draft: LinkDraft) -> StoredLink:
    return StoredLink(**vars(draft), extent_key=", ".join(draft.extent))


def _unique(law: StoredLaw | Legislation) -> list[tuple[str, str]]:
    """Return what no two laws share: column and value."""
    return [(name, value) for name in ("key", "identity", "address") if (value := getattr(law, name))]


def _law_taken(session: Session, unique: Iterable[tuple[str, str]]) -> list[Problem]:
    """One law is never entered twice: by key, by number or by address."""
    for name, value in unique:
        same = sa.select(Legislation.citation, Legislation.title).where(getattr(Legislation, name) == value)
        if other := session.execute(same).first():
            field = "address" if name == "address" else "citation"
            return [Problem(f"This law is entered already: {other.citation or other.title}.", field)]
    return []


def _identity(link: StoredLink | Link) -> Identity:
    """Return what no two links share, in whatever order their extents stand."""
    return link.ask_id, link.legislation_id, link.provisions, frozenset(link.extent)


def _link_taken(session: Session, stored: StoredLink) -> list[Problem]:
    of_ask = sa.select(Link).where(Link.ask_id == stored.ask_id, Link.legislation_id == stored.legislation_id)
    if any(_identity(link) == _identity(stored) for link in session.scalars(of_ask)):
        return [Problem("The ask is linked to these provisions and this extent already.", "provisions")]
    return []
