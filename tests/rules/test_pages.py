"""One page has one key, however its address is written."""

from hypothesis import given
from hypothesis import strategies as st

from tracker.rules.checks import check_url
from tracker.rules.pages import page_key, spellings, tidied

AS_THEY_ARE = [
    "http://example.org:8080/a", "https://example.org/?mark=1&my_utm_source=2", "javascript:alert(1)",
    "https://web.archive.org/web/2020/http://example.org/?utm_source=x", "ada@example.org", "https://ada@Example.org/",
    "http://[evil", "https://exa mple.org/", "soon", "",
]  # fmt: skip


STORED = {
    "www.gov.uk/x": "https://www.gov.uk/x",
    "gov.uk": "https://gov.uk",
    "\ufeffhttps://www.go\xadv.uk/\u202ex ": "https://www.gov.uk/x",
    "HTTPS://WWW.GOV.UK:443/X": "https://www.gov.uk/X",
    "https://example.org/a?utm_source=x&id=7&UTM_Medium=y&fbclid=z#part": "https://example.org/a?id=7#part",
    "https://example.org/a?gclid=1": "https://example.org/a",
    **{as_it_is: as_it_is for as_it_is in AS_THEY_ARE},
}


def test_an_address_is_stored_in_one_form_and_every_spelling_of_a_page_has_the_same_key() -> None:
    assert {typed: tidied(typed) for typed in STORED} == STORED
    spellings_of_one = [
        "https://www.gov.uk/~a/caf%C3%A9", "http://www.gov.uk/~a/caf%c3%a9/", "gov.uk/%7Ea/café",
        "https://GOV.uk:443/~a/café?utm_campaign=a&fbclid=b", "https://www.gov.uk/~a/caf\u200bé#chapter-2",
    ]  # fmt: skip
    assert {page_key(spelling) for spelling in spellings_of_one} == {"gov.uk/~a/caf%C3%A9"}
    others = ["https://www.gov.uk/a", "gov.uk/a/x", "https://gov.uk/A", "https://gov.uk/a?b=1", "https://x.gov.uk/a"]
    assert len({page_key(other) for other in others}) == len(others)


@given(st.text() | st.from_regex(r"\A(?:https?:)?[/\\]{0,3}[\[\]@:.a-z0-9%?#]{0,20}\Z"))
def test_any_text_is_tidied_once_and_has_a_key(text: str) -> None:
    assert tidied(tidied(text)) == tidied(text)
    assert isinstance(page_key(text), str)
    assert text in spellings(text)
    if check_url(text) is None:
        assert check_url(tidied(text)) is None
