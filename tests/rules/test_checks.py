"""Which links may be published, what lies in the future, and where a person may be sent after signing in."""

from datetime import date
from urllib.parse import urljoin, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.checks import URL_LENGTH, check_url, is_local_path, not_future
from tracker.rules.dates import PartialDate
from tracker.rules.errors import Problem

HERE = "https://tracker.example.org/staff/sign-in"
PUBLISHED = [
    "https://www.legislation.gov.uk/ukpga/2018/13", "HTTPS://Example.ORG", "https://example.org:8443/a?b=c&d=//e#f",
    "https://web.archive.org/web/2018/http://example.org/", "https://bücher.example/straße",
    "https://203.0.113.7/report.pdf", "https://example.org./", "https://example.org/" + "a" * (URL_LENGTH - 20),
]  # fmt: skip
REFUSED = {
    "must begin with https": [
        "javascript:alert(1)", "JaVaScRiPt://example.org/%0aalert(1)", "data:text/html,<script>alert(1)</script>",
        "ftp://example.org/file", "blob:https://example.org/1", "//example.org/", "www.example.org",
        "example.org:443/", "",
    ],
    "public website": [
        "https:", "https:///path", "https:example.org", "https:/example.org", "https://localhost./",
        "https://intranet:8000/", "https://.", "https://[::1]/", "https://?a.b", "https://#a.b",
    ],
    "user name": ["https://ada:secret@example.org/", "https://:@example.org/", "https://www.gov.uk\\@evil.example/"],
    "no spaces": ["https://exa mple.org/", "https://example.org/\n", "java\tscript:alert(1)", "https://a.org/a\u00a0b"],
    "nobody can see": ["https://exa\u202emple.org/"],
    "not a valid": ["http://[evil].example", "https://example.org:port/", "https://example.org:99999/"],
    "longer than": ["https://example.org/" + "a" * (URL_LENGTH - 19)],
}  # fmt: skip
LOCAL = ["/", "/staff/", "/asks/one?on=2019#u-2", "/staff/asks/1/edit?next=//x", "/a:b", "/é"]
ELSEWHERE = [
    "", "staff", "evil.example", "?next=/", "#top", ".//evil.example",
    "//evil.example", "///evil.example", "//evil.example/%2f..", "//evil.example@tracker",
    "/\\evil.example", "/\\/evil.example", "\\\\evil.example", "\\/evil.example", "/a\\b",
    "https://evil.example", "https:evil.example", "https:/evil.example", "HTTPS://evil.example", "http:///evil.example",
    "javascript:alert(1)", "data:text/html,x", "mailto:a@b.example", "https://tracker.example.org/staff/",
    "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\t//evil.example", "\n//evil.example",
    " //evil.example", " /staff", "/ /evil.example", "/\x00/evil.example", "\x00//evil.example",
    "/\x7f/evil.example", "/staff\r\nSet-Cookie: a=b", "java\tscript:alert(1)", "http://[evil", "//[evil",
]  # fmt: skip


def test_web_addresses_with_a_host_are_published_and_others_refused_with_a_reason() -> None:
    assert [(text, check_url(text)) for text in PUBLISHED] == [(text, None) for text in PUBLISHED]
    for why, texts in REFUSED.items():
        assert [text for text in texts if why not in (check_url(text) or "accepted")] == []


@given(st.text() | st.from_regex(r"\A(?:https?:)?[/\\]{0,3}[\[\]@:.a-z0-9%?#]{0,20}\Z"))
def test_no_text_makes_the_check_fail_and_what_passes_leads_to_a_website(text: str) -> None:
    if check_url(text) is None:
        parts = urlsplit(text)
        assert parts.scheme in {"http", "https"}
        assert "." in (parts.hostname or "")
        assert "@" not in parts.netloc


def test_only_paths_of_this_site_are_followed_after_signing_in() -> None:
    assert [path for path in LOCAL + ELSEWHERE if is_local_path(path)] == LOCAL


@given(st.text() | st.from_regex(r"\A[/\\:.\t\n\r a-z%@?#\[\]]{0,12}\Z"))
def test_a_path_that_passes_stays_on_this_site(text: str) -> None:
    if is_local_path(text):
        there = urlsplit(urljoin(HERE, text))
        assert (there.scheme, there.netloc) == ("https", "tracker.example.org")


def test_only_what_cannot_have_happened_yet_lies_in_the_future() -> None:
    today = date(2018, 3, 19)
    for text in ("2018", "2018-03", "2018-03-19", "1999-12-31"):
        assert not_future(PartialDate(text), today, "made_on") == []
    for text in ("2019", "2018-04", "2018-03-20"):
        assert not_future(PartialDate(text), today, "made_on") == [Problem("This date lies in the future.", "made_on")]
    assert not_future(None, today, "made_on") == []
