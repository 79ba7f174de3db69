"""How fields and their values are put in words, differences, and the wording of an ask over time."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.wording import (
    LONGEST_QUOTE,
    MOST_WORDS,
    FieldChange,
    Happening,
    Mark,
    Piece,
    compare,
    compare_fields,
    field_name,
    history_of,
    in_full,
    shortened,
    shown,
)

AT = datetime(2026, 11, 22, tzinfo=UTC)


def test_values_are_shown_as_a_reader_sees_them_short_or_in_full() -> None:
    for value, words in (
        (None, "nothing"),
        ("", "nothing"),
        ([], "nothing"),
        (False, "“False”"),
        (["Wales", "Scotland"], "“Wales”, “Scotland”"),
        ("x" * LONGEST_QUOTE, f"“{'x' * LONGEST_QUOTE}”"),
        ("x" * (LONGEST_QUOTE + 1), f"“{'x' * LONGEST_QUOTE}…”"),
    ):
        assert shown(value) == words
    evidence = {"url": "https://a.example", "note": "", "type": "own_work", "published_on": "2020"}
    for name, full, words in (
        ("happened_on", "2020-02", "February 2020"),
        ("next_step_on", None, ""),
        ("submitted_at", "2026-11-02T09:05:13.994487+00:00", "2 November 2026, 09:05 UTC"),
        ("status", "partly_met", "partly met"),
        ("title", "partly_met", "partly_met"),
        ("becomes_id", 4, "number 4"),
        ("is_archived", True, "yes"),
        ("extent", ["England", "Wales"], "England, Wales"),
        ("evidence", [evidence], "url: https://a.example; type: own work; published on: 2020"),
        ("results", [[3, "met"], [4, "unknown"]], "3, met | 4, unknown"),
    ):
        assert in_full(full, name) == words


def marked(before: str, after: str) -> str:
    """The differences as [-taken out-] and {+put in+}."""
    signs = {Mark.SAME: "{}", Mark.OUT: "[-{}-]", Mark.IN: "{{+{}+}}"}
    return "".join(signs[piece.mark].format(piece.text) for piece in compare(before, after))


def test_words_that_differ_are_marked_but_in_very_long_texts() -> None:
    for before, after, difference in (
        ("", "", ""),
        ("", "Tax homes.", "{+Tax homes.+}"),
        ("Tax homes.", "", "[-Tax homes.-]"),
        ("Tax empty homes.", "Tax all empty homes.", "Tax{+ all+} empty homes."),
        ("Tax  empty homes.", "Tax empty flats!", "Tax[-  empty homes.-]{+ empty flats!+}"),
    ):
        assert marked(before, after) == difference
    long = "a " * MOST_WORDS
    assert compare(long, "b " + long) == (Piece(Mark.OUT, long), Piece(Mark.IN, "b " + long))
    # Only what stayed the same is shortened.
    same, put_in = shortened([Piece(Mark.SAME, long), Piece(Mark.IN, long)])
    assert (same.text[:2], same.text.count("…"), len(same.text) < 130, put_in.text) == ("a ", 1, True, long)


@given(st.text(max_size=60), st.text(max_size=60))
def test_both_texts_can_be_read_from_the_differences(before: str, after: str) -> None:
    pieces = compare(before, after)
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.IN) == before
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.OUT) == after


def test_values_of_every_kind_can_be_compared() -> None:
    before = {"a": None, "b": ["x"], "c": True, "d": [{"url": "u", "note": ""}], "e": "same", "f": ""}
    after = {"a": 1, "b": [], "c": False, "d": [], "e": "same", "f": ""}
    assert [(c.label, c.pieces) for c in compare_fields(before, after)] == [
        ("A", (Piece(Mark.IN, "1"),)),
        ("B", (Piece(Mark.OUT, "x"),)),
        ("C", (Piece(Mark.OUT, "yes"), Piece(Mark.IN, "no"))),
        ("D", (Piece(Mark.OUT, "url: u"),)),
    ]
    assert compare_fields(None, None) == ()
    assert field_name("source_id") == "source"


def entry(number: int, action: str, subject: str = "ask", before: Any = None, after: Any = None) -> Happening:
    return Happening(AT, action, subject, 1, before or {}, after or {}, f"Why {number}.")


def test_the_history_of_an_ask_tells_what_was_public_and_no_draft() -> None:
    steps = history_of(
        [
            entry(1, "created", after={"title": "Draft", "quote": "Words.", "internal_note": "x", "reading": ""}),
            entry(2, "created", "test", after={"label": "Law", "key": "k", "before": "unknown"}),
            entry(3, "edited", before={"title": "Draft"}, after={"title": "Title"}),
            entry(4, "edited", before={"internal_note": "x"}, after={"internal_note": "y"}),
            entry(5, "published", before={"publication": "draft"}, after={"publication": "published"}),
            entry(6, "edited", before={"title": "Title", "topic": "a"}, after={"title": "New title", "topic": "b"}),
            entry(7, "edited", "test", before={"key": "k"}, after={"key": "l"}),
            entry(8, "edited", "test", before={"label": "Law"}, after={"label": "A law"}),
            entry(9, "archived", "test", before={"is_archived": False}, after={"is_archived": True}),
            entry(10, "archived", before={"publication": "published"}, after={"publication": "archived"}),
            entry(11, "restored", before={"publication": "archived"}, after={"publication": "published"}),
            entry(12, "restored", "test", before={"is_archived": True}, after={"is_archived": False}),
        ]
    )
    assert [(step.reason, step.what) for step in steps] == [
        ("Why 5.", "First published"),
        ("Why 6.", "The ask was reworded"),
        ("Why 8.", "A test was reworded"),
        ("Why 9.", "A test was taken out"),
        ("Why 12.", "A test was brought back"),
    ]
    whole = [("title", "Title"), ("quote", "Words."), ("label", "Law")]
    assert [(c.name, c.pieces[0].text) for c in steps[0].changes] == whole
    title = FieldChange("title", (Piece(Mark.OUT, "Title"), Piece(Mark.IN, "New title")))
    assert steps[1].changes == (title,)
    assert steps[3].changes == (FieldChange("label", (Piece(Mark.OUT, "A law"),)),)
