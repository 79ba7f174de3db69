"""The success tests have the results and the dates of the facts."""

from tests.seeds.reading import ASKS, COARSER_DATES, FACT_ASKS, Record, final_results, published

# Departures from the facts, each with its reason.
OTHER_DATES_OF_PLACES = {
    "Bermuda": ("2025-09-28", "the date in force was only anticipated: the day on which the Act became law"),
}
OTHER_LABELS = {
    "Russian-linked wealth has been frozen under sanctions": (
        "Wealth with suspected Russian links has been frozen",
        "the source does not show that the court's freezing order was made under sanctions",
    ),
    "Action is taken on homes standing empty": (
        "The measures on overseas owners also deal with homes standing empty",
        "other action on empty homes was not looked for",
    ),
    "St Helena, Ascension and Tristan da Cunha": (
        "St Helena has a public register of company owners",
        "whether the register covers Ascension and Tristan da Cunha has not been verified",
    ),
}
OTHER_TEST_DATES = {
    "Owners of most overseas-held property are public": ("2023", "the month has not been verified"),
}


def urls(update: Record) -> set[str]:
    return {item["url"] for item in update.get("evidence", [])}


def expected_result(place: Record) -> str:
    if place["model"] == "none found" or not place["verified"]:
        return "unknown"
    return "met" if place["model"] == "public" else "not_met"


def place_label(name: str) -> str:
    if name in OTHER_LABELS:
        return OTHER_LABELS[name][0]
    start = f"The {name}" if "Isl" in name else name
    verb = "have" if name.endswith("Islands") else "has"
    return f"{start} {verb} a public register of company owners"


def test_success_tests_have_the_results_and_dates_of_the_facts() -> None:
    for slug, fact in FACT_ASKS.items():
        ask = ASKS[slug]
        tests = {test["label"]: test for test in ask.get("tests", [])}
        assert len(tests) == len(fact["tests"]) + len(fact["places"]), slug
        results = final_results(ask)
        for expected in fact["tests"]:
            test = tests[OTHER_LABELS.get(expected["label"], (expected["label"], ""))[0]]
            assert results[test["key"]] == expected["state"], (slug, test["key"])
            assert test.get("before") == expected.get("before"), (slug, test["key"])
            as_of = OTHER_TEST_DATES.get(expected["label"], (expected.get("as_of"), ""))[0]
            assert test.get("reviewed_on") == as_of, (slug, test["key"])
            event = expected["event"].removeprefix("stop-brexit ")
            day = COARSER_DATES.get((slug, event), (event, ""))[0]
            carriers = [u for u in published(ask["updates"]) if test["key"] in u.get("results", {})]
            days = [update["happened_on"] for update in carriers]
            assert days == [day], (slug, test["key"])


def test_each_territory_and_dependency_has_a_test_and_its_source() -> None:
    for slug, fact in FACT_ASKS.items():
        ask = ASKS[slug]
        keys = {test["label"]: test["key"] for test in ask.get("tests", [])}
        for place in fact["places"]:
            name, key = place["name"], keys[place_label(place["name"])]
            cited = [update for update in ask["updates"] if place["source_url"] in urls(update)]
            carriers = [update for update in cited if key in update.get("results", {})]
            expected = expected_result(place)
            assert final_results(ask)[key] == expected, name
            assert place["verified"] or any(update["publication"] == "draft" for update in cited), name
            assert published(cited) or not place["verified"], name
            assert len(carriers) == (expected != "unknown"), name
            if carriers and "since" in place:
                since = OTHER_DATES_OF_PLACES.get(name, (place["since"], ""))[0]
                assert carriers[0]["happened_on"] == since, name
