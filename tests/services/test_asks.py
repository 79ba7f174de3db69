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
from tests.transactions import problems_of
from tracker.models import Ask, FormerSlug, Source, Update
from tracker.queries.public import find_slug_now, list_former_slugs
from tracker.rules.asks import AskDraft, Publication
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Conflict, RuleBroken
from tracker.rules.status import Status
from tracker.rules.updates import UpdateKind
from tracker.services import asks, legislation, records, replay, tests
from tracker.services.change import Change


def draft_of(ask: Ask, **changes: Any) -> AskDraft:
    """The ask as its form shows it, with changes."""
    return replace(ask_draft(ask.source_id, slug=ask.slug, title=ask.title, summary=ask.summary), **changes)


def redefinitions(change: Change, ask: Ask) -> list[str]:
    statement = sa.select(Update.text).where(Update.ask_id == ask.id, Update.kind == UpdateKind.REDEFINITION)
    return list(change.session.scalars(statement.where(Update.publication == Publication.PUBLISHED)))


def test_a_new_ask_is_a_draft_without_a_status(ed: Change) -> None:
    ask = make_ask(ed, jurisdictions=("England", "Wales"), next_step_on=PartialDate("2027-01"))
    ed.session.expire_all()
    stored = ed.session.scalars(sa.select(Ask)).one()
    assert (stored.id, stored.publication, stored.status, stored.version) == (ask.id, Publication.DRAFT, None, 1)
    assert (stored.jurisdictions, stored.next_step_on) == (["England", "Wales"], PartialDate("2027-01"))


def test_an_old_slug_keeps_leading_to_a_published_ask(ed: Change) -> None:
    ask = make_ask(ed, published=True, slug="first")
    asks.edit_ask(ed, ask, draft_of(ask, slug="second"), seen_version=None)
    asks.edit_ask(ed, ask, draft_of(ask, slug="third"), seen_version=None)
    assert [find_slug_now(ed.session, slug) for slug in ("first", "second", "never")] == ["third", "third", None]


def test_a_slug_taken_up_again_is_no_longer_a_former_one(ed: Change) -> None:
    ask = make_ask(ed, published=True, slug="first")
    asks.edit_ask(ed, ask, draft_of(ask, slug="second"), seen_version=None)
    asks.edit_ask(ed, ask, draft_of(ask, slug="first"), seen_version=None)
    assert list(ed.session.scalars(sa.select(FormerSlug.slug))) == ["second"]


def test_the_slug_of_a_draft_is_never_public(ed: Change) -> None:
    ask = make_ask(ed, slug="he-is-corrupt")
    asks.edit_ask(ed, ask, draft_of(ask, slug="second"), seen_version=None)
    make_update(ed, ask, status=Status.ANNOUNCED)
    asks.publish_ask(ed, ask, None)
    asks.edit_ask(ed, ask, draft_of(ask, slug="third"), seen_version=None)
    ask_id = ask.id
    assert list_former_slugs(ed.session) == {"second": "third"}
    assert replay.find_differences(ed.session) == []
    ed.session.add(FormerSlug(slug="he-is-corrupt", ask_id=ask_id))  # as older versions kept it
    assert replay.find_differences(ed.session) == []


@pytest.mark.parametrize("taken", ["first", "second"], ids=["a former slug", "a present slug"])
def test_a_slug_that_another_ask_has_or_had_is_refused(ed: Change, taken: str) -> None:
    ask = make_ask(ed, published=True, slug="first")
    asks.edit_ask(ed, ask, draft_of(ask, slug="second"), seen_version=None)
    other = make_ask(ed, slug="other")
    with pytest.raises(RuleBroken) as created:
        make_ask(ed, slug=taken)
    with pytest.raises(RuleBroken) as edited:
        asks.edit_ask(ed, other, draft_of(other, slug=taken), seen_version=None)
    assert problems_of(created) == problems_of(edited) == {"slug"}


def test_publishing_needs_a_status(ed: Change) -> None:
    ask = make_ask(ed)
    with pytest.raises(RuleBroken) as broken:
        asks.publish_ask(ed, ask, None)
    assert problems_of(broken) == {"status"}
    make_update(ed, ask, status=Status.ANNOUNCED)
    asks.publish_ask(ed, ask, None)
    assert ask.publication is Publication.PUBLISHED


def test_a_draft_of_a_status_is_no_status_yet(ed: Change) -> None:
    ask = make_ask(ed)
    make_update(ed, ask, published=False, status=Status.ANNOUNCED)
    with pytest.raises(RuleBroken):
        asks.publish_ask(ed, ask, None)


