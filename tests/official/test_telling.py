"""From the official record to the public page: a person tells what a machine found, or dismisses it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tests.factories import seen_in_record
from tests.site import CLEO, ED, Site
from tracker.clock import now, today
from tracker.db.engine import reading, writing
from tracker.models import Ask, Evidence, EvidenceLook, Finding, Legislation, Link, Look, Revision, Telling, Update
from tracker.official.findings import note
from tracker.queries.findings import find_faults
from tracker.rules.asks import Publication
from tracker.rules.dates import PartialDate
from tracker.rules.official import FindingState, LookOutcome, Sight
from tracker.services import replay

SAYS = "Empty Homes Bill: second reading, Commons"
TELLS = "The Empty Homes Bill had its second reading in the House of Commons."
PAGE = "https://bills.parliament.uk/bills/4210/stages"
# Of SAMLA, on which several asks hang.
SANCTIONS_ACT = sa.select(Legislation.id).where(Legislation.key == "ukpga/2018/13")


def in_days(number: int) -> PartialDate:
    """The day so many days from now."""
    return PartialDate((today() + timedelta(days=number)).isoformat())


def find(site: Site, **changes: Any) -> int:
    """Let a machine find something; return the finding's number."""
    values: dict[str, Any] = {
        "subject_id": site.scalar(SANCTIONS_ACT), "outside_key": "bill/4210/stage/2", "says": SAYS, "tells": TELLS,
        "address": PAGE, "page_title": "Empty Homes Bill: stages", "happened_on": in_days(-1),
    }  # fmt: skip
    with writing(site.engine) as session:
        finding = note(session, seen_in_record(**values | changes), now())
        assert finding
        return finding.id


def looked(site: Site, source: str, outcome: LookOutcome = LookOutcome.OK, sentence: str = "") -> None:
    with writing(site.engine) as session:
        session.add(Look(source=source, looked_at=now(), outcome=outcome, sentence=sentence))
        session.execute(sa.update(Revision).values(number=Revision.number + 1))


def state_of(site: Site, finding_id: int) -> FindingState:
    return FindingState(site.scalar(sa.select(Finding.state).where(Finding.id == finding_id)))


def concerned(site: Site) -> list[Ask]:
    """The asks that hang on the law of `find`."""
    linked = sa.select(Link.ask_id).where(Link.legislation_id.in_(SANCTIONS_ACT))
    with reading(site.engine) as session:
        asks = session.scalars(
            sa.select(Ask).where(Ask.id.in_(linked), Ask.publication == Publication.PUBLISHED).order_by(Ask.title)
        ).all()
        session.expunge_all()
    return list(asks)


def link_of(site: Site) -> tuple[int, Ask]:
    """A link without a day, and its ask."""
    with reading(site.engine) as session:
        link = session.scalars(
            sa.select(Link).join(Ask).where(Link.in_force_on.is_(None), Ask.publication == Publication.PUBLISHED)
        ).first()
        assert link
        return link.id, session.get_one(Ask, link.ask_id)


