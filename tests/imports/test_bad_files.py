"""Files that are refused: each with the row and the column, what was found, and nothing changed."""

import pytest

from tests.imports.taking import bring
from tests.transactions import count_events, revision
from tracker.services.change import Change

HEADER = "ask_slug,title,kind,topic,source_title,quote,summary\r\n"
GOOD = "new,New,policy,Housing,The article,They said so.,In short.\r\n"
UPDATE = "ask_slug,update_key,kind,happened_on,text\r\n"
DATES = "ask_slug,next_step_on\r\nempty-homes,{}\r\n"
LINK = "ask_slug,law_key,provisions,extent,effect\r\n"
BAD: dict[str, tuple[str, str | bytes, int, str, str]] = {
    "empty": ("asks.csv", "", 0, "", "empty"),
    "only a mark": ("asks.csv", b"\xef\xbb\xbf", 1, "ask_slug", "no such column"),
    "of another name": ("list.csv", HEADER + GOOD, 0, "", "called list.csv"),
    "an unknown column": ("asks.csv", "ask_slug,colour\r\n", 1, "colour", "not known"),
    "a column twice": ("asks.csv", "ask_slug,title,title\r\n", 1, "title", "twice"),
    "no key": ("asks.csv", "title\r\nA\r\n", 1, "ask_slug", "no such column"),
    "two separators": ("asks.csv", "ask_slug,title;kind\r\n", 0, "", "commas and semicolons"),
    "a column like a known one": ("asks.csv", "ask_slug,Titel\r\n", 1, "Titel", "Perhaps title is meant."),
    "a long row": ("asks.csv", HEADER + GOOD + "x," + GOOD, 3, "", "8 cells"),
    "an open quotation mark": ("asks.csv", HEADER + GOOD + 'b,"B\r\n' + GOOD, 0, "", "Row 3"),
    "a lone quotation mark": ("asks.csv", HEADER + GOOD + 'b,"B"x\r\n', 0, "", "Row 3"),
    "a doubled key": ("asks.csv", HEADER + GOOD + GOOD, 3, "ask_slug", "new"),
    "Windows-1252": ("asks.csv", (HEADER + GOOD).encode() + "Škoda".encode("cp1252"), 0, "", "“Š” in Windows-1252"),
    "UTF-8 read as Windows-1252": ("asks.csv", HEADER + GOOD.replace("New", "CafÃ©"), 2, "title", "CafÃ©"),
    "characters that were lost": ("asks.csv", HEADER + GOOD.replace("New", "Caf\ufffd"), 2, "title", "Caf\ufffd"),
    "UTF-16 without its mark": ("asks.csv", (HEADER + GOOD).encode("utf-16-le"), 0, "", "UTF-16"),
    "UTF-16 cut off": ("asks.csv", (HEADER + GOOD).encode("utf-16")[:-1], 0, "", "not valid UTF-16"),
    "UTF-32": ("asks.csv", (HEADER + GOOD).encode("utf-32"), 0, "", "UTF-32"),
    "an old workbook": ("asks.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, "", "old Excel workbook"),
    "an unknown choice": ("asks.csv", HEADER + GOOD.replace("policy", "polcy"), 2, "kind", "polcy"),
    "the label of a choice": ("asks.csv", HEADER + GOOD.replace("policy", "Policy proposal"), 2, "kind", "Policy"),
    "NUL": ("asks.csv", HEADER + GOOD.replace("New", "N\0w"), 2, "title", "N\0w"),
    "a control character": ("asks.csv", HEADER + GOOD.replace("New", "N\x9bw"), 2, "title", "N\x9bw"),
    "a day in figures": ("asks.csv", DATES.format("03/04/2018"), 2, "next_step_on", "03/04/2018"),
    "a day as a number": ("asks.csv", DATES.format("43178"), 2, "next_step_on", "43178"),
    "a short month": ("asks.csv", DATES.format("Mar-18"), 2, "next_step_on", "Mar-18"),
    "a moment": ("asks.csv", DATES.format("2018-03-19 00:00:00"), 2, "next_step_on", "00:00"),
    "no such day": ("asks.csv", DATES.format("2018-02-30"), 2, "next_step_on", "2018-02-30"),
    "a failed formula": ("asks.csv", HEADER + GOOD.replace("New", "#REF!"), 2, "title", "#REF!"),
    "a shortened number": (
        "legislation.csv", "law_key,kind,year,number,title\r\nukpga/2020/1,ukpga,2020,1E+5,A\r\n", 2, "number", "1E+5",
    ),
    "a cell without end": ("asks.csv", HEADER + GOOD.replace("New", "N" * 20_001), 2, "title", "NNN"),
    "a cell beyond all measure": ("asks.csv", HEADER + GOOD.replace("New", "N" * 200_000), 0, "", "field larger"),
    "an unknown source": ("asks.csv", HEADER + GOOD.replace("The article", "?"), 2, "source_title", "?"),
    "nothing where something must be": ("asks.csv", HEADER + GOOD.replace("Housing", ""), 2, "topic", ""),
    "an ask that is not there": ("updates.csv", UPDATE + "nowhere,a,milestone,2020,A\r\n", 2, "ask_slug", "nowhere"),
    "a key that is no key": ("updates.csv", UPDATE + "empty-homes,A b,milestone,2020,A\r\n", 2, "update_key", "A b"),
    "a correction of nothing": (
        "updates.csv",
        UPDATE.replace("\r", ",corrects\r") + "empty-homes,a,correction,2020,A,z\r\n",
        2, "corrects", "z",
    ),
    "a law that is not there": (
        "links.csv", "ask_slug,law_key,provisions,extent,effect\r\nempty-homes,ukpga/1066/1,s. 1,England,enables\r\n",
        2, "law_key", "ukpga/1066/1",
    ),
    "replaced by nothing": (
        "updates.csv",
        UPDATE.replace("\r", ",status,reason,superseded_by\r") + "empty-homes,a,status,2020,A,superseded,B,none\r\n",
        2, "superseded_by", "none",
    ),
    "a law that becomes nothing": (
        "legislation.csv",
        "law_key,kind,year,number,title,becomes\r\nukpga/2020/1,ukpga,2020,1,A,ukpga/1066/1\r\n",
        2, "becomes", "ukpga/1066/1",
    ),
    "another key than the law has": (
        "legislation.csv", "law_key,kind,year,number,title\r\nukpga/2020/2,ukpga,2020,1,A\r\n", 2, "law_key", "2020/2",
    ),
    "NUL in a key": ("tests.csv", "ask_slug,test_key,label\r\nempty\0-homes,a,A\r\n", 2, "ask_slug", "U+0000"),
    "NUL in provisions": (
        "links.csv", LINK + "empty-homes,ukpga/2018/13,s.\x00 1,England,enables\r\n", 2, "provisions", "U+0000",
    ),
    "provisions that a spreadsheet shortened": (
        "links.csv", LINK + "empty-homes,ukpga/2018/13,1E+5,England,enables\r\n", 2, "provisions", "1E+5",
    ),
    "provisions that stand there already, but for spaces": (
        "links.csv", LINK + "empty-homes,ukpga/2018/13,s.   4 ,,enables\r\n", 2, "provisions", "already",
    ),
    "one extent in two orders": (
        "links.csv",
        LINK
        + "empty-homes,ukpga/2018/13,s. 1,Wales; Scotland,enables\r\n"
        + "empty-homes,ukpga/2018/13,s. 1,Scotland; Wales,enables\r\n",
        3, "provisions", "already",
    ),
    "two rows for one law": (
        "legislation.csv",
        "law_key,kind,year,number,title,address\r\nukpga/2020/1,ukpga,2020,1,A,https://www.legislation.gov.uk/ukpga/2020/1"
        "\r\nother/2020/a,other,2020,a,A,https://www.legislation.gov.uk/ukpga/2020/1\r\n", 3, "law_key", "",
    ),
    "NUL in a source": ("asks.csv", HEADER + GOOD.replace("article", "art\0"), 2, "source_title", "entered"),
    "an Act that becomes another": (
        "legislation.csv", "law_key,becomes\r\nukpga/2018/13,ukpga/2018/14\r\n", 2, "becomes", "Only a bill",
    ),
    "evidence of nothing": (
        "evidence.csv", "ask_slug,update_key,position,url,title,type\r\nempty-homes,a,1,https://a.example,A,own_work\r\n",
        2, "update_key", "a",
    ),
}  # fmt: skip


@pytest.mark.parametrize("bad", list(BAD))
@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_a_bad_file_is_refused_with_its_row_and_its_column(ed: Change, bad: str) -> None:
    name, content, row, column, found = BAD[bad]
    faults = bring(ed, {name: content}).faults
    assert [(fault.file, fault.row, fault.column) for fault in faults] == [(name, row, column)]
    assert found in faults[0].found or found in faults[0].expected
    assert faults[0].expected.endswith(".")


def test_all_cells_that_are_wrong_are_named_at_once(ed: Change) -> None:
    asks = HEADER + "a,,x,Housing,The article,Q,S\r\nb,,policy,Housing,The article,Q,S\r\n" + GOOD
    faults = bring(ed, {"asks.csv": asks, "updates.csv": UPDATE + "new,Not a key,milestone,43178,A\r\n"}).faults
    assert [(fault.file, fault.row, fault.column) for fault in faults] == [
        ("asks.csv", 2, "kind"),
        ("asks.csv", 2, "title"),
        ("asks.csv", 3, "title"),
        ("updates.csv", 2, "happened_on"),
    ]


def test_all_rows_that_the_rules_refuse_are_named_at_once(ed: Change) -> None:
    asks = (
        HEADER
        + GOOD.replace("The article", "None")
        + GOOD.replace("new", "empty-homes-2").replace("Housing", "hOUSING")
    )
    faults = bring(ed, {"asks.csv": asks, "updates.csv": UPDATE + "nowhere,a,milestone,2020,A\r\n"}).faults
    assert [(fault.file, fault.row, fault.column) for fault in faults] == [
        ("asks.csv", 2, "source_title"),
        ("asks.csv", 3, "topic"),
        ("updates.csv", 2, "ask_slug"),
    ]


def test_a_column_that_is_not_known_hides_no_other_fault(ed: Change) -> None:
    header, row = HEADER.replace("\r", ",colour\r"), GOOD.replace("\r", ",red\r")
    plan = bring(ed, {"asks.csv": header + row + row.replace("new", "b").replace("policy", "polcy")})
    assert [(fault.row, fault.column) for fault in plan.faults] == [(1, "colour"), (3, "kind")]
    assert not plan.is_cut_off


@pytest.mark.parametrize("bad", ["Windows-1252", "a column twice", "an open quotation mark"])
def test_a_file_that_was_not_read_may_hold_more_faults(ed: Change, bad: str) -> None:
    name, content, *_ = BAD[bad]
    assert bring(ed, {name: content}).is_cut_off


def test_what_hangs_on_a_faulty_row_is_not_called_faulty_for_that(ed: Change) -> None:
    files = {
        "asks.csv": HEADER + GOOD.replace("policy", "?"),
        "tests.csv": "ask_slug,test_key,label\r\nnew,a,A\r\n",
        "updates.csv": UPDATE + "new,a,milestone,2020,A\r\nempty-homes,b,milestone,43178,B\r\n",
        "evidence.csv": "ask_slug,update_key,position,url,title,type\r\n"
        "new,a,1,https://a.example,A,own_work\r\nempty-homes,b,1,https://a.example,A,own_work\r\n",
    }
    assert [(fault.file, fault.column) for fault in bring(ed, files).faults] == [
        ("asks.csv", "kind"),
        ("updates.csv", "happened_on"),
    ]


def test_a_contributor_brings_in_nothing(cleo: Change) -> None:
    before = count_events(cleo.session), revision(cleo.session)
    with pytest.raises(Exception, match="may not publish"):
        bring(cleo, {"asks.csv": HEADER + GOOD})
    assert (count_events(cleo.session), revision(cleo.session)) == before
