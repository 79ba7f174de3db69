"""A site under another name, in another colour, on other terms: nothing of the usual ones is left on it."""

import io
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import icalendar
import pyotp
import pytest
from PIL import Image

from tests.site import ED, LOCAL, MakeSite, SeededDatabases, Site, email_of, open_site
from tests.web.test_leaks import public_answers
from tracker.exports.badge import DARK, LIGHT
from tracker.face import GROUNDS, LEAST_CONTRAST, Face, contrast
from tracker.settings import Settings, SettingsError
from tracker.web import build
from tracker.web.staff.account import qr_code

FACE = Face(
    name="Fair Rents Watch",
    claim="Did rents become fair?",
    lede="Five asks of a manifesto, and what became of them.",
    accent="#005f3c",
    accent_dark="#7fd6a4",
    stance="We campaign for fair rents.",
    licence="ODbL 1.0",
    licence_url="https://opendatacommons.org/licenses/odbl/1-0/",
)
USUAL = re.compile("|".join(map(re.escape, [
    Face.name, Face.claim, Face.accent, Face.accent_dark, "CC BY", "CC-BY", "Creative Commons", "creativecommons",
])), re.IGNORECASE)  # fmt: skip
NO_PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
SECRET = "vJ2mQ8xLr5TfWk0ZbY7nHc4PdS9gAe3U"


@pytest.fixture(scope="module")
def other(seeded_databases: SeededDatabases) -> Iterator[Site]:
    with open_site(seeded_databases, replace(LOCAL, face=FACE)) as site:
        yield site


def test_nothing_of_the_usual_face_is_left_in_any_public_answer(other: Site) -> None:
    answers = public_answers(other)
    assert len(answers) > 70
    left = {path: found[0] for path, text in answers.items() if (found := USUAL.search(text))}
    assert left == {}
    bearing = {path for path, text in answers.items() if FACE.name in text}
    assert bearing >= {
        "/", "/about", "/nowhere", "/feed.atom", "/calendar.ics", "/data.zip", "/data.xlsx", "/datapackage.json",
        "/api/v1/openapi.json", "/data", "/staff/sign-in", "POST", "PUT",
    }  # fmt: skip
    terms = {path for path, text in answers.items() if FACE.licence_url in text}
    assert terms >= {"/", "/feed.atom", "/data.zip", "/data.xlsx", "/datapackage.json", "/api/v1/openapi.json", "/api"}


def test_the_words_stand_where_readers_look(other: Site) -> None:
    browser = other.browser()
    assert FACE.claim in browser.get("/").text
    assert browser.get("/").html.count(f'content="{FACE.name}: {FACE.claim}"') == 1
    about = browser.get("/about").text
    assert FACE.lede in about
    assert f"{FACE.stance} So we are not neutral" in about
    assert f"This is not a government service. {FACE.stance}" in browser.get("/method").text
    calendar: Any = icalendar.Calendar.from_ical(browser.send("GET", "/calendar.ics").data)
    assert (calendar["x-wr-calname"], calendar["prodid"]) == (FACE.name, f"-//{FACE.name}//{FACE.name}//EN")


def test_without_a_stance_the_site_takes_no_side_in_words_and_without_a_logo_there_is_none(shared_site: Site) -> None:
    for path in ("/", "/about"):
        page = shared_site.browser().get(path)
        assert "We campaign" not in page.text
        assert "neutral" not in page.text
        assert "<img" not in page.html
    assert shared_site.browser().request("GET", "/logo.png").status == 404


