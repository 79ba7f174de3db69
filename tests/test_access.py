"""Every address against everybody: who may read it, who may post to it. A new route fails here until it is decided."""

from contextlib import nullcontext
from typing import NamedTuple

import pytest
from flask import session
from flask_wtf.csrf import generate_csrf

from tests.browser import Browser
from tests.examples import make_examples
from tests.factories import make_update
from tests.site import ADA, CLEO, ED, LOCAL, Site, open_app
from tracker.models import Ask

STRANGER = ""
EVERYBODY = (STRANGER, CLEO, ED, ADA)
STAFF = (CLEO, ED, ADA)
EDITORS = (ED, ADA)
ADMINS = (ADA,)
NOBODY: tuple[str, ...] = ()
Who = tuple[str, ...]


class Access(NamedTuple):
    """Who may read and who may post; `example` is an address that the rule matches."""

    read: Who
    post: Who
    example: str = ""


TABLE: dict[str, Access] = {
    "/": Access(EVERYBODY, NOBODY),
    "/.well-known/security.txt": Access(EVERYBODY, NOBODY),
    "/about": Access(EVERYBODY, NOBODY),
    "/accessibility": Access(EVERYBODY, NOBODY),
    "/corrections": Access(EVERYBODY, NOBODY),
    "/unknown": Access(EVERYBODY, NOBODY),
    "/updates": Access(EVERYBODY, NOBODY),
    "/asks/<slug:slug>": Access(EVERYBODY, NOBODY, "/asks/unexplained-wealth-orders"),
    "/asks/<slug:slug>/badge.svg": Access(EVERYBODY, NOBODY, "/asks/unexplained-wealth-orders/badge.svg"),
    "/asks/<slug:slug>/story": Access(EVERYBODY, NOBODY, "/asks/unexplained-wealth-orders/story"),
    "/asks/<slug:slug>/card": Access(EVERYBODY, NOBODY, "/asks/unexplained-wealth-orders/card"),
    "/asks/<slug:slug>/picture.png": Access(EVERYBODY, NOBODY, "/asks/unexplained-wealth-orders/picture.png"),
    "/asks/<slug:slug>/calendar.ics": Access(EVERYBODY, NOBODY, "/asks/unexplained-wealth-orders/calendar.ics"),
    "/asks/<slug:slug>/feed.atom": Access(EVERYBODY, NOBODY, "/asks/unexplained-wealth-orders/feed.atom"),
    "/asks/<slug:slug>/history": Access(EVERYBODY, NOBODY, "/asks/unexplained-wealth-orders/history"),
    "/icon.svg": Access(EVERYBODY, NOBODY),
    "/logo.png": Access(EVERYBODY, NOBODY),
    "/picture.png": Access(EVERYBODY, NOBODY),
    "/sources/<slug:key>": Access(EVERYBODY, NOBODY, "/sources/how-do-we-deal-with-russia"),
    "/bodies/<slug:slug>": Access(EVERYBODY, NOBODY, "/bodies/home-office"),
    "/calendar.ics": Access(EVERYBODY, NOBODY),
    "/feed.atom": Access(EVERYBODY, NOBODY),
    "/healthz": Access(EVERYBODY, NOBODY),
    "/legislation": Access(EVERYBODY, NOBODY),
    "/legislation/<law:key>": Access(EVERYBODY, NOBODY, "/legislation/ukpga/2017/22"),
    "/method": Access(EVERYBODY, NOBODY),
    "/readyz": Access(EVERYBODY, NOBODY),
    "/robots.txt": Access(EVERYBODY, NOBODY),
    "/sitemap.xml": Access(EVERYBODY, NOBODY),
    "/sitemap-<id:number>.xml": Access(EVERYBODY, NOBODY, "/sitemap-1.xml"),
    "/static/<path:filename>": Access(EVERYBODY, NOBODY, "/static/site.css"),
    "/<any(asks, updates, evidence, tests, results, legislation, links, replies, sources, targets):name>.csv": Access(
        EVERYBODY, NOBODY, "/asks.csv"
    ),
    "/api": Access(EVERYBODY, NOBODY),
    "/api/v1/<any(updates, evidence, tests, results, legislation, links, replies, sources, targets):name>": Access(
        EVERYBODY, NOBODY, "/api/v1/updates"
    ),
    "/api/v1/asks": Access(EVERYBODY, NOBODY),
    "/api/v1/asks/<slug:slug>": Access(EVERYBODY, NOBODY, "/api/v1/asks/unexplained-wealth-orders"),
    "/api/v1/legislation/<law:key>": Access(EVERYBODY, NOBODY, "/api/v1/legislation/ukpga/2017/22"),
    "/api/v1/openapi.json": Access(EVERYBODY, NOBODY),
    "/api/v1/statuses": Access(EVERYBODY, NOBODY),
    "/checkpoint.txt": Access(EVERYBODY, NOBODY),
    "/data": Access(EVERYBODY, NOBODY),
    "/data.zip": Access(EVERYBODY, NOBODY),
    "/data.sqlite3": Access(EVERYBODY, NOBODY),
    "/data.xlsx": Access(EVERYBODY, NOBODY),
    "/datapackage.json": Access(EVERYBODY, NOBODY),
    "/staff/sign-in": Access(EVERYBODY, EVERYBODY),
    "/staff/": Access(STAFF, NOBODY),
    "/staff/sign-out": Access(NOBODY, STAFF),
    "/staff/asks/<id:ask_id>/replies/new": Access(EDITORS, EDITORS, "/staff/asks/1/replies/new"),
    "/staff/replies/<id:reply_id>/edit": Access(EDITORS, EDITORS, "/staff/replies/{reply}/edit"),
    "/staff/asks/<id:ask_id>/targets/new": Access(EDITORS, EDITORS, "/staff/asks/1/targets/new"),
    "/staff/targets/<id:target_id>/compare": Access(EDITORS, EDITORS, "/staff/targets/{target}/compare"),
    "/staff/targets/<id:target_id>/erase": Access(EDITORS, EDITORS, "/staff/targets/{target}/erase"),
    "/staff/asks/<id:ask_id>/notes/new": Access(STAFF, STAFF, "/staff/asks/1/notes/new"),
    (
        "/staff/desk/<any("
        "sent_back, record, contradicted, disputed, unanswered, overdue, due, drafts, unverified):section>"
    ): Access(STAFF, NOBODY, "/staff/desk/due"),
    "/staff/post": Access(STAFF, NOBODY),
    "/staff/findings/<id:finding_id>/tell": Access(STAFF, STAFF, "/staff/findings/{finding}/tell"),
    "/staff/findings/<id:finding_id>/dismiss": Access(EDITORS, EDITORS, "/staff/findings/{finding}/dismiss"),
    "/staff/findings/<id:finding_id>/fill": Access(NOBODY, EDITORS, "/staff/findings/{finding}/fill"),
    "/staff/asks/<id:ask_id>/dispute": Access(EDITORS, EDITORS, "/staff/asks/1/dispute"),
    "/staff/asks/<id:ask_id>/dispute/end": Access(EDITORS, EDITORS, "/staff/asks/1/dispute/end"),
    "/staff/approval/": Access(STAFF, NOBODY),
    "/staff/updates/<id:update_id>/approve": Access(EDITORS, EDITORS, "/staff/updates/{waiting}/approve"),
    "/staff/updates/<id:update_id>/withdraw": Access(NOBODY, STAFF, "/staff/updates/{waiting}/withdraw"),
    "/staff/account": Access(STAFF, NOBODY),
    "/staff/account/password": Access(STAFF, STAFF),
    "/staff/account/recovery-codes": Access(STAFF, STAFF),
    "/staff/account/recovery-codes.txt": Access(NOBODY, STAFF),
    "/staff/account/sign-out": Access(NOBODY, STAFF),
    "/staff/account/two-step": Access(STAFF, STAFF),
    "/staff/confirm": Access(STAFF, STAFF),
    "/staff/link/<token>": Access(EVERYBODY, EVERYBODY, "/staff/link/{token}"),
    "/staff/sign-in/code": Access(EVERYBODY, EVERYBODY),
    "/staff/asks/": Access(STAFF, NOBODY),
    "/staff/asks/many": Access(EDITORS, EDITORS),
    "/staff/asks/new": Access(STAFF, STAFF),
    "/staff/asks/<id:ask_id>": Access(STAFF, NOBODY, "/staff/asks/1"),
    "/staff/asks/<id:ask_id>/story": Access(STAFF, NOBODY, "/staff/asks/1/story"),
    "/staff/asks/<id:ask_id>/edit": Access(EDITORS, EDITORS, "/staff/asks/1/edit"),
    "/staff/asks/<id:ask_id>/links/new": Access(EDITORS, EDITORS, "/staff/asks/1/links/new"),
    "/staff/asks/<id:ask_id>/preview": Access(STAFF, NOBODY, "/staff/asks/1/preview"),
    "/staff/asks/<id:ask_id>/review": Access(STAFF, STAFF, "/staff/asks/1/review"),
    "/staff/asks/<id:ask_id>/tests/new": Access(EDITORS, EDITORS, "/staff/asks/1/tests/new"),
    "/staff/asks/<id:ask_id>/updates/<any(status, test, milestone):kind>": Access(
        STAFF, STAFF, "/staff/asks/1/updates/status"
    ),
    "/staff/help": Access(STAFF, NOBODY),
    (
        "/staff/help/<any('first-day', 'update', 'correction', 'new-ask', 'spreadsheet', 'disputes', "
        "'statuses', 'leaving'):page>"
    ): Access(STAFF, NOBODY, "/staff/help/update"),
    "/staff/log": Access(STAFF, NOBODY),
    "/staff/log.csv": Access(ADMINS, NOBODY),
    "/staff/log/<id:number>": Access(STAFF, NOBODY, "/staff/log/1"),
    "/staff/legislation/": Access(STAFF, NOBODY),
    "/staff/legislation/new": Access(STAFF, STAFF),
    "/staff/legislation/<id:law_id>": Access(STAFF, NOBODY, "/staff/legislation/1"),
    "/staff/legislation/<id:law_id>/edit": Access(EDITORS, EDITORS, "/staff/legislation/1/edit"),
    "/staff/links/<id:link_id>/edit": Access(EDITORS, EDITORS, "/staff/links/1/edit"),
    "/staff/bodies/": Access(STAFF, NOBODY),
    "/staff/bodies/<id:body_id>/edit": Access(EDITORS, EDITORS, "/staff/bodies/1/edit"),
    "/staff/import/": Access(EDITORS, EDITORS),
    "/staff/import/paste": Access(EDITORS, EDITORS),
    "/staff/import/<id:upload_id>": Access(NOBODY, EDITORS, "/staff/import/1"),
    "/staff/import/<id:upload_id>/faults.csv": Access(NOBODY, EDITORS, "/staff/import/1/faults.csv"),
    "/staff/sheets/": Access(STAFF, NOBODY),
    "/staff/sheets/template.xlsx": Access(STAFF, NOBODY),
    "/staff/sources/": Access(STAFF, NOBODY),
    "/staff/publishers": Access(STAFF, ADMINS),
    "/staff/sources/new": Access(EDITORS, EDITORS),
    "/staff/sources/<id:source_id>/edit": Access(EDITORS, EDITORS, "/staff/sources/1/edit"),
    "/staff/tests/<id:test_id>/edit": Access(EDITORS, EDITORS, "/staff/tests/1/edit"),
    "/staff/tests/<id:test_id>/<any(archive, restore):action>": Access(EDITORS, EDITORS, "/staff/tests/1/archive"),
    "/staff/updates/<id:update_id>/correct": Access(STAFF, STAFF, "/staff/updates/1/correct"),
    "/staff/updates/<id:update_id>/<any(discard, restore):action>": Access(
        STAFF, STAFF, "/staff/updates/{draft}/discard"
    ),
    "/staff/updates/<id:update_id>/edit": Access(STAFF, STAFF, "/staff/updates/{draft}/edit"),
    "/staff/people/": Access(ADMINS, NOBODY),
    "/staff/people/new": Access(ADMINS, ADMINS),
    "/staff/people/<id:person_id>/link": Access(ADMINS, ADMINS, "/staff/people/3/link"),
    "/staff/people/<id:person_id>/link/<key>": Access(ADMINS, NOBODY, "/staff/people/3/link/{shown}"),
    "/staff/words": Access(ADMINS, ADMINS),
    "/staff/people/<id:person_id>/erase": Access(ADMINS, ADMINS, "/staff/people/3/erase"),
    "/staff/people/<id:person_id>/edit": Access(ADMINS, ADMINS, "/staff/people/1/edit"),
    "/staff/people/<id:person_id>/<any(deactivate, reactivate, 'sign-out', 'reset-two-step'):action>": Access(
        ADMINS, ADMINS, "/staff/people/2/deactivate"
    ),
    "/staff/<any(asks, sources, legislation, links, replies):subject>/<id:row_id>/archive": Access(
        EDITORS, EDITORS, "/staff/links/1/archive"
    ),
    "/staff/<any(asks, sources, legislation, links, replies):subject>/<id:row_id>/publish": Access(
        NOBODY, EDITORS, "/staff/legislation/1/publish"
    ),
    "/staff/<any(asks, sources, legislation, links, replies):subject>/<id:row_id>/restore": Access(
        NOBODY, EDITORS, "/staff/asks/1/restore"
    ),
}
OPEN = {rule for rule, access in TABLE.items() if STRANGER in access.read}
RULES = pytest.mark.parametrize("rule", list(TABLE))
ASKED = pytest.mark.parametrize("who", EVERYBODY, ids=["stranger", "contributor", "editor", "admin"])


