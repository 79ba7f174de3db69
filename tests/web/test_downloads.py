"""Long downloads leave threads for pages, and give back their places however they end."""

import pytest

from tests.site import ADA, WEALTH_ORDERS, Site
from tracker.web.limits import MOST_DOWNLOADS

FILES = ("/asks.csv", "/updates.csv", "/evidence.csv", "/data.zip")


def test_pages_are_served_while_downloads_go_on_and_one_more_is_told_to_wait(sqlite_site: Site) -> None:
    client = sqlite_site.browser().client
    under_way = [client.get(path) for path in FILES]
    assert [answer.status_code for answer in under_way] == [200] * MOST_DOWNLOADS
    refused = client.get("/tests.csv")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "Others are downloading" in refused.text
    assert sqlite_site.browser(ADA).client.get("/data.xlsx").status_code == 503
    assert client.get(f"/asks/{WEALTH_ORDERS}").status_code == 200
    under_way.pop().close()  # somebody gives up
    assert client.get("/tests.csv").text
    for answer in under_way:
        assert answer.data
    assert client.get("/data.zip").data


@pytest.mark.parametrize("path", [*FILES, "/data.xlsx", "/data.sqlite3"])
def test_a_download_gives_its_place_back(shared_site: Site, path: str) -> None:
    browser = shared_site.browser(ADA)
    for number in range(MOST_DOWNLOADS + 1):
        assert browser.send("HEAD" if number % 2 else "GET", path).status_code == 200
