"""Where words stand in a text, and what is left of it without them."""

from tracker.rules import checks
from tracker.rules.checks import MARK
from tracker.rules.disputes import AROUND, CORRECTIONS, WordsSought, excerpt

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


def test_what_is_kept_stays_at_every_depth() -> None:
    values = {"status": "met", "note": ["met", {"text": "met", "status": "met", "number": 3}], "none": None}
    assert WordsSought("met", OURS).taken_from(values, {"status"}) == {
        "status": "met",
        "note": [MARK, {"text": MARK, "status": "met", "number": 3}],
        "none": None,
    }


def test_an_excerpt_shows_what_stands_around_the_first_mark() -> None:
    assert excerpt(f"So {MARK}.") == f"So {MARK}."
    assert excerpt(f"{'x' * 99}{MARK}{'y' * 99}{MARK}") == f"…{'x' * AROUND}{MARK}{'y' * AROUND}…"


def test_a_mark_counts_as_the_fewest_letters_that_it_can_stand_for() -> None:
    for words, length, is_too_long in (("x" * 397, 400, False), ("x" * 398, 400, True), (MARK * 133, 399, False)):
        text = words if MARK in words else f"{MARK}{words}"
        assert bool(checks.at_most(text, length, "text")) is is_too_long
    assert "this has 402" in checks.at_most(MARK * 134, 400, "text")[0].message
