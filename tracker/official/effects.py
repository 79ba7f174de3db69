"""What was done to a law, from the feed of effects of legislation.gov.uk.

An effect is known by its EffectId, since the ids of the feed's entries can repeat.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element

from tracker.models import Legislation, Link
from tracker.official.fetching import Answer
from tracker.official.findings import Found
from tracker.official.followed import day_of
from tracker.official.looking import Looking
from tracker.official.provisions import provisions_of
from tracker.official.xml import elements
from tracker.rules.citations import parse_address
from tracker.rules.dates import PartialDate
from tracker.rules.text import slugify

ATOM = "{http://www.w3.org/2005/Atom}"
METADATA = "{http://www.legislation.gov.uk/namespaces/metadata}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
COMMENCEMENT = "coming into force"
ENDS = ("repealed", "revoked")
SHOWN = 5


class LawEffect(NamedTuple):
    """What another law does to provisions of a law, and from which day on where one is known."""

    does: str
    provisions: str
    by: str
    by_key: str
    by_address: str
    day: PartialDate | None
    is_whole: bool
    modified: PartialDate | None

    @property
    def fills(self) -> str:
        """The column of a link that its day belongs in, or nothing."""
        if not self.day or not self.is_whole:
            return ""
        ends = self.does.startswith(ENDS)
        return "in_force_on" if self.does == COMMENCEMENT else "ended_on" if ends else ""


def find_effects(looking: Looking, law: Legislation, links: Sequence[Link], feed: Answer) -> Iterator[Found]:
    """Yield the days that links of ours lack, and what else was done of late, one finding for each law that did it."""
    name = law.citation or law.title
    listed = elements(feed, f"{ATOM}feed", f"{METADATA}Effect")
    effects = looking.sound(name, listed, _effect_of)
    groups: dict[tuple[str, str, PartialDate | None], list[LawEffect]] = defaultdict(list)
    for effect in effects:
        touched = provisions_of(effect.provisions)
        theirs = [link for link in links if (own := provisions_of(link.provisions)) and own & touched]
        lacking = [link for link in theirs if effect.fills and not getattr(link, effect.fills)]
        yield from (_tell_link(looking, name, link, effect) for link in lacking)
        if not lacking and _is_news(looking, effect):
            groups[effect.does, effect.by_key, effect.day].append(effect)
    yield from (_tell_law(looking, law, name, group) for group in groups.values())


def _is_news(looking: Looking, effect: LawEffect) -> bool:
    """An effect is news by its day; one without a day by when its record was changed."""
    return any(day.first_day >= looking.recent for day in (effect.day or effect.modified,) if day)


def _effect_of(element: Element) -> LawEffect:
    in_force = [it for it in element.iter(f"{METADATA}InForce") if it.get("Date")]
    by = parse_address(element.attrib["AffectingURI"])
    titles = sorted(element.iter(f"{METADATA}AffectingTitle"), key=lambda title: title.get(LANGUAGE) == "cy")
    qualification = in_force[0].get("Qualification", "") if in_force else ""
    return LawEffect(
        does=element.attrib["Type"].strip(),
        provisions=element.get("AffectedProvisions", ""),
        by=(titles[0].text or "").strip() if titles else by.citation if by else "another law",
        by_key=by.key if by else element.attrib["AffectingURI"],
        by_address=by.address if by else element.attrib["AffectingURI"].replace("http://", "https://"),
        day=day_of(in_force[0].get("Date")) if in_force else None,
        is_whole=qualification in {"", "wholly in force"},
        modified=day_of(element.get("Modified")),
    )


def _tell_link(looking: Looking, name: str, link: Link, effect: LawEffect) -> Found:
    """Tell the day that a link lacks; it is filled in by a click only where all its provisions are meant."""
    is_all = provisions_of(link.provisions) <= provisions_of(effect.provisions)
    what = f"{name} {link.provisions if is_all else effect.provisions}"
    return Found(
        kind=_kind_of(effect),
        subject_kind="link",
        subject_id=link.id,
        key=f"link/{link.id}/{effect.fills}/{effect.by_key}",
        says=f"{what}: {_words(looking, effect)}, by {effect.by}",
        address=effect.by_address,
        page_title=effect.by,
        happened_on=effect.day,
        fills=effect.fills if is_all else "",
        raw={"to_come": _is_to_come(looking, effect)},
    )


def _tell_law(looking: Looking, law: Legislation, name: str, group: Sequence[LawEffect]) -> Found:
    first = group[0]
    named = list(dict.fromkeys(effect.provisions for effect in group if effect.provisions))
    provisions = ", ".join(named[:SHOWN]) + (f" and {len(named) - SHOWN} more" if len(named) > SHOWN else "")
    return Found(
        kind=_kind_of(first),
        subject_kind="legislation",
        subject_id=law.id,
        key=f"effect/{law.id}/{first.by_key}/{slugify(first.does)[:60]}/{first.day or ''}",
        says=f"{name} {provisions}".strip() + f": {_words(looking, first)}, by {first.by}",
        address=first.by_address,
        page_title=first.by,
        happened_on=first.day,
        raw={"to_come": _is_to_come(looking, first)},
    )


def _words(looking: Looking, effect: LawEffect) -> str:
    """What is done and when, such as "in force since 22 November 2018"."""
    day = effect.day.in_words if effect.day else "a day to come"
    if effect.does != COMMENCEMENT:
        return f"{effect.does}, {day}"
    return f"comes into force on {day}" if _is_to_come(looking, effect) else f"in force since {day}"


def _is_to_come(looking: Looking, effect: LawEffect) -> bool:
    return effect.day is None or effect.day > looking.today


def _kind_of(effect: LawEffect) -> str:
    return "in_force" if effect.does == COMMENCEMENT else "effect"
