"""What comes in: through the services, by the rules, and only what differs."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tests.factories import ask_draft, dispute_draft, make_ask, make_reply, make_source
from tests.imports.taking import bring, exported, faults_of, refused, summary
from tracker.imports import compare
from tracker.imports.cells import is_garbled
from tracker.models import Ask, Event, Legislation, Update
from tracker.rules.asks import Publication
from tracker.rules.status import Status
from tracker.rules.updates import UpdateKind
from tracker.services import asks, records, replies
from tracker.services.change import Change

HEADER = "ask_slug,title,kind,topic,source_title,quote,summary\r\n"
GOOD = 'new,Škoda “new”,policy,Housing,The article,"One\r\ntwo ""three""",In short.\r\n'
STATUS = (
    "ask_slug,update_key,kind,happened_on,text,status,reason,corrects\r\n"
    "empty-homes,2020-01-01,status,2020-01-01,It was refused.,rejected,They said no.,\r\n"
)
EVIDENCE = (
    "ask_slug,update_key,position,url,title,type,published_on\r\n"
    "empty-homes,2020-01-01,1,https://example.org/a,A,official_record,2020-01\r\n"
)


def find(change: Change, slug: str) -> Ask:
    return change.session.scalars(sa.select(Ask).where(Ask.slug == slug)).one()


def test_replies_and_what_is_disputed_are_only_read(ed: Change) -> None:
    ask = find(ed, "empty-homes")
    reply = make_reply(ed, ask, published=True)
    draft = make_reply(ed, ask, asked="The minister")
    replies.mark_disputed(ed, ask, dispute_draft("=1+1, whether it was refused."), None)
    files = exported(ed)
    plan = bring(ed, files)
    assert (plan.faults, plan.has_changes) == ([], False)
    plan = bring(ed, {"replies.csv": files["replies.csv"].replace("looking into it", "looking away")})
    assert (plan.faults, plan.has_changes) == ([], False)
    assert list(plan.notes) == [("replies.csv", "answer")]
    for key in (draft.id, draft.id + 1):
        moved = {"replies.csv": f"ask_slug,reply_key,answer\r\nempty-homes,{key},Yes.\r\n"}
        assert faults_of(ed, moved) == [("replies.csv", 2, "reply_key")]
    assert reply.answer == "We are looking into it."

    for found, typed in (("2026-11-03", "2026-11-04"), ("it was refused", "it was met")):
        assert found in files["asks.csv"]
        plan = bring(ed, {"asks.csv": files["asks.csv"].replace(found, typed)})
        assert (plan.faults, plan.has_changes) == ([], False)
        (note,) = plan.notes.values()
        assert "entered on the ask's page" in note


AS_WRITTEN: dict[str, Callable[[str], bytes]] = {
    "UTF-8": lambda text: text.encode("utf-8"),
    "UTF-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16 with tabs": lambda text: text.replace(",", "\t").encode("utf-16"),
    "UTF-16, big end first": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "semicolons": lambda text: text.replace(",", ";").encode(),
    "a line that names the separator": lambda text: ("sep=;\r\n" + text.replace(",", ";")).encode(),
    "a header with empty cells": lambda text: text.replace("\r\n", ",,\r\n", 1).encode(),
    "short line ends": lambda text: text.replace("\r\n", "\n").encode(),
    "empty rows at the end": lambda text: text.encode() + b",,,,,,\r\n\r\n",
    "rows of spaces, also beyond the table": lambda text: f"{text[:-2]}, \r\n ,\u00a0,,,,,, \r\n".encode(),
}


@pytest.mark.parametrize("how", AS_WRITTEN)
def test_files_as_spreadsheet_programs_write_them(ed: Change, how: str) -> None:
    plan = bring(
        ed, {"asks (2).csv": AS_WRITTEN[how](HEADER + GOOD), "updates.csv": "ask_slug,update_key\r\n"}, "A list."
    )
    assert plan.faults == []
    assert summary(plan) == {"asks": (1, 0, 0)}
    # One entry of the log sums up what came in.
    event = ed.session.scalars(sa.select(Event).order_by(Event.id.desc()).limit(1)).one()
    said = (event.action, event.subject, event.subject_name, event.reason)
    assert said == ("brought in", "spreadsheet", "asks (2).csv", "A list.")
    assert event.after == {"rows_added": 1, "rows_changed": 0, "tables": ["asks: 1 added, 0 changed"]}
    ask = find(ed, "new")
    assert (ask.title, ask.quote) == ("Škoda “new”", 'One\ntwo "three"')
    assert ask.publication is Publication.DRAFT


