"""Forms that other sites send, and forms without the right token: refused, and nobody's typing is lost."""

import pytest

from tests.browser import Browser
from tests.second_step import give_phone
from tests.site import ADA, ED, LOCAL, PRODUCTION, MakeSite, Site
from tests.test_access import typed

EDIT = "/staff/asks/1/edit"
TYPED = {"title": "Typed title", "internal_note": "Typed\nfor an hour", "extra": "<b>"}
BAD_TOKENS = ["", "é", "\ud800", "ImEi.aa.bb"]


def token_of(site: Site, who: str) -> str:
    return typed(site, who)[1]["csrf_token"]


@pytest.mark.parametrize("token", [None, *BAD_TOKENS], ids=repr)
def test_a_wrong_token_is_refused_and_the_typed_text_comes_back(shared_site: Site, token: str | None) -> None:
    browser = shared_site.browser(ED)
    with shared_site.unchanged():
        sent = TYPED if token is None else TYPED | {"csrf_token": token.encode("utf-8", "replace").decode()}
        page = browser.post(EDIT, sent)
        assert page.status == 400
        assert page.h1 == "Your typed text is kept"
        back = page.submit("Bring my form back")
    assert back.status == 200
    assert (back.value("title"), back.value("internal_note")) == (TYPED["title"], TYPED["internal_note"])


def test_the_token_of_another_session_is_refused(shared_site: Site) -> None:
    browser = shared_site.browser(ED)
    for foreign in (token_of(shared_site, ADA), token_of(shared_site, "")):
        with shared_site.unchanged():
            assert browser.post(EDIT, TYPED | {"csrf_token": foreign}).status == 400


@pytest.mark.parametrize("token", [None, *BAD_TOKENS], ids=repr)
def test_signing_in_needs_a_token_too(shared_site: Site, token: str | None) -> None:
    browser = shared_site.browser()
    form = {"email": "ed@example.org", "password": "irrelevant"}
    if token is not None:
        form["csrf_token"] = token.encode("utf-8", "replace").decode()
    with shared_site.unchanged():
        page = browser.post("/staff/sign-in", form)
    assert page.status == 400
    assert page.h1 == "The form was out of date"
    assert "irrelevant" not in page.html


def test_signing_out_needs_a_token_too(shared_site: Site) -> None:
    browser = shared_site.browser(ED)
    assert browser.post("/staff/sign-out", {}).status == 400
    assert browser.get("/staff/").hops == [200]


@pytest.mark.parametrize("name", ["password", "current"])
def test_a_password_is_never_carried_along(shared_site: Site, name: str) -> None:
    browser = shared_site.browser(ADA)
    page = browser.post("/staff/account/password", {name: "a secret of Ada's", "csrf_token": "wrong"})
    assert page.status == 400
    assert "a secret of Ada" not in page.html
    stranger = shared_site.browser().post("/staff/account/password", {name: "a secret of Ada's", "other": "typed"})
    assert stranger.status == 403
    assert "a secret of Ada" not in stranger.html
    assert "typed" in stranger.html


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:8001"},
    {"Origin": "http://[evil"},
    {"Origin": "localhost"},
    {"Origin": ""},
    {"Origin": "http://evil.example@localhost"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
]


@pytest.mark.parametrize(
    ("path", "headers"),
    [*((EDIT, headers) for headers in FOREIGN), ("/staff/sign-in", FOREIGN[0]), ("/staff/sign-out", FOREIGN[0])],
    ids=str,
)
def test_what_another_site_sends_is_refused_whatever_its_token(
    shared_site: Site, path: str, headers: dict[str, str]
) -> None:
    browser, token = typed(shared_site, ADA)
    with shared_site.unchanged():
        response = browser.send("POST", path, data=TYPED | token, headers=headers)
    assert response.status_code == 403
    assert "The request came from another site." in response.text


@pytest.mark.parametrize(
    "headers",
    [{"Origin": LOCAL.site_url}, {"Origin": "https://tracker.example", "Sec-Fetch-Site": "same-origin"}],
    ids=["configured", "said by the browser"],
)
def test_a_proxy_that_drops_host_is_named_and_nobody_is_accused(shared_site: Site, headers: dict[str, str]) -> None:
    browser, token = typed(shared_site, "")
    with shared_site.unchanged():
        response = browser.send("POST", "/staff/sign-in", data=token, headers=headers)
    assert response.status_code == 400
    assert f"The form was sent to {headers['Origin']}, but reached this program as one for localhost." in response.text
    assert "proxy_set_header Host" in response.text
    assert "another site" not in response.text
    assert "may not" not in response.text


def own_posts(browser: Browser, token: dict[str, str], **options: object) -> int:
    return browser.send("POST", EDIT, data=token, **options).status_code


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
                                     {"Sec-Fetch-Site": "none"}], ids=str)  # fmt: skip
def test_what_the_own_site_sends_is_read(shared_site: Site, headers: dict[str, str]) -> None:
    browser, token = typed(shared_site, ADA)
    assert own_posts(browser, token, headers=headers) == 422


def test_what_the_own_site_sends_is_read_in_production(make_site: MakeSite) -> None:
    site = make_site(PRODUCTION)
    give_phone(site, ADA)
    browser, token = typed(site, ADA)
    own = {"base_url": "https://tracker.example"}
    browser.client.set_cookie("__Host-tracker", browser.cookie or "", domain="tracker.example")
    assert own_posts(browser, token, headers={"Origin": "https://tracker.example"}, **own) == 422
    assert own_posts(browser, token, headers={"Origin": "https://evil.example"}, **own) == 403


def test_links_from_other_sites_still_lead_here(shared_site: Site) -> None:
    for path in ("/", "/asks/stop-brexit", "/asks.csv", "/staff/sign-in"):
        headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
        assert shared_site.browser().send("GET", path, headers=headers).status_code == 200
