"""The seed files keep to their format."""

import re
from itertools import pairwise

from tests.seeds.reading import ASKS, LAW_ROWS, LAWS, SEEDS, evidence, opened, published, rows, tables, updates
from tracker.exports.folder import WHOLE

LAW_KINDS = {
    "ukpga", "uksi", "eur", "eudn", "bill",
    "immigration-rules", "bvi-si", "ky-sl", "bm-act", "je-law", "im-act", "gg-law",
}  # fmt: skip
ASK_FIELDS = {
    "title", "kind", "topic", "source", "quote", "quote_place", "summary", "reading", "jurisdictions",
    "responsible_bodies", "government_position", "next_step", "next_step_on", "first_deadline",
    "current_deadline", "deadline_note", "basis", "short_names", "review_interval_days", "internal_note",
    "tests", "links", "updates",
}  # fmt: skip
TEST_FIELDS = {"key", "label", "before"}
LINK_FIELDS = {
    "legislation", "provisions", "extent", "in_force_on", "ended_on", "effect", "note", "publication",
    "internal_note",
}  # fmt: skip
UPDATE_FIELDS = {
    "key", "kind", "happened_on", "text", "status", "reason", "results",
    "publication", "draft_note", "evidence", "searched", "not_found", "sources_end_on", "method_version",
}  # fmt: skip
EVIDENCE_FIELDS = {"url", "archived_url", "title", "publisher", "published_on", "type", "quote", "note", "is_see_also"}
TOPICS = {"Illicit finance", "Sanctions", "Beneficial ownership", "Foreign policy", "UK and EU"}
EXTENTS = {
    "United Kingdom", "Great Britain", "England and Wales", "England", "Wales", "Scotland",
    "Northern Ireland", "British overseas territories", "Anguilla", "Bermuda", "British Virgin Islands",
    "Cayman Islands", "Falkland Islands", "Gibraltar", "Montserrat", "Pitcairn Islands",
    "St Helena, Ascension and Tristan da Cunha", "Turks and Caicos Islands",
    "Jersey", "Guernsey", "Isle of Man", "European Union",
}  # fmt: skip
EFFECTS = {"delivers", "partly_delivers", "enables", "amends", "blocks", "repeals", "background"}
EVIDENCE_TYPES = {"official_record", "government_claim", "independent", "own_work"}
RESULTS = {"met", "not_met", "unknown"}
LIMITS = {
    "title": 200, "summary": 300, "reason": 400, "text": 1000, "label": 90, "quote": 600, "note": 600,
    "searched": 400, "not_found": 400,
}  # fmt: skip
PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
DATE_FIELDS = {
    "happened_on", "reviewed_on", "in_force_on", "ended_on", "published_on", "introduced_on", "enacted_on",
    "lapsed_on", "first_deadline", "current_deadline", "next_step_on", "sources_end_on",
}  # fmt: skip


def test_tables_hold_known_fields_and_no_empty_values() -> None:
    for slug, ask in ASKS.items():
        assert set(ask) <= ASK_FIELDS, slug
        assert all(set(test) <= TEST_FIELDS for test in ask.get("tests", [])), slug
        assert all(set(link) <= LINK_FIELDS for link in ask.get("links", [])), slug
        assert all(set(update) <= UPDATE_FIELDS for update in ask["updates"]), slug
    assert all(set(item) <= EVIDENCE_FIELDS for _, item in evidence())
    for table in tables():
        assert all(value != "" for value in table.values()), table


def test_columns_stand_as_an_export_writes_them() -> None:
    for path in SEEDS.glob("*.csv"):
        columns = list(rows(path.stem)[0])
        assert columns == [column.name for column in WHOLE[path.stem].columns if column.name in columns], path.stem


def test_texts_keep_within_their_limits() -> None:
    for table in [*tables(), *LAW_ROWS]:
        for field, limit in LIMITS.items():
            assert len(table.get(field, "")) <= limit, (field, table[field])
    for place, item in evidence():
        assert len(item.get("quote", "")) <= 300, place


def test_dates_are_strings_of_a_year_a_month_or_a_day() -> None:
    for table in [*tables(), *LAW_ROWS]:
        for field in DATE_FIELDS & set(table):
            value = table[field]
            assert isinstance(value, str), (field, value)
            assert value == "" or PARTIAL_DATE.fullmatch(value), (field, value)


def test_asks_use_the_words_of_the_contract() -> None:
    for slug, ask in ASKS.items():
        assert ask["topic"] in TOPICS, slug
        assert ask["kind"] in {"policy", "sanctions"}, slug
        assert re.fullmatch(r"Paragraph \d+", ask["quote_place"]), slug
        for link in ask.get("links", []):
            assert set(link["extent"]) <= EXTENTS, (slug, link)
            assert link["effect"] in EFFECTS, (slug, link)
            assert link["publication"] in {"published", "draft"}, (slug, link)
        keys = {test["key"] for test in ask.get("tests", [])}
        for update in ask["updates"]:
            assert set(update.get("results", {})) <= keys, (slug, update["key"])
            assert set(update.get("results", {}).values()) <= RESULTS, (slug, update["key"])


