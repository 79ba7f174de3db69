"""The colours of the stylesheet for what is drawn outside of pages: badges and pictures."""

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.rules.status import Family


@dataclass(frozen=True)
class Palette:
    """One scheme: the ground, the words on it, and the ink of each family."""

    paper: str
    ink: str
    quiet: str
    rule: str
    families: Mapping[Family, str]


LIGHT = Palette(
    paper="#fbfaf6",
    ink="#1e1b1d",
    quiet="#5d575b",
    rule="#dcd6ca",
    families={
        Family.MET: "#0b4f48",
        Family.PARTLY_MET: "#7d5700",
        Family.OPEN: "#35557d",
        Family.ENDED: "#a63525",
        Family.NOT_COUNTED: "#69646a",
    },
)
DARK = Palette(
    paper="#191719",
    ink="#ece7e2",
    quiet="#b8b0b2",
    rule="#3d373d",
    families={
        Family.MET: "#6ccdbd",
        Family.PARTLY_MET: "#e5b443",
        Family.OPEN: "#a5c0e0",
        Family.ENDED: "#f3917c",
        Family.NOT_COUNTED: "#b3abad",
    },
)
