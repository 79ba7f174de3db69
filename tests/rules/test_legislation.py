"""Laws in their one normal form, how far they had come on a day, and their links to asks."""

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.problems import check_limits, fields_of
from tracker.rules.citations import SHAPES
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import (
    EXTENTS,
    KINDS,
    Effect,
    LegislationDraft,
    LinkDraft,
    Stage,
    check_legislation,
    check_link,
    commenced_by,
    identity_of,
    normalised,
    stage_on,
)

SAMLA = "https://www.legislation.gov.uk/ukpga/2018/13"
ELI = "http://data.europa.eu/eli/reg/2014/269"
REGULATION = "Regulation (EU) No 269/2014"
LAW = LegislationDraft(kind="ukpga", title="Sanctions and Anti-Money Laundering Act 2018", citation="2018 c. 13")
LINK = LinkDraft(ask_id=1, legislation_id=2, effect=Effect.ENABLES)


TYPED = [
    LAW,
    replace(LAW, kind=""),
    replace(LAW, citation="", address=SAMLA),
    replace(LAW, citation="", address="http://legislation.gov.uk/id/ukpga/2018/13/section/2?view=plain"),
    replace(LAW, address=SAMLA + "/contents/enacted"),
    replace(LAW, year="2018", number="13"),
    replace(LAW, key="something/else/1"),
]


def test_one_law_has_one_form_however_it_is_entered() -> None:
    for typed in TYPED:
        law = normalised(typed)
        assert (law.kind, law.year, law.number) == ("ukpga", "2018", "13")
        assert (law.citation, law.address, law.key) == ("2018 c. 13", SAMLA, "ukpga/2018/13")
        assert identity_of(law) == "ukpga/2018/13"
        assert check_legislation(typed) == []


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(KINDS)),
    st.sampled_from(["", "2018", "2017-19"]),
    st.sampled_from(["", "13", "157"]),
    st.sampled_from(["", "2018 c. 13", "S.I. 2020/680 (C. 11)", "S.I. 2018/13 (W. 5)", REGULATION, "HC 932"]),
    st.sampled_from([None, "", SAMLA, "https://bills.parliament.uk/bills/2190", ELI]),
)
def test_what_is_in_normal_form_stays_as_it_is(
    kind: str, year: str, number: str, citation: str, address: str | None
) -> None:
    law = normalised(LegislationDraft(kind, "A law", year, number, citation, address))
    assert normalised(law) == law


def test_a_law_has_a_key_for_its_page_and_an_identity_if_it_has_a_number_and_keeps_what_no_rule_knows_better() -> None:
    for typed, key, identity in (
        (LegislationDraft("uksi", "Order", citation="S.I. 2018/78 (W. 5)"), "wsi/2018/78", "uksi/2018/78"),
        (LegislationDraft("wsi", "Order", citation="S.I. 2018/78"), "uksi/2018/78", "uksi/2018/78"),
        (LegislationDraft("eur", "Rules", citation=REGULATION), "eur/2014/269", "eur/2014/269"),
        (LegislationDraft("bill", "A Bill", "2017-19", "157"), "bill/2017-19/157", "bill/2017-19/157"),
        (LegislationDraft("", "A Bill", citation="Bill 157 (2017-19)"), "bill/2017-19/157", "bill/2017-19/157"),
        (LegislationDraft("uksi", "The Škoda Order", "2024"), "uksi/2024/the-skoda-order", None),
        (LegislationDraft("other", "An agreement"), "other/undated/an-agreement", None),
        (LegislationDraft("ky-sl", "Rules", "2024", key="ky-sl/2024/access"), "ky-sl/2024/access", None),
    ):
        law = normalised(typed)
        assert (law.key, identity_of(law)) == (key, identity)
        assert check_legislation(typed) == []
    bill = normalised(LegislationDraft("bill", "A Bill", "2017-19", "157", "Bill 157, later 2018 c. 13"))
    assert (bill.kind, bill.key, bill.citation) == ("bill", "bill/2017-19/157", "Bill 157, later 2018 c. 13")
    law = normalised(LegislationDraft("eur", "Rules", address=ELI))
    assert (law.key, law.address) == ("eur/2014/269", ELI)


