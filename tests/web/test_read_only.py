"""Who only reads can write nothing: the engine refuses it, whatever a view tries."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.site import Site
from tracker.models import Ask, Revision
from tracker.web.session import db

PUBLIC = ["/", "/asks/stop-brexit", "/legislation", "/legislation/ukpga/2017/22", "/method", "/about", "/asks.csv"]
WRITES = [
    pytest.param(sa.update(Revision).values(number=999), id="update"),
    pytest.param(sa.delete(Ask), id="delete"),
    pytest.param(sa.text("CREATE TABLE mischief (id INTEGER)"), id="create"),
    pytest.param(sa.text("DROP TABLE event"), id="drop"),
]


@pytest.mark.parametrize("write", WRITES)
def test_a_public_view_that_tries_to_write_is_refused_by_the_engine(site: Site, write: sa.Executable) -> None:
    refused: list[str] = []

    def mischief() -> str:
        with pytest.raises(DBAPIError) as caught:
            db().execute(write)
        refused.append(str(caught.value.orig))
        return "tried"

    site.app.view_functions["public.about"] = mischief
    before = site.footprint()
    assert site.browser().client.get("/about").text == "tried"
    assert "read" in refused[0].casefold()
    assert site.footprint() == before
    assert site.browser().get("/").status == 200


def test_a_public_view_that_forgets_itself_answers_an_error_and_changes_nothing(site: Site) -> None:
    def forgetful() -> str:
        db().execute(sa.update(Revision).values(number=999))
        return "done"

    site.app.view_functions["public.about"] = forgetful
    before = site.footprint()
    assert site.browser().client.get("/about").status_code in {500, 503}
    assert site.footprint() == before


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_sets_no_cookie_and_changes_nothing(site: Site, path: str) -> None:
    browser = site.browser()
    with site.unchanged():
        page = browser.get(path)
    assert page.status == 200
    assert browser.cookie is None
    assert page.response.headers["Cache-Control"].startswith("public, ")
    assert "Cookie" not in page.response.headers.get("Vary", "")
