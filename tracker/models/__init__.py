"""All tables, so that importing one module knows them all."""

# mypy: implicit-reexport
# ruff: noqa: F401

from tracker.models.asks import Ask, AskBody, Body, FormerSlug, Source, SuccessTest
from tracker.models.events import Event, PersonalDetail, Revision
from tracker.models.legislation import Legislation, Link
from tracker.models.official import Designation, EvidenceLook, Finding, Look, SanctionsList, Target, Telling
from tracker.models.people import AccessLink, Person, RecoveryCode, SentForm, SignInFailure, StaffSession, Upload
from tracker.models.updates import Evidence, Note, Publisher, Reply, StatusSpan, TestResult, Update