LAWS: list[tuple[dict[str, Any], list[str]]] = [
    ({"title": ""}, ["title"]),
    ({"kind": "", "citation": ""}, ["kind", "year"]),
    ({"kind": "decree", "citation": ""}, ["kind"]),
    ({"kind": "other", "citation": "", "title": "中文"}, ["year"]),
    ({"kind": "bill", "citation": "", "year": "2017/19", "number": "../157"}, []),
    ({"kind": "bill", "citation": "", "year": "x" * 21, "number": "7"}, ["year"]),
    ({"address": "http://[evil"}, ["address"]),
    ({"citation": "", "address": "https://www.legislation.gov.uk/ukpga/\"'>/x/12"}, ["year"]),
    ({"introduced_on": PartialDate("2018-05-24"), "enacted_on": PartialDate("2018-05-23")}, ["enacted_on"]),
    ({"introduced_on": PartialDate("2018-05"), "enacted_on": PartialDate("2018-05-23")}, []),
    ({"becomes_id": 7}, ["becomes_id"]),
    ({"kind": "ukdsi", "citation": "", "year": "2020", "number": "9780111192504", "becomes_id": 7}, []),
]
LINKS: list[tuple[dict[str, Any], list[str]]] = [
    ({"in_force_on": PartialDate("2018-01-31"), "ended_on": PartialDate("2018-01")}, []),
    ({"extent": EXTENTS}, []),
    ({"extent": ("Narnia",)}, ["extent"]),
    ({"extent": ("Wales", "Wales")}, ["extent"]),
    ({"in_force_on": PartialDate("2018-02"), "ended_on": PartialDate("2018-01-31")}, ["ended_on"]),
]


def test_a_law_or_a_link_that_contradicts_itself_is_refused() -> None:
    for change, fields in LAWS:
        assert sorted(set(fields_of(check_legislation(replace(LAW, **change)))), key=str) == fields
    for change, fields in LINKS:
        assert fields_of(check_link(replace(LINK, **change))) == fields
    said: dict[str, dict[str, Any]] = {
        "The citation is that of another kind: Act of the UK Parliament.": {"kind": "ssi"},
        "The citation says 2018. Correct one of the two.": {"year": "2017"},
        "The citation means 2018 c. 13, but the address leads to ukpga/2017/22.": {
            "address": "https://www.legislation.gov.uk/ukpga/2017/22"
        },
    }
    for sentence, change in said.items():
        assert [problem.message for problem in check_legislation(replace(LAW, **change))] == [sentence]


def test_texts_keep_to_their_limits_cited_kinds_can_be_chosen_and_a_commencement_order_names_its_act() -> None:
    check_limits(check_legislation, LAW, title=300, note=400, internal_note=4000)
    check_limits(check_link, LINK, provisions=200, note=400, internal_note=4000)
    assert SHAPES.keys() <= KINDS.keys()
    title = "Criminal Finances Act 2017"
    assert commenced_by(f"{title} (Commencement No. 4) Regulations 2018") == title
    assert commenced_by(title) == ""


BILL = ("2018-01-25", "2018-05-23", None)
FALLEN = ("2018-01-25", None, "2019-11-06")


def test_the_last_date_that_was_reached_tells_the_stage() -> None:
    for dates, day, stage in (
        ((None, None, None), "2018-01-01", Stage.UNDATED),
        (BILL, "2018-01-24", Stage.EXPECTED),
        (BILL, "2018-01-25", Stage.INTRODUCED),
        (BILL, "2018-05-22", Stage.INTRODUCED),
        (BILL, "2018-05-23", Stage.LAW),
        (FALLEN, "2019-11-05", Stage.INTRODUCED),
        (FALLEN, "2019-11-06", Stage.FALLEN),
        ((None, "2018-01", None), "2017-12-31", Stage.EXPECTED),
        ((None, "2018-01", None), "2018-01-01", Stage.LAW),
    ):
        introduced, enacted, lapsed = (PartialDate(text) if text else None for text in dates)
        assert stage_on(date.fromisoformat(day), introduced, enacted, lapsed) is stage
