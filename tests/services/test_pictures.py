"""The pictures of asks: there when an ask is published, and drawn anew only when they would show something else."""

import sqlalchemy as sa

from tests.factories import make_ask, make_update
from tests.site import WEALTH_ORDERS, Site
from tracker.db.engine import writing
from tracker.exports import picture
from tracker.models import Ask, AskPicture
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.updates import UpdateKind
from tracker.services import pictures, rebuild


def kept(site: Site, slug: str = WEALTH_ORDERS) -> tuple[str, bytes] | None:
    with site.reading() as session:
        columns = sa.select(AskPicture.drawn_from, AskPicture.png).join(Ask, Ask.id == AskPicture.ask_id)
        row = session.execute(columns.where(Ask.slug == slug)).first()
        return (row.drawn_from, row.png) if row else None


def served(site: Site, slug: str = WEALTH_ORDERS) -> bytes:
    response = site.browser().send("GET", f"/asks/{slug}/picture.png")
    assert (response.status_code, response.mimetype) == (200, "image/png")
    return bytes(response.data)


def test_a_published_ask_has_the_picture_of_what_it_is(site: Site) -> None:
    found = kept(site)
    assert found is not None
    status_on, reviewed_on = PartialDate("2020-02"), PartialDate("2026-02-25")
    with site.reading() as session:
        ask = session.scalars(sa.select(Ask).where(Ask.slug == WEALTH_ORDERS)).one()
        drawn = picture.of_ask(ask.title, ask.status, status_on, reviewed_on)
    assert drawn.facts == "Since February 2020. Checked 25 February 2026."
    assert found == (drawn.drawn_from, picture.draw(drawn))
    assert served(site) == found[1]


def test_a_picture_changes_with_the_status_and_not_with_every_entry(site: Site) -> None:
    before = kept(site)
    with site.change() as change:
        make_update(change, change.session.get_one(Ask, site.ask_id()), text="Somebody spoke.")
    assert kept(site) == before
    with site.change() as change:
        ask = change.session.get_one(Ask, site.ask_id())
        make_update(change, ask, kind=UpdateKind.REVIEW, happened_on=PartialDate("2026-11-01"), evidence=())
    after = kept(site)
    assert after is not None
    assert after != before
    assert after[0].endswith("Since February 2020. Checked 1 November 2026.")


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
