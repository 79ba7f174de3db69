"""The story of each ask has every event of the facts, with its date, its evidence and its status."""

from collections.abc import Iterator

from tests.seeds.reading import (
    ASKS,
    COARSER_DATES,
    FACT_ASKS,
    FACTS,
    LAW_ROWS,
    SOURCES,
    Record,
    published,
    updates,
)

# Departures from the facts, each with its reason.
OTHER_REASONS = {
    ("unexplained-wealth-orders", "partly_met"): "says that no case was found, not that there was none",
    ("london-property-ownership", "partly_met"): "other action on empty homes was not looked for",
    ("crown-dependencies-registers", "partly_met"): "a suspected link, and no finding of wrongdoing",
    ("sanctions-ukraine-crimea", "in_force"): "other powers of the UK were not looked for",
    ("uk-magnitsky-sanctions", "met"): "a dated motion and not the view of MPs at large",
    ("salisbury-hold-firm", "met"): "wording only",
    ("salisbury-hold-firm", "partly_met"): "what was announced that day, not what came later",
    ("uk-magnitsky-sanctions", "in_parliament"): "nothing about the day of the article, which came later",
    ("unexplained-wealth-orders", "in_force"): "nothing about the article, which came later",
    ("overseas-territories-registers", "law_not_in_force"): "why the section counts as not in force",
    ("overseas-territories-registers", "partly_met"): "one of two small registers is known from an MP's page only",
    ("crown-dependencies-registers", "rejected"): "the refusal on the record: the Minister's request",
}
# The official page is another document than the page that was read: two entries and no archived copy.
TWO_ENTRIES = {
    ("uk-magnitsky-sanctions", "2021-04-26"): "law blog and instrument",
    ("dirty-money-london", "2023-10-26"): "law firm and Act",
    ("dirty-money-london", "2024-03-04"): "law firm and instrument",
    ("dirty-money-london", "2025-07-01"): "chambers and Act",
    ("dirty-money-london", "2025-09-01"): "law firm and Act",
    ("dirty-money-london", "2025-12-08"): "written statement and strategy",
    ("london-property-ownership", "2022-08-01"): "regulator of conveyancers and instrument",
    ("london-property-ownership", "2025-08-31"): "law firm and instrument",
    ("overseas-territories-registers", "2018-05-23"): "law firm and Act",
    ("eu-solidarity-on-russia", "2020-12-07"): "learned society and regulation",
    ("stop-brexit", "2020-01-23"): "press and Act",
}


def events(ask: Record) -> Iterator[tuple[Record, Record]]:
    """Each dated event of the facts with the update that carries it."""
    by_key = {update["key"]: update for update in ASKS[ask["slug"]]["updates"]}
    seen: dict[str, int] = {}
    for event in ask["events"]:
        day = COARSER_DATES.get((ask["slug"], event["date"]), (event["date"], ""))[0]
        seen[day] = seen.get(day, 0) + 1
        yield event, by_key[day if seen[day] == 1 else f"{day}-{seen[day]}"]


def addresses(place: tuple[str, str], event: Record) -> list[tuple[str, str | None]]:
    """Where the evidence of an event has to point, with the archived copy."""
    read, official = event.get("source_url"), event.get("official_url")
    if not read:
        return []
    if official and place in TWO_ENTRIES:
        return [(read, None), (official, None)]
    return [(official, read)] if official else [(read, None)]


def test_the_counts_are_those_of_the_facts() -> None:
    assert FACTS["counts"] == {
        "asks": 11, "events": 112, "unverified_events": 3,
        "laws": 38, "unverified_laws": 2, "law_entries": 48, "places": 13,
    }  # fmt: skip
    assert set(ASKS) == set(FACT_ASKS)
    assert len(LAW_ROWS) == FACTS["counts"]["laws"] + 1, "the laws of the facts and the Bill of 2018"
    assert sum(len(ask["events"]) for ask in FACT_ASKS.values()) == 112
    # The article, Gibraltar, six territories of their own, two draft territories and the exit from the EU.
    assert len(list(updates())) == 112 + 10


def test_the_source_is_the_article() -> None:
    (source,) = SOURCES
    for field, value in FACTS["source"].items():
        assert source[field] == value
    assert all(ask["source"] == source["key"] for ask in ASKS.values())


def test_title_kind_quote_and_review_date_are_those_of_the_facts() -> None:
    for slug, fact in FACT_ASKS.items():
        for field in ("title", "kind", "quote", "reviewed_on"):
            assert ASKS[slug][field] == fact[field], (slug, field)


def test_every_event_is_an_update_with_its_date_and_its_verbatim_evidence() -> None:
    for slug, fact in FACT_ASKS.items():
        carried = set()
        for event, update in events(fact):
            place = (slug, update["key"])
            carried.add(update["key"])
            expected = COARSER_DATES.get((slug, event["date"]), (event["date"], ""))[0]
            assert update["happened_on"] == expected, place
            assert (update["publication"] == "published") == event["verified"], place
            cited = [(item["url"], item.get("archived_url")) for item in update.get("evidence", [])]
            assert cited[: len(addresses(place, event))] == addresses(place, event), place
            if cited:
                assert update["evidence"][0].get("quote") == event.get("support"), place
            if place in TWO_ENTRIES:
                assert "quote" not in update["evidence"][1], place
        assert len(carried) == len(fact["events"]), slug


def test_status_history_is_that_of_the_facts() -> None:
    for slug, fact in FACT_ASKS.items():
        changes = [update for update in published(ASKS[slug]["updates"]) if update["kind"] == "status"]
        assert [(u["status"], u["happened_on"]) for u in changes] == [
            (h["status"], h["on"]) for h in fact["status_history"]
        ], slug
        for update, history in zip(changes, fact["status_history"], strict=True):
            same = update["reason"] == history["reason"]
            assert same != ((slug, update["status"]) in OTHER_REASONS), (slug, update["key"])


def test_deadlines_are_those_of_the_facts() -> None:
    for slug, fact in FACT_ASKS.items():
        days = [deadline["on"] for deadline in fact.get("deadlines", [])]
        fields = [ASKS[slug][name] for name in ("first_deadline", "current_deadline") if name in ASKS[slug]]
        assert fields == days, slug
        assert ("deadline_note" in ASKS[slug]) == bool(days), slug
