"""Bodies: entered with the asks that name them, found however they are spelt, renamed without losing their page."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from tests.factories import ask_draft, make_ask
from tests.transactions import refused, revision
from tracker.models import Ask, Body, Event
from tracker.queries import public
from tracker.queries.public.filters import AskFilter
from tracker.rules.asks import BodyDraft
from tracker.rules.errors import Conflict
from tracker.services import asks, derived, replay
from tracker.services.bodies import edit_body
from tracker.services.change import Change

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


def test_an_ask_enters_the_bodies_that_nobody_named_before(ed: Change) -> None:
    make_ask(ed, responsible_bodies=("The Treasury", FCO))
    other = make_ask(ed, slug="other", responsible_bodies=("home office", "THE TREASURY", "the treasury"))
    assert slugs(ed) == ["the-treasury", "foreign-office", "home-office"]
    assert other.responsible_bodies == ["home office", "The Treasury"]
    created = sa.select(Event.after).where(Event.subject == "body", Event.action == "created").order_by(Event.id)
    assert ed.session.scalars(created).first() == {"slug": "the-treasury", "name": "The Treasury", "short_names": []}
    check(ed)


def test_the_order_of_the_bodies_of_each_ask_is_kept_and_can_be_changed(ed: Change) -> None:
    names = ("C", "A", "B")
    ask, other = make_ask(ed, responsible_bodies=names), make_ask(ed, slug="other", responsible_bodies=("A", "C"))
    make_ask(ed, slug="none")
    now = ask_draft(ask.source_id, responsible_bodies=names)
    assert not asks.edit_ask(ed, ask, now, seen_version=None)
    for changed in (("A", "B", "C"), ("B",), (), ("C", "D")):
        assert asks.edit_ask(ed, ask, replace(now, responsible_bodies=changed), seen_version=None)
        ed.session.expire_all()
        assert tuple(ask.responsible_bodies) == changed
    assert slugs(ed) == ["c", "a", "b", "d"]
    listed = ed.session.execute(sa.select(Ask.id, Ask.responsible_bodies).order_by(Ask.id)).all()
    assert [list(of) for _, of in listed] == [["C", "D"], other.responsible_bodies, []]
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


def test_a_body_of_drafts_alone_is_renamed_without_the_public(ed: Change) -> None:
    make_ask(ed, responsible_bodies=(FCO,))
    before = revision(ed.session)
    assert rename(ed, "foreign-office", FCDO)
    assert revision(ed.session) == before
    assert public.find_body(ed.session, "foreign-office") is None
    assert public.list_bodies(ed.session) == {}


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
