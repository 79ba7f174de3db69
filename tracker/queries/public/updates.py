"""The entries of all published asks, the newest first: by when we published them, then by when they happened.

And what Corrections tells from the log: disputes that ended, and words that were taken down."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from tracker.clock import day_of
from tracker.models import Ask, Event, SuccessTest, TestResult, Update
from tracker.queries.public.as_of import HIDDEN, ONLY_PUBLISHED, is_corrected, is_one_of, is_published
from tracker.queries.public.filters import NO_KEY, UnknownFilter
from tracker.rules.asks import Publication
from tracker.rules.chain import TAKEN_DOWN
from tracker.rules.dates import PartialDate
from tracker.rules.disputes import IMPORTED_END, IMPORTED_TAKING, SETTLED, happened_at
from tracker.rules.status import Status
from tracker.rules.updates import Result, UpdateKind

PAGE_SIZE = 30
MOST = 100
LOOKED_THROUGH = 200
MOMENT = "%Y%m%dT%H%M%S%f"
KEY = re.compile(r"(\d{8}T\d{12})~([\d-]{4,10})~(\d{1,9})", re.ASCII)
Corrected = aliased(Update)
FIELDS = ("id", "key", "kind", "happened_on", "recorded_at", "published_at", "text", "status", "reason")
ORDER = (Update.published_at, Update.happened_on, Update.id)
NEWEST_FIRST = tuple(column.desc() for column in ORDER)
PLACE = ("after_moment", "after_day", "after_id")
Results = Mapping[int, tuple[tuple[str, Result], ...]]


class UpdateLine(NamedTuple):
    """An entry of some ask's story, in a list of entries of all asks; `corrects` is the entry that it puts right.

    From its key on it has FIELDS, in their order. `is_corrected` says whether a later entry puts this one right.
    """

    ask_slug: str
    ask_title: str
    key: str
    kind: UpdateKind
    happened_on: PartialDate
    recorded_at: datetime
    published_at: datetime
    text: str
    status: Status | None
    reason: str
    results: tuple[tuple[str, Result], ...]
    is_corrected: bool
    corrects: "UpdateLine | None" = None


@dataclass(frozen=True)
class UpdatePage:
    """A page of entries. `next_key` is where the next page begins; empty on the last."""

    entries: tuple[UpdateLine, ...]
    next_key: str

    @property
    def by_day(self) -> list[tuple[date, list[UpdateLine]]]:
        """The entries by the day on which they were published."""
        days = groupby(self.entries, lambda entry: day_of(entry.published_at))
        return [(day, list(entries)) for day, entries in days]


class EndedDispute(NamedTuple):
    """What was disputed about an ask, since when until when, and what came of it; not by whom."""

    ask_slug: str
    title: str
    since: PartialDate
    about: str
    ended_at: datetime
    outcome: str


class TakingDown(NamedTuple):
    """When words were taken out of how many texts, and why; not which. None: only former wordings had them."""

    taken_down_at: datetime
    reason: str
    places: int | None


def list_updates(
    session: Session,
    kind: UpdateKind | None = None,
    after: str = "",
    size: int = PAGE_SIZE,
    *,
    news_only: bool = False,
) -> UpdatePage:
    """A page of entries, of one kind or of all; `after` is the key of the page before. Costs two queries.

    With `news_only` those are left out that say only that we looked and nothing changed, or that we do not know.
    Raises UnknownFilter for a key that no page has given.
    """
    place = _place(after) if after else {}
    statement = _statement(has_kind=kind is not None, has_place=bool(place), news_only=news_only)
    rows = session.execute(statement, {"kind": kind, "most": size + 1, **place}).all()
    shown = rows[:size]
    results = _results(session, {id_ for row in shown for id_ in (row.id, row.corrected_id) if id_})
    entries = tuple(_line(row, results) for row in shown)
    return UpdatePage(entries, _key_of(shown[-1]) if len(rows) > size else "")


def count_updates(session: Session) -> dict[UpdateKind, int]:
    """How many entries of each kind there are; every kind is named. Those of hidden asks are few, and subtracted.

    So are the other kinds from all, which leaves the milestones: most entries are one, and all are counted at once.
    """
    counts = dict.fromkeys(UpdateKind, 0) | {UpdateKind.MILESTONE: session.scalar(_ALL_PUBLISHED) or 0}
    for kind, number in session.execute(_OTHERS):
        counts[kind] += number
        counts[UpdateKind.MILESTONE] -= number
    for kind, number in session.execute(_OF_HIDDEN_ASKS):
        counts[kind] -= number
    return counts


def list_ended_disputes(
    session: Session, ask_id: int | None = None, which: Sequence[Publication] = ONLY_PUBLISHED, most: int | None = MOST
) -> Sequence[EndedDispute]:
    """Return the disputes about one ask, or about all of these, that ended; the newest first."""
    ended = (
        sa.select(Ask.slug, Ask.title, Event.before, Event.at, Event.after, Event.reason)
        .join(Ask, Ask.id == Event.subject_id)
        .where(Event.action.in_((SETTLED, IMPORTED_END)), Event.subject == "ask")
        .where(Ask.id == ask_id if ask_id else is_one_of(Ask.publication, which))
    )
    return [
        EndedDispute(ask, title, PartialDate(was["disputed_on"]), was["disputed_about"], happened_at(at, after), why)
        for ask, title, was, at, after, why in session.execute(ended.order_by(Event.id.desc()).limit(most))
    ]


def list_takings_down(session: Session, most: int | None = MOST) -> Sequence[TakingDown]:
    """Return when words were taken down and why, the newest first."""
    taken = sa.select(Event.at, Event.reason, Event.after).where(Event.action.in_((TAKEN_DOWN, IMPORTED_TAKING)))
    found = session.execute(taken.order_by(Event.id.desc()).limit(most))
    return [TakingDown(happened_at(at, after), reason, after["places"] or None) for at, reason, after in found]


@cache
def _statement(*, has_kind: bool, has_place: bool, news_only: bool) -> sa.Select[Any]:
    """Made once: putting it together takes longer than the database needs.

    Whether an entry is corrected is asked of those on the page alone; PostgreSQL would ask it of all entries.
    """
    statement = (
        sa.select(Ask.slug, Ask.title, *_columns(Update, ""), *_columns(Corrected, "corrected_"))
        .join(Update.ask)
        .outerjoin(Corrected, Corrected.id == Update.corrects_id)
        .where(*_SHOWN)
        .order_by(*NEWEST_FIRST)
        .limit(sa.bindparam("most", type_=sa.Integer))
    )
    if has_kind:
        statement = statement.where(Update.kind == sa.bindparam("kind", type_=Update.kind.type))
    if news_only:
        statement = statement.where(Update.id.in_(_news()))
    if has_place:
        place = (sa.bindparam(name, type_=column.type) for name, column in zip(PLACE, ORDER, strict=True))
        statement = statement.where(sa.tuple_(*ORDER) < sa.tuple_(*place))
    page = statement.subquery("page")
    in_order = (page.c[column.key].desc() for column in ORDER)
    return sa.select(*page.c, is_corrected(page.c.id).label("is_corrected")).order_by(*in_order)


def _news() -> sa.CompoundSelect[int]:
    """Return the statement for the newest entries of each kind but reviews, so that no kind crowds out another."""
    found = []
    for kind in [kind for kind in UpdateKind if kind is not UpdateKind.REVIEW]:
        of_kind = sa.select(Update.id).join(Update.ask).where(Update.kind == kind, *_SHOWN)
        newest = of_kind.order_by(*NEWEST_FIRST).limit(LOOKED_THROUGH).subquery().select()
        if kind is UpdateKind.TEST:
            told = (TestResult.update_id.in_(newest), TestResult.result != Result.UNKNOWN)
            newest = sa.select(TestResult.update_id).where(*told)
        found.append(newest)
    return sa.union_all(*found)


def _columns(entry: Any, prefix: str) -> list[sa.Label[Any]]:
    return [getattr(entry, name).label(f"{prefix}{name}") for name in FIELDS]


def _results(session: Session, ids: Iterable[int]) -> Results:
    """The test results that these entries carry, by the entry's id."""
    found: dict[int, tuple[tuple[str, Result], ...]] = {}
    for id_, label, result in session.execute(_RESULTS, {"ids": [*ids]}):
        found[id_] = (*found.get(id_, ()), (label, result))
    return found


