"""No status in the seeds is contradicted by the tests, the law or the evidence on its date."""

from tests.seeds.reading import ASKS, LAWS, Record, final_results, opened, published

OPEN = {"not_started", "announced", "in_parliament", "law_not_in_force", "in_force"}
SERVES = {"delivers", "partly_delivers", "enables", "amends"}
ON_THE_RECORD = {"official_record", "government_claim"}


def rule_broken(ask: Record, update: Record, results: dict[str, str]) -> str:
    """Which rule refuses this change of status, or an empty string."""
    day, status, answers = update["happened_on"], update["status"], list(results.values())
    links = [link for link in published(ask.get("links", [])) if link["effect"] in SERVES]
    laws = [LAWS[link["legislation"]] for link in links]
    in_force = [link for link in links if link.get("in_force_on", "9") <= day < link.get("ended_on", "9")]
    types = {item["type"] for item in opened(update)}
    met, every = answers.count("met"), bool(answers) and set(answers) == {"met"}
    rules = {
        "not_started": met == 0,
        "announced": bool(types & ON_THE_RECORD),
        "in_parliament": any(
            row["introduced_on"] <= day and (not row["enacted_on"] or row["enacted_on"] > day) for row in laws
        ),
        "law_not_in_force": any(row["enacted_on"] and row["enacted_on"] <= day for row in laws)
        and not any(link["effect"] == "delivers" for link in in_force)
        and met == 0,
        "in_force": bool(in_force) and met == 0,
        "partly_met": 0 < met < len(answers),
        "met": every and types != {"government_claim"},
        "rejected": bool(types & ON_THE_RECORD),
        "overtaken": not every,
        "cannot_be_judged": not every and (not answers or "unknown" in answers),
    }
    if not rules[status]:
        return f"{status} is not allowed on {day}"
    return f"{status} with every test met on {day}" if status in OPEN and every else ""


def test_no_status_change_breaks_a_rule() -> None:
    for slug, ask in ASKS.items():
        results = {test["key"]: test.get("before", "unknown") for test in ask.get("tests", [])}
        for update in published(ask["updates"]):
            results.update(update.get("results", {}))
            if update["kind"] == "status":
                assert rule_broken(ask, update, results) == "", slug


def test_the_last_status_still_fits_the_last_results() -> None:
    for slug, ask in ASKS.items():
        status = [update["status"] for update in published(ask["updates"]) if update["kind"] == "status"][-1]
        results = list(final_results(ask).values())
        every = bool(results) and set(results) == {"met"}
        assert (status == "met") == every, slug
        assert status != "partly_met" or "met" in results, slug