def test_pages_cards_icon_and_pictures_have_the_colour_and_the_policy_allows_it(other: Site) -> None:
    browser = other.browser()
    for path in ("/", "/asks/unexplained-wealth-orders/card", "/staff/sign-in"):
        page = browser.get(path)  # which checks that the policy names the style's hash
        assert f"--accent: {FACE.accent};" in page.html
        assert f"--accent: {FACE.accent_dark};" in page.html
    assert FACE.accent in browser.send("GET", "/icon.svg").text
    accent = tuple(bytes.fromhex(FACE.accent[1:]))
    for path in ("/picture.png", "/asks/unexplained-wealth-orders/picture.png"):
        image = Image.open(io.BytesIO(browser.send("GET", path).data)).convert("RGB")
        assert image.getpixel((600, 5)) == accent


def test_the_authenticator_keeps_the_key_under_the_name(other: Site) -> None:
    page = other.browser(ED).get("/staff/account/two-step")
    key = page.all("code")[0].replace(" ", "")
    address = pyotp.TOTP(key).provisioning_uri(name=email_of(ED), issuer_name=FACE.name)
    assert qr_code(address)[1] in page.html


# --- what is wrong is said at start ---


def read(**environ: str) -> Face:
    return Settings.from_env({"SECRET_KEY": SECRET} | environ).face


def wrong(**environ: str) -> str:
    with pytest.raises(SettingsError) as error:
        read(**environ)
    return str(error.value)


def test_the_face_is_read_from_the_environment() -> None:
    assert read() == Face()
    names = ("name", "claim", "lede", "accent", "accent_dark", "stance")
    given = {f"TRACKER_{name.upper()}": getattr(FACE, name) for name in names}
    assert read(**given, TRACKER_LICENCE=f"{FACE.licence}, {FACE.licence_url}") == FACE


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TRACKER_ACCENT", "#ffdd00", "hard to read on our light paper"),
        ("TRACKER_ACCENT", "#8a7f00", "hard to read on our light paper (contrast 3.6, at least 4.5 is needed)"),
        ("TRACKER_ACCENT_DARK", "#005f3c", "hard to read on our dark paper"),
        ("TRACKER_ACCENT", "green", "write the colour as # and six digits"),
        ("TRACKER_ACCENT", "#0f0", "write the colour as # and six digits"),
        ("TRACKER_ACCENT", "#005f3c;} body{display:none", "write the colour as # and six digits"),
        ("TRACKER_NAME", "x" * 61, "at most 60 characters, not 61"),
        ("TRACKER_CLAIM", "x" * 5000, "at most 120 characters, not 5,000"),
        ("TRACKER_LEDE", "one\ntwo", "must be one line"),
        ("TRACKER_STANCE", "a\x00b", "must be one line"),
        ("TRACKER_NAME", "a\udcffb", "must be one line"),
        ("TRACKER_LICENCE", "ODbL", "give its name and its web address"),
        ("TRACKER_LICENCE", "https://example.org/", "give its name and its web address"),
        ("TRACKER_LICENCE", "ODbL javascript:alert(1)", "give its name and its web address"),
    ],
)
def test_what_nobody_could_read_is_refused_in_one_sentence(name: str, value: str, said: str) -> None:
    message = wrong(**{name: value})
    assert message.startswith(f"{name}: ")
    assert said in message
    assert "\n" not in message


def test_contrast_is_that_of_wcag() -> None:
    for one, other, ratio in (("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#123456", "#123456", 1)):
        assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.005)


def test_words_on_a_button_can_be_read_whatever_the_accent() -> None:
    """They are white, or nearly black: further from the accent than the grounds that are checked."""
    for on, ground in (("#ffffff", GROUNDS["accent"]), ("#2a0e30", GROUNDS["accent_dark"][1:])):
        accent = Face.accent if on == "#ffffff" else Face.accent_dark
        assert contrast(accent, on) >= min(contrast(accent, each) for each in ground) >= LEAST_CONTRAST
    assert [LIGHT.paper, DARK.paper] == [grounds[0] for grounds in GROUNDS.values()]


# --- a logo, and templates of one's own ---


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "public").mkdir()
    return tmp_path


