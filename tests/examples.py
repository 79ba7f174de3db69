"""Records for the addresses in the table of tests/test_access.py that speak of a record in a certain state."""

import sqlalchemy as sa

from tests.factories import make_targets, seen_in_record
from tests.site import ADA, CLEO, ED, Site
from tracker.models import Ask, Finding, Legislation, Person, Target
from tracker.official.findings import note
from tracker.rules.dates import PartialDate
from tracker.rules.disputes import ReplyDraft
from tracker.rules.updates import EvidenceDraft, EvidenceType, UpdateDraft, UpdateKind
from tracker.services import drafts, people, replies, updates
from tracker.services.change import Change
from tracker.web.staff.people import token_of

DAY = PartialDate("2026-01-02")


def make_examples(site: Site) -> dict[str, object]:
    """Return drafts and other records by name: their numbers, and the token of a link that nobody uses."""
    with site.change(CLEO) as change:
        ask = change.session.get_one(Ask, 1)
        draft = drafts.save(change, ask, UpdateDraft(UpdateKind.MILESTONE, DAY, "Something happened."))
        evidence = (EvidenceDraft("https://example.org/", "A page", EvidenceType.INDEPENDENT),)
        written = UpdateDraft(UpdateKind.MILESTONE, PartialDate("2026-01-03"), "Something else.", evidence=evidence)
        waiting = drafts.save(change, ask, written)
        updates.submit(change, ask, waiting)
        made: dict[str, object] = {"draft": draft.id, "waiting": waiting.id}
    with site.change(ED) as change:
        number = change.session.scalar(sa.select(sa.func.count(Target.id))) or 0
        (target,) = make_targets(change, change.session.get_one(Ask, 1), f"Boris Testov {number}")
        made["target"] = target.id
        made["reply"] = replies.create_reply(change, 1, ReplyDraft("The Treasury", DAY, due_on=DAY)).id
    with site.change(ADA) as change:
        cleo = change.session.scalars(sa.select(Person).where(Person.name == CLEO)).one()
        with site.app.app_context():
            made["shown"], token = "key-of-a-form", token_of("key-of-a-form")
        made["finding"] = make_finding(change)
        made["token"] = people.make_link(change, cleo, token=token)
    return made


def make_finding(change: Change) -> int:
    """A finding that concerns several asks."""
    law = change.session.scalars(sa.select(Legislation.id).where(Legislation.key == "ukpga/2018/13")).one()
    number = change.session.scalar(sa.select(sa.func.count(Finding.id))) or 0
    seen = seen_in_record(subject_id=law, outside_key=f"bill/1/stage/{number}")
    finding = note(change.session, seen, change.at)
    assert finding
    return finding.id
