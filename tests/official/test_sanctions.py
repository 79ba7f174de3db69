"""The reader of the UK Sanctions List: both of its files say the same, and whatever is wrong is told."""

import tracemalloc
from dataclasses import replace

import pytest

from tests.official.lists import (
    BIRTH,
    COLUMNS,
    EXAMPLE_BANK,
    PASSPORT,
    PROSPECT,
    STREET,
    TESTOV,
    SavedLists,
    as_csv,
    as_xml,
)  # fmt: skip
from tracker.official.fetching import Unreadable
from tracker.official.sanctions import CLOSED, ListEntry, ReadList, read_list
from tracker.rules.dates import PartialDate
from tracker.rules.official import TargetKind

TODAY = PartialDate("2026-11-22")
BOMB = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Designations>&b;</Designations>'


def read(lists: SavedLists) -> ReadList:
    found = read_list(lists, TODAY, {})
    assert found
    return found


def refused(lists: SavedLists) -> str:
    with pytest.raises(Unreadable) as error:
        read(lists)
    return str(error.value)


@pytest.mark.parametrize("file", [{"xml": as_xml()}, {"csv": as_csv()}, {"csv": "\ufeff" + as_csv()}])
def test_both_files_say_the_same(lists: SavedLists, file: dict[str, str]) -> None:
    found = read(lists.put(**file))
    russia, rights = "Russia (Sanctions) (EU Exit) Regulations 2019", "Global Human Rights Sanctions Regulations 2020"
    measures = "Asset freeze; Travel Ban"
    names = {"Boris Ivanovich TESTOV", "Boris TESTOFF", "БОРИС ИВАНОВИЧ ТЕСТОВ"}
    assert (found.day, found.faults, list(found.entries)) == (
        PartialDate("2026-11-20"), [], ["RUS9001", "GHR9002", "RUS9003"],
    )  # fmt: skip
    assert set(found.entries["RUS9001"].names) == names
    assert found.entries["RUS9001"].names[0] == "Boris Ivanovich TESTOV"
    assert found.entries["GHR9002"] == ListEntry(
        TargetKind.BODY, rights, PartialDate("2020-07-06"), measures, ["EXAMPLE & SAMPLE BANK"]
    )
    assert found.entries["RUS9003"] == ListEntry(TargetKind.SHIP, russia, None, "De-flag", ["EXAMPLE PROSPECT"])
    assert not any(word in repr(found) for word in (BIRTH, PASSPORT, STREET))


WRONG_XML: list[tuple[str | bytes, str]] = [
    ("", "There is no file sanctions/UK-Sanctions-List.xml."),
    (as_xml()[:900], "no whole XML"),
    ("<!doctype html><title>Busy</title>", "a web page in place of the list"),
    ("<html><body>Busy</body></html>", "a web page in place of the list"),
    (BOMB, "declares a document type"),
    ("<ArrayOfFinancialSanctionsTarget/>", CLOSED),
    ("<Acts/>", "of the kind “Acts”"),
    (as_xml(()), "no designation"),
    (as_xml(day=""), "of no day"),
    (as_xml(day="23/11/2026"), "The list is of 23 November 2026; today is 22 November 2026."),
    (as_xml().encode("utf-16"), "no whole XML"),
]
WRONG_CSV: list[tuple[str | bytes, str]] = [
    (as_csv()[:-40], "is broken or cut off in line"),
    (as_csv(header=COLUMNS.replace("Unique ID", "ID")), "another header"),
    (as_csv(header=f"{COLUMNS},More"), "another header"),
    ("Last Updated,03/06/2026\r\nName 6,Name 1", CLOSED),
    ("Report Date: 20-Nov-2026\r\n", "another header"),
    (as_csv(day="1-Foo-2026"), "of no day"),
    (b"\x1f\x8b\x08\x00\xff", "is not the CSV"),
]


def test_a_wrong_file_is_told(lists: SavedLists) -> None:
    for xml, says in WRONG_XML:
        assert says in refused(lists.put(xml=xml))
    for csv, says in WRONG_CSV:
        assert says in refused(lists.put(csv=csv))


def test_one_bad_entry_is_told_and_spoils_no_other(lists: SavedLists) -> None:
    twice = "GHR9002 stands on the list twice; the first is taken."
    for wrong, says in (
        (replace(TESTOV, unique_id="R1"), "An entry (ID “R1”) cannot be read and is left out."),
        (replace(TESTOV, kind="Aircraft"), "An entry (ID “RUS9001”) cannot be read and is left out."),
        (replace(TESTOV, regime=""), "An entry (ID “RUS9001”) cannot be read and is left out."),
        (replace(EXAMPLE_BANK, names=("ANOTHER",)), twice),
    ):
        found = read(lists.put(xml=as_xml([EXAMPLE_BANK, wrong, PROSPECT])))
        assert list(found.entries) == ["GHR9002", "RUS9003"]
        assert found.entries["GHR9002"].names == list(EXAMPLE_BANK.names)
        assert found.faults == [says]
    other = replace(EXAMPLE_BANK, regime=TESTOV.regime, names=("ANOTHER",))
    found = read(lists.put(csv=as_csv([EXAMPLE_BANK, other])))
    assert found.entries["GHR9002"].names == list(EXAMPLE_BANK.names)
    assert set(found.faults) == {twice}


def test_a_list_is_read_in_little_memory(lists: SavedLists) -> None:
    """The real one has 6,400 entries in 18 megabytes."""
    names = tuple(f"Boris{number} Ivanovich TESTOV" for number in range(5))
    one = as_xml([replace(TESTOV, unique_id="RUS0000", names=names)])
    one = one.replace("<UKStatementofReasons>", "<UKStatementofReasons>" + "Invented. " * 140)
    first, last = one.index("  <Designation>"), one.index("</Designations>")
    entries = [one[first:last].replace("RUS0000", f"RUS{number:04}") for number in range(400)]
    lists.put(xml="".join([one[:first], *entries, one[last:]]))
    tracemalloc.start()
    try:
        assert len(read(lists).entries) == 400
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2_000_000
