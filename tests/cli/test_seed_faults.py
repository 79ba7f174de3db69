"""tracker seed refuses a bad folder whole, and names file, line and reason."""

import re
from pathlib import Path

import pytest

from tests.cli.commands import Tracker
from tests.cli.seed_folder import replace_in, write_seeds

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)

ASK, LAWS, SOURCES = "asks/empty-homes.toml", "legislation.csv", "sources.toml"
RESULTS = 'results = { tax-in-law = "met", tax-is-paid = "not_met" }'
NOTE = 'draft_note = "No source was found."'
LAST_KEY = 'key = "2019"\n'

FAULTS = [
    # the files themselves
    (ASK, 'title = "Tax empty homes"', 'title = "Tax empty homes', "Illegal character"),
    (ASK, 'publisher = "Hansard"', 'title = "Twice"\npublisher = "Hansard"', "Cannot overwrite a value"),
    (LAWS, "Empty Homes Bill,,", "Empty Homes Bill,", "13 cells, but the header has 14"),
    (LAWS, "key,kind", "kay,kind", "“kay” is not known here"),
    # keys
    (ASK, 'quote_place = "Paragraph 3"', 'quoteplace = "Paragraph 3"', "“quoteplace” is not known here"),
    (ASK, 'quote_place = "Paragraph 3"', 'slug = "other"', "“slug” is not known here"),
    (ASK, NOTE, f"author_id = 1\n{NOTE}", "“author_id” is not known here"),
    (ASK, 'label = "The tax is law"\n', "", "“label” is missing"),
    (ASK, 'happened_on = "2019"\n', "", "“happened_on” is missing"),
    (ASK, 'source = "the-article"\n', "", "“source” is missing"),
    (ASK, LAST_KEY, 'key = "2018-06"\n', "there is a “2018-06” above already"),
    (ASK, 'key = "tax-is-paid"', 'key = "tax-in-law"', "there is a “tax-in-law” above already"),
    (ASK, LAST_KEY, "key = 2019-01-01\n", "“key” must be text in quotation marks"),
    (ASK, LAST_KEY, 'key = "a\\u0000"\n', "use small letters, digits and single hyphens"),
    (ASK, LAST_KEY, 'key = ""\n', "use small letters, digits and single hyphens"),
    (ASK, '[[tests]]\nkey = "tax-in-law"', '[[test]]\nkey = "tax-in-law"', "“test” is not known here"),
    (SOURCES, "[[sources]]", "[[source]]", "“source” is not known here"),
    (SOURCES, 'key = "the-article"\n', "", "“key” is missing"),
    # values
    (ASK, 'happened_on = "2018-06"', 'happened_on = "2018-02-31"', "There is no such date as 2018-02-31"),
    (ASK, 'happened_on = "2018-06"', "happened_on = 2018-06-01", "must be text in quotation marks"),
    (ASK, 'happened_on = "2020-02-28"', 'happened_on = "2020-13"', "There is no such date as 2020-13"),
    (ASK, 'happened_on = "2020-02-28"', 'happened_on = "2099-01-01"', "This date lies in the future"),
    (ASK, "review_interval_days = 90", 'reviewed_on = "2020-02-28"', "“reviewed_on” is not known here"),
    (ASK, 'status = "partly_met"', 'status = "nearly_met"', "must be one of not_started, announced"),
    (ASK, 'kind = "policy"', 'kind = ["policy"]', "must be one of policy, sanctions"),
    (ASK, 'jurisdictions = ["England", "Wales"]', 'jurisdictions = "England"', "must be a list"),
    (ASK, "review_interval_days = 90", 'review_interval_days = "90"', "must be a whole number"),
    (ASK, "review_interval_days = 90", "review_interval_days = 0", "Choose between 1 and 730 days"),
    (ASK, 'title = "Tax empty homes"', 'title = "Tax\\u0007"', "a character that cannot be stored (U+0007)"),
    (ASK, 'publication = "draft"', 'publication = "publised"', "must be one of published, draft"),
    (LAWS, "2018-05-23,,,published", "2018-05-23,,,public", "must be one of published, draft"),
    (ASK, RESULTS, 'results = "met"', "write the results as"),
    (ASK, RESULTS, 'results = { tax-in-law = ["met"] }', "is not met, not_met or unknown"),
    (ASK, 'extent = ["England"]', 'extent = ["Narnia"]', "Unknown extent: Narnia"),
    (ASK, 'url = "https://hansard.example/1"', 'url = "javascript:alert(1)"', "must begin with https://"),
    # what must be there
    (ASK, 'source = "the-article"', 'source = "an-article"', "there is no source “an-article” in sources.toml"),
    (ASK, 'source = "the-article"', 'source = ["the-article"]', "“source” must be text"),
    (ASK, 'legislation = "ukpga/2018/13"', 'legislation = "ukpga/2018/99"', "there is no law “ukpga/2018/99”"),
    (ASK, 'legislation = "ukpga/2018/13"', "legislation = []", "“legislation” must be text"),
    (LAWS, ",ukpga/2018/13,published", ",ukpga/2018/99,published", "there is no law ukpga/2018/99"),
    (ASK, RESULTS, 'results = { tax-in-force = "met" }', "the ask has no test “tax-in-force”"),
    (ASK, NOTE, f'corrects = "2017"\n{NOTE}', "the ask has no earlier entry “2017”"),
    (ASK, NOTE, f'corrects = ["2018-06"]\n{NOTE}', "“corrects” must be text"),
    # rules
    (ASK, 'status = "partly_met"', 'status = "met"', "Only 1 of 2 tests are met on that date"),
    (ASK, 'status = "partly_met"', 'status = "reversed"', "there is nothing to reverse"),
    (ASK, 'reason = "A minister promised it to the House."\n', "", "Give the reason"),
    (ASK, 'happened_on = "2018-06"', 'happened_on = "2098-06"', "This date lies in the future"),
    (ASK, 'summary = "Homes', f'summary = "{"x" * 400}Homes', "Use at most 400 characters"),
]  # fmt: skip


