"""What other sites show in their pages: a badge and a card with the status of the day, and nothing else of ours."""

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from xml.etree.ElementTree import Element, fromstring

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext
from werkzeug.serving import make_server

from tests.browser import Page
from tests.markup import parse_by_standard
from tests.site import LONDON_PROPERTY, PRODUCTION, MakeSite, Site
from tracker.exports import badge
from tracker.models import Ask
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.status import Family, Status

ASK = f"/asks/{LONDON_PROPERTY}"
TITLE = "Expose who owns London property held through offshore companies"
NASTY = "\"><script>alert('x')</script> & “Škoda”"
SVG = "{http://www.w3.org/2000/svg}"
OpenContext = Callable[..., BrowserContext]


def drawn(site: Site, path: str = f"{ASK}/badge.svg") -> Element:
    response = site.browser().send("GET", path)
    assert (response.status_code, response.mimetype) == (200, "image/svg+xml")
    return fromstring(response.data)


def words(tree: Element) -> list[str]:
    return [text.text or "" for text in tree.iter(f"{SVG}text")]


def set_values(site: Site, **values: object) -> None:
    site.execute(sa.update(Ask).where(Ask.slug == LONDON_PROPERTY).values(**values))


def test_a_badge_says_the_status_in_words_with_its_shape(shared_site: Site) -> None:
    tree = drawn(shared_site)
    assert words(tree) == ["Partly met", "Policy ask tracker"]
    assert tree.findtext(f"{SVG}title") == f"Partly met: {TITLE} – Policy ask tracker"
    assert (tree.get("role"), tree.get("aria-labelledby")) == ("img", tree.find(f"{SVG}title").get("id"))  # type: ignore[union-attr]
    (status,) = [group for group in tree.iter(f"{SVG}g") if group.get("class") == "partly_met"]
    assert len(status.findall(f"{SVG}g/{SVG}path")) == 2
    assert "prefers-color-scheme:dark" in (tree.findtext(f"{SVG}style") or "")


@pytest.mark.parametrize("status", Status)
def test_every_text_of_a_badge_lies_inside_it(status: Status) -> None:
    tree = fromstring(badge.draw(status.label, status.family, status.label, "Policy ask tracker"))
    ends = [0]
    for text in tree.iter(f"{SVG}text"):
        assert int(text.get("x", "")) > ends[-1]
        ends.append(int(text.get("x", "")) + int(text.get("textLength", "")))
        share = int(text.get("textLength", "")) / len(text.text or "") / int(text.get("font-size", ""))
        assert 0.45 < share < 0.85
    assert ends[-1] < int(tree.get("width", ""))


def test_each_family_has_a_shape_of_its_own() -> None:
    assert len({badge.SHAPES[family] for family in Family}) == len(Family)


def test_a_change_of_status_is_on_the_badge_and_on_the_card(site: Site) -> None:
    set_values(site, status="met", status_reason="All is done.", reviewed_on=PartialDate("2026-02-25"))
    assert words(drawn(site))[0] == "Met"
    card = site.browser().get(f"{ASK}/card")
    assert "Met All is done. Checked 25 February 2026." in card.text
    assert card.tree.find("head/meta[@name='robots']").get("content") == "noindex"  # type: ignore[union-attr]


def test_a_card_is_small_and_leads_out_of_its_frame(shared_site: Site) -> None:
    card = shared_site.browser().get(f"{ASK}/card")
    assert card.h1 == TITLE
    (link,) = card.tree.iter("a")
    assert (link.get("href"), link.get("target")) == (ASK, "_top")
    assert "Partly met" in card.text
    assert len(card.html) < 6000


def test_an_archived_ask_says_that_it_is_no_longer_followed(sqlite_site: Site) -> None:
    set_values(sqlite_site, publication=Publication.ARCHIVED)
    assert words(drawn(sqlite_site))[0] == "No longer followed"
    assert "No longer followed." in sqlite_site.browser().get(f"{ASK}/card").text


