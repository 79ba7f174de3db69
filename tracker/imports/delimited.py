"""Rows of a CSV file as people and spreadsheet programs write it, read one by one."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from tracker.imports.encodings import Encoding, Refused, find_encoding

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
HEADER_LENGTH = 10_000


@dataclass(frozen=True)
class Delimited:
    """A file that can be read: in which encoding, and what separates its cells."""

    file: IO[bytes]
    encoding: Encoding
    separator: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row with its number, as a spreadsheet counts; raises Refused where quotation marks do not match."""
        self.file.seek(0)
        text = io.TextIOWrapper(self.file, self.encoding.name, newline="")
        reader = csv.reader(text, delimiter=self.separator, strict=True)
        number = 0
        try:
            for number, row in enumerate(reader, 1):
                yield number, row
        except csv.Error as error:
            where = f"Row {number + 1} (line {reader.line_num}) cannot be read: {error}."
            raise Refused(where, "Look for a quotation mark that is not doubled, or that is never closed.") from None
        finally:
            if not self.file.closed:  # when all ends in an error, the file may have been closed first
                text.detach()


def open_delimited(file: IO[bytes]) -> Delimited:
    """Find out how a file is written; raises Refused."""
    encoding = find_encoding(file)
    text = io.TextIOWrapper(file, encoding.name, newline="")
    header = text.readline(HEADER_LENGTH)
    text.detach()
    used = [separator for separator in SEPARATORS if separator in header]
    if len(used) > 1:
        names = " and ".join(SEPARATORS[separator] for separator in used)
        raise Refused(f"The first row holds {names}.", "It must hold the names of the columns, with one separator.")
    return Delimited(file, encoding, used[0] if used else ",")
