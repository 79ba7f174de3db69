"""People are not named where an office or a citation does; a name that has to stay was reviewed.

Names that were taken out stand here as hashes: a list that shows them would publish them once more.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

import sqlalchemy as sa

from tests.seeds.reading import SEEDS
from tests.site import Site
from tracker.exports.tables import TABLES

HERE = Path(__file__).parent
# Each phrase with two capital letters in the seed files: names of bodies, laws, places and papers, and of the few
# people who stay. Who adds one has looked whether it is a living person whom an office would name as well.
REVIEWED = set((HERE / "proper_names.txt").read_text(encoding="utf-8").splitlines())
TAKEN_OUT = set((HERE / "names_taken_out.txt").read_text(encoding="utf-8").split())
# Real titles and addresses of pages for which no page without a name was found.
EXCEPTIONS = [line for line in (HERE / "exceptions.txt").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
PROPER_NAME = re.compile(r"\b[A-Z][\w’']+(?: (?:[A-Z][\w’']+|[A-Z]\b))+")
TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Sir|Dame|Lord|Lady|Baroness|Justice) [A-Z]\w*")


@cache
def digest(word: str) -> str:
    return sha256(f"taken out: {word.casefold()}".encode()).hexdigest()[:16]


def without_exceptions(text: str) -> str:
    for exception in EXCEPTIONS:
        text = text.replace(exception, "")
    return text


def names_in(text: str) -> set[str]:
    """The words of a text, or of the slugs in its addresses, that are names which were taken out."""
    words = set(re.findall(r"[^\W\d_]{3,}", unquote(without_exceptions(text))))
    return {word for word in words if digest(word) in TAKEN_OUT}


def seed_texts() -> Iterator[tuple[str, str]]:
    for path in sorted(SEEDS.rglob("*")):
        if path.is_file():
            yield path.name, path.read_text(encoding="utf-8")


def addresses(site: Site) -> Iterator[str]:
    """The page of every ask, every file, and of other pages and parts one of each kind."""
    sitemap = site.browser().send("GET", "/sitemap-1.xml").text
    pages = [path.removeprefix("http://127.0.0.1:8000") for path in re.findall(r"<loc>([^<]+)</loc>", sitemap)]
    asks = [path for path in pages if path.startswith("/asks/")]
    assert len(asks) > 10
    yield from asks
    yield from {path.split("/")[1]: path for path in pages}.values()
    yield from (f"/{name}.csv" for name in TABLES)
    yield from (f"/api/v1/{name}" for name in TABLES)
    yield from ("/feed.atom", "/calendar.ics", "/datapackage.json", "/sitemap.xml", "/?on=2022-04-12")
    parts = ("/story", "/history", "/card", "/badge.svg", "/feed.atom", "/calendar.ics", "?on=2022-04-12")
    yield from (f"{asks[0]}{part}" for part in parts)
    yield f"/api/v1{asks[0]}"


def test_no_seed_file_has_a_name_that_nobody_reviewed() -> None:
    for name, text in seed_texts():
        found = {
            phrase.removesuffix("'s").removesuffix("’s").strip("'")
            for phrase in PROPER_NAME.findall(without_exceptions(text))
        }
        assert found - REVIEWED == set(), name
        assert set(TITLED.findall(without_exceptions(text))) - REVIEWED == set(), name


def test_no_seed_file_has_a_name_that_was_taken_out_and_every_exception_is_needed() -> None:
    texts = list(seed_texts())
    assert [(name, found) for name, text in texts if (found := names_in(text))] == []
    everything = "\n".join(text for _, text in texts)
    assert [exception for exception in EXCEPTIONS if exception not in everything] == []


def test_no_public_answer_has_a_name_that_was_taken_out(shared_site: Site) -> None:
    browser = shared_site.browser()
    for address in addresses(shared_site):
        answer = browser.send("GET", address)
        assert answer.status_code == 200, address
        assert names_in(answer.text) == set(), address
    with zipfile.ZipFile(io.BytesIO(browser.send("GET", "/data.zip").data)) as archive:
        for name in archive.namelist():
            assert names_in(archive.read(name).decode("utf-8", "replace")) == set(), name
    # Nobody can search for them here without naming them; but what the index holds can be read.
    with shared_site.reading() as session:
        rows = session.execute(sa.text("SELECT title, wording, story FROM ask_search")).all()
    assert len(rows) > 10
    assert names_in("\n".join(" ".join(row) for row in rows)) == set()
