"""Nothing internal is ever public: a mark in every internal field shows on no page, in no file, in no error."""

import io
import re
import sqlite3
import zipfile
from collections import Counter
from contextlib import closing
from dataclasses import fields, replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.browser import Browser
from tests.exported import rows
from tests.factories import make_update
from tests.site import ADA, WEALTH_ORDERS, Site
from tests.test_urls import PUBLIC_ADDRESSES
from tracker import models
from tracker.clock import now
from tracker.db.base import Base, PartialDateColumn
from tracker.exports.tables import TABLES
from tracker.exports.workbook import MEDIA_TYPE
from tracker.queries import public
from tracker.rules.asks import Publication, SourceDraft
from tracker.rules.dates import PartialDate
from tracker.rules.official import SOURCES, FindingState, LookOutcome
from tracker.rules.updates import EvidenceType, UpdateKind
from tracker.services import asks, events, records
from tracker.services.events import Subject

SOME = 1
MARK = "zqinternal"
MARKED_DAY = PartialDate("1937-09-09")
# Columns that the public may read of a published record: words, and days. Everything else is marked by the test.
PUBLIC_COLUMNS = {
    "source": "title author author_role publisher url archived_url note published_on",
    "ask": (
        "slug title topic quote quote_place summary reading government_position next_step deadline_note status_reason "
        "disputed_about jurisdictions next_step_on first_deadline current_deadline reviewed_on "
        "status_on disputed_on short_names"
    ),
    "body": "slug name short_names",
    "former_slug": "slug",
    "success_test": "key label result_on reviewed_on",
    "ask_update": "key text reason happened_on searched not_found sources_end_on",
    "evidence": "url title publisher archived_url quote note published_on",
    "legislation": "key kind year number citation title address note introduced_on enacted_on lapsed_on short_names",
    "link": "provisions note extent in_force_on ended_on",
    "reply": "asked answer asked_on answered_on",
    "status_span": "reason happened_on",
    "designation": "unique_id regime listed_on first_seen removed_on measures",
    "sanctions_list": "day",
    "target": "unique_id",
}
# Columns that are made by the code, hold no words of anybody, or are looked into but never shown.
NOT_WORDS = {
    "legislation": "identity", "link": "extent_key", "person": "password_hash totp_nonce", "access_link": "token_hash",
    "staff_session": "token_hash device", "sent_form": "key_hash content_hash message address",
    "recovery_code": "code_hash", "sign_in_failure": "account address", "revision": "checkpoint_hash",
    "event": "action subject request_id hash previous_hash actor_name", "upload": "sha256",
    "personal_detail": "salt commitment", "source": "key", "ask": "title_key", "body": "name_key",
    "publisher": "host publisher", "status_span": "begins_on ends_on", "ask_update": "method_version",
    "target": "salt commitment", "finding": "kind subject_kind outside_key digest fills", "look": "source sha256",
}  # fmt: skip
# The name of a target is public where it is shown.
MARKED = {
    "source": "internal_note", "ask": "internal_note answer_due_on", "legislation": "internal_note",
    "link": "internal_note", "ask_update": "draft_note sent_back_note", "reply": "internal_note due_on", "note": "text",
    "person": "email name", "upload": "reason packed", "event": "reason subject_name before after",
    "personal_detail": "value", "designation": "name last_seen", "target": "asked_as words candidates",
    "finding": "says tells address page_title raw reason happened_on", "look": "sentence etag last_modified",
}  # fmt: skip
WORDS_AND_DAYS = (sa.String, sa.JSON, sa.LargeBinary, PartialDateColumn)


def test_every_column_of_words_or_days_is_public_marked_or_without_words() -> None:
    """A new column fails here until it is decided whether the public may read it."""
    columns = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, WORDS_AND_DAYS) and not isinstance(column.type, sa.Enum)
    }
    decided = [
        (table, column)
        for tables in (PUBLIC_COLUMNS, NOT_WORDS, MARKED)
        for table, names in tables.items()
        for column in names.split()
    ]
    assert sorted(decided) == sorted(columns)


