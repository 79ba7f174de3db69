"""Comma-separated values by RFC 4180, safe to open in a spreadsheet and the same when read back.

A cell that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, "CSV Injection").
So does a cell that begins with apostrophes and then such a character; reading takes exactly one away.
"""

import re
from collections.abc import Iterable, Iterator

FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
RISKY = frozenset("'=+-@\t\r\n＝＋－＠")
CHUNK_ROWS = 200


def guard(cell: str) -> str:
    """Make a cell safe for spreadsheets."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def unguard(cell: str) -> str:
    """Return the cell as it was before `guard`."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell[1:]) else cell


def write(header: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield the file in pieces: a header row, then the rows, each line ended by CRLF.

    A million rows of forty cells pass through here, so what few cells need is looked for before it is done.
    """
    lines = [_line(header)]
    for number, row in enumerate(rows, 1):
        lines.append(_line([guard(cell) if cell[:1] in RISKY else cell for cell in row]))
        if number % CHUNK_ROWS == 0:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


def _line(row: Iterable[str]) -> str:
    """Return the row as it is written, its cells in quotation marks where they need them."""
    cells = [
        '"' + cell.replace('"', '""') + '"' if "," in cell or '"' in cell or "\n" in cell or "\r" in cell else cell
        for cell in row
    ]
    return ",".join(cells) + "\r\n"
