"""Sources, asks, their tests and the bodies that answer for them: entered, edited, renamed, published, taken out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factories import (
    ask_draft,
    criterion_draft,
    link_draft,
    make_ask,
    make_law,
    make_link,
    make_source,
    make_test,
    make_update,
    source_draft,
)
from tests.transactions import refused, revision
from tracker.models import Ask, Body, Event, FormerSlug, Source, Update
from tracker.queries import public
from tracker.queries.public import find_slug_now, list_former_slugs
from tracker.queries.public.filters import AskFilter
from tracker.queries.stories import list_tests
from tracker.rules.asks import AskDraft, BodyDraft, Publication
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Conflict, RuleBroken
from tracker.rules.status import Status
from tracker.rules.updates import Result, UpdateKind
from tracker.services import asks, derived, legislation, records, replay, tests, updates
from tracker.services.bodies import edit_body
from tracker.services.change import Change


def draft_of(ask: Ask, **changes: Any) -> AskDraft:
    """The ask as its form shows it, with changes."""
    return replace(
        ask_draft(ask.source_id, slug=ask.slug, title=ask.title, summary=ask.summary, reading=ask.reading), **changes
    )


def redefinitions(change: Change, ask: Ask) -> list[Update]:
    statement = sa.select(Update).where(Update.ask_id == ask.id, Update.kind == UpdateKind.REDEFINITION)
    public = statement.where(Update.publication == Publication.PUBLISHED).order_by(Update.id)
    return list(change.session.scalars(public))


def test_a_new_ask_is_a_draft_without_a_status_whose_slug_is_never_public(ed: Change) -> None:
    ask = make_ask(ed, slug="he-is-corrupt")
    assert (ask.publication, ask.status, ask.version) == (Publication.DRAFT, None, 1)
    asks.edit_ask(ed, ask, draft_of(ask, slug="second"), seen_version=None)
    make_update(ed, ask, status=Status.ANNOUNCED)
    asks.publish_ask(ed, ask, None)
    asks.edit_ask(ed, ask, draft_of(ask, slug="third"), seen_version=None)
    ask_id = ask.id
    assert list_former_slugs(ed.session) == {"second": "third"}
    assert replay.find_differences(ed.session) == []
    ed.session.add(FormerSlug(slug="he-is-corrupt", ask_id=ask_id))  # as older versions kept it
    assert replay.find_differences(ed.session) == []


def test_a_former_slug_of_a_published_ask_leads_to_it_until_the_ask_takes_it_up_again(ed: Change) -> None:
    ask, other = make_ask(ed, published=True, slug="first"), make_ask(ed, slug="other")
    asks.edit_ask(ed, ask, draft_of(ask, slug="second"), seen_version=None)
    asks.edit_ask(ed, ask, draft_of(ask, slug="third"), seen_version=None)
    assert [find_slug_now(ed.session, slug) for slug in ("first", "second", "never")] == ["third", "third", None]
    for taken in ("first", "third"):
        with refused("slug"):
            make_ask(ed, slug=taken)
        with refused("slug"):
            asks.edit_ask(ed, other, draft_of(other, slug=taken), seen_version=None)
    asks.edit_ask(ed, ask, draft_of(ask, slug="first"), seen_version=None)
    assert set(ed.session.scalars(sa.select(FormerSlug.slug))) == {"second", "third"}


def test_an_ask_is_published_once_with_a_status_and_its_source_from_the_version_that_was_seen(ed: Change) -> None:
    ask = make_ask(ed)
    draft = make_update(ed, ask, published=False, status=Status.ANNOUNCED)
    with refused("status"):  # a draft of a status is no status yet
        asks.publish_ask(ed, ask, None)
    updates.publish(ed, ask, draft)
    with pytest.raises(Conflict):
        asks.publish_ask(ed, ask, seen_version=99)
    asks.publish_ask(ed, ask, None)
    assert ask.publication is Publication.PUBLISHED
    assert ed.session.get_one(Source, ask.source_id).publication is Publication.PUBLISHED
    with pytest.raises(RuleBroken):
        asks.publish_ask(ed, ask, seen_version=99)


@pytest.mark.parametrize("field", ["title", "reading"])
def test_rewording_a_published_ask_needs_a_reason_and_lands_in_the_story(ed: Change, field: str) -> None:
    ask = make_ask(ed)
    assert asks.edit_ask(ed, ask, draft_of(ask, **{field: "Words of a draft."}), seen_version=None)
    make_update(ed, ask, status=Status.ANNOUNCED, happened_on=PartialDate("2018-01-01"))
    asks.publish_ask(ed, ask, None)
    assert asks.edit_ask(ed, ask, draft_of(ask, topic="Tax", internal_note="Look."), seen_version=None)
    before, version = getattr(ask, field), ask.version
    draft = draft_of(ask, **{field: "Other words."})
    with refused("change_reason"), ed.session.begin_nested():
        asks.edit_ask(ed, ask, draft, seen_version=None)
    assert (getattr(ask, field), ask.version, redefinitions(ed, ask)) == (before, version, [])

    asks.edit_ask(ed, ask, draft, seen_version=None, reason="It was too narrow.")
    (entry,) = redefinitions(ed, ask)
    assert before in entry.text
    assert "It was too narrow." in entry.text
    assert (entry.happened_on, entry.author_id) == (PartialDate("2026-11-22"), ed.actor.id)
    assert (ask.status, ask.status_on) == (Status.ANNOUNCED, PartialDate("2018-01-01"))


def test_what_is_wrong_is_not_entered_and_the_key_of_a_source_is_its_own(ed: Change) -> None:
    one, source = make_ask(ed, slug="one", topic="Housing"), make_source(ed, key="the-speech")
    for changes, field in (({"topic": "housing"}, "topic"), ({"title": ""}, "title")):
        with refused(field):
            asks.create_ask(ed, ask_draft(one.source_id, slug="two", **changes))
    assert set(ed.session.scalars(sa.select(Ask.slug))) == {"one"}
    assert asks.edit_source(ed, source, source_draft(key="the-speech", title="The speech, revised"), seen_version=1)
    assert (source.title, source.version) == ("The speech, revised", 2)
    with refused("key"):
        asks.edit_source(ed, source, source_draft(), seen_version=None)
    with refused("key"):
        make_source(ed)
    records.publish(ed, source, None)
    with pytest.raises(RuleBroken, match="its address has this short name"):
        asks.edit_source(ed, source, source_draft(key="speech"), seen_version=None)


def test_an_ask_shows_no_source_that_was_put_aside(ed: Change) -> None:
    published, draft = make_ask(ed, published=True), make_ask(ed, slug="later", title="Later")
    aside = make_source(ed, key="aside", title="A source that nobody shall see")
    records.archive(ed, aside, None, "It was leaked to us.")
    with refused("source_id"):
        asks.edit_ask(ed, published, draft_of(published, source_id=aside.id), seen_version=None, reason="It is better.")
    make_update(ed, draft, status=Status.ANNOUNCED)
    asks.edit_ask(ed, draft, draft_of(draft, source_id=aside.id), seen_version=None)
    with pytest.raises(RuleBroken, match="was put aside"):
        asks.publish_ask(ed, draft, None)
    records.restore(ed, aside, None)
    asks.publish_ask(ed, draft, None)
    assert aside.publication is Publication.PUBLISHED


def test_what_an_editor_saw_of_a_contributors_draft_is_what_is_published(ed: Change, cleo: Change) -> None:
    ask, law = make_ask(cleo), make_law(ed)
    make_update(ed, ask, status=Status.ANNOUNCED)
    seen = ask.version
    link = make_link(cleo, ask, law, published=False)
    test = make_test(cleo, ask)
    for change_it in (
        lambda: None,
        lambda: legislation.edit_link(cleo, link, link_draft(ask.id, law.id, note="It did harm."), None),
        lambda: tests.edit_test(cleo, ask, test, criterion_draft(label="It did harm"), seen_version=None),
        lambda: tests.archive_test(cleo, ask, test, None, "It did harm."),
        lambda: asks.edit_ask(cleo, ask, draft_of(ask, summary="It did harm."), seen_version=ask.version),
    ):
        change_it()
        with pytest.raises(Conflict):
            asks.publish_ask(ed, ask, seen)
        seen = ask.version


# --- success tests ---

MARCH = PartialDate("2020-03")


def test_a_test_has_a_key_of_its_own_in_its_ask_and_says_what_was_so_before(ed: Change) -> None:
    ask = make_ask(ed)
    first = make_test(ed, ask)
    assert first.result is Result.UNKNOWN
    assert make_test(ed, ask, key="second", before=Result.NOT_MET).result is Result.NOT_MET
    assert make_test(ed, make_ask(ed, slug="other")).key == first.key
    to_come = criterion_draft(key="other", reviewed_on=PartialDate("2026-12"))
    wrong = (criterion_draft(), "key"), (criterion_draft(key="other", label=""), "label"), (to_come, "reviewed_on")
    for draft, field in wrong:
        with refused(field):
            tests.add_tests(ed, ask, [draft])
    with refused("reviewed_on"):
        tests.edit_test(ed, ask, first, criterion_draft(reviewed_on=to_come.reviewed_on), seen_version=None)
    assert redefinitions(ed, ask) == []


def test_on_a_published_ask_each_change_of_a_test_needs_a_reason_and_is_told_with_it(ed: Change) -> None:
    ask = make_ask(ed, published=True)
    test = make_test(ed, ask, reason="It was forgotten.")
    seen = criterion_draft(reviewed_on=MARCH)
    assert tests.edit_test(ed, ask, test, seen, seen_version=1)  # no other words, so it stays out of the story
    assert not tests.edit_test(ed, ask, test, seen, seen_version=2)
    with pytest.raises(Conflict):
        tests.edit_test(ed, ask, test, criterion_draft(label="Third words"), seen_version=1)
    with pytest.raises(Conflict):
        tests.archive_test(ed, ask, test, 1, "It doubled another.")
    reworded = criterion_draft(label="The tax is in force", reviewed_on=MARCH)
    refusals: list[Callable[[], object]] = [
        lambda: make_test(ed, ask, key="other", reason=""),
        lambda: tests.edit_test(ed, ask, test, reworded, seen_version=None),
        lambda: tests.archive_test(ed, ask, test, None, ""),
        lambda: tests.restore_test(ed, ask, test, None, ""),
    ]
    for refuse in refusals:
        with refused("change_reason"), ed.session.begin_nested():
            refuse()
    tests.edit_test(ed, ask, test, reworded, seen_version=2, reason="It was vague.")
    tests.archive_test(ed, ask, test, 3, "It doubled another.")
    tests.restore_test(ed, ask, test, 4, "It did not.")
    assert [entry.text for entry in redefinitions(ed, ask)] == [
        "A test was added: “The tax is law”. Why: It was forgotten.",
        "The test “The tax is law” now reads “The tax is in force”. Why: It was vague.",
        "A test was taken out: “The tax is in force”. Why: It doubled another.",
        "A test was brought back: “The tax is in force”. Why: It did not.",
    ]


def test_the_story_goes_before_what_was_so_and_an_archived_test_is_out_of_the_judgement(ed: Change) -> None:
    ask = make_ask(ed)
    paid = criterion_draft(key="second", label="The tax is paid")
    kept, (taken_out,) = make_test(ed, ask), tests.add_tests(ed, ask, [paid])
    tests.edit_test(ed, ask, taken_out, replace(paid, before=Result.MET), seen_version=None)
    assert (taken_out.result, taken_out.result_on) == (Result.MET, None)
    met = ((kept.id, Result.MET), (taken_out.id, Result.NOT_MET))
    make_update(ed, ask, status=Status.PARTLY_MET, results=met)
    tests.edit_test(ed, ask, taken_out, paid, seen_version=None)
    assert (taken_out.result, taken_out.result_on) == (Result.NOT_MET, PartialDate("2020-03-04"))
    tests.archive_test(ed, ask, taken_out, None, "It doubled another.")
    assert list_tests(ed.session, ask.id) == [kept]
    assert replay.find_differences(ed.session) == []
    with refused("results"):
        make_update(ed, ask, kind=UpdateKind.TEST, results=((taken_out.id, Result.MET),))
    make_update(ed, ask, status=Status.MET, happened_on=PartialDate("2020-05"))  # the test left is met

    tests.restore_test(ed, ask, taken_out, None, "It did not.")
    assert taken_out.result is Result.NOT_MET
    with pytest.raises(RuleBroken):
        make_update(ed, ask, status=Status.MET, happened_on=PartialDate("2020-06"))


# --- bodies ---

FCO, FCDO = "Foreign Office", "Foreign, Commonwealth and Development Office"


def body(change: Change, slug: str) -> Body:
    return change.session.scalars(sa.select(Body).where(Body.slug == slug)).one()


def slugs(change: Change) -> list[str]:
    return list(change.session.scalars(sa.select(Body.slug).order_by(Body.id)))


def found(change: Change, **wanted: str) -> list[str]:
    return [line.slug for line in public.find_page(change.session, AskFilter(**wanted)).lines]  # type: ignore[arg-type]


def rename(change: Change, slug: str, name: str, *short_names: str) -> bool:
    row = body(change, slug)
    return edit_body(change, row, BodyDraft(slug, name, short_names), row.version)


def check(change: Change) -> None:
    assert replay.find_differences(change.session) == []
    assert derived.find_faults(change.session) == []


def test_an_ask_enters_the_bodies_that_nobody_named_before_in_an_order_that_can_be_changed(ed: Change) -> None:
    names = ("The Treasury", FCO)
    ask = make_ask(ed, responsible_bodies=names)
    make_ask(ed, slug="other", responsible_bodies=("home office", "THE TREASURY", "the treasury"))
    make_ask(ed, slug="none")
    created = sa.select(Event.after).where(Event.subject == "body", Event.action == "created").order_by(Event.id)
    assert ed.session.scalars(created).first() == {"slug": "the-treasury", "name": "The Treasury", "short_names": []}
    now = ask_draft(ask.source_id, responsible_bodies=names)
    assert not asks.edit_ask(ed, ask, now, seen_version=None)
    for changed in ((FCO, "The Treasury"), (FCO,), (), ("home office", "D")):
        assert asks.edit_ask(ed, ask, replace(now, responsible_bodies=changed), seen_version=None)
        ed.session.expire_all()
        assert tuple(ask.responsible_bodies) == changed
    assert slugs(ed) == ["the-treasury", "foreign-office", "home-office", "d"]
    listed = ed.session.execute(sa.select(Ask.id, Ask.responsible_bodies).order_by(Ask.id)).all()
    assert [list(of) for _, of in listed] == [["home office", "D"], ["home office", "The Treasury"], []]
    before = revision(ed.session)  # they are drafts
    assert rename(ed, "foreign-office", FCDO)
    assert revision(ed.session) == before
    assert public.find_body(ed.session, "foreign-office") is None
    assert public.list_bodies(ed.session) == {}
    check(ed)


def test_names_of_any_script_are_told_apart(ed: Change) -> None:
    names = ("Поліція (UK)", "Міністерство (UK)", "МИД", "外交部", "وزارة الدفاع")
    make_ask(ed, published=True, responsible_bodies=names)
    assert slugs(ed)[0] == "uk"
    assert set(public.list_bodies(ed.session).values()) == set(names)
    for slug in slugs(ed):
        assert found(ed, body=slug) == ["empty-homes"]
    # A name may be what is left of another in Latin letters.
    ask = make_ask(ed, slug="other", responsible_bodies=names[:1])
    ed.session.add(Body(slug="uk-9", name="UK", name_key="uk", version=1))
    ed.session.flush()
    draft = ask_draft(ask.source_id, slug="other", responsible_bodies=("uk", "поліція (uk)"))
    asks.edit_ask(ed, ask, draft, seen_version=None)
    assert ask.responsible_bodies == ["UK", "Поліція (UK)"]
    assert rename(ed, "uk-9", "UK", "Kingdom")


def test_a_body_is_renamed_and_found_by_its_names_old_and_new(ed: Change) -> None:
    make_ask(ed, published=True, responsible_bodies=(FCO,))
    before = revision(ed.session)
    assert found(ed, text="OFCD") == []
    assert rename(ed, "foreign-office", FCDO, "FCDO", "OFCD")
    assert revision(ed.session) == before + 1
    shown = public.find_body(ed.session, "foreign-office")
    assert shown
    assert (shown.name, shown.short_names) == (FCDO, ("FCDO", "OFCD"))
    assert (
        found(ed, text="OFCD") == found(ed, text="commonwealth") == found(ed, body="foreign-office") == ["empty-homes"]
    )
    later = make_ask(ed, slug="later", responsible_bodies=(FCO.upper(), FCDO.lower()))
    assert later.responsible_bodies == [FCDO]
    assert not rename(ed, "foreign-office", FCDO, "FCDO", "OFCD")
    assert rename(ed, "foreign-office", FCO)
    assert found(ed, text="OFCD") == []
    check(ed)


def test_what_is_no_name_or_another_bodys_or_was_changed_meanwhile_is_refused(ed: Change) -> None:
    make_ask(ed, responsible_bodies=("The Treasury", FCO))
    rename(ed, "foreign-office", FCDO)
    for name, short_names, field in (
        ("", (), "name"),
        ("The Treasury", ("A", "A"), "short_names"),
        ("FOREIGN office", (), "name"),
        (FCDO, (), "name"),
    ):
        with refused(field):
            rename(ed, "the-treasury", name, *short_names)
    row = body(ed, "foreign-office")
    with pytest.raises(Conflict):
        edit_body(ed, row, BodyDraft("foreign-office", FCO), row.version - 1)