@pytest.mark.parametrize("name", ["Our list - asks.csv", "updates - asks (1).csv", "asks - Sheet1.csv"])
def test_a_sheet_that_google_saved_has_the_name_of_its_document_before_its_own(ed: Change, name: str) -> None:
    assert summary(bring(ed, {name: HEADER + GOOD})) == {"asks": (1, 0, 0)}


def test_a_changed_cell_changes_that_and_nothing_else(ed: Change) -> None:
    ask = find(ed, "empty-homes")
    kept = {name: getattr(ask, name) for name in ("title", "quote", "topic", "internal_note", "status")}
    plan = bring(ed, {"asks.csv": "ask_slug,jurisdictions,next_step_on\r\nempty-homes,Wales; Scotland,March 2027\r\n"})
    assert plan.faults == []
    (step,) = plan.steps
    assert (step.table, step.name, step.what) == ("asks", "empty-homes", "changed")
    assert step.differences == (("jurisdictions", "", "Wales; Scotland"), ("next_step_on", "", "2027-03"))
    assert ask.jurisdictions == ["Wales", "Scotland"]
    assert {name: getattr(ask, name) for name in kept} == kept
    assert summary(bring(ed, {"asks.csv": "ask_slug,next_step_on\r\nempty-homes,2027-03\r\n"})) == {"asks": (0, 0, 1)}
    # Cells that are emptied, or left out at the end of a row, are empty.
    assert bring(ed, {"asks.csv": HEADER + GOOD}).faults == []
    for rows, words in (
        ("next_step\r\nempty-homes,A vote\r\nnew,A vote", "A vote"),
        ("next_step,next_step_on\r\nempty-homes\r\nnew,,", ""),
    ):
        assert bring(ed, {"asks.csv": f"ask_slug,{rows}\r\n"}).faults == []
        assert [find(ed, slug).next_step for slug in ("empty-homes", "new")] == [words, words]


def test_text_that_was_read_in_a_wrong_encoding_is_garbled_and_no_other(ed: Change) -> None:
    for text in ("Škoda, “MAÇÔ and « voilà »", "BLÅ”, naïve café: £5 ½ – 20 °C", "Â, Ã, Łódź, Ангела"):
        assert not is_garbled(text)
    for text in ("café", "“Yes”", "Škoda", "£5", "20 °C", "Dvořák", "naïve", "Łódź", "Müller"):
        assert is_garbled(text.encode().decode("cp1252", "replace"))
    # It is said once for a file, and not of what the tracker says already.
    rows = GOOD.replace("In short.", "cafÃ©") + GOOD.replace("new", "other", 1).replace("In short.", "cafÃ©")
    assert faults_of(ed, {"asks.csv": HEADER + rows}) == [("asks.csv", 2, "summary")]
    find(ed, "empty-homes").summary = "In Ã©nglish."
    assert bring(ed, exported(ed)).faults == []


def test_a_new_wording_of_a_published_ask_needs_a_reason_and_is_a_public_redefinition(ed: Change) -> None:
    files = {"asks.csv": "ask_slug,title\r\nempty-homes,Tax them\r\n"}
    for reason, said in (("", "Say why the wording changes"), ("Because " * 200, "at most")):
        (fault,) = refused(ed, files, reason)
        assert said in fault.expected
    assert bring(ed, files, "It is shorter.").faults == []
    kinds = ed.session.scalars(sa.select(Update.kind).where(Update.text.contains("It is shorter."))).all()
    assert kinds == [UpdateKind.REDEFINITION]


