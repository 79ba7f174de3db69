"""Every law of the facts has one record, and every entry of it a link."""

from tests.seeds.reading import ASKS, FACTS, LAW_ROWS, LAWS, Record

# Departures from the facts, each with its reason.
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
    "je-law/2025/2": "the vote in the States is dated, not the day on which it became law",
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


def law_key(law: Record) -> str:
    if law["citation"] in OTHER_KEYS:
        return OTHER_KEYS[law["citation"]][0]
    kind = {"eu-regulation": "eur", "eu-decision": "eudn"}.get(law["kind"], law["kind"])
    return f"{kind}/{law['year']}/{law['number']}"


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
