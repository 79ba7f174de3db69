"""Bills as Parliament's Bills API tells them: https://bills-api.parliament.uk/swagger/v1/swagger.json.

Stages are known by their description and House, since their numbers differ between sources. The API has no date of
royal assent: it is the day of that stage, if the bill is an Act.
"""

import re
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from tracker.db.engine import reading
from tracker.official.fetching import Unreachable, Unreadable
from tracker.official.findings import Found
from tracker.official.followed import day_of, list_followed
from tracker.official.looking import Looking
from tracker.rules.dates import PartialDate

ADDRESS = re.compile(r"https?://bills\.parliament\.uk/bills/([1-9][0-9]{0,8})(?:[/?#]|$)", re.ASCII)
ORDINALS = {"1st": "First", "2nd": "Second", "3rd": "Third"}
LATEST = "/Bills?SortOrder=DateUpdatedDescending&Take=20"
ROYAL_ASSENT = "royal assent"


class Bill(NamedTuple):
    """A bill of ours, and its number at Parliament."""

    id: int
    title: str
    number: int

    @property
    def page(self) -> str:
        """The address of its page."""
        return f"https://bills.parliament.uk/bills/{self.number}"


class Stage(NamedTuple):
    """A stage with the first day on which it was or will be."""

    number: int
    name: str
    house: str
    day: PartialDate


def read_bills(looking: Looking) -> None:
    """Look at each bill that asks hang on and that we do not know to have ended."""
    with reading(looking.engine) as session:
        bills = [
            (law.title, Bill(law.id, law.title, int(found[1])))
            for law in list_followed(session)
            if (found := ADDRESS.match(law.address or "")) and not (law.enacted_on or law.lapsed_on)
        ]
    if bills:
        looking.each(bills, partial(_read, looking, _find_newest_session(looking)))


def _read(looking: Looking, newest_session: int, bill: Bill) -> None:
    about = looking.answers.get("bills", f"/Bills/{bill.number}").json()
    if about["billId"] != bill.number:
        raise Unreadable(f"the answer is about another bill, {about['billId']}.")
    listed = looking.answers.get("bills", f"/Bills/{bill.number}/Stages?Take=100").json()["items"]
    stages = list(filter(None, looking.sound(bill.title, listed, _stage_of)))
    current = about.get("currentStage") or {}
    assent = _days_of(current) if _is_assent(current) else []
    found = [_tell_stage(looking, bill, stage) for stage in _news(looking, stages)]
    if about["isAct"] and assent:
        found.append(_end(bill, "royal_assent", "royal assent", assent[0], "enacted_on"))
    elif not about["isAct"]:
        found += _ends(bill, about, newest_session, [stage.day for stage in stages if stage.day <= looking.today])
    keys = {each.key for each in found} | {_key(bill, stage) for stage in stages}
    if not newest_session:  # then nobody knows whether it fell
        keys.add(f"bill/{bill.number}/ended")
    looking.keep(found, key_prefix=f"bill/{bill.number}/", keys=keys)


def _news(looking: Looking, stages: list[Stage]) -> Iterator[Stage]:
    """The newest stage, those of the last weeks and those to come; the others were there before anybody looked."""
    newest = max((stage.day for stage in stages if stage.day <= looking.today), default=None)
    return (stage for stage in stages if stage.day == newest or stage.day.first_day >= looking.recent)


def _stage_of(stage: dict[str, Any]) -> Stage | None:
    """Read a stage; None where no day is known, and for royal assent, which is told by itself."""
    name, house = str(stage["description"]), str(stage["house"])
    days = _days_of(stage)
    if not days or _is_assent(stage):
        return None
    first, _, rest = name.partition(" ")
    return Stage(int(stage["id"]), f"{ORDINALS.get(first, first)} {rest}".strip(), house, days[0])


def _days_of(stage: dict[str, Any]) -> list[PartialDate]:
    return sorted(filter(None, (day_of(sitting.get("date")) for sitting in stage.get("stageSittings") or [])))


def _is_assent(stage: dict[str, Any]) -> bool:
    return str(stage.get("description")).casefold() == ROYAL_ASSENT


def _key(bill: Bill, stage: Stage) -> str:
    return f"bill/{bill.number}/stage/{stage.number}"


def _tell_stage(looking: Looking, bill: Bill, stage: Stage) -> Found:
    where = f" in the House of {stage.house}" if stage.house in {"Commons", "Lords"} else ""
    name, is_to_come = stage.name[0].lower() + stage.name[1:], stage.day > looking.today
    when = f"set down for {stage.day.in_words}" if is_to_come else stage.day.in_words
    tells = f"The {bill.title} had its {name}{where}."
    if is_to_come:
        tells = f"The {name} of the {bill.title}{where} is set down for {stage.day.in_words}."
    return Found(
        kind="stage",
        subject_kind="legislation",
        subject_id=bill.id,
        key=_key(bill, stage),
        says=", ".join(filter(None, (f"{bill.title}: {name}", stage.house, when))),
        tells=tells,
        address=f"{bill.page}/stages",
        page_title=f"{bill.title}: stages",
        happened_on=stage.day,
        raw={"stage": stage.name, "house": stage.house, "to_come": is_to_come},
    )


def _ends(bill: Bill, about: dict[str, Any], newest_session: int, past: list[PartialDate]) -> Iterator[Found]:
    """How a bill that is no Act ended: withdrawn, defeated, or in no session after an earlier one."""
    sessions = [about.get("introducedSessionId") or 0, *(about.get("includedSessionIds") or [])]
    if withdrawn := day_of(about.get("billWithdrawn")):
        yield _end(bill, "ended", "withdrawn", withdrawn, "lapsed_on")
    elif about.get("isDefeated"):
        yield _end(bill, "ended", "defeated", max(past, default=None), "lapsed_on")
    elif 0 < max(sessions) < newest_session:
        yield _end(bill, "ended", "not carried into the present session: fallen", None, "")


def _end(bill: Bill, kind: str, how: str, day: PartialDate | None, fills: str) -> Found:
    return Found(
        kind=kind,
        subject_kind="legislation",
        subject_id=bill.id,
        key=f"bill/{bill.number}/{kind}",
        says=f"{bill.title}: {how}" + (f", {day.in_words}" if day else ""),
        tells=f"The {bill.title} received royal assent." if kind == "royal_assent" else f"The {bill.title}: {how}.",
        address=bill.page,
        page_title=bill.title,
        happened_on=day,
        fills=fills if day else "",
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
