"""What is an installation's own: its name and words, its colour, and the terms of its data."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tracker.clock import USUAL_ZONE
from tracker.paths import resource_dir

LONGEST = {"name": 60, "claim": 120, "lede": 400, "stance": 200, "licence": 100, "licence_url": 300}
COLOUR = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)
BROKEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# What words in the accent stand on, paper and panel: of the light scheme and of the dark one.
GROUNDS = {"accent": ("#fbfaf6", "#f3efe6"), "accent_dark": ("#191719", "#262226")}
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
LOGO_SIZE = (480, 96)  # three dots for each that it takes on a page
MOST_PIXELS = 20_000_000


@dataclass(frozen=True)
class Face:
    """The settings that readers see, with the time zone of their days. An empty `stance` says nothing about sides."""

    name: str = "Policy ask tracker"
    claim: str = "Was it done?"
    lede: str = (
        "People ask governments and parliaments to act, and the news moves on. We come back and look: was it done?"
    )
    accent: str = "#6a2375"
    accent_dark: str = "#d9a9e3"
    stance: str = ""
    licence: str = "CC BY 4.0"
    licence_url: str = "https://creativecommons.org/licenses/by/4.0/"
    time_zone: str = USUAL_ZONE
    logo: str = ""
    templates: str = ""

    def faults(self) -> Iterator[str]:
        """Yield what is wrong, each beginning with the name of its variable."""
        for field, most in LONGEST.items():
            variable, text = f"TRACKER_{field.removesuffix('_url').upper()}", getattr(self, field)
            if len(text) > most:
                yield f"{variable}: must have at most {most} characters, not {len(text):,}"
            if BROKEN.search(text):
                yield f"{variable}: must be one line of text"
        if not self.licence or not re.match(r"https?://\S", self.licence_url):
            yield "TRACKER_LICENCE: give its name and its web address, such as CC BY 4.0 https://…"
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            yield f"TRACKER_TIME_ZONE: there is no time zone “{self.time_zone[:60]}”. Name one such as Europe/Dublin"
        try:
            self.logo_png()
        except Exception:  # Pillow has a dozen sorts of them for what only looks like a picture
            fit = f"a picture in PNG or WebP, of at most {MOST_PIXELS // 10**6} million pixels"
            yield f"TRACKER_LOGO: {self.logo} cannot be read as {fit}"
        yield from self._faults_of_templates()
        for field, grounds in GROUNDS.items():
            variable, colour = f"TRACKER_{field.upper()}", getattr(self, field)
            if not COLOUR.fullmatch(colour):
                yield f"{variable}: write the colour as # and six digits, such as {getattr(Face(), field)}"
            elif (found := min(contrast(colour, ground) for ground in grounds)) < LEAST_CONTRAST:
                other = "darker" if field == "accent" else "lighter"
                yield (
                    f"{variable}: {colour} is hard to read on our {'light' if other == 'darker' else 'dark'} paper "
                    f"(contrast {found:.1f}, at least {LEAST_CONTRAST} is needed); choose a {other} colour"
                )

    def logo_png(self) -> bytes:
        """Return the logo, drawn again as a small PNG, or nothing; raises what Pillow raises for what is no picture."""
        if not self.logo:
            return b""
        from PIL import Image  # which takes its time, and most have no logo

        drawn = BytesIO()
        with Image.open(self.logo, formats=("PNG", "WEBP")) as picture:
            if math.prod(picture.size) > MOST_PIXELS:
                raise ValueError(picture.size)
            small = picture.convert("RGBA")
            small.thumbnail(LOGO_SIZE)
            small.save(drawn, "PNG", optimize=True)
        return drawn.getvalue()

    def _faults_of_templates(self) -> Iterator[str]:
        if not self.templates:
            return
        from jinja2 import Environment, TemplateSyntaxError

        folder, ours = Path(self.templates), resource_dir("templates")
        if not folder.is_dir():
            yield f"TRACKER_TEMPLATES: {folder} is no folder"
        for path in sorted(filter(Path.is_file, folder.rglob("[!.]*"))):
            name = path.relative_to(folder)
            if name.suffix != ".html" or not (ours / name).is_file():
                yield f"TRACKER_TEMPLATES: {name} takes the place of no page of ours; they are in {ours}"
            try:
                Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
            except TemplateSyntaxError as error:
                yield f"TRACKER_TEMPLATES: {name}, line {error.lineno}: {error.message}"
            except (OSError, UnicodeDecodeError) as error:
                yield f"TRACKER_TEMPLATES: {name} cannot be read as UTF-8: {error}"


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG defines it, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (part / 255 for part in bytes.fromhex(colour[1:]))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
