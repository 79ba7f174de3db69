"""The public door lets out published records only, and of them public fields only."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import (
    NOW,
    ask_draft,
    law_draft,
    list_target,
    make_ask,
    make_designation,
    make_law,
    make_link,
    make_reply,
    make_source,
    make_targets,
    make_test,
    make_update,
    source_draft,
)
from tests.transactions import shared_engine_with
from tracker.db.engine import reading
from tracker.models import Ask, SanctionsList
from tracker.queries import public
from tracker.queries.public import dates, feeds, tables
from tracker.queries.public.filters import AskFilter
from tracker.queries.public.records import PublicAsk
from tracker.queries.public.rows import count_rows
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.rules.updates import Result, UpdateKind
from tracker.services import asks, drafts, legislation, records, tests
from tracker.services.change import Change

MARK = "HIDDEN"  # stands in everything that the public must not see
HIDDEN_DATE = PartialDate("1999-09-09")


def fill(change: Change) -> None:
    """A public ask among drafts and archived records of every kind."""
    source = make_source(change, internal_note=MARK)
    make_source(change, key="draft-source", title=MARK)
    ask = make_ask(
        change, published=True, slug="public", source_id=source.id, internal_note=MARK, responsible_bodies=("A body",)
    )
    moved = ask_draft(source.id, slug="moved", internal_note=MARK, responsible_bodies=("A body",))
    asks.edit_ask(change, ask, moved, seen_version=None)
    fill_story(change, ask)
    law = make_law(change, internal_note=MARK, title="A public act")
    make_link(change, ask, law, provisions="s. 1", internal_note=MARK, in_force_on=PartialDate("2027"))
    make_link(change, ask, law, provisions="s. 2")
    make_link(change, ask, law, provisions=MARK, published=False)
    records.archive(change, make_link(change, ask, law, provisions=f"{MARK} 2"), None, MARK)
    make_law(change, citation="2018 c. 14", title=MARK, published=False)
    bill = make_law(change, kind="bill", citation="", year="2017-19", number="157", title=MARK, published=False)
    became = law_draft(kind="bill", citation="", year="2017-19", number="157", title=MARK, becomes_id=law.id)
    legislation.edit_legislation(change, bill, became, None)

    make_reply(change, ask, published=True, internal_note=MARK)
    make_reply(change, ask, asked=MARK, answer=MARK)
    records.archive(change, make_reply(change, ask, published=True, asked=MARK, answer=MARK), None, MARK)

    fill_targets(change, ask)

    draft = make_ask(change, slug="draft", title=MARK, topic=MARK, source_id=source.id)
    asks.edit_ask(change, draft, ask_draft(source.id, slug="draft-2", title=MARK, topic=MARK), seen_version=None)
    archived = make_ask(change, published=True, slug="archived", title=MARK, topic=MARK, source_id=source.id)
    for hidden in (draft, archived):
        make_link(change, hidden, law)
        make_update(change, hidden, text=MARK)
        make_reply(change, hidden, published=hidden is archived, asked=MARK, answer=MARK)
        make_test(change, hidden, label=MARK)
        list_target(change, make_targets(change, hidden, MARK)[0], "RUS9001")
    records.archive(change, archived, None, MARK)
    records.archive(change, make_law(change, citation="2018 c. 15", title=MARK), None, MARK)
    records.archive(change, make_law(change, citation="2018 c. 16", title=MARK, published=False), None, MARK)
    put_aside = make_ask(change, slug="put-aside", title=MARK, topic=MARK, source_id=source.id)
    make_update(change, put_aside, status=Status.ANNOUNCED)
    records.archive(change, put_aside, None, MARK)


def fill_targets(change: Change, ask: Ask) -> None:
    """One target that is shown, and hidden ones in each state."""
    change.session.add(SanctionsList(day=PartialDate("2026-11-20"), read_at=NOW))
    make_designation(change.session, name=MARK, regime="A public act")
    make_designation(change.session, "RUS9002", removed_on=HIDDEN_DATE, last_seen=HIDDEN_DATE)
    shown, hidden, not_listed, *_ = make_targets(
        change, ask, "Boris Testov", MARK, f"{MARK} 2", f"{MARK} 3", words=MARK
    )
    list_target(change, shown)
    list_target(change, hidden, is_shown=False)
    list_target(change, not_listed, "")


def fill_story(change: Change, ask: Ask) -> None:
    """Tests and entries of the public ask, with a draft, a discarded draft and an archived test among them."""
    make_test(change, ask, key="second", label="The second test")
    looked: dict[str, Any] = {"kind": UpdateKind.REVIEW, "evidence": (), "happened_on": PartialDate("2026-11-01")}
    make_update(change, ask, not_found="A public gap.", **looked)
    unfinished = looked | {"happened_on": PartialDate("2026-11-02"), "text": MARK, "searched": MARK}
    make_update(change, ask, published=False, not_found=MARK, **unfinished)
    test, taken_out = make_test(change, ask), make_test(change, ask, key="taken-out", label=MARK, reason="Why not.")
    tests.archive_test(change, ask, taken_out, None, "Why not.")
    both = ((test.id, Result.NOT_MET),)
    entry = make_update(change, ask, text="A public entry.", results=both, draft_note=MARK)
    hidden: dict[str, Any] = {"published": False, "text": MARK, "happened_on": HIDDEN_DATE}
    make_update(change, ask, status=Status.REJECTED, reason=MARK, **hidden)
    drafts.discard(change, make_update(change, ask, status=Status.REJECTED, reason=MARK, **hidden), 1)
    make_update(change, ask, kind=UpdateKind.CORRECTION, corrects_id=entry.id, **hidden)


filled = shared_engine_with(fill)
NOT_PUBLIC = ("draft-2", "put-aside", "public", "never")
LAWS = {
    "ukpga/2018/13": True, "ukpga/2018/15": True, "ukpga/2018/14": False, "ukpga/2018/16": False,
    "bill/2017-19/157": False,
}  # fmt: skip


def found_ask(session: Session) -> PublicAsk:
    ask = public.find_ask(session, "moved")
    assert ask
    return ask


def test_nothing_hidden_leaves_by_any_door(filled: sa.Engine) -> None:
    with reading(filled) as session:
        found = {
            "topics": public.list_topics(session),
            "sources": public.list_sources(session),
            "asks": public.find_page(session, AskFilter()),
            "groups": public.find_groups(session, public.count_by_status(session)),
            "unknown": public.list_unknown(session, date(2100, 1, 1)),
            "choices": public.find_choices(session, AskFilter(), {"housing": "Housing"}),
            "bodies": public.list_bodies(session),
            "years": public.count_by_year(session),
            "found": public.find_page(session, AskFilter(text="public entry")),
            "ask": public.find_ask(session, "moved"),
            "laws": public.list_laws(session),
            "feed": feeds.list_changes(session, AskFilter()),
            "dates": dates.list_dates(session, NOW.date()),
            "asks in the map": feeds.list_asks_in(session, 1),
            "laws in the map": feeds.list_laws_in(session, 1),
            "law": public.find_law(session, "ukpga/2018/13"),
            "source": public.find_source(session, source_draft().key),
            "passages": public.list_passages(session, public.find_page(session, AskFilter()).lines),
            "sanctions": public.find_sanctions(session, found_ask(session)),
            "regime": public.find_regime(session, "A public act"),
            "body": [public.find_body(session, slug) for slug in public.list_bodies(session)],
        }
    for name, answer in found.items():
        # The redefinitions that tell of the taken out test belong to the history, and name it.
        said = repr(answer).replace(f"“{MARK}”", "")
        assert answer, name
        assert MARK not in said, name
        assert HIDDEN_DATE.text not in said, name


def test_of_the_public_ask_everything_public_is_there(filled: sa.Engine) -> None:
    with reading(filled) as session:
        ask = public.find_ask(session, "moved")
        law = public.find_law(session, "ukpga/2018/13")
        unknown = public.list_unknown(session, date(2100, 1, 1))
    assert ask is not None
    assert law is not None
    assert {name: [(gap.ask_slug, gap.what) for gap in gaps] for name, gaps in unknown.items()} == {
        "tests": [("moved", "The second test")],
        "not_found": [("moved", "A public gap.")],
        "laws": [("moved", "A public act s. 2")],
        "late": [("moved", "")],
    }
    assert {test.key for test in ask.tests} == {"tax-in-law", "second"}
    assert [link.provisions for link in ask.links] == ["s. 1", "s. 2"]
    assert [entry.text for entry in ask.story if entry.kind is UpdateKind.MILESTONE] == ["A public entry."]
    assert [entry.corrected_by for entry in ask.story if entry.text == "A public entry."] == [()]
    assert [link.ask.slug for link in law.links if link.ask] == ["moved", "moved"]
    assert (law.was, law.becomes) == ((), None)


def test_counts_and_lists_leave_out_drafts_and_archived_asks(filled: sa.Engine) -> None:
    with reading(filled) as session:
        assert public.count_by_status(session) == {Status.ANNOUNCED: 1}
        assert [line.slug for line in public.find_page(session, AskFilter()).lines] == ["moved"]
        assert public.list_topics(session) == {"housing": "Housing"}
        assert [law.key for law in public.list_laws(session).laws] == ["ukpga/2018/13"]
        assert [source.title for source in public.list_sources(session)] == [source_draft().title]


def test_a_page_is_there_for_what_is_or_was_public(filled: sa.Engine) -> None:
    with reading(filled) as session:
        found = {slug: public.find_ask(session, slug) for slug in ("moved", "archived", *NOT_PUBLIC)}
        assert {slug: ask and ask.is_archived for slug, ask in found.items()} == {
            "moved": False, "archived": True, **dict.fromkeys(NOT_PUBLIC)
        }  # fmt: skip
        for slug in found:
            is_known = public.find_ask(session, slug, with_drafts=True) is not None
            assert is_known is (slug not in {"public", "never"})
        for key, is_public in LAWS.items():
            assert (public.find_law(session, key) is not None) is is_public
            assert public.find_key_of(session, key) == (key if is_public else None)
        slugs = {slug: public.find_slug_now(session, slug) for slug in ("public", "draft", "never", "moved")}
        assert slugs == {"public": "moved", "draft": None, "never": None, "moved": None}


@pytest.mark.parametrize("name", list(tables.RECORDS))
def test_no_file_has_a_row_or_a_column_that_is_hidden(filled: sa.Engine, name: str) -> None:
    rows = [dict(row._mapping) for row in tables.read(filled, name, AskFilter())]
    with reading(filled) as session:
        assert count_rows(session)[name] == len(rows) > 0
    said = repr(rows).replace(f"“{MARK}”", "")
    assert MARK not in said
    assert HIDDEN_DATE.text not in said
    assert {row["ask_slug"] for row in rows if "ask_slug" in row} <= {"moved"}


def test_records_that_leave_the_door_are_frozen(filled: sa.Engine) -> None:
    with reading(filled) as session:
        ask = found_ask(session)
    for record in (ask, ask.line, ask.source, ask.tests[0], ask.links[0], ask.story[0], ask.story[-1].evidence[0]):
        with pytest.raises(AttributeError):
            record.title = "Other"  # type: ignore[misc,union-attr]
