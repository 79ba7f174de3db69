"""The bodies that answer for asks. An ask names them; two spellings with the same slug are one body."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.queries.public.as_of import ASK, NOW
from tracker.rules.text import slug_of_name

# The bodies of an ask as they are stored, which is how the database compares them.
STORED = sa.cast(ASK.responsible_bodies, sa.Text)
# The ask that was entered last decides how a body is written.
LAST = sa.func.max(ASK.id)
_STORED = sa.select(STORED).where(*NOW.holds).group_by(STORED).order_by(LAST)


def list_bodies(session: Session) -> dict[str, str]:
    """The bodies that answer for published asks: slug to name, in the order of the alphabet."""
    return bodies_in(session.scalars(_STORED))


def list_spellings(session: Session, slug: str) -> list[str]:
    """The values of STORED among which a body is."""
    return [stored for stored in session.scalars(_STORED) if slug in names_in(stored)]


def bodies_in(stored: Iterable[str]) -> dict[str, str]:
    """Slug to name of the bodies in stored lists, in the order of the alphabet; the last list decides on a name."""
    names = {slug: name for each in stored for slug, name in names_in(each).items()}
    return dict(sorted(names.items(), key=lambda body: body[1]))


@lru_cache(maxsize=1000)
def names_in(stored: str) -> Mapping[str, str]:
    """Slug to name of the bodies in a stored list."""
    return {slug_of_name(name): name for name in json.loads(stored)}
