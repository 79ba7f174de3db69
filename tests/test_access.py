"""Every address against everybody: who may read it, who may post to it. A new route fails here until it is decided."""

import re
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
People = dict[str, tuple[Browser, dict[str, str]]]

RULES_OF: dict[tuple[Who, Who], list[str]] = {  # who may read, and who may post
    (EVERYBODY, EVERYBODY): [
        "/staff/sign-in", "/staff/link/<token>", "/staff/sign-in/code",
    ],
    (EVERYBODY, NOBODY): [
        "/", "/.well-known/security.txt", "/about", "/accessibility", "/corrections", "/unknown", "/updates",
        "/asks/<slug:slug>", "/asks/<slug:slug>/badge.svg", "/asks/<slug:slug>/story", "/asks/<slug:slug>/card",
        "/asks/<slug:slug>/picture.png", "/asks/<slug:slug>/calendar.ics", "/asks/<slug:slug>/feed.atom",
        "/asks/<slug:slug>/history", "/icon.svg", "/logo.png", "/picture.png", "/sources/<slug:key>",
        "/bodies/<slug:slug>", "/calendar.ics", "/feed.atom", "/healthz", "/legislation", "/legislation/<law:key>",
        "/method", "/readyz", "/robots.txt", "/sitemap.xml", "/sitemap-<id:number>.xml", "/static/<path:filename>",
        "/<any(asks, updates, evidence, tests, results, legislation, links, replies, sources, targets):name>.csv",
        "/api", "/api/v1/<any(updates, evidence, tests, results, legislation, links, replies, sources, targets):name>",
        "/api/v1/asks", "/api/v1/asks/<slug:slug>", "/api/v1/legislation/<law:key>", "/api/v1/openapi.json",
        "/api/v1/statuses", "/checkpoint.txt", "/data", "/data.zip", "/data.sqlite3", "/data.xlsx", "/datapackage.json",
    ],
    (STAFF, STAFF): [
        "/staff/asks/<id:ask_id>/notes/new", "/staff/findings/<id:finding_id>/tell", "/staff/account/password",
        "/staff/account/recovery-codes", "/staff/account/two-step", "/staff/confirm", "/staff/asks/new",
        "/staff/asks/<id:ask_id>/review", "/staff/asks/<id:ask_id>/updates/<any(status, test, milestone):kind>",
        "/staff/legislation/new", "/staff/updates/<id:update_id>/correct",
        "/staff/updates/<id:update_id>/<any(discard, restore):action>", "/staff/updates/<id:update_id>/edit",
    ],
    (STAFF, ADMINS): [
        "/staff/publishers",
    ],
    (STAFF, NOBODY): [
        "/staff/",
        "/staff/desk/<any("
        "sent_back, record, contradicted, disputed, unanswered, overdue, due, drafts, unverified):section>",
        "/staff/post", "/staff/approval/", "/staff/account", "/staff/asks/", "/staff/asks/<id:ask_id>",
        "/staff/asks/<id:ask_id>/story", "/staff/asks/<id:ask_id>/preview", "/staff/help",
        "/staff/help/<any("
        "'first-day', 'update', 'correction', 'new-ask', 'spreadsheet', 'disputes', 'statuses', 'leaving'):page>",
        "/staff/log", "/staff/log/<id:number>", "/staff/legislation/", "/staff/legislation/<id:law_id>",
        "/staff/bodies/", "/staff/sheets/", "/staff/sheets/template.xlsx", "/staff/sources/",
    ],
    (EDITORS, EDITORS): [
        "/staff/asks/<id:ask_id>/replies/new", "/staff/replies/<id:reply_id>/edit",
        "/staff/asks/<id:ask_id>/targets/new", "/staff/targets/<id:target_id>/compare",
        "/staff/targets/<id:target_id>/erase", "/staff/findings/<id:finding_id>/dismiss",
        "/staff/asks/<id:ask_id>/dispute", "/staff/asks/<id:ask_id>/dispute/end",
        "/staff/updates/<id:update_id>/approve", "/staff/asks/many", "/staff/asks/<id:ask_id>/edit",
        "/staff/asks/<id:ask_id>/links/new", "/staff/asks/<id:ask_id>/tests/new", "/staff/legislation/<id:law_id>/edit",
        "/staff/links/<id:link_id>/edit", "/staff/bodies/<id:body_id>/edit", "/staff/import/", "/staff/import/paste",
        "/staff/sources/new", "/staff/sources/<id:source_id>/edit", "/staff/tests/<id:test_id>/edit",
        "/staff/tests/<id:test_id>/<any(archive, restore):action>",
        "/staff/<any(asks, sources, legislation, links, replies):subject>/<id:row_id>/archive",
    ],
    (ADMINS, ADMINS): [
        "/staff/people/new", "/staff/people/<id:person_id>/link", "/staff/words", "/staff/people/<id:person_id>/erase",
        "/staff/people/<id:person_id>/edit",
        "/staff/people/<id:person_id>/<any(deactivate, reactivate, 'sign-out', 'reset-two-step'):action>",
    ],
    (ADMINS, NOBODY): [
        "/staff/log.csv", "/staff/people/", "/staff/people/<id:person_id>/link/<key>",
    ],
    (NOBODY, STAFF): [
        "/staff/sign-out", "/staff/updates/<id:update_id>/withdraw", "/staff/account/recovery-codes.txt",
        "/staff/account/sign-out",
    ],
    (NOBODY, EDITORS): [
        "/staff/findings/<id:finding_id>/fill", "/staff/import/<id:upload_id>",
        "/staff/import/<id:upload_id>/faults.csv",
        "/staff/<any(asks, sources, legislation, links, replies):subject>/<id:row_id>/publish",
        "/staff/<any(asks, sources, legislation, links, replies):subject>/<id:row_id>/restore",
    ],
}  # fmt: skip
# What stands for each part of a rule; in braces the records of tests/examples.py.
PARTS = {
    "slug:slug": "unexplained-wealth-orders", "law:key": "ukpga/2017/22", "id:reply_id": "{reply}",
    "id:target_id": "{target}", "id:finding_id": "{finding}", "id:update_id": "{draft}", "id:person_id": "3",
    "key": "{shown}", "token": "{token}", "path:filename": "site.css",
}  # fmt: skip
OTHERS = {
    "/sources/<slug:key>": "/sources/how-do-we-deal-with-russia",
    "/bodies/<slug:slug>": "/bodies/home-office",
    "/staff/updates/<id:update_id>/correct": "/staff/updates/1/correct",
    "/staff/updates/<id:update_id>/approve": "/staff/updates/{waiting}/approve",
    "/staff/updates/<id:update_id>/withdraw": "/staff/updates/{waiting}/withdraw",
    "/staff/people/<id:person_id>/edit": "/staff/people/1/edit",
}


