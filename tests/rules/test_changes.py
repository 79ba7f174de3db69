"""How a field of a record and its value are put in words."""

import pytest

from tracker.rules.wording import LONGEST_QUOTE, field_name, in_full, shown


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("title", "title"),
        ("next_step_on", "next step on"),
        ("source_id", "source"),
        ("review_interval_days", "review interval days"),
        ("responsible_bodies", "responsible bodies"),
    ],
)
def test_columns_are_named_in_words(name: str, words: str) -> None:
    assert field_name(name) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        ("", "nothing"),
        ([], "nothing"),
        ({}, "nothing"),
        (0, "“0”"),
        (False, "“False”"),
        ("Met", "“Met”"),
        (["Wales", "Scotland"], "“Wales”, “Scotland”"),
        ([{"url": "https://a.example", "note": "", "published_on": None}], "url: https://a.example"),
        ("x" * LONGEST_QUOTE, f"“{'x' * LONGEST_QUOTE}”"),
        ("x" * (LONGEST_QUOTE + 1), f"“{'x' * LONGEST_QUOTE}…”"),
    ],
)
def test_values_are_shown_as_a_reader_sees_them(value: object, words: str) -> None:
    assert shown(value) == words


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("happened_on", "2020-02", "February 2020"),
        ("next_step_on", None, ""),
        ("submitted_at", "2026-11-02T09:05:13.994487+00:00", "2 November 2026, 09:05 UTC"),
        ("status", "partly_met", "partly met"),
        ("title", "partly_met", "partly_met"),
        ("becomes_id", 4, "number 4"),
        ("is_archived", True, "yes"),
        ("extent", ["England", "Wales"], "England, Wales"),
        (
            "evidence",
            [{"url": "https://a.example", "note": "", "type": "own_work", "published_on": "2020"}],
            "url: https://a.example; type: own work; published on: 2020",
        ),
        ("results", [[3, "met"], [4, "unknown"]], "3, met | 4, unknown"),
    ],
)
def test_in_full_a_value_is_put_as_people_read_it(name: str, value: object, words: str) -> None:
    assert in_full(value, name) == words