def test_what_is_typed_cannot_break_out(sqlite_site: Site) -> None:
    set_values(sqlite_site, title=NASTY, status_reason=NASTY)
    assert (drawn(sqlite_site).findtext(f"{SVG}title") or "").startswith(f"Partly met: {NASTY}")
    assert sqlite_site.browser().get(f"{ASK}/card").h1 == NASTY
    badge_code, card_code = codes(sqlite_site.browser().get(ASK))
    image = next(parse_by_standard(f"<!DOCTYPE html><html lang=en><title>-</title>{badge_code}").iter("img"))
    frame = next(parse_by_standard(f"<!DOCTYPE html><html lang=en><title>-</title>{card_code}").iter("iframe"))
    assert (image.get("alt"), frame.get("title")) == (f"Status of “{NASTY}”", f"Status of “{NASTY}”")


def codes(page: Page) -> list[str]:
    """The two codes to copy."""
    return ["".join(code.itertext()) for code in page.tree.iter("code") if "<" in "".join(code.itertext())]


def test_the_code_to_copy_leads_to_what_it_names(make_site: MakeSite) -> None:
    browser = make_site(PRODUCTION).browser()
    page = Page(browser, ASK, browser.send("GET", ASK, base_url="https://tracker.example"), [200])
    found = re.findall(r'(?:src|href)="https://tracker\.example(/[^"]+)"', " ".join(codes(page)))
    assert found == [ASK, f"{ASK}/badge.svg", f"{ASK}/card"]
    for path in found:
        assert browser.send("GET", path, base_url="https://tracker.example").status_code == 200


def test_bad_addresses_get_a_clear_answer(sqlite_site: Site) -> None:
    browser, names = sqlite_site.browser(), ("badge.svg", "card", "picture.png")
    sqlite_site.execute(
        sa.text(f"INSERT INTO former_slug (slug, ask_id) VALUES ('older', {sqlite_site.ask_id(LONDON_PROPERTY)})")
    )
    for name in names:
        assert browser.send("GET", f"/asks/never-there/{name}").status_code == 404
        assert browser.send("GET", f"{ASK}/{name}?colour=red").status_code == 200
        moved = browser.send("GET", f"/asks/older/{name}")
        assert (moved.status_code, moved.location) == (301, f"{ASK}/{name}")
    set_values(sqlite_site, publication=Publication.DRAFT)
    assert [browser.send("GET", f"{ASK}/{name}").status_code for name in names] == [404] * 3


@pytest.fixture(scope="module")
def address(shared_site: Site) -> Iterator[str]:
    """The shared site on a port."""
    server = make_server("127.0.0.1", 0, shared_site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture(scope="module")
def foreign(address: str) -> Iterator[str]:
    """Somebody else's site: at /kept with our badge and our card, at /refused with the whole page of an ask."""
    pages = {
        "/kept": f'<img src="{address}{ASK}/badge.svg"><iframe name="ours" src="{address}{ASK}/card"></iframe>',
        "/refused": f'<iframe name="ours" src="{address}{ASK}"></iframe>',
    }

    class Blog(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f'<!DOCTYPE html><link rel="icon" href="data:,">{pages[self.path]}'.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Blog)
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


def test_another_site_can_show_badge_and_card(new_context: OpenContext, foreign: str) -> None:
    page = new_context().new_page()
    page.goto(f"{foreign}/kept")
    assert page.evaluate("document.images[0].naturalWidth") > 100
    card = page.frame("ours")
    assert card
    assert card.inner_text("h1").strip() == TITLE
    card.click("h1 a")
    page.wait_for_url(f"**{ASK}")
    assert page.inner_text("h1").strip() == TITLE


def test_another_site_cannot_frame_a_page(browser: Browser, foreign: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{foreign}/refused")
        frame = page.frame("ours")
        assert frame
        assert TITLE not in frame.content()


def test_a_badge_by_itself_keeps_its_colours(new_context: OpenContext, address: str) -> None:
    """The content security policy lets its one style through."""
    page = new_context(color_scheme="dark").new_page()
    page.goto(f"{address}{ASK}/badge.svg")
    colour = page.evaluate("getComputedStyle(document.querySelector('.label')).fill")
    assert colour == "rgb(229, 180, 67)"
