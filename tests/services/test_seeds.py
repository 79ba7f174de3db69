"""The seeds that the tracker comes with, in a database; tests/cli/test_imports.py says that nothing is missing."""

import sqlalchemy as sa

from tests.seeds.test_decided import HISTORIES
from tests.site import WEALTH_ORDERS, Site
from tracker.db.engine import reading
from tracker.models import Ask, Legislation, Link
from tracker.queries.stories import find_story
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.story import state_of


def test_the_story_says_on_each_day_what_was_decided(shared_site: Site) -> None:
    with reading(shared_site.engine) as session:
        for slug, decided in HISTORIES.items():
            ask = session.scalars(sa.select(Ask).where(Ask.slug == slug)).one()
            entries = find_story(session, ask.id).entries
            history = [tuple(change.split()) for change in decided]
            states = [state_of(entries, PartialDate(day)) for day, _ in history]
            replayed = [(str(it.status_entry and it.status_entry.happened_on), it.status) for it in states]
            assert replayed == history, slug
            assert (str(ask.status_on), ask.status) == history[-1]
            assert str(ask.reviewed_on) == "2026-11-29"
        bills = session.scalars(sa.select(Legislation).where(Legislation.becomes_id.is_not(None)))
        assert {bill.kind for bill in bills} == {"bill"}
        statement = sa.select(Link).join(Link.ask).where(Ask.slug == WEALTH_ORDERS, Link.in_force_on.is_not(None))
        began = {(extent, str(link.in_force_on)) for link in session.scalars(statement) for extent in link.extent}
        assert began >= {
            ("England and Wales", "2018-01-31"), ("Scotland", "2018-01-31"), ("Northern Ireland", "2021-06-28"),
        }  # fmt: skip
        # What is not verified is a draft with the reason why.
        laws = session.scalars(sa.select(Legislation).where(Legislation.publication == Publication.DRAFT)).all()
        assert laws
        assert all(law.internal_note for law in laws)
