"""The session cookie, and how the site behaves in production: flags, HTTPS, host names."""

from tests.page_checks import SECURITY_HEADERS
from tests.site import ED, LOCAL, PASSWORD, PRODUCTION, MakeSite, Site, email_of

HTTPS = "https://tracker.example"


def test_the_cookie_is_bound_to_its_host_and_no_script_reads_it(make_site: MakeSite) -> None:
    for settings, address, expected, more in (
        (LOCAL, "http://localhost", "tracker=", []),
        (PRODUCTION, HTTPS, "__Host-tracker=", ["Secure"]),
    ):
        browser = make_site(settings).browser()
        form = browser.get("/staff/sign-in", base_url=address)
        sent = dict(form.sent("Sign in", email=email_of(ED), password=PASSWORD))
        response = browser.send("POST", "/staff/sign-in", data=sent, base_url=address)
        assert response.status_code == 303
        (cookie,) = [each for each in response.headers.getlist("Set-Cookie") if "tracker=" in each]
        name, *flags = cookie.split("; ")
        assert name.startswith(expected)
        assert sorted(flags) == ["HttpOnly", "Path=/", "SameSite=Lax", *more]


FOREIGN = (
    "evil.example", "tracker.example.evil.example", "evil.example:443", "a b", "", "[", "tracker.example@evil",
)  # fmt: skip
# Of two lines the server makes one.
JOINED = ("localhost,localhost", "localhost, evil.example", "evil.example,localhost", "tracker.example,evil.example")


def test_production_demands_https_and_refuses_foreign_host_names(make_site: MakeSite, shared_site: Site) -> None:
    browser = make_site(PRODUCTION).browser()
    for path in ("/", "/asks.csv", "/static/site.css", "/healthz", "/nowhere", "/staff/", "/staff/sign-in"):
        answer = browser.send("GET", path, base_url=HTTPS)
        assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert "Strict-Transport-Security" not in shared_site.browser().send("GET", "/").headers, "on one's own machine"
    assert browser.send("POST", "/staff/sign-in", headers={"Host": "evil.example"}).status_code == 400
    for host in ("127.0.0.1:8000", "localhost", "tracker.example"):
        assert browser.send("GET", "/healthz", headers={"Host": host}).status_code == 200

    for host in (*FOREIGN, *JOINED):
        for path in ("/", "/asks.csv", "/staff/", "/staff", "/static/site.css"):
            answer = browser.send("GET", path, base_url=HTTPS, headers={"Host": host})
            assert answer.status_code == 400
            assert "a proxy in front must pass on Host" in answer.text
            assert not host or host not in answer.text
            assert "Location" not in answer.headers
    for host in JOINED:  # nor on one's own machine, nor where a probe may ask by any name
        for path in ("/", "/staff/sign-in", "/healthz"):
            assert shared_site.browser().send("GET", path, headers={"Host": host}).status_code == 400


def test_a_cookie_that_is_not_ours_signs_nobody_in(shared_site: Site) -> None:
    good = shared_site.cookie_of(ED)
    payload, _, rest = good.partition(".")
    bad = {
        "one letter changed": good[:-5] + ("A" if good[-5] != "A" else "B") + good[-4:],
        "payload changed": payload[:-2] + "AA." + rest,
        "no signature": payload,
        "empty": "",
        "not base64": "!!!.???.***",
        "8 kilobytes": "x" * 8192,
        "compressed": "." + good,
        "compressed rubbish": ".eJwz.aa.bb",
        "not ASCII": "é𝄞",
        "a quote": '"',
        "NUL": "a%00b",
        "two, of which one is cut": f"{good[:-3]}abc; tracker=bad",
        "two, of which one is empty": f"; tracker={good[:-3]}abc",
    }
    for kind, cookie in bad.items():
        raw = f"tracker={cookie}".encode().decode("latin-1")
        for path in ("/staff/", "/staff/sign-in", "/"):
            answer = shared_site.browser().send("GET", path, headers={"Cookie": raw})
            assert answer.status_code == (303 if path == "/staff/" else 200), kind
            assert "Signed in as" not in answer.text


ODD_VALUES: list[dict[str, object]] = [
    {}, {"token": None}, {"token": ["x"]}, {"token": ""}, {"token": "x" * 3000}, {"token": "\ud800"},
    {"token": "\x00"}, {"csrf_token": 5}, {"person_id": 1, "role": "admin"}, {"csrf_token": None, "token": True},
]  # fmt: skip


def test_a_signed_cookie_with_odd_contents_signs_nobody_in(shared_site: Site) -> None:
    for values in ODD_VALUES:
        browser = shared_site.browser().sign_in_with(shared_site.signed(values))
        assert browser.send("GET", "/staff/").status_code == 303, values
        assert browser.client.get("/staff/sign-in").status_code == 200, values
        assert browser.client.post("/staff/asks/1/edit", data={"title": "a"}).status_code == 403, values


def test_pages_of_errors_carry_every_header_even_when_everything_failed(sqlite_site: Site) -> None:
    def broken() -> str:
        raise RuntimeError("a secret detail")

    sqlite_site.app.view_functions["public.about"] = broken
    answer = sqlite_site.browser().client.get("/about")
    assert answer.status_code == 500
    assert "a secret detail" not in answer.text
    assert "Traceback" not in answer.text
    assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert answer.headers["Cache-Control"] == "no-store"
