"""What the readers make of the official record, from a fake Parliament and a fake legislation.gov.uk."""

from typing import Any

from tests.official.desk import Desk
from tests.official.fake import effect, instrument, metadata, stage
from tracker.models import Look
from tracker.official.law import provisions_of
from tracker.rules.dates import PartialDate
from tracker.rules.official import FindingState, LookOutcome
from tracker.rules.text import showable

BILL = "https://bills.parliament.uk/bills/4210"
ORDER: dict[str, Any] = {"kind": "uksi", "title": "Empty Homes Regulations 2020"}


def follow_bill(desk: Desk, number: int = 4210, title: str = "Empty Homes Bill", **changes: Any) -> None:
    address = f"https://bills.parliament.uk/bills/{number}"
    desk.follow(kind="bill", title=title, citation=f"Bill {number} (2026-27)", address=address, **changes)


def look_at_bill(desk: Desk, stages: list[Any], **about: Any) -> Look:
    """Let the bill be so, and look."""
    desk.record.bill(4210, stages, **about)
    return desk.look("bills")


def follow_act(desk: Desk, provisions: str = "s. 51") -> int:
    return desk.follow(provisions=provisions, enacted_on=PartialDate("2018-05-23"))


# --- bills ---

FIRST = stage(1, "1st reading", "Commons", "2026-09-01")
SECOND = stage(2, "2nd reading", "Commons", "2026-11-12")
THIRD = stage(3, "3rd reading", "Commons", "2026-12-03")
COMMITTEE = stage(9, "Committee stage", "Lords", "2016-11-18")
ASSENT = stage(9, "Royal Assent", "Unassigned", "2026-11-19")
PAST = "Empty Homes Bill: second reading, Commons, 12 November 2026"
PLANNED = "Empty Homes Bill: third reading, Commons, set down for 3 December 2026"


def test_what_is_recent_and_what_is_to_come_is_found_and_what_is_moved_or_taken_off_said_so(desk: Desk) -> None:
    follow_bill(desk)
    row = look_at_bill(desk, [FIRST, SECOND, THIRD, stage(4, "Committee stage", "Lords")])
    assert (row.outcome, row.sentence, row.records) == (LookOutcome.OK, "", 1)
    assert desk.says() == [PAST, PLANNED]
    second, third = desk.findings()
    assert second.tells == "The Empty Homes Bill had its second reading in the House of Commons."
    assert (second.address, str(second.happened_on)) == (f"{BILL}/stages", "2026-11-12")
    assert third.tells == (
        "The third reading of the Empty Homes Bill in the House of Commons is set down for 3 December 2026."
    )

    look_at_bill(desk, [])  # a record that suddenly has nothing withdraws nothing
    assert len(desk.says()) == 2
    look_at_bill(desk, [SECOND, stage(3, "3rd reading", "Commons", "2026-12-10")])
    assert desk.says()[-1].endswith("set down for 10 December 2026")
    assert desk.says(FindingState.WITHDRAWN) == [PLANNED]
    look_at_bill(desk, [SECOND])
    assert desk.says() == [PAST]

    look_at_bill(desk, [FIRST, SECOND, THIRD])
    desk.look("bills", days=14)
    assert desk.says() == [PAST, "Empty Homes Bill: third reading, Commons, 3 December 2026"]
    assert desk.findings()[-1].replaces_id


# How a bill ends: its stages, what else is said of it, and the finding with the column that it fills.
ENDS: dict[str, tuple[list[Any], dict[str, Any], list[tuple[str, str]]]] = {
    "Assent": ([ASSENT], {"isAct": True}, [("royal assent, 19 November 2026", "enacted_on")]),
    "Withdrawn": ([], {"billWithdrawn": "2026-11-18T00:00:00"}, [("withdrawn, 18 November 2026", "lapsed_on")]),
    "Defeated": (
        [SECOND],
        {"isDefeated": True},
        [("second reading, Commons, 12 November 2026", ""), ("defeated, 12 November 2026", "lapsed_on")],
    ),
    "Fallen": (
        [],
        {"includedSessionIds": [39], "introducedSessionId": 39},
        [("not carried into the present session: fallen", "")],
    ),
    "No Act": ([ASSENT], {"isAct": False}, []),
    "An Act at another stage": ([COMMITTEE], {"isAct": True}, [("committee stage, Lords, 18 November 2016", "")]),
}


def test_how_a_bill_ends_and_one_that_is_known_to_have_ended_is_not_asked_for(desk: Desk) -> None:
    for number, (title, (stages, about, _)) in enumerate(ENDS.items(), 1):
        follow_bill(desk, number, title)
        desk.record.bill(number, stages, **about)
    follow_bill(desk, 4210, lapsed_on=PartialDate("2020-01-01"))
    desk.look("bills")
    for title, (*_, expected) in ENDS.items():
        found = [it for it in desk.findings() if it.says.startswith(f"{title}: ")]
        assert [(it.says.removeprefix(f"{title}: "), it.fills) for it in found] == expected
    assert [path for path, _ in desk.record.asked if "4210" in path] == []


