"""Statutory instruments under the Acts that asks hang on, as Parliament's Statutory Instruments API tells them.

https://statutoryinstruments-api.parliament.uk/swagger/v2/swagger.json
"""

from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import quote

from tracker.models import Finding, Legislation
from tracker.official.fetching import Unreadable
from tracker.official.findings import about_law
from tracker.official.looking import Looking, read_day
from tracker.rules.citations import LawRef

PAGE, MOST = 100, 1000


def read_instruments(looking: Looking) -> None:
    """Look at what was made or laid of late under each Act."""
    ours = {law.identity for law in looking.followed}
    looking.each([law for law in looking.followed if law.kind == "ukpga"], lambda act: _read(looking, act, ours))


def _read(looking: Looking, act: Legislation, ours: Collection[str | None]) -> None:
    named = looking.answers.get("instruments", f"/ActOfParliament?Name={quote(act.title)}").json()["items"]
    numbers = [item["value"]["id"] for item in named if _bare(item["value"]["name"]) == _bare(act.title)]
    if not numbers:
        raise Unreadable("Parliament lists no Act of this name.")
    listed = _list(looking, quote(str(numbers[0]), safe=""))
    found = looking.sound(listed, lambda item: _found(looking, act, item["value"], ours))
    news = [finding for finding, is_news in found if is_news]
    looking.keep(news, key_prefix=f"instrument/{act.id}/", keys=[finding.outside_key for finding, _ in found])


def _list(looking: Looking, act_number: str) -> Iterator[dict[str, Any]]:
    """Yield the instruments under an Act, page by page."""
    for first in range(0, MOST, PAGE):
        path = f"/StatutoryInstrument?ActOfParliamentId={act_number}&Skip={first}&Take={PAGE}"
        page = looking.answers.get("instruments", path).json()
        yield from page["items"]
        if first + PAGE >= page["totalResults"]:
            return


def _found(
    looking: Looking, act: Legislation, value: dict[str, Any], ours: Collection[str | None]
) -> tuple[Finding, bool]:
    """Return an instrument, and whether it is news: made or laid of late, and no law of ours. A draft has no number."""
    name, number = str(value["name"]), str(value["id"])
    is_made = value.get("paperYear") and value.get("paperNumber")
    ref = LawRef("uksi", str(int(value["paperYear"])), str(int(value["paperNumber"]))) if is_made else None
    laid = filter(None, (read_day(value.get(f"{house}LayingDate")) for house in ("commons", "lords")))
    dated = {"made": read_day(value.get("paperMadeDate")), "laid": min(laid, default=None)}
    steps = [(word, day) for word, day in dated.items() if day]
    cited = f"{name} ({ref.citation})" if ref else f"{name} (draft)"
    when = ", ".join(f"{word} {day.in_words}" for word, day in steps)
    happened = " and ".join(f"{word} on {day.in_words}" for word, day in steps)
    page = f"https://statutoryinstruments.parliament.uk/instrument/{number}"
    is_ours = ref is not None and ref.identity in ours
    finding = about_law(
        act,
        "instrument",
        f"instrument/{act.id}/{number}",
        f"{cited}, under the {act.title}: {when}",
        tells=f"The {cited.removeprefix('The ')} was {happened} under the {act.title}.",
        address=f"{ref.address}/made" if ref else page,
        page_title=name,
        happened_on=steps[0][1] if steps else None,
        raw={word: str(day or "") for word, day in dated.items()},
    )
    return finding, not is_ours and any(map(looking.is_recent, dated.values()))


def _bare(title: str) -> str:
    return title.casefold().removeprefix("the ")
