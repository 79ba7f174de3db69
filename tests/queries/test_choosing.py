"""Which record a text means: a citation, an address, a title, a short name, or words of it."""

from collections.abc import Callable, Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import ask_draft, evidence_draft, make_ask, make_law, make_link, make_source, make_update
from tests.transactions import shared_engine_with
from tracker.db.engine import reading
from tracker.models import Ask, Legislation, Source
from tracker.queries.choosing import MOST, AskChoices, Choosing, LawChoices, Offered, SourceChoices, find_known_page
from tracker.rules.checks import URL_LENGTH
from tracker.services import asks, records
from tracker.services.change import Change

SITE = "https://tracker.example"
LONG = "https://www.example.org/" + "ü€" * ((URL_LENGTH - 24) // 2)
BILL = "https://bills.parliament.uk/bills/3734"


def fill(change: Change) -> None:
    """Laws, asks and sources, some of them alike."""
    act = make_law(change)
    make_law(change, kind="uksi", title="The Empty Homes Regulations 2020", citation="S.I. 2020/680", published=False)
    make_law(change, kind="bill", title="Empty Homes Bill", citation="", year="2024", number="7", address=BILL)
    for number in (1, 2):
        make_law(change, kind="other", title="Ordinance", citation="", year=f"200{number}", number="one")
    source = make_source(change, title="A speech", url="https://example.org/speech/")
    linked = make_ask(change, published=True, slug="old-slug", title="Tax empty homes", source_id=source.id)
    asks.edit_ask(change, linked, ask_draft(source.id, slug="tax", title="Tax empty homes"), seen_version=None)
    make_link(change, linked, act)
    make_ask(change, slug="skoda", title="Škoda homes", topic="Cars", source_id=source.id)
    for number in range(MOST + 2):
        make_ask(change, slug=f"twin-{number}", title="A twin", topic="Twins", source_id=source.id)
    left = make_source(change, key="left", title="An old article")
    records.archive(change, left, None, "Doubled.")


filled = shared_engine_with(fill)


def keys(choices: Iterable[Offered]) -> set[str]:
    return {choice.key for choice in choices}


NAMED: list[tuple[Callable[[Session], Choosing], str, str | None]] = [
    (LawChoices, "2018 c. 13", "ukpga/2018/13"),
    (LawChoices, "Empty Homes Act 2018 (c. 13)", "ukpga/2018/13"),
    (LawChoices, "Empty Homes Act 2018", "ukpga/2018/13"),
    (LawChoices, "empty homes act 2018", "ukpga/2018/13"),
    (LawChoices, "https://www.legislation.gov.uk/ukpga/2018/13/section/4", "ukpga/2018/13"),
    (LawChoices, f"{SITE}/legislation/ukpga/2018/13", "ukpga/2018/13"),
    (LawChoices, "/legislation/ukpga/2018/13#asks", "ukpga/2018/13"),
    (LawChoices, BILL, "bill/2024/7"),
    (LawChoices, f"{BILL}/", "bill/2024/7"),
    (LawChoices, "Ordinance", None),  # two have this title
    (AskChoices, "Tax empty homes", "tax"),
    (AskChoices, "tax empty Homes", "tax"),
    (AskChoices, "tax", "tax"),
    (AskChoices, f"{SITE}/asks/tax?on=2020-01-01#law", "tax"),
    (AskChoices, "/asks/old-slug/story", "tax"),
    (AskChoices, "http://127.0.0.1:8000/asks/skoda/", "skoda"),
    (AskChoices, "SKODA", None),
]


def test_a_record_is_named_by_citation_title_key_or_address(filled: sa.Engine) -> None:
    with reading(filled) as session:
        for among, text, key in NAMED:
            only = among(session).find(text)
            assert (only.key if only else None) == key, text
        ask_id, law_id = session.scalar(sa.select(sa.func.max(Ask.id))), session.scalar(sa.select(Legislation.id))
        ask = AskChoices(session).find(f"{SITE}/staff/asks/{ask_id}/edit")
        law = LawChoices(session).find(f"{SITE}/staff/legislation/{law_id}")
        assert ask
        assert law
        assert (ask.id, law.id) == (ask_id, law_id)


def test_all_that_have_a_title_or_the_words_are_offered_and_without_words_the_newest(filled: sa.Engine) -> None:
    with reading(filled) as session:
        laws, asks = LawChoices(session), AskChoices(session)
        assert keys(laws.offer("Ordinance")) == {"other/2001/one", "other/2002/one"}
        twin = laws.find("other/2002/one")
        assert twin
        assert laws.get(twin.id) == twin
        assert keys(laws.offer("empty homes")) == {"ukpga/2018/13", "uksi/2020/680", "bill/2024/7"}
        assert keys(asks.offer("SKODA")) == {"skoda"}
        assert len(asks.offer("twin")) == MOST
        assert asks.offer("nothing like it") == []
        newest = session.scalar(sa.select(sa.func.max(Ask.id)))
        assert asks.offer("")[0].id == newest
        assert len(asks.offer("")) == MOST
        ask = session.scalars(sa.select(Ask).where(Ask.slug == "tax")).one()
        others = AskChoices(session, but_not=ask.id)
        assert others.find("tax") is None, "an ask is not offered to itself"
        assert "tax" not in keys(others.offer("homes"))


def test_an_archived_source_is_offered_to_the_asks_that_name_it_alone(filled: sa.Engine) -> None:
    with reading(filled) as session:
        left = session.scalars(sa.select(Source.id).where(Source.key == "left")).one()
        assert SourceChoices(session).find("An old article") is None
        assert SourceChoices(session).offer("old article") == []
        for text in ("An old article", "left"):
            assert SourceChoices(session, present=left).find(text)
        assert SourceChoices(session).find("https://example.org/speech")
        # A text that names nothing finds nothing.
        for text in ("", "x" * 2001, "%", "_", "\\", "://", "/asks/", "/staff/asks/99999999999", "~"):
            for among in (LawChoices(session), AskChoices(session), SourceChoices(session)):
                assert among.find(text) is None, text


SPELLINGS = [
    "https://www.gov.uk/news", "http://www.gov.uk/news/", "https://gov.uk/news", "www.gov.uk/news",
    "HTTPS://WWW.GOV.UK:443/news#one", "https://www.gov.uk/news?utm_source=letter&fbclid=x#one",
    "https://www.gov.uk/ne\u200bws",
]  # fmt: skip


def test_a_known_page_is_found_by_whatever_spelling_and_length(ed: Change) -> None:
    ask = make_ask(ed)
    make_update(ed, ask, published=False, evidence=(evidence_draft(url=SPELLINGS[0], title="News"),))
    make_update(ed, ask, published=False, evidence=(evidence_draft(url=LONG, title="Long"),))
    for typed in SPELLINGS:
        assert (known := find_known_page(ed.session, typed)), typed
        assert known.title == "News", typed
    assert (known := find_known_page(ed.session, LONG))
    assert known.title == "Long"
