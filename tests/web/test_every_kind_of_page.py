"""One page of each kind on PostgreSQL: most tests of pages run on SQLite alone."""

import pytest

from tests.examples import make_examples
from tests.site import ADA, Site
from tests.test_access import STRANGER, TABLE


@pytest.mark.parametrize("database_engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize("who", [STRANGER, ADA], ids=["stranger", "admin"])
def test_every_kind_of_page_is_read(site: Site, who: str) -> None:
    browser, examples = site.browser(who), make_examples(site)
    addresses = [(access.example or rule).format_map(examples) for rule, access in TABLE.items() if who in access.read]
    with site.unchanged():
        answers = {address: browser.send("GET", address).status_code for address in addresses}
    assert {address: code for address, code in answers.items() if code != 200} == {"/logo.png": 404}