def _line(row: sa.Row[Any], results: Results) -> UpdateLine:
    end = 2 + len(FIELDS)
    corrects = _record(row, row[end:-1], results, is_corrected=True) if row.corrected_id else None
    return _record(row, row[2:end], results, is_corrected=row.is_corrected, corrects=corrects)


def _record(
    row: sa.Row[Any], fields: Sequence[Any], results: Results, *, is_corrected: bool, corrects: UpdateLine | None = None
) -> UpdateLine:
    id_, *told = fields
    return UpdateLine._make((row.slug, row.title, *told, results.get(id_, ()), is_corrected, corrects))


def _key_of(row: sa.Row[Any]) -> str:
    return f"{row.published_at:{MOMENT}}~{row.happened_on}~{row.id}"


def _place(key: str) -> dict[str, object]:
    """The place that a page key means, as values to compare with ORDER."""
    parts = KEY.fullmatch(key)
    if not parts:
        raise UnknownFilter(NO_KEY)
    try:
        moment = datetime.strptime(parts[1], MOMENT).replace(tzinfo=UTC)
        happened_on = PartialDate.parse(parts[2])
    except ValueError:
        raise UnknownFilter(NO_KEY) from None
    return dict(zip(PLACE, (moment, happened_on, int(parts[3])), strict=True))


_SHOWN = (Update.publication == Publication.PUBLISHED, Ask.publication == Publication.PUBLISHED)
_RESULTS = (
    sa.select(TestResult.update_id, SuccessTest.label, TestResult.result)
    .join(TestResult.test)
    .where(TestResult.update_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(TestResult.update_id, TestResult.test_id)
)
_COUNTED = sa.select(Update.kind, sa.func.count()).group_by(Update.kind)
_OTHER_KINDS = Update.kind.in_([kind for kind in UpdateKind if kind is not UpdateKind.MILESTONE])
_OTHERS = _COUNTED.where(Update.publication == Publication.PUBLISHED, _OTHER_KINDS)
_HIDDEN_ASKS = sa.select(Ask.id).where(Ask.publication.in_(HIDDEN))
_OF_HIDDEN_ASKS = _COUNTED.where(is_published(Update.publication), Update.ask_id.in_(_HIDDEN_ASKS))
_ALL = sa.select(sa.func.count()).select_from(Update)
_ALL_PUBLISHED = sa.select(_ALL.scalar_subquery() - _ALL.where(Update.publication.in_(HIDDEN)).scalar_subquery())
