"""The right of reply, disputes, and words that are taken down."""

from datetime import date
from typing import Any

from tests.rules.problems import check_limits, fields_of
from tracker.rules import checks
from tracker.rules.checks import MARK
from tracker.rules.dates import PartialDate
from tracker.rules.disputes import (
    AROUND,
    CORRECTIONS,
    DisputeDraft,
    Outcome,
    ReplyDraft,
    WordsSought,
    check_dispute,
    check_publishable,
    check_reply,
    excerpt,
    one_month_after,
)

TODAY = date(2026, 11, 22)
DAY = PartialDate("2026-10-01")
SENTENCE = "Whether the register was refused."
ASKED: dict[str, Any] = {"asked": "The Treasury", "asked_on": DAY, "due_on": PartialDate("2026-11-01")}
ANSWERED = ASKED | {"outcome": Outcome.ANSWERED, "answer": "Soon.", "answered_on": PartialDate("2026-10-20")}
SILENT = ASKED | {"outcome": Outcome.NONE}


REPLIES: list[tuple[dict[str, Any], list[str]]] = [
    (ASKED, []),
    (ANSWERED, []),
    (SILENT, []),
    (ASKED | {"asked": "", "due_on": None}, ["asked", "due_on"]),
    (ASKED | {"due_on": PartialDate("2026-09-30")}, ["due_on"]),
    (ASKED | {"asked_on": PartialDate("2026-11-23")}, ["asked_on", "due_on"]),
    (ASKED | {"answer": "Soon."}, ["outcome"]),
    (SILENT | {"answered_on": DAY}, ["outcome"]),
    (ANSWERED | {"answer": "", "answered_on": None}, ["answer", "answered_on"]),
    (ANSWERED | {"answered_on": PartialDate("2026-09")}, ["answered_on"]),
    (ANSWERED | {"answered_on": PartialDate("2026-11-23")}, ["answered_on"]),
]


def test_what_came_of_a_question_fits_together_and_a_dispute_has_a_day_and_a_sentence() -> None:
    for values, fields in REPLIES:
        assert fields_of(check_reply(ReplyDraft(**values), TODAY)) == fields
    assert check_dispute(DisputeDraft(PartialDate("2026-11-22"), SENTENCE), TODAY) == []
    for day in (None, PartialDate("2026-11"), PartialDate("2026-11-23")):
        assert fields_of(check_dispute(DisputeDraft(day, SENTENCE), TODAY)) == ["disputed_on"]
    assert fields_of(check_dispute(DisputeDraft(DAY, ""), TODAY)) == ["disputed_about"]
    answered = ReplyDraft(**ANSWERED)
    check_limits(lambda draft: check_reply(draft, TODAY), answered, asked=200, answer=2000, internal_note=4000)
    check_limits(lambda draft: check_dispute(draft, TODAY), DisputeDraft(DAY, SENTENCE), disputed_about=400)
    # Nobody is shown as silent while the time runs.
    refused = [bool(check_publishable(ReplyDraft(**values))) for values in (ASKED, ANSWERED, SILENT)]
    assert refused == [True, False, False]


def test_an_answer_is_due_in_a_month_or_in_48_hours() -> None:
    in_a_month = {"2026-11-22": "2026-12-22", "2026-12-31": "2027-01-31", "2027-01-31": "2027-02-28",
                  "2028-01-30": "2028-02-29"}  # fmt: skip
    for day, due in in_a_month.items():
        assert DisputeDraft(PartialDate(day), SENTENCE).answer_due_on == PartialDate(due)
        assert one_month_after(date.fromisoformat(day)) == PartialDate(due)
    for day, due in {"2026-12-30": "2027-01-01", "2028-02-28": "2028-03-01"}.items():
        dispute = DisputeDraft(PartialDate(day), SENTENCE, is_said_defamatory=True)
        assert dispute.answer_due_on == PartialDate(due)
    assert DisputeDraft().answer_due_on is None


OURS = "https://tracker.example"
TEXTS = [
    ("Ann Other", "So said Ann Other.", f"So said {MARK}."),
    ("ann other", "ANN\n OTHER, and Ann\u00a0Other's", f"{MARK}, and {MARK}'s"),
    ("“well-known”", 'the "well–known" one', f"the {MARK} one"),
    ("O’Neill", "O'Neill", MARK),
    ("a.b", "a.b, not aXb", f"{MARK}, not aXb"),
    ("Ли Бо", "и ЛИ бо", f"и {MARK}"),
    ("李小龍", "是李小龍的", f"是{MARK}的"),
    ("one two three", "it is one two…", f"it is {MARK}…"),
    ("one two three", "it is one two, and one…", "it is one two, and one…"),
    ("Ann Other", "Another", "Another"),
]
ADDRESSES = [
    ("Ann Other", "https://example.org/ann-other-lied", True),
    ("Ann Other", "https://example.org/?who=Ann%20Other", True),
    ("Ann Other", "https://example.org/joann-others", False),
    ("https://example.org/a?b=c", "https://example.org/a?b=c", True),
    ("Ли Zx", "https://example.org/zx", False),
    ("Ann Other", "", False),
]


def test_the_mark_takes_the_place_of_the_words_and_an_address_that_spells_them_goes_as_a_whole() -> None:
    for words, text, left in TEXTS:
        wanted = WordsSought(words, OURS)
        assert wanted.taken_from(text) == left
        assert wanted.is_found == (text != left and "…" not in text)
        assert bool(wanted.spelt) == (text != left)
        assert wanted.needle in text.lower()
    for words, address, is_spelt in ADDRESSES:
        wanted = WordsSought(words, OURS)
        assert wanted.taken_from({"url": address}) == {"url": f"{OURS}{CORRECTIONS}" if is_spelt else address}
        assert wanted.spelt == ({address} if is_spelt else set())
    # What is kept stays at every depth.
    values = {"status": "met", "note": ["met", {"text": "met", "status": "met", "number": 3}], "none": None}
    assert WordsSought("met", OURS).taken_from(values, {"status"}) == {
        "status": "met",
        "note": [MARK, {"text": MARK, "status": "met", "number": 3}],
        "none": None,
    }


def test_an_excerpt_shows_the_first_mark_which_counts_as_the_fewest_letters_that_it_can_stand_for() -> None:
    assert excerpt(f"So {MARK}.") == f"So {MARK}."
    assert excerpt(f"{'x' * 99}{MARK}{'y' * 99}{MARK}") == f"…{'x' * AROUND}{MARK}{'y' * AROUND}…"
    for words, length, is_too_long in (("x" * 397, 400, False), ("x" * 398, 400, True), (MARK * 133, 399, False)):
        text = words if MARK in words else f"{MARK}{words}"
        assert bool(checks.at_most(text, length, "text")) is is_too_long
    assert "this has 402" in checks.at_most(MARK * 134, 400, "text")[0].message