@pytest.fixture(scope="module")
def site(shared_site: Site) -> Site:
    return shared_site


@pytest.fixture(scope="module")
def people(site: Site) -> dict[str, Browser]:
    """One browser each for the whole table."""
    return {who: site.browser(who) for who in EVERYBODY}


@pytest.fixture(scope="module")
def examples(site: Site) -> dict[str, object]:
    return make_examples(site)


@pytest.fixture
def address(rule: str, examples: dict[str, object]) -> str:
    return (TABLE[rule].example or rule).format_map(examples)


def typed(site: Site, who: str) -> tuple[Browser, dict[str, str]]:
    """A browser, and a form with the right CSRF token and nothing else in it."""
    browser = site.browser(who)
    with site.app.test_request_context():
        token = str(generate_csrf())
        known = dict(session)
    if who:
        serializer = site.app.session_interface.get_signing_serializer(site.app)  # type: ignore[attr-defined]
        known |= serializer.loads(browser.cookie)
    return browser.sign_in_with(site.signed(known)), {"csrf_token": token}


def test_every_rule_stands_in_the_table() -> None:
    with open_app(LOCAL) as app:
        rules = list(app.url_map.iter_rules())
    assert sorted(TABLE) == sorted(rule.rule for rule in rules)
    for rule in rules:
        access, methods = TABLE[rule.rule], rule.methods or set()
        assert ("GET" in methods, "POST" in methods) == (bool(access.read), bool(access.post)), rule.rule
        assert methods <= {"GET", "HEAD", "OPTIONS", "POST"}


