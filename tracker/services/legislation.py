"""Laws and their links to asks: create, edit, publish, archive, restore."""

from dataclasses import dataclass, fields, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Legislation, Link
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
from tracker.rules.permissions import Action
from tracker.services import records
from tracker.services.change import Change


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
    change.require(Action.EDIT)
    refuse(check_legislation(draft))
    stored = _stored_law(draft)
    refuse(_law_taken(change.session, stored, None))
    law = Legislation(publication=Publication.DRAFT, version=1)
    records.create(change, law, stored)
    return law


def edit_legislation(change: Change, law: Legislation, draft: LegislationDraft, seen_version: int | None) -> bool:
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
    refuse(_law_taken(change.session, stored, law.id))
    return bool(records.edit(change, law, stored, seen_version=seen_version, is_public=is_public))


def create_link(change: Change, draft: LinkDraft) -> Link:
    """Link an ask to a law, as a draft."""
    change.require(Action.EDIT)
    refuse(check_link(draft))
    stored = _stored_link(draft)
    refuse(_link_taken(change.session, stored, None))
    link = Link(
        publication=Publication.DRAFT, version=1, legislation=change.session.get_one(Legislation, draft.legislation_id)
    )
    records.create(change, link, stored)
    return link


def edit_link(change: Change, link: Link, draft: LinkDraft, seen_version: int | None) -> bool:
    """Edit a link; answer whether anything changed."""
    change.require(Action.EDIT)
    records.check_version(link, seen_version)
    refuse(check_link(draft))
    stored = _stored_link(draft)
    refuse(_link_taken(change.session, stored, link.id))
    is_public = link.publication.is_public
    return bool(records.edit(change, link, stored, seen_version=seen_version, is_public=is_public))


def publish_link(change: Change, link: Link, seen_version: int | None) -> None:
    """Make a link public; its law must be public already."""
    change.require(Action.PUBLISH)
    law = change.session.get_one(Legislation, link.legislation_id)
    if law.publication is not Publication.PUBLISHED:
        refuse([Problem("The law itself is not public. Publish it first.")])
    records.publish(change, link, seen_version)


def _stored_law(draft: LegislationDraft) -> StoredLaw:
    tidy = normalised(draft)
    values = {field.name: getattr(tidy, field.name) for field in fields(LegislationDraft)}
    return StoredLaw(**values, identity=identity_of(tidy))


def _stored_link(draft: LinkDraft) -> StoredLink:
    values = {field.name: getattr(draft, field.name) for field in fields(draft)}
    return StoredLink(**values, extent_key=", ".join(draft.extent))


def _law_taken(session: Session, law: StoredLaw, own_id: int | None) -> list[Problem]:
    """One law is never entered twice: by key, by number or by address."""
    for column, value, field in (
        (Legislation.key, law.key, "citation"),
        (Legislation.identity, law.identity, "citation"),
        (Legislation.address, law.address, "address"),
    ):
        taken = session.scalar(sa.select(Legislation).where(column == value)) if value else None
        if taken and taken.id != own_id:
            return [Problem(f"This law is entered already: {taken.citation or taken.title}.", field)]
    return []


def _link_taken(session: Session, link: StoredLink, own_id: int | None) -> list[Problem]:
    taken = session.scalar(
        sa.select(Link.id).where(
            Link.ask_id == link.ask_id,
            Link.legislation_id == link.legislation_id,
            Link.provisions == link.provisions,
            Link.extent_key == link.extent_key,
        )
    )
    if taken in {None, own_id}:
        return []
    return [Problem("The ask is linked to these provisions and this extent already.", "provisions")]