def test_keys_are_unique_and_updates_stand_in_order() -> None:
    for slug, ask in ASKS.items():
        keys = [test["key"] for test in ask.get("tests", [])]
        assert len(keys) == len(set(keys)), slug
        assert all(re.fullmatch("[a-z0-9-]+", key) for key in keys), slug
        anchors = [update["key"] for update in ask["updates"]]
        assert len(anchors) == len(set(anchors)), slug
        for update in ask["updates"]:
            first = update["happened_on"]
            assert update["key"] in {first, *(f"{first}-{n}" for n in range(2, 10))}, (slug, update["key"])
        days = [update["happened_on"] for update in ask["updates"]]
        assert all(earlier <= later for earlier, later in pairwise(days)), slug


def test_evidence_has_an_address_a_title_a_publisher_and_a_type() -> None:
    for place, item in evidence():
        assert {"url", "title", "publisher", "type"} <= set(item), place
        assert item["type"] in EVIDENCE_TYPES, place
        assert item["is_see_also"] in {"yes", "no"}, place
        for field in ("url", "archived_url"):
            assert re.match(r"https?://[^\s]+$", item.get(field, "https://x")), (place, field)


def test_a_title_of_our_own_stands_in_square_brackets() -> None:
    """What a page is, such as a copy or a debate of a day, is said in its note and not in its title."""
    for place, item in evidence():
        words = re.search(
            r"\((?:written statement|copy|title from the address)\)|^Note on|, \w+ debate of", item["title"]
        )
        assert words is None, (place, item["title"])


def test_published_updates_have_evidence_and_drafts_say_why_they_are_drafts() -> None:
    for slug, update in updates():
        draft = update["publication"] == "draft"
        assert draft == ("draft_note" in update), (slug, update["key"])
        only_looked = update["kind"] == "review" or set(update.get("results", {}).values()) == {"unknown"}
        assert draft or only_looked or opened(update), (slug, update["key"])


def test_the_kind_of_an_update_says_what_it_changes() -> None:
    for slug, update in updates():
        kind = "status" if "status" in update else "test" if "results" in update else "milestone"
        assert update["kind"] in {kind, "review"}, (slug, update["key"])
        assert ("reason" in update) == (kind == "status"), (slug, update["key"])


def test_results_stand_only_on_updates_that_change_them_or_find_a_test_still_not_met() -> None:
    for slug, ask in ASKS.items():
        results = {test["key"]: test.get("before", "unknown") for test in ask.get("tests", [])}
        for update in published(ask["updates"]):
            for key, result in update.get("results", {}).items():
                assert results[key] != result or result == "not_met", (slug, update["key"], key)
            results.update(update.get("results", {}))


def test_the_law_index_is_well_formed() -> None:
    for key, row in LAWS.items():
        assert row["kind"] in LAW_KINDS, key
        assert row["publication"] in {"published", "draft"}, key
        assert key.startswith(f"{row['kind']}/{row['year']}/"), key
        assert bool(row["number"]) == (key.rsplit("/", 1)[1] == row["number"]), key
        assert bool(row["citation"]) == bool(row["number"]), key
        assert row["becomes"] in {"", *LAWS}, key
        if row["number"] and row["kind"] in {"ukpga", "uksi"}:
            assert row["address"] == f"https://www.legislation.gov.uk/{key}", key


def test_a_see_also_is_quoted_nowhere_and_stands_after_what_was_opened() -> None:
    for slug, update in updates():
        marks = [item["is_see_also"] for item in update["evidence"]]
        assert marks == sorted(marks), (slug, update["key"])
        assert not [item for item in update["evidence"] if item["is_see_also"] == "yes" and "quote" in item], slug


def test_no_note_names_the_address_of_a_page_that_nobody_opened() -> None:
    assert [place for place, item in evidence() if "://" in item.get("note", "")] == []


def test_a_reason_has_at_most_two_sentences_and_a_summary_has_one() -> None:
    texts = [(update["reason"], 2) for _, update in updates() if "reason" in update]
    for text, most in [*texts, *((ask["summary"], 1) for ask in ASKS.values())]:
        assert text.endswith("."), text
        assert len(re.findall(r"\.(?= [A-Z]|$)", text)) <= most, text


def test_a_test_and_a_reason_can_be_read_alone() -> None:
    """Tests stand in another order than here where some are met; a reason is copied without its entry."""
    labels = [test["label"] for ask in ASKS.values() for test in ask.get("tests", [])]
    reasons = [update["reason"] for _, update in updates() if "reason" in update]
    assert [text for text in labels + reasons if re.match("(It|Such|This|That|These|They|He|She)\\b", text)] == []
