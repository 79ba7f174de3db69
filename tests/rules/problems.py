"""What a check found, in the shape in which the tables of these tests say it."""

from collections.abc import Iterable

from tracker.rules.errors import Problem


def fields_of(problems: Iterable[Problem]) -> list[str | None]:
    """The fields that are wrong; every problem must be a sentence or two for a person."""
    found = list(problems)
    for message, _ in found:
        assert message[0].isupper() or message[0] == "“"
        assert message.endswith(".")
    return [field for _, field in found]
