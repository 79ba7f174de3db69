"""When two names are alike, what may be pasted, and how regimes are called."""

from tests.rules.problems import fields_of
from tracker.rules.official import (
    MOST_TARGETS,
    Decision,
    TargetKind,
    TargetsDraft,
    TargetState,
    check_decision,
    check_targets,
    shared_words,
    title_of_regime,
    words_of,
)


def test_names_are_alike_in_two_words_or_whole() -> None:
    for asked, listed, shared in (
        ("Boris Testov", "TESTOV Boris Ivanovich", {"boris", "testov"}),
        ("Škoda Łucja", "skoda LUCJA", {"skoda", "lucja"}),
        ("Тестов Борис", "БОРИС ТЕСТОВ", {"борис", "тестов"}),
        ("Boris Testov", "Boris Inventov", set()),
        ("Prospect", "PROSPECT", {"prospect"}),
        ("Prospect", "EXAMPLE PROSPECT", set()),
        ("Boris Boris", "Boris", {"boris"}),
    ):
        assert shared_words(words_of(asked), words_of(listed)) == shared


def test_pasted_names_are_checked_line_by_line() -> None:
    for names, message in (
        ((), "Give the names, one a line."),
        (("Boris Testov", "…"), "Line 2 has no letters."),
        (("A B", "B a"), "Line 2, “B a”: this name is there already."),
        (("Known Name",), "Line 1, “Known Name”: this name is there already."),
        (("A" * 201,), "Line 1 has more than 200 characters."),
        (tuple(map(str, range(MOST_TARGETS + 1))), f"Add at most {MOST_TARGETS} names at a time."),
    ):
        problems = check_targets(TargetsDraft(names, TargetKind.PERSON), ["Name Known"])
        assert [problem.message for problem in problems] == [message]


def test_regimes_are_called_as_laws_are_here_and_targets_counted_in_words() -> None:
    titles = {
        "The Russia (Sanctions) (EU Exit) Regulations 2019": "Russia (Sanctions) (EU Exit) Regulations 2019",
        "Isil (Da'esh)  Regulations 2019": "Isil (Da'esh) Regulations 2019",
        "Yemen (Sanctions) (EU Exit) Regulations 2020": "Yemen (Sanctions) (EU Exit) (No. 2) Regulations 2020",
    }
    assert {name: title_of_regime(name) for name in titles} == titles


def test_an_entry_has_an_id_and_a_name_without_one_a_public_source() -> None:
    shown = Decision(TargetState.NOT_LISTED, is_shown=True)
    for draft in (Decision(TargetState.LISTED, "RUS0001"), Decision(TargetState.UNSURE)):
        assert check_decision(draft, is_source_public=False) == []
    assert fields_of(check_decision(Decision(TargetState.LISTED, "RUS1"), is_source_public=True)) == ["unique_id"]
    assert check_decision(shown, is_source_public=True) == []
    assert fields_of(check_decision(shown, is_source_public=False)) == ["is_shown"]
    assert [TargetKind.PERSON.counted(number) for number in (1, 2, 1000)] == ["1 person", "2 people", "1,000 people"]
