"""docs/asvs.md answers each line of ASVS 5.0.0 (levels 1 and 2) that applies, once."""

import re
from collections import Counter
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
APPLIES = """
1.1.1-2 1.2.1-5 1.2.9-10 1.3.1-3 1.3.5-7 1.3.10-11 1.4.2-3 1.5.1-2
2.1.1-3 2.2.1-3 2.3.1-4 2.4.1
3.2.1-2 3.3.1-4 3.4.1-6 3.5.1-4 3.7.1-2
4.1.1-3 4.2.1
5.1.1 5.2.1-3 5.3.1-2 5.4.1-2
6.1.1-3 6.2.1-12 6.3.1-4 6.4.1-4 6.5.1-5
7.1.1-2 7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-2
8.1.1-2 8.2.1-3 8.3.1
11.1.1-2 11.2.1-3 11.4.1-4 11.5.1 11.6.1
12.1.1-2 12.2.1-2 12.3.1-4
13.1.1 13.2.1-5 13.3.1-2 13.4.1-5
14.1.1-2 14.2.1-4 14.3.1-3
15.1.1-3 15.2.1-3 15.3.1-7
16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3
"""
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
HOLDS = re.compile(r"yes(, untested)?|partly|no|operator")
TEXT = (CHECKOUT / "docs/asvs.md").read_text("utf-8")


def lines() -> list[str]:
    """Each number that applies: "6.2.1-12" stands for twelve."""
    found = []
    for part in APPLIES.split():
        first, _, last = part.partition("-")
        section, _, number = first.rpartition(".")
        found += [f"{section}.{n}" for n in range(int(number), int(last or number) + 1)]
    return found


def test_each_line_that_applies_is_answered_once() -> None:
    answered = [number for number, *_ in ROW.findall(TEXT)]
    assert [number for number, times in Counter(answered).items() if times > 1] == []
    assert set(answered) == set(lines())
    assert len(answered) == 181


def test_each_answer_says_whether_it_holds_and_where_or_why_not() -> None:
    for number, asked, holds, where in ROW.findall(TEXT):
        assert HOLDS.fullmatch(holds), number
        assert asked.strip(), number
        assert where.strip(), number
