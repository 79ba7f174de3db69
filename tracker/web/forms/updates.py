"""The form for an entry of an ask's story, and those to check it and to decide about it."""

from collections.abc import Callable, Sequence
from typing import Any

import wtforms
from flask import request
from wtforms import BooleanField, Field, FieldList, FormField, SelectField

from tracker.models import SuccessTest
from tracker.queries.choosing import Asks
from tracker.rules.dates import HELP
from tracker.rules.errors import Problem
from tracker.rules.status import DEFINITIONS, STATUSES_OF, Family, Status
from tracker.rules.text import NOTE_LENGTH, PARAGRAPH_LENGTH, SENTENCE_LENGTH, TITLE_LENGTH
from tracker.rules.updates import (
    EVIDENCE_QUOTE_LENGTH,
    MOST_EVIDENCE,
    EvidenceDraft,
    EvidenceType,
    Result,
    UpdateDraft,
    UpdateKind,
)
from tracker.web.forms.base import Form, whole_number
from tracker.web.forms.fields import CarriedField, ChosenField, DateField, LongTextField, TextField, UrlField, required

UNCHANGED = UNCHOSEN = ""
TYPE_CHOICES = {UNCHOSEN: "Choose"} | {kind.value: kind.label for kind in EvidenceType}
RESULT_CHOICES = {UNCHANGED: "No change"} | {result.value: result.label for result in Result}
KEEPS_STATUS = {UpdateKind.STATUS: "Choose a status", UpdateKind.CORRECTION: "The status was not wrong"}
STATUS_CHOICES: dict[str, Any] = {
    family.label: {status.value: DEFINITIONS[status].label for status in STATUSES_OF[family]} for family in Family
}


class SeenForm(Form):
    """A form about a story: `seen` is how many published updates of the ask the person saw.

    `twice` is the number of an equal entry about which the person was asked.
    """

    seen = CarriedField()
    twice = CarriedField()

    @property
    def seen_entries(self) -> int:
        """That number; 0 when the form was tampered with."""
        return whole_number(self.seen.data)


class StoryForm(SeenForm):
    """A form that adds to a story."""

    happened_on = DateField("When it happened", [required], description=HELP)
    text = LongTextField(
        "What happened",
        [required],
        description="One or two neutral sentences.",
        render_kw={"maxlength": PARAGRAPH_LENGTH},
    )


class ReviewForm(StoryForm):
    """Checked, nothing changed; `back` says that it was sent from the desk."""

    happened_on = DateField("Checked on", [required], description=HELP)
    text = LongTextField("What the public reads", [required], render_kw={"maxlength": PARAGRAPH_LENGTH})
    searched = LongTextField("What you searched", render_kw={"maxlength": SENTENCE_LENGTH})
    not_found = LongTextField("What you looked for and did not find", render_kw={"maxlength": SENTENCE_LENGTH})
    sources_end_on = DateField("Our sources end on", description="The date of the newest page that you read.")
    back = CarriedField()

    def draft(self) -> UpdateDraft:
        """The review as typed."""
        return UpdateDraft(UpdateKind.REVIEW, **self.values())


class ApprovalForm(SeenForm):
    """Approve an entry, or send it back with a note."""

    note = LongTextField(
        "What should be mended",
        description="The author reads this with the draft. Only needed to send it back.",
        render_kw={"maxlength": SENTENCE_LENGTH},
    )

    @property
    def approves(self) -> bool:
        """Whether the button that approves was pressed."""
        return request.form.get("do") == "approve"

    def take_as_seen(self, version: int, entries: int) -> None:
        """Let the next decision be about what is shown now."""
        self.version.data, self.seen.data = str(version), str(entries)


