"""A whole folder brought into an empty tracker, with all that it says of the past.

What was judged in the past is not judged again: what the rules of today would not accept comes in and is named, and
an ask whose tests contradict its status stands on the desk.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.imports.building import Builder
from tracker.imports.folder import KINDS, read_folder, whole_row
from tracker.imports.past import Past
from tracker.imports.plan import Fault, Plan, TooMany
from tracker.models import Ask, Designation, Legislation, Link, Look, SanctionsList, Source, SuccessTest, Update
from tracker.queries.desk import QUESTIONED
from tracker.queries.stories import Story, entry_of
from tracker.rules import checks
from tracker.rules.asks import Publication
from tracker.rules.errors import Problem, refuse
from tracker.rules.legislation import BILLS
from tracker.rules.people import Action
from tracker.rules.publishers import PublisherDraft, check_publisher
from tracker.rules.standing import LinkedLaw, contradictions
from tracker.rules.text import SENTENCE_LENGTH, title_key
from tracker.rules.updates import check_publishable
from tracker.rules.wording import IMPORTED, IMPORTED_STEP, WORDING
from tracker.services import derived, records
from tracker.services.bodies import keep_publisher
from tracker.services.change import Change
from tracker.services.events import Subject, record
from tracker.services.updates import check_story

PUBLISHED = Publication.PUBLISHED


@dataclass
class Imported:
    """What came in: how many rows of each file, and what today's rules would not accept of it."""

    rows: dict[str, int]
    doubts: list[Fault] = field(default_factory=list)


def is_empty(session: Session) -> bool:
    """True if there is no content yet; people and their log may be there."""
    return not any(session.scalar(sa.select(model.id).limit(1)) for model in (Ask, Source, Legislation))


def bring_in(change: Change, folder: Path, plan: Plan, reason: str = "") -> Imported:
    """Bring in a folder; the caller undoes everything when the plan has faults afterwards."""
    change.require(Action.PUBLISH)
    refuse(checks.at_most(reason, SENTENCE_LENGTH, "reason"))
    if not is_empty(change.session):
        refuse([Problem("This tracker has content already, and a whole folder goes into an empty one.")])
    imported = Imported({})
    try:
        lines = read_folder(folder, plan)
        made = Builder(lines, change, plan)
        made.build()
        past, publishers = Past(made), _read_publishers(made)
        if not plan.faults:
            imported.doubts = _settle(made)
        imported.rows = {name: len(rows) for name, rows in lines.items() if rows}
        if not plan.faults:
            entries = _entries(made)  # before what names others is taken off
            _store(change, made)
            for subject, values in entries:
                record(change, IMPORTED, subject, after=values, reason=reason)
            for publisher in publishers:
                keep_publisher(change, publisher, None)
            _log(made, past, folder.name, imported.rows, reason)
            derived.mend(change.session)
    except IntegrityError as error:
        plan.fault("", 0, "", str(error.orig), "Rows that agree with each other.")
    except TooMany:
        pass
    return imported


def _read_publishers(made: Builder) -> list[PublisherDraft]:
    """Return the lines of the table of publishers; the plan is told of faulty rows."""
    drafts = []
    for line in made.lines["publishers"]:
        values = whole_row(line, made.plan)
        drafts.append(PublisherDraft(values["host"] or "", values["publisher"] or "", values["type"]))
        made.plan.refuse_all(line, check_publisher(drafts[-1]))
    return drafts


def _settle(made: Builder) -> list[Fault]:
    """Give each ask and its tests what the story says; return what today's rules would not accept of its entries."""
    tests, links, updates = (_by_ask(made.rows[name].values()) for name in ("tests", "links", "updates"))
    doubts: list[Fault] = []
    for ask_id, ask in made.rows["asks"].items():
        in_use = [test for test in tests[ask_id] if not test.is_archived]
        story = Story([], in_use, [_law(link) for link in links[ask_id] if _is_public(link)])
        public = [update for update in updates[ask_id] if update.publication is PUBLISHED]
        for update in sorted(public, key=attrgetter("published_at", "id")):
            doubts += _doubts(made, story, update)
            story.entries.append(entry_of(update))
        derived.settle(ask, story)
        ask.title_key = title_key(ask.title)
        if ask.publication.is_public and ask.status is None:
            line = made.lines["asks"][ask_id - 1]
            made.plan.refuse(
                line, "ask_slug", "A public ask needs a status: a published row of updates.csv that sets one."
            )
    return doubts


def _doubts(made: Builder, story: Story, update: Update) -> list[Fault]:
    """Return what today's rules say against an entry that joins a story."""
    draft, line = made.drafts[update.id], made.lines["updates"][update.id - 1]
    problems = check_publishable(draft, made.change.today) + check_story(story, entry_of(update), draft)
    columns = [problem.field if problem.field in line.cells else "" for problem in problems]
    return [
        Fault(line.file, line.number, column or "", line.cells.get(column or "", ""), problem.message)
        for column, problem in zip(columns, problems, strict=True)
    ]


