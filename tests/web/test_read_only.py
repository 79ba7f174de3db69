"""Who only reads can write nothing: the engine refuses it, whatever a view tries."""

from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.site import Site
from tracker.models import Ask, Revision
from tracker.web.session import db

PUBLIC = ["/", "/asks/stop-brexit", "/legislation", "/legislation/ukpga/2017/22", "/method", "/about", "/asks.csv"]
WRITES: dict[str, sa.Executable] = {
    "update": sa.update(Revision).values(number=999),
    "delete": sa.delete(Ask),
    "create": sa.text("CREATE TABLE mischief (id INTEGER)"),
    "drop": sa.text("DROP TABLE event"),
}


def test_a_public_view_that_tries_to_write_is_refused_by_the_engine(site: Site) -> None:
    refused: list[str] = []

    def mischief(write: sa.Executable) -> str:
        with pytest.raises(DBAPIError) as caught:
            db().execute(write)
        refused.append(str(caught.value.orig))
        return "tried"

    with site.unchanged():
        for name, write in WRITES.items():
            site.forget()
            site.app.view_functions["public.about"] = partial(mischief, write)
            assert site.browser().client.get("/about").text == "tried"
            assert "read" in refused[-1].casefold(), name
    with site.unchanged():
        site.forget()
        site.app.view_functions["public.about"] = lambda: str(db().execute(WRITES["update"]))
        assert site.browser().client.get("/about").status_code in {500, 503}
    assert site.browser().get("/").status == 200


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_sets_no_cookie_and_changes_nothing(shared_site: Site, path: str) -> None:
    browser = shared_site.browser()
    with shared_site.unchanged():
        page = browser.get(path)
    assert page.status == 200
    assert browser.cookie is None
    assert page.response.headers["Cache-Control"].startswith("public, ")
    assert "Cookie" not in page.response.headers.get("Vary", "")
