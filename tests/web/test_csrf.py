"""Forms that other sites send, and forms without the right token: refused, and nobody's typing is lost."""

import pytest

from tests.second_step import give_phone
from tests.site import ADA, ED, LOCAL, PRODUCTION, MakeSite, Site
from tests.test_access import typed

EDIT = "/staff/asks/1/edit"
TYPED = {"title": "Typed title", "internal_note": "Typed\nfor an hour", "extra": "<b>"}
BAD_TOKENS = ["", "é", "\ud800", "ImEi.aa.bb"]


def sent_as(token: str | None) -> dict[str, str]:
    """The token as a field of a form; None leaves it out."""
    return {} if token is None else {"csrf_token": token.encode("utf-8", "replace").decode()}


@pytest.mark.parametrize("token", [None, *BAD_TOKENS], ids=repr)
def test_a_wrong_token_is_refused_and_the_typed_text_comes_back(shared_site: Site, token: str | None) -> None:
    browser = shared_site.browser(ED)
    with shared_site.unchanged():
        page = browser.post(EDIT, TYPED | sent_as(token))
        assert page.status == 400
        assert page.h1 == "Your typed text is kept"
        back = page.submit("Bring my form back")
    assert back.status == 200
    assert (back.value("title"), back.value("internal_note")) == (TYPED["title"], TYPED["internal_note"])


def test_the_token_of_another_session_is_refused(shared_site: Site) -> None:
    browser = shared_site.browser(ED)
    for foreign in (typed(shared_site, who)[1] for who in (ADA, "")):
        with shared_site.unchanged():
            assert browser.post(EDIT, TYPED | foreign).status == 400


@pytest.mark.parametrize("token", [None, *BAD_TOKENS], ids=repr)
def test_signing_in_and_out_need_a_token_too(shared_site: Site, token: str | None) -> None:
    browser = shared_site.browser()
    with shared_site.unchanged():
        form = {"email": "ed@example.org", "password": "irrelevant"}
        page = browser.post("/staff/sign-in", form | sent_as(token))
    assert page.status == 400
    assert page.h1 == "The form was out of date"
    assert "irrelevant" not in page.html
    staff = shared_site.browser(ED)
    assert staff.post("/staff/sign-out", sent_as(token)).status == 400
    assert staff.get("/staff/").hops == [200]


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


ORIGINS = (
    "https://evil.example", "null", "http://localhost.evil.example", "http://localhost:8001", "http://[evil",
    "localhost", "", "http://evil.example@localhost",
)  # fmt: skip
FOREIGN = [
    *({"Origin": origin} for origin in ORIGINS),
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


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
                                     {"Sec-Fetch-Site": "none"}], ids=str)  # fmt: skip
def test_what_the_own_site_sends_is_read(shared_site: Site, headers: dict[str, str]) -> None:
    browser, token = typed(shared_site, ADA)
    assert browser.send("POST", EDIT, data=token, headers=headers).status_code == 422


def test_what_the_own_site_sends_is_read_in_production(make_site: MakeSite) -> None:
    site = make_site(PRODUCTION)
    give_phone(site, ADA)
    browser, token = typed(site, ADA)
    own = {"base_url": "https://tracker.example", "data": token}
    browser.client.set_cookie("__Host-tracker", browser.cookie or "", domain="tracker.example")
    for origin, code in (("https://tracker.example", 422), ("https://evil.example", 403)):
        assert browser.send("POST", EDIT, headers={"Origin": origin}, **own).status_code == code


def test_links_from_other_sites_still_lead_here(shared_site: Site) -> None:
    for path in ("/", "/asks/stop-brexit", "/asks.csv", "/staff/sign-in"):
        headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
        assert shared_site.browser().send("GET", path, headers=headers).status_code == 200
