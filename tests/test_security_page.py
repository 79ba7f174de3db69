"""docs/security.md and docs/asvs.md name tests and files that exist."""

import re
from pathlib import Path

import pytest

PAGES = ("docs/security.md", "docs/asvs.md", "SECURITY.md")
NAME = re.compile(r"`((?:tests|tracker|bench|docs|templates|seeds)/[\w/.]+\.\w+)`")
CHECKOUT = Path(__file__).resolve().parent.parent
NAMED = sorted({path for page in PAGES for path in NAME.findall((CHECKOUT / page).read_text("utf-8"))})


@pytest.mark.parametrize("path", NAMED)
def test_what_the_page_names_is_there(path: str) -> None:
    assert (CHECKOUT / path).is_file()


def test_the_page_names_what_it_rests_on() -> None:
    assert len(NAMED) > 30
