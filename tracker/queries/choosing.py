"""Find the ask, law or source that somebody names by what they have at hand, however many there are."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import Ask, Evidence, FormerSlug, Legislation, Publisher, Source
from tracker.queries import staff
from tracker.queries.public.filters import LONGEST_SEARCH
from tracker.queries.public.sources import list_bodies, list_places
from tracker.rules.asks import AWAY
from tracker.rules.citations import parse_address, parse_citation
from tracker.rules.pages import spellings
from tracker.rules.publishers import read_host
from tracker.rules.updates import EvidenceDraft, EvidenceType

MOST, MOST_OFFERED = 20, 100
LONGEST = 2000
# Our own addresses, of the public site by key and of the staff area by number.
OURS = r"(?:https?://[^/?#]+)?/(?:staff/{0}/(?P<id>[0-9]{{1,9}})(?:/[^?#]*)?|{0}/(?P<key>[^?#]+?))/?(?:[?#].*)?"
ASK_PAGE, LAW_PAGE = (re.compile(OURS.format(what), re.ASCII) for what in ("asks", "legislation"))
Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Offered:
    """A record that can be chosen: its key, what a form shows for it, and words that tell it from others."""

    id: int
    key: str
    text: str
    label: str


class Choosing:
    """The records to choose from. Each question costs a fixed number of statements."""

    model: ClassVar[Any]

    def __init__(self, session: Session, but_not: int | None = None) -> None:
        self.session = session
        self.but_not = but_not

    def find(self, text: str) -> Offered | None:
        """Return the one record that a key, a title, a citation or an address names; None for none or several."""
        in_any_case = sa.func.lower(self.model.title) == text.lower()
        for condition in chain(self._exactly(text), [in_any_case]) if 0 < len(text) <= LONGEST else ():
            rows = self.session.scalars(self._all().where(condition).limit(2)).all()
            if rows:
                return self._choice(rows[0]) if len(rows) == 1 else None
        return None

    def get(self, number: int) -> Offered | None:
        """Return a record by its number."""
        row = self.session.get(self.model, number)
        return self._choice(row) if row else None

    def offer(self, text: str) -> list[Offered]:
        """Return some records with these words in the title; for no words the newest."""
        if text:
            rows = staff.search(self.session, self._all(), self.model, text[:LONGEST_SEARCH], MOST).rows
        else:
            rows = list(self.session.scalars(self._all().order_by(self.model.id.desc()).limit(MOST)))
        return [self._choice(row) for row in rows]

    def _all(self) -> sa.Select[Any]:
        chosen = sa.select(self.model)
        return chosen if self.but_not is None else chosen.where(self.model.id != self.but_not)

    def _exactly(self, text: str) -> Iterator[Condition]:
        """Yield the ways to read the text as a name, the surest first."""
        raise NotImplementedError

    def _choice(self, row: Any) -> Offered:
        raise NotImplementedError


class AskChoices(Choosing):
    """An ask by its title, its short name or its address on this site."""

    model = Ask

    def _exactly(self, text: str) -> Iterator[Condition]:
        yield sa.or_(Ask.title == text, Ask.slug == text)
        if (page := ASK_PAGE.fullmatch(text)) and page["id"]:
            yield Ask.id == int(page["id"])
        elif page:
            slug = page["key"].partition("/")[0]
            former = sa.select(FormerSlug.ask_id).where(FormerSlug.slug == slug)
            yield sa.or_(Ask.slug == slug, Ask.id.in_(former))

    def _choice(self, row: Ask) -> Offered:
        return Offered(row.id, row.slug, row.title, f"{row.title} ({row.topic})")


class LawChoices(Choosing):
    """A law by its citation, its title or an address."""

    model = Legislation

    def _exactly(self, text: str) -> Iterator[Condition]:
        law = Legislation
        yield sa.or_(law.key == text, law.citation == text, law.title == text, law.address.in_(spellings(text)))
        if page := LAW_PAGE.fullmatch(text):
            yield law.id == int(page["id"]) if page["id"] else law.key == page["key"]
        elif reference := parse_address(text) or parse_citation(text):
            yield law.identity == reference.identity

    def _choice(self, row: Legislation) -> Offered:
        return Offered(row.id, row.key, row.citation or row.title, ", ".join(filter(None, (row.title, row.citation))))


class SourceChoices(Choosing):
    """A source by its title, its key or its address; an archived one only where it is the present one."""

    model = Source

    def __init__(self, session: Session, present: int | None = None) -> None:
        super().__init__(session)
        self.present = present

    def _exactly(self, text: str) -> Iterator[Condition]:
        yield sa.or_(Source.key == text, Source.title == text, Source.url.in_(spellings(text)))

    def _choice(self, row: Source) -> Offered:
        by = ", ".join(filter(None, (row.author, row.publisher, row.published_on.in_words if row.published_on else "")))
        return Offered(row.id, row.key, row.title, f"{row.title} ({by})" if by else row.title)

    def _all(self) -> sa.Select[Any]:
        return super()._all().where(sa.or_(Source.publication.not_in(AWAY), Source.id == self.present))


def list_offered(session: Session) -> dict[str, list[str]]:
    """Return the topics, places and bodies of asks that a form suggests, at most so many of each."""
    topics = session.scalars(sa.select(Ask.topic).distinct().order_by(Ask.topic).limit(MOST_OFFERED))
    places, bodies = list_places(session).values(), list_bodies(session).values()
    return {"topics": list(topics), "places": [*places][:MOST_OFFERED], "bodies": [*bodies][:MOST_OFFERED]}


def find_publishers(session: Session) -> dict[str, sa.Row[str, str, EvidenceType, int]]:
    """Return our own lines of the table of publishers, by host, but for those that were taken away."""
    lines = sa.select(Publisher.host, Publisher.publisher, Publisher.type, Publisher.version)
    return {line.host: line for line in session.execute(lines.where(Publisher.publisher != "").order_by(Publisher.id))}


def list_publishers(session: Session) -> dict[str, tuple[str, EvidenceType]]:
    """Return who publishes the pages of a host, and who says so, by our own lines."""
    return {host: (line.publisher, line.type) for host, line in find_publishers(session).items()}


def find_known_page(session: Session, url: str) -> EvidenceDraft | None:
    """Return what we know of a page: what our records say of it, and what else its host tells."""
    of_record = _find_record(session, url)
    if of_record and of_record.type and of_record.publisher:
        return of_record
    of_host = read_host(url, list_publishers(session))
    if not of_record or not of_host:
        return of_record or of_host
    publisher = of_record.publisher or of_host.publisher
    return replace(of_record, type=of_record.type or of_host.type, publisher=publisher)


def _find_record(session: Session, url: str) -> EvidenceDraft | None:
    """Return what the newest evidence with this address says of it; else the source or the law at it."""
    known_as = spellings(url)
    evidence = session.scalar(select(Evidence).where(Evidence.url.in_(known_as)).order_by(Evidence.id.desc()).limit(1))
    if evidence:
        return EvidenceDraft(
            url, evidence.title, evidence.type, evidence.publisher, evidence.published_on, evidence.archived_url
        )
    source = session.scalar(select(Source).where(Source.url.in_(known_as)).order_by(Source.id).limit(1))
    if source:
        return EvidenceDraft(url, source.title, None, source.publisher, source.published_on, source.archived_url)
    reference = parse_address(url)
    there = Legislation.identity == reference.identity if reference else Legislation.address.in_(known_as)
    law = session.scalar(select(Legislation).where(there).limit(1))
    if law is None:
        return None
    return EvidenceDraft(url, law.title, EvidenceType.OFFICIAL_RECORD, "", law.enacted_on or law.introduced_on)
