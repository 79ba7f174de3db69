"""Who only reads can write nothing: the engine refuses it, whatever a view tries."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.site import Site
from tracker.models import Ask, Revision
from tracker.web.session import db

WRITES = (
    sa.update(Revision).values(number=999),
    sa.delete(Ask),
    sa.text("CREATE TABLE mischief (id INTEGER)"),
    sa.text("DROP TABLE event"),
)


def test_a_public_view_that_tries_to_write_is_refused_by_the_engine(site: Site) -> None:
    refused: list[str] = []

    def mischief() -> str:
        for write in WRITES:
            with pytest.raises(DBAPIError) as caught:
                db().execute(write)
            refused.append(str(caught.value.orig))
            db().rollback()
        return "tried"

    def forgetful() -> str:
        db().execute(WRITES[0])
        return "done"

    before = site.footprint()
    site.app.view_functions["public.about"] = forgetful
    assert site.browser().client.get("/about").status_code in {500, 503}
    site.app.view_functions["public.about"] = mischief
    assert site.browser().client.get("/about").text == "tried"
    assert [("read" in words.casefold()) for words in refused] == [True] * len(WRITES)
    assert site.footprint() == before
    assert site.browser().get("/").status == 200
