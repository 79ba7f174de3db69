"""Sources and asks: entered, edited, moved to another address, published."""

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
from tests.transactions import refused
from tracker.models import Ask, FormerSlug, Source, Update
from tracker.queries.public import find_slug_now, list_former_slugs
from tracker.rules.asks import AskDraft, Publication
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Conflict, RuleBroken
from tracker.rules.status import Status
from tracker.rules.updates import UpdateKind
from tracker.services import asks, legislation, records, replay, tests, updates
from tracker.services.change import Change


def draft_of(ask: Ask, **changes: Any) -> AskDraft:
    """The ask as its form shows it, with changes."""
    return replace(
        ask_draft(ask.source_id, slug=ask.slug, title=ask.title, summary=ask.summary, reading=ask.reading), **changes
    )


def redefinitions(change: Change, ask: Ask) -> list[Update]:
    statement = sa.select(Update).where(Update.ask_id == ask.id, Update.kind == UpdateKind.REDEFINITION)
    return list(change.session.scalars(statement.where(Update.publication == Publication.PUBLISHED)))


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