class Access(NamedTuple):
    """Who may read and who may post; `example` is an address that the rule matches."""

    read: Who
    post: Who
    example: str


def example_of(rule: str) -> str:
    """The rule with something in place of each part: the first choice where there is one, else usually 1."""

    def instead(part: re.Match[str]) -> str:
        choice = re.match(r"any\('?([\w-]+)", part[1])
        return choice[1] if choice else PARTS.get(part[1], "1")

    return OTHERS.get(rule) or re.sub("<(.+?)>", instead, rule)


TABLE = {rule: Access(*who, example_of(rule)) for who, rules in RULES_OF.items() for rule in rules}
RULES = pytest.mark.parametrize("rule", TABLE)


@pytest.fixture(scope="module")
def site(shared_site: Site) -> Site:
    return shared_site


@pytest.fixture(scope="module")
def examples(site: Site) -> dict[str, object]:
    return make_examples(site)


@pytest.fixture(scope="module")
def people(site: Site) -> People:
    """One browser each for the whole table, and the token of its forms."""
    return {who: typed(site, who) for who in EVERYBODY}


@pytest.fixture
def address(rule: str, examples: dict[str, object]) -> str:
    return TABLE[rule].example.format_map(examples)


def asked(may: Who) -> list[str]:
    """Everybody who may not, and of those who may the least and Ada."""
    return [who for who in EVERYBODY if who not in may or who in {may[0], ADA}]


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
def test_reading(site: Site, people: People, rule: str, address: str) -> None:
    may = TABLE[rule].read
    with site.unchanged():
        for who in asked(may) if may else (STRANGER, ADA):
            got = people[who][0].send("GET", address)
            if who in may:
                assert got.status_code == (404 if rule == "/logo.png" else 200), who  # this site has no logo
            elif not may:
                assert got.status_code == 405, who
            elif who:
                assert got.status_code == 403, who
                assert "You may not do that" in got.text
            else:
                assert got.status_code == 303
                assert got.location == f"/staff/sign-in?next={address}"
            if who != ADA:
                head = people[who][0].send("HEAD", address)
                assert (head.status_code, head.data) == (got.status_code, b""), who


@RULES
def test_posting(site: Site, people: People, rule: str, address: str) -> None:
    may, signs_out = TABLE[rule].post, rule == "/staff/sign-out"
    with nullcontext() if signs_out else site.unchanged():  # signing out is logged
        for who in asked(may) if may else (STRANGER, ADA):
            browser, form = typed(site, who) if signs_out else people[who]
            response = browser.send("POST", address, data=form)
            if not may:
                assert response.status_code == 405, who
            elif signs_out:  # a stranger is signed out already
                assert response.location == "/staff/sign-in", who
            elif who not in may:
                assert response.status_code == 403, who
                assert ("Sign in" if not who else "You may not do that") in response.text
            else:  # an empty form: its fields are missing (422), or the version that was seen is (409)
                by_button = rule.endswith(("/publish", "/restore"))  # the record's page says why not
                assert response.status_code in ({303} if by_button else {200, 409, 422}), who
                assert "You may not do that" not in response.text


@RULES
def test_other_methods_are_refused(site: Site, people: People, rule: str, address: str) -> None:
    with site.unchanged():
        for who in (STRANGER, ADA):
            for method in ("PUT", "DELETE", "BREW"):
                response = people[who][0].send(method, address)
                assert response.status_code == 405, (who, method)
                assert set(response.headers["Allow"].split(", ")) <= {"GET", "HEAD", "OPTIONS", "POST"}
            is_open = who or STRANGER in TABLE[rule].read
            assert people[who][0].send("OPTIONS", address).status_code in ({200, 204} if is_open else {303}), who


def test_an_address_that_leads_nowhere_is_the_same_for_everybody(
    people: People,
) -> None:
    """A stranger learns nothing from the difference between a page that is closed and one that is not there."""
    for path in ("/staff/asks/1", "/staff/asks/999999"):
        assert people[STRANGER][0].send("GET", path).status_code == 303
    for path in ("/staff/nowhere", "/staff/asks/one", "/nowhere"):
        assert {people[who][0].send("GET", path).status_code for who in EVERYBODY} == {404}
    assert people[ADA][0].send("GET", "/staff/asks/999999").status_code == 404


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
