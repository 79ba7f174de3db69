"""What waits for one person, from the lists of the desk."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.clock import LONDON
from tracker.models import Ask, Event, Person, Update
from tracker.queries import desk, findings
from tracker.queries.desk import list_contradicted
from tracker.queries.second_person import find_refusals, list_account_changes
from tracker.rules.dates import PartialDate
from tracker.rules.permissions import ALLOWED, Action

MOST = 10
LOOKED_THROUGH = 500


@dataclass(frozen=True)
class Task:
    """One thing to do; `path` is where on the site it is done."""

    name: str
    path: str
    detail: str = ""


@dataclass(frozen=True)
class Part:
    """Things of a kind, and how many more there are."""

    title: str
    lines: tuple[Task, ...]
    more: int


def waits_for(session: Session, person: Person, at: datetime, four_eyes: bool) -> list[Part]:
    """What the person can do about what waits, part by part; empty when there is nothing.

    Names only what every member of staff may see, and no text that is not public: mail is not a safe place.
    """
    found, today = [], at.astimezone(LONDON).date()
    if Action.PUBLISH in ALLOWED[person.role]:
        disputed = desk.list_disputed(session, MOST)
        found.append(_part("Disputed: answer due", [_to_answer(ask) for ask in disputed.rows], disputed.number))
        contradicted = [_to_decide(ask) for ask in list_contradicted(session)]
        found.append(_part("Tests and status disagree", contradicted))
        waiting = desk.list_waiting(session, LOOKED_THROUGH).rows
        refused = find_refusals(session, person.id, waiting, at) if four_eyes else {}
        waiting = [update for update in waiting if update.id not in refused]
        found.append(_part("Waiting for approval", [_to_approve(update) for update in waiting]))
        due = desk.list_due(session, today, MOST)
        found.append(_part("Due for a review", [_to_review(row) for row in due.rows], due.number))
        overdue = desk.list_overdue(session, today, MOST)
        lines = [Task(ask.title, f"/staff/asks/{ask.id}") for ask in overdue.rows]
        found.append(_part("Overdue deadlines and next steps", lines, overdue.number))
        others = [it for it in list_account_changes(session, at, LOOKED_THROUGH) if it.actor_id != person.id]
        found.append(_part("Accounts that were made, changed, reset or erased", [_to_know(it) for it in others]))
    new = findings.list_new(session, MOST)
    found.append(_part("From the official record", [_to_tell(row) for row in new.rows], new.number))
    if Action.PUBLISH in ALLOWED[person.role]:
        faults = [Task(what, "/staff/#record", sentence) for what, sentence in findings.find_faults(session, at)]
        found.append(_part("The official record was not read whole", faults))
    drafts = desk.list_drafts(session, person.id, LOOKED_THROUGH).rows
    found.append(_part("Your drafts", [_to_finish(update) for update in drafts if update.author_id == person.id]))
    return [part for part in found if part.lines]


def _part(title: str, lines: list[Task], number: int | None = None) -> Part:
    return Part(title, tuple(lines[:MOST]), (len(lines) if number is None else number) - len(lines[:MOST]))


def _to_approve(update: Update) -> Task:
    by = f"{update.kind.label.lower()}, by {update.author.name}" if update.author else update.kind.label.lower()
    return Task(update.ask.title, f"/staff/updates/{update.id}/approve", by)


def _to_answer(ask: Ask) -> Task:
    return Task(ask.title, f"/staff/asks/{ask.id}", f"by {ask.answer_due_on.in_words}" if ask.answer_due_on else "")


def _to_decide(ask: Ask) -> Task:
    return Task(ask.title, f"/staff/asks/{ask.id}", ask.status.label if ask.status else "")


def _to_review(due: desk.DueAsk) -> Task:
    since = f"due since {PartialDate(due.since.isoformat()).in_words}" if due.since else "never checked"
    return Task(due.ask.title, f"/staff/asks/{due.ask.id}", since)


def _to_know(event: Event) -> Task:
    return Task(event.subject_name, "/staff/#accounts", f"{event.action}, by {event.actor_name}")


def _to_tell(row: findings.NewFinding) -> Task:
    concerns = f"concerns {len(row.asks)} asks" if len(row.asks) != 1 else row.asks[0].title
    return Task(row.finding.says, f"/staff/findings/{row.finding.id}/tell", concerns)


def _to_finish(update: Update) -> Task:
    sent_back = "sent back to you" if update.sent_back_note else ""
    return Task(update.ask.title, f"/staff/updates/{update.id}/edit", sent_back)
