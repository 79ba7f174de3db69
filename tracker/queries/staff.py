"""What the staff area shows, by record and in lists: everything, drafts and archived records included."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from tracker.models import Ask, Body, Event, Legislation, Link, Note, Person, Reply, Source, SuccessTest, Target, Update
from tracker.queries import paging
from tracker.queries.paging import Listed
from tracker.queries.people import list_newest
from tracker.queries.public.filters import LONGEST_SEARCH, UnknownFilter, text_of
from tracker.rules.asks import Publication
from tracker.rules.official import TargetState
from tracker.rules.status import STATUS_ORDER, Status
from tracker.rules.text import showable, slugify

Row = TypeVar("Row")
MOST = 100
MOST_WORDS = 8
NO_STATUS = "none"
_PLACES = {status: f"{place:02}" for place, status in enumerate(STATUS_ORDER)}
SORTS: Mapping[str, Any] = {
    "": Ask.title,
    "looked": sa.func.coalesce(sa.type_coerce(Ask.reviewed_on, sa.String), ""),
    "status": sa.case(_PLACES, value=Ask.status, else_="").concat(Ask.title),
}
BY_NAME: Mapping[type[Any], paging.Sorting] = {
    Legislation: (Legislation.key,),
    Source: (Source.title, Source.id),
    Body: (Body.name, Body.id),
    Person: (Person.name, Person.id),
}
# What the forms of a record show beside it.
LOADED: Mapping[type[Any], Sequence[ORMOption]] = {
    SuccessTest: (joinedload(SuccessTest.ask),),
    Link: (joinedload(Link.ask), joinedload(Link.legislation)),
    Update: (
        joinedload(Update.ask).selectinload(Ask.tests),
        joinedload(Update.author),
        selectinload(Update.evidence),
        selectinload(Update.results),
    ),
    Target: (joinedload(Target.designation),),
    Legislation: (joinedload(Legislation.becomes), selectinload(Legislation.links).joinedload(Link.ask)),
}


def find(session: Session, kind: type[Row], number: int) -> Row | None:
    """Return a record by its number, with what its forms show beside it."""
    return session.get(kind, number, options=LOADED.get(kind, ()))


def find_ask(session: Session, ask_id: int) -> Ask | None:
    """An ask with its source, tests, links and updates, in a fixed number of queries."""
    return session.get(
        Ask,
        ask_id,
        options=[
            joinedload(Ask.source),
            joinedload(Ask.superseded_by),
            selectinload(Ask.tests),
            selectinload(Ask.links).joinedload(Link.legislation),
            selectinload(Ask.updates).options(joinedload(Update.author), selectinload(Update.evidence)),
        ],
    )


def list_asks_of(session: Session, ids: Iterable[int]) -> Sequence[Ask]:
    """The asks with these numbers, by title."""
    return session.scalars(sa.select(Ask).where(Ask.id.in_(list(ids))).order_by(Ask.title, Ask.id)).all()


def list_everybody(session: Session) -> Sequence[Person]:
    """All members of staff by name."""
    return session.scalars(sa.select(Person).order_by(Person.name)).all()


def list_story(session: Session, ask_id: int, limit: int, after: str = "") -> Listed[Update]:
    """The entries of an ask, also the drafts, which stand first; then the newest."""
    day = sa.func.coalesce(sa.type_coerce(Update.happened_on, sa.String), "")
    by = (sa.case((Update.publication == Publication.DRAFT, 1), else_=0), day, Update.id)
    loaded = (joinedload(Update.author), selectinload(Update.evidence))
    of_ask = sa.select(Update).where(Update.ask_id == ask_id)
    return paging.cut(session, of_ask, by, limit=limit, after=after, loaded=loaded, falling=True)


def list_replies(session: Session, ask_id: int) -> Sequence[Reply]:
    """Who was asked to reply about an ask, the newest first."""
    of_ask = sa.select(Reply).where(Reply.ask_id == ask_id)
    return session.scalars(of_ask.order_by(Reply.asked_on.desc(), Reply.id.desc()).limit(MOST)).all()


def list_targets(session: Session, ask_id: int) -> Sequence[Target]:
    """The targets of an ask with the entries that they follow, in the order of the source."""
    of_ask = sa.select(Target).where(Target.ask_id == ask_id).options(joinedload(Target.designation))
    return session.scalars(of_ask.order_by(Target.position)).all()


def find_next_target(session: Session, target: Target) -> int | None:
    """The number of the next target of the same ask that nobody has compared yet; after the last, the first."""
    unsure = sa.select(Target.id).where(Target.ask_id == target.ask_id, Target.state == TargetState.UNSURE)
    later = unsure.where(Target.id != target.id).order_by(Target.position <= target.position, Target.position)
    return session.scalar(later.limit(1))


def list_notes(session: Session, ask_id: int) -> Sequence[Note]:
    """The private notes about an ask with their authors, the newest first."""
    of_ask = sa.select(Note).where(Note.ask_id == ask_id).options(joinedload(Note.author))
    return session.scalars(of_ask.order_by(Note.id.desc()).limit(MOST)).all()


def list_events(session: Session, ask_id: int, before: int, limit: int) -> list[Event]:
    """The newest entries of the event log about an ask; `before` is the entry at which to go on, or 0."""
    return list_newest(session, limit, Event.ask_id == ask_id, *([Event.id < before] if before else ()))


def list_subject_events(session: Session, subject: str, subject_id: int) -> list[Event]:
    """The newest entries of the event log about one record."""
    return list_newest(session, MOST, Event.subject == subject, Event.subject_id == subject_id)


def count_published(session: Session, ask_id: int) -> int:
    """How many published updates the ask has; the number only ever grows."""
    of_ask = sa.select(sa.func.count()).select_from(Update).where(Update.ask_id == ask_id)
    return session.scalar(of_ask.where(Update.published_at.is_not(None))) or 0


@dataclass(frozen=True)
class Wanted:
    """Which asks are wanted: with these words in the title, this status (NO_STATUS: without one), seen by these.

    `sort` is by what they are sorted: one of SORTS; `came` is the request in which they came in together.
    """

    q: str = ""
    status: Status | str = ""
    publication: Publication | str = ""
    sort: str = ""
    came: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Wanted":
        """Read the filters of a query string; raises UnknownFilter for a value that cannot exist."""
        status, publication, sort = (query.get(name, "") for name in ("status", "publication", "sort"))
        if status not in {"", NO_STATUS, *Status} or publication not in {"", *Publication} or sort not in SORTS:
            raise UnknownFilter("There is no such filter. Choose one from the lists.")
        return cls(text_of(query), status, publication, sort, query.get("came", "")[:LONGEST_SEARCH])

    @property
    def is_narrow(self) -> bool:
        """True if not every ask is wanted."""
        return bool(self.q or self.status or self.publication or self.came)

    def as_query(self) -> dict[str, str]:
        """The filters that are set, for links."""
        return {name: str(value) for name, value in vars(self).items() if value}


def list_asks(session: Session, wanted: Wanted, after: str = "", size: int = paging.SIZE) -> Listed[Ask]:
    """The asks that fit, sorted as wanted."""
    statement = sa.select(Ask).where(*_hold(Ask, wanted.q))
    if wanted.status:
        statement = statement.where(Ask.status == (None if wanted.status == NO_STATUS else wanted.status))
    if wanted.publication:
        statement = statement.where(Ask.publication == wanted.publication)
    if wanted.came:
        created = sa.select(Event.subject_id).where(Event.subject == "ask", Event.action == "created")
        statement = statement.where(Ask.id.in_(created.where(Event.request_id == showable(wanted.came))))
    return paging.cut(session, statement, (SORTS[wanted.sort], Ask.id), limit=size, after=after)


def list_all(session: Session, kind: type[Any], after: str = "", size: int = paging.SIZE) -> Listed[Any]:
    """All laws by kind, year and number; or all sources, bodies or members of staff by name."""
    return paging.cut(session, sa.select(kind), BY_NAME[kind], limit=size, after=after)


def search(session: Session, among: sa.Select[Any], model: Any, text: str, size: int) -> Listed[Any]:
    """Of these asks, laws or sources those with the words in the title, by title."""
    return paging.cut(session, among.where(*_hold(model, text)), (model.title, model.id), limit=size)


def _hold(model: Any, text: str) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that each word is in the title, the citation or, without its accents, the key."""
    key = Ask.slug if model is Ask else model.key
    texts = (model.title, model.citation) if model is Legislation else (model.title,)
    conditions = []
    for word in text.split()[:MOST_WORDS]:
        in_key = [key.contains(plain, autoescape=True)] if (plain := slugify(word)) else []
        conditions.append(sa.or_(*(each.icontains(word, autoescape=True) for each in texts), *in_key))
    return conditions
