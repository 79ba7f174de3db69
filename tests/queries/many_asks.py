"""Forty asks that differ in everything that a list filters and sorts by, with many ties, entered by a fixed chance."""

import random
from contextlib import suppress
from datetime import date
from typing import Any

from tests.factories import make_ask, make_law, make_link, make_test, make_update
from tracker.queries.public.filters import AskFilter
from tracker.rules.asks import AskKind
from tracker.rules.dates import PartialDate
from tracker.rules.errors import RuleBroken
from tracker.rules.status import Family, Status
from tracker.rules.text import slug_of_name
from tracker.rules.updates import Result, UpdateKind
from tracker.services import records
from tracker.services.change import Change

NUMBER = 40
DATES = ["2018-01-01", "2018", "2019", "2019-07", "2019-07-30", "2020-02", "2020-02-29", "2020-12-31", "2021"]
DAYS = [date.fromisoformat(day) for day in (
    "2017-12-31", "2018-01-01", "2018-12-31", "2019-06-30", "2019-07-01", "2019-07-30", "2020-02-28", "2020-02-29",
    "2020-12-30", "2020-12-31", "2021-01-01", "2026-11-22",
)]  # fmt: skip
TITLES = ("Äpple tax", "apple tax", "Berry~tax", "berry/law", "Zebra", "šebra", "Яблоко", "한국", "x" * 100)
TOPICS = ("Housing", "Tax and trade", "Trade")
BODIES = ("The Treasury", "Home Office", "Міністерство оборони")
CHOSEN = (Status.ANNOUNCED, Status.NOT_STARTED, Status.REJECTED, Status.OVERTAKEN, Status.CANNOT_BE_JUDGED)
LAWS = ("ukpga/2018/1", "ukpga/2018/2")


def fill(change: Change) -> None:
    chance = random.Random("forty asks")
    laws = [make_law(change, citation=f"2018 c. {number}", title=f"Orchard Act {number}") for number in (1, 2)]
    for number in range(NUMBER):
        ask = make_ask(
            change,
            published=True,
            slug=f"ask-{number}",
            title=chance.choice(TITLES),
            topic=chance.choice(TOPICS),
            kind=chance.choice(list(AskKind)),
            summary=chance.choice(["Apple.", "Quince.", "Pear of apple."]),
            quote=chance.choice(["Quince.", "Pear."]),
            responsible_bodies=tuple(chance.sample(BODIES, chance.randrange(4))),
        )
        for law in chance.sample(laws, chance.randrange(3)):
            make_link(change, ask, law, published=chance.random() < 0.8)
        test = make_test(change, ask) if chance.random() < 0.5 else None
        for _ in range(chance.randrange(4)):
            tell(change, ask, test, chance)
        if number % 9 == 8:
            records.archive(change, ask, None, "Not ours.")
    make_ask(change, slug="draft", title="apple tax", topic="Drafts", responsible_bodies=("Ministry of Drafts",))


def tell(change: Change, ask: Any, test: Any, chance: random.Random) -> None:
    """Another entry: a status, perhaps one that is put right afterwards, or a milestone."""
    happened_on = PartialDate(chance.choice(DATES))
    text = chance.choice(["It was quince time.", "Nothing grew.", "An apple fell."])
    if chance.random() < 0.3:
        make_update(change, ask, text=text, happened_on=happened_on)
        return
    values: dict[str, Any] = {"text": text, "happened_on": happened_on, "status": chance.choice(CHOSEN)}
    if test and test.result is Result.UNKNOWN and chance.random() < 0.5:
        values |= {"status": Status.MET, "results": ((test.id, Result.MET),), "happened_on": PartialDate("2022")}
    with suppress(RuleBroken):  # it would change nothing, or nobody could say when: it stays a draft
        told = make_update(change, ask, **values)
        if "results" not in values and chance.random() < 0.4:
            right: dict[str, Any] = {"status": chance.choice(CHOSEN), "happened_on": PartialDate(chance.choice(DATES))}
            make_update(change, ask, kind=UpdateKind.CORRECTION, corrects_id=told.id, reason="So.", **right)


def filters(chance: random.Random, number: int) -> list[AskFilter]:
    """Different filters: nothing, each thing alone, and combinations."""
    values: dict[str, list[Any]] = {
        "family": [None, *Family],
        "status": [None, *CHOSEN, Status.MET],
        "topic": ["", "housing", "tax-and-trade", "trade"],
        "kind": [None, *AskKind],
        "body": ["", "the-treasury", "home-office", slug_of_name(BODIES[2])],
        "law": ["", *LAWS],
        "text": ["", "apple", "quince", "apple quince", "orchard", "zebra"],
    }
    alone = [AskFilter(**{name: value}) for name, choices in values.items() for value in choices[1:]]
    mixed = [
        AskFilter(
            **{name: chance.choice(values[name]) for name in chance.sample(sorted(values), chance.randrange(2, 4))}
        )
        for _ in range(number)
    ]
    return list(dict.fromkeys([AskFilter(), *alone, *mixed]))
