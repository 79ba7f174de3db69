"""The download of everything: packed piece by piece, and a zip file that programs open."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

from tracker.exports.columns import Origin
from tracker.exports.package import describe, pack
from tracker.exports.tables import TABLES
from tracker.face import Face

WRITTEN_AT = datetime(2026, 11, 20, 10, 0, 2, tzinfo=UTC)
DESCRIPTION = describe(Origin("https://tracker.example", Face(), 7, WRITTEN_AT), "12:" + "a" * 64, [])


def test_a_zip_file_holds_each_file_as_it_was_given_and_what_names_a_row_after_it() -> None:
    """A row that is added while we pack then has all that it names."""
    packed = b"".join(pack(DESCRIPTION, WRITTEN_AT, lambda name: [name, " Škoda\r\n"]))
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        assert opened.testzip() is None
        names = opened.namelist()
        assert names[:2] == ["README.txt", "datapackage.json"]
        assert sorted(names[2:]) == sorted(f"{name}.csv" for name in TABLES)
        assert opened.read("asks.csv").decode() == "asks Škoda\r\n"
        assert {entry.date_time for entry in opened.infolist()} == {(2026, 11, 20, 10, 0, 2)}
    for table in TABLES.values():
        place = names.index(f"{table.name}.csv")
        assert all(place < names.index(f"{name}.csv") for name in table.references)


def test_a_long_file_is_sent_on_as_it_is_read() -> None:
    asked = 0

    def rows(_name: str) -> Iterator[str]:
        nonlocal asked
        for number in range(50):
            asked += 1
            yield f"{number}" * 20_000

    pieces = pack(DESCRIPTION, None, rows)
    sent = [len(next(pieces)) for _ in range(12)]
    assert asked == 10  # the first two pieces are the readme and the description
    assert sum(sent) > 0
    assert max(len(piece) for piece in pieces) < 100_000