@pytest.fixture(scope="module")
def marked(shared_site: Site) -> tuple[Site, Browser]:
    """A site with the mark in every internal field, and Ada's browser, who signed in before."""
    ada = shared_site.browser(ADA)
    mark_everything(shared_site)
    return shared_site, ada


def mark_everything(site: Site) -> None:
    """Put the mark into every internal field, and make internal records of each kind that bear it everywhere."""
    with site.change(ADA) as change:
        session = change.session
        for model in (models.Source, models.Ask, models.Legislation, models.Link):
            session.execute(sa.update(model).values(internal_note=f"{MARK} note"))
        session.execute(sa.update(models.Ask).values(answer_due_on=MARKED_DAY))
        session.execute(
            sa.update(models.Update).where(models.Update.publication == Publication.DRAFT).values(draft_note=MARK)
        )
        for person in session.scalars(sa.select(models.Person)):
            person.name, person.email = f"{MARK} {person.name}", f"{MARK}.{person.email}"
        ask = session.get_one(models.Ask, site.ask_id())
        law = session.scalars(
            sa.select(models.Legislation).where(models.Legislation.publication == Publication.PUBLISHED)
        ).first()
        assert law
        add_marked_records(session, ask, law)
        entry = session.scalars(sa.select(models.Update).where(models.Update.ask_id == ask.id)).first()
        assert entry
        correction: dict[str, Any] = {"kind": UpdateKind.CORRECTION, "corrects_id": entry.id, "happened_on": MARKED_DAY}
        make_update(change, ask, published=False, text=MARK, **correction)
        source = session.get_one(models.Source, ask.source_id)
        as_it_is = SourceDraft(**{field.name: getattr(source, field.name) for field in fields(SourceDraft)})
        asks.edit_source(change, source, replace(as_it_is, internal_note=f"{MARK} edited"), None)
        link = session.scalars(
            sa.select(models.Link)
            .where(models.Link.ask_id == ask.id)
            .options(sa.orm.joinedload(models.Link.legislation))
        ).first()
        assert link
        person_id = session.scalars(sa.select(models.Person.id)).first()
        events.record(change, "looked", Subject("person", person_id or 0, f"{MARK} detail"))
        waiting = {"uploaded_at": now(), "sha256": "0" * 64, "packed": MARK.encode()}
        session.add(models.Upload(person_id=person_id, reason=f"{MARK} upload", **waiting))
        records.archive(change, link, None, f"{MARK} reason of an event")


def add_marked_findings(session: Session, law: models.Legislation) -> None:
    """Findings in each state about a law on which public asks hang, and looks at every source."""
    of_law = {
        "kind": "stage",
        "subject_kind": "legislation",
        "subject_id": law.id,
        "digest": "0" * 64,
        "raw": {MARK: MARK},
    }
    marked = dict.fromkeys(("says", "tells", "page_title", "reason"), MARK) | {"address": f"https://{MARK}.example/"}
    for state in FindingState:
        decided_at = now() if state in {FindingState.TOLD, FindingState.DISMISSED} else None
        when = {"happened_on": MARKED_DAY, "seen_at": now(), "decided_at": decided_at}
        session.add(models.Finding(outside_key=f"bill/{state.value}", state=state, **of_law, **marked, **when))
    looked = {"looked_at": now(), "outcome": LookOutcome.OK, "sentence": MARK, "etag": MARK, "last_modified": MARK}
    session.add_all(models.Look(source=source, **looked) for source in SOURCES)