def test_one_misshapen_stage_spoils_no_other_and_a_source_that_answers_in_another_shape_is_told(desk: Desk) -> None:
    follow_bill(desk)
    row = look_at_bill(desk, [stage(7, "Report stage", "Commons", "0001-01-01"), {"id": 8}, SECOND])
    assert row.outcome is LookOutcome.OK
    assert "2 could not be read" in row.sentence
    for answer in ("[]", '{"items": 3}', '{"items": [{"includedSessionIds": ["x"]}]}', "null"):
        desk.record.bill(4210, [SECOND])
        desk.record.say("bills", "/Bills?SortOrder=DateUpdatedDescending&Take=20", answer)
        row = desk.look("bills")
        assert row.outcome is LookOutcome.FAILED
        assert "another shape than before" in row.sentence
        desk.record.session(40)
        desk.record.say("bills", "/Bills/4210", answer)
        assert "the answer has another shape than before" in desk.look("bills").sentence
    assert desk.says() == [PAST]


# --- laws ---


def test_the_days_of_a_law_that_we_lack_or_have_otherwise_are_found(desk: Desk) -> None:
    link = desk.follow(**ORDER, citation="S.I. 2020/680")
    desk.record.law("uksi/2020/680", {"Made": "2020-07-05", "Laid": "2020-07-06", "DateTime": "2020-07-07"})
    for number, held in enumerate(("2020-07-05", "2020-07", "2020-07-04"), 681):
        desk.follow(**ORDER, citation=f"S.I. 2020/{number}", enacted_on=PartialDate(held))
        desk.record.law(f"uksi/2020/{number}", {"Made": "2020-07-05"})
    assert desk.look("law").outcome is LookOutcome.OK
    made, in_force, other = desk.findings()
    assert (made.says, made.fills) == ("Empty Homes Regulations 2020: made, 5 July 2020", "enacted_on")
    assert (in_force.says, in_force.fills) == ("S.I. 2020/680: in force since 7 July 2020", "in_force_on")
    assert (in_force.subject_kind, in_force.subject_id) == ("link", link)
    assert other.says == "Empty Homes Regulations 2020: made, 5 July 2020; we say 4 July 2020"

    # A draft that became law is found with what it became.
    desk.follow(kind="ukdsi", title="Draft Regulations", citation="", year="2026", number="9780111192504")
    became = '<ukm:Laid Date="2026-11-02"/><ukm:SupersededBy URI="http://www.legislation.gov.uk/id/uksi/2026/1"/>'
    desk.record.law("ukdsi/2026/9780111192504", {})
    desk.record.say("law", "/ukdsi/2026/9780111192504/data.xml", metadata("ukdsi/2026/9780111192504", became))
    desk.look("law")
    assert [(found.says, found.fills) for found in desk.findings()[3:]] == [
        ("Draft Regulations was made: S.I. 2026/1", ""),
        ("Draft Regulations: laid in draft, 2 November 2026", "introduced_on"),
    ]


def test_a_commencement_fills_the_link_whose_provisions_it_means_and_of_a_part_of_them_nothing(desk: Desk) -> None:
    link = follow_act(desk)
    effects = [
        effect("1", "coming into force", "ss. 49-52", "2020-12-15"),
        effect("2", "coming into force", "s. 3", "2019-01-01"),
    ]
    desk.record.law("ukpga/2018/13", {"EnactmentDate": "2018-05-23"}, effects)
    desk.follow(citation="2018 c. 14", title="Another Act 2018", provisions="ss. 51 and 52")
    desk.record.law("ukpga/2018/14", {}, [effect("1", "coming into force", "s. 51", "2026-11-15")])
    desk.look("law")
    whole, part = desk.findings()
    assert whole.says == "2018 c. 13 s. 51: in force since 15 December 2020, by The Invented Order 2026"
    assert (whole.subject_id, whole.fills, str(whole.happened_on)) == (link, "in_force_on", "2020-12-15")
    assert part.says == "2018 c. 14 s. 51: in force since 15 November 2026, by The Invented Order 2026"
    assert part.fills == ""

    # What was done of late is one finding for each law that did it.
    effects = [effect(str(n), "words substituted", f"s. {n}", "2026-11-15") for n in range(1, 8)]
    effects += [effect("old", "words substituted", "s. 9", "2019-11-15"), effect("9", "repealed", "s. 30")]
    desk.record.law("ukpga/2018/13", {}, effects)
    desk.look("law")
    assert [says for says in desk.says() if "in force" not in says] == [
        "2018 c. 13 s. 1, s. 2, s. 3, s. 4, s. 5 and 2 more: words substituted, 15 November 2026, "
        "by The Invented Order 2026",
        "2018 c. 13 s. 30: repealed, a day to come, by The Invented Order 2026",
    ]


