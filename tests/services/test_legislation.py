"""Laws and links: one law stands once, a bill becomes its Act, one link for each provision and extent."""

from typing import Any

import pytest

from tests.factories import law_draft, link_draft, make_ask, make_law, make_link
from tests.transactions import problems_of
from tracker.models import Legislation, Link
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.errors import RuleBroken
from tracker.rules.legislation import Effect
from tracker.services import legislation, records
from tracker.services.change import Change

ACT = {"kind": "ukpga", "citation": "2018 c. 13"}
ORDER = {"kind": "uksi", "citation": "S.I. 2020/680"}
ADDRESS = "https://www.legislation.gov.uk"


def test_a_law_is_stored_in_normal_form(ed: Change) -> None:
    law = make_law(ed, published=False, kind="", citation="S.I. 2018 No. 78 (C. 11)")
    assert (law.key, law.kind, law.year, law.number) == ("uksi/2018/78", "uksi", "2018", "78")
    assert (law.citation, law.address) == ("S.I. 2018/78 (C. 11)", f"{ADDRESS}/uksi/2018/78")
    assert law.publication is Publication.DRAFT


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        (ACT, ACT, "citation"),
        (ACT, {"kind": "ukpga", "citation": "Sanctions Act 2018 (c. 13)"}, "citation"),
        (ORDER, {"kind": "wsi", "citation": "S.I. 2020 No. 680 (W. 12)"}, "citation"),
        (
            {"kind": "other", "citation": "", "year": "2020", "number": "a", "address": "https://law.example.org/1"},
            {"kind": "other", "citation": "", "year": "2020", "number": "b", "address": "https://law.example.org/1"},
            "address",
        ),
    ],
)
def test_one_law_is_never_entered_twice(ed: Change, first: dict[str, Any], second: dict[str, Any], field: str) -> None:
    make_law(ed, published=False, **first)
    other = make_law(ed, published=False, citation="2024 c. 1")
    with pytest.raises(RuleBroken) as created:
        make_law(ed, published=False, **second)
    with pytest.raises(RuleBroken) as edited:
        legislation.edit_legislation(ed, other, law_draft(**second), None)
    assert problems_of(created) == problems_of(edited) == {field}


def test_laws_without_a_number_are_told_apart_by_their_key(ed: Change) -> None:
    first = make_law(ed, citation="", year="2024", title="Commencement No. 3")
    second = make_law(ed, citation="", year="2024", title="Commencement No. 4")
    assert (first.identity, first.address, second.identity) == (None, None, None)
    with pytest.raises(RuleBroken):
        make_law(ed, citation="", year="2024", title="Commencement No. 3")


def test_the_key_of_a_law_stays_when_its_number_becomes_known(ed: Change) -> None:
    law = make_law(ed, citation="", year="2018", title="Commencement No. 3")
    assert law.key == "ukpga/2018/commencement-no-3"
    legislation.edit_legislation(ed, law, law_draft(title="Commencement No. 3", citation="2018 c. 13"), None)
    assert (law.key, law.identity, law.citation) == ("ukpga/2018/commencement-no-3", "ukpga/2018/13", "2018 c. 13")
    with pytest.raises(RuleBroken):  # and so it is known under its number too
        make_law(ed)


# --- a bill becomes an Act ---


def make_bill(change: Change, **changes: Any) -> Legislation:
    values = {"kind": "bill", "citation": "Bill 157 (2017-19)", "year": "2017-19", "number": "157"}
    return make_law(change, **values | changes)


def bill_draft(**changes: Any) -> Any:
    values = {"kind": "bill", "citation": "Bill 157 (2017-19)", "year": "2017-19", "number": "157"}
    return law_draft(**values | changes)


def test_a_bill_becomes_an_act_and_stays_linked_to_it(ed: Change) -> None:
    bill, act = make_bill(ed), make_law(ed)
    assert legislation.edit_legislation(ed, bill, bill_draft(becomes_id=act.id), None)
    ed.session.flush()
    ed.session.refresh(bill, ["becomes"])
    ed.session.refresh(act, ["was"])
    assert bill.becomes is act
    assert act.was == [bill]
    assert bill.kind == "bill"


def test_only_a_bill_becomes_another_law_and_never_itself(ed: Change) -> None:
    bill, act = make_bill(ed), make_law(ed)
    with pytest.raises(RuleBroken) as itself:
        legislation.edit_legislation(ed, bill, bill_draft(becomes_id=bill.id), None)
    with pytest.raises(RuleBroken) as an_act:
        legislation.edit_legislation(ed, act, law_draft(becomes_id=bill.id), None)
    assert problems_of(itself) == problems_of(an_act) == {"becomes_id"}


def test_a_law_cannot_pass_before_it_is_introduced(ed: Change) -> None:
    with pytest.raises(RuleBroken) as broken:
        make_law(ed, introduced_on=PartialDate("2018-05"), enacted_on=PartialDate("2018-04"))
    assert problems_of(broken) == {"enacted_on"}


# --- links ---


def make_first_link(change: Change) -> Link:
    extent = ("England and Wales", "Scotland")
    return make_link(change, make_ask(change), make_law(change), provisions="ss. 1–3", extent=extent)


def test_the_same_provisions_with_the_same_extent_are_linked_once(ed: Change) -> None:
    link = make_first_link(ed)
    other = legislation.create_link(ed, link_draft(link.ask_id, link.legislation_id, provisions="s. 4"))
    same = link_draft(link.ask_id, link.legislation_id, provisions="ss. 1–3", extent=tuple(link.extent), note="Again.")
    with pytest.raises(RuleBroken) as created:
        legislation.create_link(ed, same)
    with pytest.raises(RuleBroken) as edited:
        legislation.edit_link(ed, other, same, None)
    assert problems_of(created) == problems_of(edited) == {"provisions"}


@pytest.mark.parametrize(
    "changes", [{"provisions": "s. 4"}, {"extent": ("Northern Ireland",)}, {"extent": ()}], ids=str
)
def test_other_provisions_and_other_extents_are_links_of_their_own(ed: Change, changes: dict[str, Any]) -> None:
    first = make_first_link(ed)
    values = {"provisions": "ss. 1–3", "extent": ("England and Wales", "Scotland")}
    second = legislation.create_link(ed, link_draft(first.ask_id, first.legislation_id, **values | changes))
    assert second.id != first.id


def test_a_link_is_edited_and_keeps_its_law(ed: Change) -> None:
    link = make_first_link(ed)
    draft = link_draft(link.ask_id, link.legislation_id, effect=Effect.DELIVERS, in_force_on=PartialDate("2018-01-31"))
    assert legislation.edit_link(ed, link, draft, None)
    assert (link.effect, link.in_force_on, link.extent) == (Effect.DELIVERS, PartialDate("2018-01-31"), [])
    again = link_draft(link.ask_id, link.legislation_id, effect=Effect.DELIVERS, in_force_on=PartialDate("2018-01-31"))
    assert not legislation.edit_link(ed, link, again, None)


def test_an_unknown_extent_is_refused(ed: Change) -> None:
    with pytest.raises(RuleBroken) as broken:
        make_link(ed, make_ask(ed), make_law(ed), extent=("Atlantis",))
    assert problems_of(broken) == {"extent"}


def test_a_link_is_published_after_its_law(ed: Change) -> None:
    law = make_law(ed, published=False)
    link = make_link(ed, make_ask(ed), law, published=False)
    with pytest.raises(RuleBroken):
        legislation.publish_link(ed, link, None)
    records.publish(ed, law, None)
    legislation.publish_link(ed, link, None)
    assert link.publication is Publication.PUBLISHED
