"""The picture that a social network shows beside a link: what was asked, where it stands, when that was checked.

Pillow is imported only when something is drawn: most processes never draw.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.exports.badge import LIGHT
from tracker.face import Face
from tracker.rules.dates import PartialDate
from tracker.rules.status import Family, Status
from tracker.rules.text import without_invisible

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

SIZE = WIDTH, HEIGHT = 1200, 630
MARGIN = 72
FONTS = Path(__file__).parent / "fonts"
BOOK, BOLD = "DejaVuSerifCondensed.ttf", "DejaVuSerifCondensed-Bold.ttf"
TITLE_TOP, TITLE_HEIGHT = 150, 270
TITLE_SIZES = (76, 66, 56, 48, 42)
LEADING = 1.22
SHADES = 16
NAME_SIZES, NAME_WIDTH = (36, 28, 22, 15), WIDTH - 2 * MARGIN - 56
QUESTION = "Was it done?"
# Raise it when the drawing changes, so that every picture gets another address and is fetched again.
DRAWING = 1


@dataclass(frozen=True)
class Picture:
    """What is drawn; `facts` is a line such as "Since February 2020. Checked on 25 February 2026."

    `site` is our name, in our colour.
    """

    title: str
    status: str
    family: Family | None
    facts: str
    site: str
    accent: str

    @property
    def version(self) -> str:
        """A short text that is another one as soon as the picture is."""
        drawn_from = "\n".join(map(str, (DRAWING, *astuple(self))))
        return hashlib.sha256(drawn_from.encode()).hexdigest()[:12]


def of_ask(
    title: str, status: Status | None, status_on: PartialDate | None, reviewed_on: PartialDate | None, face: Face
) -> Picture:
    """The picture of an ask that stands so."""
    facts = [f"Since {status_on.in_words}."] if status_on else []
    facts += [f"Checked {reviewed_on.in_words}."] if reviewed_on else []
    label, family = (status.label, status.family) if status else ("", None)
    return Picture(title, label, family, " ".join(facts), face.name, face.accent)


def draw(picture: Picture) -> bytes:
    """The picture as a PNG file of few colours, 1200 by 630 pixels."""
    from PIL.Image import new
    from PIL.ImageDraw import Draw

    family = LIGHT.families[picture.family] if picture.family else LIGHT.ink
    canvas = new("P", SIZE)
    canvas.putpalette(_shades([picture.accent, LIGHT.ink, LIGHT.quiet, LIGHT.rule, family]))
    layers = [new("L", SIZE) for _ in range(5)]
    _paint(picture, map(Draw, layers))
    for place, layer in enumerate(layers):
        if lit := layer.getbbox():
            shades = [place * SHADES + value * SHADES // 256 for value in range(256)]
            part = layer.crop(lit)
            canvas.paste(part.point(shades), lit[:2], part.point([0] * SHADES + [255] * (256 - SHADES)))
    file = BytesIO()
    canvas.save(file, "PNG", compress_level=5)
    return file.getvalue()


def can_write(text: str) -> bool:
    """True if the font has every letter; a title of other letters is left to the words beside the picture."""
    return all(_has(letter) for letter in set(text) if not letter.isspace())


@lru_cache(maxsize=5000)
def _has(letter: str) -> bool:
    font = _font(BOLD, 48)
    return bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))


def set_title(title: str) -> tuple[int, list[str]]:
    """The size and the lines in which a title fits its place; one that is too long even for the smallest is cut."""
    words = without_invisible(title).split()
    for size in TITLE_SIZES:
        lines = _lines(words, _font(BOLD, size).getlength)
        most = int(TITLE_HEIGHT // (size * LEADING))
        if len(lines) <= most:
            return size, lines
    return size, _cut(lines[:most], size)


def _lines(words: list[str], measure: Callable[[str], float]) -> list[str]:
    """The words in lines that fit; a word that is longer than a line is broken."""
    room = WIDTH - 2 * MARGIN
    lines = [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if measure(longer) <= room:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if measure(lines[-1] + letter) > room:
                lines.append("")
            lines[-1] += letter
    return lines


def _cut(lines: list[str], size: int) -> list[str]:
    """End the last line with an ellipsis, within its room."""
    last = lines[-1]
    while _font(BOLD, size).getlength(last + "…") > WIDTH - 2 * MARGIN:
        last = last[:-1]
    return [*lines[:-1], last.rstrip(" ,;:–-") + "…"]


def _shades(colours: list[str]) -> list[int]:
    """A palette with the steps from the paper to each colour."""
    paper, inks = bytes.fromhex(LIGHT.paper[1:]), [bytes.fromhex(colour[1:]) for colour in colours]
    return [
        ground + (full - ground) * step // (SHADES - 1)
        for ink in inks
        for step in range(SHADES)
        for ground, full in zip(paper, ink, strict=True)
    ]


@cache
def _font(name: str, size: int) -> "FreeTypeFont":
    """Laid out letter by letter: the same on every computer, whatever else it has."""
    from PIL.ImageFont import Layout, truetype

    return truetype(FONTS / name, size, layout_engine=Layout.BASIC)


def _paint(picture: Picture, pens: Iterable["ImageDraw"]) -> None:
    """Draw with a pen for each colour."""
    accent, ink, quiet, rule, family = pens
    accent.rectangle((0, 0, WIDTH, 17), 255)  # the band and the name of the site, as on its pages
    _shape(accent, (MARGIN, 72), 40, None)
    name = without_invisible(picture.site)
    size = next((size for size in NAME_SIZES if _font(BOLD, size).getlength(name) <= NAME_WIDTH), NAME_SIZES[-1])
    if can_write(name):
        accent.text((MARGIN + 56, 92), name, 255, _font(BOLD, size), "lm")
    size, lines = set_title(picture.title if can_write(without_invisible(picture.title)) else QUESTION)
    for number, line in enumerate(lines):
        ink.text((MARGIN, TITLE_TOP + number * size * LEADING), line, 255, _font(BOLD, size), "la")
    if picture.facts:
        rule.rectangle((MARGIN, 446, WIDTH - MARGIN, 448), 255)
    if picture.family:
        _shape(family, (MARGIN, 474), 52, picture.family)
        family.text((MARGIN + 72, 500), picture.status, 255, _font(BOLD, 50), "lm")
    quiet.text((MARGIN, 570 if picture.family else 500), picture.facts, 255, _font(BOOK, 30), "lm")


def _shape(on: "ImageDraw", place: tuple[int, int], size: int, family: Family | None) -> None:
    """The shape of a family, drawn large and made small so that its edges are smooth; None is the site's own mark."""
    from PIL.Image import Resampling, new
    from PIL.ImageDraw import Draw

    large = new("L", (size * 4, size * 4))
    pen, unit = Draw(large), size / 4

    def at(*numbers: float) -> list[float]:
        return [number * unit for number in numbers]

    match family:
        case Family.MET:
            pen.ellipse(at(0, 0, 16, 16), 255)
            pen.line(at(4, 8.3, 7, 11.3, 12, 5.3), 0, size // 2, "curve")
        case Family.PARTLY_MET | None:
            pen.ellipse(at(0, 0, 16, 16), None, 255, size // 2)
            pen.pieslice(at(0, 0, 16, 16), 90, 270, 255)
        case Family.OPEN:
            pen.ellipse(at(0, 0, 16, 16), None, 255, size // 2)
        case Family.ENDED:
            pen.rectangle(at(1, 1, 15, 15), 255)
            pen.line(at(4.5, 4.5, 11.5, 11.5), 0, size // 2)
            pen.line(at(11.5, 4.5, 4.5, 11.5), 0, size // 2)
        case Family.NOT_COUNTED:
            for start in range(0, 360, 45):
                pen.arc(at(0, 0, 16, 16), start, start + 28, 255, size // 2)
            pen.line(at(5, 8, 11, 8), 255, size // 2)
    on.bitmap(place, large.resize((size, size), Resampling.BOX), 255)
