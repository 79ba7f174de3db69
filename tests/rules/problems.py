"""What a check found, in the shape in which the tables of these tests say it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from tracker.rules.errors import Problem


def fields_of(problems: Iterable[Problem]) -> list[str | None]:
    """Return the fields that are wrong; every problem must be a sentence or two for a person."""
    found = list(problems)
    for message, _ in found:
        assert message[0].isupper() or message[0] == "“"
        assert message.endswith(".")
    return [field for _, field in found]


def check_limits(check: Callable[[Any], list[Problem]], draft: Any, **limits: int) -> None:
    """Let each text of a draft be as long as its limit, and no longer."""
    for field, most in limits.items():
        assert fields_of(check(replace(draft, **{field: "x" * most}))) == []
        found = fields_of(check(replace(draft, **{field: "x" * (most + 1)})))
        assert [str(name).rpartition("-")[2] for name in found] == [field]
