"""What text may contain, how it is folded for search, how slugs look, and whether quoted words stand in it."""

import re
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
PLANE_ENDS = [plane + end for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF)]
UNSTORABLE = [*CONTROLS, *range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0), *PLANE_ENDS]
STORED = {
    "  both ends \n": "both ends",
    "one\r\ntwo\rthree\nfour": "one\ntwo\nthree\nfour",
    "a line of\x0bPowerPoint\x0cand a page": "a line of\nPowerPoint\nand a page",
    "a\tb": "a\tb",
    "e\u0301te\u0301": "été",
    "\u00a0hard spaces\u2003": "hard spaces",
    "👩‍⚖️ “quoted” – 中文 עברית": "👩‍⚖️ “quoted” – 中文 עברית",
    "right\u200fto\u202eleft": "right\u200fto\u202eleft",
    "\ufeffbyte order mark": "\ufeffbyte order mark",
}
SHOWS_NOTHING = [
    "", "\u200b", "\u202e \u200d", "\ufeff", "\xad\u2060", "\u3164", "\u115f\u1160\uffa0", "\u2800", "\u034f\ufe0f",
    "\U000e0041",
]  # fmt: skip
SLUGS = ["a", "7", "uk-and-eu", "2018-03-19", "a" * SLUG_LENGTH]
NO_SLUGS = [
    "", "-", "-a", "a-", "a--b", "A", "a b", "a_b", "a/b", "a.b", "..", "é", "a\n", "\na", "a%20", "a?b",
    "ａ", "１", "a" * (SLUG_LENGTH + 1),
]  # fmt: skip
TEXT = """The Minister said:  “We won’t — ever —
allow\u00a0this”. It cost £5.0 million;   the co\u00adst was met. Nobody is an is\u200bland."""
QUOTED = [
    "The Minister said", "the minister SAID", '"We won\'t - ever - allow this"', "‘We won’t—ever—allow this.’",
    "We won't -- ever -- allow this", "cost £5.0 million", "the cost was met", "an island.",
    "The Minister said … allow this", "The Minister said […] allow this", "[He] said: We won’t... allow this",
    "“… allow this”",
]  # fmt: skip
NOT_SAID = [
    "allow this … The Minister said", "The Minister said … never", "cost £50 million", "We will allow this", "The Mini",
    "inister said", "a nisland", "The Minister.* said",
]  # fmt: skip


def test_characters_that_no_page_and_no_database_can_hold_are_refused_with_their_place() -> None:
    for text, place in (
        *((f"one{chr(code)}two", f"(U+{code:04X})") for code in UNSTORABLE),
        ("one\ntwo words\x05three", "(U+0005), in line 2 after “two words”."),
        ("\x00one", "(U+0000), in line 1."),
        ("a" * 100 + "\x1b", f"(U+001B), in line 1 after “{'a' * 30}”."),
    ):
        with pytest.raises(ValueError, match=re.escape(place)):
            clean(text)


def test_text_is_stored_in_one_form_and_is_none_where_it_shows_nothing() -> None:
    assert {typed: clean(typed) for typed in STORED} == STORED
    assert [text for text in SHOWS_NOTHING if clean(text)] == []


@given(PRINTABLE)
def test_printable_text_is_stored_in_one_form_and_its_folding_and_its_slug_do_not_depend_on_it(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned == cleaned.strip()
    assert unicodedata.is_normalized("NFC", cleaned)
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))
    slug = slugify(text)
    assert slug == "" or is_slug(slug)
    assert slugify(slug) == slug


def test_words_are_found_without_accents_and_capitals_and_slugs_made_of_them() -> None:
    folded = {"Škoda": "skoda", "SKODA": "skoda", "Straße": "strasse", "ﬁnance": "finance", "Ὀδυσσεύς": "οδυσσευσ"}
    assert {text: fold(text) for text in folded} == folded
    slugs = {
        "UK and EU": "uk-and-eu",
        "  Who’s in – and who’s out?  ": "who-s-in-and-who-s-out",
        "Crédit Škoda": "credit-skoda",
        "中文": "",
        "a" * 200: "a" * SLUG_LENGTH,
        "a" * (SLUG_LENGTH - 1) + "-b": "a" * (SLUG_LENGTH - 1),
    }
    assert {text: slugify(text) for text in slugs} == slugs


def test_small_letters_digits_and_hyphens_stand_in_addresses_and_a_free_number_where_a_slug_is_taken() -> None:
    assert [text for text in SLUGS + NO_SLUGS if is_slug(text)] == SLUGS
    assert [free_slug("a", taken) for taken in ("", ["a"], ["a", "a-2"])] == ["a", "a-2", "a-3"]
    assert is_slug(free_slug("b" * SLUG_LENGTH, {"b" * SLUG_LENGTH}))


def test_two_spellings_are_one_name_if_their_letters_are_and_every_name_has_a_slug_of_its_own() -> None:
    same = [("HM Treasury", "  hm-TREASURY "), ("Škoda Office", "Skoda\u200b office")]
    other = [
        ("HM Treasury", "H.M. treasury"), ("Поліція (UK)", "Міністерство (UK)"), ("МИД", "МВД"), ("!!", "??"),
        ("a" * 100, "a" * 99),
    ]  # fmt: skip
    assert [pair for pair in same + other if name_key(pair[0]) == name_key(pair[1])] == same
    for name in ("Home Office", "Поліція (UK)", "МИД", "وزارة الدفاع", "外交部", "!!", "a" * 200):
        slug = own_slug(name, ())
        second = own_slug(name, {slug})
        assert [is_slug(slug), is_slug(second), slug != second] == [True] * 3
        assert name_key(slug) == slug


def test_words_stand_in_a_text_however_they_are_set_and_a_quotation_without_words_has_no_parts() -> None:
    assert [quote for quote in QUOTED + NOT_SAID if stand_in(parts_of(quote), plain(TEXT))] == QUOTED
    quotes = ["", "…", "[…]", " “” ", "...", "[words taken down: see Corrections]"]
    assert [quote for quote in quotes if parts_of(quote)] == []
