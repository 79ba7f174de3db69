"""What was not verified, or could be read as a finding against a person, is not said in public."""

import re
from collections.abc import Iterator

from tests.seeds.reading import ASKS, LAW_ROWS, SOURCES, updates

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
