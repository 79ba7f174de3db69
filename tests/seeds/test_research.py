"""Each record of the research is told with its page as evidence, or stands in `research.csv` with the reason why not.

The records are numbered as the two rounds of research number them: the facts of 22 November 2026 and the revision of a
week later. A page stands as a digest of its address, for some addresses hold the name of a person.
"""

import re
from hashlib import sha256
from pathlib import Path

from tests.exported import read
from tests.seeds.reading import ASKS, Record, opened, published

RECORDS = read((Path(__file__).parent / "research.csv").read_text(encoding="utf-8"))


def digest(address: str) -> str:
    return sha256(re.sub(r"^https?://(www\.)?", "", address).rstrip("/").encode()).hexdigest()[:16]


def name(record: dict[str, str]) -> str:
    return f"{record['file']} {record['number']}"


def told(record: dict[str, str]) -> Record:
    """The published entry that tells the record."""
    story = published(ASKS[record["ask_slug"]]["updates"])
    return next(update for update in story if update["key"] == record["told_in"])


def test_every_record_is_listed_once() -> None:
    for file, count in (("facts", 112), ("revision-2", 81)):
        numbers = [int(record["number"]) for record in RECORDS if record["file"] == file]
        assert numbers == list(range(1, count + 1))


def test_what_is_told_has_its_page_as_evidence_and_what_is_not_says_why() -> None:
    for record in RECORDS:
        assert bool(record["page"]) != bool(record["note"]), name(record)
        law = record["told_in"].removeprefix("link ")
        if law != record["told_in"]:
            assert law in {link["legislation"] for link in published(ASKS[record["ask_slug"]]["links"])}, name(record)
        elif record["told_in"]:
            pieces = opened(told(record))
            addresses = [piece[field] for piece in pieces for field in ("url", "archived_url") if field in piece]
            assert pieces, name(record)
            assert record["page"] in {"", *map(digest, addresses)}, name(record)
        else:
            assert record["note"], name(record)
