"""Laws and their links to asks: create, edit, publish, archive, restore."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

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
from tracker.services import derived, records
from tracker.services.change import Change
from tracker.services.outcome import Outcome

Identity = tuple[int, int, str, frozenset[str]]
LINK_TAKEN = Problem("The ask is linked to these provisions and this extent already.", "provisions")


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
    return create_laws(change, [draft]).only


def create_laws(change: Change, drafts: Sequence[LegislationDraft]) -> Outcome[Legislation]:
    """Enter laws as drafts, in a few statements."""
    change.require(Action.EDIT)
    refused = {place: problems for place, draft in enumerate(drafts) if (problems := check_legislation(draft))}
    laws = {place: _stored_law(draft) for place, draft in enumerate(drafts) if place not in refused}
    known = _find_known(change.session, [value for law in laws.values() for value in _unique(law)])
    good = {}
    for place, law in laws.items():
        if problems := _law_taken(known, law):
            refused[place] = problems
            continue
        good[place] = (Legislation(publication=Publication.DRAFT, version=1), law)
        known |= dict.fromkeys(_unique(law), law.citation or law.title)
    records.create_many(change, good.values())
    return Outcome({place: row for place, (row, _) in good.items()}, refused)


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
    new = [value for value in _unique(stored) if value not in _unique(law)]
    refuse(_law_taken(_find_known(change.session, new), stored))
    before = records.edit(change, law, stored, is_public=is_public)
    if before and is_public:
        derived.write_words_of_law(change.session, law.id)
    return bool(before)


def create_link(change: Change, draft: LinkDraft) -> Link:
    """Link an ask to a law, as a draft."""
    return create_links(change, [draft]).only


def create_links(change: Change, drafts: Sequence[LinkDraft]) -> Outcome[Link]:
    """Link asks to laws as drafts, in a few statements."""
    change.require(Action.EDIT)
    taken = _find_links(change.session, {draft.ask_id for draft in drafts})
    of_drafts = sa.select(Legislation).where(Legislation.id.in_({draft.legislation_id for draft in drafts}))
    laws = {law.id: law for law in change.session.scalars(of_drafts)}
    outcome: Outcome[Link] = Outcome()
    good = []
    for place, link in enumerate(map(_stored_link, drafts)):
        if problems := check_link(link) + ([LINK_TAKEN] if _identity(link) in taken else []):
            outcome.refused[place] = problems
            continue
        taken.add(_identity(link))
        row = Link(publication=Publication.DRAFT, version=1, legislation=laws[link.legislation_id])
        outcome.done[place] = row
        good.append((row, link))
    records.create_many(change, good)
    return outcome


def edit_link(change: Change, link: Link, draft: LinkDraft, seen_version: int | None) -> bool:
    """Edit a link; answer whether anything changed."""
    change.require(Action.EDIT)
    records.check_version(link, seen_version)
    refuse(check_link(draft))
    stored = _stored_link(draft)
    if _identity(stored) != _identity(link) and _identity(stored) in _find_links(change.session, {stored.ask_id}):
        refuse([LINK_TAKEN])
    is_public = link.publication.is_public
    before = records.edit(change, link, stored, is_public=is_public)
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
    """What no two laws share: column and value."""
    return [(name, value) for name in ("key", "identity", "address") if (value := getattr(law, name))]


def _find_known(session: Session, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """What the laws are called that have something of this, which no two laws share."""
    known = {}
    for name, pairs in groupby(sorted(wanted), itemgetter(0)):
        column = getattr(Legislation, name)
        found = sa.select(column, Legislation.citation, Legislation.title).where(column.in_([v for _, v in pairs]))
        for value, citation, title in session.execute(found):
            known[name, value] = citation or title
    return known


def _law_taken(known: Mapping[tuple[str, str], str], law: StoredLaw) -> list[Problem]:
    """One law is never entered twice: by key, by number or by address."""
    for name, value in _unique(law):
        if other := known.get((name, value)):
            field = "address" if name == "address" else "citation"
            return [Problem(f"This law is entered already: {other}.", field)]
    return []


def _identity(link: StoredLink | Link) -> Identity:
    """What no two links share, in whatever order their extents stand."""
    return link.ask_id, link.legislation_id, link.provisions, frozenset(link.extent)


def _find_links(session: Session, ask_ids: Collection[int]) -> set[Identity]:
    """Which links asks have."""
    links = sa.select(Link.ask_id, Link.legislation_id, Link.provisions, Link.extent)
    return {(*row[:3], frozenset(row.extent)) for row in session.execute(links.where(Link.ask_id.in_(ask_ids)))}
