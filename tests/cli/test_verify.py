"""tracker verify proves that nobody rewrote the event log, on both engines."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cli.commands import Tracker
from tests.factories import NOW, make_person, make_staff
from tests.tampering import unlock_log, write_in_first_format
from tracker.db.engine import writing
from tracker.rules.chain import GENESIS
from tracker.rules.people import COMMAND_LINE
from tracker.services.change import Change

HOLDS = "It holds all that {} fixed."
FORGED = "f" * 64
WHOLE = re.compile(
    r"The event log is whole: (\d+) entries, the last with hash ([0-9a-f]{64})\.\n"
    r"Asks stand as their stories say; the index of words and the days of each status agree with the asks\.\n"
)


def tamper(engine: sa.Engine, *statements: str) -> None:
    """Run statements as somebody with the database's own tools would, the trigger out of the way."""
    with writing(engine) as session:
        unlock_log(session)
        for statement in statements:
            session.execute(sa.text(statement))


@pytest.fixture
def log(tracker: Tracker, engine: sa.Engine) -> Tracker:
    """The command line on a database whose log has four entries."""
    with writing(engine) as session:
        make_staff(session)
        make_person(Change(session, COMMAND_LINE, NOW), name="Dot")
    return tracker


def test_a_whole_log_is_counted_and_its_last_hash_printed(tracker: Tracker, engine: sa.Engine) -> None:
    found = []
    for name in ("", "Dot", "Zoe"):
        if name:
            with writing(engine) as session:
                make_person(Change(session, COMMAND_LINE, NOW), name=name)
        said = WHOLE.fullmatch(tracker("verify").out)
        assert said is not None
        assert tracker("verify", "--checkpoint").out == f"{said[1]}:{said[2]}\n"
        found.append((said[1], said[2]))
    assert found[0] == ("0", "0" * 64)
    assert [number for number, _ in found] == ["0", "1", "2"]
    assert len({digest for _, digest in found}) == 3


def test_the_first_entry_that_is_wrong_is_named(log: Tracker, engine: sa.Engine) -> None:
    tamper(engine, "UPDATE event SET actor_name = 'Ed' WHERE id IN (2, 4)")
    answer = log("verify", code=1)
    assert answer.err.startswith("Error: Entry 2 of the event log was changed after")
    assert answer.out == ""


# --- a checkpoint that was kept elsewhere shows what the chain alone cannot ---


def checkpoint(log: Tracker) -> str:
    return log("verify", "--checkpoint").out.strip()


def test_a_log_that_has_grown_holds_its_earlier_checkpoints(log: Tracker, tmp_path: Path) -> None:
    kept = tmp_path / "checkpoints.txt"
    first = checkpoint(log)
    log("user", "deactivate", "dot@example.org")
    kept.write_text(f"{first}\n{checkpoint(log)}\n\n0:{GENESIS}\n")
    assert HOLDS.format("3 earlier checkpoints") in log("verify", "--against", kept).out
    assert HOLDS.format("1 earlier checkpoint") in log("verify", "--against", first).out
    assert HOLDS.format("1 earlier checkpoint") in log("verify", "--against", first.partition(":")[2]).out
    assert HOLDS.format("2 earlier checkpoints") in log("verify", "--against", first, "--against", GENESIS).out


def test_a_cut_end_and_a_log_made_anew_are_noticed(log: Tracker, engine: sa.Engine) -> None:
    kept = checkpoint(log)
    with writing(engine) as session:
        write_in_first_format(session)
    assert log("verify").out.startswith("The event log is whole: 4 entries")
    said = log("verify", "--against", kept, code=1).err
    assert said == "Error: Entry 4 of the event log is not the one that the checkpoint names: the log was rewritten.\n"
    tamper(engine, "DELETE FROM event WHERE id = 4")
    said = log("verify", "--against", kept, code=1).err
    assert said.startswith("Error: Entry 4 of the event log is missing, and a checkpoint names it: the end of the log ")
    said = log("verify", "--against", kept.partition(":")[2], code=1).err
    assert "with the hash that was kept is missing: the log was cut off or rewritten" in said
    assert log("verify", "--checkpoint", "--against", kept, code=1).out == ""


def test_what_is_no_checkpoint_and_a_file_without_one_are_refused(log: Tracker, tmp_path: Path) -> None:
    for given in ("", "4", "4:", "4:abc", f"-1:{FORGED}", f"4:{FORGED.upper()}", f"04:{FORGED}", "x.txt"):
        assert "is no checkpoint. It looks like 12:" in log("verify", "--against", given, code=1).err
    for content in (b"", b"\n", b"the log\n", b"\xff\xfe"):
        (tmp_path / "kept").write_bytes(content)
        assert log("verify", "--against", tmp_path / "kept", code=1).err.startswith("Error: ")


def test_the_tables_can_be_held_against_the_log(log: Tracker, engine: sa.Engine) -> None:
    said = log("verify", "--replay").out
    assert "Every ask, body, test, law, link, update, source, reply and person is what the log adds up to." in said
    tamper(engine, "INSERT INTO source (key, title) VALUES ('k', 't')")
    log("verify")
    assert "source 1 stands in no entry of the log." in log("verify", "--replay", code=1).err
