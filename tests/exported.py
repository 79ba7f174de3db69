"""The public files as a stranger downloads them."""

from tests.site import Site
from tracker.exports.csv import read


def rows(site: Site, name: str, **query: str) -> list[dict[str, str]]:
    """The rows of a file, as our own reader reads them back."""
    response = site.browser().send("GET", f"/{name}.csv", query_string=query)
    assert response.status_code == 200
    return [row for _, row in read(response.data.decode("utf-8"))]
