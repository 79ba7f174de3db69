"""Each page names what its records are for programs, and what it names is there and is what it says."""

from typing import NamedTuple

import pytest

from tests.markup import parse
from tests.site import WEALTH_ORDERS, Site


class Alternate(NamedTuple):
    """A link to the same in another form."""

    type: str
    address: str
    title: str


PAGES = {
    "/": {"application/json", "text/csv", "application/atom+xml"},
    "/?family=partly_met&topic=illicit-finance&q=wealth": {"application/json", "text/csv", "application/atom+xml"},
    "/?body=home-office": {"application/json", "text/csv", "application/atom+xml"},
    f"/asks/{WEALTH_ORDERS}": {"application/json", "application/atom+xml", "text/calendar"},
    "/updates": {"application/json", "text/csv", "application/atom+xml"},
    "/sources/how-do-we-deal-with-russia": {"application/json", "text/csv", "application/atom+xml"},
    "/bodies/home-office": {"application/json", "text/csv", "application/atom+xml"},
    "/unknown": {"application/atom+xml"},
    "/corrections": {"application/json", "text/csv", "application/atom+xml"},
    "/legislation": {"application/json", "text/csv"},
    "/legislation/ukpga/2017/22": {"application/json"},
    "/method": {"application/json"},
    "/data": {"application/json", "application/zip", "application/atom+xml"},
}


def alternates(site: Site, path: str) -> list[Alternate]:
    head = parse(site.browser().get(path).html).find("head")
    assert head is not None
    links = [link for link in head.iter("link") if link.get("rel") == "alternate"]
    return [Alternate(link.get("type", ""), link.get("href", ""), link.get("title", "")) for link in links]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_its_json_csv_and_feed(shared_site: Site, path: str) -> None:
    found = alternates(shared_site, path)
    assert {link.type for link in found} == PAGES[path]
    assert len({link.title for link in found}) == len(found)
    for link in found:
        response = shared_site.browser().send("GET", link.address)
        assert (response.status_code, response.mimetype) == (200, link.type)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (f"/asks/{WEALTH_ORDERS}", f'"ask_slug":"{WEALTH_ORDERS}"'),
        ("/legislation/ukpga/2017/22", '"law_key":"ukpga/2017/22"'),
    ],
)
def test_the_json_of_a_page_is_of_the_same_record(shared_site: Site, path: str, said: str) -> None:
    (address,) = [link.address for link in alternates(shared_site, path) if link.type == "application/json"]
    assert said in shared_site.browser().send("GET", address).text


def test_the_filters_of_the_list_are_those_of_what_it_names(shared_site: Site) -> None:
    query = "?family=partly_met&topic=illicit-finance&q=wealth"
    for link in alternates(shared_site, f"/{query}"):
        assert link.address.endswith(query)
