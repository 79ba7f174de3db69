"""The words of a text as the search knows them, and how they are marked."""

import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from tracker.queries.words import COMMON, LONGEST_WORD, Parts, _stem_of, excerpt, mark, stem_of, stems

ENDINGS = ("s", "ed", "ing", "ational", "fulness")
CHINESE = "英国议会今天通过了这项法律"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
WORDS = ["sanctions", "the", "Škoda", "x" * 90, "x" * 900, CHINESE * 30, CHINESE * 9 + "。", "…", "\n", "a-b"]
WORDY = st.lists(st.sampled_from(WORDS)).map(" ".join)


ONE_WORD = [
    ("sanction", "Sanctioned"), ("sanctioning", "SANCTIONS"), ("minister’s", "minister's"), ("minister's", "minister"),
    ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("２０２０", "2020"), ("한국", unicodedata.normalize("NFD", "한국")),
]  # fmt: skip
STEMS: dict[str, list[str]] = {
    "The Treasury will not": ["treasuri"], "S.I. 2020/680": ["s", "2020", "680"], "£12m (49%)": ["12m", "49"],
    "snake_case __ _x_": ["snake", "case", "x"], "a@example.org": ["exampl", "org"], "don’t won't": ["dont", "wont"],
    "' ’ '' x'": ["x"], CHINESE: [CHINESE], '* - ^ : ; " ( ) & | ! <->': [],
}  # fmt: skip


def test_spellings_of_one_word_have_one_stem_and_of_a_word_without_end_the_beginning_is_known() -> None:
    for one, other in ONE_WORD:
        assert stem_of(one) == stem_of(other) != ""
    assert {text: stems(text) for text in STEMS} == STEMS
    assert stem_of("x" * 4000) == "x" * LONGEST_WORD == stem_of("x" * LONGEST_WORD)
    assert len(stem_of("ﷺ" * 4000)) <= LONGEST_WORD  # folding makes eighteen characters of each


def test_the_words_that_were_looked_for_are_marked() -> None:
    for text, wanted, marked in (
        ("Sanctions, sanctioned; unsanctioned", "sanction", ["Sanctions", "sanctioned"]),
        ("Škoda’s cars", "skoda", ["Škoda’s"]),
        ("the anti-corruption law", "the corruption", ["corruption"]),
        ("2020/680 and 20206", "2020", ["2020"]),
    ):
        assert [part for part, is_hit in mark(text, frozenset(stems(wanted))) if is_hit] == marked


def whole(parts: Parts) -> str:
    return "".join(part for part, _ in parts)


@given(TEXTS | WORDY, TEXTS | WORDY)
def test_the_parts_of_a_marked_text_are_the_text_and_no_stem_is_empty_common_or_long(
    text: str, looked_for: str
) -> None:
    assert [stem for stem in stems(text) if not 0 < len(stem) <= LONGEST_WORD] == []
    assert not COMMON & {word for word in text.split() if stem_of(word)}
    parts = mark(text, frozenset(stems(looked_for)))
    assert whole(parts) == text
    assert all(part for part, _ in parts)
    hits = [stem_of(part) for part, is_hit in parts if is_hit]
    assert hits == [stem for stem in stems(text) if stem in set(stems(looked_for))]


LENGTH = 200
FILLING = "It was said of this and of that. "


def test_an_excerpt_shows_the_word_and_whole_words_around_it() -> None:
    for text, cut in (
        (FILLING * 3 + "law", FILLING * 3 + "law"),
        ("law " + "x" * 500, "law …"),
        ("y" * 500 + " law " + "x" * 500, "… law …"),
        (FILLING * 20 + "law", None),
        (FILLING * 20 + "law " + FILLING * 20, None),
        ("law," + "x" * 500, None),
    ):
        parts = excerpt(text, frozenset({"law"}), LENGTH)
        shown = whole(parts)
        assert ("law", True) in parts
        assert shown == (cut or shown)
        assert len(shown) <= LENGTH + len("…  …")
        assert shown.startswith("… ") is not text.startswith(shown[:3])
        assert shown.endswith(" …") is not text.endswith(shown[-3:])


@given(TEXTS | WORDY, TEXTS | WORDY)
def test_an_excerpt_is_a_short_piece_of_the_text_and_marked_when_the_text_has_the_word(
    text: str, looked_for: str
) -> None:
    wanted = frozenset(stems(looked_for))
    parts = excerpt(text, wanted, LENGTH)
    shown = whole(parts)
    assert shown.removeprefix("… ").removesuffix(" …") in text
    assert len(shown) <= LENGTH + len("…  …")
    assert any(is_hit for _, is_hit in parts) is bool(wanted & set(stems(text)))


def test_threads_that_look_for_stems_at_once_do_not_get_in_each_others_way() -> None:
    letters = "abcdefghijklmnop"
    words = [f"sanction{one}{two}{ending}" for one in letters for two in letters for ending in ENDINGS]
    alone = [stem_of(word) for word in words]
    _stem_of.cache_clear()
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads take turns after each few steps, as if there were very many
    try:
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(stem_of, words, chunksize=1)) == alone
    finally:
        sys.setswitchinterval(usual)
