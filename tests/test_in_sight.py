"""What a reader sees first, on a phone and on a laptop, and that a page keeps its shape whatever it holds."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page

from tests.chromium import OpenContext, Serve
from tests.factories import make_ask, make_law, make_link, make_test, make_update
from tests.site import ED, WEALTH_ORDERS, Site
from tracker.models import Ask
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.rules.updates import Result
from tracker.services import asks

PHONE, LAPTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


def opened(new_context: OpenContext, address: str, viewport: dict[str, int]) -> Page:
    page = new_context(java_script_enabled=False, viewport=viewport).new_page()
    page.goto(address)
    return page


def top(page: Page, selector: str) -> float:
    """How far down the page an element begins."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["y"]


def bottom(page: Page, selector: str) -> float:
    """How far down the page an element ends."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


@pytest.mark.parametrize(("viewport", "screens"), [(PHONE, 2), (LAPTOP, 1)], ids=["phone", "laptop"])
def test_the_first_ask_is_near_and_where_an_ask_stands_and_hits_are_in_sight(
    shared_site: Site, live_server: Serve, new_context: OpenContext, viewport: dict[str, int], screens: int
) -> None:
    address = live_server(shared_site.app)
    first = opened(new_context, address, viewport)
    assert bottom(first, ".masthead") < 70, "one row"
    assert bottom(first, "h1") < viewport["height"]
    assert bottom(first, ".ask h4") < screens * viewport["height"]
    assert bottom(opened(new_context, f"{address}/?q=russia", viewport), ".ask h2") < viewport["height"]
    for slug in (WEALTH_ORDERS, "overseas-territories-registers"):
        page = opened(new_context, f"{address}/asks/{slug}", viewport)
        assert bottom(page, ".standing") < viewport["height"], slug
        assert top(page, "#tests li") < screens * viewport["height"], slug


def test_what_is_folded_on_a_screen_is_open_on_paper(
    shared_site: Site, live_server: Serve, new_context: OpenContext
) -> None:
    page = opened(new_context, f"{live_server(shared_site.app)}/asks/{WEALTH_ORDERS}", LAPTOP)
    folded = page.locator("#law details .facts").first
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.is_visible()
    assert not page.locator("header button").is_visible()


LONG = "Донаудампфшиффахртсэлектризитэтенгауптбетрибсверк" * 2
OTHERS = ("법" * 90, "ا" * 90, "W" * 100, "A test in plain words with a place")


def make_extremes(site: Site) -> None:
    """An ask with twenty tests and sixty entries, and one with nothing."""
    with site.change(ED) as change:
        make_ask(change, published=True, slug="bare", title="A", summary="B.", quote="C", topic="D")
        ask = make_ask(change, slug="full", title=LONG[:100], summary=" ".join(OTHERS), quote=LONG * 3, topic="W" * 40)
        tests = [
            make_test(change, ask, key=f"t-{number}", label=f"{OTHERS[number % 4]} {number}") for number in range(20)
        ]
        for number in range(60):
            make_update(
                change,
                ask,
                happened_on=PartialDate(f"{2000 + number // 12}-{number % 12 + 1:02}"),
                text=OTHERS[number % 4] * 2,
                results=((tests[number % 20].id, Result.NOT_MET),) if number < 20 else (),
            )
        for number in range(12):
            law = make_law(change, title=f"{OTHERS[number % 4]} Act {number}", citation=f"2019 c. {900 + number}")
            make_link(change, ask, law, provisions="s. " + "9" * 60, extent=("England", "Wales"))
        make_update(change, ask, status=Status.ANNOUNCED, happened_on=PartialDate("2018-01-01"), reason=LONG)
        asks.publish_ask(change, ask, None)


@pytest.mark.slow
def test_a_page_keeps_its_shape_whatever_it_holds(
    sqlite_site: Site, live_server: Serve, new_context: OpenContext
) -> None:
    make_extremes(sqlite_site)
    address, wide = live_server(sqlite_site.app), {}
    for path in (
        "/",
        "/?q=test",
        "/asks/full",
        "/asks/full/story",
        "/asks/full?on=2019-01-01",
        "/asks/bare",
        "/unknown",
    ):
        page = opened(new_context, address + path, LAPTOP)
        for width in (320, 360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 740})
            if (found := page.evaluate("document.scrollingElement.scrollWidth")) > width:
                wide[path, width] = found
    assert wide == {}


@pytest.mark.parametrize(("viewport", "scrolled"), [(LAPTOP, 0), (LAPTOP, 400), (PHONE, 1200)])
def test_a_row_that_was_looked_at_is_in_sight_and_no_other_button_is_under_the_pointer(
    sqlite_site: Site, live_server: Serve, new_context: OpenContext, viewport: dict[str, int], scrolled: int
) -> None:
    sqlite_site.execute(sa.update(Ask).values(review_interval_days=1, reviewed_on=PartialDate("2026-01-01")))
    address = live_server(sqlite_site.app)
    page = sqlite_site.page_of(ED, new_context(java_script_enabled=False, viewport=viewport), address)
    page.goto(f"{address}/staff/")
    page.evaluate(f"scrollTo(0, {scrolled})")
    tops = page.locator("#due ~ ul form").evaluate_all("forms => forms.map(form => form.getBoundingClientRect().top)")
    nearest = min(range(len(tops)), key=lambda number: abs(tops[number] - viewport["height"] / 2))
    button = page.locator("#due ~ ul form button").nth(nearest)
    row = f"#{button.evaluate('button => button.closest(`li`).id')}"
    before, place = top(page, row), button.bounding_box()
    assert place is not None
    with page.expect_navigation():
        page.mouse.click(place["x"] + 20, place["y"] + 10)
    assert page.locator(f"{row} [role=status]:focus").count() == 1
    assert 0 <= top(page, f"{row} [role=status]") < viewport["height"]
    assert (
        page.locator("#due ~ ul .button").first.evaluate("button => getComputedStyle(button).animationName") == "wait"
    )
    if not scrolled:
        assert top(page, row) == before
        found = f"document.elementFromPoint({place['x'] + 20}, {place['y'] + 10})"
        assert page.evaluate(f"{found}.closest('{row}') !== null && {found}.closest('a, button') === null")
