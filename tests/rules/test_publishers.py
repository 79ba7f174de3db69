"""What a host tells of a page."""

import pytest

from tracker.rules.publishers import read_host
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
    known = read_host(url)
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
    assert read_host(url) is None