def _store(change: Change, made: Builder) -> None:
    """Store all records. What names a row that may come later, and what closes a story, is written at the end."""
    laws = _take_off(made.rows["legislation"].values(), "becomes_id")
    replaced = _take_off(made.rows["asks"].values(), "superseded_by_id")
    same = _take_off(made.rows["asks"].values(), "same_as_id")
    public = [update for update in made.rows["updates"].values() if update.publication is PUBLISHED]
    closed = [{"id": row.id, "publication": PUBLISHED, "published_at": row.published_at} for row in public]
    for update in public:
        update.publication, update.published_at = Publication.DRAFT, None
    for table in (Designation, SanctionsList, Look):  # a look may have come first; the next one reads the list again
        change.session.execute(sa.delete(table))
    change.session.add_all([*made.entries.values(), *made.lists])
    for rows in made.rows.values():
        change.session.add_all(rows.values())
    change.session.flush()
    change.session.add_all([*made.redirects, *made.answering])
    for model, later in ((Legislation, laws), (Ask, replaced), (Ask, same), (Update, closed)):
        if later:
            change.session.execute(sa.update(model), later)
    _restart_numbers(change.session, [model for model, *_ in KINDS.values()])


def _restart_numbers(session: Session, models: Iterable[Any]) -> None:
    """Let PostgreSQL number new rows after those that came with a number; SQLite does so by itself."""
    if session.connection().dialect.name != "postgresql":
        return
    for model in models:
        sequence = sa.func.pg_get_serial_sequence(model.__tablename__, "id")
        last = sa.func.max(model.id)
        session.execute(sa.select(sa.func.setval(sequence, sa.func.coalesce(last, 1), last.is_not(None))))


def _take_off(rows: Iterable[Any], column: str) -> list[dict[str, object]]:
    """Take a column off rows, and return what it held."""
    held = [{"id": row.id, column: getattr(row, column)} for row in rows if getattr(row, column) is not None]
    for row in rows:
        setattr(row, column, None)
    return held


def _entries(made: Builder) -> list[tuple[Subject, dict[str, object]]]:
    """Return what the log says of each record: how it is called, and all that it holds."""
    former: dict[int, list[str]] = defaultdict(list)
    for redirect in made.redirects:
        former[redirect.ask_id].append(redirect.slug)
    entries = []
    for row in (row for name, rows in made.rows.items() if name != "evidence" for row in rows.values()):
        values = records.logged(row)
        if isinstance(row, Ask):
            values["former_slugs"] = former[row.id]
        entries.append((records.subject_of(row), values))
    return entries


def _log(made: Builder, past: Past, folder: str, rows: dict[str, int], reason: str) -> None:
    """Log what was in the past, which asks their tests contradict, and at the end all of it in one entry."""
    change, tests = made.change, _by_ask(made.rows["tests"].values())
    for ask in made.rows["asks"].values():
        if not ask.publication.is_public:
            continue
        steps = past.wordings.get(ask.id) or {1: _first_step(change, ask, tests[ask.id])}
        for _, step in sorted(steps.items()):
            after = {name: value for name, value in step.items() if name != "reason"}
            record(change, IMPORTED_STEP, records.subject_of(ask), after=after, reason=str(step["reason"]))
        results = [test.result for test in tests[ask.id] if not test.is_archived]
        if ask.publication is PUBLISHED and (said := contradictions(ask.status, results, ask.status_on)):
            record(change, QUESTIONED, records.subject_of(ask), reason=said[0])
    past.log()
    after = {
        "rows_added": sum(rows.values()),
        "rows_changed": 0,
        "tables": [f"{name}: {n}" for name, n in rows.items()],
    }
    record(change, "brought in", Subject("spreadsheet", 0, folder), after=after, reason=reason, is_public=True)
    change.session.flush()


def _first_step(change: Change, ask: Ask, tests: list[SuccessTest]) -> dict[str, object]:
    """Where the files do not say how an ask was worded: the words with which it is published now."""
    words = [(name, str(getattr(ask, name))) for name in WORDING if getattr(ask, name)]
    labels = [("label", test.label) for test in tests if not test.is_archived]
    texts = [[name, text, text] for name, text in words + labels]
    return {"changed_at": change.at, "what": "First published", "reason": "", "texts": texts}


def _by_ask(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.ask_id].append(row)
    return found


def _is_public(link: Link) -> bool:
    return link.publication is link.legislation.publication is PUBLISHED


def _law(link: Link) -> LinkedLaw:
    law = link.legislation
    dates = (law.introduced_on, law.enacted_on, law.lapsed_on, link.in_force_on)
    return LinkedLaw(link.effect, *dates, law.kind in BILLS, link.ended_on)