def test_one_form_tells_it_to_each_ask_that_is_ticked(site: Site) -> None:
    asks = concerned(site)
    assert len(asks) > 1
    number = find(site)
    desk = site.browser(ED).get("/staff/")
    assert f"{SAYS} Concerns {len(asks)} asks" in desk.section("record")
    form = desk.follow(f"Tell it : {SAYS}")
    assert form.value("happened_on") == in_days(-1).in_words
    assert (form.value("text"), form.value("evidence-0-url")) == (TELLS, PAGE)
    assert form.value("evidence-0-publisher") == "UK Parliament"
    assert form.value("asks").split() == [str(ask.id) for ask in asks]
    assert [box.get("id") for box in form.tree.iter("input") if "autofocus" in box.attrib] == ["asks-0"]

    with site.unchanged():
        unopened = form.submit("Publish")
        nowhere = form.submit("Publish", asks=[], evidence_0_is_opened="y")
    assert unopened.errors("evidence-0-is_opened") == ["Give at least one page that you opened and that shows it."]
    assert nowhere.summary == ["Choose an ask, or say that it is not relevant."]
    assert nowhere.value("text") == TELLS

    done = unopened.submit("Publish", evidence_0_is_opened="y", asks=[str(ask.id) for ask in asks[:2]])
    assert done.notices == ["Published in the story of 2 asks."]
    assert state_of(site, number) is FindingState.TOLD
    told = [TELLS in site.browser().get(f"/asks/{ask.slug}").text for ask in asks]
    assert told == [True, True] + [False] * (len(asks) - 2)
    assert "From the official record" not in done.all("h2")
    for file in ("/updates.csv", "/feed.atom"):
        assert TELLS in site.browser().get(file).html
    with site.reading() as session:
        assert replay.find_differences(session) == []


def test_for_one_ask_the_whole_form_opens_filled_in(sqlite_site: Site) -> None:
    site, (link_id, ask) = sqlite_site, link_of(sqlite_site)
    number = find(site, kind="in_force", subject_kind="link", subject_id=link_id)
    form = site.browser(ED).get(f"/staff/findings/{number}/tell")
    assert form.path.startswith(f"/staff/asks/{ask.id}/updates/milestone")
    assert "In force: in force, ask not yet met?" in form.text
    preview = form.submit("Preview", evidence_0_is_opened="y")
    assert TELLS in preview.text
    assert state_of(site, number) is FindingState.NEW
    preview.submit("Publish")
    assert state_of(site, number) is FindingState.TOLD
    assert TELLS in site.browser().get(f"/asks/{ask.slug}").text

    # An address that is gone is not proposed as the page that shows it.
    gone = {"kind": "page_gone", "subject_kind": "ask", "subject_id": ask.id, "outside_key": "evidence/1/page_gone"}
    number = find(site, **gone, address="https://gone.example/page", tells="The page “Gone” is gone.")
    page = site.browser(ED).get(f"/staff/asks/{ask.id}/updates/milestone?finding={number}")
    assert "Open the page" in page.text
    assert "The page “Gone” is gone." in page.html
    assert page.html.count("https://gone.example/page") == 1  # the link to it


def test_a_contributor_proposes_and_it_is_told_once_an_editor_approves(sqlite_site: Site) -> None:
    site = sqlite_site
    number, asks = find(site), concerned(site)
    cleo = site.browser(CLEO)
    desk = cleo.get("/staff/")
    assert f"Not relevant : {SAYS}" not in desk.links()

    # An entry of an ask that it does not concern tells no finding.
    with site.reading() as session:
        other = session.scalars(sa.select(Ask).where(Ask.id.not_in([ask.id for ask in asks]))).first()
    assert other
    form = cleo.get(f"/staff/asks/{other.id}/updates/milestone?finding={number}")
    assert (form.value("text"), SAYS in form.text) == ("", False)
    typed = {"text": "A minister spoke.", "happened_on": "1 May 2026", "evidence_0_url": PAGE, "evidence_0_title": "X"}
    form.submit("Send for approval", **typed, evidence_0_type="official_record", evidence_0_is_opened="y")
    assert site.scalar(sa.select(Update.text).where(Update.submitted_at.is_not(None))) == "A minister spoke."
    assert site.scalar(sa.select(Telling.update_id)) is None

    form = desk.follow(f"Tell it : {SAYS}")
    assert not form.has_button("Publish")
    sent = form.submit("Send for approval", evidence_0_is_opened="y", asks=[str(asks[0].id)])
    assert "Sent for approval for 1 ask." in sent.notices[0]
    assert state_of(site, number) is FindingState.NEW
    assert "A draft tells it" in sent.section("record")
    waiting = site.scalar(sa.select(Telling.update_id))
    page = site.browser(ED).get(f"/staff/updates/{waiting}/approve")
    assert f"the desk counts this as told: {SAYS}" in page.text
    page.submit("Publish")
    assert state_of(site, number) is FindingState.TOLD


