"""Bringing in spreadsheets on the web: see first, then exactly that; for editors, all or nothing."""

import io
from datetime import timedelta

import sqlalchemy as sa

from tests.browser import Browser, Page
from tests.exported import rows
from tests.site import ADA, CLEO, ED, Site
from tracker.models import Event, Legislation, Person, Upload
from tracker.services import uploads

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
