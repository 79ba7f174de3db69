"""Laws as legislation.gov.uk tells them: when made and in force, and what was done to them since.

Its metadata and its feeds of effects: https://legislation.github.io/data-documentation/. The text as made is asked for,
since a revised one can lack the days. An effect is known by what it does, from which day, and by the law that does it:
the ids of the feed's entries can repeat, and one law often has an effect for each provision.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from tracker.models import Finding, Legislation
from tracker.official.fetching import Answer, Unreadable
from tracker.official.findings import about_law
from tracker.official.looking import Looking, read_day
from tracker.rules.citations import LawRef, parse_address
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import BILLS
from tracker.rules.text import slugify

METADATA = "{http://www.legislation.gov.uk/namespaces/metadata}"
LAW = "{http://www.legislation.gov.uk/namespaces/legislation}"
IDENTIFIER = "{http://purl.org/dc/elements/1.1/}identifier"
FEED = "{http://www.w3.org/2005/Atom}feed"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
EFFECTS = "/changes/affected/{}/data.feed?results-count=50&sort=modified"
MADE = frozenset({"uksi", "ssi", "wsi", "nisi", "nisr", "nisro", "uksro", "ukmd"})
COMMENCEMENT = "coming into force"
SHOWN = 5
# Which provisions a text names, as far as it takes to say whether two texts mean the same ones.
PROVISION = re.compile(
    r"\b(?P<kind>schs?|schedules?|paras?|paragraphs?|ss?|sections?|regs?|regulations?|arts?|articles?|rules?|r|parts?|pts?)\.?"
    r"\s+(?P<numbers>\d+[A-Za-z]*(?:\(\w+\))*(?:\s*(?:,|-|–|and|to|&)\s*\d+[A-Za-z]*(?:\(\w+\))*)*)",
    re.IGNORECASE | re.ASCII,
)
NUMBERS = re.compile(r"(\d+[A-Za-z]*)(?:\(\w+\))*(?:\s*(?:-|–|to)\s*(\d+)\b)?", re.ASCII)
PROVISION_KINDS = ("sch", "para", "reg", "art", "part", "s", "r")  # one name for "s.", "ss." and "section"
MOST_IN_RANGE = 300


class LawEffect(NamedTuple):
    """What another law does to a law, and from which day on where one is known."""

    does: str
    by: str
    by_key: str
    by_address: str
    day: PartialDate | None


def read_law(looking: Looking) -> None:
    """Look at each law of legislation.gov.uk that asks hang on; EU law is left out."""
    refs = {law.id: ref for law in looking.followed if (ref := parse_address(law.address or ""))}
    laws = [law for law in looking.followed if law.id in refs and not refs[law.id].kind.startswith("eu")]
    looking.each(laws, lambda law: _read(looking, law, refs[law.id]))


def _read(looking: Looking, law: Legislation, ref: LawRef) -> None:
    # Of an Act the metadata alone are asked for: its text can be long.
    version = "/made" if ref.kind in MADE else "" if ref.kind in BILLS else "/resources"
    answer = looking.answers.get("law", f"/{ref.key}{version}/data.xml")
    metadata = next(answer.elements(f"{LAW}Legislation", f"{METADATA}Metadata"), None)
    if metadata is None:
        raise Unreadable("the answer has no metadata.")
    about = parse_address(metadata.findtext(IDENTIFIER) or "")
    if about is None or about.identity != ref.identity:
        raise Unreadable(f"the answer is about another law, {about.key if about else 'which it does not name'}.")
    found = [*_find_days(law, ref, metadata), *_find_commencement(law, ref, metadata)]
    feed = looking.answers.get("law", EFFECTS.format(ref.key))
    looking.keep([*found, *_find_effects(looking, law, feed)])


def _find_days(law: Legislation, ref: LawRef, metadata: Element) -> Iterator[Finding]:
    """Yield the day of a law that we lack or have otherwise, and which law a draft became."""
    if ref.kind in BILLS:
        name, word, fills, held = "Laid", "laid in draft", "introduced_on", law.introduced_on
        becomes = metadata.find(f".//{METADATA}SupersededBy")
        if becomes is not None and (made := parse_address(becomes.get("URI", ""))) and not law.becomes_id:
            says = f"{law.title} was made: {made.citation or made.key}"
            key = f"law/{ref.key}/becomes"
            yield about_law(law, "made", key, says, address=made.address, raw={"becomes": made.key})
    elif ref.kind in MADE:
        name, word, fills, held = "Made", "made", "enacted_on", law.enacted_on
    else:
        name, word, fills, held = "EnactmentDate", "royal assent", "enacted_on", law.enacted_on
    for day in _days(metadata, name)[:1]:
        if held is None or not day.text.startswith(held.text):
            says, tells = f"{law.title}: {word}, {day.in_words}", f"{law.title}: {word}."
            says += f"; we say {held.in_words}" if held else ""
            key = f"law/{ref.key}/{fills}"
            yield about_law(law, "made", key, says, tells=tells, address=ref.address, happened_on=day, fills=fills)


def _find_commencement(law: Legislation, ref: LawRef, metadata: Element) -> Iterator[Finding]:
    """Yield the day on which a law came into force at once, for the links that lack it."""
    days = set(_days(metadata, "DateTime"))
    for link in law.links:
        if len(days) == 1 and link.in_force_on is None:
            (day,) = days
            name = f"{law.citation or law.title} {link.provisions}".strip()
            yield about_law(
                law,
                "in_force",
                f"law/{ref.key}/link/{link.id}/in-force",
                f"{name}: in force since {day.in_words}",
                link=link,
                tells=f"{name} came into force.",
                address=ref.address,
                happened_on=day,
                fills="in_force_on",
            )


def _days(metadata: Element, name: str) -> list[PartialDate]:
    return [day for at in metadata.iter(f"{METADATA}{name}") if (day := read_day(at.get("Date")))]


def _find_effects(looking: Looking, law: Legislation, feed: Answer) -> Iterator[Finding]:
    """Yield the days that links of ours lack, and what else was done of late, one finding for each law that did it."""
    name = law.citation or law.title
    groups: dict[LawEffect, list[str]] = defaultdict(list)
    for effect, column, provisions, modified in looking.sound(feed.elements(FEED, f"{METADATA}Effect"), _effect_of):
        touched, is_told = provisions_of(provisions), False
        for link in law.links:
            own = provisions_of(link.provisions)
            if own & touched and column and not getattr(link, column):
                is_told = True
                # Filled in by a click only where all its provisions are meant.
                what, fills = (link.provisions, column) if own <= touched else (provisions, "")
                key = f"link/{link.id}/{column}/{effect.by_key}"
                yield _effect_found(looking, law, effect, f"{name} {what}", key, link=link, fills=fills)
        # What has no day is news by when its record was changed.
        if not is_told and looking.is_recent(effect.day or modified):
            groups[effect].append(provisions)
    for effect, all_provisions in groups.items():
        named = list(dict.fromkeys(filter(None, all_provisions)))
        what = ", ".join(named[:SHOWN]) + (f" and {len(named) - SHOWN} more" if len(named) > SHOWN else "")
        key = f"effect/{law.id}/{effect.by_key}/{slugify(effect.does)[:60]}/{effect.day or ''}"
        yield _effect_found(looking, law, effect, f"{name} {what}".strip(), key)


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


def _effect_found(looking: Looking, law: Legislation, effect: LawEffect, what: str, key: str, **more: Any) -> Finding:
    is_to_come = effect.day is None or effect.day > looking.today
    day, does = effect.day.in_words if effect.day else "a day to come", f"{effect.does}, "
    if effect.does == COMMENCEMENT:
        does = "comes into force on " if is_to_come else "in force since "
    return about_law(
        law,
        "in_force" if effect.does == COMMENCEMENT else "effect",
        key,
        f"{what}: {does}{day}, by {effect.by}",
        address=effect.by_address,
        page_title=effect.by,
        happened_on=effect.day,
        raw={"to_come": is_to_come},
        **more,
    )


def provisions_of(text: str) -> frozenset[tuple[str, str]]:
    """Return the sections, regulations, articles, schedules … that a text names, such as ("s", "51").

    Subsections are left out, and a paragraph counts by its schedule. A text that names none gives an empty set.
    """
    found = set()
    for named in PROVISION.finditer(text):
        word = named["kind"].casefold().replace("pt", "part")
        kind = next(kind for kind in PROVISION_KINDS if word.startswith(kind))
        if kind == "para":
            continue
        for first, last in NUMBERS.findall(named["numbers"]):
            found.add((kind, first.upper()))
            if last and first.isdigit() and 0 < int(last) - int(first) <= MOST_IN_RANGE:
                found |= {(kind, str(number)) for number in range(int(first), int(last) + 1)}
    return frozenset(found)
