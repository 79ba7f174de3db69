"""The version of the method, and what changed in it: so that a reader can tell which rules a status was judged by.

The method is these rules, so that a change of method is a change of code: whoever changes what a status takes, what
counts as evidence or how entries are weighed (rules/status, standing, story, updates) adds a version here in the same
commit. An ask or a test that is reworded changes no method: that is a redefinition, with its reason in the ask's own
story.
"""

from dataclasses import dataclass

from tracker.rules.dates import PartialDate


@dataclass(frozen=True)
class MethodChange:
    """What a version of the method brought. A new first number means that statuses may be judged differently."""

    version: str
    made_on: PartialDate
    what: tuple[str, ...]


CHANGES = (
    MethodChange(
        "2.0",
        PartialDate("2026-11-29"),
        (
            "“Not met” needs a source that shows it, or a complete list on which it is missing; silence is “unknown”.",
            "“Unknown” says on which day and where we looked, and needs no evidence.",
            "Evidence is only what somebody has opened. What a government says of its own work is a government claim.",
            "“Law passed, not in force” is refused while a test is met.",
            "“In force” needs a law that delivers, partly delivers, enables or amends, and that has not ended.",
            "“No public movement” counts 90 days up to our last check, no longer 180 days up to today.",
            "The asks of the first list were judged again by these rules.",
        ),
    ),
    MethodChange(
        "1.2",
        PartialDate("2026-11-23"),
        (
            "An ask of which every test is met cannot be rejected, lapsed or reversed.",
            "Wrote down that a test can be met before the law is in force.",
            "No status was judged differently.",
        ),
    ),
    MethodChange(
        "1.1",
        PartialDate("2026-11-22"),
        (
            "Wrote down how we decide in hard cases.",
            "Said what a page of a past day means, when we say that nothing has moved, and what a late check means.",
            "Said how somebody who is named can reply, and how it can be checked that nobody rewrites history.",
            "No status was judged differently.",
        ),
    ),
    MethodChange(
        "1.0",
        PartialDate("2026-11-22"),
        ("First published: the thirteen statuses, the types of evidence, the kinds of entry and corrections.",),
    ),
)
VERSION = CHANGES[0].version