def lines_for(path: Path, line: int) -> set[int]:
    """Where a fault may be told: at its line, or where the record with the fault, or the entry around it, begins."""
    if path.suffix == ".csv":
        return {max(line, 2)}  # an unknown column shows in the first row
    lines = path.read_text(encoding="utf-8").splitlines()[:line]
    begins = [number for number, text in enumerate(lines, 1) if text.startswith("[[")]
    entries = [number for number in begins if "." not in lines[number - 1]]
    return {line, *(begins or [1])[-1:], *entries[-1:]}


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{fault[3]}: {fault[2][:30]}" for fault in FAULTS])
def test_a_fault_is_named_with_file_line_and_reason_and_nothing_is_loaded(
    tracker: Tracker, tmp_path: Path, fault: tuple[str, str, str, str]
) -> None:
    name, old, new, why = fault
    folder = write_seeds(tmp_path / "seeds")
    line = replace_in(folder / name, old, new)
    refused = tracker("seed", folder, code=1)
    told = next(told for told in refused.err.splitlines() if why in told)
    assert name in told
    said = re.search(r"\bline (\d+)", told)
    assert said is not None
    assert int(said[1]) in lines_for(folder / name, line), told
    assert refused.out == ""
    assert tracker("verify").out.startswith("The event log is whole: 0 entries")


def test_several_faults_in_several_files_are_told_at_once(tracker: Tracker, tmp_path: Path) -> None:
    folder = write_seeds(tmp_path / "seeds")
    kind = replace_in(folder / ASK, 'kind = "policy"', 'kind = "wish"')
    replace_in(folder / ASK, 'title = "A minister\'s answer"\n', "")
    assert kind == 2
    (folder / "asks/second.toml").write_text('title = "Another"\n', encoding="utf-8")
    told = tracker("seed", folder, code=1).err
    assert "asks/empty-homes.toml, line 2: kind: must be one of policy, sanctions" in told
    assert "asks/second.toml, line 1: “source” is missing" in told


@pytest.mark.parametrize("name", [ASK, LAWS, SOURCES])
def test_a_file_that_is_not_utf8_is_named_with_the_byte(tracker: Tracker, tmp_path: Path, name: str) -> None:
    folder = write_seeds(tmp_path / "seeds")
    text = (folder / name).read_bytes()
    (folder / name).write_bytes(text + b"# caf\xe9\n")
    assert tracker("seed", folder, code=1).err == f"Error: {name}: is not UTF-8 text (byte {len(text) + 5}).\n"


@pytest.mark.parametrize("name", [LAWS, SOURCES])
def test_a_missing_file_is_named(tracker: Tracker, tmp_path: Path, name: str) -> None:
    folder = write_seeds(tmp_path / "seeds")
    (folder / name).unlink()
    assert tracker("seed", folder, code=1).err == f"Error: {name}: there is no such file.\n"


def test_the_name_of_a_file_becomes_an_address_and_must_be_fit_for_it(tracker: Tracker, tmp_path: Path) -> None:
    folder = write_seeds(tmp_path / "seeds")
    (folder / ASK).rename(folder / "asks/Empty Homes.toml")
    assert "asks/Empty Homes.toml, line 1: Use small letters" in tracker("seed", folder, code=1).err


def test_a_folder_that_does_not_exist_is_wrong_use(tracker: Tracker) -> None:
    assert "does not exist" in tracker("seed", "nowhere", code=2).err


def test_a_fault_in_a_later_version_leaves_everything_as_it_was(tracker: Tracker, tmp_path: Path) -> None:
    folder = write_seeds(tmp_path / "seeds")
    tracker("seed", folder)
    before = tracker("verify").out
    replace_in(folder / ASK, 'title = "Tax empty homes"', 'title = "Tax every empty home"')
    replace_in(folder / ASK, 'label = "The tax is paid"', 'label = ""')
    tracker("seed", folder, code=1)
    assert tracker("verify").out == before
