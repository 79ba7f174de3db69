"""Bringing in spreadsheets on the web: see first, then exactly that; for editors, all or nothing."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import undefer

from tests.browser import Browser, Page
from tests.exported import rows
from tests.site import ADA, CLEO, ED, Site
from tracker.models import Ask, Event, Legislation, Person, Source, Upload
from tracker.rules import bulk
from tracker.rules.asks import Publication
from tracker.services import uploads
from tracker.web.staff import asks as asks_pages

WISH = "no-constructive-engagement"
LAW = "law_key,kind,year,number,title\r\nukpga/2099/1,ukpga,2099,1,An Act\r\n"
NEXT = f"ask_slug,next_step\r\n{WISH},A vote\r\n"


def upload(browser: Browser, files: dict[str, str | bytes], reason: str = "") -> Page:
    """Choose files and press the button."""
    page = browser.get("/staff/import/")
    sent: dict[str, object] = dict(page.sent("See what would happen", reason=reason))
    sent["files"] = [
        (io.BytesIO(content.encode() if isinstance(content, str) else content), name) for name, content in files.items()
    ]
    answer = browser.send("POST", "/staff/import/", data=sent, content_type="multipart/form-data")
    return Page(browser, "/staff/import/", answer, [answer.status_code])


def waiting(site: Site) -> int:
    return int(site.scalar(sa.select(sa.func.count()).select_from(Upload)))


def test_a_change_is_shown_first_and_then_brought_in(site: Site) -> None:
    ed = site.browser(ED)
    with site.unchanged():
        page = upload(ed, {"asks.csv": NEXT, "legislation.csv": LAW})
    assert "next_step: nothing → A vote" in page.text
    assert "title: An Act" in page.text
    assert page.submit("Bring it in").notices == ["Done. Rows added: 1; changed: 1."]
    assert site.scalar(sa.select(sa.func.count()).where(Legislation.key == "ukpga/2099/1")) == 1
    by = sa.select(Person.name).join(Event, Event.actor_id == Person.id).order_by(Event.id.desc()).limit(1)
    assert site.scalar(by) == ED
    assert "brought in “asks.csv; legislation.csv” (rows added: 1; changed: 1)." in ed.get("/staff/log").text
    assert waiting(site) == 0
    assert rows(site, "asks", q="constructive")[0]["next_step"] == "A vote"


def test_a_faulty_row_keeps_everything_out_and_can_be_downloaded(site: Site) -> None:
    ed = site.browser(ED)
    with site.unchanged():
        page = upload(ed, {"asks.csv": NEXT, "legislation.csv": LAW.replace("An Act", "")})
        assert (page.status, page.h1) == (422, "Nothing can come in yet")
        assert "legislation.csv, row 2, column title Found: nothing Expected: Title; a new row needs it." in page.text
        form, _ = page.form_of("Download this list (.csv)")
        answer = ed.send("POST", form.get("action", ""), data=dict(page.sent("Download this list (.csv)")))
    assert answer.text.splitlines() == [
        "file,row,column,found,expected",
        "legislation.csv,2,title,,Title; a new row needs it.",
    ]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="faults.csv"'


def test_a_change_of_the_same_meanwhile_is_shown_before_anything_is_done(site: Site) -> None:
    page, ada = upload(site.browser(ED), {"asks.csv": NEXT}), site.browser(ADA)
    other = ada.get(f"/staff/asks/{site.ask_id('stop-brexit')}/edit").submit("Keep", internal_note="Looked at.")
    ada.get(f"/staff/asks/{site.ask_id(WISH)}/edit").submit("Keep", next_step="A debate")
    with site.unchanged():
        again = page.submit("Bring it in")
    assert again.status == 409
    assert "nothing was brought in" in again.notices[0]
    assert "next_step: A debate → A vote" in again.text
    form, _ = again.form_of("Bring it in")
    with site.unchanged():  # nobody sees or brings in what another uploaded
        sent = dict(ada.get("/staff/account").sent("Sign out"))
        for address in (form.get("action", ""), f"{form.get('action')}/faults.csv"):
            assert ada.send("POST", address, data=dict(again.sent("Bring it in")) | sent).status_code == 409
    other.follow("Edit the ask").submit("Keep", internal_note="A change elsewhere.")
    assert again.submit("Bring it in").notices == ["Done. Rows added: 0; changed: 1."]


def test_files_wait_for_two_hours_and_five_at_most(sqlite_site: Site) -> None:
    ed = sqlite_site.browser(ED)
    for _ in range(uploads.MOST_WAITING + 2):
        page = upload(ed, {"asks.csv": NEXT})
    assert waiting(sqlite_site) == uploads.MOST_WAITING
    with sqlite_site.change(ADA) as change:
        for waits in change.session.scalars(sa.select(Upload)):
            waits.uploaded_at -= uploads.LIFETIME + timedelta(minutes=1)
    with sqlite_site.unchanged():
        assert page.submit("Bring it in").status == 409
    upload(ed, {"asks.csv": NEXT})
    assert waiting(sqlite_site) == 1


def test_the_reason_goes_with_the_new_wording(sqlite_site: Site) -> None:
    ed = sqlite_site.browser(ED)
    page = upload(ed, {}, reason="A clearer wording.")
    assert (page.status, page.summary) == (422, ["Choose a file first."])
    assert page.value("reason") == "A clearer wording."
    files: dict[str, str | bytes] = {"asks.csv": f"ask_slug,title\r\n{WISH},Stand firm\r\n"}
    assert "Say why the wording changes" in upload(ed, files).text
    refused = upload(ed, {"asks.csv": f"ask_slug,kind\r\n{WISH},wish\r\n"}, reason="A clearer wording.")
    assert refused.follow("Choose files again").value("reason") == "A clearer wording."
    upload(ed, files, reason="It is shorter.").submit("Bring it in")
    assert "It is shorter." in sqlite_site.browser().get(f"/asks/{WISH}").text


def test_more_than_the_site_takes_is_refused_and_what_went_out_counts_for_nothing(sqlite_site: Site) -> None:
    ed = sqlite_site.browser(ED)
    sqlite_site.app.config["IMPORT_ROWS"] = 1
    with sqlite_site.unchanged():
        page = upload(ed, {"policy-asks.xlsx": ed.send("GET", "/data.xlsx").data})
        assert (page.status, page.h1) == (200, "What would happen")
        assert "There is nothing to bring in" in page.text
        assert not page.has_button("Bring it in")
        assert "hold no rows yet, or only notes" in upload(ed, {"asks.csv": "ask_slug,title\r\n"}).text
        page = upload(ed, {"tests.csv": f"ask_slug,test_key,label\r\n{WISH},a,A\r\n{WISH},b,B\r\n"})
    assert page.status == 422
    assert "At most 1 rows that are new or changed" in page.text
    assert "use the command" in page.text
    page = upload(ed, {"asks.csv": ed.send("GET", "/asks.csv").data, "legislation.csv": LAW})
    assert page.submit("Bring it in").notices == ["Done. Rows added: 1; changed: 0."]
    sqlite_site.app.config["MAX_CONTENT_LENGTH"] = 10_000
    with sqlite_site.unchanged():
        assert upload(ed, {"asks.csv": "a" * 20_000}).status == 413


def test_a_file_is_shown_without_its_folders_and_nothing_in_it_is_markup(shared_site: Site) -> None:
    ed = shared_site.browser(ED)
    with shared_site.unchanged():
        page = upload(ed, {"secret/<b>asks.csv": "a"})
    assert "secret" not in page.text
    assert "<b>asks.csv" in page.text
    page = shared_site.browser(CLEO).get("/staff/sheets/")
    assert "Bring in spreadsheets" not in page.text
    assert "Workbook (.xlsx)" in page.links()


# --- a sheet that is pasted: rows to look at, columns to choose, drafts that are published at once ---

HEADER = "Ask\tWhat it says\tArea\tWho\tTests\tRemarks"
ROW = 'Fill home {0}\tWe ask for home {0} now.\tHousing\tThe Council; HM Treasury\t"It is filled\nIt stays so"\tmail'
STATUS = "\tAnnounced\t1 May 2026\tA minister promised it.\thttps://www.gov.uk/news-{0}\tNews {0}"
STATUS_HEADER = "\tStatus\tSince\tWhy\tLink\tPage title"
WHERE = {"source_id": "https://example.org/list", "source_title": "The list"}


def sheet(number: int, header: str = HEADER, row: str = ROW) -> str:
    return "\n".join([header, *(row.format(each) for each in range(number))])


def looked_at(site: Site, cells: str) -> Page:
    form = site.browser(ED).get("/staff/sheets/").follow("Paste a list of asks")
    return form.submit("Look at the rows", cells=cells)


def asks_of(site: Site) -> list[Ask]:
    with site.reading() as session:
        pasted = sa.select(Ask).where(Ask.topic == "Housing").options(undefer(Ask.responsible_bodies))
        return list(session.scalars(pasted.order_by(Ask.id)))


def test_rows_become_drafts_of_a_source_that_is_made_on_the_spot(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    page = looked_at(site, sheet(4).replace("We ask for home 0", "We ask\vfor\fhome 0"))
    assert page.h1 == "4 rows came in. What is in each column?"
    guessed = [page.value(f"columns-{number}") for number in range(6)]
    assert guessed == ["title", "quote", "topic", "responsible_bodies", "labels", ""]
    done = page.submit("Keep as drafts", **WHERE, take=["2", "4", "5"])
    assert done.notices == ["Kept 3 drafts. The public does not see them."]
    assert sorted(done.all("th"))[-3:] == [f"Tick Fill home {number} Fill home {number}" for number in (0, 2, 3)]
    first, second, _ = asks_of(site)
    assert (first.slug, second.slug) == ("fill-home-0", "fill-home-2")
    assert second.quote == second.summary == "We ask for home 2 now."
    assert first.quote == "We ask for home 0 now.", "what an office program broke does not run together"
    assert first.responsible_bodies == ["The Council", "HM Treasury"]
    assert site.scalar(sa.select(Source.url).where(Source.key == "the-list")) == WHERE["source_id"]
    assert "It stays so" in done.follow("Fill home 0").section("tests")
    with site.unchanged():
        shown = publish(done, [str(first.id), str(second.id)])
    assert shown.summary[0].startswith("Fill home 0: Say where the ask stands"), "what cannot be public holds up all"
    assert not shown.has_button("Do it for 2")
    monkeypatch.setattr(asks_pages, "MOST_AT_ONCE", 2)
    assert len(ticked(done.browser.get(done.path).follow("Tick the first 2"))) == 2


def ticked(page: Page) -> list[str]:
    """The numbers of the asks that are ticked."""
    boxes = [box for box in page.tree.iter("input") if box.get("form") == "many" and "checked" in box.attrib]
    return [box.get("value", "") for box in boxes]


def publish(page: Page, ids: list[str]) -> Page:
    """What follows when these asks are ticked and are to be published."""
    form, _ = page.form_of("Publish the ticked drafts")
    pairs = [(e.get("name", ""), e.get("value", "")) for e in form.iter("input")]
    return page.browser.post("/staff/asks/many", [*pairs, *(("asks", each) for each in ids), ("do", "publish")])


def test_many_are_pasted_and_published_in_two_steps(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST_AN_HOUR", 4)  # to make a draft is no change
    page = looked_at(site, sheet(4, HEADER + STATUS_HEADER, ROW + STATUS))
    drafts = page.submit("Keep as drafts", **WHERE, is_opened="y")
    page = drafts.follow("Tick all on this page")
    assert len(ticked(page)) == 4
    with site.unchanged():
        shown = publish(page, ticked(page))
    done = shown.submit("Do it for 4")
    assert done.notices == ["Changed 4 asks. Each has its entry in the log."]
    assert {ask.publication for ask in asks_of(site)} == {Publication.PUBLISHED}
    logged = sa.select(sa.func.count()).where(Event.action == "published", Event.subject == "ask")
    assert site.scalar(logged) == 4
    assert "A minister promised it." in site.browser().get("/asks/fill-home-3").text


LISTS = {
    "lines": "Fill, at last, home 0\nFill home 1, please",
    "semicolons": "Fill home 0;We ask for it.\nFill home 1;We ask for that.",
    "commas": 'Fill home 0,"We ask, for it."\r\nFill home 1,We ask for that.',
    "tabs": "Fill home 0\tWe ask for it.\r\n\r\nFill home 1\tWe ask for that.\r\n",
}


def test_without_names_of_columns_the_first_is_the_title(shared_site: Site) -> None:
    for way, cells in LISTS.items():
        page = looked_at(shared_site, cells)
        assert page.h1.startswith("2 rows came in."), way
        shown = [page.value(name) for name in ("columns-0", "has_header", "take")]
        assert shown == ["title", "", "1\n2"], way


SHEETS = {
    "nothing": ("", "There are 0 rows."),
    "columns": ("\t".join(map(str, range(41))), "The sheet has 41 columns. At most 40."),
    "as many as may be": ("\t".join(map(str, range(40))), ""),
    "rows": ("a\n" * 301, "There are 301 rows."),
    "a long cell": ("x\t" + "y" * 100_000, ""),
    "a longer one": (
        "x\t" + "y" * 200_000,
        "A cell has more than 131072 characters. Is a quotation mark never closed?",
    ),
}


def test_what_is_no_sheet_is_given_back(shared_site: Site) -> None:
    form = shared_site.browser(ED).get("/staff/import/paste")
    for what, (cells, says) in SHEETS.items():
        with shared_site.unchanged():
            page = form.submit("Look at the rows", cells=cells)
        assert says in " ".join(page.summary), what
        assert page.status == (422 if says else 200), what
        assert page.value("cells").strip() == cells.strip(), what


WITH_STATUS = sheet(1, HEADER + STATUS_HEADER, ROW + STATUS)


WRONG_ROWS: list[tuple[str, dict[str, object], str]] = [
    (sheet(1), {"source_id": "", "source_title": ""}, "Say where it was asked."),
    (sheet(1), {"columns_1": ""}, "Say which column holds “Its own words”."),
    (sheet(1), {"columns_2": "title"}, "Two columns hold “Title”."),
    (sheet(1), {"take": []}, "Tick at least one row."),
    (sheet(1), {"columns_2": ""}, "Row 2, Topic: "),
    (sheet(1).replace("Fill home 0", "Stop Brexit"), {}, "Another ask has this title."),
    (sheet(1).replace("We ask for home 0 now.", "\u2060\u3164"), {}, "Row 2, Its own words: "),
    (sheet(1) + "\n" + ROW.format(0), {}, "Row 3, Title: Another ask has this title."),
    (WITH_STATUS, {}, "Give at least one page that you opened"),
    (WITH_STATUS.replace("1 May", "May 1 or 2"), {"is_opened": "y"}, "Row 2, Since when: "),
]


def test_what_is_wrong_with_the_rows_is_told_and_nothing_is_lost(shared_site: Site) -> None:
    for cells, typed, says in WRONG_ROWS:
        page = looked_at(shared_site, cells)
        with shared_site.unchanged():
            refused = page.submit("Keep as drafts", **WHERE | typed)
        assert refused.status == 422
        assert any(says in line for line in refused.summary), refused.summary
        assert refused.submit("Paste again").value("cells").split() == cells.split()


def test_with_four_eyes_somebody_else_says_where_they_stand(sqlite_site: Site) -> None:
    sqlite_site.app.config["FOUR_EYES"] = True
    page = looked_at(sqlite_site, sheet(2, HEADER + STATUS_HEADER, ROW + STATUS))
    page.submit("Keep as drafts", **WHERE, is_opened="y")
    assert {ask.status for ask in asks_of(sqlite_site)} == {None}
    assert "A minister promised it." in sqlite_site.browser(ED).get("/staff/approval/").text
