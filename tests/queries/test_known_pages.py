"""What we know about a pasted address is found among much evidence, however long the address."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import evidence_draft, make_ask, make_update
from tracker.models import Evidence
from tracker.queries.choosing import find_known_page
from tracker.rules.checks import URL_LENGTH
from tracker.rules.updates import EvidenceType
from tracker.services.change import Change

MUCH = 3000
LONG = "https://www.example.org/" + "ü€" * ((URL_LENGTH - 24) // 2)


@pytest.fixture
def much(ed: Change) -> Session:
    """A session that sees three thousand pieces of evidence, one of them at a very long address."""
    draft = make_update(ed, make_ask(ed), published=False, evidence=(evidence_draft(url=LONG, title="A long one"),))
    values: dict[str, Any] = {"update_id": draft.id, "title": "A page", "type": EvidenceType.INDEPENDENT}
    rows = [values | {"position": number, "url": f"https://www.example.org/{number}"} for number in range(2, MUCH)]
    ed.session.execute(sa.insert(Evidence), rows)
    ed.session.execute(sa.text("ANALYZE evidence"))
    return ed.session


def test_the_longest_address_is_found(much: Session) -> None:
    found = find_known_page(much, LONG)[0]
    assert found.title == "A long one"


@pytest.mark.parametrize(
    "typed",
    [
        "https://www.gov.uk/news",
        "http://www.gov.uk/news/",
        "https://gov.uk/news",
        "www.gov.uk/news",
        "HTTPS://WWW.GOV.UK:443/news#one",
        "https://www.gov.uk/news?utm_source=letter&fbclid=x#one",
        "https://www.gov.uk/ne\u200bws",
    ],
)
def test_a_known_page_is_found_by_whatever_spelling(ed: Change, typed: str) -> None:
    make_update(
        ed, make_ask(ed), published=False, evidence=(evidence_draft(url="https://www.gov.uk/news", title="News"),)
    )
    found = find_known_page(ed.session, typed)[0]
    assert found.title == "News"


def test_evidence_is_found_by_an_index_of_addresses(much: Session) -> None:
    sent: list[Any] = []
    sa.event.listen(much, "do_orm_execute", lambda state: sent.append(state.statement))
    assert find_known_page(much, "https://www.example.org/77")
    connection = much.connection()
    lookup = str(sent[0].compile(connection, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    plan = str(connection.execute(sa.text(f"{explain} {lookup.replace(':', chr(92) + ':')}")).all())
    assert "ix_evidence_url" in plan
    assert "SCAN evidence" not in plan
    assert "Seq Scan" not in plan
