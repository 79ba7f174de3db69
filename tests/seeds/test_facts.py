"""Hold the seed files against the frozen facts in tests/data/facts.json.

Every place where a seed says less than the facts, or says it otherwise, stands in one of the tables below
with its reason.
"""

import csv
import json
import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds"

Record = dict[str, Any]

FACTS: Record = json.loads((ROOT / "tests/data/facts.json").read_text(encoding="utf-8"))
FACT_ASKS: dict[str, Record] = {ask["slug"]: ask for ask in FACTS["asks"]}
ASK_FILES = sorted((SEEDS / "asks").glob("*.toml"))
ASKS: dict[str, Record] = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in ASK_FILES}
SOURCES: list[Record] = tomllib.loads((SEEDS / "sources.toml").read_text(encoding="utf-8"))["sources"]
with (SEEDS / "legislation.csv").open(encoding="utf-8", newline="") as stream:
    LAW_ROWS = list(csv.DictReader(stream))
LAWS = {row["key"]: row for row in LAW_ROWS}

# --- Departures from the facts, each with its reason ---

COARSER_DATES = {
    ("london-property-ownership", "2023-09"): ("2023", "the month of the study has not been verified"),
}
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
OTHER_REASONS = {
    ("unexplained-wealth-orders", "partly_met"): "says that no case was found, not that there was none",
    ("london-property-ownership", "partly_met"): "other action on empty homes was not looked for",
    ("crown-dependencies-registers", "partly_met"): "a suspected link, and no finding of wrongdoing",
    ("sanctions-ukraine-crimea", "in_force"): "other powers of the UK were not looked for",
    ("uk-magnitsky-sanctions", "met"): "a dated motion and not the view of MPs at large",
    ("salisbury-hold-firm", "met"): "wording only",
}
OTHER_TEST_DATES = {
    "Owners of most overseas-held property are public": ("2023", "the month has not been verified"),
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
OTHER_KEYS = {
    "SI 2020/1571": ("uksi/2020/russia-overseas-territories", "number not verified"),
    "Commencement No. 3 (2024)": ("uksi/2024/ecct-commencement-3", "number not verified"),
    "Commencement No. 6 (2025)": ("uksi/2025/ecct-commencement-6", "number not found"),
    "Cayman Islands SL 2024": ("ky-sl/2024/legitimate-interest-access", "number not found"),
    "Bermuda Act 2025": ("bm-act/2025/beneficial-ownership", "number not found"),
    "Guernsey 2017": ("gg-law/2017/beneficial-ownership-legal-persons", "number not found"),
    "2019 c. 3": ("ukpga/2019/counter-terrorism-border-security", "the whole entry is not verified"),
    "Decision (CFSP) 2018/1544": ("eudn/2018/chemical-weapons", "number not verified"),
}
OWN_TITLES = {
    "uksi/2018/78": "full title is an open question",
    "uksi/2022/519": "title not verified",
    "uksi/2022/876": "title not verified",
    "uksi/2025/504": "title not verified",
    "eudn/2018/chemical-weapons": "the facts give a description and no title",
    "eur/2014/269": "the facts give no title",
}
ENACTED_LEFT_OUT = {
    "ukpga/2002/29": "royal assent not verified",
    "uksi/2022/519": "making date not verified",
    "uksi/2022/876": "making date not verified",
    "uksi/2025/504": "making date not verified",
    "ukpga/2019/counter-terrorism-border-security": "the whole entry is not verified",
}
ENACTED_OF_ADDED_LAWS = {"eur/2014/269": "2014-03-17"}  # from the evidence of the event of that day
IN_FORCE_LEFT_OUT = {
    ("uk-magnitsky-sanctions", "ukpga/2017/22"): "section 13 in Great Britain not verified",
    ("overseas-territories-registers", "bm-act/2025/beneficial-ownership"): "anticipated only",
    ("salisbury-hold-firm", "eudn/2018/chemical-weapons"): "not verified",
    ("stop-brexit", "ukpga/2020/1"): "commencement by section not checked",
}
# Dates in force that the facts give in a note or in another ask's entry of the same law.
FURTHER_DATES = {
    ("unexplained-wealth-orders", "ukpga/2017/22"): {"2021-06-28"},
    ("unexplained-wealth-orders", "ukpga/2002/29"): {"2021-06-28", "2022-05-15"},
    ("uk-magnitsky-sanctions", "ukpga/2017/22"): {"2021-06-28"},
    ("uk-magnitsky-sanctions", "ukpga/2022/10"): {"2022-06-15"},
    ("sanctions-ukraine-crimea", "uksi/2019/855"): {"2019-04-11"},
    ("dirty-money-london", "ukpga/2022/10"): {"2022-03-15", "2022-05-15", "2022-06-15", "2022-08-01"},
    ("dirty-money-london", "ukpga/2023/56"): {"2024-03-04", "2025-09-01", "2025-11-18"},
    ("dirty-money-london", "uksi/2023/1206"): {"2023-11-15"},
    ("london-property-ownership", "ukpga/2022/10"): {"2022-10-12"},
    ("london-property-ownership", "uksi/2025/231"): {"2025-02-28"},
    ("salisbury-hold-firm", "ukpga/2023/32"): {"2025-07-01"},
}
# Details that were not verified and may stand in internal notes and drafts only.
NEVER_PUBLIC = [
    r"from memory",
    r"24 July 2002|2002-07-24",
    r"20 January 2018|2018-01-20",
    r"17 June 2020|2020-06-17",
    r"ss\. 45|45[-–]5",
    r"Commencement No\. 1 and Saving",
    r"Transparency and Enforcement\) Act 2022 \(Commencement No\. 3",
    r"\(Amendment\) Regulations 2025$",
    r"1571",
    r"1108",
    r"\bHC (?!932)\d+",
    r"22 November 2018|2018-11-22",
    r"1\(4\)|1\(2\)|52\(3\)|63\(3\)|s\. 63|241A",
    r"18 October 2017|2017-10-18",
    r"3 November 2025|2025-11-03",
    r"September 2023|2023-09(?!-)",
    r"2018/1544|16 October 2018|2018-10-16",
    r"2019 c\. 3\b|12 February 2019|2019-02-12",
]
TITLE_EXCEPTION = "Register of Overseas Entities (Protection and Trusts) (Amendment) Regulations 2025"

# --- The format of the seed files ---

LAW_COLUMNS = [
    "key", "kind", "year", "number", "citation", "title", "address", "introduced_on", "enacted_on",
    "lapsed_on", "becomes", "publication", "note", "internal_note",
]  # fmt: skip
LAW_KINDS = {
    "ukpga", "uksi", "eur", "eudn", "bill",
    "immigration-rules", "bvi-si", "ky-sl", "bm-act", "je-law", "im-act", "gg-law",
}  # fmt: skip
ASK_FIELDS = {
    "title", "kind", "topic", "source", "quote", "quote_place", "summary", "reading", "jurisdictions",
    "responsible_bodies", "government_position", "next_step", "next_step_on", "first_deadline",
    "current_deadline", "deadline_note", "review_interval_days", "reviewed_on", "internal_note",
    "tests", "links", "updates",
}  # fmt: skip
TEST_FIELDS = {"key", "label", "before", "reviewed_on"}
LINK_FIELDS = {
    "legislation", "provisions", "extent", "in_force_on", "effect", "note", "publication", "internal_note",
}  # fmt: skip
UPDATE_FIELDS = {
    "key", "kind", "happened_on", "text", "status", "reason", "results",
    "publication", "draft_note", "evidence",
}  # fmt: skip
EVIDENCE_FIELDS = {"url", "archived_url", "title", "publisher", "published_on", "type", "quote", "note"}
TOPICS = {"Illicit finance", "Sanctions", "Beneficial ownership", "Foreign policy", "UK and EU"}
EXTENTS = {
    "United Kingdom", "Great Britain", "England and Wales", "England", "Wales", "Scotland",
    "Northern Ireland", "British overseas territories", "Anguilla", "Bermuda", "British Virgin Islands",
    "Cayman Islands", "Falkland Islands", "Gibraltar", "Montserrat", "Pitcairn Islands",
    "St Helena, Ascension and Tristan da Cunha", "Turks and Caicos Islands",
    "Jersey", "Guernsey", "Isle of Man", "European Union",
}  # fmt: skip
EFFECTS = {"delivers", "partly_delivers", "enables", "amends", "blocks", "repeals"}
EVIDENCE_TYPES = {"official_record", "government_claim", "independent", "own_work"}
RESULTS = {"met", "not_met", "unknown"}
OPEN = {"not_started", "announced", "in_parliament", "law_not_in_force", "in_force"}
ON_THE_RECORD = {"official_record", "government_claim"}
LIMITS = {"title": 200, "summary": 300, "reason": 400, "text": 1000, "label": 200, "quote": 600, "note": 600}
PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
DATE_FIELDS = {
    "happened_on", "reviewed_on", "in_force_on", "published_on", "introduced_on", "enacted_on", "lapsed_on",
    "first_deadline", "current_deadline", "next_step_on",
}  # fmt: skip


def published(records: list[Record]) -> list[Record]:
    return [record for record in records if record["publication"] == "published"]


def updates() -> Iterator[tuple[str, Record]]:
    for slug, ask in ASKS.items():
        for update in ask["updates"]:
            yield slug, update


def evidence() -> Iterator[tuple[str, Record]]:
    for slug, update in updates():
        for item in update.get("evidence", []):
            yield f"{slug} {update['key']}", item


def tables() -> Iterator[Record]:
    yield from SOURCES
    for ask in ASKS.values():
        yield ask
        for part in ("tests", "links", "updates"):
            yield from ask.get(part, [])
    for _, item in evidence():
        yield item


def public_strings(value: object) -> Iterator[str]:
    """Every string that a reader could see: internal notes and drafts are left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from public_strings(item)
    elif isinstance(value, dict) and value.get("publication") != "draft":
        for name, item in value.items():
            if name not in {"internal_note", "draft_note"}:
                yield from public_strings(item)


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


def law_key(law: Record) -> str:
    if law["citation"] in OTHER_KEYS:
        return OTHER_KEYS[law["citation"]][0]
    kind = {"eu-regulation": "eur", "eu-decision": "eudn"}.get(law["kind"], law["kind"])
    return f"{kind}/{law['year']}/{law['number']}"


def final_results(ask: Record) -> dict[str, str]:
    results = {test["key"]: test.get("before", "unknown") for test in ask.get("tests", [])}
    for update in published(ask["updates"]):
        results.update(update.get("results", {}))
    return results


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


# --- The facts ---


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


def test_deadlines_are_those_of_the_facts() -> None:
    for slug, fact in FACT_ASKS.items():
        days = [deadline["on"] for deadline in fact.get("deadlines", [])]
        fields = [ASKS[slug][name] for name in ("first_deadline", "current_deadline") if name in ASKS[slug]]
        assert fields == days, slug
        assert ("deadline_note" in ASKS[slug]) == bool(days), slug


def test_every_law_of_the_facts_has_one_record() -> None:
    assert len(LAWS) == len(LAW_ROWS)
    assert set(LAWS) == {law_key(law) for law in FACTS["laws"]} | {"bill/2017-19/157"}
    for law in FACTS["laws"]:
        row = LAWS[law_key(law)]
        assert (row["publication"] == "published") == law["verified"], row["key"]
        assert row["year"] == str(law["year"]), row["key"]


def test_citation_and_number_stand_only_where_they_are_verified() -> None:
    for law in FACTS["laws"]:
        row = LAWS[law_key(law)]
        found = row["citation"], row["number"]
        citation = law["citation"].replace("SI ", "S.I. ") if row["kind"] == "uksi" else law["citation"]
        verified = (citation, str(law.get("number", "")))
        assert found == (("", "") if law["citation"] in OTHER_KEYS else verified), row["key"]


def test_titles_and_dates_of_laws_are_those_of_the_facts_or_are_said_not_to_be() -> None:
    for law in FACTS["laws"]:
        key = law_key(law)
        row = LAWS[key]
        assert ("Described in our words" in row["note"]) == (key in OWN_TITLES), key
        assert key in OWN_TITLES or row["title"] == law["title"], key
        enacted = ENACTED_OF_ADDED_LAWS.get(key, law.get("enacted_on", ""))
        assert row["enacted_on"] == ("" if key in ENACTED_LEFT_OUT else enacted), key


def test_the_bill_became_the_act() -> None:
    bill = LAWS["bill/2017-19/157"]
    assert bill["title"] == "Sanctions and Anti-Money Laundering Bill [HL]"
    assert (bill["introduced_on"], bill["becomes"]) == ("2018-01-25", "ukpga/2018/13")
    assert bill["enacted_on"] == LAWS["ukpga/2018/13"]["enacted_on"] == "2018-05-23"
    assert "Commons" in bill["note"]


def test_every_entry_of_a_law_is_a_link_with_dates_that_the_facts_give() -> None:
    expected: dict[tuple[str, str], set[str]] = {}
    for law in FACTS["laws"]:
        for entry in law["entries"]:
            days = {entry["in_force_on"]} if "in_force_on" in entry else set()
            expected[entry["ask"], law_key(law)] = days
    for place in IN_FORCE_LEFT_OUT:
        expected[place] = set()
    for place, days in FURTHER_DATES.items():
        expected[place] |= days
    for slug in ("uk-magnitsky-sanctions", "overseas-territories-registers"):
        expected[slug, "bill/2017-19/157"] = set()
    given: dict[tuple[str, str], set[str]] = {}
    for slug, ask in ASKS.items():
        for link in ask.get("links", []):
            law = link["legislation"]
            days = given.setdefault((slug, law), set())
            if "in_force_on" in link:
                days.add(link["in_force_on"])
            assert link["publication"] == LAWS[law]["publication"], (slug, law)
    assert given == expected


def test_orders_began_later_in_northern_ireland() -> None:
    links = ASKS["unexplained-wealth-orders"]["links"]
    days = {
        (link["legislation"], link["provisions"], *link["extent"]): link["in_force_on"]
        for link in links
        if link["legislation"] in {"ukpga/2017/22", "ukpga/2002/29"} and link["extent"]
    }
    assert days == {
        ("ukpga/2017/22", "ss. 1–3", "England and Wales"): "2018-01-31",
        ("ukpga/2017/22", "ss. 4–6", "Scotland"): "2018-01-31",
        ("ukpga/2017/22", "ss. 1–3", "Northern Ireland"): "2021-06-28",
        ("ukpga/2002/29", "ss. 362A–362T", "England and Wales"): "2018-01-31",
        ("ukpga/2002/29", "ss. 362A–362T", "Northern Ireland"): "2021-06-28",
    }


def test_no_unverified_detail_stands_in_a_public_field() -> None:
    for text in public_strings([SOURCES, ASKS, LAW_ROWS]):
        if text == TITLE_EXCEPTION:
            continue
        for pattern in NEVER_PUBLIC:
            assert not re.search(pattern, text), (pattern, text)


def test_texts_that_name_a_person_in_a_court_case_say_that_it_is_no_finding() -> None:
    names = re.compile("Hajiyeva|Nazarbayeva|Aliyev|Hussain|Abramovich|Sergeev")
    caution = re.compile("not (a )?findings?|discharged|suspect")
    for slug, update in updates():
        if names.search(update["text"]):
            assert caution.search(update["text"]), (slug, update["key"])


# --- The format and its rules ---


def test_tables_hold_known_fields_and_no_empty_values() -> None:
    for slug, ask in ASKS.items():
        assert set(ask) <= ASK_FIELDS, slug
        assert all(set(test) <= TEST_FIELDS for test in ask.get("tests", [])), slug
        assert all(set(link) <= LINK_FIELDS for link in ask.get("links", [])), slug
        assert all(set(update) <= UPDATE_FIELDS for update in ask["updates"]), slug
    assert all(set(item) <= EVIDENCE_FIELDS for _, item in evidence())
    for table in tables():
        assert all(value != "" for value in table.values()), table


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
        for field in ("url", "archived_url"):
            assert re.match(r"https?://[^\s]+$", item.get(field, "https://x")), (place, field)


def test_published_updates_have_evidence_and_drafts_say_why_they_are_drafts() -> None:
    for slug, update in updates():
        draft = update["publication"] == "draft"
        assert draft == ("draft_note" in update), (slug, update["key"])
        assert draft or update.get("evidence"), (slug, update["key"])


def test_the_kind_of_an_update_says_what_it_changes() -> None:
    for slug, update in updates():
        kind = "status" if "status" in update else "test" if "results" in update else "milestone"
        assert update["kind"] == kind, (slug, update["key"])
        assert ("reason" in update) == (kind == "status"), (slug, update["key"])


def test_results_stand_only_on_updates_that_change_them() -> None:
    for slug, ask in ASKS.items():
        results = {test["key"]: test.get("before", "unknown") for test in ask.get("tests", [])}
        for update in published(ask["updates"]):
            for key, result in update.get("results", {}).items():
                assert results[key] != result, (slug, update["key"], key)
            results.update(update.get("results", {}))


def test_the_law_index_is_well_formed() -> None:
    assert list(LAW_ROWS[0]) == LAW_COLUMNS
    for key, row in LAWS.items():
        assert row["kind"] in LAW_KINDS, key
        assert row["publication"] in {"published", "draft"}, key
        assert key.startswith(f"{row['kind']}/{row['year']}/"), key
        assert bool(row["number"]) == (key.rsplit("/", 1)[1] == row["number"]), key
        assert bool(row["citation"]) == bool(row["number"]), key
        assert row["becomes"] in {"", *LAWS}, key
        if row["number"] and row["kind"] in {"ukpga", "uksi"}:
            assert row["address"] == f"https://www.legislation.gov.uk/{key}", key


def rule_broken(ask: Record, update: Record, results: dict[str, str]) -> str:
    """Which rule refuses this change of status, or an empty string."""
    day, status, answers = update["happened_on"], update["status"], list(results.values())
    links = published(ask.get("links", []))
    laws = [LAWS[link["legislation"]] for link in links]
    in_force = [link for link in links if link.get("in_force_on", "9") <= day]
    types = {item["type"] for item in update["evidence"]}
    met, every = answers.count("met"), bool(answers) and set(answers) == {"met"}
    rules = {
        "not_started": met == 0,
        "announced": bool(types & ON_THE_RECORD),
        "in_parliament": any(
            row["introduced_on"] <= day and (not row["enacted_on"] or row["enacted_on"] > day) for row in laws
        ),
        "law_not_in_force": any(row["enacted_on"] and row["enacted_on"] <= day for row in laws)
        and not any(link["effect"] == "delivers" for link in in_force),
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
