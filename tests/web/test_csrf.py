"""Forms that other sites send, and forms without the right token: refused, and nobody's typing is lost."""

import pytest

from tests.second_step import give_phone
from tests.site import ADA, ED, LOCAL, PRODUCTION, MakeSite, Site
from tests.test_access import typed

EDIT = "/staff/asks/1/edit"
TYPED = {"title": "Typed title", "internal_note": "Typed\nfor an hour", "extra": "<b>"}


@pytest.mark.parametrize("token", [None, "", "é", "\ud800", "ImEi.aa.bb"], ids=repr)
def test_a_wrong_token_is_refused_and_the_typed_text_comes_back(shared_site: Site, token: str | None) -> None:
    form = {} if token is None else {"csrf_token": token.encode("utf-8", "replace").decode()}
    browser = shared_site.browser(ED)
    with shared_site.unchanged():
        page = browser.post(EDIT, TYPED | form)
        assert (page.status, page.h1) == (400, "Your typed text is kept")
        back = page.submit("Bring my form back")
        assert back.status == 200
        assert (back.value("title"), back.value("internal_note")) == (TYPED["title"], TYPED["internal_note"])
        sent = {"email": "ed@example.org", "password": "secret one"}
        door = shared_site.browser().post("/staff/sign-in", sent | form)
        assert (door.status, door.h1) == (400, "The form was out of date")
        assert "secret one" not in door.html
        assert browser.post("/staff/sign-out", form).status == 400
    assert browser.get("/staff/").hops == [200]


def test_a_password_is_never_carried_along(shared_site: Site) -> None:
    form = {"password": "a secret of Ada's", "current": "a secret of Ada's", "other": "typed"}
    for name, status in ((ADA, 400), ("", 403)):
        page = shared_site.browser(name).post("/staff/account/password", form | {"csrf_token": "wrong"})
        assert page.status == status
        assert "a secret of Ada" not in page.html
        assert "typed" in page.html


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
OWN = [{}, {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}]


def test_what_another_site_sends_is_refused_whatever_its_token_and_what_the_own_site_sends_is_read(
    shared_site: Site,
) -> None:
    browser, token = typed(shared_site, ADA)
    for foreign in (typed(shared_site, who)[1] for who in (ED, "")):  # the token of another session
        with shared_site.unchanged():
            assert browser.post(EDIT, TYPED | foreign).status == 400
    doors = [("/staff/sign-in", FOREIGN[0]), ("/staff/sign-out", FOREIGN[0])]
    for path, headers in [*((EDIT, headers) for headers in FOREIGN), *doors]:
        with shared_site.unchanged():
            response = browser.send("POST", path, data=TYPED | token, headers=headers)
        assert response.status_code == 403, headers
        assert "The request came from another site." in response.text
    for headers in OWN:
        assert browser.send("POST", EDIT, data=token, headers=headers).status_code == 422, headers
    for path in ("/", "/asks/stop-brexit", "/asks.csv", "/staff/sign-in"):  # links still lead here
        headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
        assert shared_site.browser().send("GET", path, headers=headers).status_code == 200


def test_a_proxy_that_drops_host_is_named_and_nobody_is_accused(shared_site: Site) -> None:
    browser, token = typed(shared_site, "")
    said_by_the_browser = {"Origin": "https://tracker.example", "Sec-Fetch-Site": "same-origin"}
    for headers in ({"Origin": LOCAL.site_url}, said_by_the_browser):
        with shared_site.unchanged():
            response = browser.send("POST", "/staff/sign-in", data=token, headers=headers)
        assert response.status_code == 400
        told = f"The form was sent to {headers['Origin']}, but reached this program as one for localhost."
        assert told in response.text
        assert "proxy_set_header Host" in response.text
        assert "another site" not in response.text
        assert "may not" not in response.text


def test_what_the_own_site_sends_is_read_in_production(make_site: MakeSite) -> None:
    site = make_site(PRODUCTION)
    give_phone(site, ADA)
    browser, token = typed(site, ADA)
    own = {"base_url": "https://tracker.example", "data": token}
    browser.client.set_cookie("__Host-tracker", browser.cookie or "", domain="tracker.example")
    for origin, code in (("https://tracker.example", 422), ("https://evil.example", 403)):
        assert browser.send("POST", EDIT, headers={"Origin": origin}, **own).status_code == code
