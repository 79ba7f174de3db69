"""Statutory instruments under the Acts that asks hang on, as Parliament's Statutory Instruments API tells them.

https://statutoryinstruments-api.parliament.uk/swagger/v2/swagger.json
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote

from tracker.db.engine import reading
from tracker.official.fetching import Unreadable
from tracker.official.findings import Found
from tracker.official.followed import day_of, list_followed
from tracker.official.looking import Looking
from tracker.rules.citations import LawRef
from tracker.rules.dates import PartialDate

PAGE, MOST = 100, 1000


class Act(NamedTuple):
    """An Act of ours."""

    id: int
    title: str


class Instrument(NamedTuple):
    """An instrument before Parliament; the number is there once it is made."""

    id: str
    name: str
    ref: LawRef | None
    made: PartialDate | None
    laid: PartialDate | None


def read_instruments(looking: Looking) -> None:
    """Look at what was made or laid of late under each Act."""
    with reading(looking.engine) as session:
        followed = list_followed(session)
        held = {law.identity for law in followed}
        acts = [(law.citation or law.title, Act(law.id, law.title)) for law in followed if law.kind == "ukpga"]
    looking.each(acts, partial(_read, looking, held))


def _read(looking: Looking, held: set[str | None], act: Act) -> None:
    named = looking.answers.get("instruments", f"/ActOfParliament?Name={quote(act.title)}").json()["items"]
    numbers = [item["value"]["id"] for item in named if _is_same(item["value"]["name"], act.title)]
    if not numbers:
        raise Unreadable("Parliament lists no Act of this name.")
    listed = list(_list(looking, quote(str(numbers[0]), safe="")))
    instruments = looking.sound(act.title, listed, _instrument_of)
    news = [_tell(act, it) for it in instruments if _is_news(looking, it) and not (it.ref and it.ref.identity in held)]
    keys = {_key(act, instrument) for instrument in instruments}
    looking.keep(news, key_prefix=f"instrument/{act.id}/", keys=keys)


def _list(looking: Looking, act_number: str) -> Iterator[dict[str, Any]]:
    """Yield the instruments under an Act, page by page."""
    for first in range(0, MOST, PAGE):
        path = f"/StatutoryInstrument?ActOfParliamentId={act_number}&Skip={first}&Take={PAGE}"
        page = looking.answers.get("instruments", path).json()
        yield from page["items"]
        if first + PAGE >= page["totalResults"]:
            return


def _instrument_of(item: dict[str, Any]) -> Instrument:
    value = item["value"]
    laid = [day for house in ("commons", "lords") if (day := day_of(value.get(f"{house}LayingDate")))]
    year, number = value.get("paperYear"), value.get("paperNumber")
    ref = LawRef("uksi", str(int(year)), str(int(number))) if year and number else None
    return Instrument(
        str(value["id"]), str(value["name"]), ref, day_of(value.get("paperMadeDate")), min(laid, default=None)
    )


def _is_news(looking: Looking, instrument: Instrument) -> bool:
    days = [day for day in (instrument.made, instrument.laid) if day]
    return any(day.first_day >= looking.recent for day in days)


def _tell(act: Act, instrument: Instrument) -> Found:
    steps = [(word, day) for word, day in (("made", instrument.made), ("laid", instrument.laid)) if day]
    cited = f"{instrument.name} ({instrument.ref.citation})" if instrument.ref else f"{instrument.name} (draft)"
    when = ", ".join(f"{word} {day.in_words}" for word, day in steps)
    happened = " and ".join(f"{word} on {day.in_words}" for word, day in steps)
    page = f"https://statutoryinstruments.parliament.uk/instrument/{instrument.id}"
    return Found(
        kind="instrument",
        subject_kind="legislation",
        subject_id=act.id,
        key=_key(act, instrument),
        says=f"{cited}, under the {act.title}: {when}",
        tells=f"The {cited.removeprefix('The ')} was {happened} under the {act.title}.",
        address=f"{instrument.ref.address}/made" if instrument.ref else page,
        page_title=instrument.name,
        happened_on=instrument.made or instrument.laid,
        raw={"made": str(instrument.made or ""), "laid": str(instrument.laid or "")},
    )


def _key(act: Act, instrument: Instrument) -> str:
    return f"instrument/{act.id}/{instrument.id}"


def _is_same(name: str, title: str) -> bool:
    return name.casefold().removeprefix("the ") == title.casefold().removeprefix("the ")
