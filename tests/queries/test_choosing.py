"""Which record a text means: a citation, an address, a title, a short name, or words of it."""

import pytest
import sqlalchemy as sa

from tests.factories import ask_draft, make_ask, make_law, make_link, make_source
from tests.transactions import shared_engine_with
from tracker.db.engine import reading
from tracker.models import Ask, Legislation, Source
from tracker.queries.choosing import MOST, Asks, Laws, Meant, Sources
from tracker.services import asks, records
from tracker.services.change import Change

SITE = "https://tracker.example"
BILL = "https://bills.parliament.uk/bills/3734"


def fill(change: Change) -> None:
    """Laws, asks and sources, some of them alike."""
    act = make_law(change)
    make_law(change, kind="uksi", title="The Empty Homes Regulations 2020", citation="S.I. 2020/680", published=False)
    make_law(change, kind="bill", title="Empty Homes Bill", citation="", year="2024", number="7", address=BILL)
    for number in (1, 2):
        make_law(change, kind="other", title="Ordinance", citation="", year=f"200{number}", number="one")
    source = make_source(change, title="A speech", url="https://example.org/speech/")
    linked = make_ask(change, slug="old-slug", title="Tax empty homes", source_id=source.id)
    asks.edit_ask(change, linked, ask_draft(source.id, slug="tax", title="Tax empty homes"), seen_version=None)
    make_link(change, linked, act)
    make_ask(change, slug="skoda", title="Škoda homes", topic="Cars", source_id=source.id)
    for number in range(MOST + 2):
        make_ask(change, slug=f"twin-{number}", title="A twin", topic="Twins", source_id=source.id)
    left = make_source(change, key="left", title="An old article")
    records.archive(change, left, None, "Doubled.")


filled = shared_engine_with(fill)


def keys(meant: Meant) -> set[str]:
    return {choice.key for choice in meant.choices}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2018 c. 13", "ukpga/2018/13"),
        ("2018 ch 13", "ukpga/2018/13"),
        ("Empty Homes Act 2018 (c. 13)", "ukpga/2018/13"),
        ("Empty Homes Act 2018", "ukpga/2018/13"),
        ("ukpga/2018/13", "ukpga/2018/13"),
        ("https://www.legislation.gov.uk/ukpga/2018/13/section/4", "ukpga/2018/13"),
        ("http://legislation.gov.uk/id/ukpga/2018/13", "ukpga/2018/13"),
        (f"{SITE}/legislation/ukpga/2018/13", "ukpga/2018/13"),
        ("/legislation/ukpga/2018/13#asks", "ukpga/2018/13"),
        ("SI 2020 No. 680", "uksi/2020/680"),
        (BILL, "bill/2024/7"),
        (f"{BILL}/", "bill/2024/7"),
    ],
)
def test_a_law_is_named_by_citation_title_or_address(filled: sa.Engine, text: str, key: str) -> None:
    with reading(filled) as session:
        only = Laws(session).find(text).only
        assert only
        assert only.key == key


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Tax empty homes", "tax"),
        ("tax", "tax"),
        (f"{SITE}/asks/tax", "tax"),
        (f"{SITE}/asks/tax?on=2020-01-01#law", "tax"),
        ("/asks/old-slug/story", "tax"),
        ("http://127.0.0.1:8000/asks/skoda/", "skoda"),
    ],
)
def test_an_ask_is_named_by_title_short_name_or_address(filled: sa.Engine, text: str, slug: str) -> None:
    with reading(filled) as session:
        only = Asks(session).find(text).only
        assert only
        assert only.key == slug


def test_an_address_of_the_staff_area_names_its_record(filled: sa.Engine) -> None:
    with reading(filled) as session:
        ask_id, law_id = session.scalar(sa.select(sa.func.max(Ask.id))), session.scalar(sa.select(Legislation.id))
        for among, text, number in (
            (Asks(session), f"{SITE}/staff/asks/{ask_id}/edit", ask_id),
            (Laws(session), f"{SITE}/staff/legislation/{law_id}", law_id),
        ):
            only = among.find(text).only
            assert only
            assert only.id == number


def test_words_that_several_hold_name_none_of_them(filled: sa.Engine) -> None:
    with reading(filled) as session:
        few = Laws(session).find("empty homes")
        assert keys(few) == {"ukpga/2018/13", "uksi/2020/680", "bill/2024/7"}
        assert few.only is None
        assert keys(Asks(session).find("SKODA")) == {"skoda"}
        assert Asks(session).find("SKODA").only is None
        many = Asks(session).find("twin")
        assert (len(many.choices), many.number) == (MOST, MOST + 2)
        assert keys(Asks(session).find("nothing like it")) == set()


def test_what_is_typed_for_a_record_means_that_record_alone(filled: sa.Engine) -> None:
    with reading(filled) as session:
        for among, model in ((Laws(session), Legislation), (Asks(session), Ask), (Sources(session), Source)):
            for number in session.scalars(sa.select(model.id).order_by(model.id).limit(6)):
                choice = among.name(number)
                assert choice
                if choice.key != "left":
                    only = among.find(choice.text).only
                    assert only
                    assert only.id == number
        twins = session.scalars(sa.select(Legislation.id).where(Legislation.title == "Ordinance"))
        names = [Laws(session).name(number) for number in twins]
        assert {choice.text for choice in names if choice} == {"other/2001/one", "other/2002/one"}


def test_the_likely_ones_stand_first_and_are_few(filled: sa.Engine) -> None:
    with reading(filled) as session:
        ask = session.scalars(sa.select(Ask).where(Ask.slug == "tax")).one()
        assert Laws(session, ask_id=ask.id).likely()[0].key == "ukpga/2018/13"
        assert Laws(session).likely()[-1].key == "bill/2024/7"
        assert Asks(session, topic="Cars").likely()[0].key == "skoda"
        assert len(Asks(session).likely()) == MOST
        assert "tax" not in {choice.key for choice in Asks(session, but_not=ask.id, topic="Housing").likely()}
        assert Asks(session, but_not=ask.id).find("tax").only is None


def test_an_archived_source_is_offered_to_the_asks_that_name_it_alone(filled: sa.Engine) -> None:
    with reading(filled) as session:
        left = session.scalars(sa.select(Source.id).where(Source.key == "left")).one()
        assert Sources(session).find("An old article").number == 0
        for text in ("An old article", "left"):
            assert Sources(session, present=left).find(text).only
        assert Sources(session).find("https://example.org/speech").only


@pytest.mark.parametrize("text", ["", "x" * 2001, "%", "_", "\\", "://", "/asks/", "/staff/asks/99999999999", "~"])
def test_a_text_that_names_nothing_finds_nothing(filled: sa.Engine, text: str) -> None:
    with reading(filled) as session:
        for among in (Laws(session), Asks(session), Sources(session)):
            assert among.find(text).number == 0
