"""Bills and statutory instruments as Parliament's own interfaces tell them.

https://bills-api.parliament.uk/swagger/v1/swagger.json: stages are known by their description and House, since their
numbers differ between sources. It has no date of royal assent: that is the day of that stage, if the bill is an Act.
https://statutoryinstruments-api.parliament.uk/swagger/v2/swagger.json: instruments under the Acts that asks hang on.
"""

import re
from collections.abc import Collection, Iterator
from itertools import chain
from typing import Any
from urllib.parse import quote

from tracker.models import Finding, Legislation
from tracker.official.fetching import Unreachable, Unreadable
from tracker.official.findings import about_law
from tracker.official.looking import Looking, read_day
from tracker.rules.citations import LawRef
from tracker.rules.dates import PartialDate

ADDRESS = re.compile(r"https?://bills\.parliament\.uk/bills/([1-9][0-9]{0,8})(?:[/?#]|$)", re.ASCII)
ORDINALS = {"1st": "first", "2nd": "second", "3rd": "third"}
LATEST = "/Bills?SortOrder=DateUpdatedDescending&Take=20"
PAGE, MOST = 100, 1000


def read_bills(looking: Looking) -> None:
    """Look at each bill that asks hang on and that we do not know to have ended."""
    numbers = {
        law.id: found[1]
        for law in looking.followed
        if (found := ADDRESS.match(law.address or "")) and not (law.enacted_on or law.lapsed_on)
    }
    newest = _find_newest_session(looking) if numbers else 0
    bills = [law for law in looking.followed if law.id in numbers]
    looking.each(bills, lambda bill: _read_bill(looking, bill, numbers[bill.id], newest))


def _read_bill(looking: Looking, bill: Legislation, number: str, newest_session: int) -> None:
    about = looking.answers.get("bills", f"/Bills/{number}").json()
    if about["billId"] != int(number):
        raise Unreadable(f"the answer is about another bill, {about['billId']}.")
    listed = looking.answers.get("bills", f"/Bills/{number}/Stages?Take=100").json()["items"]
    stages = list(filter(None, looking.sound(listed, lambda stage: _stage(looking, bill, number, stage))))
    past = [stage.happened_on for stage in stages if not stage.raw["to_come"]]
    # The newest stage, those of the last weeks and those to come; the others were there before anybody looked.
    newest = max(filter(None, past), default=None)
    news = [stage for stage in stages if stage.happened_on == newest or looking.is_recent(stage.happened_on)]
    news += _ends(bill, number, about, newest_session, newest)
    keys = {each.outside_key for each in (*stages, *news)}
    if not newest_session:  # then nobody knows whether it fell
        keys.add(f"bill/{number}/ended")
    looking.keep(news, key_prefix=f"bill/{number}/", keys=keys)


def _stage(looking: Looking, bill: Legislation, number: str, stage: dict[str, Any]) -> Finding | None:
    """Return a stage; None where no day is known, and for royal assent, which is told by itself."""
    description, house, day = str(stage["description"]), str(stage["house"]), _first_day(stage)
    if day is None or _is_assent(stage):
        return None
    first, _, rest = description.partition(" ")
    name = f"{ORDINALS.get(first, first.lower())} {rest}".strip()
    where = f" in the House of {house}" if house in {"Commons", "Lords"} else ""
    when, tells = day.in_words, f"The {bill.title} had its {name}{where}."
    if is_to_come := day > looking.today:
        when = f"set down for {day.in_words}"
        tells = f"The {name} of the {bill.title}{where} is {when}."
    return about_law(
        bill,
        "stage",
        f"bill/{number}/stage/{int(stage['id'])}",
        f"{bill.title}: {name}, {house}, {when}",
        tells=tells,
        address=f"https://bills.parliament.uk/bills/{number}/stages",
        page_title=f"{bill.title}: stages",
        happened_on=day,
        raw={"stage": description, "house": house, "to_come": is_to_come},
    )


def _first_day(stage: dict[str, Any]) -> PartialDate | None:
    """Return the first day on which a stage was or will be."""
    return min(filter(None, (read_day(it.get("date")) for it in stage.get("stageSittings") or [])), default=None)


def _is_assent(stage: dict[str, Any]) -> bool:
    return str(stage.get("description")).casefold() == "royal assent"


def _ends(
    bill: Legislation, number: str, about: dict[str, Any], newest_session: int, newest: PartialDate | None
) -> Iterator[Finding]:
    """Yield how a bill ended: as an Act, withdrawn, defeated, or in no session after an earlier one."""
    sessions = [about.get("introducedSessionId") or 0, *(about.get("includedSessionIds") or [])]
    current = about.get("currentStage") or {}
    if about["isAct"]:
        if _is_assent(current) and (day := _first_day(current)):
            yield _end(bill, number, "royal_assent", "royal assent", day)
    elif withdrawn := read_day(about.get("billWithdrawn")):
        yield _end(bill, number, "ended", "withdrawn", withdrawn)
    elif about.get("isDefeated"):
        yield _end(bill, number, "ended", "defeated", newest)
    elif 0 < max(sessions) < newest_session:
        yield _end(bill, number, "ended", "not carried into the present session: fallen", None)


def _end(bill: Legislation, number: str, kind: str, how: str, day: PartialDate | None) -> Finding:
    is_act = kind == "royal_assent"
    return about_law(
        bill,
        kind,
        f"bill/{number}/{kind}",
        f"{bill.title}: {how}" + (f", {day.in_words}" if day else ""),
        tells=f"The {bill.title} received royal assent." if is_act else f"The {bill.title}: {how}.",
        address=f"https://bills.parliament.uk/bills/{number}",
        happened_on=day,
        fills=("enacted_on" if is_act else "lapsed_on") if day else "",
        raw={"how": how},
    )


def _find_newest_session(looking: Looking) -> int:
    """Return the number of the newest session in which Parliament has bills; 0 when it cannot be told."""
    try:
        bills = looking.answers.get("bills", LATEST).json()["items"]
        return max(chain.from_iterable(bill.get("includedSessionIds") or [0] for bill in bills), default=0)
    except Unreachable:
        raise
    except Unreadable as error:
        looking.skipped.append(f"The newest session: {error}")
        return 0


def read_instruments(looking: Looking) -> None:
    """Look at what was made or laid of late under each Act."""
    ours = {law.identity for law in looking.followed}
    looking.each([law for law in looking.followed if law.kind == "ukpga"], lambda act: _read_act(looking, act, ours))


def _read_act(looking: Looking, act: Legislation, ours: Collection[str | None]) -> None:
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
