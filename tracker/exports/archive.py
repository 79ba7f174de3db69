"""All files in one, packed piece by piece: however much there is, it needs little memory."""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from tracker.exports import json, licence
from tracker.exports.package import Described
from tracker.exports.tables import TABLES

# What names others comes before what it names: a row that is added while we pack has all that it names.
ORDER = ("replies", "results", "evidence", "updates", "tests", "links", "legislation", "asks", "sources")
EARLIEST = (1980, 1, 1, 0, 0, 0)
Pieces = Callable[[str], Iterable[str]]


class _Sink(io.RawIOBase):
    """Takes what the packer writes until it is sent on."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self.pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        found = b"".join(self.pieces)
        self.pieces.clear()
        return found


def pack(description: Described, written_at: datetime | None, csv: Pieces, *, is_large: bool) -> Iterator[bytes]:
    """Yield the zip file piece by piece; `csv` answers the pieces of a file.

    With `is_large` a file may be longer than 2 GiB; some programs from before 2010 cannot open that.
    """
    sink, time = _Sink(), written_at.timetuple()[:6] if written_at else EARLIEST
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, pieces in _files(description, csv):
            entry = zipfile.ZipInfo(name, time)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with packed.open(entry, "w", force_zip64=is_large) as file:
                for piece in pieces:
                    file.write(piece.encode())
                    yield sink.taken()
    yield sink.taken()


def _files(description: Described, csv: Pieces) -> Iterator[tuple[str, Iterable[str]]]:
    yield "README.txt", [_readme(description)]
    yield "datapackage.json", [json.write_for_people(description)]
    for name in ORDER:
        yield f"{name}.csv", csv(name)


def _readme(description: Described) -> str:
    lines = [
        f"{description['title']}",
        "",
        f"From {description['homepage']}, revision {description['version']}.",
        *([f"The latest entry is of {description['created']}."] if "created" in description else []),
        f"The checkpoint of the log of all changes is {description['checkpoint']}",
        f"(see {description['homepage']}/data#proof). Keep it: it shows later whether that history was rewritten.",
        "",
        "The files are CSV (RFC 4180, UTF-8). datapackage.json says what each row and each column is.",
        "A cell that a spreadsheet would run as a formula has an apostrophe in front: take exactly one away.",
        "",
        *(f"{table.name}.csv: each row is {table.row_is}." for table in TABLES.values()),
        "",
        f"Licence: {licence.TITLE} ({licence.NAME}), {licence.ADDRESS}",
        f"Name the source as “{licence.PUBLISHER}, {description['homepage']}”, with the date and the revision.",
        "Quotations and documents that are linked to belong to those who wrote them.",
        "",
    ]
    return "\r\n".join(lines)
