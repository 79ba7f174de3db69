"""The checkpoint of the event log is published, the same everywhere, and holds the history behind what is shown."""

import io
import json
import re
import zipfile
from datetime import timedelta
from xml.etree.ElementTree import fromstring

import pytest
import sqlalchemy as sa

from tests.factories import make_update
from tests.site import ED, WEALTH_ORDERS, Site
from tracker.clock import now
from tracker.exports.xml import OWN_NAMESPACE
from tracker.models import Ask, Event
from tracker.queries import public
from tracker.rules.chain import GENESIS, read_checkpoint
from tracker.services import proof
from tracker.web.public import files


def published(site: Site) -> str:
    response = site.browser().send("GET", "/checkpoint.txt")
    assert re.fullmatch(r"\d+:[0-9a-f]{64}\n", response.text)
    return response.text.strip()


def post(site: Site, *, is_public: bool) -> None:
    with site.change(ED) as change:
        ask = change.session.scalars(sa.select(Ask).where(Ask.slug == WEALTH_ORDERS)).one()
        make_update(change, ask, published=is_public, text="Something happened.")


def test_every_place_shows_the_same_checkpoint_and_the_log_holds_it(site: Site) -> None:
    post(site, is_public=True)
    line, browser = published(site), site.browser()
    number = line.partition(":")[0]
    page = browser.get("/data").text
    assert f"Entries {number} " in page
    assert line in page
    assert json.loads(browser.send("GET", "/datapackage.json").text)["checkpoint"] == line
    with zipfile.ZipFile(io.BytesIO(browser.send("GET", "/data.zip").data)) as packed:
        assert line in packed.read("README.txt").decode()
    for feed in ("/feed.atom", f"/asks/{WEALTH_ORDERS}/feed.atom"):
        document = fromstring(browser.send("GET", feed).data)
        assert [element.text for element in document.findall(f"{{{OWN_NAMESPACE}}}checkpoint")] == [line]
    with site.reading() as session:
        proof.require(session, read_checkpoint(line))
        assert session.get_one(Event, int(number)).action == "published"


def test_the_one_to_keep_follows_every_entry_within_the_hour(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    before = published(site)
    site.browser(ED)  # signs in
    assert published(site) == before, "not at once: it shall not tell who signs in when"
    with site.reading() as session:
        count, head = proof.verify(session)
    later = now() + timedelta(hours=1)
    monkeypatch.setattr(files, "now", lambda: later)
    assert published(site) == f"{count}:{head}"


def test_it_moves_at_once_with_public_changes_only(site: Site) -> None:
    before = published(site)
    site.browser(ED)  # signs in
    post(site, is_public=False)
    assert published(site) == before
    post(site, is_public=True)
    after = published(site)
    with site.reading() as session:
        proof.verify(session)
        for line in (before, after):
            proof.require(session, read_checkpoint(line))
    assert int(after.partition(":")[0]) > int(before.partition(":")[0]) + 2


def test_caches_keep_it_for_seconds(sqlite_site: Site) -> None:
    first = sqlite_site.browser().send("GET", "/checkpoint.txt")
    assert first.headers["Cache-Control"].startswith("public, max-age=5")
    assert sqlite_site.browser().send("GET", "/checkpoint.txt?on=2019-06-30").status_code == 400


def test_a_site_without_history_publishes_the_beginning(sqlite_site: Site) -> None:
    with sqlite_site.change() as change:
        change.session.execute(sa.text(f"UPDATE revision SET checkpoint_number = 0, checkpoint_hash = '{GENESIS}'"))
        found = public.find_checkpoint(change.session)
    assert (found.line, found.at) == (f"0:{GENESIS}", None)
