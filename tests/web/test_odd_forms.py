"""Every form that somebody is shown, with one field of it missing, doubled, of the wrong type, hostile.

A few of each form here, as an admin; `make torture` sends ROUNDS of each, as everybody, and those on the pages that
answer a form, too. Everything goes back to how it was after each, so what fails can be sent again by itself.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

import pytest
from werkzeug.test import TestResponse

from tests.browser import REDIRECTS, Browser, Page
from tests.examples import make_examples
from tests.markup import parse
from tests.odd_forms import TAG, WAYS, Form, forms_of
from tests.page_checks import check_page
from tests.rewinding import Rewinding
from tests.second_step import give_phone
from tests.site import ADA, CLEO, ED, Site
from tests.test_access import TABLE
from tracker.rules.checks import is_local_path

ROUNDS = int(os.environ.get("TORTURE_ROUNDS", "0"))
EVERYBODY = ("", CLEO, ED, ADA) if ROUNDS else (ADA,)
A_FORM_EACH = ROUNDS or 1
HTML_CHECKED = 0.1 if ROUNDS else 0.3
CODES = {200, 400, 403, 404, 409, 413, 422, 429} | REDIRECTS
# Where a refusal is itself an entry of the log.
DOORS = ("/staff/sign-in", "/staff/confirm", "/staff/account", "/staff/link")
OUTPUTS = [access.example or rule for rule, access in TABLE.items() if access.read and "{" not in access.example]


class Torment:
    """Sends forms, looks at each answer, and puts the database back."""

    def __init__(self, site: Site, seed: str) -> None:
        self.site, self.chance = site, random.Random(seed)
        self.examples = make_examples(site)
        give_phone(site, ED)
        self.browsers = {who: site.browser(who) for who in EVERYBODY}
        self.cookies = {who: self.cookie_with_token(browser) for who, browser in self.browsers.items()}
        self.database = Rewinding(site)
        self.seen: set[tuple[str, ...]] = set()
        self.codes, self.sent, self.faults = Counter[int](), 0, list[str]()

    @staticmethod
    def cookie_with_token(browser: Browser) -> str:
        browser.get("/staff/account" if browser.cookie else "/staff/sign-in")
        return browser.cookie or ""

    def go_back(self, who: str) -> None:
        """Let nothing remain of what was sent."""
        self.database.rewind()
        self.browsers[who].sign_in_with(self.cookies[who])

    @contextmanager
    def from_here(self, who: str) -> Iterator[None]:
        """Within the block go back only to how everything is now."""
        before, self.cookies[who] = self.cookies[who], self.browsers[who].cookie or ""
        with self.database.from_here():
            yield
        self.cookies[who] = before

    def visit(self, who: str) -> Iterator[Page]:
        """Every page with a form of its own that somebody may read."""
        for rule, access in TABLE.items():
            if who in access.read and (access.post or ROUNDS):
                address = (access.example or rule).format_map(self.examples)
                answer = self.send(who, "GET", address)
                if answer.mimetype == "text/html" and answer.status_code == 200:
                    yield Page(self.browsers[who], address, answer, [200])
                self.go_back(who)

    def new_forms(self, who: str, page: Page) -> list[Form]:
        """Those of the page of whose kind none was shown to this person before."""
        found = [form for form in forms_of(page) if (who, *form.kind) not in self.seen]
        self.seen |= {(who, *form.kind) for form in found}
        return found

    def send(self, who: str, method: str, path: str, **options: object) -> TestResponse:
        self.sent += 1
        answer = self.browsers[who].send(method, path, **options)  # which checks headers, and that it is no 5xx
        self.codes[answer.status_code] += 1
        assert answer.status_code in CODES, answer.status
        assert "X-Evil" not in answer.headers
        if answer.mimetype == "text/html" and answer.status_code not in REDIRECTS:
            assert TAG not in answer.text
            if self.chance.random() < HTML_CHECKED:
                check_page(parse(answer.text))
        return answer

    def submit(self, who: str, form: Form) -> TestResponse:
        """Send a form; a refusal changes nothing, and what was let in breaks no page that shows it."""
        if form.method == "GET":
            return self.send(who, "GET", f"{urlsplit(form.action).path}?{form.query}")
        before = self.site.footprint()
        answer = self.send(who, "POST", form.action, **form.body)
        if answer.status_code >= 400 and not form.action.startswith(DOORS) and self.database.has_changed():
            assert self.site.footprint() == before, "a refusal changed something"
        if answer.status_code in REDIRECTS:
            self.follow(who, form.action, answer)
        return answer

    def follow(self, who: str, path: str, answer: TestResponse) -> None:
        location = urljoin(path, (answer.location or "").removeprefix("http://localhost"))
        assert is_local_path(location)
        for address in [location, self.chance.choice(OUTPUTS)]:
            if who or not address.startswith("/staff"):
                assert self.send(who, "GET", address).status_code in {200, 303, 403, 404}, address

    def try_all(self, who: str, form: Form) -> None:
        """Send a form with each field odd in each way, or as many of these as are asked for."""
        cases = [(name, way) for name in form.names for way in WAYS if ROUNDS or name != "csrf_token"]
        for name, way in self.chance.sample(cases, min(A_FORM_EACH, len(cases))):
            with self.noting(f"{form.method} {form.action} “{form.button}”, {name!r} {way}"):
                self.submit(who, form.odd(name, way))
            self.go_back(who)

    @contextmanager
    def noting(self, what: str) -> Iterator[None]:
        """Go on when something is wrong, and tell of it in the end."""
        try:
            yield
        except Exception as error:
            self.faults.append(f"{what}: {error!r}")

    def go_on(self, who: str, form: Form) -> None:
        """To the forms on the pages that answer this one: when it is right, out of date, or without its token."""
        stale = tuple(part for part in form.parts if part.name not in {"version", "seen"})
        unsigned = tuple(part for part in form.parts if part.name != "csrf_token")
        for parts in (form.parts, stale, unsigned):
            with self.noting(f"{form.method} {form.action} “{form.button}” and on"):
                page = self.answer_to(who, replace(form, parts=parts))
                with self.from_here(who):
                    for found in self.new_forms(who, page) if page else []:
                        self.try_all(who, found)
            self.go_back(who)

    def answer_to(self, who: str, form: Form) -> Page | None:
        """The page that answers a form, wherever that sends its sender."""
        answer, path = self.submit(who, form), form.action
        if answer.status_code in REDIRECTS:
            path = urljoin(path, answer.location or "")
            answer = self.send(who, "GET", path)
        if answer.mimetype != "text/html" or answer.status_code in REDIRECTS:
            return None
        return Page(self.browsers[who], path, answer, [answer.status_code])


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.partition(" ")[0] or "stranger")
def test_a_form_with_an_odd_field_is_answered_and_never_breaks_anything(sqlite_site: Site, who: str) -> None:
    torment = Torment(sqlite_site, f"odd forms of {who}")
    for page in torment.visit(who):
        for form in torment.new_forms(who, page):
            torment.try_all(who, form)
            if ROUNDS and form.method == "POST":
                torment.go_on(who, form)
    print(f"{who}: {torment.sent} requests to {len(torment.seen)} kinds of form: {dict(torment.codes)}")  # noqa: T201
    assert not torment.faults, "\n".join(torment.faults)
