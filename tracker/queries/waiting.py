"""What waits for one person, from the lists of the desk."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from tracker.clock import day_of
from tracker.models import Ask, Person, Update
from tracker.queries import desk, findings
from tracker.queries.people import find_refusals, list_account_changes
from tracker.rules.dates import PartialDate
from tracker.rules.people import ALLOWED, Action

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
    """Return what the person can do about what waits, part by part; empty when there is nothing.

    Names only what every member of staff may see, and no text that is not public: mail is not a safe place.
    """
    found, today, may_publish = [], day_of(at), Action.PUBLISH in ALLOWED[person.role]
    if may_publish:
        disputed = desk.list_disputed(session, MOST)
        by = [(ask, f"by {ask.answer_due_on.in_words}" if ask.answer_due_on else "") for ask in disputed.rows]
        found.append(_part("Disputed: answer due", [_of_ask(*each) for each in by], disputed.number))
        contradicted = desk.list_contradicted(session, MOST)
        judged = [_of_ask(ask, ask.status.label if ask.status else "") for ask in contradicted.rows]
        found.append(_part("Tests and status disagree", judged, contradicted.number))
        waiting = desk.list_waiting(session, LOOKED_THROUGH).rows
        refused = find_refusals(session, person.id, waiting, at) if four_eyes else {}
        found.append(_part("Waiting for approval", [_to_approve(it) for it in waiting if it.id not in refused]))
        due = desk.list_due(session, today, MOST)
        found.append(_part("Due for a review", [_to_review(row) for row in due.rows], due.number))
        overdue = desk.list_overdue(session, today, MOST)
        found.append(_part("Overdue deadlines and next steps", [_of_ask(it) for it in overdue.rows], overdue.number))
        others = [it for it in list_account_changes(session, at, LOOKED_THROUGH) if it.actor_id != person.id]
        known = [Task(it.subject_name, "/staff/#accounts", f"{it.action}, by {it.actor_name}") for it in others]
        found.append(_part("Accounts that were changed, and words taken down", known))
    new = findings.list_new(session, MOST)
    found.append(_part("From the official record", [_to_tell(row) for row in new.rows], new.number))
    if may_publish:
        faults = [Task(what, "/staff/#record", sentence) for what, sentence in findings.find_faults(session, at)]
        found.append(_part("The official record was not read whole", faults))
    drafts = desk.list_drafts(session, person.id, LOOKED_THROUGH).rows
    found.append(_part("Your drafts", [_to_finish(update) for update in drafts if update.author_id == person.id]))
    return [part for part in found if part.lines]


def _part(title: str, lines: list[Task], number: int | None = None) -> Part:
    return Part(title, tuple(lines[:MOST]), (len(lines) if number is None else number) - len(lines[:MOST]))


def _of_ask(ask: Ask, detail: str = "") -> Task:
    return Task(ask.title, f"/staff/asks/{ask.id}", detail)


def _to_approve(update: Update) -> Task:
    by = f", by {update.author.name}" if update.author else ""
    return Task(update.ask.title, f"/staff/updates/{update.id}/approve", update.kind.label.lower() + by)


def _to_review(due: desk.DueAsk) -> Task:
    return _of_ask(
        due.ask, f"due since {PartialDate(due.since.isoformat()).in_words}" if due.since else "never checked"
    )


def _to_tell(row: findings.NewFinding) -> Task:
    concerns = f"concerns {len(row.asks)} asks" if len(row.asks) != 1 else row.asks[0].title
    return Task(row.finding.says, f"/staff/findings/{row.finding.id}/tell", concerns)


def _to_finish(update: Update) -> Task:
    sent_back = "sent back to you" if update.sent_back_note else ""
    return Task(update.ask.title, f"/staff/updates/{update.id}/edit", sent_back)