def add_marked_records(session: Session, ask: models.Ask, law: models.Legislation) -> None:
    """A draft ask, an archived test, a draft and a discarded update, a draft law, draft and archived links."""
    draft, of_ask = {"publication": Publication.DRAFT}, {"ask_id": ask.id}
    texts = {"title": f"{MARK} draft ask", "topic": f"{MARK} topic", "quote": MARK, "summary": MARK}
    session.add(models.Ask(slug=f"{MARK}-draft", kind=ask.kind, source_id=ask.source_id, **texts, **draft))
    session.add(models.SuccessTest(key=f"{MARK}-test", label=f"{MARK} archived test", is_archived=True, **of_ask))
    session.add(models.Note(written_at=now(), text=f"{MARK} private note", **of_ask))
    day = PartialDate("2026-01-01")
    notes = {"text": f"{MARK} unpublished update", "draft_note": MARK, "sent_back_note": f"{MARK} sent back"}
    said = {"searched": MARK, "not_found": MARK, "sources_end_on": MARKED_DAY} | notes
    for number, publication in enumerate((Publication.DRAFT, Publication.ARCHIVED)):
        hidden = of_ask | {"publication": publication}
        entry = {"key": f"{MARK}-{number}", "kind": UpdateKind.REVIEW, "happened_on": day, "recorded_at": now()}
        page = {"url": f"https://{MARK}.example/", "title": MARK, "type": EvidenceType.INDEPENDENT, "position": 0}
        session.add(models.Update(evidence=[models.Evidence(**page)], **entry, **said, **hidden))
        session.add(models.Reply(asked=f"{MARK} {number}", asked_on=day, due_on=day, **hidden))
    asked = {"asked": "Them", "asked_on": day, "due_on": MARKED_DAY, "outcome": "none", "internal_note": MARK}
    session.add(models.Reply(publication=Publication.PUBLISHED, **asked, **of_ask))
    add_marked_findings(session, law)
    add_marked_targets(session, ask)
    by_key = {"key": f"ukpga/2020/{MARK}", "kind": "ukpga", "year": "2020", "title": f"{MARK} draft law"}
    draft_law = models.Legislation(becomes_id=law.id, **by_key, **draft)
    session.add(draft_law)
    session.flush()
    for number, (law_id, publication) in enumerate(
        [(law.id, Publication.DRAFT), (law.id, Publication.ARCHIVED), (draft_law.id, Publication.PUBLISHED)]
    ):
        link = {"legislation_id": law_id, "effect": "enables", "provisions": f"{MARK} {number}", "note": MARK}
        session.add(models.Link(extent=[], publication=publication, **link, **of_ask))


def add_marked_targets(session: Session, ask: models.Ask) -> None:
    """A shown target with the mark behind it, and hidden ones in each state with the mark as their name."""
    facts = {"regime": "Russia (Sanctions) (EU Exit) Regulations 2019", "kind": "person", "name": f"{MARK} of the list"}
    seen = {"first_seen": PartialDate("2026-11-20"), "removed_on": PartialDate("2026-11-21"), "last_seen": MARKED_DAY}
    session.add(models.Designation(unique_id="RUS9001", **facts, **seen))
    session.flush()
    known = {"ask_id": ask.id, "kind": "person", "salt": "", "commitment": "", "words": f"{MARK} words"}
    found = {"state": "listed", "unique_id": "RUS9001", "confirmed_at": now()}
    candidates = [{"unique_id": "RUS9002", "name": f"{MARK} candidate"}]
    session.add_all(
        [
            models.Target(position=1, asked_as="Boris Testov", is_shown=True, candidates=candidates, **known, **found),
            models.Target(position=2, asked_as=f"{MARK} hidden", **known, **found),
            models.Target(position=3, asked_as=f"{MARK} not listed", state="not_listed", confirmed_at=now(), **known),
            models.Target(position=4, asked_as=f"{MARK} unsure", candidates=candidates, **known),
            models.Target(position=5, asked_as=f"{MARK} taken out", state="taken_out", **known),
        ]
    )


def words_of(response: TestResponse) -> str:
    """The text of an answer; of a zip file, a workbook or a database all that is in it."""
    if response.mimetype == "application/vnd.sqlite3":
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(response.data)
            return "\n".join(database.iterdump())
    if response.mimetype not in {"application/zip", MEDIA_TYPE}:
        return response.text
    with zipfile.ZipFile(io.BytesIO(response.data)) as packed:
        return "\n".join(packed.read(name).decode() for name in packed.namelist())


