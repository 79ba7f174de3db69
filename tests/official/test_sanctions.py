"""The reader of the UK Sanctions List: both of its files say the same, and whatever is wrong is told."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.official.lists import (
    BIRTH,
    COLUMNS,
    EXAMPLE_BANK,
    PASSPORT,
    PROSPECT,
    STREET,
    TESTOV,
    Entry,
    SavedLists,
    as_csv,
    as_xml,
)
from tracker.official.fetching import Unreadable, file_name
from tracker.official.sanctions import CLOSED, XML, ListEntry, ReadList, read_list
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


@pytest.mark.parametrize(
    ("xml", "says"),
    [
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
    ],
)
def test_a_wrong_xml_is_told(lists: SavedLists, xml: str | bytes, says: str) -> None:
    assert says in refused(lists.put(xml=xml))


@pytest.mark.parametrize(
    ("csv", "says"),
    [
        (as_csv()[:-40], "is broken or cut off in line"),
        (as_csv(header=COLUMNS.replace("Unique ID", "ID")), "another header"),
        (as_csv(header=f"{COLUMNS},More"), "another header"),
        ("Last Updated,03/06/2026\r\nName 6,Name 1", CLOSED),
        ("Report Date: 20-Nov-2026\r\n", "another header"),
        (as_csv(day="1-Foo-2026"), "of no day"),
        (b"\x1f\x8b\x08\x00\xff", "is not the CSV"),
    ],
)
def test_a_wrong_csv_is_told(lists: SavedLists, csv: str | bytes, says: str) -> None:
    assert says in refused(lists.put(csv=csv))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (replace(TESTOV, unique_id="R1"), "An entry (ID “R1”) cannot be read and is left out."),
        (replace(TESTOV, kind="Aircraft"), "An entry (ID “RUS9001”) cannot be read and is left out."),
        (replace(TESTOV, regime=""), "An entry (ID “RUS9001”) cannot be read and is left out."),
        (replace(EXAMPLE_BANK, names=("ANOTHER",)), "GHR9002 stands on the list twice; the first is taken."),
    ],
)
def test_one_bad_entry_is_told_and_spoils_no_other(lists: SavedLists, wrong: Entry, says: str) -> None:
    found = read(lists.put(xml=as_xml([EXAMPLE_BANK, wrong, PROSPECT])))
    assert list(found.entries) == ["GHR9002", "RUS9003"]
    assert found.entries["GHR9002"].names == list(EXAMPLE_BANK.names)
    assert found.faults == [says]


def test_a_row_that_gives_an_id_to_another_regime_is_told(lists: SavedLists) -> None:
    other = replace(EXAMPLE_BANK, regime=TESTOV.regime, names=("ANOTHER",))
    found = read(lists.put(csv=as_csv([EXAMPLE_BANK, other])))
    assert found.entries["GHR9002"].names == list(EXAMPLE_BANK.names)
    assert set(found.faults) == {"GHR9002 stands on the list twice; the first is taken."}


MEASURE = """
import resource, sys, time
from pathlib import Path
from tracker.official.fetching import SavedAnswers
from tracker.official.sanctions import read_list
from tracker.rules.dates import PartialDate
before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
found = read_list(SavedAnswers(Path(sys.argv[1])), PartialDate("2026-11-22"), {})
used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(len(found.entries), time.process_time() - begun, used / 1024)
"""


def test_a_list_of_the_real_size_is_read_in_a_second_and_little_memory(tmp_path: Path) -> None:
    names = tuple(f"Boris{number} Ivanovich TESTOV" for number in range(5))
    one = as_xml([replace(TESTOV, unique_id="RUS0000", names=names)])
    one = one.replace("<UKStatementofReasons>", "<UKStatementofReasons>" + "Invented. " * 140)
    first, last = one.index("  <Designation>"), one.index("</Designations>")
    entries = [one[first:last].replace("RUS0000", f"RUS{number:04}") for number in range(6400)]
    text = "".join([one[:first], *entries, one[last:]])
    file = tmp_path / file_name("sanctions", XML)
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    assert file.stat().st_size > 18_000_000
    said = subprocess.check_output([sys.executable, "-c", MEASURE, str(tmp_path)], text=True)
    number, seconds, megabytes = map(float, said.split())
    assert number == 6400
    assert seconds < 2  # twice what is asked for, since other tests share the caches of the processor
    assert megabytes < 60
