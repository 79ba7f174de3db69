"""What a reader asks of a list: which asks, in which order, from where on; alike in pages, files, feeds and JSON."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from tracker.rules.asks import AskKind
from tracker.rules.legislation import KEY
from tracker.rules.status import STATUSES_OF, Family, Status
from tracker.rules.text import Choice, clean, is_slug

LONGEST_SEARCH = 200
NO_KEY = "That page key leads nowhere. Begin again at the first page."
# Addresses with the keys that families had before go on working.
FORMER_FAMILIES = {"won": "met", "part": "partly_met", "lost": "ended"}
PARAMETERS = {"text": "q"}
YES = "yes"
SEPARATOR = "~"
NUMBER = re.compile(r"-?\d{1,9}", re.ASCII)


class UnknownFilter(Exception):
    """A filter has a value that does not exist; the message says which."""


class UnknownPage(UnknownFilter):
    """A list has no page with this key. Each is a new one: an exception that is raised again keeps every frame."""

    def __init__(self) -> None:
        super().__init__("“after” names no page of this list. Start from its first page.")


class Order(Choice):
    """How a list of asks is sorted."""

    CHANGED = "changed", "Last change"
    STATUS = "status"
    TITLE = "title"
    BEST = "best", "Best match"


@dataclass(frozen=True)
class AskFilter:
    """What a reader chose. `topic`, `body` and `place` are slugs, `law` and `source` keys; `text` is searched for.

    `overdue` asks for a deadline that was missed, `disputed` for something that is disputed.
    """

    family: Family | None = None
    status: Status | None = None
    topic: str = ""
    kind: AskKind | None = None
    body: str = ""
    law: str = ""
    text: str = ""
    source: str = ""
    place: str = ""
    overdue: bool = False
    disputed: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "AskFilter":
        """Read the filters of a query string; raises UnknownFilter for a value that cannot exist."""
        law = query.get("law", "")
        if law and not KEY.fullmatch(law):
            raise UnknownFilter("There is no such law.")
        return cls(
            family=_choice(Family, FORMER_FAMILIES.get(given := query.get("family", ""), given), "family"),
            status=_choice(Status, query.get("status", ""), "status"),
            topic=_slug(query.get("topic", ""), "topic"),
            kind=_choice(AskKind, query.get("kind", ""), "kind"),
            body=_slug(query.get("body", ""), "body"),
            law=law,
            text=text_of(query),
            source=_slug(query.get("source", ""), "source"),
            place=_slug(query.get("place", ""), "place"),
            overdue=_is_chosen(query.get("overdue", ""), "overdue"),
            disputed=_is_chosen(query.get("disputed", ""), "disputed"),
        )

    @property
    def is_empty(self) -> bool:
        return self == AskFilter()

    @property
    def statuses(self) -> tuple[Status, ...]:
        """The statuses that fit."""
        allowed = STATUSES_OF[self.family] if self.family else tuple(Status)
        return tuple(status for status in allowed if self.status in {None, status})

    @property
    def kinds(self) -> tuple[AskKind, ...]:
        """The kinds that fit."""
        return (self.kind,) if self.kind else tuple(AskKind)

    def as_query(self) -> dict[str, str]:
        """The parameters of an address with this filter."""
        return {PARAMETERS.get(name, name): YES if value is True else str(value) for name, value in self._chosen()}

    def without(self, name: str) -> "AskFilter":
        """The same filter with one choice taken back."""
        return replace(self, **{name: getattr(AskFilter(), name)})

    def _chosen(self) -> Iterator[tuple[str, Any]]:
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return ((name, value) for name, value in values if value)


EVERY_ASK = AskFilter()
# The names of the parameters that a filter reads.
FILTER_PARAMETERS = tuple(PARAMETERS.get(field.name, field.name) for field in fields(AskFilter))


def text_of(query: Mapping[str, str]) -> str:
    """Return the text that a query string searches for; raises UnknownFilter for one that cannot be searched for."""
    try:
        text = clean(query.get("q", ""))
    except ValueError as error:
        raise UnknownFilter(str(error)) from None
    if len(text) > LONGEST_SEARCH:
        raise UnknownFilter(f"Search for at most {LONGEST_SEARCH} characters.")
    return text


def order_of(query: Mapping[str, str], wanted: AskFilter) -> Order:
    """The order that a query string asks for; a search shows the best matches first."""
    order = _choice(Order, query.get("sort", ""), "order")
    if order is Order.BEST and not wanted.text:
        raise UnknownFilter("The best match needs words to look for.")
    return order or (Order.BEST if wanted.text else Order.CHANGED)


def _choice(enum: Any, value: str, name: str) -> Any:
    if not value:
        return None
    try:
        return enum(value)
    except ValueError:
        raise UnknownFilter(f"There is no such {name}.") from None


def _is_chosen(value: str, name: str) -> bool:
    if value not in {"", YES}:
        raise UnknownFilter(f"Write {name}={YES}, or leave it out.")
    return bool(value)


def _slug(value: str, name: str) -> str:
    if value and not is_slug(value):
        raise UnknownFilter(f"There is no such {name}.")
    return value


def write_key(values: Sequence[Any]) -> str:
    """The place of a row as text, such as Tax empty homes~12."""
    return SEPARATOR.join(value.isoformat() if isinstance(value, datetime) else str(value) for value in values)


def read_key(kinds: Sequence[type], key: str) -> list[Any]:
    """Return the values of these kinds in a key; only the first can be text that contains the separator."""
    parts = key.rsplit(SEPARATOR, len(kinds) - 1)
    if len(parts) != len(kinds):
        raise UnknownPage
    try:
        return [READERS[kind](part) for kind, part in zip(kinds, parts, strict=True)]
    except (ValueError, OverflowError):
        raise UnknownPage from None


def _number(text: str) -> int:
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _text(text: str) -> str:
    clean(text)  # raises ValueError for what no database can be asked for
    return text


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


READERS: Mapping[type, Callable[[str], Any]] = {int: _number, str: _text, datetime: _moment}
