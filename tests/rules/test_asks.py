"""Asks, their tests and their sources: what they must carry."""

from dataclasses import replace
from typing import Any

from tests.rules.problems import check_limits, fields_of
from tracker.rules.asks import (
    LONGEST_INTERVAL,
    AskDraft,
    AskKind,
    BodyDraft,
    Publication,
    SourceDraft,
    TestDraft,
    check_ask,
    check_body,
    check_labels,
    check_source,
    check_test,
    drafts_in_words,
)
from tracker.rules.dates import PartialDate
from tracker.rules.text import is_slug

ASK = AskDraft(
    slug="empty-homes",
    title="Bring empty homes back into use",
    kind=AskKind.POLICY,
    topic="Housing",
    source_id=1,
    quote="“Every empty home should be lived in.”",
    summary="Tax homes that stand empty.",
)
SOURCE = SourceDraft("how-do-we-house-people", "How do we house people?")
TEST = TestDraft("tax-in-force", "The tax is in force everywhere")
BODIES = tuple(f"Body {number}" for number in range(61))
DEADLINES = {"first_deadline": PartialDate("2023"), "current_deadline": PartialDate("2025-06-30")}


ASKS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"slug": "Empty homes"}, ["slug"]),
    ({"title": "", "topic": "", "quote": "", "summary": ""}, ["title", "topic", "quote", "summary"]),
    ({"jurisdictions": ("Wales", "Scotland")}, []),
    ({"jurisdictions": ("Wales", "Wales")}, ["jurisdictions"]),
    ({"short_names": ("x" * 121,)}, ["short_names"]),
    ({"responsible_bodies": BODIES[:60]}, []),
    ({"responsible_bodies": BODIES}, ["responsible_bodies"]),
    *(({"review_interval_days": days}, []) for days in (1, LONGEST_INTERVAL)),
    *(({"review_interval_days": days}, ["review_interval_days"]) for days in (0, LONGEST_INTERVAL + 1)),
    (DEADLINES, []),
    (DEADLINES | {"first_deadline": None}, ["first_deadline"]),
]


def test_an_ask_a_body_a_source_and_a_test_need_their_words() -> None:
    for change, fields in ASKS:
        assert fields_of(check_ask(replace(ASK, **change))) == fields
    assert check_body(BodyDraft("home-office", "Home Office", ("HO",))) == []
    body = BodyDraft("Home Office", "x" * 121, ("HO", "HO"))
    assert fields_of(check_body(body)) == ["key", "name", "short_names"]
    for name in ("", "Home Office; Treasury"):
        assert fields_of(check_body(BodyDraft("home-office", name))) == ["name"]
    assert check_source(replace(SOURCE, url="https://example.org/a", archived_url="https://archive.example/1")) == []
    wrong = replace(SOURCE, key="How do we", title="", url="javascript:alert(1)", archived_url="//archive.example")
    assert fields_of(check_source(wrong)) == ["key", "title", "url", "archived_url"]
    assert check_test(TEST) == []
    assert fields_of(check_test(replace(TEST, key="Tax in force", label=""))) == ["key", "label"]


def test_texts_keep_to_their_limits() -> None:
    check_limits(check_ask, ASK, title=200, topic=60, quote=600, quote_place=200, summary=400, reading=400)
    check_limits(check_ask, ASK, government_position=600, next_step=400, deadline_note=200, internal_note=4000)
    check_limits(check_source, SOURCE, title=200, author=200, author_role=200, publisher=200, note=400)
    check_limits(check_source, SOURCE, internal_note=4000)
    check_limits(check_test, TEST, label=200)


def test_what_is_published_or_archived_is_public() -> None:
    assert [state.label for state in Publication] == ["Draft", "Published", "Archived", "Put aside"]
    assert {state for state in Publication if state.is_public} == {Publication.PUBLISHED, Publication.ARCHIVED}


def test_the_words_of_tests_are_checked_together() -> None:
    twice = ["“It is law”: This stands there twice."]
    for labels, known, says in (
        (["It is law"], [], []),
        ([], [], ["Give at least one test."]),
        (["It is law", "It is law"], [], twice),
        (["It is law"], ["It is law"], twice),
        ([f"Test {number}" for number in range(61)], [], ["Give at most 60 at once; these are 61."]),
    ):
        assert [problem.message for problem in check_labels(labels, known)] == says


def test_the_keys_of_tests_are_made_of_their_words() -> None:
    added = drafts_in_words(["It is law!", "It is law?", "Закон", "x" * 200], {"it-is-law"})
    assert [draft.key for draft in added][:2] == ["it-is-law-2", "it-is-law-3"]
    assert all(is_slug(draft.key) for draft in added)
    assert len({draft.key for draft in added}) == 4