def test_a_status_is_judged_by_the_rules_and_comes_in_with_its_evidence(ed: Change) -> None:
    assert ("updates.csv", 2, "evidence") in faults_of(ed, {"updates.csv": STATUS})
    files = {"updates.csv": STATUS.replace("rejected", "met"), "evidence.csv": EVIDENCE}
    assert ("updates.csv", 2, "status") in faults_of(ed, files)
    files = {"updates.csv": STATUS, "evidence.csv": EVIDENCE.replace("https://example.org/a", "ftp://example.org")}
    assert faults_of(ed, files) == [("evidence.csv", 2, "url")]

    files = {"updates.csv": STATUS, "evidence.csv": EVIDENCE}
    assert bring(ed, files).faults == []
    ask = find(ed, "empty-homes")
    assert (ask.status, ask.status_reason) == (Status.REJECTED, "They said no.")
    actions = ed.session.scalars(sa.select(Event.action).order_by(Event.id.desc()).limit(3)).all()
    assert actions == ["brought in", "published", "drafted"]
    assert summary(bring(ed, files)) == {"updates": (0, 0, 1), "evidence": (0, 0, 1)}

    # History is not edited.
    files = {
        "updates.csv": STATUS.replace("It was refused.", "It was not."),
        "evidence.csv": EVIDENCE.replace("A,", "B,"),
    }
    faults = refused(ed, files)
    assert [(fault.file, fault.column) for fault in faults] == [("updates.csv", "text"), ("evidence.csv", "title")]
    assert all("Post a correction" in fault.expected for fault in faults)
    (fault,) = refused(ed, {"evidence.csv": EVIDENCE.replace(",1,", ",2,")})
    assert (fault.column, "history is not edited" in fault.expected) == ("update_key", True)


def test_with_four_eyes_a_status_waits_for_somebody_else_and_counts_the_entries_before_it(ed: Change) -> None:
    held = Change(ed.session, ed.actor, ed.at, four_eyes=True)
    files = {"updates.csv": STATUS, "evidence.csv": EVIDENCE}
    assert bring(held, files).faults == []
    update = ed.session.scalars(sa.select(Update).where(Update.key == "2020-01-01")).one()
    assert update.publication is Publication.DRAFT
    assert find(ed, "empty-homes").status is Status.ANNOUNCED
    (fault,) = [fault for fault in refused(held, files) if fault.file == "updates.csv"]
    assert "a draft has this one" in fault.expected

    rows = "draft,2019-01-01,test,2019-01-01,It is law.,,,\r\n"
    files = {
        "tests.csv": "ask_slug,test_key,label\r\ndraft,law,The tax is law\r\n",
        "updates.csv": (STATUS + rows).replace("rejected", "met").replace("empty-homes", "draft"),
        "evidence.csv": EVIDENCE.replace("empty-homes", "draft")
        + "draft,2019-01-01,1,https://example.org/a,A,official_record,2020-01\r\n",
        "results.csv": "ask_slug,update_key,test_key,result\r\ndraft,2019-01-01,law,met\r\n",
    }
    assert ("updates.csv", 2, "status") in faults_of(held, files)  # the test is met only by the row after it
    header, status, test = files["updates.csv"].splitlines(keepends=True)
    assert bring(held, files | {"updates.csv": header + test + status}).faults == []


def test_columns_that_the_tracker_works_out_are_ignored_with_one_sentence_each(ed: Change) -> None:
    row = "{0},met,Met,https://other.example/asks/{0},A vote\r\n"
    rows = "ask_slug,status,kind_label,ask_url,next_step\r\n" + row.format("empty-homes") + row.format("draft")
    plan = bring(ed, {"asks.csv": rows})
    assert plan.faults == []
    assert summary(plan) == {"asks": (0, 2, 0)}
    assert list(plan.notes) == [("asks.csv", "status"), ("asks.csv", "kind_label")]
    assert plan.notes["asks.csv", "status"].endswith("A status changes only by a row of updates, with its evidence.")
    assert find(ed, "empty-homes").status is Status.ANNOUNCED


def test_an_ask_comes_in_as_a_draft_with_its_status_and_names_a_source_that_is_not_archived(ed: Change) -> None:
    source = make_source(ed, key="other", title="The manifesto", url="https://example.org/manifesto")
    files = {
        "asks.csv": HEADER + GOOD.replace("The article", "The manifesto"),
        "updates.csv": STATUS.replace("empty-homes", "new"),
        "evidence.csv": EVIDENCE.replace("empty-homes", "new"),
    }
    assert bring(ed, files).faults == []
    ask = find(ed, "new")
    assert (ask.status, ask.publication) == (Status.REJECTED, Publication.DRAFT)
    records.archive(ed, source, None, "It was entered twice.")
    other = {"asks.csv": files["asks.csv"].replace("\nnew", "\nnewer")}
    assert faults_of(ed, other) == [("asks.csv", 2, "source_title")]


