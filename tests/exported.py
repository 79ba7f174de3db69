"""The public files as a stranger downloads them."""

import csv
import io

from tests.site import Site
from tracker.exports.csv import unguard


def read(text: str) -> list[dict[str, str]]:
    """The rows of a file as it was before spreadsheets were guarded against it."""
    lines = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    return [{name: unguard(cell) for name, cell in line.items()} for line in lines]


def rows(site: Site, name: str, **query: str) -> list[dict[str, str]]:
    """The rows of a file."""
    response = site.browser().send("GET", f"/{name}.csv", query_string=query)
    assert response.status_code == 200
    return read(response.data.decode("utf-8"))