def public_answers(site: Site) -> dict[str, str]:
    """The text of everything that a stranger can get: pages, files, errors, with what they link to.

    Of links that differ only in what is asked for, such as a topic, some are followed.
    """
    browser = site.browser()
    waiting = [
        *(path for path, type_ in PUBLIC_ADDRESSES.items() if type_ != "image/png" and "static" not in path),
        *(f"/{name}.csv" for name in TABLES), *(f"/api/v1/{name}?limit=100" for name in TABLES),
        "/staff/sign-in", "/staff/", "/staff/people/", "/nowhere", "/?topic=unknown", f"/?q={MARK}",
        f"/feed.atom?q={MARK}", *(f"/asks/{MARK}-draft{part}" for part in ("", "/feed.atom", "/card", "/badge.svg")),
        f"/legislation/ukpga/2020/{MARK}", f"/api/v1/legislation/ukpga/2020/{MARK}", f"/api/v1/asks/{MARK}-draft",
        f"/api/v1/updates?ask={MARK}-draft",
    ]  # fmt: skip
    found: dict[str, str] = {}
    kinds = Counter[tuple[str, frozenset[str]]]()
    while waiting:
        path = waiting.pop()
        kind = path.partition("?")[0], frozenset(re.findall(r"[?&](\w+)=", path))
        if path in found or kinds[kind] == SOME:
            continue
        kinds[kind] += 1
        found[path] = words_of(browser.send("GET", path))
        links = re.findall(r'(?:href|action)="(/[^"#]*)', found[path])
        waiting += [link.replace("&amp;", "&") for link in links if not link.startswith("/staff")]
    found["POST"] = browser.send("POST", "/staff/asks/1/edit", data={"title": "a"}).text
    found["PUT"] = browser.send("PUT", f"/asks/{WEALTH_ORDERS}").text
    return found


def test_a_mark_in_every_internal_field_shows_nowhere_in_public(marked: tuple[Site, Browser]) -> None:
    answers = public_answers(marked[0])
    assert len(answers) > 70
    marks = (MARK, MARKED_DAY.text, MARKED_DAY.in_words)
    leaks = {
        path: re.findall(f".{{0,60}}{mark}.{{0,60}}", text)
        for path, text in answers.items()
        for mark in marks
        if mark in text and f"q={MARK}" not in path  # a search says what was searched for
    }
    assert leaks == {}
    assert re.search("<h1[^>]*>.*: 0 of", answers[f"/?q={MARK}"])
    assert {"/unknown", "/corrections", "/updates", "/bodies/home-office"} <= answers.keys()
    assert "There is no such page" in answers[f"/asks/{MARK}-draft"]
    assert "There is no such page" in answers[f"/legislation/ukpga/2020/{MARK}"]


def test_records_that_pages_get_are_frozen(shared_site: Site) -> None:
    with shared_site.reading() as session:
        ask = public.find_ask(session, WEALTH_ORDERS)
    assert ask
    for record in (ask, ask.line, ask.source, ask.tests[0], ask.links[0], ask.story[0], ask.story[-1].evidence[0]):
        with pytest.raises(AttributeError):
            record.title = "Other"  # type: ignore[misc,union-attr]


def test_the_mark_is_seen_by_staff_and_what_is_hidden_neither_counts_nor_corrects(marked: tuple[Site, Browser]) -> None:
    """Else the test above would pass with nothing marked."""
    site, ada = marked
    pages = ("/staff/asks/", f"/staff/asks/{site.ask_id()}", "/staff/sources/", "/staff/people/")
    seen = "".join(ada.get(path).text for path in pages)
    for words in (
        "note", "draft ask", "reason of an event", "archived test", "unpublished update", ".ada@example.org",
        "sent back", "private note",
    ):  # fmt: skip
        assert re.search(f"{MARK}[^<]*{re.escape(words)}", seen), words
    lines = site.browser().get("/data").all("tr")
    for name, table in TABLES.items():
        start = f"{name}.csv {table.row_is} {len(rows(site, name)):,} "
        assert [line for line in lines if line.startswith(start)], name
    assert "has been corrected" not in site.browser().get(f"/asks/{WEALTH_ORDERS}/story").text