def test_a_topic_that_an_edit_brings_in_is_written_in_one_way_by_all_rows(
    ed: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "STEP", 3)
    rows = [GOOD.replace("new,", f"new-{number},", 1) for number in range(compare.STEP)]
    edited = "empty-homes,Tax empty homes,policy,Taxes,The article,Q,S\r\n"
    last = GOOD.replace("new,", "last,", 1).replace("Housing", "taxes")
    files = {"asks.csv": HEADER + edited + "".join(rows) + last}
    assert faults_of(ed, files, "It was misfiled.") == [("asks.csv", compare.STEP + 3, "topic")]


def test_tests_laws_and_links_come_in_and_are_changed(ed: Change) -> None:
    files = {
        "legislation.csv": "law_key,kind,year,number,title,becomes\r\n"
        "bill/2019-21/7,bill,2019-21,7,A Bill,ukpga/2020/1\r\n"
        "ukpga/2020/1,ukpga,2020,1,An Act,\r\n"
        "ukdsi/2019/a-draft,ukdsi,2019,,A Draft,\r\n",
        "tests.csv": "ask_slug,test_key,label\r\ndraft,law,The tax is law\r\n",
        "links.csv": "ask_slug,law_key,provisions,extent,effect\r\ndraft,ukpga/2020/1,s. 1,Wales; Scotland,enables\r\n",
    }
    plan = bring(ed, files)
    assert plan.faults == []
    assert summary(plan) == {"legislation": (3, 0, 0), "tests": (1, 0, 0), "links": (1, 0, 0)}
    bill = ed.session.scalars(sa.select(Legislation).where(Legislation.kind == "bill")).one()
    act = ed.session.scalars(sa.select(Legislation).where(Legislation.key == "ukpga/2020/1")).one()
    assert (bill.becomes_id, act.publication) == (act.id, Publication.DRAFT)
    files["tests.csv"] = files["tests.csv"].replace("The tax is law", "It is law")
    files["links.csv"] = files["links.csv"].replace("enables", "delivers")
    # A draft instrument gets its number and becomes a law in one row.
    laws = files["legislation.csv"].replace("An Act", "The Act")
    files["legislation.csv"] = laws.replace("2019,,A Draft,", "2019,7,A Draft,ukpga/2018/13")
    plan = bring(ed, files)
    assert plan.faults == []
    assert (plan.changed.total(), plan.added.total()) == (4, 0)
    assert act.title == "The Act"
    instrument = ed.session.scalars(sa.select(Legislation).where(Legislation.key == "ukdsi/2019/7")).one()
    assert ed.session.get_one(Legislation, instrument.becomes_id).key == "ukpga/2018/13"


def test_rows_name_the_asks_that_ask_for_the_same_above_and_below(ed: Change) -> None:
    header = HEADER.replace("\r", ",same_as\r")
    row = "{0},{0},policy,Housing,The article,Q,S,{1}\r\n"
    plan = bring(ed, {"asks.csv": header + row.format("one", "two") + row.format("two", "empty-homes")})
    assert plan.faults == []
    one, two = find(ed, "one"), find(ed, "two")
    assert (one.same_as_id, two.same_as_id) == (two.id, find(ed, "empty-homes").id)
    assert summary(bring(ed, {"asks.csv": "ask_slug,same_as\r\none,\r\ntwo,empty-homes\r\n"})) == {"asks": (0, 1, 1)}
    assert one.same_as_id is None
    assert bring(ed, {"asks.csv": "ask_slug,same_as,next_step\r\none,empty-homes,A vote\r\n"}).faults == []
    changed = find(ed, "one")
    assert (changed.same_as_id, changed.next_step) == (find(ed, "empty-homes").id, "A vote")
    for wrong in ("no-such-ask", "one"):
        assert faults_of(ed, {"asks.csv": f"ask_slug,same_as\r\none,{wrong}\r\n"}) == [("asks.csv", 2, "same_as")]


@pytest.mark.parametrize("is_draft", [True, False])
def test_a_file_of_ours_that_may_not_name_another_ask_does_not_take_it_out(ed: Change, is_draft: bool) -> None:
    other = make_ask(ed, slug="other", published=True)
    asks.edit_ask(ed, find(ed, "empty-homes"), ask_draft(other.source_id, same_as_id=other.id), seen_version=None)
    other.publication = Publication.DRAFT if is_draft else Publication.ARCHIVED
    assert bring(ed, exported(ed)).changed.total() == 0
    assert find(ed, "empty-homes").same_as_id == other.id