def test_what_is_dismissed_with_a_reason_stays_so_and_is_not_told(sqlite_site: Site) -> None:
    site, number = sqlite_site, find(sqlite_site)
    telling = site.browser(ED).get(f"/staff/findings/{number}/tell")
    dismissing = site.browser(ED).get("/staff/").follow(f"Not relevant : {SAYS}")
    done = dismissing.submit("Not relevant", why="The record is wrong.", reason="Hansard says the 13th.")
    assert SAYS not in done.text.partition("Lately")[0]
    reason = "The record is wrong. Hansard says the 13th."
    with site.reading() as session:
        finding = session.get_one(Finding, number)
        assert (finding.state, finding.reason) == (FindingState.DISMISSED, reason)
        assert replay.find_differences(session) == []
    with writing(site.engine) as session:
        again = seen_in_record(SAYS, outside_key="bill/4210/stage/2", happened_on=in_days(-1))
        assert note(session, again, now()) is None

    with site.unchanged():
        late = telling.submit("Publish", evidence_0_is_opened="y")
        twice = dismissing.submit("Not relevant", reason="Once more.")
    assert late.summary == ["The finding was dismissed already."]
    assert late.value("text") == TELLS
    assert twice.status == 409

    # A decision that is changed behind the log is noticed.
    site.execute(sa.update(Finding).values(reason="None."))
    with site.reading() as session:
        said = f"finding {number}: reason is 'None.', but the log says '{reason}'."
        assert replay.find_differences(session) == [said]
    site.execute(sa.update(Finding).values(state=FindingState.NEW, decided_at=None))
    with site.reading() as session:
        assert replay.find_differences(session) == [f"finding {number} is in the log, but not in its table."]


def test_a_day_is_filled_in_with_a_click_and_the_page_is_in_the_log(sqlite_site: Site) -> None:
    site, (link_id, _) = sqlite_site, link_of(sqlite_site)
    says = "Section 51: in force since yesterday"
    number = find(site, kind="in_force", subject_kind="link", subject_id=link_id, fills="in_force_on", says=says)
    done = site.browser(ED).get("/staff/").submit(f"Fill in the date from: {says}")
    assert done.notices == [f"Filled in: {says}."]
    assert site.scalar(sa.select(Link.in_force_on).where(Link.id == link_id)) == in_days(-1)
    assert state_of(site, number) is FindingState.TOLD
    assert f"Official record: {says}. {PAGE}" in site.browser(ED).get("/staff/log").text
    with site.reading() as session:
        assert replay.find_differences(session) == []

    # A day that the rules refuse changes nothing.
    law = Legislation.id == site.scalar(SANCTIONS_ACT)
    site.execute(sa.update(Legislation).where(law).values(enacted_on=None, introduced_on=PartialDate("2018")))
    says, day = "SAMLA: royal assent, 1999", PartialDate("1999-01-01")
    find(site, kind="made", outside_key="made", fills="enacted_on", says=says, happened_on=day)
    desk = site.browser(ED).get("/staff/")
    with site.unchanged():
        refused = desk.submit(f"Fill in the date from: {says}")
    assert refused.summary == ["It cannot become law before it is introduced."]

    # Royal assent is told also after its day was filled in.
    number = find(site, kind="royal_assent", fills="enacted_on")
    done = site.browser(ED).get("/staff/").submit(f"Fill in the date from: {SAYS}")
    assert site.scalar(sa.select(Legislation.enacted_on).where(law)) == in_days(-1)
    assert state_of(site, number) is FindingState.NEW
    assert not done.has_button(f"Fill in the date from: {SAYS}")
    assert f"Tell it : {SAYS}" in done.links()


