"""Files that are refused: each with the row and the column, what was found, and nothing changed."""

import pytest

from tests.imports.taking import bring, place
from tests.transactions import count_events, revision
from tracker.services.change import Change

HEADER = "ask_slug,title,kind,topic,source_title,quote,summary\r\n"
GOOD = "new,New,policy,Housing,The article,They said so.,In short.\r\n"
UPDATE = "ask_slug,update_key,kind,happened_on,text\r\n"
EVIDENCE = "ask_slug,update_key,position,url,title,type\r\n"
LINK = "ask_slug,law_key,provisions,extent,effect\r\n"
LAW = "law_key,kind,year,number,title\r\n"
SAMLA = "empty-homes,ukpga/2018/13"
LONG = "N" * 20_001
Bad = tuple[str, str | bytes, int, str, str]
# The file, what stands in it, and the row, the column and a word of what is said.
WHOLE_FILES: dict[str, Bad] = {
    "empty": ("asks.csv", "", 0, "", "empty"),
    "only a mark": ("asks.csv", b"\xef\xbb\xbf", 1, "ask_slug", "no such column"),
    "of another name": ("list.csv", HEADER + GOOD, 0, "", "called list.csv"),
    "of a whole tracker": ("disputes.csv", HEADER + GOOD, 0, "", "goes into an empty tracker only"),
    "an unknown column": ("asks.csv", "ask_slug,colour\r\n", 1, "colour", "not known"),
    "a column twice": ("asks.csv", "ask_slug,title,title\r\n", 1, "title", "twice"),
    "no key": ("asks.csv", "title\r\nA\r\n", 1, "ask_slug", "no such column"),
    "two separators": ("asks.csv", "ask_slug,title;kind\r\n", 0, "", "commas and semicolons"),
    "a column like a known one": ("asks.csv", "ask_slug,Titel\r\n", 1, "Titel", "Perhaps title is meant."),
    "a column of staff": ("asks.csv", "ask_slug,Internal note\r\n", 1, "Internal note", "Leave it out: internal_n"),
    "a long row": ("asks.csv", HEADER + GOOD + "x," + GOOD, 3, "", "8 cells"),
    "an open quotation mark": ("asks.csv", HEADER + GOOD + 'b,"B\r\n' + GOOD, 0, "", "Row 3"),
    "a doubled key": ("asks.csv", HEADER + GOOD + GOOD, 3, "ask_slug", "new"),
    "Windows-1252": ("asks.csv", (HEADER + GOOD).encode() + "Škoda".encode("cp1252"), 0, "", "“Š” in Windows-1252"),
    "UTF-16 without its mark": ("asks.csv", (HEADER + GOOD).encode("utf-16-le"), 0, "", "UTF-16"),
    "UTF-16 cut off": ("asks.csv", (HEADER + GOOD).encode("utf-16")[:-1], 0, "", "not valid UTF-16"),
    "UTF-32": ("asks.csv", (HEADER + GOOD).encode("utf-32"), 0, "", "UTF-32"),
    "an old workbook": ("asks.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, "", "old Excel workbook"),
    "a cell beyond all measure": ("asks.csv", HEADER + GOOD.replace("New", LONG * 10), 0, "", "field larger"),
}
# What takes the place of a cell of a good ask, and the column that is named.
CELLS = {
    "title": ("New", ["CafÃ©", "Caf\ufffd", "N\0w", "N\x9bw", "#REF!", LONG]),
    "kind": ("policy", ["polcy", "Policy proposal"]),
    "topic": ("Housing", [""]),
    "source_title": ("The article", ["?", "The art\0"]),
}
DAYS = ["03/04/2018", "43178", "Mar-18", "2018-03-19 00:00:00", "2018-02-30"]
# Rows below a good header: the file, the header, the rows, and the row, the column and a word of what is said.
ROWS: dict[str, tuple[str, str, str, int, str, str]] = {
    "a shortened number": ("legislation", LAW, "ukpga/2020/1,ukpga,2020,1E+5,A", 2, "number", "1E+5"),
    "another key than the law has": ("legislation", LAW, "ukpga/2020/2,ukpga,2020,1,A", 2, "law_key", "2020/2"),
    "an Act that becomes another": (
        "legislation", "law_key,becomes\r\n", "ukpga/2018/13,ukpga/2018/14", 2, "becomes", "Only a bill",
    ),
    "a law that becomes nothing": (
        "legislation", LAW.replace("\r", ",becomes\r"), "ukpga/2020/1,ukpga,2020,1,A,ukpga/1066/1", 2, "becomes", "1",
    ),
    "two rows for one law": (
        "legislation", LAW.replace("\r", ",address\r"),
        "ukpga/2020/1,ukpga,2020,1,A,https://www.legislation.gov.uk/ukpga/2020/1\r\n"
        "other/2020/a,other,2020,a,A,https://www.legislation.gov.uk/ukpga/2020/1", 3, "law_key", "",
    ),
    "an ask that is not there": ("updates", UPDATE, "nowhere,a,milestone,2020,A", 2, "ask_slug", "nowhere"),
    "a key that is no key": ("updates", UPDATE, "empty-homes,A b,milestone,2020,A", 2, "update_key", "A b"),
    "a correction of nothing": (
        "updates", UPDATE.replace("\r", ",corrects\r"), "empty-homes,a,correction,2020,A,z", 2, "corrects", "z",
    ),
    "replaced by nothing": (
        "updates", UPDATE.replace("\r", ",status,reason,superseded_by\r"),
        "empty-homes,a,status,2020,A,superseded,B,none", 2, "superseded_by", "none",
    ),
    "evidence of nothing": (
        "evidence", EVIDENCE, "empty-homes,a,1,https://a.example,A,own_work", 2, "update_key", "a",
    ),
    "NUL in a key": ("tests", "ask_slug,test_key,label\r\n", "empty\0-homes,a,A", 2, "ask_slug", "U+0000"),
    "a law that is not there": ("links", LINK, "empty-homes,ukpga/1066/1,s. 1,England,enables", 2, "law_key", "1066"),
    "NUL in provisions": ("links", LINK, f"{SAMLA},s.\x00 1,England,enables", 2, "provisions", "U+0000"),
    "provisions that were shortened": ("links", LINK, f"{SAMLA},1E+5,England,enables", 2, "provisions", "1E+5"),
    "provisions that stand there already": ("links", LINK, f"{SAMLA},s.   4 ,,enables", 2, "provisions", "already"),
    "one extent in two orders": (
        "links", LINK, f"{SAMLA},s. 1,Wales; Scotland,enables\r\n{SAMLA},s. 1,Scotland; Wales,enables",
        3, "provisions", "already",
    ),
}  # fmt: skip
BAD: dict[str, Bad] = {
    **WHOLE_FILES,
    **{
        f"{column}: {new[:30]!r}": ("asks.csv", HEADER + GOOD.replace(old, new), 2, column, new[:5])
        for column, (old, cells) in CELLS.items()
        for new in cells
    },
    **{day: ("asks.csv", f"ask_slug,next_step_on\r\nempty-homes,{day}\r\n", 2, "next_step_on", day) for day in DAYS},
    **{
        name: (f"{file}.csv", f"{header}{rows}\r\n", row, column, found)
        for name, (file, header, rows, row, column, found) in ROWS.items()
    },
}


@pytest.mark.parametrize("bad", list(BAD))
@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_a_bad_file_is_refused_with_its_row_and_its_column(ed: Change, bad: str) -> None:
    name, content, row, column, found = BAD[bad]
    faults = bring(ed, {name: content}).faults
    assert [place(fault) for fault in faults] == [(name, row, column)]
    assert found in faults[0].found or found in faults[0].expected
    assert faults[0].expected.endswith(".")


def test_all_cells_that_are_wrong_are_named_at_once(ed: Change) -> None:
    asks = HEADER + "a,,x,Housing,The article,Q,S\r\nb,,policy,Housing,The article,Q,S\r\n" + GOOD
    faults = bring(ed, {"asks.csv": asks, "updates.csv": UPDATE + "new,Not a key,milestone,43178,A\r\n"}).faults
    assert [place(fault) for fault in faults] == [
        ("asks.csv", 2, "kind"),
        ("asks.csv", 2, "title"),
        ("asks.csv", 3, "title"),
        ("updates.csv", 2, "happened_on"),
    ]
    other = GOOD.replace("new", "empty-homes-2").replace("Housing", "hOUSING")
    faults = bring(ed, {"asks.csv": HEADER + GOOD.replace("The article", "None") + other}).faults
    assert [place(fault) for fault in faults] == [("asks.csv", 2, "source_title"), ("asks.csv", 3, "topic")]

    # A column that is not known hides no other fault; a file that was not read may.
    header, row = HEADER.replace("\r", ",colour\r"), GOOD.replace("\r", ",red\r")
    plan = bring(ed, {"asks.csv": header + row + row.replace("new", "b").replace("policy", "polcy")})
    assert [(fault.row, fault.column) for fault in plan.faults] == [(1, "colour"), (3, "kind")]
    assert not plan.is_cut_off
    for name in ("Windows-1252", "a column twice", "an open quotation mark"):
        assert bring(ed, {"asks.csv": WHOLE_FILES[name][1]}).is_cut_off

    # What hangs on a faulty row is not called faulty for that.
    files = {
        "asks.csv": HEADER + GOOD.replace("policy", "?"),
        "tests.csv": "ask_slug,test_key,label\r\nnew,a,A\r\n",
        "updates.csv": UPDATE + "new,a,milestone,2020,A\r\nempty-homes,b,milestone,43178,B\r\n",
        "evidence.csv": EVIDENCE + "new,a,1,https://a.example,A,own_work\r\n"
        "empty-homes,b,1,https://a.example,A,own_work\r\n",
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
