"""Which asks a reader wants to see: one filter for the status page, its counts and its files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tracker.models import Ask
from tracker.rules.asks import AskKind, Publication
from tracker.rules.status import STATUSES_OF, Family, Status
from tracker.rules.text import clean, fold

LONGEST_SEARCH = 200
MOST_WORDS = 8
LIKE_SPECIAL = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


class UnknownFilter(Exception):
    """A filter has a value that does not exist; the message says which."""


@dataclass(frozen=True)
class AskFilter:
    """What a reader chose. `topic` is a topic's slug; `text` is looked for word by word."""

    family: Family | None = None
    status: Status | None = None
    kind: AskKind | None = None
    topic: str = ""
    text: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "AskFilter":
        """Read the filters of a query string; raises UnknownFilter for a value that does not exist."""
        try:
            text = clean(query.get("q", ""))
        except ValueError as error:
            raise UnknownFilter(str(error)) from None
        if len(text) > LONGEST_SEARCH:
            raise UnknownFilter(f"Search for at most {LONGEST_SEARCH} characters.")
        return cls(
            family=_choice(Family, query.get("family", ""), "family"),
            status=_choice(Status, query.get("status", ""), "status"),
            kind=_choice(AskKind, query.get("kind", ""), "kind"),
            topic=query.get("topic", "")[:LONGEST_SEARCH],
            text=text,
        )

    @property
    def is_empty(self) -> bool:
        return self == AskFilter()

    def conditions(self, topics: Mapping[str, str]) -> list[sa.ColumnElement[bool]]:
        """The filter as SQL; `topics` maps the slugs of all topics to their names."""
        conditions: list[sa.ColumnElement[bool]] = [Ask.publication == Publication.PUBLISHED]
        if self.family:
            conditions.append(Ask.status.in_(STATUSES_OF[self.family]))
        if self.status:
            conditions.append(Ask.status == self.status)
        if self.kind:
            conditions.append(Ask.kind == self.kind)
        if self.topic:
            if self.topic not in topics:
                raise UnknownFilter("There is no such topic.")
            conditions.append(Ask.topic == topics[self.topic])
        words = fold(self.text).split()[:MOST_WORDS]
        conditions += [Ask.search_text.like(f"%{word.translate(LIKE_SPECIAL)}%", escape="\\") for word in words]
        return conditions


def _choice(enum: Any, value: str, name: str) -> Any:
    if not value:
        return None
    try:
        return enum(value)
    except ValueError:
        raise UnknownFilter(f"There is no such {name}.") from None
