"""What follows from an ask and its story for lists, counts, the past and search."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from tracker.db.fulltext import Texts
from tracker.models import Ask, Link, Update
from tracker.models.listing import TITLE_KEY_LENGTH
from tracker.queries.stories import entry_of
from tracker.queries.words import stems
from tracker.rules.asks import AskKind, Publication
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.rules.story import spans_of
from tracker.rules.text import fold, slugify
from tracker.rules.updates import UpdateKind

PUBLISHED = Publication.PUBLISHED


class Row(NamedTuple):
    """An ask in a scope, as the table `listing` holds it."""

    scope: str
    topic: str
    kind: AskKind
    status: Status
    changed_on: PartialDate
    title_key: str


class SpanRow(NamedTuple):
    """A status and its days, as the table `status_span` holds them."""

    begins_on: str
    ends_on: str | None
    happened_on: PartialDate
    status: Status
    reason: str


@dataclass(frozen=True)
class Derived:
    """All that lists and counts know of one ask; nothing for one that is not published."""

    rows: frozenset[Row] = frozenset()
    spans: frozenset[SpanRow] = frozenset()

    @property
    def cells(self) -> Counter[tuple[str, str, AskKind, Status]]:
        """What the ask adds to `ask_count`: with its topic and, in the sum over all topics, without."""
        return Counter((row.scope, topic, row.kind, row.status) for row in self.rows for topic in (row.topic, ""))

    @property
    def flows(self) -> Counter[tuple[str, Status]]:
        """What the ask adds to `status_flow`: it comes to a status on one day and leaves it on another."""
        flows: Counter[tuple[str, Status]] = Counter()
        for span in self.spans:
            for day, number in ((span.begins_on, 1), (span.ends_on, -1)):
                if day:
                    flows[day[:4], span.status] += number
                    flows[day, span.status] += number
        return flows


def derivable() -> sa.Select[Ask]:
    """Asks with everything that is needed to derive the rest."""
    return sa.select(Ask).options(
        selectinload(Ask.updates).selectinload(Update.results),
        selectinload(Ask.links).joinedload(Link.legislation),
        selectinload(Ask.tests),
    )


def derive(ask: Ask) -> Derived:
    """What lists and counts must hold of an ask; needs it loaded by `derivable`."""
    if ask.publication is not PUBLISHED or not ask.status or not ask.status_on:
        return Derived()
    title_key = fold(ask.title)[:TITLE_KEY_LENGTH]
    return Derived(
        rows=frozenset(
            Row(scope, ask.topic, ask.kind, ask.status, ask.status_on, title_key) for scope in scopes_of(ask)
        ),
        spans=frozenset(
            SpanRow(
                span.begins_on.isoformat(),
                span.ends_on.isoformat() if span.ends_on else None,
                span.entry.happened_on,
                span.entry.status,
                span.entry.reason,
            )
            for span in spans_of(map(entry_of, public_updates(ask)))
            if span.entry.status
        ),
    )


def scopes_of(ask: Ask) -> set[str]:
    """The scopes in which the ask stands: that of all asks, and those of its bodies and laws."""
    return {"", *bodies_of(ask), *(f"law/{link.legislation.key}" for link in public_links(ask))}


def bodies_of(ask: Ask) -> dict[str, str]:
    """The scopes of the bodies that answer for the ask, with their names."""
    return {f"body/{slugify(body)}": body for body in ask.responsible_bodies if slugify(body)}


def texts_of(ask: Ask) -> Texts | None:
    """The words by which the ask is found; None when it is not to be found."""
    if ask.publication is not PUBLISHED:
        return None
    wording = (
        ask.summary,
        ask.quote,
        ask.reading,
        ask.status_reason,
        *(test.label for test in ask.tests if not test.is_archived),
    )
    entries = (text for update in public_updates(ask) for text in (update.text, update.reason))
    laws = (
        text
        for link in public_links(ask)
        for text in (link.legislation.title, link.legislation.citation, link.provisions, link.note)
    )
    return stems(ask.title), _stems_of_all(wording), _stems_of_all([*entries, *laws])


def public_updates(ask: Ask) -> list[Update]:
    """The published entries of its story."""
    return [update for update in ask.updates if update.publication is PUBLISHED]


def public_links(ask: Ask) -> list[Link]:
    """Its published links to published law."""
    return [link for link in ask.links if link.publication is PUBLISHED and link.legislation.publication is PUBLISHED]


def kinds_of(ask: Ask) -> Counter[UpdateKind]:
    """How many published entries of each kind its story has."""
    return Counter(update.kind for update in public_updates(ask))


def _stems_of_all(texts: Iterable[str]) -> list[str]:
    return stems("\n".join(texts))
