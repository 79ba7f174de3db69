"""The fetcher: polite, limited, and never led astray; and the run around the readers."""

import gzip
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.factories import NOW, seen_in_record
from tests.official.desk import AGENT, Desk
from tests.official.fake import FakeRecord
from tests.transactions import filled_engine
from tracker.db.engine import writing
from tracker.models import Finding, Legislation, Look, Revision
from tracker.official.fetching import Fetcher, SavedAnswers, Unreachable, Unreadable
from tracker.official.findings import note, withdraw_missing
from tracker.official.looking import only_one
from tracker.rules.dates import PartialDate
from tracker.rules.official import FindingState, LookOutcome


@pytest.fixture
def fetcher(record: FakeRecord, tmp_path: Path) -> Fetcher:
    return Fetcher(record.addresses, tmp_path, AGENT, NOW, most_bytes=100_000)


def get(fetcher: Fetcher, path: str = "/Bills/1") -> Any:
    return fetcher.get("bills", path).json()


def refused(fetcher: Fetcher, says: str, path: str = "/Bills/1", kind: type[Exception] = Unreadable) -> None:
    with pytest.raises(kind, match=says):
        get(fetcher, path)


def test_an_answer_is_kept_and_asked_for_under_a_condition(
    record: FakeRecord, fetcher: Fetcher, tmp_path: Path
) -> None:
    record.say("bills", "/Bills/1", '{"a": 1}')
    assert get(fetcher) == {"a": 1}
    again = fetcher.get("bills", "/Bills/1")
    assert (again.json(), again.is_new) == ({"a": 1}, False)
    record.say("bills", "/Bills/1", '{"a": 2}')
    changed = fetcher.get("bills", "/Bills/1")
    assert (changed.json(), changed.is_new) == ({"a": 2}, True)
    assert record.asked == [("/bills/Bills/1", 200), ("/bills/Bills/1", 304), ("/bills/Bills/1", 200)]
    assert record.agents == {AGENT}

    # One that breaks off leaves the one before, and what was saved is read without asking.
    record.say("bills", "/Bills/1", '{"a": 3}', claims=1000)
    refused(fetcher, "broke off")
    assert not list(tmp_path.rglob("*.part"))
    record.say("bills", "/Bills/1?Take=2", '{"a": 4}')
    get(fetcher, "/Bills/1?Take=2")
    asked = len(record.asked)
    saved = SavedAnswers(tmp_path)
    assert [saved.get("bills", path).json() for path in ("/Bills/1", "/Bills/1?Take=2")] == [{"a": 2}, {"a": 4}]
    with pytest.raises(Unreadable, match="There is no file bills/Bills-2"):
        saved.get("bills", "/Bills/2")
    assert len(record.asked) == asked


def test_a_busy_source_is_asked_three_times_and_a_refusal_taken_at_once(
    record: FakeRecord, fetcher: Fetcher, tmp_path: Path
) -> None:
    for status, kind, times in (
        (429, Unreachable, 3),
        (500, Unreachable, 3),
        (503, Unreachable, 3),
        (403, Unreadable, 1),
        (404, Unreadable, 1),
    ):
        record.asked.clear()
        record.say("bills", "/Bills/1", "", status=status)
        refused(fetcher, f"answered with the code {status}", kind=kind)
        assert len(record.asked) == times
    gone = Fetcher({"bills": "http://127.0.0.1:1"}, tmp_path, AGENT, NOW)
    refused(gone, r"127\.0\.0\.1:1 gave no answer", kind=Unreachable)


def test_only_a_redirect_within_the_record_and_with_an_end_is_followed(record: FakeRecord, fetcher: Fetcher) -> None:
    for location in (
        "https://evil.example/Bills/1", "http://127.0.0.1:2/", "http://localhost/Bills/1", "ftp://127.0.0.1/",
    ):  # fmt: skip
        record.say("bills", "/Bills/1", "", status=302, headers={"Location": location})
        refused(fetcher, "no official record")
    record.say("bills", "/Bills/1", "", status=301, headers={"Location": "/bills/Bills/2"})
    record.say("bills", "/Bills/2", "{}")
    assert get(fetcher) == {}
    record.say("bills", "/Bills/2", "", status=301, headers={"Location": "/bills/Bills/1"})
    refused(fetcher, "redirect without end")


def test_too_much_is_refused_also_when_it_is_packed_and_what_is_no_json_asked_for_again(
    record: FakeRecord, fetcher: Fetcher
) -> None:
    record.say("bills", "/Bills/1", "x" * 100_001)
    record.say("bills", "/Bills/2", gzip.compress(b"0" * 50_000_000), headers={"Content-Encoding": "gzip"})
    for path in ("/Bills/1", "/Bills/2"):
        refused(fetcher, "more than", path)
    record.asked.clear()
    record.say("bills", "/Bills/1", "<html>Sorry</html>")
    for _ in range(2):
        refused(fetcher, "did not answer in JSON")
    assert [status for _, status in record.asked] == [200, 200]


