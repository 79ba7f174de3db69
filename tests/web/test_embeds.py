"""What other sites show in their pages: a badge, a card and a picture with the status of the day, nothing else."""

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from xml.etree.ElementTree import Element, fromstring

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser

from tests.markup import parse_by_standard
from tests.site import LONDON_PROPERTY, Site
from tests.web.test_cache import PUBLIC, Asked
from tracker.exports import badge, picture
from tracker.face import Face
from tracker.models import Ask
from tracker.rules.dates import PartialDate
from tracker.rules.status import Family, Status

ASK = f"/asks/{LONDON_PROPERTY}"
TITLE = "Expose who owns London property held through offshore companies"
NASTY = "\"><script>alert('x')</script> & “Škoda”"
Serve = Callable[[Flask], str]
LEADS = ("a", "img", "iframe")
SVG = "{http://www.w3.org/2000/svg}"


def drawn(site: Site) -> Element:
    response = site.browser().send("GET", f"{ASK}/badge.svg")
    assert (response.status_code, response.mimetype) == (200, "image/svg+xml")
    return fromstring(response.data)


def words(tree: Element) -> list[str]:
    return [text.text or "" for text in tree.iter(f"{SVG}text")]


def test_a_badge_says_the_status_with_its_shape_and_a_card_is_small_and_leads_out_of_its_frame(
    shared_site: Site,
) -> None:
    tree = drawn(shared_site)
    assert words(tree) == ["Partly met", "Policy ask tracker"]
    assert tree.findtext(f"{SVG}title") == f"Partly met: {TITLE} – Policy ask tracker"
    assert (tree.get("role"), tree.get("aria-labelledby")) == ("img", tree.find(f"{SVG}title").get("id"))  # type: ignore[union-attr]
    (status,) = [group for group in tree.iter(f"{SVG}g") if group.get("class") == "partly_met"]
    assert len(status.findall(f"{SVG}g/{SVG}path")) == 2
    style = tree.findtext(f"{SVG}style") or ""
    assert "prefers-color-scheme:dark" in style
    assert b64encode(sha256(style.encode()).digest()).decode() == badge.STYLE_HASH, "else browsers leave it out"
    card = shared_site.browser().get(f"{ASK}/card")
    assert [(link.get("href"), link.get("target")) for link in card.tree.iter("a")] == [(ASK, "_top")]
    assert "Partly met" in card.text
    assert card.tree.find("head/meta[@name='robots']").get("content") == "noindex"  # type: ignore[union-attr]
    assert len(card.html) < 6000


def test_every_text_of_a_badge_lies_inside_it_and_each_family_has_a_shape_of_its_own() -> None:
    assert len({badge.SHAPES[family] for family in Family}) == len(Family)
    for status in Status:
        tree = fromstring(badge.draw(status.label, status.family, status.label, "Policy ask tracker"))
        ends = [0]
        for text in tree.iter(f"{SVG}text"):
            assert int(text.get("x", "")) > ends[-1]
            ends.append(int(text.get("x", "")) + int(text.get("textLength", "")))
            share = int(text.get("textLength", "")) / len(text.text or "") / int(text.get("font-size", ""))
            assert 0.45 < share < 0.85
        assert ends[-1] < int(tree.get("width", ""))


def test_a_change_is_on_the_badge_the_card_and_the_picture_and_cannot_break_out(sqlite_site: Site) -> None:
    browser = sqlite_site.browser()
    before = picture_of(sqlite_site)
    change = sa.update(Ask).where(Ask.slug == LONDON_PROPERTY)
    values = {"status": "met", "status_reason": "All is done.", "reviewed_on": PartialDate("2026-02-25")}
    sqlite_site.execute(change.values(**values))
    assert words(drawn(sqlite_site))[0] == "Met"
    assert "Met All is done. Checked 25 February 2026." in browser.get(f"{ASK}/card").text

    sqlite_site.execute(change.values(title=NASTY, status_reason=NASTY))
    assert (drawn(sqlite_site).findtext(f"{SVG}title") or "").startswith(f"Met: {NASTY}")
    assert browser.get(f"{ASK}/card").h1 == NASTY
    codes = [code for code in map("".join, map(Element.itertext, browser.get(ASK).tree.iter("code"))) if "<" in code]
    copied = parse_by_standard(f"<!DOCTYPE html><html lang=en><title>-</title><p>{'</p><p>'.join(codes)}</p>")
    said = [element.get("alt") or element.get("title") for element in copied.iter() if element.get("src")]
    assert said == [f"Status of “{NASTY}”"] * 2
    leads = [element.get("href", element.get("src", "")) for element in copied.iter() if element.tag in LEADS]
    assert leads == [f"http://127.0.0.1:8000{ASK}{part}" for part in ("", "/badge.svg", "/card")]
    asked = Asked(sqlite_site)
    assert picture_of(sqlite_site) == picture_of(sqlite_site) != before
    assert asked.count == 1, "it is drawn once for all who ask"


def picture_of(site: Site) -> bytes:
    """The picture of the ask, which is that of what the ask is now."""
    response = site.browser().send("GET", f"{ASK}/picture.png")
    assert (response.status_code, response.mimetype) == (200, "image/png")
    assert response.headers["Cache-Control"] == PUBLIC
    with site.reading() as session:
        ask = session.scalars(sa.select(Ask).where(Ask.slug == LONDON_PROPERTY)).one()
        now = picture.of_ask(ask.title, ask.status, ask.status_on, ask.reviewed_on, Face())
    assert response.data == picture.draw(now)
    return bytes(response.data)


def test_another_site_shows_badge_and_card_and_cannot_frame_a_page(
    sqlite_site: Site, live_server: Serve, browser: Browser
) -> None:
    address = live_server(sqlite_site.app)
    card, whole = (f'<iframe src="{address}{ASK}{name}"></iframe>' for name in ("/card", ""))
    blog = Flask("blog")
    blog.add_url_rule("/", view_func=lambda: f'<img src="{address}{ASK}/badge.svg">{card}{whole}')
    with browser.new_context(color_scheme="dark") as context:
        page = context.new_page()
        page.goto(live_server(blog))
        assert page.evaluate("document.images[0].naturalWidth") > 100
        shown, refused = page.frames[1:]
        assert shown.inner_text("h1").strip() == TITLE
        assert TITLE not in refused.content()
        page.goto(f"{address}{ASK}/badge.svg")
        colour = page.evaluate("getComputedStyle(document.querySelector('.label')).fill")
        assert colour == "rgb(229, 180, 67)", "its one style is let through"
