"""Approval through its pages: the queue, the page on which an editor decides, and who was quicker."""

from dataclasses import replace

import sqlalchemy as sa

from tests.browser import Page
from tests.engines import open_engine
from tests.site import ADA, CLEO, ED, LOCAL, WEALTH_ORDERS, MakeSite, Site
from tests.web.test_status_change import UNDONE, status_form
from tracker.db.engine import writing
from tracker.models import Update

PUBLIC_PAGE = f"/asks/{WEALTH_ORDERS}"
ENTRY = "u-2026-05-01"


def sent(site: Site, name: str = CLEO, **changes: str) -> int:
    """The number of an entry that waits for approval."""
    done = status_form(site, site.browser(name)).submit("Send for approval", **UNDONE | changes)
    assert done.notices == ["Sent for approval. The public does not see it before an editor approves it."]
    return int(site.scalar(sa.select(sa.func.max(Update.id))))


def decision(site: Site, update: int, name: str = ED) -> Page:
    return site.browser(name).get(f"/staff/updates/{update}/approve")


def verdict(site: Site) -> str:
    return site.browser().get(PUBLIC_PAGE).all("section", "verdict")[0]


def test_the_public_page_changes_at_approval_and_not_before(site: Site) -> None:
    ed, update = site.browser(ED), sent(site)
    with site.unchanged():
        page = ed.get(f"/staff/updates/{update}/approve")
        assert "Below is the public page as it will be" in page.notices[0]
        assert "Cleo Contributor sent this on" in page.notices[0]
        assert "The rules accept it" in page.notices[0]
        assert "Reversed" in page.all("section", "verdict")[0]
        assert "The repealing Act" in page.section(ENTRY)
        assert "In force, ask not yet met" in verdict(site)
    done = page.submit("Publish")
    assert done.notices == ["Published. The public page shows it now."]
    assert "Reversed" in verdict(site)


def test_sent_back_with_a_note_mended_and_sent_again_or_withdrawn(site: Site) -> None:
    update = sent(site)
    page = decision(site, update)
    with site.unchanged():
        assert page.submit("Send back").errors("note") == ["Give a note on what should be mended."]
        assert page.submit("Send back", note="x" * 401).value("note") == "x" * 401
    assert page.submit("Send back", note="Which Act?").notices == ["Sent back to its author."]
    mending = site.browser(CLEO).get(f"/staff/updates/{update}/edit")
    assert "Which Act?" in mending.notices[0]
    mending.submit("Send for approval", text="The Repeal Act 2026 ended it.")
    withdrawn = mending.browser.get("/staff/approval/").submit("Withdraw 1 May 2026: The Repeal Act 2026 ended it.")
    assert withdrawn.notices == ["Withdrawn. It is your draft again."]
    assert withdrawn.value("text") == "The Repeal Act 2026 ended it."
    assert "Nothing waits." in site.browser(ED).get("/staff/approval/").text
    withdrawn.submit("Send for approval")
    decision(site, update).submit("Publish")
    assert "The Repeal Act 2026 ended it." in site.browser().get(PUBLIC_PAGE).section(ENTRY)


def test_the_page_on_which_it_is_decided_only_reads(sqlite_site: Site) -> None:
    update, cookie = sent(sqlite_site), sqlite_site.cookie_of(ED)
    with open_engine(str(sqlite_site.engine.url)) as other, writing(other) as session:
        session.connection()  # nobody else can write now
        page = sqlite_site.browser().sign_in_with(cookie).get(f"/staff/updates/{update}/approve")
    assert "Reversed" in page.all("section", "verdict")[0]


def test_the_second_editor_is_told_who_was_quicker_and_shown_anew_what_was_mended(sqlite_site: Site) -> None:
    for note, says in (("No.", "It was sent back to its author."), ("", "It was approved and is public")):
        update = sent(sqlite_site)
        slow, quick = decision(sqlite_site, update, ADA), decision(sqlite_site, update, ED)
        if note:
            mended = sqlite_site.browser(ADA).get(f"/staff/updates/{update}/edit")
            mended.submit("Keep as a draft", text="Mended by Ada.")
            with sqlite_site.unchanged():
                stale = quick.submit("Publish", note="A note.")
            assert (stale.status, stale.value("note")) == (409, "A note.")
            assert "Mended by Ada." in stale.section(ENTRY)
            quick = stale
        quick.submit("Send back" if note else "Publish", note=note)
        with sqlite_site.unchanged():
            late = slow.submit("Send back", note="A long note of Ada's.")
            assert slow.submit("Publish").status == late.status == 409
        assert says in late.text
        assert "A long note of Ada's." in late.text
        assert "Ed Editor" in late.all("ol", "history-log")[0]


def test_what_the_rules_refuse_by_now_is_explained_and_cannot_be_approved(sqlite_site: Site) -> None:
    update = sent(sqlite_site, status="announced", happened_on="1 January 2017", text="A minister promised it.")
    sqlite_site.execute(sa.update(Update).where(Update.id == update).values(reason=""))
    page = decision(sqlite_site, update)
    assert "This cannot be approved as it stands" in page.notices[0]
    assert "Give the reason in one or two sentences." in page.notices[0]
    assert not page.has_button("Publish")
    assert "Below is the public page as it is now." in page.notices[0]


def test_with_four_eyes_an_editor_sends_an_own_change_of_status_to_somebody_else(make_site: MakeSite) -> None:
    site = make_site(replace(LOCAL, four_eyes=True))
    refused = status_form(site, site.browser(ED)).submit("Publish", **UNDONE)
    assert refused.summary == ["Somebody else must publish this change of status. Send it for approval."]
    update = sent(site, ED)
    own = decision(site, update, ED)
    assert "With four eyes somebody else must approve it." in own.notices[0]
    assert not own.has_button("Publish")
    assert decision(site, update, ADA).submit("Publish").hops == [303, 200]
    assert "Reversed" in verdict(site)
