"""The lists of the staff area that name every ask, law and source, drafts and archived ones included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, Legislation, Person, Source
from tracker.queries import paging
from tracker.queries.paging import Listed
from tracker.queries.public.filters import LONGEST_SEARCH, UnknownFilter
from tracker.rules.asks import Publication
from tracker.rules.status import Status
from tracker.rules.text import clean, slugify

MOST_WORDS = 8
NO_STATUS = "none"


@dataclass(frozen=True)
class Wanted:
    """Which asks are wanted: with these words in the title, this status (NO_STATUS: without one), seen by these."""

    text: str = ""
    status: Status | str = ""
    publication: Publication | str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Wanted":
        """Read the filters of a query string; raises UnknownFilter for a value that cannot exist."""
        status, publication = query.get("status", ""), query.get("publication", "")
        if status not in {"", NO_STATUS, *Status} or publication not in {"", *Publication}:
            raise UnknownFilter("There is no such filter. Choose one from the lists.")
        try:
            text = clean(query.get("q", ""))
        except ValueError as error:
            raise UnknownFilter(str(error)) from None
        if len(text) > LONGEST_SEARCH:
            raise UnknownFilter(f"Search for at most {LONGEST_SEARCH} characters.")
        return cls(text, status, publication)

    def as_query(self) -> dict[str, str]:
        """The filters that are set, for links."""
        values = {"q": self.text, "status": str(self.status), "publication": str(self.publication)}
        return {name: value for name, value in values.items() if value}


def list_asks(session: Session, wanted: Wanted, after: str = "", size: int = paging.SIZE) -> Listed[Ask]:
    """The asks that fit, by title."""
    statement = sa.select(Ask).where(*_hold(Ask, wanted.text))
    if wanted.status:
        statement = statement.where(Ask.status == (None if wanted.status == NO_STATUS else wanted.status))
    if wanted.publication:
        statement = statement.where(Ask.publication == wanted.publication)
    return paging.cut(session, statement, (Ask.title, Ask.id), limit=size, after=after)


def list_laws(session: Session, after: str = "", size: int = paging.SIZE) -> Listed[Legislation]:
    """All laws by key, so by kind, year and number."""
    return paging.cut(session, sa.select(Legislation), (Legislation.key,), limit=size, after=after)


def list_sources(session: Session, after: str = "", size: int = paging.SIZE) -> Listed[Source]:
    """All sources by title."""
    return paging.cut(session, sa.select(Source), (Source.title, Source.id), limit=size, after=after)


def list_people(session: Session, after: str = "", size: int = paging.SIZE) -> Listed[Person]:
    """All members of staff by name."""
    return paging.cut(session, sa.select(Person), (Person.name, Person.id), limit=size, after=after)


def search(session: Session, among: sa.Select[Any], model: Any, text: str, size: int) -> Listed[Any]:
    """Of these asks, laws or sources those with the words in the title, by title."""
    return paging.cut(session, among.where(*_hold(model, text)), (model.title, model.id), limit=size)


def _hold(model: Any, text: str) -> list[sa.ColumnElement[bool]]:
    """That each word stands in the title, or, without its accents, in the key; in a citation, too."""
    key = Ask.slug if model is Ask else model.key
    texts = (model.title, model.citation) if model is Legislation else (model.title,)
    return [_holds(texts, key, word) for word in text.split()[:MOST_WORDS]]


def _holds(texts: Sequence[Any], key: Any, word: str) -> sa.ColumnElement[bool]:
    plain = slugify(word)
    in_key = [key.contains(plain, autoescape=True)] if plain else []
    return sa.or_(*(text.icontains(word, autoescape=True) for text in texts), *in_key)
