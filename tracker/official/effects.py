"""What was done to a law, from the feed of effects of legislation.gov.uk.

An effect is known by what it does, from which day, and by the law that does it: the ids of the feed's entries can
repeat, and one law often has an effect for each provision.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element

from tracker.models import Finding, Legislation, Link
from tracker.official.fetching import Answer
from tracker.official.followed import read_day
from tracker.official.looking import Looking
from tracker.official.provisions import provisions_of
from tracker.official.xml import METADATA, elements
from tracker.rules.citations import parse_address
from tracker.rules.dates import PartialDate
from tracker.rules.text import slugify

FEED = "{http://www.w3.org/2005/Atom}feed"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
COMMENCEMENT = "coming into force"
SHOWN = 5


class LawEffect(NamedTuple):
    """What another law does to a law, and from which day on where one is known."""

    does: str
    by: str
    by_key: str
    by_address: str
    day: PartialDate | None


def find_effects(looking: Looking, law: Legislation, feed: Answer) -> Iterator[Finding]:
    """Yield the days that links of ours lack, and what else was done of late, one finding for each law that did it."""
    name = law.citation or law.title
    groups: dict[LawEffect, list[str]] = defaultdict(list)
    for effect, column, provisions, modified in looking.sound(elements(feed, FEED, f"{METADATA}Effect"), _effect_of):
        touched, is_told = provisions_of(provisions), False
        for link in law.links:
            own = provisions_of(link.provisions)
            if own & touched and column and not getattr(link, column):
                is_told = True
                # Filled in by a click only where all its provisions are meant.
                what, fills = (link.provisions, column) if own <= touched else (provisions, "")
                key = f"link/{link.id}/{column}/{effect.by_key}"
                yield _found(looking, effect, link, f"{name} {what}", key=key, fills=fills)
        # What has no day is news by when its record was changed.
        if not is_told and looking.is_recent(effect.day or modified):
            groups[effect].append(provisions)
    for effect, all_provisions in groups.items():
        named = list(dict.fromkeys(filter(None, all_provisions)))
        what = ", ".join(named[:SHOWN]) + (f" and {len(named) - SHOWN} more" if len(named) > SHOWN else "")
        key = f"effect/{law.id}/{effect.by_key}/{slugify(effect.does)[:60]}/{effect.day or ''}"
        yield _found(looking, effect, law, f"{name} {what}".strip(), key=key)


def _effect_of(element: Element) -> tuple[LawEffect, str, str, PartialDate | None]:
    """Return an effect, the column of a link for its day, the provisions that it touches, and when it was recorded."""
    in_force = next((it for it in element.iter(f"{METADATA}InForce") if it.get("Date")), None)
    does, day, column = element.attrib["Type"].strip(), None, ""
    if in_force is not None:
        day = read_day(in_force.get("Date"))
        if in_force.get("Qualification", "") in {"", "wholly in force"}:
            ends = does.startswith(("repealed", "revoked"))
            column = "in_force_on" if does == COMMENCEMENT else "ended_on" if ends else ""
    uri = element.attrib["AffectingURI"]
    ref = parse_address(uri)
    titles = sorted(element.iter(f"{METADATA}AffectingTitle"), key=lambda title: title.get(LANGUAGE) == "cy")
    by = (titles[0].text or "").strip() if titles else ref.citation if ref else "another law"
    by_key, address = (ref.key, ref.address) if ref else (uri, uri.replace("http://", "https://"))
    effect = LawEffect(does, by, by_key, address, day)
    return effect, column, element.get("AffectedProvisions", ""), read_day(element.get("Modified"))


def _found(
    looking: Looking, effect: LawEffect, subject: Link | Legislation, what: str, *, key: str, fills: str = ""
) -> Finding:
    is_to_come = effect.day is None or effect.day > looking.today
    day, does = effect.day.in_words if effect.day else "a day to come", f"{effect.does}, "
    if effect.does == COMMENCEMENT:
        does = "comes into force on " if is_to_come else "in force since "
    return Finding(
        kind="in_force" if effect.does == COMMENCEMENT else "effect",
        subject_kind="link" if isinstance(subject, Link) else "legislation",
        subject_id=subject.id,
        outside_key=key,
        says=f"{what}: {does}{day}, by {effect.by}",
        address=effect.by_address,
        page_title=effect.by,
        happened_on=effect.day,
        fills=fills,
        raw={"to_come": is_to_come},
    )
