"""All tables, so that importing one module knows them all."""

from tracker.models.asks import Ask, FormerSlug, Source, SuccessTest
from tracker.models.events import Event, PersonalDetail, Revision
from tracker.models.legislation import Legislation, Link
from tracker.models.official import EvidenceLook, Finding, Look, Telling
from tracker.models.people import AccessLink, Person, RecoveryCode, SentForm, SignInFailure, StaffSession
from tracker.models.replies import Note, Reply
from tracker.models.spans import StatusSpan
from tracker.models.targets import Designation, SanctionsList, Target
from tracker.models.updates import Evidence, Publisher, TestResult, Update
from tracker.models.uploads import Upload

__all__ = [
    "AccessLink",
    "Ask",
    "Designation",
    "Event",
    "Evidence",
    "EvidenceLook",
    "Finding",
    "FormerSlug",
    "Legislation",
    "Link",
    "Look",
    "Note",
    "Person",
    "PersonalDetail",
    "Publisher",
    "RecoveryCode",
    "Reply",
    "Revision",
    "SanctionsList",
    "SentForm",
    "SignInFailure",
    "Source",
    "StaffSession",
    "StatusSpan",
    "SuccessTest",
    "Target",
    "Telling",
    "TestResult",
    "Update",
    "Upload",
]
