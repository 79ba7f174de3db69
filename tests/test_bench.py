"""The invented records of `make bench` are such as the site itself might hold."""

import pytest
import sqlalchemy as sa

from bench.build import build
from bench.prose import RARE_ASKS
from bench.records import Records
from bench.words import RARE
from tracker.db.engine import reading
from tracker.models import Ask, Evidence, Update
from tracker.queries import public
from tracker.queries.public.filters import AskFilter
from tracker.rules.asks import Publication
from tracker.services import derived

NUMBER = 50


def test_what_is_derived_from_invented_asks_is_what_the_site_would_derive(engine: sa.Engine) -> None:
    build(engine, NUMBER)
    with reading(engine) as session:
        assert derived.find_faults(session) == []
        assert sum(public.count_by_status(session).values()) == NUMBER
        assert public.find_page(session, AskFilter(text=RARE)).number == len(RARE_ASKS)
        drafts = sa.select(Update.id).where(Update.publication != Publication.PUBLISHED)
        without_evidence = sa.select(Update.id).where(~sa.exists().where(Evidence.update_id == Update.id))
        assert session.scalars(drafts.union(without_evidence)).all() == []
        pages = [public.find_ask(session, slug) for slug in session.scalars(sa.select(Ask.slug))]
        assert all(page and page.line.reason and page.tests for page in pages)


@pytest.mark.parametrize("number", [3, NUMBER])
def test_the_same_number_of_asks_is_always_the_same_asks(number: int) -> None:
    one, other = Records(number), Records(number)
    assert list(one.asks()) == list(other.asks())
    assert (one.laws, one.sources) == (other.laws, other.sources)
