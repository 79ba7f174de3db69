"""Laws and links: one law stands once, a bill becomes its Act, one link for each provision and extent."""

from typing import Any

import pytest

from tests.factories import law_draft, link_draft, make_ask, make_law, make_link
from tests.transactions import refused
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.errors import RuleBroken
from tracker.rules.legislation import Effect, LinkDraft
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


def test_one_law_is_never_entered_twice(ed: Change) -> None:
    other = make_law(ed, published=False, citation="2024 c. 1")
    of_no_kind: dict[str, Any] = {
        "kind": "other",
        "citation": "",
        "year": "2020",
        "address": "https://law.example.org/1",
    }
    for first in (ACT, ORDER, of_no_kind | {"number": "a"}):
        make_law(ed, published=False, **first)
    for second, field in (
        (ACT, "citation"),
        ({"kind": "ukpga", "citation": "Sanctions Act 2018 (c. 13)"}, "citation"),
        ({"kind": "wsi", "citation": "S.I. 2020 No. 680 (W. 12)"}, "citation"),
        (of_no_kind | {"number": "b"}, "address"),
    ):
        with refused(field):
            make_law(ed, published=False, **second)
        with refused(field):
            legislation.edit_legislation(ed, other, law_draft(**second), None)


def test_a_law_without_a_number_has_a_key_that_stays_when_its_number_becomes_known(ed: Change) -> None:
    law = make_law(ed, citation="", year="2018", title="Commencement No. 3")
    other = make_law(ed, citation="", year="2018", title="Commencement No. 4")
    assert (law.identity, law.address, other.identity) == (None, None, None)
    with pytest.raises(RuleBroken):
        make_law(ed, citation="", year="2018", title="Commencement No. 3")
    legislation.edit_legislation(ed, law, law_draft(title="Commencement No. 3", citation="2018 c. 13"), None)
    assert (law.key, law.identity, law.citation) == ("ukpga/2018/commencement-no-3", "ukpga/2018/13", "2018 c. 13")
    with pytest.raises(RuleBroken):  # and so it is known under its number too
        make_law(ed)


# --- a bill becomes an Act ---


def test_only_a_bill_becomes_another_law_never_itself_and_stays_linked_to_it(ed: Change) -> None:
    values: dict[str, Any] = {"kind": "bill", "citation": "Bill 157 (2017-19)", "year": "2017-19", "number": "157"}
    bill, act = make_law(ed, **values), make_law(ed)
    for law, draft in ((bill, law_draft(**values, becomes_id=bill.id)), (act, law_draft(becomes_id=bill.id))):
        with refused("becomes_id"):
            legislation.edit_legislation(ed, law, draft, None)
    assert legislation.edit_legislation(ed, bill, law_draft(**values, becomes_id=act.id), None)
    ed.session.flush()
    ed.session.refresh(bill, ["becomes"])
    ed.session.refresh(act, ["was"])
    assert (bill.becomes, act.was, bill.kind) == (act, [bill], "bill")


# --- links ---


def test_the_same_provisions_with_the_same_extent_are_linked_once(ed: Change) -> None:
    values: dict[str, Any] = {"provisions": "ss. 1–3", "extent": ("England and Wales", "Scotland")}
    link = make_link(ed, make_ask(ed), make_law(ed), **values)

    def draft(**changes: Any) -> LinkDraft:
        return link_draft(link.ask_id, link.legislation_id, **values | changes)

    for changes in ({"provisions": "s. 4"}, {"extent": ("Northern Ireland",)}, {"extent": ()}):
        other = legislation.create_link(ed, draft(**changes))
        assert other.id != link.id
        with refused("provisions"):
            legislation.create_link(ed, draft(note="Again."))
        with refused("provisions"):
            legislation.edit_link(ed, other, draft(note="Again."), None)
    delivers = draft(extent=("Wales",), effect=Effect.DELIVERS, in_force_on=PartialDate("2018-01-31"))
    assert legislation.edit_link(ed, link, delivers, None)
    assert (link.effect, link.in_force_on, link.extent) == (Effect.DELIVERS, PartialDate("2018-01-31"), ["Wales"])
    assert not legislation.edit_link(ed, link, delivers, None)


def test_a_link_is_published_after_its_law(ed: Change) -> None:
    law = make_law(ed, published=False)
    link = make_link(ed, make_ask(ed), law, published=False)
    with pytest.raises(RuleBroken):
        legislation.publish_link(ed, link, None)
    records.publish(ed, law, None)
    legislation.publish_link(ed, link, None)
    assert link.publication is Publication.PUBLISHED
