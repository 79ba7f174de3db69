"""A form that is sent twice, by a double click or after "Back", does one thing and says the same twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urljoin

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.site import ADA, CLEO, ED, WEALTH_ORDERS, Site
from tests.web.test_bulk import SHOW, WHY, chosen
from tests.web.test_imports import NEXT, upload
from tests.web.test_people import link_on
from tests.web.test_second_step import set_up
from tests.web.test_story import NEWS
from tracker.clock import now
from tracker.models import Ask, Note, SentForm, Update
from tracker.rules.asks import Publication
from tracker.services import personal_data

PUBLISHED = "Published. The public page shows it now."


def milestone_form(site: Site, name: str = ED) -> Page:
    return site.browser(name).get(f"/staff/asks/{site.ask_id()}/updates/milestone")


def number_of_news(site: Site) -> int:
    same = sa.select(sa.func.count(Update.id)).where(Update.text == NEWS["text"])
    return int(site.scalar(same.where(Update.publication == Publication.PUBLISHED)))


def sent_twice(site: Site, page: Page, button: str, **typed: str) -> Page:
    """The answer to the second sending of a double click, which is that to the first, and does nothing."""
    form, _ = page.form_of(button)
    address, pairs = urljoin(page.path, form.get("action", page.path)), page.sent(button, **typed)
    first = page.browser.post(address, pairs)
    with site.unchanged():
        second = page.browser.post(address, pairs)
    assert (second.hops, second.path, second.notices) == (first.hops, first.path, first.notices)
    assert second.all("textarea") == first.all("textarea")
    return second


def test_the_second_sending_does_nothing_and_shows_what_the_first_one_did(sqlite_site: Site) -> None:
    ada, ask = sqlite_site.browser(ADA), f"/staff/asks/{sqlite_site.ask_id()}"
    for path, button, typed in (
        (f"{ask}/notes/new", "Write the note", {"text": "Ask again in May."}),
        (f"{ask}/review", "Publish", {}),
        (f"{ask}/updates/milestone", "Send for approval", NEWS),
        (f"{ask}/updates/milestone", "Publish", NEWS),
        ("/staff/links/1/archive", "Archive", {"reason": "It was repealed."}),
    ):
        assert sent_twice(sqlite_site, ada.get(path), button, **typed).hops == [303, 200]
    page = chosen(sqlite_site).submit(SHOW, what="topic", topic="The rule of law", reason=WHY)
    done = sent_twice(sqlite_site, page, "Do it for 2")
    assert done.notices == ["Changed 2 asks. Each has its entry in the log."]
    done = sent_twice(sqlite_site, upload(ada, {"asks.csv": NEXT}), "Bring it in")
    assert done.notices == ["Done. Rows added: 0; changed: 1."]
    sqlite_site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(publication=Publication.DRAFT))
    assert sent_twice(sqlite_site, ada.get(ask), "Publish the ask").notices == ["The ask is public."]
    invited = sent_twice(sqlite_site, ada.get("/staff/people/new"), "Invite", name="Zoë", email="zoe@example.org")
    opened = sqlite_site.browser().get(link_on(invited))
    done = sent_twice(sqlite_site, opened, "Set the password", password="four more words unrelated")
    assert done.notices == ["Your password is set. Sign in with it."]
    assert ada.send("GET", "/staff/people/4/link/made-up").status_code == 404


def test_two_sendings_at_the_same_moment_save_once(site: Site) -> None:
    page = milestone_form(site)
    sent = page.sent("Publish", **NEWS)

    def send(_: int) -> tuple[int, str | None]:
        browser = site.browser().sign_in_with(page.browser.cookie or "")
        answer = browser.client.post(page.path, data=dict(sent))
        return answer.status_code, answer.location

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(send, range(2)))
    assert answers == [(303, f"/staff/asks/{site.ask_id()}")] * 2
    assert number_of_news(site) == 1


def test_publishing_from_the_preview_and_then_from_the_form_behind_it_publishes_once(sqlite_site: Site) -> None:
    form = milestone_form(sqlite_site)
    form.submit("Keep as a draft", **NEWS)
    number = sqlite_site.scalar(sa.select(sa.func.max(Update.id)))
    page = sqlite_site.browser(ED).get(f"/staff/updates/{number}/correct")
    assert (page.hops, page.notices) == ([303, 200], ["Only a published entry is corrected."])
    assert number_of_news(sqlite_site) == 0
    assert form.submit("Preview", **NEWS).submit("Publish").notices == [PUBLISHED], "another button is another wish"
    with sqlite_site.unchanged():
        assert form.submit("Publish", **NEWS).notices == [PUBLISHED]
    assert number_of_news(sqlite_site) == 1
    with sqlite_site.unchanged():
        again = form.submit("Publish", **NEWS | {"text": "A debate was held in the Lords."})
    assert again.status == 409, "a form that was changed since is not taken for the first one"
    assert "You changed this while you were typing" in again.text
    assert "Somebody else" not in again.text
    assert again.value("text") == "A debate was held in the Lords."
    assert again.submit("Publish").notices == [PUBLISHED]


def test_a_key_is_worth_something_to_its_sender_on_its_page_alone(sqlite_site: Site) -> None:
    path = f"/staff/asks/{sqlite_site.ask_id()}/notes/new"
    ed, cleo = (sqlite_site.browser(name).get(path) for name in (ED, CLEO))
    typed = dict(ed.sent("Write the note", text="Ask again in May."))
    ed.browser.post(path, typed)
    token = dict(cleo.sent("Write the note"))["csrf_token"]
    assert cleo.browser.post(path, typed | {"csrf_token": token}).hops == [303, 200]
    assert sqlite_site.scalar(sa.select(sa.func.count(Note.id))) == 2


def test_a_double_click_on_a_new_second_step_leads_to_recovery_codes(sqlite_site: Site) -> None:
    page = sqlite_site.browser(ED).get("/staff/account/two-step")
    phone, _ = set_up(page)
    again = page.submit("Turn it on", code=phone.code())
    assert again.notices[0].startswith("Two-step sign-in is set up.")
    assert again.path.startswith("/staff/confirm"), "new codes are asked for anew"


def test_an_entry_like_one_of_the_last_minutes_is_asked_about_first(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    milestone_form(sqlite_site, CLEO).submit("Send for approval", **NEWS)
    number = sqlite_site.scalar(sa.select(sa.func.max(Update.id)))
    ada, ed, nothing = sqlite_site.browser(ADA), sqlite_site.browser(ED), dict[str, str]()
    for path, typed in (("updates/milestone", NEWS), ("review", nothing)):
        address = f"/staff/asks/{sqlite_site.ask_id()}/{path}"
        ada.get(address).submit("Publish", **typed)
        form = ed.get(address)
        with sqlite_site.unchanged():
            asked = form.submit("Publish", **typed)
        assert asked.status == 422
        assert "The same entry was published a few minutes ago." in asked.summary[0]
        assert asked.submit("Publish").hops == [303, 200]
    page = ed.get(f"/staff/updates/{number}/approve")
    asked = page.submit("Publish")
    assert (asked.status, len(asked.summary)) == (422, 1), "who approves is asked as well"
    monkeypatch.setattr("tracker.web.sent_forms.REPEATS_WITHIN", timedelta(0))
    assert page.submit("Publish").notices == [PUBLISHED], "old entries do not count"


def test_what_a_form_did_is_kept_for_a_day_and_not_after_an_erasure(sqlite_site: Site) -> None:
    kept, ada = sa.select(sa.func.count()).select_from(SentForm), sqlite_site.browser(ADA)
    ada.get("/staff/people/2/deactivate").submit("Deactivate")
    ada.get("/staff/people/2/erase").submit("Erase for good", reason="They asked for it.")
    assert sqlite_site.scalar(kept) == 1
    assert "Ed" not in sqlite_site.scalar(sa.select(SentForm.message))
    with sqlite_site.change() as change:
        personal_data.tidy(change.session, now() + timedelta(days=2))
    assert sqlite_site.scalar(kept) == 0