# --- the run ---


@pytest.fixture
def desk(databases: Any, database_engine: str, record: FakeRecord, tmp_path: Path) -> Iterator[Desk]:
    with filled_engine(databases, database_engine) as engine:
        yield Desk(engine, record, tmp_path)


def found(says: str = "A stage", **changes: object) -> Finding:
    return seen_in_record(says, **{"happened_on": PartialDate("2026-11-12")} | changes)


def test_a_second_look_is_kept_out_and_one_that_was_interrupted_goes_on_where_it_was(
    record: FakeRecord, tmp_path: Path
) -> None:
    with only_one(tmp_path, NOW), pytest.raises(BlockingIOError), only_one(tmp_path, NOW):
        pass
    later = NOW + timedelta(hours=1)
    record.say("bills", "/Bills/1", "{}")
    first = Fetcher(record.addresses, tmp_path, AGENT, NOW)
    with pytest.raises(Unreadable), only_one(tmp_path, NOW):
        [first.get("bills", path) for path in ("/Bills/1", "/Bills/2")]
    with only_one(tmp_path, later) as since:
        assert since == NOW
        Fetcher(record.addresses, tmp_path, AGENT, later, since).get("bills", "/Bills/1")
    assert [path for path, _ in record.asked] == ["/bills/Bills/1", "/bills/Bills/2"]
    with only_one(tmp_path, later) as since:
        assert since is None

    # An old interruption and one to come count for nothing.
    for after in (timedelta(hours=7), timedelta(hours=-1)):
        (tmp_path / "begun").write_text(NOW.isoformat(), encoding="ascii")
        with only_one(tmp_path, NOW + after) as since:
            assert since is None


def test_a_source_that_gives_no_answer_is_left_after_three_times(desk: Desk) -> None:
    asked = []

    def read(law: Legislation) -> None:
        asked.append(law.id)
        raise Unreachable("It gave no answer.")

    laws = [Legislation(id=number, title="A law") for number in range(9)]
    row = desk.look("bills", reader=lambda it: it.each(laws, read))
    assert (row.outcome, row.sentence, asked) == (LookOutcome.FAILED, "It gave no answer.", [0, 1, 2])


def test_a_look_that_finds_nothing_writes_only_that_it_looked_and_what_is_odd_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = desk.look("bills", reader=lambda it: it.keep([found()]))
    (before,) = desk.all(Revision.number)
    second = desk.look("bills", reader=lambda it: it.keep([found()]))
    assert len(desk.all(Finding.id)) == 1
    assert sorted(desk.all(Look.id)) == [first.id, second.id]
    assert desk.all(Revision.number) == [before + 1]  # pages say when a machine looked

    # A clock that was put back, and very many findings.
    row = desk.look("bills", -1, lambda it: it.keep([found(outside_key="bill/1/stage/9")]))
    assert "clock of this machine is behind the last look" in row.sentence
    assert len(desk.findings()) == 1
    monkeypatch.setattr("tracker.official.looking.MANY", 2)
    row = desk.look("bills", reader=lambda it: it.keep(found(outside_key=f"bill/{n}") for n in range(3)))
    assert row.sentence == "3 findings at once: see whether the source is right before you tell any."
    assert len(desk.findings()) == 4


# --- keeping what was found ---


def decide(finding: Finding | None, state: FindingState) -> None:
    assert finding
    finding.state, finding.reason, finding.decided_at = state, "It has nothing to do with us.", NOW


def test_what_was_decided_never_comes_back_but_a_changed_value_does(desk: Desk) -> None:
    with writing(desk.engine) as session:
        for state in (FindingState.TOLD, FindingState.DISMISSED):
            key = {"outside_key": state.value}
            before = note(session, found(**key), NOW)
            decide(before, state)
            assert note(session, found(says="Said otherwise", **key), NOW) is None
            after = note(session, found(happened_on=PartialDate("2026-11-19"), **key), NOW)
            assert before
            assert after
            assert (after.replaces_id, before.state) == (before.id, state)

        # What the record no longer says is withdrawn, and new when it is back.
        first = note(session, found(), NOW)
        decided = note(session, found(outside_key="bill/1/stage/3"), NOW)
        other = note(session, found(outside_key="bill/10/stage/3"), NOW)
        decide(decided, FindingState.TOLD)
        withdraw_missing(session, "bill/1/", ["bill/1/stage/9"])
        states = [finding and finding.state for finding in (first, decided, other)]
        assert states == [FindingState.WITHDRAWN, FindingState.TOLD, FindingState.NEW]
        assert note(session, found(), NOW) is first
        assert first
        assert first.state is FindingState.NEW
