"""A badge for other people's pages: a status in words, with the shape and the colour of its family.

The colours are those of the stylesheet, for all that is drawn outside of pages.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from tracker.rules.status import Family


class Palette(NamedTuple):
    """One scheme: the ground, the words on it, and the ink of each family."""

    paper: str
    ink: str
    quiet: str
    rule: str
    families: Mapping[Family, str]


def _palettes() -> list[Palette]:
    """Return the colours of the stylesheet, for light and for dark paper."""
    css = (Path(__file__).parents[1] / "static" / "site.css").read_text(encoding="utf-8")
    called = {Family.PARTLY_MET: "part", Family.NOT_COUNTED: "none"}
    palettes = []
    for block in re.findall(r":root {(.*?)}", css, re.DOTALL)[:2]:
        found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
        inks = {family: found[called.get(family, family.value)] for family in Family}
        palettes.append(Palette(found["paper"], found["ink"], found["quiet"], found["rule"], inks))
    return palettes


LIGHT, DARK = _palettes()
HEIGHT = 28
SIZE, SITE_SIZE, SHAPE_SIZE, GAP = 14, 12, 16, 8
NARROW, CAPITALS, WIDE = frozenset("fijlrt ,.'"), frozenset("ABCDEFGHJKLNOPQRSTUVXYZ"), frozenset("mwMW")
RING = "M1 8a7 7 0 1 1 14 0a7 7 0 1 1-14 0z"
# The parts of each shape with their classes, on a ground of 16 by 16.
SHAPES: dict[Family, tuple[tuple[str, str], ...]] = {
    Family.MET: (("solid", "M0 8a8 8 0 1 1 16 0a8 8 0 1 1-16 0z"), ("cut", "M4 8.3l3 3 5-6")),
    Family.PARTLY_MET: (("solid", "M8 1v14A7 7 0 0 1 8 1z"), ("line", RING)),
    Family.OPEN: (("line", RING),),
    Family.ENDED: (("solid", "M1 1h14v14H1z"), ("cut", "M4.5 4.5l7 7m0-7l-7 7")),
    Family.NOT_COUNTED: (("line dashed", RING), ("line", "M5 8h6")),
}


def _rules(palette: Palette) -> str:
    families = "".join(f".{family.value}{{color:{ink}}}" for family, ink in palette.families.items())
    ground = f"rect{{fill:{palette.paper};stroke:{palette.rule}}}.cut{{stroke:{palette.paper}}}"
    return f"{ground}.site{{fill:{palette.quiet}}}{families}"


STYLE = (
    "text{font-family:Verdana,'DejaVu Sans',sans-serif}.label{font-weight:700}.solid,.label{fill:currentColor}"
    ".line,.cut{fill:none;stroke:currentColor;stroke-width:2}.dashed{stroke-dasharray:3.5 2}"
    f"{_rules(LIGHT)}@media(prefers-color-scheme:dark){{{_rules(DARK)}}}"
)
# So that the style may apply where the badge is opened by itself, and no other.
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


def draw(label: str, family: Family, title: str, site: str) -> bytes:
    """The badge as an SVG file; `title` is what those hear who do not see it, `site` our name."""
    at_label = GAP + SHAPE_SIZE + GAP
    at_site = at_label + reckon_width(label, SIZE) + 2 * GAP
    width = at_site + reckon_width(site, SITE_SIZE) + GAP
    shape = "".join(f'<path class="{name}" d="{path}" />' for name, path in SHAPES[family])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}" '
        f'role="img" aria-labelledby="title"><title id="title">{escape(title)}</title><style>{STYLE}</style>'
        f'<rect x=".5" y=".5" width="{width - 1}" height="{HEIGHT - 1}" rx="4" /><g class="{family.value}">'
        f'<g transform="translate({GAP} {(HEIGHT - SHAPE_SIZE) // 2})">{shape}</g>'
        f"{_text('label', at_label, SIZE, label)}</g>{_text('site', at_site, SITE_SIZE, site)}</svg>"
    ).encode()


def _text(name: str, x: int, size: int, text: str) -> str:
    """A text, held to the width that was reckoned for it, whichever font the reader has."""
    held = f'textLength="{reckon_width(text, size)}" lengthAdjust="spacingAndGlyphs"'
    return f'<text class="{name}" x="{x}" y="19" font-size="{size}" {held}>{escape(text)}</text>'


def reckon_width(text: str, size: int) -> int:
    """About how wide the text is in a wide bold font, in whole pixels."""
    kinds = ((NARROW, 0.42), (WIDE, 1.0), (CAPITALS, 0.78))
    return round(sum(next((share for kind, share in kinds if letter in kind), 0.69) for letter in text) * size)
