"""Whether the pages that published entries cite still answer, and still have the words that were quoted.

No draft's address is asked, and no see-also's. What changed is a finding for a person; a refusal is none.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.db.engine import reading
from tracker.models import Ask, Evidence, EvidenceLook, Finding, Update
from tracker.official.fetching import Unreachable, Unreadable
from tracker.official.findings import withdraw_missing
from tracker.official.looking import Looking
from tracker.official.pages import Pages, WebPage
from tracker.rules.asks import Publication
from tracker.rules.disputes import CORRECTIONS
from tracker.rules.official import SOURCES, Sight
from tracker.rules.text import parts_of, plain, stand_in

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
ASKED_AT = sa.func.coalesce(EvidenceLook.asked_at, NEVER)
CITED = (
    sa.select(Evidence.id, Evidence.url, Evidence.title, Evidence.quote, Evidence.archived_url)
    .add_columns(Update.ask_id, EvidenceLook.sight, EvidenceLook.seen_at)
    .join(Update, Update.id == Evidence.update_id)
    .join(Ask, Ask.id == Update.ask_id)
    .outerjoin(EvidenceLook, EvidenceLook.evidence_id == Evidence.id)
    .where(Update.publication == Publication.PUBLISHED, Ask.publication == Publication.PUBLISHED)
    .where(Evidence.is_see_also.is_(sa.false()), ~Evidence.url.endswith(CORRECTIONS, autoescape=True))
)
# What is said to staff, and proposed for the story.
SAYS: Mapping[Sight, tuple[str, str]] = {
    Sight.NOT_QUOTED: (
        "the quoted words were not found there",
        "The words that we quoted were not found on the page “{}”.",
    ),
    Sight.QUOTE_GONE: ("the quotation is gone", "The words that we quoted are no longer on the page “{}”."),
    Sight.PAGE_GONE: ("the page is gone", "The page “{}”, which we cite, is gone from its address."),
}


def read_evidence(looking: Looking, pages: Pages, most: int) -> None:
    """Look at so many pages, those first that were not asked for longest; raises Unreadable when none answered.

    A host that gave no answer is not asked again in this look.
    """
    with reading(looking.engine) as session:
        due, silent = _list_due(session, most), dict[str, str]()
    for number, (address, cited) in enumerate(due.items(), 1):
        looking.say(f"{SOURCES[looking.source]}: {number} of {len(due)}")
        host = address.split("/")[2]
        if host in silent:
            continue
        page = None
        try:
            page = pages.get(address)
        except Unreadable as error:
            if isinstance(error, Unreachable):
                silent[host] = str(error)
        looking.row.records += host not in silent
        _keep(looking, cited, page)
    if silent and not looking.row.records:
        raise Unreadable(f"No page answered. {next(iter(silent.values()))}")


def _list_due(session: Session, most: int) -> Mapping[str, Sequence[Any]]:
    """Return the pages to ask for, each with the evidence that cites it."""
    longest = CITED.with_only_columns(Evidence.url).group_by(Evidence.url)
    addresses = session.scalars(longest.order_by(sa.func.min(ASKED_AT), Evidence.url).limit(most)).all()
    due: dict[str, list[Any]] = {address: [] for address in addresses}
    for row in session.execute(CITED.where(Evidence.url.in_(addresses)).order_by(Evidence.id)):
        due[row.url].append(row)
    return due


def _keep(looking: Looking, cited: Sequence[Any], page: WebPage | None) -> None:
    """Keep what was seen of a page; None is a refusal. Each ask gets one finding, however often it cites the page."""
    text = plain(page.text) if page and page.text else None
    told: set[tuple[int, str]] = set()
    with looking.writing() as session:
        for row in cited:
            sight, seen_at = (_sight(row, page, text), looking.at) if page else (row.sight, row.seen_at)
            session.merge(EvidenceLook(evidence_id=row.id, asked_at=looking.at, sight=sight, seen_at=seen_at))
            if page:
                amiss = (row.ask_id, "" if page.is_gone else row.quote)
                looking.note(session, [_found(row, sight)] if sight in SAYS and amiss not in told else [])
                told.add(amiss)
                withdraw_missing(session, f"evidence/{row.id}/", [f"evidence/{row.id}/{sight}"])


def _sight(row: Any, page: WebPage, text: str | None) -> Sight:
    """Return what there is to see of the evidence on its page."""
    words = parts_of(row.quote)
    if page.is_gone:
        return Sight.PAGE_GONE
    if text is None or not words:
        return Sight.ANSWERED
    if stand_in(words, text):
        return Sight.QUOTED
    return Sight.QUOTE_GONE if row.sight in (Sight.QUOTED, Sight.QUOTE_GONE) else Sight.NOT_QUOTED


def _found(row: Any, sight: Sight) -> Finding:
    says, tells = SAYS[sight]
    copy = "we name an archived copy" if row.archived_url else "we name no archived copy"
    return Finding(
        kind=sight.value,
        subject_kind="ask",
        subject_id=row.ask_id,
        outside_key=f"evidence/{row.id}/{sight}",
        says=f"{row.title}: {says}; {copy}",
        tells=tells.format(row.title),
        address=row.url,
        page_title=row.title,
    )
