"""The pictures of asks: there when an ask is published, and drawn anew only when they would show something else."""

import sqlalchemy as sa

from tests.factories import make_ask, make_update
from tests.site import WEALTH_ORDERS, Site
from tracker.db.engine import writing
from tracker.exports import picture
from tracker.models import Ask, AskPicture
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.rules.updates import UpdateKind
from tracker.services import pictures, rebuild
from tracker.services.change import Change


def kept(site: Site, slug: str = WEALTH_ORDERS) -> tuple[str, bytes] | None:
    with site.reading() as session:
        columns = sa.select(AskPicture.drawn_from, AskPicture.png).join(Ask, Ask.id == AskPicture.ask_id)
        row = session.execute(columns.where(Ask.slug == slug)).first()
        return (row.drawn_from, row.png) if row else None


def served(site: Site, slug: str = WEALTH_ORDERS) -> bytes:
    response = site.browser().send("GET", f"/asks/{slug}/picture.png")
    assert (response.status_code, response.mimetype) == (200, "image/png")
    return bytes(response.data)


def make_reviewed(change: Change) -> Ask:
    """A published ask that was announced on 1 January 2018 and last checked on 25 February 2026."""
    ask = make_ask(change, published=True)
    make_update(change, ask, kind=UpdateKind.REVIEW, happened_on=PartialDate("2026-02-25"), evidence=())
    return ask


def test_a_published_ask_has_the_picture_of_what_it_is(site: Site) -> None:
    with site.change() as change:
        ask = make_reviewed(change)
        drawn = picture.of_ask(ask.title, Status.ANNOUNCED, PartialDate("2018-01-01"), PartialDate("2026-02-25"))
        slug = ask.slug
    assert drawn.facts == "Since 1 January 2018. Checked 25 February 2026."
    assert kept(site, slug) == (drawn.drawn_from, picture.draw(drawn))
    assert served(site, slug) == picture.draw(drawn)


def test_a_picture_changes_with_the_status_and_not_with_every_entry(site: Site) -> None:
    with site.change() as change:
        ask = make_reviewed(change)
        ask_id, slug = ask.id, ask.slug
    before = kept(site, slug)
    with site.change() as change:
        make_update(change, change.session.get_one(Ask, ask_id), text="Somebody spoke.")
    assert kept(site, slug) == before
    with site.change() as change:
        ask = change.session.get_one(Ask, ask_id)
        make_update(change, ask, kind=UpdateKind.REVIEW, happened_on=PartialDate("2026-11-01"), evidence=())
    after = kept(site, slug)
    assert after is not None
    assert after != before
    assert after[0].endswith("Since 1 January 2018. Checked 1 November 2026.")


def test_a_draft_has_no_picture_until_it_is_published(sqlite_site: Site) -> None:
    with sqlite_site.change() as change:
        source_id = change.session.get_one(Ask, sqlite_site.ask_id()).source_id
        make_ask(change, slug="draft", source_id=source_id)
        make_ask(change, slug="published", title="Another ask", published=True, source_id=source_id)
    assert kept(sqlite_site, "draft") is None
    assert kept(sqlite_site, "published") is not None


def test_an_ask_older_than_pictures_shows_that_of_the_site_until_it_is_drawn(sqlite_site: Site) -> None:
    before = kept(sqlite_site)
    with writing(sqlite_site.engine) as session:
        session.execute(sa.delete(AskPicture))
    shared = sqlite_site.browser().send("GET", "/static/picture.png").data
    assert served(sqlite_site) == shared
    with sqlite_site.change() as change:
        pictures.draw_missing(change.session, 1)
    count = sa.select(sa.func.count(AskPicture.ask_id))
    assert sqlite_site.scalar(count) == 1
    with sqlite_site.change() as change:
        rebuild.rebuild(change.session)
    published = sa.select(sa.func.count(Ask.id)).where(Ask.publication == Publication.PUBLISHED)
    assert sqlite_site.scalar(count) == sqlite_site.scalar(published)
    assert kept(sqlite_site) == before
