"""Two people on one record: the second sees both versions, keeps what was typed, and overwrites nothing unseen."""

import sqlalchemy as sa

from tests.browser import Page
from tests.site import ADA, ED, WEALTH_ORDERS, Site
from tests.web.test_status_change import UNDONE, status_form
from tracker.models import Ask, Update
from tracker.rules.asks import Publication
from tracker.rules.status import Status


def conflict(page: Page) -> list[list[str]]:
    """The table of both versions: field, saved now, typed by you."""
    assert page.status == 409
    assert "Somebody else changed this while you were typing" in page.text
    assert page.response.headers["Cache-Control"] == "no-store"
    rows = next(table for table in page.tree.iter("table")).iter("tr")
    return [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in rows][1:]


def test_the_second_editor_of_an_ask_sees_both_versions_and_saves_again(site: Site) -> None:
    path = f"/staff/asks/{site.ask_id()}/edit"
    ada, ed = site.browser(ADA).get(path), site.browser(ED).get(path)
    assert ada.submit("Keep", deadline_note="Ada's note", next_step="Ada's step").hops == [303, 200]
    with site.unchanged():
        second = ed.submit("Keep", deadline_note="Ed's note", internal_note="Ed's own line")
    rows = conflict(second)
    assert ["What is due by then", "Ada's note", "Ed's note"] in rows
    assert ["Next step", "Ada's step", ed.value("next_step") or "Empty"] in rows
    assert {row[0] for row in rows} == {"What is due by then", "Next step", "Internal note"}
    assert (second.value("deadline_note"), second.value("internal_note")) == ("Ed's note", "Ed's own line")
    site.browser(ADA).get(path).submit("Keep", deadline_note="Ada's other note")
    third = second.submit("Keep", next_step="Ada's step")
    assert ["What is due by then", "Ada's other note", "Ed's note"] in conflict(third)
    assert third.submit("Keep").hops == [303, 200]
    with site.reading() as session:
        ask = session.get_one(Ask, site.ask_id())
        assert (ask.deadline_note, ask.next_step, ask.internal_note) == ("Ed's note", "Ada's step", "Ed's own line")


def test_what_is_hard_to_undo_is_not_done_on_a_page_that_is_out_of_date(sqlite_site: Site) -> None:
    sqlite_site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(publication=Publication.DRAFT))
    ed, path = sqlite_site.browser(ED), f"/staff/asks/{sqlite_site.ask_id()}"
    slow, slow_ask = ed.get("/staff/links/1/archive"), ed.get(path)
    sqlite_site.browser(ADA).get("/staff/links/1/edit").submit("Keep", note="changed")
    sqlite_site.browser(ADA).get(f"{path}/edit").submit("Keep", deadline_note="changed")
    with sqlite_site.unchanged():
        stale = slow.submit("Archive", reason="It was repealed.")
        page = slow_ask.submit("Publish the ask")
    assert page.path == path
    assert page.notices[0].startswith("Somebody else changed this a moment ago, so nothing was done.")
    assert stale.status == 409
    assert stale.value("reason") == "It was repealed."
    assert stale.submit("Archive").hops == [303, 200]


def test_every_form_of_a_record_notices_that_it_is_stale(sqlite_site: Site) -> None:
    status_form(sqlite_site, sqlite_site.browser(ADA)).submit("Keep as a draft", **UNDONE)
    draft = f"/staff/updates/{sqlite_site.scalar(sa.select(sa.func.max(Update.id)))}/edit"
    ada = sqlite_site.browser(ADA)
    for path, first, second, shown in (
        (draft, {"text": "The first wording."}, {"text": "The second."}, "The second."),
        ("/staff/sources/1/edit", {"note": "first"}, {"note": "second"}, "second"),
        ("/staff/bodies/1/edit", {"short_names": "First"}, {"short_names": "Second"}, "Second"),
        ("/staff/legislation/1/edit", {"note": "first"}, {"note": "second"}, "second"),
        ("/staff/links/1/edit", {"note": "first"}, {"note": "second"}, "second"),
        ("/staff/tests/1/edit", {"reviewed_on": "2026-03-01"}, {"reviewed_on": "2026-03-02"}, "2026-03-02"),
        ("/staff/people/2/edit", {"role": "contributor"}, {"role": "admin"}, "Admin: also manages people"),
    ):
        quick, slow, button = ada.get(path), ada.get(path), "Keep as a draft" if path == draft else "Keep"
        assert quick.submit(button, **first).hops == [303, 200]
        with sqlite_site.unchanged():
            stale = slow.submit(button, **second)
        assert stale.status == 409
        assert {name: stale.value(name) for name in second} == second
        assert [row[2] for row in conflict(stale)] == [shown]


def test_a_stale_status_form_shows_what_was_published_meanwhile(site: Site) -> None:
    slow, quick = (status_form(site, site.browser(name)) for name in (ED, ADA))
    overtaken = UNDONE | {"status": "overtaken", "text": "Ada's news.", "happened_on": "2026-04-30"}
    assert quick.submit("Publish", **overtaken).hops == [303, 200]
    with site.unchanged():
        for button in ("Preview", "Publish"):
            stale = slow.submit(button, **UNDONE)
            assert conflict(stale) == [["Published meanwhile", "30 April 2026: Ada's news.", UNDONE["text"]]]
            assert (stale.value("text"), stale.value("status")) == (UNDONE["text"], "reversed")
    assert site.scalar(sa.select(Ask.status).where(Ask.slug == WEALTH_ORDERS)) is Status.OVERTAKEN
    assert stale.submit("Publish").hops == [303, 200]
    assert site.scalar(sa.select(Ask.status).where(Ask.slug == WEALTH_ORDERS)) is Status.REVERSED
