"""A QR code as a path that a template draws within the page: no script, no style, no other address."""

from typing import NamedTuple

import segno

QUIET_MODULES = 4  # what the standard wants around a code


class QrCode(NamedTuple):
    """How many modules wide the code is with its margin, and the dark ones as an SVG path."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """The code of a text."""
    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=QUIET_MODULES))
    dark = [(x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module]
    return QrCode(len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark))
