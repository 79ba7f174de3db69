"""Every type of page for everybody: on a narrow phone, in light and dark, and for those who do not see it."""

import logging
import threading
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page
from werkzeug.serving import make_server

from tests.examples import make_finding
from tests.site import ADA, WEALTH_ORDERS, Site
from tests.web.test_status_change import UNDONE, status_form
from tracker.models import Finding, Update

OpenContext = Callable[..., BrowserContext]
SHORT = "/staff/asks/{short}"
LOOKED_AT = [
    "/", "/?q=sanction&family=met", "/?on=2019-06-30", "/asks/overseas-territories-registers",
    "/asks/no-constructive-engagement", "/asks/uk-magnitsky-sanctions?on=2018-06-30", "/legislation",
    "/legislation/ukpga/2017/22", "/method", "/about", "/data", "/api", "/updates", "/corrections", "/accessibility",
    "/unknown", "/?status=nonsense", "/sources/how-do-we-deal-with-russia", "/bodies/home-office",
    f"/asks/{WEALTH_ORDERS}/story",
    f"/asks/{WEALTH_ORDERS}/card",
    "/nowhere", "/staff/sign-in", "/staff/", "/staff/help", "/staff/help/update", f"{SHORT}/story",
    "/staff/asks/", SHORT, f"{SHORT}/edit", f"{SHORT}/preview",
    f"{SHORT}/updates/status", f"{SHORT}/links/new", "/staff/updates/{update}/correct", "/staff/legislation/2",
    "/staff/sources/", "/staff/bodies/", "/staff/sheets/", "/staff/asks/new", "/staff/import/paste",
    f"{SHORT}/tests/new",
    "/asks/crown-dependencies-registers", "/legislation/uksi/2021/488", "/staff/targets/1/compare",
    "/staff/targets/1/erase", "/staff/asks/1/targets/new", "/staff/publishers",
    "/staff/findings/{finding}/tell", "/staff/findings/{finding}/dismiss",
    "/staff/import/", f"/asks/{WEALTH_ORDERS}/history", "/staff/log", "/staff/log/1",
    "/staff/people/", "/staff/people/2/deactivate", "/staff/words",
    "/staff/account", "/staff/account/two-step", "/staff/account/recovery-codes", "/staff/confirm", "/staff/people/new",
    "/staff/people/2/link", "/staff/sign-in/code",
]  # fmt: skip
MEASURED = [
    "/?family=met&q=russia", "/?q=no+such+zebra", f"/asks/{WEALTH_ORDERS}", "/asks/uk-magnitsky-sanctions",
    "/?sort=title&status=partly_met", "/legislation/bill/2017-19/157", "/?family=none", "/staff/asks/11",
    "/staff/legislation/", "/staff/legislation/2/edit", "/staff/people/2/edit", "/staff/account/password",
    "/staff/people/3/sign-out",
    "/staff/asks/11/review", "/staff/asks/999999",
]  # fmt: skip
CHECKER = Axe().axe_script
NARROW = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def address(shared_site: Site) -> Iterator[str]:
    """The shared site on a port, with a draft, a correction and typed words of every length."""
    form = status_form(shared_site, shared_site.browser(ADA))
    long = {"reason": "Long" * 30, "evidence_0_title": "https://example.org/" + "a" * 150}
    form.submit("Publish", **UNDONE | long)
    form.submit("Keep as a draft", **UNDONE | {"text": "W" * 300})
    form.submit("Send for approval", **UNDONE | {"text": "V" * 300, "status": "rejected"})
    with shared_site.change() as change:
        make_finding(change)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, shared_site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


def opened(new_context: OpenContext, site: Site, address: str) -> Page:
    """A page of Ada's narrow browser. The policy against scripts is off: the checker itself is one."""
    context = new_context(bypass_csp=True, viewport=NARROW)
    context.add_cookies([{"name": "tracker", "value": site.cookie_of(ADA), "url": address}])
    return context.new_page()


def filled(site: Site, paths: list[str]) -> list[str]:
    """The addresses with the numbers of the short ask, the newest entry and the newest finding."""
    newest = site.scalar(sa.select(sa.func.max(Update.id)).where(Update.publication == "published"))
    waiting = site.scalar(sa.select(sa.func.max(Update.id)).where(Update.submitted_at.is_not(None)))
    short = site.ask_id("no-constructive-engagement")
    finding = site.scalar(sa.select(sa.func.max(Finding.id)))
    return [path.format(short=short, update=newest, waiting=waiting, finding=finding) for path in paths]


def wrong_with(page: Page) -> list[str]:
    """What a narrow phone, the checker, and the checker in the dark have to say about a page."""
    found: list[str] = []
    if (width := page.evaluate("document.scrollingElement.scrollWidth")) > NARROW["width"]:
        found.append(f"{width} pixels wide")
    page.evaluate(CHECKER)
    found += violations(page)
    page.emulate_media(color_scheme="dark")
    found += [f"in the dark: {what}" for what in violations(page, runOnly=["color-contrast"])]
    page.emulate_media(color_scheme="light")
    return found


def violations(page: Page, **options: object) -> list[str]:
    """What the checker, which is on the page already, finds wrong: the rule and the place."""
    run = "options => axe.run({resultTypes: ['violations'], ...options}).then(results => results.violations)"
    return [f"{rule['help']}: {[node['html'] for node in rule['nodes']]}" for rule in page.evaluate(run, options)]


def test_every_type_of_page_is_fit_for_everybody(shared_site: Site, address: str, new_context: OpenContext) -> None:
    """In the dark only the contrast is checked again: all else is the same page."""
    page = opened(new_context, shared_site, address)
    found = {}
    for path in filled(shared_site, LOOKED_AT):
        page.goto(address + path)
        if wrong := wrong_with(page):
            found[path] = wrong
    assert found == {}


def test_no_page_scrolls_sideways_on_a_narrow_phone(shared_site: Site, address: str, new_context: OpenContext) -> None:
    page = opened(new_context, shared_site, address)
    widths = {}
    for path in MEASURED:
        page.goto(address + path)
        widths[path] = page.evaluate("document.scrollingElement.scrollWidth")
    assert {path: width for path, width in widths.items() if width > NARROW["width"]} == {}


def test_what_an_import_would_do_is_fit_for_everybody(
    shared_site: Site, address: str, new_context: OpenContext
) -> None:
    page = opened(new_context, shared_site, address)
    header, long = "ask_slug,next_step,deadline_note\r\n", "https://example.org/" + "a" * 150
    for row in (f"stop-brexit,{long},Soon\r\n", f"stop-brexit,{long},{'Long' * 60}\r\n"):
        page.goto(f"{address}/staff/import/")
        content = (header + row).encode()
        page.set_input_files("#files", {"name": "asks.csv", "mimeType": "text/csv", "buffer": content})
        page.click("main button")
        assert page.inner_text("h1") in {"What would happen", "Nothing can come in yet"}
        assert wrong_with(page) == []


def test_a_refused_form_can_be_heard_as_well_as_seen(shared_site: Site, address: str, new_context: OpenContext) -> None:
    page = opened(new_context, shared_site, address)
    page.goto(f"{address}/staff/asks/11/updates/status")
    page.fill("#text", "Something.")
    page.click("button[value='publish']")
    page.evaluate(CHECKER)
    assert violations(page) == []
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.click(".error-summary a[href='#happened_on']")
    assert page.evaluate("document.activeElement.id") == "happened_on"
    described = page.get_attribute("#happened_on", "aria-describedby") or ""
    assert "Fill in “When did it happen?”." in " ".join(page.inner_text(f"#{name}") for name in described.split())
