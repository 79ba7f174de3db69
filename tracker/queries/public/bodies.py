"""The bodies that answer for asks, and the places where these would apply: lists of names that asks hold."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.db.base import StoredList
from tracker.models import Ask, AskBody, Body
from tracker.queries.public.as_of import ASK, NOW
from tracker.rules.asks import PUBLIC
from tracker.rules.text import slug_of_name

BODY, ANSWERS = Body.__table__.c, AskBody.__table__.c
IS_PUBLIC = ASK.publication.in_(PUBLIC)
PLACES = StoredList(ASK.jurisdictions)
# The ask that was entered last decides how a place is written.
LAST = sa.func.max(ASK.id)


@dataclass(frozen=True)
class PublicBody:
    """A body that answers for asks."""

    slug: str
    name: str
    short_names: tuple[str, ...] = ()


def list_bodies(session: Session) -> dict[str, str]:
    """Return the bodies that answer for published asks: slug to name, in the order of the alphabet."""
    return _in_order((row.slug, row.name) for row in session.execute(PUBLIC_BODIES))


def find_body(session: Session, slug: str) -> PublicBody | None:
    """Return a body that answers for an ask that is or was public."""
    wanted = sa.select(BODY.slug, BODY.name, BODY.short_names).where(BODY.slug == slug, answers_for(IS_PUBLIC))
    found = session.execute(wanted).first()
    return PublicBody(found.slug, found.name, tuple(found.short_names)) if found else None


def answers_for(*which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    asks = AskBody.__table__.join(Ask.__table__, ASK.id == ANSWERS.ask_id)
    return sa.exists().select_from(asks).where(ANSWERS.body_id == BODY.id, *which)


def list_places(session: Session) -> dict[str, str]:
    """Return the places where published asks would apply: slug to name, in the order of the alphabet."""
    return places_of(session.scalars(stored_places(*NOW.holds)))


def places_of(stored: Iterable[str]) -> dict[str, str]:
    """Return slug to name in stored lists, in the order of the alphabet; the last list decides on a name."""
    return _in_order(pair for each in stored for pair in names_in(each).items())


@lru_cache(maxsize=1000)
def names_in(stored: str) -> Mapping[str, str]:
    """Return slug to name of what stands in a stored list; two spellings with the same slug are one name."""
    return {slug_of_name(name): name for name in json.loads(stored)}


def stored_places(*which: sa.ColumnElement[bool]) -> sa.Select[str]:
    return sa.select(PLACES).where(*which).group_by(PLACES).order_by(LAST)


def _in_order(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    return dict(sorted(dict(names).items(), key=lambda pair: pair[1]))


PUBLIC_BODIES = sa.select(BODY.slug, BODY.name).where(answers_for(*NOW.holds))
