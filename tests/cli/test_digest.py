"""tracker digest mails each member of staff what waits for them, through a real mail server."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cli.commands import Answer, Tracker, tracker_on
from tests.engines import free_port
from tests.mailbox import Mailbox, certificate_for
from tests.site import ADA, CLEO, ED, Site, email_of
from tests.tampering import log_unlocked
from tracker.clock import now, today
from tracker.db.engine import writing
from tracker.models import Ask, Event, Update
from tracker.rules.dates import PartialDate
from tracker.services import taking_down

ADDRESS = "https://tracker.example.org"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def tracker(sqlite_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tracker:
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
def two_due(sqlite_site: Site, tracker: Tracker) -> Tracker:
    """The same, but two asks were checked long ago."""
    late = sa.update(Ask).where(Ask.id.in_(sa.select(Ask.id).order_by(Ask.id).limit(2)))
    sqlite_site.execute(late.values(reviewed_on=PartialDate("2020-01-01")))
    return tracker


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
        row = change.session.scalars(sa.select(Update).limit(1)).one()
        for key, submitted_at in (("draft", None), ("waiting", change.at)):
            change.session.add(Update(
                ask_id=row.ask_id, key=key, kind=row.kind, happened_on=row.happened_on, text="Unpublished <words>",
                publication="draft", author_id=change.actor.id, recorded_at=change.at, submitted_at=submitted_at,
            ))  # fmt: skip
    run(two_due, mailbox)
    assert email_of(CLEO) in mailbox.recipients
    for mail in mailbox.mails:
        body = mail.get_body(["plain"])
        assert body is not None
        text = body.get_content()
        assert "Unpublished" not in text
        name = {email_of(person): person for person in (ADA, ED, CLEO)}[mail["To"].addresses[0].addr_spec]
        browser = sqlite_site.browser(name)
        paths = {line.strip().removeprefix(ADDRESS) for line in text.splitlines() if line.strip().startswith(ADDRESS)}
        assert paths
        for path in paths:
            assert browser.get(path).status == 200, path


def test_nobody_gets_a_mail_without_reason_and_editors_hear_of_words_that_were_taken_down_and_not_which(
    tracker: Tracker, mailbox: Mailbox, sqlite_site: Site
) -> None:
    assert run(tracker, mailbox).out == "Nothing waits for anybody.\n"
    assert mailbox.recipients == []
    with sqlite_site.change(ADA) as change:
        wanted = ("National Crime Agency", "A court ordered it.", ADDRESS)
        taking_down.take_down(change, *wanted, taking_down.find(change.session, *wanted).seen)
    run(tracker, mailbox)
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