NO_LAW = {
    "Sorry": "no whole XML",
    "<!DOCTYPE html><html><body>Sorry</body></html>": "it declares a document type",
    "<html><body>Sorry</body></html>": "of the kind “html”",
    '<!DOCTYPE x [<!ENTITY a "b">]><Legislation/>': "it declares a document type",
    "<!-- -->" * 9999 + '<!DOCTYPE x [<!ENTITY a "b">]><Legislation/>': "no whole XML",
    '<?xml version="1.0" encoding="none"?><Legislation/>': "no whole XML",
    '<?xml version="1.0" encoding="utf-7"?><Legislation/>': "no whole XML",
    "": "no whole XML",
}


def test_an_answer_that_is_no_law_or_another_is_told_and_changes_nothing(desk: Desk) -> None:
    follow_act(desk)
    path = "/ukpga/2018/13/resources/data.xml"
    desk.record.law("ukpga/2018/13", {})
    for answer, sentence in NO_LAW.items():
        desk.record.say("law", path, answer)
        row = desk.look("law")
        assert (row.outcome, sentence in row.sentence) == (LookOutcome.FAILED, True), answer[:60]
    desk.record.law("ukpga/2019/1", {"EnactmentDate": "2019-01-01"}, path=path)
    assert "another law, ukpga/2019/1" in desk.look("law").sentence
    assert desk.says() == []

    # One that is cut off is asked for again.
    desk.record.law("ukpga/2018/13", {"EnactmentDate": "2018-05-24"})
    reply = desk.record.replies[f"/law{path}"]
    whole, reply.body = reply.body, reply.body[:300]
    assert "no whole XML" in desk.look("law").sentence
    reply.body = whole
    assert desk.look("law").outcome is LookOutcome.OK
    assert len(desk.says()) == 1


# --- instruments ---


def test_a_new_instrument_under_an_act_is_found_and_an_old_one_is_not(desk: Desk) -> None:
    follow_act(desk)
    old = {"paperMadeDate": "2020-01-01T00:00:00", "commonsLayingDate": None, "lordsLayingDate": None}
    listed = [
        instrument("aaaa0001", "The Empty Homes (Amendment) Regulations 2026"),
        instrument("aaaa0002", "The Old Regulations 2020", **old),
    ]
    desk.record.act("Empty Homes Act 2018", "vwCQEWuL", listed)
    assert desk.look("instruments").outcome is LookOutcome.OK
    (found,) = desk.findings()
    assert found.says == (
        "The Empty Homes (Amendment) Regulations 2026 (S.I. 2026/1999), under the Empty Homes Act 2018: "
        "made 18 November 2026, laid 19 November 2026"
    )
    assert found.address == "https://www.legislation.gov.uk/uksi/2026/1999/made"
    desk.record.say("instruments", "/ActOfParliament?Name=Empty%20Homes%20Act%202018", '{"items": []}')
    assert desk.look("instruments").sentence == "Empty Homes Act 2018: Parliament lists no Act of this name."

    # They are read page by page, with names in any script and characters that nobody can show.
    titles = ["Bill\x00 with\x07 bells \ud800", "مشروع قانون", "B" * 5000]
    titles += [f"The Empty Homes (No. {number}) Regulations 2026" for number in range(250)]
    listed = [instrument(f"a{n}", title, paperNumber=n + 1) for n, title in enumerate(titles)]
    desk.record.act("Empty Homes Act 2018", "x", listed)
    assert desk.look("instruments").outcome is LookOutcome.OK
    for title, found in zip(titles, desk.findings(), strict=True):
        assert found.says.startswith(showable(title)[:200])
        assert len(found.says) <= 300
        assert len(found.page_title) <= 200


# --- provisions ---


PROVISIONS = {
    "section 51(2)(a)": "s51", "ss. 49-52": "s49 s50 s51 s52", "ss. 1, 3 and 5(2)": "s1 s3 s5",
    "sections 1 to 3": "s1 s2 s3", "s. 53C": "s53C", "s. 250(2)-(5)": "s250", "reg. 5 and Sch. 2 para. 3": "reg5 sch2",
    "Sch. 3 paras. 6-8": "sch3", "Arts 8A and 8B": "art8A art8B", "art. 3(b) Sch. 1": "art3 sch1", "Pt. 3": "part3",
    "s. 4; Schedule 1": "s4 sch1", "rule 3": "r3", "ss. 1-9999": "s1", "52 weeks": "",
}  # fmt: skip


def test_provisions_are_known_however_they_are_written() -> None:
    for text, named in PROVISIONS.items():
        expected = {(word.rstrip("0123456789ABC"), word.lstrip("aceghprst")) for word in named.split()}
        assert provisions_of(text) == expected, text
