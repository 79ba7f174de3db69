"""One look at the official record: each source is read, what is new becomes findings, how it went is kept."""

import fcntl
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from tracker.clock import day_of
from tracker.db.engine import reading, writing
from tracker.models import Ask, Finding, Legislation, Link, Look, Revision
from tracker.official.fetching import Answers, Unreachable, Unreadable
from tracker.official.findings import note, withdraw_missing
from tracker.rules.asks import AWAY, Publication
from tracker.rules.dates import FIRST_YEAR, PartialDate
from tracker.rules.official import SOURCES, UNREAD, LookOutcome
from tracker.rules.text import SENTENCE_LENGTH
from tracker.services.files import part_of

MANY = 500
RECENT = timedelta(days=30)
DOWN_AFTER = 3
RESUME_WITHIN = timedelta(hours=6)
TOLERANCE = timedelta(minutes=5)

T = TypeVar("T")
R = TypeVar("R")
MISSHAPEN = (KeyError, TypeError, ValueError, AttributeError, IndexError)


@dataclass
class Looking:
    """A look at one source, as its reader sees it. With `dry_run` nothing is kept.

    `row` is what is kept of it, `new` what the new findings say, `skipped` what could not be read and why, `about` the
    law that is being read.
    """

    engine: sa.Engine
    answers: Answers
    at: datetime
    source: str
    say: Callable[[str], None]
    dry_run: bool = False
    new: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    about: str = ""

    def __post_init__(self) -> None:
        self.row = Look(source=self.source, looked_at=self.at, records=0)

    @cached_property
    def followed(self) -> Sequence[Legislation]:
        """Return the laws and bills that are linked to a published ask, each with its links to such asks."""
        hangs = sa.and_(
            Link.publication.not_in(AWAY),
            Link.ask_id.in_(sa.select(Ask.id).where(Ask.publication == Publication.PUBLISHED)),
        )
        laws = sa.select(Legislation).where(Legislation.publication.not_in(AWAY), Legislation.links.any(hangs))
        loaded = selectinload(Legislation.links.and_(hangs))
        with reading(self.engine) as session:
            return session.scalars(laws.options(loaded).order_by(Legislation.id)).all()

    @cached_property
    def today(self) -> PartialDate:
        """Return the day of the look."""
        return PartialDate(day_of(self.at).isoformat())

    def is_recent(self, day: PartialDate | None) -> bool:
        """True for a day that makes news. What is older was there before anybody looked."""
        return day is not None and day.first_day >= self.today.first_day - RECENT

    def each(self, laws: Sequence[Legislation], read: Callable[[Legislation], None]) -> None:
        """Read what the source says of one law after the other; one that cannot be read is told and spoils no other.

        Raises Unreadable when none can be read, or the source gave no answer so many times in a row.
        """
        unreachable = 0
        for number, law in enumerate(laws, 1):
            self.say(f"{SOURCES[self.source]}: {number} of {len(laws)}")
            self.about = law.title
            try:
                read(law)
            except Unreadable as error:
                self.skipped.append(f"{self.about}: {error}")
                unreachable = unreachable + 1 if isinstance(error, Unreachable) else 0
                if unreachable == DOWN_AFTER:
                    raise
            except MISSHAPEN as error:
                self.skipped.append(f"{self.about}: the answer has another shape than before ({error!r}).")
            else:
                self.row.records += 1
                unreachable = 0
        if laws and not self.row.records:
            raise Unreadable(self.skipped[0])

    def sound(self, records: Iterable[T], read: Callable[[T], R]) -> list[R]:
        """Return what is read of each record; one that is misshapen is told and left out."""
        results = []
        for record in records:
            try:
                results.append(read(record))
            except MISSHAPEN as error:
                self.skipped.append(f"{self.about}: a record is misshapen ({error!r}).")
        return results

    def keep(self, found: Iterable[Finding], *, key_prefix: str = "", keys: Collection[str] = ()) -> None:
        """Keep what was found in one transaction.

        With a prefix the undecided findings under it whose keys are not among `keys` are withdrawn: all that the
        record has now. A record that suddenly has nothing withdraws nothing.
        """
        with self.writing() as session:
            self.note(session, found)
            if keys:
                withdraw_missing(session, key_prefix, keys)

    def note(self, session: Session, found: Iterable[Finding]) -> None:
        """Keep what was found in this transaction."""
        self.new += [finding.says for each in found if (finding := note(session, each, self.at))]

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Return a transaction, undone at its end on a dry run."""
        with writing(self.engine) as session:
            yield session
            if self.dry_run:
                session.rollback()


Reader = Callable[[Looking], None]


def look(looking: Looking, reader: Reader) -> Look:
    """Read one source and keep how it went."""
    row = looking.row
    try:
        with reading(looking.engine) as session:
            last = session.scalar(sa.select(sa.func.max(Look.looked_at)))
        if last and looking.at < last - TOLERANCE:
            raise Unreadable(
                f"The clock of this machine is behind the last look, of {last:%d %B %Y %H:%M} UTC. Set it."
            )
        reader(looking)
    except Unreadable as error:
        row.outcome, sentence = LookOutcome.FAILED, str(error)
    except MISSHAPEN as error:
        row.outcome, sentence = LookOutcome.FAILED, f"It answered in another shape than before ({error!r})."
    else:
        row.outcome, sentence = LookOutcome.OK, _summary(looking)
    row.sentence = sentence[:SENTENCE_LENGTH]
    with looking.writing() as session:
        session.add(row)
        session.flush()
        session.expunge(row)
        # Public pages say when a machine looked.
        session.execute(sa.update(Revision).values(number=Revision.number + 1))
    return row


def read_day(text: str | None) -> PartialDate | None:
    """Return the day at the beginning of a moment such as "2026-11-12T00:00:00"; raises ValueError."""
    if not text:
        return None
    day = date.fromisoformat(text[:10])
    if day.year < FIRST_YEAR:
        raise ValueError(f"{day} is no day")
    return PartialDate(day.isoformat())


def _summary(looking: Looking) -> str:
    """Return what a look that went well says: what it could not read, and if it found too much to be true."""
    sentences = []
    if len(looking.new) > MANY:
        sentences.append(f"{len(looking.new)} findings at once: see whether the source is right before you tell any.")
    if looking.skipped:
        sentences.append(f"{len(looking.skipped)} {UNREAD}, the first: {looking.skipped[0]}")
    return " ".join(sentences)


@contextmanager
def only_one(folder: Path, at: datetime) -> Iterator[datetime | None]:
    """Hold the lock of looks; raises BlockingIOError while another look runs.

    Yields since when answers are taken as they are: from the beginning of a look of the last hours that was
    interrupted, else None.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    begun, since = folder / "begun", None
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if begun.exists():
            since = datetime.fromisoformat(begun.read_text(encoding="ascii"))
        if since is None or not at - RESUME_WITHIN < since <= at:
            since = None
            with part_of(begun, replace=True) as part:
                part.write_text(at.isoformat(), encoding="ascii")
        yield since
        begun.unlink()
