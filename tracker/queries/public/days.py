"""What an ask's story says of a day: the present, or one of the past, told with what we know today.

A past day names what it keeps of the present record; all else is blank, as a field that is new will be. What a past day
means precisely stands in docs/decisions/0015-the-past.md.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from tracker.models import Ask, SuccessTest, Update
from tracker.queries.public.as_of import WHATEVER_THE_DAY
from tracker.queries.public.entries import Grounds, PublicEvidence, evidence_record, keep
from tracker.queries.public.records import AskLine, LawLine, PublicAsk, PublicLink, PublicTest, ask_line
from tracker.queries.stories import entry_of
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import Stage
from tracker.rules.pages import page_key
from tracker.rules.story import grounds_of, moved_on, state_of
from tracker.rules.updates import EvidenceType, Result

# Our words are today's; grounds, movement and asks for the same were found as of the day.
KEPT_OF_ASK = (
    "source",
    "quote",
    "quote_place",
    "reading",
    "jurisdictions",
    "bodies",
    "is_archived",
    "is_draft",
    "grounds",
    "moved_on",
    "same",
)
KEPT_OF_TEST = ("key", "label")
KEPT_OF_LINK = ("effect", "provisions", "extent", "note")
KEPT_OF_LAW = ("key", "title", "citation", "kind_label", "address", "note")


def grounds(updates: Sequence[Update], tests: Iterable[SuccessTest], on: date | None) -> Grounds:
    """The pages of the entries that set the status and the tests' results in effect; a see-also counts for nothing."""
    carrying = grounds_of(map(entry_of, updates), {test.id for test in tests}, _as_partial(on))
    pages: dict[str, PublicEvidence] = {}
    claims_alone = []
    for update in sorted((one for one in updates if one.id in carrying), key=_weight, reverse=True):
        opened = [evidence_record(item) for item in update.evidence if not item.is_see_also]
        for item in opened:
            pages.setdefault(page_key(item.url), item)
        if {item.type for item in opened} == {EvidenceType.GOVERNMENT_CLAIM}:
            claims_alone.append(update.key)
    return Grounds(tuple(pages.values()), tuple(claims_alone))


def _weight(update: Update) -> tuple[bool, PartialDate]:
    """Return what set the status stands before what set a test's result, the newest first."""
    return update.status is not None, update.happened_on


def last_movement(updates: Sequence[Update], on: date | None) -> PartialDate | None:
    """When something last happened in the world, up to a day (None: until now)."""
    return moved_on(map(entry_of, updates), _as_partial(on))


def turned_back(present: PublicAsk, ask: Ask, updates: Sequence[Update], day: date) -> PublicAsk:
    """The record with what happened later taken out; what has no date of its own is today's, or left out."""
    by_id = {update.id: update for update in updates}
    state = state_of(map(entry_of, updates), _as_partial(day))
    entry = state.status_entry
    set_by = by_id[entry.id] if entry else None
    replacing = set_by.superseded_by if set_by else None
    ids = {test.key: test.id for test in ask.tests}
    is_begun = _had_been_asked(present, updates, day)
    return keep(
        present,
        KEPT_OF_ASK,
        line=keep(
            present.line,
            WHATEVER_THE_DAY,
            status=state.status,
            status_on=state.since,
            reason=entry.reason if entry else "",
            reviewed_on=max(filter(None, (state.looked_on, _by(present.line.reviewed_on, day))), default=None),
        ),
        superseded_by=_named(replacing) if replacing and replacing.publication.is_public else None,
        tests=tuple(
            _test_on(test, test.before if is_begun else Result.UNKNOWN, state.results.get(ids[test.key]), day)
            for test in present.tests
        ),
        links=tuple(
            _link_on(link, link.law, day) for link in present.links if link.law and _had_begun(link, link.law, day)
        ),
        story=tuple(told for told in present.story if told.happened_on.first_day <= day),
        replies=tuple(reply for reply in present.replies if (reply.answered_on or reply.asked_on).first_day <= day),
        on=day,
    )


def _named(ask: Ask) -> AskLine:
    """The line of an ask of which the day's own status was not looked up."""
    return keep(ask_line(ask), WHATEVER_THE_DAY, status=None, status_on=None, reason="")


def _as_partial(day: date | None) -> PartialDate | None:
    return PartialDate(day.isoformat()) if day else None


def _by(known: PartialDate | None, day: date) -> PartialDate | None:
    """The date, unless it lies after the day."""
    return known if known and known.first_day <= day else None


def _had_been_asked(ask: PublicAsk, updates: Sequence[Update], day: date) -> bool:
    """True if the ask was made or its story had begun; for earlier days nobody looked at its tests."""
    made_on = [ask.source.published_on] if ask.source.published_on else []
    return any(on.first_day <= day for on in [*made_on, *(update.happened_on for update in updates)])


def _test_on(
    test: PublicTest, before: Result, found: tuple[Result, PartialDate | None] | None, day: date
) -> PublicTest:
    result, result_on = found or (before, None)
    reviewed_on = _by(test.reviewed_on, day)
    return keep(test, KEPT_OF_TEST, before=before, result=result, result_on=result_on, reviewed_on=reviewed_on)


def _had_begun(link: PublicLink, law: LawLine, day: date) -> bool:
    """True if there was anything of the law to see; where no date is known, its year has to do."""
    if link.in_force_on and link.in_force_on.first_day <= day:
        return True
    stage = law.stage_on(day)
    if stage is not Stage.UNDATED:
        return stage is not Stage.EXPECTED
    year = law.key.split("/")[1][:4]
    return link.in_force_on is None and (not year.isdecimal() or int(year) <= day.year)


def _link_on(link: PublicLink, law: LawLine, day: date) -> PublicLink:
    in_force_on = _by(link.in_force_on, day)
    return keep(
        link,
        KEPT_OF_LINK,
        law=keep(
            law,
            KEPT_OF_LAW,
            introduced_on=_by(law.introduced_on, day),
            enacted_on=_by(law.enacted_on, day),
            lapsed_on=_by(law.lapsed_on, day),
        ),
        in_force_on=in_force_on,
        ended_on=_by(link.ended_on, day),
        is_yet_to_begin=link.in_force_on is not None and in_force_on is None,
    )
