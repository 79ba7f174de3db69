"""Laws as legislation.gov.uk tells them: when made and in force, and what was done to them since.

Its metadata and its feeds of effects: https://legislation.github.io/data-documentation/. The text as made is asked for,
since a revised one can lack the days.
"""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple
from xml.etree.ElementTree import Element

from tracker.db.engine import reading
from tracker.models import Legislation, Link
from tracker.official.effects import find_effects
from tracker.official.fetching import Unreadable
from tracker.official.findings import Found
from tracker.official.followed import day_of, is_new_to, list_followed
from tracker.official.looking import Looking
from tracker.official.xml import elements
from tracker.rules.citations import LawRef, parse_address
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import BILLS

LAW = "{http://www.legislation.gov.uk/namespaces/legislation}"
METADATA = "{http://www.legislation.gov.uk/namespaces/metadata}"
IDENTIFIER = "{http://purl.org/dc/elements/1.1/}identifier"
EFFECTS = "/changes/affected/{}/data.feed?results-count=50&sort=modified"
MADE = frozenset({"uksi", "ssi", "wsi", "nisi", "nisr", "nisro", "uksro", "ukmd"})


class FollowedLaw(NamedTuple):
    """A law of ours, how legislation.gov.uk names it, and its links."""

    law: Legislation
    ref: LawRef
    links: list[Link]


def read_law(looking: Looking) -> None:
    """Look at each law of legislation.gov.uk that asks hang on; EU law is left out."""
    with reading(looking.engine) as session:
        laws = [
            (law.citation or law.title, FollowedLaw(law, ref, law.links))
            for law in list_followed(session)
            if (ref := parse_address(law.address or "")) and not ref.kind.startswith("eu")
        ]
    looking.each(laws, partial(_read, looking))


def _read(looking: Looking, followed: FollowedLaw) -> None:
    kind, key = followed.ref.kind, followed.ref.key
    # Of an Act the metadata alone are asked for: its text can be long.
    path = f"/{key}/made" if kind in MADE else f"/{key}" if kind in BILLS else f"/{key}/resources"
    answer = looking.answers.get("law", f"{path}/data.xml")
    metadata = next(elements(answer, f"{LAW}Legislation", f"{METADATA}Metadata"), None)
    if metadata is None:
        raise Unreadable("the answer has no metadata.")
    about = parse_address(metadata.findtext(IDENTIFIER) or "")
    if about is None or about.identity != followed.ref.identity:
        raise Unreadable(f"the answer is about another law, {about.key if about else 'which it does not name'}.")
    found = list(_find_days(followed, metadata))
    feed = looking.answers.get("law", EFFECTS.format(key))
    found += find_effects(looking, followed.law, followed.links, feed)
    looking.keep(found)


def _find_days(followed: FollowedLaw, metadata: Element) -> Iterator[Found]:
    """The days that we lack or have otherwise: made or laid, and in force where the law came into force at once."""
    law, ref = followed.law, followed.ref
    is_draft = ref.kind in BILLS
    enacted = _days(metadata, "EnactmentDate") + _days(metadata, "Made")
    for day in enacted[:1]:
        if not is_draft and is_new_to(law.enacted_on, day):
            word = "made" if ref.kind in MADE else "royal assent"
            yield _date_of(followed, word, day, "enacted_on")
    laid = _days(metadata, "Laid")
    for day in laid[:1]:
        if is_draft and is_new_to(law.introduced_on, day):
            yield _date_of(followed, "laid in draft", day, "introduced_on")
    becomes = metadata.find(f".//{METADATA}SupersededBy")
    if is_draft and becomes is not None and (made := parse_address(becomes.get("URI", ""))) and not law.becomes_id:
        yield Found(
            kind="made",
            subject_kind="legislation",
            subject_id=law.id,
            key=f"law/{ref.key}/becomes",
            says=f"{law.title} was made: {made.citation or made.key}",
            address=made.address,
            page_title=law.title,
            raw={"becomes": made.key},
        )
    in_force = set(_days(metadata, "DateTime"))
    for link in followed.links if len(in_force) == 1 else []:
        if link.in_force_on is None:
            (day,) = in_force
            name = f"{law.citation or law.title} {link.provisions}".strip()
            yield Found(
                kind="in_force",
                subject_kind="link",
                subject_id=link.id,
                key=f"law/{ref.key}/link/{link.id}/in-force",
                says=f"{name}: in force since {day.in_words}",
                tells=f"{name} came into force.",
                address=ref.address,
                page_title=law.title,
                happened_on=day,
                fills="in_force_on",
            )


def _date_of(followed: FollowedLaw, word: str, day: PartialDate, fills: str) -> Found:
    """A day that we lack or have otherwise."""
    law, ref = followed.law, followed.ref
    held = getattr(law, fills)
    return Found(
        kind="made",
        subject_kind="legislation",
        subject_id=law.id,
        key=f"law/{ref.key}/{fills}",
        says=f"{law.title}: {word}, {day.in_words}" + (f"; we say {held.in_words}" if held else ""),
        tells=f"{law.title}: {word}.",
        address=ref.address,
        page_title=law.title,
        happened_on=day,
        fills=fills,
    )


def _days(metadata: Element, name: str) -> list[PartialDate]:
    return [day for at in metadata.iter(f"{METADATA}{name}") if (day := day_of(at.get("Date")))]