def test_a_logo_stands_before_the_name_and_is_drawn_again(make_site: MakeSite, folder: Path) -> None:
    picture = Image.new("RGB", (1600, 400), "#005f3c")
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    picture.save(folder / "logo.webp", exif=exif, lossless=True)
    browser = make_site(replace(LOCAL, face=replace(FACE, logo=str(folder / "logo.webp")))).browser()
    for path in ("/", "/about", "/nowhere"):
        assert '<img src="/logo.png" alt="" height="32">' in browser.request("GET", path).html
    answer = browser.send("GET", "/logo.png")
    assert answer.mimetype == "image/png"
    assert b"taken at home" not in answer.data
    with Image.open(io.BytesIO(answer.data)) as shown:
        assert shown.size == (384, 96)
        assert shown.convert("RGB").getpixel((5, 5)) == (0, 95, 60)


def test_a_template_of_ones_own_takes_the_place_of_ours_and_may_extend_it(make_site: MakeSite, folder: Path) -> None:
    (folder / "public/about.html").write_text(
        '{% extends "ours/public/about.html" %}{% block title %}Who {{ face.name }} is{% endblock title %}',
        encoding="utf-8",
    )
    browser = make_site(replace(LOCAL, face=replace(FACE, templates=str(folder)))).browser()
    page = browser.get("/about")
    assert page.title == f"Who {FACE.name} is – {FACE.name}"
    assert FACE.lede in page.text
    assert browser.get("/method").h1


def test_what_is_kept_of_one_logo_or_template_is_not_shown_with_another(folder: Path) -> None:
    logo, about = folder / "logo.png", folder / "public/about.html"
    settings = replace(LOCAL, face=replace(FACE, logo=str(logo), templates=str(folder)))
    found = set()
    for colour, words in (("red", "One"), ("blue", "One"), ("blue", "Two")):
        Image.new("RGB", (10, 10), colour).save(logo)
        about.write_text(words, encoding="utf-8")
        build.digests.cache_clear()  # as in a new process
        found.add(build.digest(settings))
    assert len(found) == 3


def test_a_logo_that_is_no_picture_or_cut_off_too_large_or_not_there_is_said_at_start(folder: Path) -> None:
    for content in (b"", b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", NO_PNG):
        (folder / "logo.png").write_bytes(content)
        assert wrong(TRACKER_LOGO=str(folder / "logo.png")).startswith("TRACKER_LOGO: ")
    whole = io.BytesIO()
    Image.effect_noise((200, 200), 90).save(whole, "PNG")
    (folder / "cut.png").write_bytes(whole.getvalue()[:5000])
    Image.new("1", (5000, 5000)).save(folder / "large.png")
    header = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    (folder / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IEND\xaeB`\x82")
    for name in ("cut.png", "large.png", "bomb.png", "none.png", "public"):
        said = wrong(TRACKER_LOGO=str(folder / name))
        assert "cannot be read as a picture in PNG or WebP, of at most 20 million pixels" in said


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("public/about.html", b"{% if %}", "public/about.html, line 1: Expected an expression"),
        ("public/about.html", b"\n{% block title %}", "public/about.html, line 2: Unexpected end of template"),
        ("public/about.html", b"{% trans %}", "public/about.html, line 1: Encountered unknown tag"),
        ("public/about.html", b"\xff", "public/about.html cannot be read as UTF-8"),
        ("public/abuot.html", b"About", "public/abuot.html takes the place of no page of ours"),
        ("public/about.htm", b"About", "public/about.htm takes the place of no page of ours"),
    ],
)
def test_a_template_that_cannot_be_used_is_said_at_start(folder: Path, name: str, content: bytes, said: str) -> None:
    (folder / name).write_bytes(content)
    assert wrong(TRACKER_TEMPLATES=str(folder)).startswith(f"TRACKER_TEMPLATES: {said}")
    assert "none is no folder" in wrong(TRACKER_TEMPLATES=str(folder / "none"))
