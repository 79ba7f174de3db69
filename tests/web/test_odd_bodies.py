"""Bodies that no form of the site sends: files, JSON, missing version, too much, broken encodings."""

import io
from typing import Any

import pytest

from tests.browser import Browser
from tests.page_checks import text_of
from tests.site import ADA, Site
from tests.test_access import typed

HUGE = "x" * (2 * 1024 * 1024 + 1)
LARGE_FORM = "x" * (1024 * 1024 + 1)
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
FILE = {"data": {"title": (io.BytesIO(b"a title"), "title.txt")}, "content_type": MULTIPART}
EDIT = "/staff/asks/1/edit"


def in_parts(**named: str) -> dict[str, Any]:
    """A multipart body, made by hand: the test client leaves a large one's file open."""
    parts = [f'--cut\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in named.items()]
    return {"data": ("".join(parts) + "--cut--\r\n").encode(), "content_type": f"{MULTIPART}; boundary=cut"}


@pytest.fixture
def ada(shared_site: Site) -> tuple[Browser, dict[str, str]]:
    return typed(shared_site, ADA)


def test_a_form_that_does_not_say_which_version_was_seen_saves_nothing(
    shared_site: Site, ada: tuple[Browser, dict[str, str]]
) -> None:
    browser, _ = ada
    for path in (EDIT, "/staff/links/1/edit", "/staff/tests/1/edit", "/staff/people/2/deactivate"):
        page = browser.get(path)
        first = next(button for main in page.tree.iter("main") for button in main.iter("button"))
        with shared_site.unchanged():
            answer = browser.post(path, page.sent(text_of(first), without={"version", "seen"}))
        assert answer.status == 409, path
        assert "Somebody else changed this" in answer.text
    page = browser.get(EDIT)
    extra = [("status", "met"), ("publication", "draft"), ("id", "99"), ("is_archived", "1")]
    with shared_site.unchanged():  # only the fields of the form count, and those are as they were
        assert browser.post(EDIT, [*page.sent("Keep"), *extra]).hops == [303, 200]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(FILE, 422, id="file"),
        pytest.param({"json": {"title": 5, "quote": None, "topic": ["a"], "kind": {"a": 1}}}, 422, id="JSON object"),
        pytest.param({"data": b"title=a", "content_type": "text/plain"}, 422, id="plain text"),
        pytest.param({"data": b"", "content_type": URLENCODED}, 422, id="empty"),
        pytest.param({"data": b"title=%FF%FE&quote=%ZZ&topic=%", "content_type": URLENCODED}, 422, id="bad encoding"),
        pytest.param({"data": b"&&&==&=a&%00=%00", "content_type": URLENCODED}, 422, id="no names"),
        pytest.param({"data": {"title": HUGE}}, 413, id="too large"),
        pytest.param(in_parts(title=LARGE_FORM), 413, id="too large a part"),
        pytest.param(in_parts(**{f"p{n}": "x" for n in range(1001)}), 413, id="many parts"),
        pytest.param({"data": b"--x\r\nbroken", "content_type": "multipart/form-data; boundary=x"}, 422, id="cut off"),
    ],
)  # fmt: skip
def test_a_body_that_no_form_sends_is_refused(
    shared_site: Site, ada: tuple[Browser, dict[str, str]], body: dict[str, Any], code: int
) -> None:
    browser, token = ada
    with shared_site.unchanged():
        answer = browser.request("POST", EDIT, headers={"X-CSRFToken": token["csrf_token"]}, **body)
    assert answer.status == code
    assert answer.h1 == {422: "Edit the ask", 413: "That is too large"}[code]
