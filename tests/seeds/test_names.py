"""People are not named where an office or a citation does; a name that has to stay was reviewed.

Names that were taken out stand here as hashes: a list that shows them would publish them once more.
"""

import re
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

from tests.seeds.reading import ROOT, SEEDS

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


def other_texts() -> Iterator[tuple[str, str]]:
    """All else of which pages and files are made, and what is said about it."""
    for folder in ("tracker", "templates", "docs"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".txt", ".xml", ".js", ".css", ".svg", ".md"}:
                yield str(path), path.read_text(encoding="utf-8")


def test_no_seed_file_has_a_name_that_nobody_reviewed() -> None:
    for name, text in seed_texts():
        found = {
            phrase.removesuffix("'s").removesuffix("’s").strip("'")
            for phrase in PROPER_NAME.findall(without_exceptions(text))
        }
        assert found - REVIEWED == set(), name
        assert set(TITLED.findall(without_exceptions(text))) - REVIEWED == set(), name


def test_nothing_has_a_name_that_was_taken_out_and_every_exception_is_needed() -> None:
    """No page and no file can show one then."""
    texts = list(seed_texts())
    assert [(name, found) for name, text in (*texts, *other_texts()) if (found := names_in(text))] == []
    everything = "\n".join(text for _, text in texts)
    assert [exception for exception in EXCEPTIONS if exception not in everything] == []
