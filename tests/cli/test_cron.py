"""What runs by itself: digests through a real mail server, looks at the official record, and what is tidied away."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cli.commands import Answer, Tracker, tracker_on
from tests.engines import free_port
from tests.factories import NOW, evidence_draft, make_ask, make_law, make_link, make_staff, make_update
from tests.mailbox import Mailbox, certificate_for
from tests.official.fake import FakeRecord, stage
from tests.site import ADA, CLEO, ED, Site, email_of
from tests.tampering import log_unlocked
from tracker.clock import now, today
from tracker.db.engine import reading, writing
from tracker.models import AccessLink, Ask, Event, Finding, Look, SignInFailure, StaffSession
from tracker.official.looking import only_one
from tracker.rules.dates import PartialDate
from tracker.rules.people import COMMAND_LINE
from tracker.rules.status import Status
from tracker.services import asks, findings, taking_down, updates
from tracker.services.change import Change

# --- tracker digest ---

ADDRESS = "https://tracker.example.org"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def nothing_due(sqlite_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tracker:
    """The command line on the seeded site, on which all asks have just been checked, with accounts of long ago."""
    monkeypatch.chdir(tmp_path)
    with writing(sqlite_site.engine) as session, log_unlocked(session):
        accounts = sa.update(Event).where(Event.subject == "person")
        session.execute(accounts.values(at=now() - timedelta(days=8)))
    checked_on = PartialDate(today().isoformat())
    sqlite_site.execute(
        sa.update(Ask).values(reviewed_on=checked_on, review_interval_days=730, next_step_on=None,
                              first_deadline=None, current_deadline=None)
    )  # fmt: skip
    return tracker_on(sqlite_site.engine.url.render_as_string(hide_password=False))


@pytest.fixture
def two_due(sqlite_site: Site, nothing_due: Tracker) -> Tracker:
    """The same, but two asks were checked long ago."""
    late = sa.update(Ask).where(Ask.id.in_(sa.select(Ask.id).order_by(Ask.id).limit(2)))
    sqlite_site.execute(late.values(reviewed_on=PartialDate("2020-01-01")))
    return nothing_due


def run(tracker: Tracker, mailbox: Mailbox, *options: str, code: int = 0, **more: str) -> Answer:
    given = {
        "TRACKER_SMTP_HOST": "127.0.0.1",
        "TRACKER_SMTP_PORT": str(mailbox.port),
        "TRACKER_SMTP_FROM": "tracker@example.org",
        "TRACKER_SMTP_TLS": "off",
        "TRACKER_SITE_URL": ADDRESS,
    }
    return tracker("digest", *options, code=code, **given | more)


def test_editors_and_admins_hear_what_is_due_in_plain_text_and_a_contributor_without_work_hears_nothing(
    two_due: Tracker, mailbox: Mailbox
) -> None:
    said = run(two_due, mailbox, "--dry-run").out
    assert said == two_due("digest", TRACKER_SITE_URL=ADDRESS).out  # as without a mail server
    assert said.startswith(f"To: {email_of(ADA)}\n\n2 things wait for you\n")
    assert mailbox.recipients == []
    said = run(two_due, mailbox, TRACKER_NAME="Fair Rents Watch").out
    assert sorted(mailbox.recipients) == [email_of(ADA), email_of(ED)]
    assert said == f"{email_of(ADA)}: 2 things wait for you\n{email_of(ED)}: 2 things wait for you\n"
    mail, text = mailbox.mails[0], mailbox.mails[0].get_content()
    assert "on the staff of Fair Rents Watch (" in text
    assert mail["Subject"] == "2 things wait for you"
    assert mail["From"] == "Fair Rents Watch <tracker@example.org>"
    assert mail["To"] == f"{ADA} <{email_of(ADA)}>"
    assert mail["Date"]
    assert mail["Message-ID"].endswith("@example.org>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert "due since 31 December 2021" in text
    assert f"{ADDRESS}/staff/asks/" in text
    assert f"The desk: {ADDRESS}/staff/" in text
    assert "127.0.0.1" not in text


def test_what_fails_is_told_and_does_not_stop_the_others(two_due: Tracker, mailbox: Mailbox) -> None:
    assert "Not sent: 2 of 2" in run(two_due, mailbox, code=1, TRACKER_SMTP_PORT=str(free_port())).err
    assert "Not sent: 2 of 2" in run(two_due, mailbox, code=1, TRACKER_SMTP_TLS="starttls").err
    assert mailbox.recipients == []
    mailbox.refused.add(email_of(ADA))
    answer = run(two_due, mailbox, code=1)
    assert mailbox.recipients == [email_of(ED)]
    assert f"{email_of(ADA)}: not sent: " in answer.err
    assert "Not sent: 1 of 2" in answer.err
    two_due("user", "deactivate", email_of(ED))  # and may sign in no more
    run(two_due, mailbox, code=1)
    assert mailbox.recipients == [email_of(ED)]


def test_every_link_in_a_mail_leads_to_a_page_of_the_staff_area(
    sqlite_site: Site, two_due: Tracker, mailbox: Mailbox
) -> None:
    with sqlite_site.change(CLEO) as change:
        ask = change.session.scalars(sa.select(Ask).limit(1)).one()
        make_update(change, ask, published=False, text="Unpublished <words>.")
        updates.submit(change, ask, make_update(change, ask, published=False, text="Unpublished, and waits."))
    run(two_due, mailbox)
    assert email_of(CLEO) in mailbox.recipients
    for mail in mailbox.mails:
        text = mail.get_content()
        assert "Unpublished" not in text
        name = {email_of(person): person for person in (ADA, ED, CLEO)}[mail["To"].addresses[0].addr_spec]
        browser = sqlite_site.browser(name)
        paths = {line.strip().removeprefix(ADDRESS) for line in text.splitlines() if line.strip().startswith(ADDRESS)}
        assert paths
        for path in paths:
            assert browser.get(path).status == 200, path


def test_nobody_gets_a_mail_without_reason_and_editors_hear_of_words_that_were_taken_down_and_not_which(
    nothing_due: Tracker, mailbox: Mailbox, sqlite_site: Site
) -> None:
    assert run(nothing_due, mailbox).out == "Nothing waits for anybody.\n"
    assert mailbox.recipients == []
    with sqlite_site.change(ADA) as change:
        wanted = ("National Crime Agency", "A court ordered it.", ADDRESS)
        taking_down.take_down(change, *wanted, taking_down.find(change.session, *wanted).seen)
    run(nothing_due, mailbox)
    assert mailbox.recipients == [email_of(ED)]
    text = mailbox.mails[0].get_content()
    assert f"- public texts: took words down, by {ADA}" in text
    assert "Crime" not in text


def test_mail_goes_encrypted_and_signed_in_to_a_server_whose_certificate_is_good(
    two_due: Tracker, tmp_path: Path
) -> None:
    certificate, key = certificate_for("127.0.0.1", tmp_path)
    login = {"TRACKER_SMTP_USER": "tracker", "TRACKER_SMTP_PASSWORD": "of the mail server"}
    with Mailbox(certificate, key, password="of the mail server") as mailbox:
        trusting = login | {"TRACKER_SMTP_TLS": "starttls", "SSL_CERT_FILE": str(certificate)}
        run(two_due, mailbox, code=0, **trusting)
        assert len(mailbox.recipients) == 2
        answer = run(two_due, mailbox, code=1, **trusting | {"TRACKER_SMTP_PASSWORD": "wrong password here"})
        assert "wrong password here" not in answer.err + answer.out
        assert "CERTIFICATE_VERIFY_FAILED" in run(two_due, mailbox, code=1, **login, TRACKER_SMTP_TLS="starttls").err
        assert len(mailbox.recipients) == 2


# --- tracker look ---


@pytest.fixture
def record() -> Iterator[FakeRecord]:
    yesterday = (today() - timedelta(days=1)).isoformat()
    with FakeRecord() as record:
        record.bill(4210, [stage(2, "2nd reading", "Commons", yesterday)])
        yield record


@pytest.fixture
def settings(engine: sa.Engine, record: FakeRecord) -> dict[str, str]:
    """A tracker that follows a bill, and the settings with which it asks the fake record."""
    with writing(engine) as session:
        change = Change(session, COMMAND_LINE, NOW)
        address = "https://bills.parliament.uk/bills/4210"
        bill = make_law(change, kind="bill", title="Empty Homes Bill", citation="Bill 12 (2026-27)", address=address)
        make_link(change, make_ask(change, published=True), bill)
    addresses = {f"TRACKER_{source.upper()}_ADDRESS": address for source, address in record.addresses.items()}
    return addresses | {"TRACKER_EVIDENCE_PAGES": "0"}  # nobody outside is asked


def test_what_is_new_is_said_once_stands_in_the_digest_and_stays_dismissed_after_a_restore(
    tracker: Tracker, engine: sa.Engine, settings: dict[str, str], tmp_path: Path
) -> None:
    def counts() -> list[int | None]:
        with reading(engine) as session:
            return [session.scalar(sa.select(sa.func.count()).select_from(model)) for model in (Finding, Look)]

    would = tracker("look", "--dry-run", **settings).out
    assert "would find: Empty Homes Bill: second reading, Commons" in would
    assert counts() == [0, 0]
    assert "found: Empty Homes Bill: second reading" in tracker("look", **settings).out
    again = tracker("look", **settings).out
    assert again == (
        "Parliament’s bills: well (0 new)\nlegislation.gov.uk: well (0 new)\n"
        "Parliament’s statutory instruments: well (0 new)\nthe UK Sanctions List: well (0 new)\n"
    )
    assert counts() == [1, 8]
    saved = tmp_path / "var/looks"
    assert "Parliament’s bills: well (0 new)" in tracker("look", "--from", saved, "--only", "bills").out
    tracker("user", "add", "cleo@example.org", "--name", "Cleo", "--role", "contributor", "--link")
    mail = tracker("digest", "--dry-run").out
    assert "From the official record" in mail
    assert "Empty Homes Bill: second reading, Commons" in mail
    with writing(engine) as session:
        finding = session.scalars(sa.select(Finding)).one()
        assert f"/staff/findings/{finding.id}/tell" in mail
        findings.dismiss(Change(session, COMMAND_LINE, now()), finding, "It is another bill.", finding.version)
    tracker("backup", tmp_path / "backup")
    tracker("restore", tmp_path / "backup", "--force")
    assert "Parliament’s bills: well (0 new)" in tracker("look", **settings).out
    assert "From the official record" not in tracker("digest", "--dry-run").out
    tracker("verify", "--replay")


def test_a_source_that_is_down_is_told_and_the_others_are_read(
    tracker: Tracker, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.official.fetching.WAITS", (0, 0, 0))
    settings["TRACKER_BILLS_ADDRESS"] = "http://127.0.0.1:1"
    failed = tracker("look", code=1, **settings)
    assert "Parliament’s bills: 127.0.0.1:1 gave no answer" in failed.out
    assert "legislation.gov.uk: well" in failed.out
    assert "Sources that could not be used: 1. Nothing of theirs was changed." in failed.err
    assert "warning  looks: Parliament’s bills could not be used" in tracker("doctor", code=None).out


def test_what_cannot_be_looked_at_is_refused(tracker: Tracker, settings: dict[str, str], tmp_path: Path) -> None:
    for pages, *arguments in (("10", "--from", "."), ("0",)):
        given = settings | {"TRACKER_EVIDENCE_PAGES": pages}
        refused = tracker("look", "--only", "evidence", *arguments, code=1, **given).err
        assert "Evidence is not read from a folder, and not with TRACKER_EVIDENCE_PAGES=0." in refused
    for address in ("http://bills.example", "ftp://127.0.0.1", "https://", "https://a@b.example"):
        assert "TRACKER_LAW_ADDRESS: give an address" in tracker("look", code=2, TRACKER_LAW_ADDRESS=address).err
    with only_one(tmp_path / "var/looks", NOW):
        assert "Another look is running" in tracker("look", code=1, **settings).err


def test_evidence_on_this_machine_is_not_asked_for(tracker: Tracker, engine: sa.Engine, record: FakeRecord) -> None:
    with writing(engine) as session:
        change = Change(session, COMMAND_LINE, NOW)
        ask = make_ask(change)
        evidence = evidence_draft(url=record.address)
        make_update(change, ask, status=Status.ANNOUNCED, evidence=(evidence,))
        asks.publish_ask(change, ask, None)
    said = tracker("look", "--only", "evidence").out
    assert said == "published evidence: well (0 new)\n"
    assert record.asked == []


# --- tracker tidy ---


def test_what_is_old_goes_and_what_is_not_stays(tracker: Tracker, engine: sa.Engine) -> None:
    with writing(engine) as session:
        person_id = make_staff(session).ed.id
        assert person_id is not None
        for name, days in (("old", 31), ("new", 29)):
            seen = now() - timedelta(days=days)
            session.add(StaffSession(token_hash=name, person_id=person_id, started_at=seen, seen_at=seen))
        for name, hours in (("old", 25), ("new", 23)):
            session.add(SignInFailure(account=name, address=name, failed_at=now() - timedelta(hours=hours)))
        for name, hours in (("old", -1), ("new", 1)):
            expires = now() + timedelta(hours=hours)
            session.add(AccessLink(token_hash=name, person_id=person_id, expires_at=expires))
    assert tracker("tidy").out == "Deleted: 3.\n"
    with reading(engine) as session:
        for column in (StaffSession.token_hash, SignInFailure.account, AccessLink.token_hash):
            assert session.scalars(sa.select(column)).all() == ["new"]
    assert tracker("tidy").out == "Deleted: 0.\n"
    tracker("verify")
