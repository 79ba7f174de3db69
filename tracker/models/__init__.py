"""All tables, so that importing one module knows them all."""

from tracker.models.asks import Ask, FormerSlug, Source, SuccessTest
from tracker.models.events import Event, Revision
from tracker.models.legislation import Legislation, Link
from tracker.models.people import Person, SignInFailure, StaffSession
from tracker.models.updates import Evidence, TestResult, Update

__all__ = [
    "Ask",
    "Event",
    "Evidence",
    "FormerSlug",
    "Legislation",
    "Link",
    "Person",
    "Revision",
    "SignInFailure",
    "Source",
    "StaffSession",
    "SuccessTest",
    "TestResult",
    "Update",
]
