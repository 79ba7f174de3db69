"""Each record of the research is told with its page as evidence, or stands in `research.csv` with the reason why not.

The records are numbered as the two rounds of research number them: the facts of 22 November 2026 and the revision of a
week later. A page stands as a digest of its address, for some addresses hold the name of a person.
"""

import re
from hashlib import sha256
from pathlib import Path

import pytest

from tests.exported import read
from tests.seeds.reading import ASKS, Record, opened, published

RECORDS = read((Path(__file__).parent / "research.csv").read_text(encoding="utf-8"))
TOLD_FROM_ITS_PAGE = [record for record in RECORDS if record["page"]]


def digest(address: str) -> str:
    return sha256(re.sub(r"^https?://(www\.)?", "", address).rstrip("/").encode()).hexdigest()[:16]


def name(record: dict[str, str]) -> str:
    return f"{record['file']} {record['number']}"


def told(record: dict[str, str]) -> Record:
    """The published entry that tells the record."""
    story = published(ASKS[record["ask_slug"]]["updates"])
    return next(update for update in story if update["key"] == record["told_in"])


@pytest.mark.parametrize(("file", "count"), [("facts", 112), ("revision-2", 81)])
def test_every_record_is_listed_once(file: str, count: int) -> None:
    assert [int(record["number"]) for record in RECORDS if record["file"] == file] == list(range(1, count + 1))


@pytest.mark.parametrize("record", TOLD_FROM_ITS_PAGE, ids=name)
def test_what_is_told_has_its_page_as_evidence(record: dict[str, str]) -> None:
    pieces = opened(told(record))
    addresses = [piece[field] for piece in pieces for field in ("url", "archived_url") if field in piece]
    assert record["page"] in {digest(address) for address in addresses}


def test_what_is_told_from_another_page_or_left_out_says_why() -> None:
    for record in RECORDS:
        assert bool(record["page"]) != bool(record["note"]), name(record)
        law = record["told_in"].removeprefix("link ")
        if law != record["told_in"]:
            assert law in {link["legislation"] for link in published(ASKS[record["ask_slug"]]["links"])}, name(record)
        elif record["told_in"]:
            assert opened(told(record)), name(record)