@RULES
@ASKED
def test_reading(site: Site, people: dict[str, Browser], rule: str, who: str, address: str) -> None:
    browser = people[who]
    with site.unchanged():
        got, head = browser.send("GET", address), browser.send("HEAD", address)
    if who in TABLE[rule].read:
        assert got.status_code == (404 if rule == "/logo.png" else 200)  # this site has no logo
    elif not TABLE[rule].read:
        assert got.status_code == 405
    elif who:
        assert got.status_code == 403
        assert "You may not do that" in got.text
    else:
        assert got.status_code == 303
        assert got.location == f"/staff/sign-in?next={address}"
    assert (head.status_code, head.data) == (got.status_code, b"")


@pytest.fixture(scope="module")
def senders(site: Site) -> dict[str, tuple[Browser, dict[str, str]]]:
    """One browser each, and the token of its forms, for all that is sent."""
    return {who: typed(site, who) for who in EVERYBODY}


@RULES
@ASKED
def test_posting(
    site: Site, senders: dict[str, tuple[Browser, dict[str, str]]], rule: str, who: str, address: str
) -> None:
    browser, form = typed(site, who) if rule == "/staff/sign-out" else senders[who]
    with nullcontext() if rule == "/staff/sign-out" else site.unchanged():  # signing out is logged
        response = browser.send("POST", address, data=form)
    if not TABLE[rule].post:
        assert response.status_code == 405
    elif rule == "/staff/sign-out":  # a stranger is signed out already
        assert response.location == "/staff/sign-in"
    elif who not in TABLE[rule].post:
        assert response.status_code == 403
        assert ("Sign in" if not who else "You may not do that") in response.text
    else:  # an empty form: its fields are missing (422), or the version that was seen is (409)
        by_button = rule.endswith(("/publish", "/restore"))  # the record's page says why not
        assert response.status_code in ({303} if by_button else {200, 409, 422})
        assert "You may not do that" not in response.text


