"""The pictures beside links: of the right size, small, and with nothing that overflows or cannot be read."""

import io
import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFont

from tracker.exports import picture
from tracker.exports.badge import LIGHT
from tracker.exports.picture import Picture, can_write, draw, set_title
from tracker.face import GROUNDS, Face
from tracker.paths import CHECKOUT
from tracker.rules.dates import PartialDate
from tracker.rules.status import Family, Status

TITLE = "Use unexplained wealth orders against Kremlin-linked wealth"
FACTS = "Since February 2020. Checked on 25 February 2026."
USUAL = Picture(TITLE, "Partly met", Family.PARTLY_MET, FACTS, "Policy ask tracker", "#6a2375")
ROOM = picture.WIDTH - 2 * picture.MARGIN


def opened(drawn: bytes) -> Image.Image:
    image: Image.Image = Image.open(io.BytesIO(drawn))
    return image


def ground(image: Image.Image, box: tuple[int, int, int, int]) -> bool:
    """Whether there is nothing but paper in the box."""
    colours = image.convert("RGB").crop(box).getcolors()
    return [colour for _, colour in colours or []] == [tuple(bytes.fromhex(LIGHT.paper[1:]))]


def test_a_picture_of_every_status_is_small_and_of_the_right_size_and_nothing_overflows() -> None:
    for status in Status:
        drawn = draw(picture.of_ask(TITLE, status, PartialDate("2020-02"), PartialDate("2026-02-25"), Face()))
        image = opened(drawn)
        assert (image.format, image.size, image.mode) == ("PNG", (1200, 630), "P")
        assert len(drawn) < 40_000
        assert not ground(image, (picture.MARGIN, 470, 500, 530))
    # A long title stays in its place.
    for title in ("W" * 200, "Act on " + "tax havens and on the companies in them, " * 5):
        image = opened(draw(replace(USUAL, title=title, site="W" * 60)))
        assert ground(image, (0, 40, picture.MARGIN - 4, picture.HEIGHT))
        assert ground(image, (picture.WIDTH - picture.MARGIN + 4, 40, picture.WIDTH, picture.HEIGHT))
        assert ground(image, (0, 424, picture.WIDTH, 444))
        assert not ground(image, (picture.MARGIN, picture.TITLE_TOP, picture.WIDTH - picture.MARGIN, 420))


@settings(max_examples=40)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x24F, exclude_categories=["Cc", "Cs"]), max_size=200))
def test_every_title_fits_by_measure(title: str) -> None:
    size, lines = set_title(title)
    bold = ImageFont.truetype(picture.FONTS / picture.BOLD, size, layout_engine=ImageFont.Layout.BASIC)
    assert all(bold.getlength(line) <= ROOM for line in lines)
    assert len(lines) * size * picture.LEADING <= picture.TITLE_HEIGHT


def test_a_title_is_as_large_as_it_can_be_and_cut_only_when_it_must_be() -> None:
    assert set_title("Stop Brexit") == (76, ["Stop Brexit"])
    size, lines = set_title(TITLE)
    assert " ".join(lines) == TITLE
    assert size > 42
    size, lines = set_title("Wandering words " * 60)
    assert size == 42
    assert lines[-1].endswith("…")
    assert not "".join(lines[:-1]).count("…")


def test_no_picture_has_boxes_for_letters() -> None:
    """A title in a script that the font lacks makes room for our question; its words stand beside the picture."""
    asked = draw(replace(USUAL, title=picture.QUESTION))
    for title in ("“£5m” – No. 5 № … €", "Škoda, Ŵyn, Ðakovo, Tiếng Việt", "Санкции против России", "Ελλάδα"):
        assert can_write(title)
        assert draw(replace(USUAL, title=title)) != asked
    for title in ("制裁", "عقوبات", "Good 👍"):
        assert not can_write(title)
        assert draw(replace(USUAL, title=title)) == asked


def test_what_is_drawn_is_known_by_its_text_and_the_fonts_come_with_their_licence() -> None:
    others = [
        replace(USUAL, title="Other"), replace(USUAL, status="Met"), replace(USUAL, family=None),
        replace(USUAL, facts=""), replace(USUAL, site="Other"), replace(USUAL, accent="#005f3c"),
    ]  # fmt: skip
    assert len({one.version for one in [USUAL, *others]}) == len({draw(one) for one in [USUAL, *others]}) == 7
    assert draw(USUAL) == draw(replace(USUAL, title=f"\u2067{TITLE}\u2069\u200b"))  # marks of direction are not drawn
    assert "Bitstream Vera Fonts Copyright" in (picture.FONTS / "LICENSE.txt").read_text(encoding="utf-8")


def colours(sheet: str, scheme: int) -> dict[str, str]:
    """The colours of a style sheet on light (0) and on dark paper (1)."""
    css = (CHECKOUT / "tracker/static" / sheet).read_text(encoding="utf-8")
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", re.findall(r":root {(.*?)}", css, re.DOTALL)[scheme]))


def test_the_card_and_what_a_campaign_may_choose_have_the_colours_of_the_pages() -> None:
    for scheme, accent, ground_colours in zip((0, 1), (Face.accent, Face.accent_dark), GROUNDS.values(), strict=True):
        site, card = colours("site.css", scheme), colours("card.css", scheme)
        assert (site["accent"], (site["paper"], site["panel"])) == (accent, ground_colours)
        assert card
        assert {name: site[name] for name in card} == card