def test_publishing_an_ask_publishes_its_source_too(ed: Change) -> None:
    ask = make_ask(ed, published=True)
    assert ed.session.get_one(Source, ask.source_id).publication is Publication.PUBLISHED


@pytest.mark.parametrize("published", [False, True], ids=["draft", "published"])
def test_an_ask_is_published_once_and_from_the_version_that_was_seen(ed: Change, published: bool) -> None:
    ask = make_ask(ed, published=published)
    make_update(ed, ask, status=Status.NOT_STARTED)
    with pytest.raises(RuleBroken if published else Conflict):
        asks.publish_ask(ed, ask, seen_version=99)


@pytest.mark.parametrize("field", ["title", "reading"])
def test_rewording_a_published_ask_needs_a_reason_and_lands_in_the_story(ed: Change, field: str) -> None:
    ask = make_ask(ed, published=True)
    before = getattr(ask, field)
    draft = draft_of(ask, **{field: "Other words."})
    with pytest.raises(RuleBroken) as broken, ed.session.begin_nested():
        asks.edit_ask(ed, ask, draft, seen_version=None)
    assert problems_of(broken) == {"change_reason"}
    assert (getattr(ask, field), ask.version, redefinitions(ed, ask)) == (before, 2, [])

    asks.edit_ask(ed, ask, draft, seen_version=None, reason="It was too narrow.")
    (told,) = redefinitions(ed, ask)
    assert before in told
    assert "It was too narrow." in told


def test_a_redefinition_happens_on_the_day_of_the_change_and_moves_no_status(ed: Change) -> None:
    ask = make_ask(ed, published=True)
    asks.edit_ask(ed, ask, draft_of(ask, title="Other words"), seen_version=None, reason="Clearer.")
    entry = ed.session.scalars(sa.select(Update).where(Update.kind == UpdateKind.REDEFINITION)).one()
    assert (entry.happened_on, entry.author_id) == (PartialDate("2026-11-22"), ed.actor.id)
    assert (ask.status, ask.status_on) == (Status.ANNOUNCED, PartialDate("2018-01-01"))


@pytest.mark.parametrize(
    ("published", "changes"), [(False, {"title": "Other words"}), (True, {"topic": "Tax", "internal_note": "Look."})]
)
def test_other_edits_need_no_reason_and_stay_out_of_the_story(
    ed: Change, published: bool, changes: dict[str, Any]
) -> None:
    ask = make_ask(ed, published=published)
    assert asks.edit_ask(ed, ask, draft_of(ask, **changes), seen_version=None)
    assert redefinitions(ed, ask) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "one"}, "slug"),
        ({"slug": "two", "topic": "housing"}, "topic"),
        ({"slug": "two", "title": ""}, "title"),
    ],
)
def test_an_ask_that_is_wrong_is_not_entered(ed: Change, changes: dict[str, Any], field: str) -> None:
    one = make_ask(ed, slug="one", topic="Housing")
    with pytest.raises(RuleBroken) as refused:
        asks.create_ask(ed, ask_draft(one.source_id, **changes))
    assert [problem.field for problem in refused.value.problems] == [field]
    assert set(ed.session.scalars(sa.select(Ask.slug))) == {"one"}


def test_a_source_is_edited_and_its_key_is_its_own(ed: Change) -> None:
    source = make_source(ed)
    make_source(ed, key="the-speech")
    assert asks.edit_source(ed, source, source_draft(title="The article, revised"), seen_version=1)
    assert (source.title, source.version) == ("The article, revised", 2)
    with pytest.raises(RuleBroken) as broken:
        asks.edit_source(ed, source, source_draft(key="the-speech"), seen_version=None)
    assert problems_of(broken) == {"key"}
    with pytest.raises(RuleBroken) as again:
        make_source(ed)
    assert problems_of(again) == {"key"}


def test_an_ask_shows_no_source_that_was_put_aside(ed: Change) -> None:
    published, draft = make_ask(ed, published=True), make_ask(ed, slug="later", title="Later")
    aside = make_source(ed, key="aside", title="A source that nobody shall see")
    records.archive(ed, aside, None, "It was leaked to us.")
    with pytest.raises(RuleBroken) as broken:
        asks.edit_ask(ed, published, draft_of(published, source_id=aside.id), seen_version=None, reason="It is better.")
    assert problems_of(broken) == {"source_id"}
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
