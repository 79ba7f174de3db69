"""What the site says on standard error: lines of JSON that name nobody and that nobody can make up."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime

import pytest
import sqlalchemy as sa

from tests.site import ADA, CLEO, ED, PASSWORD, Site, email_of
from tests.web.test_imports import NEXT, upload
from tracker.models import Person
from tracker.server import log_to_standard_error


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the log as the server sets it up would write to standard error."""
    root, ours = logging.getLogger(), logging.getLogger("tracker")
    before = [(logger, logger.handlers[:], logger.level) for logger in (root, ours)]
    root.handlers.clear()
    log_to_standard_error()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream := io.StringIO())
    yield stream
    for logger, handlers, level in before:
        logger.handlers[:] = handlers
        logger.setLevel(level)


def said(lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_sign_ins_failures_refusals_and_imports_are_lines(sqlite_site: Site, lines: io.StringIO) -> None:
    browser = sqlite_site.browser()
    form = browser.get("/staff/sign-in")
    form.submit("Sign in", email=email_of(CLEO), password="wrong\nat all")
    form.submit("Sign in", email=email_of(CLEO), password=PASSWORD)
    browser.send("GET", "/staff/people/")
    browser.send("POST", "/staff/sign-out", data={"csrf_token": "wrong"})
    upload(sqlite_site.browser(ED), {"asks.csv": NEXT}).submit("Bring it in")
    cleo = sqlite_site.scalar(sa.select(Person.id).where(Person.email == email_of(CLEO)))
    found = said(lines)
    assert [line["what"] for line in found] == [
        "sign-in failed",
        f"signed in: person {cleo}",
        "denied: may not manage people",
        "csrf: The CSRF token is invalid.",
        "import: 1 rows brought in",
    ]
    assert found[2]["person"] == cleo
    assert [line["page"] for line in found[1:4]] == ["auth.sign_in", "people.index", "auth.sign_out"]
    assert all(datetime.fromisoformat(str(line["at"])).tzinfo for line in found)
    assert not any(known in str(found) for known in (PASSWORD, "wrong", CLEO, ED, email_of(CLEO), "127.0.0.1"))


def test_an_error_is_one_line_without_the_token_of_a_link(sqlite_site: Site, lines: io.StringIO) -> None:
    def broken(**_: str) -> str:
        raise RuntimeError('one\n{"what": "another line"}\r\n')

    sqlite_site.app.view_functions |= {"public.about": broken, "links.choose": broken}
    for path in ("/about", "/staff/link/a-secret-token"):
        assert sqlite_site.browser(ADA).client.get(path).status_code == 500
    line, _ = said(lines)
    assert (line["level"], line["what"], line["page"]) == ("error", "unexpected error", "public.about")
    assert "another line" in str(line["error"])
    assert "a-secret-token" not in str(said(lines))