class EvidenceForm(wtforms.Form):
    """One link that supports the entry. A block that is left empty does not count."""

    url = UrlField("Address of the page", render_kw={"inputmode": "url"})
    title = TextField("Title of the page or document", render_kw={"maxlength": TITLE_LENGTH})
    type = SelectField("Who says so", choices=TYPE_CHOICES)
    publisher = TextField("Publisher", render_kw={"maxlength": TITLE_LENGTH})
    published_on = DateField("Published on")
    quote = TextField("The words relied on", render_kw={"maxlength": EVIDENCE_QUOTE_LENGTH})
    archived_url = UrlField("Address of an archived copy", render_kw={"inputmode": "url"})
    note = TextField("A caution about it", render_kw={"maxlength": SENTENCE_LENGTH})
    is_see_also = BooleanField("Nobody opened it: show it as “see also”, which counts for nothing")

    @property
    def essentials(self) -> list[Field]:
        """What every piece of evidence needs."""
        return [self.url, self.title, self.type]

    @property
    def extras(self) -> list[Field]:
        """What helps a reader to check it."""
        return [field for field in self if field not in self.essentials]

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed."""
        return not any(field.data for field in self)

    def take(self, known: EvidenceDraft) -> None:
        """Fill in what is known about the page; what was typed stays."""
        self.title.data = known.title
        self.publisher.data = self.publisher.data or known.publisher
        self.archived_url.data = self.archived_url.data or known.archived_url
        self.type.data = self.type.data or (known.type.value if known.type else UNCHOSEN)
        if not self.published_on.typed:
            self.published_on.process_data(known.published_on)

    def draft(self) -> EvidenceDraft:
        """The evidence as typed."""
        kind = EvidenceType(self.type.data) if self.type.data else None
        return EvidenceDraft(**self.data | {"type": kind})


class ResultForm(wtforms.Form):
    """The new result of one test."""

    test_id = CarriedField()
    result = SelectField("Result", choices=RESULT_CHOICES)


class UpdateForm(StoryForm):
    """An entry of the story; which of its fields show depends on the kind."""

    status = SelectField("New status")
    reason = LongTextField(
        "Reason",
        description="Why this status, in one or two sentences that everybody reads.",
        render_kw={"maxlength": SENTENCE_LENGTH},
    )
    superseded_by_id = ChosenField(
        "Replaced by",
        description="Only for “Superseded”: the title or the address of the ask that replaces this one.",
        nothing="No ask that is entered here fits. An editor can enter it: Asks, New ask.",
    )
    results = FieldList(FormField(ResultForm))
    evidence = FieldList(FormField(EvidenceForm), min_entries=1, max_entries=MOST_EVIDENCE)
    draft_note = LongTextField(
        "Note for colleagues", description="Only staff see this.", render_kw={"maxlength": NOTE_LENGTH}
    )

    def __init__(
        self, kind: UpdateKind, tests: Sequence[SuccessTest], asks: Callable[[], Asks], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if kind is UpdateKind.CORRECTION:
            self.text.label.text = "What was wrong, and what is right"
        self.tests = {str(test.id): test for test in tests if not test.is_archived}
        self.status.choices = {"": KEEPS_STATUS.get(kind, "The status stays as it is")} | STATUS_CHOICES
        self.known: list[str] = []
        if kind not in {UpdateKind.STATUS, UpdateKind.CORRECTION, UpdateKind.MILESTONE}:
            del self.status, self.reason, self.superseded_by_id
        else:
            self.superseded_by_id.choose(asks)
        self._offer_tests()

    @property
    def typed_kind(self) -> UpdateKind:
        """What sort of entry it is as typed: in the form for all of them, the status and the tests decide."""
        if self.kind is not UpdateKind.MILESTONE:
            return self.kind
        if self.status.data:
            return UpdateKind.STATUS
        return UpdateKind.TEST if self._results() else UpdateKind.MILESTONE

    def look_up(self, find: Callable[[str], EvidenceDraft | None]) -> bool:
        """Fill in every piece of evidence that has only its address, if we know the page; whether any was."""
        for entry in self.evidence.entries:
            known = find(entry.form.url.data) if entry.form.url.data and not entry.form.title.data else None
            if known:
                entry.form.take(known)
                self.known.append(known.title)
        return bool(self.known)

    def _offer_tests(self) -> None:
        """Offer every test once, whatever the browser sent."""
        sent = {entry.form.test_id.data: entry.form.result.data for entry in self.results.entries}
        while self.results.entries:
            self.results.pop_entry()
        for test_id, test in self.tests.items():
            self.results.append_entry({"test_id": test_id, "result": sent.get(test_id, UNCHANGED)})
            self.results.entries[-1].form.result.label.text = test.label

    def add_evidence(self) -> None:
        """Offer one more block for evidence, up to the most that an entry may have."""
        if len(self.evidence.entries) < MOST_EVIDENCE:
            self.evidence.append_entry()
        else:
            self.problems.append(f"An entry has at most {MOST_EVIDENCE} pieces of evidence.")

    def draft(self, corrects_id: int | None) -> UpdateDraft:
        """The entry as typed."""
        return UpdateDraft(
            kind=self.typed_kind,
            happened_on=self.happened_on.data,
            text=self.text.data or "",
            status=Status(self.status.data) if "status" in self and self.status.data else None,
            reason=(self.reason.data or "") if "reason" in self else "",
            superseded_by_id=self.superseded_by_id.data if "superseded_by_id" in self else None,
            corrects_id=corrects_id,
            draft_note=self.draft_note.data or "",
            results=self._results(),
            evidence=tuple(entry.form.draft() for entry in self.evidence.entries if not entry.form.is_blank),
        )

    def _results(self) -> tuple[tuple[int, Result], ...]:
        chosen = ((str(entry.form.test_id.data), entry.form.result.data) for entry in self.results.entries)
        return tuple(sorted((int(test_id), Result(result)) for test_id, result in chosen if result))

    def add_problems(self, problems: Sequence[Problem]) -> None:
        """Put a problem of one piece of evidence beside the field inside its block."""
        blocks = [entry for entry in self.evidence.entries if not entry.form.is_blank]
        rest = []
        for problem in problems:
            place, _, name = (problem.field or "").removeprefix("evidence-").partition("-")
            if name and place.isdigit() and int(place) < len(blocks):
                field = blocks[int(place)].form[name]
                field.errors = [*field.errors, problem.message]
            else:
                rest.append(problem)
        super().add_problems(rest)
