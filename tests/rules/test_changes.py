"""What changed between two versions of a record, said in a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.changes import LONGEST_QUOTE, difference, field_changes, field_name, shown

VALUES = st.dictionaries(st.sampled_from("abcd"), st.none() | st.integers(0, 2) | st.text(max_size=2))


@given(VALUES, VALUES)
def test_a_difference_holds_exactly_the_fields_that_differ(before: dict[str, object], after: dict[str, object]) -> None:
    was, is_now = difference(before, after)
    assert was.keys() == is_now.keys() == {name for name in after if before.get(name) != after[name]}
    assert {name: {**before, **is_now}.get(name) for name in after} == after
    assert all(was[name] == before.get(name) for name in was)


def test_an_edit_that_changes_nothing_makes_no_difference() -> None:
    assert difference({"title": "A", "extent": ["Wales"]}, {"title": "A", "extent": ["Wales"]}) == ({}, {})


@pytest.mark.parametrize(
    ("before", "after", "sentences"),
    [
        ({"title": "A"}, {"title": "B"}, ["title from “A” to “B”"]),
        ({"note": ""}, {"note": "New"}, ["note from nothing to “New”"]),
        ({"next_step_on": "2019"}, {"next_step_on": None}, ["next step date from “2019” to nothing"]),
        (None, {"b": 1, "a": 2}, ["a from nothing to “2”", "b from nothing to “1”"]),
        ({"a": "x"}, None, ["a from “x” to nothing"]),
        (None, None, []),
    ],
)
def test_each_change_is_a_sentence_of_its_own(
    before: dict[str, object] | None, after: dict[str, object] | None, sentences: list[str]
) -> None:
    assert field_changes(before, after) == sentences


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("title", "title"),
        ("next_step_on", "next step date"),
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
