"""docs/verify_log.py, as somebody runs it who trusts nobody: on an exported log, without the tracker."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa

from tests.cli.commands import tracker_on
from tests.factories import NOW, find_staff, make_ask, make_staff, make_test
from tests.full_disk import full_disk
from tracker.db.engine import writing
from tracker.models import Person
from tracker.rules.chain import GENESIS, canonical, entry_hash
from tracker.rules.checks import MARK
from tracker.services import people, personal_data, taking_down
from tracker.services.change import Change

SCRIPT = Path(__file__).resolve().parent.parent / "docs/verify_log.py"
Entry = dict[str, object]
Entries = list[Entry]


@pytest.fixture
def export(database: str, engine: sa.Engine, tmp_path: Path) -> Path:
    """An exported log with texts of every kind, and entries that nobody signed in made."""
    with writing(engine) as session:
        change = Change(session, make_staff(session).ed, NOW)
        ask = make_ask(change, published=True, jurisdictions=("England", "Škoda 🙂"), reading="“x”\n<b>\u2028\\")
        make_test(change, ask)
    tracker = tracker_on(database)
    assert "entries to" in tracker("log", "export", tmp_path / "log.jsonl").err
    tracker("verify", "--against", "0:" + GENESIS)
    (tmp_path / "checkpoint").write_text(tracker("verify", "--checkpoint").out)
    return tmp_path / "log.jsonl"


def run(*arguments: str | Path) -> tuple[int, str]:
    """The exit code and what it said; -I keeps the tracker out of its reach, and -S every installed library."""
    done = subprocess.run([sys.executable, "-I", "-S", SCRIPT, *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def read(export: Path) -> Entries:
    return [json.loads(line) for line in export.read_text().splitlines()]


def write(export: Path, entries: Entries) -> None:
    export.write_text("".join(f"{canonical(entry)}\n" for entry in entries))


def hash_anew(entries: Entries, start: int) -> None:
    """Make every hash from an entry on anew, as a forger would."""
    for position in range(start, len(entries)):
        entry = entries[position]
        entry["previous_hash"] = entries[position - 1]["hash"] if position else GENESIS
        hashed = {name: value for name, value in entry.items() if name not in {"hash", "personal"}}
        entry["hash"] = entry_hash(hashed)


def details(entry: Entry) -> dict[str, list[str]]:
    return cast(dict[str, list[str]], entry["personal"])


def shown(entry: Entry) -> list[str]:
    """The salt and the words of the first detail."""
    return next(iter(details(entry).values()))


def swap_with_numbers(entries: Entries) -> None:
    entries[3:5] = [entries[4] | {"id": 4}, entries[3] | {"id": 5}]


def closed_gap(entries: Entries) -> None:
    del entries[3]
    for number, entry in enumerate(entries, 1):
        entry["id"] = number


def change_with_its_hash(entries: Entries) -> None:
    entries[3]["reason"] = "So it was."
    hash_anew(entries[:4], 3)


def name_in_an_older_entry(entries: Entries) -> None:
    """As if it had been written before there were commitments."""
    del entries[3]["format"]
    hash_anew(entries, 3)


def email_left_out(entries: Entries) -> None:
    """The address of the person whom the first entry is about."""
    entries[0]["personal"] = {made: held for made, held in details(entries[0]).items() if "@" not in held[1]}


# Somebody else's name or salt stands where a commitment stands for Ed's.
TAMPERINGS: list[tuple[Callable[[Entries], object], str]] = [
    (lambda its: its.insert(3, its.pop(4)), "Entry 4 is missing; entry 5 stands in its place."),
    (swap_with_numbers, "Entry 4 does not follow from the entry before it."),
    (lambda its: its.pop(3), "Entry 4 is missing; entry 5 stands in its place."),
    (closed_gap, "Entry 4 does not follow from the entry before it."),
    (lambda its: its[3].update(reason="So it was."), "Entry 4 was changed after it was written."),
    (lambda its: its[5].update(after={"title": "Never asked"}), "Entry 6 was changed after it was written."),
    (change_with_its_hash, "Entry 5 does not follow from the entry before it."),
    (lambda its: its[3].update(note="x"), "Entry 4 was changed after it was written."),
    (lambda its: its.insert(3, dict(its[3])), "Entry 5 is missing; entry 4 stands in its place."),
    (lambda its: shown(its[4]).__setitem__(1, "Eve"), "Entry 5 names a person otherwise than when it was written."),
    (lambda its: shown(its[4]).__setitem__(0, "ab" * 32), "Entry 5 names a person otherwise than when it was written."),
    (lambda its: details(its[0]).update(details(its[2])), "Entry 1 names a person otherwise than when it was written."),
    (lambda its: its[2].update(personal={}), "Entry 3 lacks a detail of person 3, whom no later entry erased."),
    (email_left_out, "Entry 1 lacks a detail of person 1, whom no later entry erased."),
    (name_in_an_older_entry, "Entry 4 names a person otherwise than when it was written."),
    (lambda its: shown(its[4]).append("x"), "Line 5 cannot be read as an entry."),
]


def test_a_good_log_is_whole_and_its_checkpoint_is_the_trackers(export: Path) -> None:
    code, said = run(export, export.parent / "checkpoint")
    number = len(read(export))
    assert code == 0
    assert said.startswith(f"The log is whole: {number} entries. Checkpoints that it holds: 1.")
    assert said.splitlines()[-1] == (export.parent / "checkpoint").read_text().strip()


def test_a_log_that_was_tampered_with_is_noticed(export: Path) -> None:
    for number, (tamper, wrong) in enumerate(TAMPERINGS):
        entries = read(export)
        tamper(entries)
        write(forged := export.with_name("forged"), entries)
        assert run(forged) == (1, f"WRONG: {wrong}\n"), number


def test_only_a_checkpoint_shows_that_the_log_was_made_anew_or_cut(export: Path) -> None:
    entries, kept = read(export), export.parent / "checkpoint"
    write(export, entries[:-2])
    assert run(export)[0] == 0
    number = len(entries)
    assert run(export, kept) == (
        1,
        f"WRONG: Entry {number} is missing, and a checkpoint names it: the end of the log was cut off.\n",
    )
    entries[3]["reason"] = "So it was."
    hash_anew(entries, 3)
    write(export, entries)
    assert run(export)[0] == 0
    said = f"WRONG: Entry {number} is not the one that a checkpoint names: the log was rewritten.\n"
    assert run(export, kept.read_text().strip()) == (1, said)
    assert run(export, f"2:{entries[1]['hash']}", f"0:{GENESIS}")[0] == 0
    assert f"Entry {number} is not the one" in run(export, kept, f"{number}:{entries[-1]['hash']}")[1]


def test_only_its_owner_reads_the_file_also_where_an_older_one_was_open_to_all(export: Path, database: str) -> None:
    assert export.stat().st_mode & 0o777 == 0o600
    export.chmod(0o644)
    before = export.read_text()
    assert "wrote" in tracker_on(database)("log", "export", export).err
    assert (export.stat().st_mode & 0o777, export.read_text()) == (0o600, before)
    assert tracker_on(database)("log", "export", "-").out == before
    with full_disk(512):
        tracker_on(database)("log", "export", export, code=1)
    assert export.read_text() == before


def test_a_log_of_which_somebody_was_erased_is_whole_and_names_them_nowhere(
    export: Path, database: str, engine: sa.Engine
) -> None:
    with writing(engine) as session:
        change = Change(session, find_staff(session).ada, NOW)
        ed = session.get_one(Person, find_staff(session).ed.id)
        people.set_active(change, ed, False, None)
        personal_data.erase(change, ed, None, "Asked for it.")
    tracker = tracker_on(database)
    tracker("log", "export", export)
    kept = export.parent / "checkpoint"
    assert run(export, kept)[0] == 0
    assert "whole" in tracker("verify", "--replay", "--against", kept).out
    entries = read(export)
    assert all('"Ed"' not in line and "ed@example.org" not in line for line in export.read_text().splitlines())
    write(export, entries[:-1])
    assert run(export)[1].startswith("WRONG: Entry 2 lacks a detail of person 2, whom")


def test_words_that_were_taken_down_leave_the_proof_whole(database: str, engine: sa.Engine, export: Path) -> None:
    with writing(engine) as session:
        wanted = ("Homes that stand empty", "A court ordered it.", "https://tracker.example")
        change = Change(session, find_staff(session).ada, NOW)
        taking_down.take_down(change, *wanted, taking_down.find(session, *wanted).seen)
    tracker = tracker_on(database)
    tracker("log", "export", export)
    kept = export.parent / "checkpoint"
    code, said = run(export, kept)
    assert code == 0
    assert said.startswith("From 1 entries words were taken down; later ones say why.\nThe log is whole: ")
    assert "whole" in tracker("verify", "--replay", "--against", kept).out
    entries = read(export)
    assert "stand empty" not in export.read_text()
    changed = next(number for number, it in enumerate(entries) if MARK in canonical(it))
    tamperings: list[tuple[Callable[[Any], None], str]] = [
        (lambda it: it[changed].update(reason="x"), f"WRONG: Entry {changed + 1} was changed"),
        (lambda it: it.pop(), f"WRONG: Entry {changed + 1} was changed"),
        (lambda it: it[-1].update(after={"entries": {}}), f"WRONG: Entry {changed + 1} was changed"),
        (lambda it: it[-1].update(after=None), "WRONG: An entry that says which words"),
        (lambda it: it[-1].update(reason="x"), f"WRONG: Entry {len(entries)} was changed"),
    ]
    for tamper, wrong in tamperings:
        forged = read(export)
        tamper(forged)
        write(forged_file := export.with_name("forged"), forged)
        assert run(forged_file)[1].startswith(wrong)


def test_lines_that_could_be_read_in_two_ways_are_refused_and_a_clock_that_was_put_back_is_remarked(
    export: Path,
) -> None:
    lines = export.read_text().splitlines()
    for line, said in (
        (lines[3].replace('{"action"', '{"action":"x","action"', 1), "might be read in two ways"),
        (lines[3].replace(",", ", ", 1), "might be read in two ways"),
        ("[]", "cannot be read"),
        ("{}", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ('{"hash": 1, "at": 2}', "cannot be read"),
    ):
        export.with_name("forged").write_text("\n".join([*lines[:3], line, *lines[4:]]) + "\n")
        code, answer = run(export.with_name("forged"))
        assert (code, said in answer) == (1, True), answer
    entries = read(export)
    entries[4]["at"] = "2026-11-20T12:00:00+00:00"
    hash_anew(entries, 4)
    write(export, entries)
    code, said = run(export)
    assert code == 0
    assert said.startswith("Entry 5 is dated before the one ahead of it: the clock had been moved.\nThe log is whole: ")


def test_called_wrongly_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert run(tmp_path / "empty") == (
        0,
        f"The log is whole: 0 entries. Checkpoints that it holds: 0. It ends with:\n0:{GENESIS}\n",
    )
    for arguments in ([], [tmp_path / "none"], [tmp_path / "empty", "12"], [tmp_path]):
        code, said = run(*arguments)
        assert code == 2
        assert ("This cannot be read: " if arguments else "How the chain is made") in said
    assert run(tmp_path / "empty", f"0:{'f' * 64}") == (
        1,
        "WRONG: Entry 0 is not the one that a checkpoint names: the log was rewritten.\n",
    )
    for word in ("-h", "--help"):
        code, said = run(word)
        assert code == 0
        assert "How the chain is made" in said


def test_it_is_short_and_uses_nothing_but_the_standard_library() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 150
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in imports if isinstance(node, ast.ImportFrom)}
    assert names <= set(sys.stdlib_module_names)
