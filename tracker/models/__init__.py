"""All tables, so that importing one module knows them all."""

from tracker.models.asks import Ask, FormerSlug, Source, SuccessTest
from tracker.models.events import Event, PersonalDetail, Revision
from tracker.models.legislation import Legislation, Link
from tracker.models.listing import (
    AskCount,
    AskPicture,
    Derivation,
    Listing,
    Scope,
    StatusFlow,
    StatusSpan,
    UpdateCount,
)
from tracker.models.people import AccessLink, Person, RecoveryCode, SignInFailure, StaffSession
from tracker.models.replies import Note, Reply
from tracker.models.updates import Evidence, TestResult, Update
from tracker.models.uploads import Upload

__all__ = [
    "AccessLink",
    "Ask",
    "AskCount",
    "AskPicture",
    "Derivation",
    "Event",
    "Evidence",
    "FormerSlug",
    "Legislation",
    "Link",
    "Listing",
    "Note",
    "Person",
    "PersonalDetail",
    "RecoveryCode",
    "Reply",
    "Revision",
    "Scope",
    "SignInFailure",
    "Source",
    "StaffSession",
    "StatusFlow",
    "StatusSpan",
    "SuccessTest",
    "TestResult",
    "Update",
    "UpdateCount",
    "Upload",
]