@RULES
@pytest.mark.parametrize("who", [STRANGER, ADA], ids=["stranger", "admin"])
def test_other_methods_are_refused(site: Site, people: dict[str, Browser], rule: str, who: str, address: str) -> None:
    browser = people[who]
    with site.unchanged():
        for method in ("PUT", "DELETE", "BREW"):
            response = browser.send(method, address)
            assert response.status_code == 405
            assert set(response.headers["Allow"].split(", ")) <= {"GET", "HEAD", "OPTIONS", "POST"}
        assert browser.send("OPTIONS", address).status_code in ({200, 204} if who or rule in OPEN else {303})


def test_an_address_that_leads_nowhere_is_the_same_for_everybody(people: dict[str, Browser]) -> None:
    """A stranger learns nothing from the difference between a page that is closed and one that is not there."""
    for path in ("/staff/asks/1", "/staff/asks/999999"):
        assert people[STRANGER].send("GET", path).status_code == 303
    for path in ("/staff/nowhere", "/staff/asks/one", "/nowhere"):
        assert {people[who].send("GET", path).status_code for who in EVERYBODY} == {404}
    assert people[ADA].send("GET", "/staff/asks/999999").status_code == 404


def test_a_contributor_may_not_touch_the_draft_of_somebody_else(site: Site) -> None:
    with site.change(ED) as change:
        others = make_update(change, change.session.get_one(Ask, 1), published=False).id
    browser, form = typed(site, CLEO)
    with site.unchanged():
        answers = [
            browser.send("GET", f"/staff/updates/{others}/edit"),
            browser.send("POST", f"/staff/updates/{others}/edit", data=form),
            browser.send("POST", f"/staff/updates/{others}/discard", data=form | {"version": "1"}),
        ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert all("somebody else" in answer.text for answer in answers)


def test_a_contributor_may_not_publish_by_pressing_a_button_that_was_not_offered(site: Site) -> None:
    browser, form = typed(site, CLEO)
    with site.unchanged():
        form |= {"do": "publish", "happened_on": "2026-01-02", "text": "It happened.", "seen": "999999999"}
        form |= {"status": "", "superseded_by_id": ""}
        form |= {"evidence-0-url": "https://example.org/", "evidence-0-title": "A", "evidence-0-type": "independent"}
        answer = browser.send("POST", "/staff/asks/1/updates/milestone", data=form)
    assert answer.status_code == 403
    assert "An editor publishes them" in answer.text
