"""What may be done to many asks at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tracker.rules.updates import UpdateDraft

MOST_AT_ONCE = 50


class What(StrEnum):
    """Which change."""

    REVIEW = "review"
    TOPIC = "topic"
    BODIES = "responsible_bodies"
    INTERVAL = "review_interval_days"

    @property
    def label(self) -> str:
        return WHAT_LABELS[self]


WHAT_LABELS: Mapping[What, str] = {
    What.REVIEW: "Record a review: checked, nothing changed",
    What.TOPIC: "Change the topic",
    What.BODIES: "Change who answers for it",
    What.INTERVAL: "Change after how many days to check again",
}


@dataclass(frozen=True)
class ManyDraft:
    """One change to several asks, as typed: a new value of a field, or a review that each story gets."""

    what: What
    value: Any = None
    review: UpdateDraft | None = None


@dataclass(frozen=True)
class Seen:
    """An ask as the person saw it: its version, and how many entries its story had."""

    ask_id: int
    version: int
    entries: int
