"""Laws as legislation.gov.uk tells them: when made and in force, and what was done to them since.

Its metadata and its feeds of effects: https://legislation.github.io/data-documentation/. The text as made is asked for,
since a revised one can lack the days.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tracker.models import Finding, Legislation
from tracker.official.effects import find_effects
from tracker.official.fetching import Unreadable
from tracker.official.followed import read_day
from tracker.official.looking import Looking
from tracker.official.xml import METADATA, elements
from tracker.rules.citations import LawRef, parse_address
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import BILLS

LAW = "{http://www.legislation.gov.uk/namespaces/legislation}"
IDENTIFIER = "{http://purl.org/dc/elements/1.1/}identifier"
EFFECTS = "/changes/affected/{}/data.feed?results-count=50&sort=modified"
MADE = frozenset({"uksi", "ssi", "wsi", "nisi", "nisr", "nisro", "uksro", "ukmd"})


def read_law(looking: Looking) -> None:
    """Look at each law of legislation.gov.uk that asks hang on; EU law is left out."""
    refs = {law.id: ref for law in looking.followed if (ref := parse_address(law.address or ""))}
    laws = [law for law in looking.followed if law.id in refs and not refs[law.id].kind.startswith("eu")]
    looking.each(laws, lambda law: _read(looking, law, refs[law.id]))


def _read(looking: Looking, law: Legislation, ref: LawRef) -> None:
    # Of an Act the metadata alone are asked for: its text can be long.
    version = "/made" if ref.kind in MADE else "" if ref.kind in BILLS else "/resources"
    answer = looking.answers.get("law", f"/{ref.key}{version}/data.xml")
    metadata = next(elements(answer, f"{LAW}Legislation", f"{METADATA}Metadata"), None)
    if metadata is None:
        raise Unreadable("the answer has no metadata.")
    about = parse_address(metadata.findtext(IDENTIFIER) or "")
    if about is None or about.identity != ref.identity:
        raise Unreadable(f"the answer is about another law, {about.key if about else 'which it does not name'}.")
    found = [*_find_days(law, ref, metadata), *_find_commencement(law, ref, metadata)]
    feed = looking.answers.get("law", EFFECTS.format(ref.key))
    looking.keep([*found, *find_effects(looking, law, feed)])


def _find_days(law: Legislation, ref: LawRef, metadata: Element) -> Iterator[Finding]:
    """Yield the day of a law that we lack or have otherwise, and which law a draft became."""
    if ref.kind in BILLS:
        name, word, fills, held = "Laid", "laid in draft", "introduced_on", law.introduced_on
        becomes = metadata.find(f".//{METADATA}SupersededBy")
        if becomes is not None and (made := parse_address(becomes.get("URI", ""))) and not law.becomes_id:
            says = f"{law.title} was made: {made.citation or made.key}"
            yield _found("made", law, f"law/{ref.key}/becomes", says, made.address, raw={"becomes": made.key})
    elif ref.kind in MADE:
        name, word, fills, held = "Made", "made", "enacted_on", law.enacted_on
    else:
        name, word, fills, held = "EnactmentDate", "royal assent", "enacted_on", law.enacted_on
    for day in _days(metadata, name)[:1]:
        if held is None or not day.text.startswith(held.text):
            says, tells = f"{law.title}: {word}, {day.in_words}", f"{law.title}: {word}."
            says += f"; we say {held.in_words}" if held else ""
            key = f"law/{ref.key}/{fills}"
            yield _found("made", law, key, says, ref.address, tells=tells, happened_on=day, fills=fills)


def _find_commencement(law: Legislation, ref: LawRef, metadata: Element) -> Iterator[Finding]:
    """Yield the day on which a law came into force at once, for the links that lack it."""
    days = set(_days(metadata, "DateTime"))
    for link in law.links:
        if len(days) == 1 and link.in_force_on is None:
            (day,) = days
            name = f"{law.citation or law.title} {link.provisions}".strip()
            says, key = f"{name}: in force since {day.in_words}", f"law/{ref.key}/link/{link.id}/in-force"
            found = _found("in_force", law, key, says, ref.address, happened_on=day, fills="in_force_on")
            found.tells, found.subject_kind, found.subject_id = f"{name} came into force.", "link", link.id
            yield found


def _found(kind: str, law: Legislation, key: str, says: str, address: str, **more: object) -> Finding:
    values = {"subject_kind": "legislation", "subject_id": law.id, "page_title": law.title} | more
    return Finding(kind=kind, outside_key=key, says=says, address=address, **values)


def _days(metadata: Element, name: str) -> list[PartialDate]:
    return [day for at in metadata.iter(f"{METADATA}{name}") if (day := read_day(at.get("Date")))]
