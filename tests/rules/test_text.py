"""What text may contain, how it is folded for search, how slugs look, and whether quoted words stand in it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.text import (
    SLUG_LENGTH,
    clean,
    fold,
    free_slug,
    is_slug,
    name_key,
    own_slug,
    parts_of,
    plain,
    slugify,
    stand_in,
)

PRINTABLE = st.text(st.characters(exclude_categories=["C"]))
CONTROLS = [code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n\v\f\r"]
SURROGATES = range(0xD800, 0xE000)
NONCHARACTERS = [
    *range(0xFDD0, 0xFDF0),
    *(plane + end for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF)),
]
TEXT = """The Minister said:  “We won’t — ever —
allow\u00a0this”. It cost £5.0 million;   the co\u00adst was met. Nobody is an is\u200bland."""


@given(PRINTABLE)
def test_printable_text_is_never_refused_and_cleaning_twice_is_cleaning_once(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert cleaned == cleaned.strip()
    assert unicodedata.is_normalized("NFC", cleaned)


def refusal(text: str) -> str:
    """The sentence with which a text is refused; empty when it is stored."""
    try:
        clean(text)
    except ValueError as error:
        return str(error)
    return ""


def test_characters_that_no_page_and_no_database_can_hold_are_refused() -> None:
    for code in (*CONTROLS, *SURROGATES, *NONCHARACTERS):
        assert f"(U+{code:04X})" in refusal(f"one{chr(code)}two")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  both ends \n", "both ends"),
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("a line of\x0bPowerPoint\x0cand a page", "a line of\nPowerPoint\nand a page"),
        ("a\tb", "a\tb"),
        ("e\u0301te\u0301", "été"),
        ("\u00a0hard spaces\u2003", "hard spaces"),
        ("", ""),
        ("👩‍⚖️ “quoted” – 中文 עברית", "👩‍⚖️ “quoted” – 中文 עברית"),
        ("right\u200fto\u202eleft", "right\u200fto\u202eleft"),
        ("\ufeffbyte order mark", "\ufeffbyte order mark"),
    ],
)
def test_text_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert clean(typed) == stored


@pytest.mark.parametrize(
    "text",
    [
        "\u200b", "\u202e \u200d", "\ufeff", "\xad\u2060", "\u3164", "\u115f\u1160\uffa0", "\u2800", "\u034f\ufe0f",
        "\U000e0041",
    ],
)  # fmt: skip
def test_text_that_shows_nothing_is_no_text(text: str) -> None:
    assert clean(text) == ""


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("one\ntwo words\x05three", "(U+0005), in line 2 after “two words”."),
        ("\x00one", "(U+0000), in line 1."),
        ("a" * 100 + "\x1b", f"(U+001B), in line 1 after “{'a' * 30}”."),
    ],
)
def test_a_character_that_cannot_be_stored_is_refused_with_its_place(text: str, place: str) -> None:
    assert place in refusal(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Škoda", "skoda"), ("SKODA", "skoda"), ("Straße", "strasse"), ("ﬁnance", "finance"), ("Ὀδυσσεύς", "οδυσσευσ")],
)
def test_search_finds_words_without_accents_and_capitals(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_does_not_depend_on_the_unicode_form_that_was_typed(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@given(st.text())
def test_what_slugify_makes_is_a_slug_or_nothing(text: str) -> None:
    slug = slugify(text)
    assert slug == "" or is_slug(slug)
    assert slugify(slug) == slug


def test_a_slug_that_is_taken_gets_the_next_free_number() -> None:
    assert [free_slug("a", taken) for taken in ("", ["a"], ["a", "a-2"])] == ["a", "a-2", "a-3"]
    assert is_slug(free_slug("b" * SLUG_LENGTH, {"b" * SLUG_LENGTH}))


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("UK and EU", "uk-and-eu"),
        ("  Who’s in – and who’s out?  ", "who-s-in-and-who-s-out"),
        ("Crédit Škoda", "credit-skoda"),
        ("中文", ""),
        ("a" * 200, "a" * SLUG_LENGTH),
        ("a" * (SLUG_LENGTH - 1) + "-b", "a" * (SLUG_LENGTH - 1)),
    ],
)
def test_slugs_are_made_of_words(text: str, slug: str) -> None:
    assert slugify(text) == slug


@pytest.mark.parametrize(
    ("name", "other", "is_same"),
    [
        ("HM Treasury", "H.M. treasury", False),
        ("HM Treasury", "  hm-TREASURY ", True),
        ("Škoda Office", "Skoda\u200b office", True),
        ("Поліція (UK)", "Міністерство (UK)", False),
        ("МИД", "МВД", False),
        ("外交部", "国防部", False),
        ("!!", "??", False),
        ("a" * 100, "a" * 99, False),
    ],
)
def test_two_spellings_are_one_name_if_their_letters_are(name: str, other: str, is_same: bool) -> None:
    assert (name_key(name) == name_key(other)) is is_same


@pytest.mark.parametrize("name", ["Home Office", "Поліція (UK)", "МИД", "وزارة الدفاع", "外交部", "!!", "a" * 200])
def test_every_name_has_a_slug_of_its_own_also_where_another_has_it(name: str) -> None:
    slug = own_slug(name, ())
    other = own_slug(name, {slug})
    assert is_slug(slug)
    assert is_slug(other)
    assert slug != other
    assert name_key(slug) == slug


@pytest.mark.parametrize("text", ["a", "7", "uk-and-eu", "2018-03-19", "a" * SLUG_LENGTH])
def test_slugs_of_small_letters_digits_and_single_hyphens_stand_in_addresses(text: str) -> None:
    assert is_slug(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "-", "-a", "a-", "a--b", "A", "a b", "a_b", "a/b", "a.b", "..", "é", "a\n", "\na", "a%20", "a?b",
        "ａ", "１", "a" * (SLUG_LENGTH + 1),
    ],
)  # fmt: skip
def test_nothing_else_stands_in_addresses(text: str) -> None:
    assert not is_slug(text)


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("The Minister said", True),
        ("the minister SAID", True),
        ('"We won\'t - ever - allow this"', True),
        ("‘We won’t—ever—allow this.’", True),
        ("We won't -- ever -- allow this", True),
        ("cost £5.0 million", True),
        ("the cost was met", True),
        ("an island.", True),
        ("The Minister said … allow this", True),
        ("The Minister said […] allow this", True),
        ("[He] said: We won’t... allow this", True),
        ("“… allow this”", True),
        ("allow this … The Minister said", False),
        ("The Minister said … never", False),
        ("cost £50 million", False),
        ("We will allow this", False),
        ("The Mini", False),
        ("inister said", False),
        ("a nisland", False),
        ("The Minister.* said", False),
    ],
)
def test_words_stand_in_a_text_however_they_are_set(quote: str, stands: bool) -> None:
    assert stand_in(parts_of(quote), plain(TEXT)) is stands


@pytest.mark.parametrize("quote", ["", "…", "[…]", " “” ", "...", "[words taken down: see Corrections]"])
def test_a_quotation_without_words_has_no_parts(quote: str) -> None:
    assert parts_of(quote) == []
