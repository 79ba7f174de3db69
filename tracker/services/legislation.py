"""Laws and their links to asks: create, edit, publish, archive, restore."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

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

LINK_TAKEN = Problem("The ask is linked to these provisions and this extent already.", "provisions")


class Known(NamedTuple):
    """A law that is entered; one that is about to be has no id yet."""

    id: int | None
    name: str


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
    refuse(_law_taken(_find_known(change.session, [stored]), stored, None))
    law = Legislation(publication=Publication.DRAFT, version=1)
    records.create(change, law, stored)
    return law


def create_laws(change: Change, drafts: Sequence[LegislationDraft]) -> dict[int, list[Problem]]:
    """Enter laws as drafts, in a few statements; answer what the rules refuse, by the place of the draft."""
    change.require(Action.EDIT)
    refused = {place: problems for place, draft in enumerate(drafts) if (problems := check_legislation(draft))}
    laws = {place: _stored_law(draft) for place, draft in enumerate(drafts) if place not in refused}
    known = _find_known(change.session, laws.values())
    good = []
    for place, law in laws.items():
        if problems := _law_taken(known, law, None):
            refused[place] = problems
            continue
        good.append((Legislation(publication=Publication.DRAFT, version=1), law))
        known |= {value: Known(None, law.citation or law.title) for value in _unique(law)}
    records.create_many(change, good)
    return refused


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
    refuse(_law_taken(_find_known(change.session, [stored]), stored, law.id))
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


def create_links(change: Change, drafts: Sequence[LinkDraft]) -> dict[int, list[Problem]]:
    """Link asks to laws as drafts, in a few statements; answer what the rules refuse, by the place of the draft."""
    change.require(Action.EDIT)
    same = sa.select(Link.ask_id, Link.legislation_id, Link.provisions, Link.extent_key)
    of_asks = same.where(Link.ask_id.in_({draft.ask_id for draft in drafts}))
    taken = set(map(tuple, change.session.execute(of_asks)))
    of_drafts = sa.select(Legislation).where(Legislation.id.in_({draft.legislation_id for draft in drafts}))
    laws = {law.id: law for law in change.session.scalars(of_drafts)}
    refused: dict[int, list[Problem]] = {}
    good = []
    for place, link in enumerate(map(_stored_link, drafts)):
        identity = (link.ask_id, link.legislation_id, link.provisions, link.extent_key)
        if problems := check_link(link) or ([LINK_TAKEN] if identity in taken else []):
            refused[place] = problems
            continue
        taken.add(identity)
        row = Link(publication=Publication.DRAFT, version=1, legislation=laws[link.legislation_id])
        good.append((row, link))
    records.create_many(change, good)
    return refused


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


def _unique(law: StoredLaw) -> list[tuple[str, str]]:
    """What no two laws share: column and value."""
    return [(name, value) for name in ("key", "identity", "address") if (value := getattr(law, name))]


def _find_known(session: Session, laws: Iterable[StoredLaw]) -> dict[tuple[str, str], Known]:
    """The laws that have something of these which no two laws share, by that."""
    wanted: dict[str, set[str]] = {"key": set(), "identity": set(), "address": set()}
    for law in laws:
        for name, value in _unique(law):
            wanted[name].add(value)
    known = {}
    for name, values in wanted.items():
        column = getattr(Legislation, name)
        found = sa.select(column, Legislation.id, Legislation.citation, Legislation.title).where(column.in_(values))
        for value, law_id, citation, title in session.execute(found):
            known[name, value] = Known(law_id, citation or title)
    return known


def _law_taken(known: Mapping[tuple[str, str], Known], law: StoredLaw, own_id: int | None) -> list[Problem]:
    """One law is never entered twice: by key, by number or by address."""
    for name, value in _unique(law):
        other = known.get((name, value))
        if other and (other.id != own_id or own_id is None):
            field = "address" if name == "address" else "citation"
            return [Problem(f"This law is entered already: {other.name}.", field)]
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
    return [LINK_TAKEN]
