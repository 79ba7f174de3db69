"""Quoted words and the text in which they should stand."""

import pytest

from tracker.rules.text import parts_of, plain, stand_in

TEXT = """The Minister said:  “We won’t — ever —
allow\u00a0this”. It cost £5.0 million;   the co\u00adst was met. Nobody is an is\u200bland."""


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
