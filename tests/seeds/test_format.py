"""The seed files keep to their format."""

import re

from tests.seeds.reading import ASKS, LAWS, SEEDS, evidence, rows, updates
from tracker.exports.folder import WHOLE

TOPICS = {"Illicit finance", "Sanctions", "Beneficial ownership", "Foreign policy", "UK and EU"}


def test_columns_stand_as_an_export_writes_them() -> None:
    for path in SEEDS.glob("*.csv"):
        columns = list(rows(path.stem)[0])
        assert columns == [column.name for column in WHOLE[path.stem].columns if column.name in columns], path.stem


def test_asks_say_where_they_stand_in_the_article_and_their_updates_stand_in_order() -> None:
    for slug, ask in ASKS.items():
        assert ask["topic"] in TOPICS, slug
        assert re.fullmatch(r"Paragraph \d+", ask["quote_place"]), slug
        days = [update["happened_on"] for update in ask["updates"]]
        assert days == sorted(days), slug
        for update in ask["updates"]:
            first = update["happened_on"]
            assert update["key"] in {first, *(f"{first}-{n}" for n in range(2, 10))}, (slug, update["key"])


def test_evidence_has_a_publisher_and_is_short_and_a_title_of_our_own_stands_in_square_brackets() -> None:
    """What a page is, such as a copy or a debate of a day, is said in its note and not in its title."""
    of_our_own = r"\((?:written statement|copy|title from the address)\)|^Note on|, \w+ debate of"
    for place, item in evidence():
        assert item["publisher"], place
        assert item["is_see_also"] in {"yes", "no"}, place
        assert len(item.get("quote", "")) <= 300, place
        assert "://" not in item.get("note", ""), place  # the address of a page that nobody opened
        assert re.search(of_our_own, item["title"]) is None, (place, item["title"])
        assert item["is_see_also"] == "no" or "quote" not in item, place


def test_the_kind_of_an_update_says_what_it_changes_a_draft_why_it_is_one_and_what_was_opened_stands_first() -> None:
    for slug, update in updates():
        kind = "status" if "status" in update else "test" if "results" in update else "milestone"
        assert update["kind"] in {kind, "review"}, (slug, update["key"])
        assert ("reason" in update) == (kind == "status"), (slug, update["key"])
        assert (update["publication"] == "draft") == ("draft_note" in update), (slug, update["key"])
        marks = [item["is_see_also"] for item in update["evidence"]]
        assert marks == sorted(marks), (slug, update["key"])


def test_laws_are_called_and_found_as_legislation_gov_uk_has_them() -> None:
    for key, row in LAWS.items():
        assert key.startswith(f"{row['kind']}/{row['year']}/"), key
        assert bool(row["citation"]) == bool(row["number"]) == (key.rsplit("/", 1)[1] == row["number"]), key
        if row["number"] and row["kind"] in {"ukpga", "uksi"}:
            assert row["address"] == f"https://www.legislation.gov.uk/{key}", key


def test_a_reason_has_at_most_two_sentences_a_summary_one_and_a_test_and_a_reason_can_be_read_alone() -> None:
    """Tests stand in another order than here where some are met; a reason is copied without its entry."""
    labels = [test["label"] for ask in ASKS.values() for test in ask.get("tests", [])]
    reasons = [update["reason"] for _, update in updates() if "reason" in update]
    for text, most in (*((text, 2) for text in reasons), *((ask["summary"], 1) for ask in ASKS.values())):
        assert text.endswith("."), text
        assert len(re.findall(r"\.(?= [A-Z]|$)", text)) <= most, text
    assert [text for text in labels + reasons if re.match("(It|Such|This|That|These|They|He|She)\\b", text)] == []
