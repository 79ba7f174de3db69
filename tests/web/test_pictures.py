"""The pictures of asks beside shared links: drawn when somebody asks for them, kept like a page, and always of now."""

import pytest
import sqlalchemy as sa

from tests.factories import make_ask
from tests.site import WEALTH_ORDERS, Site
from tests.web.test_cache import PUBLIC, Asked
from tracker.exports import picture
from tracker.face import Face
from tracker.models import Ask
from tracker.rules.asks import Publication

PATH = f"/asks/{WEALTH_ORDERS}/picture.png"


def served(site: Site) -> bytes:
    response = site.browser().send("GET", PATH)
    assert (response.status_code, response.mimetype) == (200, "image/png")
    assert response.headers["Cache-Control"] == PUBLIC
    return bytes(response.data)


def expected(site: Site) -> bytes:
    with site.reading() as session:
        ask = session.scalars(sa.select(Ask).where(Ask.slug == WEALTH_ORDERS)).one()
        drawn = picture.of_ask(ask.title, ask.status, ask.status_on, ask.reviewed_on, Face())
    return picture.draw(drawn)


def test_a_picture_shows_what_the_ask_is_now(site: Site) -> None:
    before = served(site)
    assert before == expected(site)
    site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(title="Another title"))
    assert served(site) == expected(site) != before


def test_a_picture_is_drawn_once_for_all_who_ask(site: Site) -> None:
    asked = Asked(site)
    assert len({served(site) for _ in range(3)}) == 1
    assert asked.count == 1


@pytest.mark.parametrize(("publication", "code"), [(Publication.ARCHIVED, 200), (Publication.DRAFT, 404)])
def test_what_was_never_public_has_no_picture(sqlite_site: Site, publication: Publication, code: int) -> None:
    sqlite_site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(publication=publication))
    assert sqlite_site.browser().send("GET", PATH).status_code == code


def test_a_draft_gets_a_picture_when_it_is_published(sqlite_site: Site) -> None:
    with sqlite_site.change() as change:
        source_id = change.session.get_one(Ask, sqlite_site.ask_id()).source_id
        make_ask(change, slug="draft", source_id=source_id)
        make_ask(change, slug="published", title="Another ask", published=True, source_id=source_id)
    browser = sqlite_site.browser()
    assert browser.send("GET", "/asks/draft/picture.png").status_code == 404
    assert browser.send("GET", "/asks/published/picture.png").status_code == 200
