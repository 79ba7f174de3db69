"""Asks, their tests and their sources: what they must carry."""

from dataclasses import replace
from typing import Any

import pytest

from tests.rules.problems import fields_of
from tracker.rules.asks import (
    LONGEST_INTERVAL,
    REDEFINING_FIELDS,
    AskDraft,
    AskKind,
    Publication,
    SourceDraft,
    TestDraft,
    check_ask,
    check_labels,
    check_source,
    check_test,
    drafts_in_words,
)
from tracker.rules.dates import PartialDate
from tracker.rules.text import is_slug
from tracker.rules.updates import Result

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


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, []),
        ({"slug": ""}, ["slug"]),
        ({"slug": "Empty homes"}, ["slug"]),
        ({"slug": "../etc"}, ["slug"]),
        ({"slug": "a" * 81}, ["slug"]),
        ({"title": ""}, ["title"]),
        ({"title": "x" * 201}, ["title"]),
        ({"topic": ""}, ["topic"]),
        ({"topic": "x" * 61}, ["topic"]),
        ({"quote": ""}, ["quote"]),
        ({"quote": "x" * 600}, []),
        ({"quote": "x" * 601}, ["quote"]),
        ({"summary": ""}, ["summary"]),
        ({"summary": "x" * 401}, ["summary"]),
        ({"reading": "x" * 401}, ["reading"]),
        ({"quote_place": "x" * 201}, ["quote_place"]),
        ({"government_position": "x" * 601}, ["government_position"]),
        ({"next_step": "x" * 401}, ["next_step"]),
        ({"deadline_note": "x" * 201}, ["deadline_note"]),
        ({"internal_note": "x" * 4001}, ["internal_note"]),
        ({"jurisdictions": ("Wales", "Scotland")}, []),
        ({"jurisdictions": ("Wales", "Wales")}, ["jurisdictions"]),
        ({"jurisdictions": ("x" * 121,)}, ["jurisdictions"]),
        ({"responsible_bodies": tuple(f"Body {number}" for number in range(60))}, []),
        ({"responsible_bodies": tuple(f"Body {number}" for number in range(61))}, ["responsible_bodies"]),
        ({"review_interval_days": 1}, []),
        ({"review_interval_days": LONGEST_INTERVAL}, []),
        ({"review_interval_days": 0}, ["review_interval_days"]),
        ({"review_interval_days": -1}, ["review_interval_days"]),
        ({"review_interval_days": LONGEST_INTERVAL + 1}, ["review_interval_days"]),
        ({"first_deadline": PartialDate("2023")}, []),
        ({"first_deadline": PartialDate("2023"), "current_deadline": PartialDate("2025-06-30")}, []),
        ({"current_deadline": PartialDate("2025-06-30")}, ["first_deadline"]),
        ({"title": "", "quote": "", "summary": ""}, ["title", "quote", "summary"]),
    ],
)
def test_an_ask_needs_its_words_and_keeps_to_its_limits(change: dict[str, Any], fields: list[str]) -> None:
    assert fields_of(check_ask(replace(ASK, **change))) == fields


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, []),
        ({"key": "How do we"}, ["key"]),
        ({"title": ""}, ["title"]),
        ({"url": "https://example.org/article", "archived_url": "https://archive.example/1"}, []),
        ({"url": "javascript:alert(1)"}, ["url"]),
        ({"archived_url": "//archive.example"}, ["archived_url"]),
        ({"author": "x" * 201, "author_role": "x" * 201}, ["author", "author_role"]),
        ({"publisher": "x" * 201}, ["publisher"]),
        ({"note": "x" * 401}, ["note"]),
        ({"internal_note": "x" * 4001}, ["internal_note"]),
    ],
)
def test_a_source_needs_a_key_and_a_title(change: dict[str, Any], fields: list[str]) -> None:
    assert fields_of(check_source(replace(SOURCE, **change))) == fields


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, []),
        ({"before": Result.MET, "reviewed_on": PartialDate("2020")}, []),
        ({"key": "Tax in force"}, ["key"]),
        ({"label": ""}, ["label"]),
        ({"label": "x" * 201}, ["label"]),
    ],
)
def test_a_success_test_needs_a_key_and_a_sentence(change: dict[str, Any], fields: list[str]) -> None:
    assert fields_of(check_test(replace(TEST, **change))) == fields


def test_a_new_success_test_is_unanswered() -> None:
    assert TEST.before is Result.UNKNOWN


def test_rewording_is_what_changes_how_the_ask_is_judged() -> None:
    assert {"title", "summary", "quote", "reading", "label", "before"} == REDEFINING_FIELDS


def test_kinds_and_states_of_publication_have_words_for_readers() -> None:
    assert {kind.value: kind.label for kind in AskKind} == {
        "policy": "Policy proposal",
        "sanctions": "Sanctions measure",
    }
    assert {state.value: state.label for state in Publication} == {
        "draft": "Draft",
        "published": "Published",
        "archived": "Archived",
        "put_aside": "Put aside",
    }
    assert {state for state in Publication if state.is_public} == {Publication.PUBLISHED, Publication.ARCHIVED}


@pytest.mark.parametrize(
    ("labels", "known", "says"),
    [
        (["It is law"], [], []),
        ([], [], ["Give at least one test."]),
        (["It is law", "It is law"], [], ["“It is law”: This stands there twice."]),
        (["It is law"], ["It is law"], ["“It is law”: This stands there twice."]),
        ([f"Test {number}" for number in range(61)], [], ["Give at most 60 at once; these are 61."]),
    ],
)
def test_the_words_of_tests_are_checked_together(labels: list[str], known: list[str], says: list[str]) -> None:
    assert [problem.message for problem in check_labels(labels, known)] == says


def test_the_keys_of_tests_are_made_of_their_words() -> None:
    added = drafts_in_words(["It is law!", "It is law?", "Закон", "x" * 200], {"it-is-law"})
    assert [draft.key for draft in added][:2] == ["it-is-law-2", "it-is-law-3"]
    assert all(is_slug(draft.key) for draft in added)
    assert len({draft.key for draft in added}) == 4
