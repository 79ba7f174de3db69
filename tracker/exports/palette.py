"""The colours of the stylesheet for what is drawn outside of pages: badges and pictures."""

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.rules.status import Family


@dataclass(frozen=True)
class Palette:
    """One scheme: the ground, the words on it, our own colour, and the ink of each family."""

    paper: str
    ink: str
    quiet: str
    rule: str
    accent: str
    families: Mapping[Family, str]


LIGHT = Palette(
    paper="#fbfaf6",
    ink="#1e1b1d",
    quiet="#5d575b",
    rule="#d8d2c6",
    accent="#6a2375",
    families={
        Family.WON: "#0b4f48",
        Family.PART: "#8a6100",
        Family.OPEN: "#3d5c84",
        Family.LOST: "#ae3a29",
        Family.NOT_COUNTED: "#69646a",
    },
)
DARK = Palette(
    paper="#191719",
    ink="#ece7e2",
    quiet="#b3abad",
    rule="#413b41",
    accent="#d9a9e3",
    families={
        Family.WON: "#6ccdbd",
        Family.PART: "#e5b443",
        Family.OPEN: "#a5c0e0",
        Family.LOST: "#f3917c",
        Family.NOT_COUNTED: "#b3abad",
    },
)
