"""In which encoding a text file is written: UTF-8 or UTF-16. Any other is refused, for nothing in it says which it is.

A file in Windows-1252 and one in Windows-1250 are both valid in either; taken for the wrong one, names would change.
"""

import codecs
from dataclasses import dataclass
from typing import IO

PIECE = 1 << 20
HOW_TO_SAVE = "Save it as “CSV UTF-8” in the spreadsheet program, or take an .xlsx workbook instead."


class Refused(Exception):
    """The file cannot be read at all; `found` and `expected` say why."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"{found} {expected}")
        self.found, self.expected = found, expected


@dataclass(frozen=True)
class Encoding:
    """The name of an encoding, and how many lines the file has in it."""

    name: str
    lines: int


def find_encoding(file: IO[bytes]) -> Encoding:
    """The encoding of a file, all of which is read; raises Refused, with the line, when it is none of ours."""
    start = file.read(4)
    file.seek(0)
    if start in {codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE}:
        raise Refused("The file is in UTF-32.", HOW_TO_SAVE)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked(file, "utf-16")
    if start[1:2] == b"\0" or start[:1] == b"\0":
        raise Refused("The file looks like UTF-16 without the mark that says so.", HOW_TO_SAVE)
    return _checked(file, "utf-8-sig")


def _checked(file: IO[bytes], name: str) -> Encoding:
    decoder, lines = codecs.getincrementaldecoder(name)(), 0
    while piece := file.read(PIECE):
        lines += _decoded(decoder, piece, lines).count("\n")
    lines += _decoded(decoder, b"", lines, final=True).count("\n")
    file.seek(0)
    return Encoding(name, lines)


def _decoded(decoder: codecs.IncrementalDecoder, piece: bytes, lines: int, final: bool = False) -> str:
    try:
        return decoder.decode(piece, final)
    except UnicodeDecodeError as error:
        before, wrong = error.object[: error.start], error.object[error.start : error.start + 1]
        line = lines + before.count(b"\n") + 1
        if error.encoding == "utf-8":
            meant = wrong.decode("cp1252", "replace")
            found = f"Line {line} holds the byte {wrong.hex().upper()}, which is not UTF-8 (“{meant}” in Windows-1252)."
        else:
            found = f"Line {line} is not valid UTF-16."
        raise Refused(found, HOW_TO_SAVE) from None