def test_what_is_to_come_stands_in_the_calendar_once_it_is_told(sqlite_site: Site) -> None:
    site = sqlite_site
    says = f"Empty Homes Bill: third reading, Commons, set down for {in_days(7).in_words}"
    find(site, happened_on=in_days(7), says=says)
    form = site.browser(ED).get("/staff/").follow(f"Tell it : {says}")
    assert form.value("happened_on") == PartialDate(today().isoformat()).in_words
    assert form.value("is_next_step") == ("" if any(ask.next_step for ask in concerned(site)) else "y")
    chosen = [str(concerned(site)[0].id)]
    form.submit("Publish", evidence_0_is_opened="y", asks=chosen, is_next_step="y")
    calendar = site.browser().get("/calendar.ics").html
    assert f"DTSTART;VALUE=DATE:{in_days(7).text.replace('-', '')}" in calendar


def test_the_public_reads_when_a_machine_looked_and_never_what_it_found(site: Site) -> None:
    ask, day = concerned(site)[0], PartialDate(today().isoformat()).in_words
    assert "A machine looked" not in site.browser().get(f"/asks/{ask.slug}").text
    for source in ("bills", "law", "sanctions"):
        looked(site, source)
    secret = {"says": "TOPSECRET", "tells": "TOPSECRET", "address": "https://topsecret.example"}
    for words in (
        "nothing it found is untold",
        "one thing that it found is being looked at",
        "2 things that it found",
    ):
        page = site.browser().get(f"/asks/{ask.slug}")
        assert f"A machine looked at Parliament, legislation and the sanctions list on {day}; {words}" in page.text
        assert "topsecret" not in page.html.casefold()
        find(site, outside_key=f"bill/1/{words}", **secret)
        looked(site, "bills")
    looked(site, "law", sentence="25 could not be read, the first: An Act")
    page = site.browser().get(f"/asks/{ask.slug}")
    assert f"the sanctions list on {day}, and could not read all of it; 3 things" in page.text
    assert "A machine looked" not in site.browser().get(f"/asks/{ask.slug}?on=2020-01-01").text


def test_the_public_reads_by_the_evidence_what_a_machine_saw_there(site: Site) -> None:
    ask, seen_at = concerned(site)[0], datetime(2026, 11, 28, 6, 0, tzinfo=UTC)
    said = {Sight.QUOTED: "Found there on", Sight.ANSWERED: "The address answered on"}
    for sight in (*Sight, None):
        with writing(site.engine) as session:
            cited = sa.select(Evidence.id).join(Update).where(Update.ask_id == ask.id, Evidence.is_see_also.is_(False))
            for number in session.scalars(cited).all():
                look = EvidenceLook(evidence_id=number, asked_at=now(), sight=sight, seen_at=sight and seen_at)
                session.merge(look)
            session.execute(sa.update(Revision).values(number=Revision.number + 1))
        page, past = (site.browser().get(f"/asks/{ask.slug}{query}").text for query in ("", "?on=2026-11-29"))
        for words in said.values():
            assert (f"{words} 28 November 2026." in page) is (bool(sight) and words == said.get(sight))
            assert words not in past


def test_the_desk_says_when_a_source_was_not_read_whole(site: Site) -> None:
    looked(site, "bills", LookOutcome.FAILED, "It gave no answer.")
    looked(site, "law", sentence="1 could not be read, the first: 2018 c. 13: It is no XML.")
    text = site.browser(ED).get("/staff/").section("faults")
    assert "Parliament’s bills: could not be used: It gave no answer." in text
    assert "Legislation.gov.uk: 1 could not be read" in text
    looked(site, "bills")
    looked(site, "law")
    assert "faults" not in site.browser(ED).get("/staff/").html
    with site.reading() as session:
        late = [what for what, _ in find_faults(session, now() + timedelta(days=4))]
    assert late == ["Parliament’s bills", "legislation.gov.uk"]
