"""Small checks that several kinds of record share; each answers a list of problems."""

from collections.abc import Sequence

from tracker.rules.errors import Problem
from tracker.rules.text import is_slug
from tracker.rules.urls import check_url

NAME_LENGTH = 120
MOST_NAMES = 60


def required(value: object, field: str, what: str) -> list[Problem]:
    """Refuse an empty value."""
    return [] if value else [Problem(f"Give {what}.", field)]


def at_most(value: str, length: int, field: str) -> list[Problem]:
    """Refuse text of more than `length` characters."""
    if len(value) <= length:
        return []
    return [Problem(f"Use at most {length} characters; this has {len(value)}.", field)]


def slug(value: str, field: str) -> list[Problem]:
    """Refuse what is not fit to stand in an address."""
    if is_slug(value):
        return []
    return [Problem("Use small letters, digits and single hyphens, such as “empty-homes”.", field)]


def optional_url(value: str, field: str) -> list[Problem]:
    """Refuse an address that may not be published; empty is fine."""
    sentence = check_url(value) if value else None
    return [Problem(sentence, field)] if sentence else []


def texts(draft: object, limits: dict[str, int]) -> list[Problem]:
    """Check the length of each named text field of a draft."""
    too_long = [field for field, limit in limits.items() if len(getattr(draft, field)) > limit]
    return [problem for field in too_long for problem in at_most(getattr(draft, field), limits[field], field)]


def names(values: Sequence[str], field: str) -> list[Problem]:
    """Check a list of names: not too many, none too long, none twice."""
    problems = [problem for value in values for problem in at_most(value, NAME_LENGTH, field)]
    if len(values) > MOST_NAMES:
        problems.append(Problem(f"Name at most {MOST_NAMES}.", field))
    if len(set(values)) < len(values):
        problems.append(Problem("A name stands there twice.", field))
    return problems
