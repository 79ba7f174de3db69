"""The bodies that answer for asks, and the places where these would apply: lists of names that asks hold.

Two spellings with the same slug are one name.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.queries.public.as_of import ASK, NOW
from tracker.rules.asks import PUBLIC
from tracker.rules.text import slug_of_name

# The ask that was entered last decides how a name is written.
LAST = sa.func.max(ASK.id)


@dataclass(frozen=True)
class NameList:
    """A column that holds a list of names; `stored` is how the database compares the lists."""

    stored: Any

    def names(self, session: Session) -> dict[str, str]:
        """The names in the lists of published asks: slug to name, in the order of the alphabet."""
        return names_of(session.scalars(self._lists(*NOW.holds)))

    def find(self, session: Session, slug: str) -> str | None:
        """The name with this slug; None where no ask that is or was public has it."""
        return names_of(session.scalars(self._lists(ASK.publication.in_(PUBLIC)))).get(slug)

    def holds(self, session: Session, slug: str) -> sa.ColumnElement[bool] | None:
        """The condition that an ask's list has a name; None where no ask that is or was public has."""
        lists = self._lists(ASK.publication.in_(PUBLIC))
        spellings = [stored for stored in session.scalars(lists) if slug in names_in(stored)]
        return self.stored.in_(spellings) if spellings else None

    def _lists(self, *which: sa.ColumnElement[bool]) -> sa.Select[str]:
        return sa.select(self.stored).where(*which).group_by(self.stored).order_by(LAST)


BODIES = NameList(sa.cast(ASK.responsible_bodies, sa.Text))
PLACES = NameList(sa.cast(ASK.jurisdictions, sa.Text))


def list_bodies(session: Session) -> dict[str, str]:
    """The bodies that answer for published asks: slug to name, in the order of the alphabet."""
    return BODIES.names(session)


def find_body(session: Session, slug: str) -> str | None:
    """The name of a body that answers for an ask that is or was public."""
    return BODIES.find(session, slug)


def names_of(stored: Iterable[str]) -> dict[str, str]:
    """Slug to name in stored lists, in the order of the alphabet; the last list decides on a name."""
    names = {slug: name for each in stored for slug, name in names_in(each).items()}
    return dict(sorted(names.items(), key=lambda pair: pair[1]))


@lru_cache(maxsize=1000)
def names_in(stored: str) -> Mapping[str, str]:
    """Slug to name of what stands in a stored list."""
    return {slug_of_name(name): name for name in json.loads(stored)}
