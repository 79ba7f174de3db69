"""What a host tells of a page."""

from dataclasses import replace

from tests.rules.problems import fields_of
from tracker.rules.publishers import PublisherDraft, check_publisher, host_of, read_host
from tracker.rules.updates import EvidenceType


def test_a_usual_host_tells_publisher_and_type_and_another_nothing() -> None:
    record = EvidenceType.OFFICIAL_RECORD
    for url, publisher, kind in (
        ("https://www.gov.uk/government/news/1", "GOV.UK", EvidenceType.GOVERNMENT_CLAIM),
        ("https://WWW.BAILII.org:443/ew/cases", "BAILII", record),
        ("https://caselaw.nationalarchives.gov.uk/ewca", "The National Archives", record),
        ("https://amp.theguardian.com/uk", "The Guardian", EvidenceType.INDEPENDENT),
    ):
        known = read_host(url, {})
        assert known is not None
        assert (known.publisher, known.type, known.title) == (publisher, kind, "")
    urls = [
        "", "not an address", "http://[evil", "https://example.org/www.gov.uk", "https://gov.uk.example.org/",
        "https://notbbc.co.uk/", "https://council.gov.uk/", "https://webarchive.nationalarchives.gov.uk/ukgwa/1",
    ]  # fmt: skip
    assert [url for url in urls if read_host(url, {})] == []


def test_our_own_table_goes_before_the_built_in_one() -> None:
    line = EvidenceType.OWN_WORK
    ours = {"news.example.org": ("Example News", line), "bbc.co.uk": ("Our own BBC", line)}
    told = {
        "https://news.example.org/1": "Example News", "https://blog.news.example.org/1": "Example News",
        "https://www.bbc.co.uk/1": "Our own BBC", "https://sport.bbc.co.uk/1": "Our own BBC",
        "https://www.bbc.com/1": "BBC", "https://example.org/1": None, "https://council.gov.uk/1": None,
    }  # fmt: skip
    assert {url: known.publisher if (known := read_host(url, ours)) else None for url in told} == told


def test_a_host_is_read_from_an_address_too_and_what_is_none_is_refused() -> None:
    hosts = {
        "news.example.org": "news.example.org", "https://WWW.Example.org:8080/a?b#c": "example.org",
        "www.example.org/news": "example.org", "zeitung.österreich.at": "zeitung.österreich.at",
    }  # fmt: skip
    assert {typed: host_of(typed) for typed in hosts} == hosts
    lines = [PublisherDraft(host, "Example", EvidenceType.INDEPENDENT) for host in hosts.values()]
    assert [line for line in lines if check_publisher(line)] == []
    for typed in ("", "localhost", "two words.org", "http://[evil", "a." * 130 + "org"):
        assert fields_of(check_publisher(replace(lines[0], host=host_of(typed)))) == ["host"]
    assert fields_of(check_publisher(replace(lines[0], publisher="x" * 201))) == ["publisher"]
