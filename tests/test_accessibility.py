"""Every type of page for everybody: on a narrow phone, in light and dark, and for those who do not see it."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.chromium import OpenContext, served_here
from tests.examples import make_finding
from tests.site import ADA, WEALTH_ORDERS, Site
from tests.web.test_status_change import UNDONE, status_form
from tracker.models import Finding, Update

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
# Each kind of thing on a page: its tag, its class, and the class of what is around it.
KINDS = """() => [...document.body.querySelectorAll('*')]
    .map(element => [element.parentElement.className, element.tagName, element.className].join(' '))"""
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
    with served_here(shared_site.app) as address:
        yield address


def opened(new_context: OpenContext, site: Site, address: str) -> Page:
    """A page of Ada's narrow browser. The policy against scripts is off: the checker itself is one."""
    return site.page_of(ADA, new_context(bypass_csp=True, viewport=NARROW), address)


def filled(site: Site, paths: list[str]) -> list[str]:
    """The addresses with the numbers of the short ask, the newest entry and the newest finding."""
    newest = site.scalar(sa.select(sa.func.max(Update.id)).where(Update.publication == "published"))
    waiting = site.scalar(sa.select(sa.func.max(Update.id)).where(Update.submitted_at.is_not(None)))
    short = site.ask_id("no-constructive-engagement")
    finding = site.scalar(sa.select(sa.func.max(Finding.id)))
    return [path.format(short=short, update=newest, waiting=waiting, finding=finding) for path in paths]


def wrong_with(page: Page, seen: set[str]) -> list[str]:
    """What a narrow phone, the checker, and the checker in the dark have to say about a page.

    In the dark only the contrast is checked again, and only where something stands that none of the `seen` was.
    """
    found = too_wide(page)
    page.evaluate(CHECKER)
    found += violations(page)
    here = set(page.evaluate(KINDS))
    if not here <= seen:
        seen |= here
        page.emulate_media(color_scheme="dark")
        found += [f"in the dark: {what}" for what in violations(page, runOnly=["color-contrast"])]
        page.emulate_media(color_scheme="light")
    return found


def too_wide(page: Page) -> list[str]:
    """What a narrow phone says: nothing where the page fits."""
    width = page.evaluate("document.scrollingElement.scrollWidth")
    return [f"{width} pixels wide"] if width > NARROW["width"] else []


def violations(page: Page, **options: object) -> list[str]:
    """What the checker, which is on the page already, finds wrong: the rule and the place."""
    run = "options => axe.run({resultTypes: ['violations'], ...options}).then(results => results.violations)"
    return [f"{rule['help']}: {[node['html'] for node in rule['nodes']]}" for rule in page.evaluate(run, options)]


@pytest.mark.slow
def test_every_type_of_page_is_fit_for_everybody(shared_site: Site, address: str, new_context: OpenContext) -> None:
    page = opened(new_context, shared_site, address)
    found, seen = {}, set[str]()
    for path in filled(shared_site, LOOKED_AT):
        page.goto(address + path)
        found[path] = wrong_with(page, seen)
    for path in MEASURED:
        page.goto(address + path)
        found[path] = too_wide(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


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
        assert wrong_with(page, set()) == []


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
