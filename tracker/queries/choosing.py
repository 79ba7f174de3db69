"""Finds the ask, law or source that somebody means by what they have at hand, however many there are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import Ask, FormerSlug, Legislation, Link, Source
from tracker.queries import staff_lists
from tracker.queries.known_pages import spellings_of
from tracker.rules.asks import AWAY
from tracker.rules.citations import parse_address, parse_citation
from tracker.rules.legislation import BILLS

MOST = 20
LONGEST = 2000
# Our own addresses, of the public site and of the staff area.
OURS = re.compile(r"(?:https?://[^/?#]+)?/(?P<staff>staff/)?(?P<what>asks|legislation)/(?P<key>[^?#]+?)/?(?:[?#].*)?")
NUMBER = re.compile(r"([0-9]{1,9})(?:/.*)?", re.ASCII)
Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Choice:
    """A record that can be chosen: its number, its key, what is typed for it, and words that tell it from others."""

    id: int
    key: str
    text: str
    label: str


@dataclass(frozen=True)
class Meant:
    """What a text may mean: records that it names, if `is_exact`, or that hold its words; at most MOST of `number`."""

    choices: Sequence[Choice]
    number: int
    is_exact: bool

    @property
    def only(self) -> Choice | None:
        """The one record that it can mean."""
        return self.choices[0] if self.is_exact and self.number == 1 else None


NOTHING = Meant((), 0, False)


class Choosing:
    """Among which records to choose. Each question costs a fixed number of statements."""

    model: ClassVar[Any]

    def __init__(self, session: Session, but_not: int | None = None) -> None:
        self.session = session
        self.but_not = but_not

    def find(self, text: str) -> Meant:
        """What the text means."""
        if not text or len(text) > LONGEST:
            return NOTHING
        return self._find_exactly(text) or self._search(text)

    def name(self, number: int) -> Choice | None:
        """A record by its number; what is typed for it means no other."""
        row = self.session.get(self.model, number)
        if row is None:
            return None
        choice = self._choice(row)
        exact = self._find_exactly(choice.text)
        return choice if exact and exact.number == 1 else replace(choice, text=choice.key)

    def likely(self) -> list[Choice]:
        """Some that are likely meant, the likeliest first, then the newest."""
        newest = self._all().order_by(self.model.id.desc()).limit(MOST)
        rows = [row for among in (newest.where(self._is_likely()), newest) for row in self.session.scalars(among)]
        return [self._choice(row) for row in dict.fromkeys(rows)][:MOST]

    def _find_exactly(self, text: str) -> Meant | None:
        for condition in self._exactly(text):
            rows = self.session.scalars(self._all().where(condition).order_by(self.model.id).limit(MOST)).all()
            if rows:
                return Meant([self._choice(row) for row in rows], len(rows), is_exact=True)
        return None

    def _search(self, text: str) -> Meant:
        found = staff_lists.search(self.session, self._all(), self.model, text, MOST)
        return Meant([self._choice(row) for row in found.rows], found.number, is_exact=False)

    def _all(self) -> sa.Select[Any]:
        chosen = sa.select(self.model)
        return chosen if self.but_not is None else chosen.where(self.model.id != self.but_not)

    def _is_likely(self) -> Condition:
        return sa.false()

    def _exactly(self, text: str) -> Iterator[Condition]:
        """What the text names, the surest way to read it first."""
        raise NotImplementedError

    def _choice(self, row: Any) -> Choice:
        raise NotImplementedError


class Asks(Choosing):
    """An ask by its title, its short name or its address on this site; likely are those of the same topic."""

    model = Ask

    def __init__(self, session: Session, but_not: int | None = None, topic: str = "") -> None:
        super().__init__(session, but_not)
        self.topic = topic

    def _exactly(self, text: str) -> Iterator[Condition]:
        yield sa.or_(Ask.title == text, Ask.slug == text)
        if number := _own_number(text, "asks"):
            yield Ask.id == number
        elif slug := _own_key(text, "asks").partition("/")[0]:
            former = sa.select(FormerSlug.ask_id).where(FormerSlug.slug == slug)
            yield sa.or_(Ask.slug == slug, Ask.id.in_(former))

    def _choice(self, row: Ask) -> Choice:
        return Choice(row.id, row.slug, row.title, f"{row.title} ({row.topic})")

    def _is_likely(self) -> Condition:
        return Ask.topic == self.topic


class Laws(Choosing):
    """A law by its citation, its title or an address; likely are those of the ask, or without one all but bills."""

    model = Legislation

    def __init__(self, session: Session, but_not: int | None = None, ask_id: int | None = None) -> None:
        super().__init__(session, but_not)
        self.ask_id = ask_id

    def _exactly(self, text: str) -> Iterator[Condition]:
        law, spellings = Legislation, spellings_of(text)
        yield sa.or_(law.key == text, law.citation == text, law.title == text, law.address.in_(spellings))
        if number := _own_number(text, "legislation"):
            yield law.id == number
        elif key := _own_key(text, "legislation"):
            yield law.key == key
        elif reference := parse_address(text) or parse_citation(text):
            yield law.identity == reference.identity

    def _choice(self, row: Legislation) -> Choice:
        return Choice(row.id, row.key, row.citation or row.title, ", ".join(filter(None, (row.title, row.citation))))

    def _is_likely(self) -> Condition:
        if self.ask_id is None:
            return Legislation.kind.not_in(BILLS)
        return Legislation.id.in_(sa.select(Link.legislation_id).where(Link.ask_id == self.ask_id))


class Sources(Choosing):
    """A source by its title, its key or its address; archived ones are offered no more, but for the present one."""

    model = Source

    def __init__(self, session: Session, present: int | None = None) -> None:
        super().__init__(session)
        self.present = present

    def _exactly(self, text: str) -> Iterator[Condition]:
        yield sa.or_(Source.key == text, Source.title == text, Source.url.in_(spellings_of(text)))

    def _choice(self, row: Source) -> Choice:
        by = ", ".join(filter(None, (row.author, row.publisher, row.published_on.in_words if row.published_on else "")))
        return Choice(row.id, row.key, row.title, f"{row.title} ({by})" if by else row.title)

    def _all(self) -> sa.Select[Any]:
        return super()._all().where(sa.or_(Source.publication.not_in(AWAY), Source.id == self.present))


def _own_key(text: str, what: str) -> str:
    """What an address of our public site names, such as ukpga/2018/13; "" for any other text."""
    found = OURS.fullmatch(text)
    return found["key"] if found and found["what"] == what and not found["staff"] else ""


def _own_number(text: str, what: str) -> int:
    """The number in an address of our staff area; 0 for any other text."""
    found = OURS.fullmatch(text)
    number = NUMBER.fullmatch(found["key"]) if found and found["what"] == what and found["staff"] else None
    return int(number[1]) if number else 0
