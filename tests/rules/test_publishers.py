"""What a host tells of a page."""

import pytest

from tracker.rules.publishers import PublisherDraft, check_publisher, host_of, read_host
from tracker.rules.updates import EvidenceType


@pytest.mark.parametrize(
    ("url", "publisher", "kind"),
    [
        ("https://www.gov.uk/government/news/1", "GOV.UK", EvidenceType.GOVERNMENT_CLAIM),
        ("https://www.legislation.gov.uk/ukpga/2017/22", "legislation.gov.uk", EvidenceType.OFFICIAL_RECORD),
        ("https://hansard.parliament.uk/commons/2018-03-14", "Hansard", EvidenceType.OFFICIAL_RECORD),
        ("https://WWW.BAILII.org:443/ew/cases", "BAILII", EvidenceType.OFFICIAL_RECORD),
        ("https://caselaw.nationalarchives.gov.uk/ewca", "The National Archives", EvidenceType.OFFICIAL_RECORD),
        ("https://amp.theguardian.com/uk", "The Guardian", EvidenceType.INDEPENDENT),
    ],
)
def test_a_usual_host_tells_publisher_and_type(url: str, publisher: str, kind: EvidenceType) -> None:
    known = read_host(url, {})
    assert known is not None
    assert (known.publisher, known.type, known.title) == (publisher, kind, "")


@pytest.mark.parametrize(
    "url",
    [
        "", "not an address", "http://[evil", "https://example.org/www.gov.uk", "https://gov.uk.example.org/",
        "https://notbbc.co.uk/", "https://council.gov.uk/", "https://webarchive.nationalarchives.gov.uk/ukgwa/1",
    ],
)  # fmt: skip
def test_another_host_tells_nothing(url: str) -> None:
    assert read_host(url, {}) is None


@pytest.mark.parametrize(
    ("url", "publisher"),
    [
        ("https://news.example.org/1", "Example News"), ("https://blog.news.example.org/1", "Example News"),
        ("https://www.bbc.co.uk/1", "Our own BBC"), ("https://sport.bbc.co.uk/1", "Our own BBC"),
        ("https://www.bbc.com/1", "BBC"), ("https://example.org/1", None), ("https://council.gov.uk/1", None),
    ],
)  # fmt: skip
def test_our_own_table_goes_before_the_built_in_one(url: str, publisher: str | None) -> None:
    line = EvidenceType.OWN_WORK
    known = read_host(url, {"news.example.org": ("Example News", line), "bbc.co.uk": ("Our own BBC", line)})
    assert (known.publisher if known else None) == publisher


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("news.example.org", "news.example.org"), ("https://WWW.Example.org:8080/a?b#c", "example.org"),
        ("www.example.org/news", "example.org"), ("zeitung.österreich.at", "zeitung.österreich.at"),
    ],
)  # fmt: skip
def test_a_host_is_read_from_an_address_too(typed: str, host: str) -> None:
    assert host_of(typed) == host
    assert check_publisher(PublisherDraft(host_of(typed), "Example", EvidenceType.INDEPENDENT)) == []


@pytest.mark.parametrize(
    ("typed", "publisher", "field"),
    [
        ("", "Example", "host"), ("localhost", "Example", "host"), ("two words.org", "Example", "host"),
        ("http://[evil", "Example", "host"), ("a." * 130 + "org", "Example", "host"),
        ("example.org", "x" * 201, "publisher"),
    ],
)  # fmt: skip
def test_what_is_no_line_of_the_table_is_refused(typed: str, publisher: str, field: str) -> None:
    problems = check_publisher(PublisherDraft(host_of(typed), publisher, EvidenceType.INDEPENDENT))
    assert [problem.field for problem in problems] == [field]
