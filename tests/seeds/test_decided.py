"""Where each ask stands, and what its success tests say, as decided in the revision of 29 November 2026.

Who changes a line here has opened the source for it.
"""

from tests.seeds.reading import ASKS, Record, opened, published, updates

HISTORIES = {
    "crown-dependencies-registers": ["2018-05-01 rejected", "2019-06-19 announced", "2023-12-13 rejected"],
    "dirty-money-london": ["2022-02-17 partly_met"],
    "eu-solidarity-on-russia": ["2018-03-22 partly_met"],
    "london-property-ownership": ["2019-07-18 announced", "2022-08-01 partly_met"],
    "no-constructive-engagement": ["2018-03-19 cannot_be_judged"],
    "overseas-territories-registers": [
        "2018-05-01 in_parliament", "2018-05-23 law_not_in_force", "2020-03 partly_met",
    ],
    "salisbury-hold-firm": [
        "2018-03-20 partly_met", "2019-01-21 met", "2021-09-21 partly_met", "2024-11-07 met",
    ],
    "sanctions-ukraine-crimea": ["2014-03-17 in_force", "2020-12-31 partly_met", "2022-03-24 met"],
    "stop-brexit": ["2020-01-23 rejected", "2020-01-31 overtaken"],
    "uk-magnitsky-sanctions": [
        "2018-01-25 in_parliament", "2018-05-23 law_not_in_force", "2018-11-22 partly_met", "2020-07-06 met",
    ],
    "unexplained-wealth-orders": ["2018-01-31 in_force"],
}  # fmt: skip
# The result of each test when the ask was made, and each day on which it became another or was found once more.
RESULTS = {
    "crown-dependencies-registers": {
        "jersey": ["not_met", "2026-03-10 not_met"],
        "guernsey": ["not_met", "2026-03-10 not_met"],
        "isle-of-man": ["not_met", "2026-03-10 not_met"],
    },
    "dirty-money-london": {
        "investor-visa-closed": ["not_met", "2022-02-17 met"],
        "enforcement-unit": ["unknown", "2022-12-05 met"],
        "identity-checks": ["not_met", "2026-11-29 unknown"],
        "limited-partnerships": ["not_met", "2026-11-29 unknown"],
        "frozen-money-taken": ["not_met", "2024-07-29 met"],
        "sanctions-conviction": ["not_met", "2025-04-09 met"],
    },
    "eu-solidarity-on-russia": {
        "eu-leaders-respond": ["not_met", "2018-03-22 met"],
        "standing-arrangement": ["not_met", "2025-05-19 met"],
        "inside-eu-policy": ["met", "2020-01-31 not_met"],
    },
    "london-property-ownership": {
        "register-open": ["not_met", "2022-08-01 met"],
        "trust-information": ["not_met", "2025-08-31 met"],
        "most-owners-public": ["not_met", "2023-09-03 not_met"],
    },
    "no-constructive-engagement": {},
    "overseas-territories-registers": {
        "gibraltar": ["not_met", "2020-03 met"],
        "montserrat": ["not_met", "2024-10-11 met"],
        "st-helena": ["not_met", "2025-07 met"],
        "cayman-islands": ["not_met", "2025-02-28 not_met", "2026-04 not_met"],
        "turks-and-caicos-islands": ["not_met", "2025 not_met"],
        "british-virgin-islands": ["not_met", "2026-04-01 not_met"],
        "bermuda": ["not_met", "2025-09-28 not_met", "2025-12 not_met"],
        "anguilla": ["not_met", "2025-12 not_met"],
        "falkland-islands": ["not_met", "2025 not_met"],
        "pitcairn-islands": ["not_met", "2026-11-29 unknown"],
        "order-in-council": ["not_met", "2023-12-07 not_met"],
    },
    "salisbury-hold-firm": {
        "diplomats-expelled": ["not_met", "2018-03-20 met"],
        "allies-join": ["not_met", "2018-03-26 met"],
        "suspects-under-sanctions": ["not_met", "2019-01-21 met", "2021-09-21 not_met", "2024-11-07 met"],
    },
    "sanctions-ukraine-crimea": {
        "own-power": ["not_met", "2020-12-31 met"],
        "reaches-supporters": ["not_met", "2022-02-10 met"],
        "used-on-large-scale": ["not_met", "2022-03-24 met"],
    },
    "stop-brexit": {"decision-reversed": ["not_met"]},
    "uk-magnitsky-sanctions": {
        "law-allows": ["not_met", "2018-11-22 met"],
        "regime-in-force": ["not_met", "2020-07-06 met"],
        "people-designated": ["not_met", "2020-07-06 met"],
    },
    "unexplained-wealth-orders": {
        "reached-russian-state-wealth": ["not_met", "2026-11-29 unknown"],
        "recovered-russian-state-wealth": ["not_met", "2026-11-29 unknown"],
    },
}
OF_REVIEWS = {"searched", "not_found", "sources_end_on"}


def results_of(ask: Record, key: str) -> list[str]:
    changes = [
        f"{update['happened_on']} {update['results'][key]}"
        for update in published(ask["updates"])
        if key in update.get("results", {})
    ]
    (test,) = (test for test in ask["tests"] if test["key"] == key)
    return [test.get("before", "unknown"), *changes]


def test_every_ask_has_its_statuses_its_tests_and_their_results() -> None:
    assert set(ASKS) == set(HISTORIES)
    for slug, ask in ASKS.items():
        told = [update for update in published(ask["updates"]) if "status" in update]
        assert [f"{update['happened_on']} {update['status']}" for update in told] == HISTORIES[slug]
        assert {test["key"]: results_of(ask, test["key"]) for test in ask.get("tests", [])} == RESULTS[slug], slug


def test_each_story_ends_with_what_was_searched_and_when_and_only_a_review_says_so() -> None:
    for slug, ask in ASKS.items():
        last = ask["updates"][-1]
        assert (last["kind"], last["happened_on"]) == ("review", "2026-11-29"), slug
        assert last["searched"].startswith("Stored copies of public pages, not the live pages: for "), slug
        assert last["not_found"], slug
    for slug, update in updates():
        assert bool(OF_REVIEWS & set(update)) == (update["kind"] == "review"), (slug, update["key"])


def test_sources_end_with_the_newest_page_or_with_what_it_tells() -> None:
    for slug, ask in ASKS.items():
        pieces = [(update, item) for update in ask["updates"] for item in opened(update)]
        newest = max(max(update["happened_on"], item.get("published_on", "")) for update, item in pieces)
        end = ask["updates"][-1]["sources_end_on"]
        assert newest.startswith(end) or end.startswith(newest), (slug, newest)


def test_what_was_judged_says_by_which_method() -> None:
    """All of it was judged again by method 2.0."""
    for slug, update in updates():
        is_judged = update["publication"] == "published" and ("status" in update or "results" in update)
        assert update.get("method_version") == ("2.0" if is_judged else None), (slug, update["key"])


def test_what_is_next_lies_ahead_and_has_a_date() -> None:
    steps = {slug: (ask.get("next_step", ""), ask.get("next_step_on", "")) for slug, ask in ASKS.items()}
    assert {slug: on for slug, (_, on) in steps.items() if on} == {
        "dirty-money-london": "2027-08",
        "unexplained-wealth-orders": "2027-09-14",
    }
    assert all(bool(words) == bool(on) for words, on in steps.values())


def test_how_an_ask_was_made_and_how_we_read_it_agree() -> None:
    for slug, ask in ASKS.items():
        words = {"explicit": "is explicit", "implied": "is implied", "our_measure": "names no measure"}[ask["basis"]]
        assert words in ask["reading"], slug
