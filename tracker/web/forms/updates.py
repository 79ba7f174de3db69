"""The form for an entry of an ask's story; a correction begins with what was wrong."""

from dataclasses import replace
from typing import Any

from wtforms import BooleanField, Field, FieldList, FormField, RadioField, SelectField
from wtforms.validators import ValidationError

from tracker.models import Ask
from tracker.queries.choosing import AskChoices
from tracker.rules.dates import HELP, PartialDate
from tracker.rules.errors import Problem, RuleBroken
from tracker.rules.status import STATUSES_OF, Family, Status
from tracker.rules.text import NOTE_LENGTH, SENTENCE_LENGTH
from tracker.rules.updates import NEEDS_EVIDENCE, Result, UpdateDraft, UpdateKind
from tracker.web.forms.evidence import RESULT_CHOICES, UNCHANGED, EvidencedForm, ResultForm, ResultsForm
from tracker.web.forms.fields import CarriedField, ChosenField, DateField, LongTextField, TextField
from tracker.web.forms.stories import StoryForm
from tracker.web.session import db

KEEPS_STATUS = {UpdateKind.STATUS: "Choose a status", UpdateKind.CORRECTION: "The status was not wrong"}
DONE, CHANGED = "done", "changed"
NEXT_STEP = {UNCHANGED: "Still to come", DONE: "Done", CHANGED: "Changed"}
FIRST_STEP = {UNCHANGED: "None is known", CHANGED: "One is known now"}
STEP_CHANGED = "The next step was changed meanwhile. Look at it again."
BACK, OTHER, WORDS = "back", "other", "words"
CHOICES = {
    BACK: "It should not have changed anything",
    OTHER: "Another status or test result is right",
    WORDS: "Only the words, the date or the page",
}
CHANGES_NOTHING = "This says the same as the entry that it corrects. Say what was wrong, and what is right."
STATUS_CHOICES: dict[str, Any] = {
    family.label: {status.value: status.label for status in STATUSES_OF[family]} for family in Family
}


class UpdateForm(StoryForm, ResultsForm, EvidencedForm):
    """An entry of the story; which of its fields show depends on the kind."""

    status = SelectField("New status")
    reason = LongTextField(
        "Why this status",
        description="One or two sentences that everybody reads beside the status. Only for a new status.",
        render_kw={"maxlength": SENTENCE_LENGTH},
    )
    superseded_by_id = ChosenField(
        "Replaced by",
        description="Only for “Superseded”: the title or the address of the ask that replaces this one.",
        nothing="No ask here fits. An editor can add it: Asks, New ask.",
    )
    results = FieldList(FormField(ResultForm))
    is_reviewed = BooleanField("I looked at everything: the status is still right")
    next_step_is = RadioField("Next step", default=UNCHANGED, validate_choice=False)
    next_step = TextField("What comes next", render_kw={"maxlength": SENTENCE_LENGTH})
    next_step_on = DateField("When", description=HELP)
    seen_step = CarriedField()
    draft_note = LongTextField(
        "Note for colleagues", description="Only staff see this.", render_kw={"maxlength": NOTE_LENGTH}
    )

    def __init__(self, kind: UpdateKind, ask: Ask, may_edit: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if kind is UpdateKind.CORRECTION:
            self.text.label.text = "What was wrong, and what is right?"
        self.tests = {str(test.id): test for test in ask.tests if not test.is_archived}
        stays = f"Still “{ask.status.label}”" if ask.status else "No status yet"
        self.status.choices = {"": KEEPS_STATUS.get(kind, stays)} | STATUS_CHOICES
        if kind not in NEEDS_EVIDENCE | {UpdateKind.CORRECTION}:
            del self.status, self.reason, self.superseded_by_id
        else:
            self.superseded_by_id.choose(lambda: AskChoices(db(), but_not=ask.id))
        if kind not in NEEDS_EVIDENCE:
            del self.is_reviewed
        self._ask_for_next_step(ask, may_edit and kind in NEEDS_EVIDENCE)
        self._offer_tests()

    @property
    def is_judging(self) -> bool:
        """True if it is about the status or a test, or something of that was typed or is wrong."""
        names = ("status", "reason", "superseded_by_id")
        typed = [self[name] for name in names if name in self]
        results = self.results.errors or any(e.form.errors or e.form.result.data for e in self.results.entries)
        has_own_kind = self.kind in {UpdateKind.STATUS, UpdateKind.TEST, UpdateKind.CORRECTION}
        return has_own_kind or bool(results) or any(field.data or field.errors for field in typed)

    def step_after(self) -> tuple[str, PartialDate | None] | None:
        """The next step and its day as they are after this entry; None if they stay."""
        chosen = self.next_step_is.data if "next_step_is" in self else UNCHANGED
        if chosen == CHANGED:
            return self.next_step.data or "", self.next_step_on.data
        return ("", None) if chosen == DONE else None

    def note_step(self) -> bool:
        """Add what was said of the next step to the note for colleagues; True if something was."""
        if (after := self.step_after()) is None:
            return False
        step, on = after
        words = f"Next step: {step or 'done'}" + (f", {on.in_words}" if on else "")
        if words not in (self.draft_note.data or ""):
            self.draft_note.data = "\n".join(filter(None, (self.draft_note.data, words)))
        return True

    def _ask_for_next_step(self, ask: Ask, may_change: bool) -> None:
        if not may_change:
            del self.next_step_is, self.next_step, self.next_step_on, self.seen_step
            return
        self.next_step_is.choices = NEXT_STEP if ask.next_step or ask.next_step_on else FIRST_STEP
        present = f"{ask.next_step_on or ''} {ask.next_step}"
        self.is_step_stale = bool(self.next_step_is.data) and self.seen_step.data != present
        self.seen_step.data = present

    def validate_next_step_is(self, field: Field) -> None:
        """Refuse a choice about another step than the present one, and a change that says nothing."""
        if field.data and self.is_step_stale:
            raise ValidationError(STEP_CHANGED)
        if field.data not in (UNCHANGED, DONE, CHANGED):
            raise ValidationError("Choose one of these.")
        if field.data == CHANGED and not self.next_step.data:
            raise ValidationError("Say what comes next.")

    def _offer_tests(self) -> None:
        """Offer every test; each says what it is now."""
        for test_id, result in self.offer_results((test_id, test.label) for test_id, test in self.tests.items()):
            test = self.tests[test_id]
            now = test.result.label.lower()
            since = "as of" if test.result is Result.UNKNOWN else "since"
            on = f" {since} {test.result_on.in_words}" if test.result_on else ""
            result.description = f"now: {now}{on}"
            stays = "As before" if self.kind is UpdateKind.CORRECTION else f"Still {now}"
            result.choices = RESULT_CHOICES | {
                UNCHANGED: stays,
                test.result.value: f"{test.result.label} from this day",
            }

    def draft(self, corrects_id: int | None) -> UpdateDraft:
        """The entry as typed; what sort it is, the form for all of them learns from the status and the tests."""
        status = Status(self.status.data) if "status" in self and self.status.data else None
        chosen = self.sent_results().items()
        results = tuple(sorted((int(test_id), Result(result)) for test_id, result in chosen if result))
        kind = self.kind
        if status and kind in NEEDS_EVIDENCE:
            kind = UpdateKind.STATUS
        elif results and kind is UpdateKind.MILESTONE:
            kind = UpdateKind.TEST
        return UpdateDraft(
            kind=kind,
            happened_on=self.happened_on.data,
            text=self.text.data or "",
            status=status,
            reason=(self.reason.data or "") if "reason" in self else "",
            superseded_by_id=self.superseded_by_id.data if "superseded_by_id" in self else None,
            corrects_id=corrects_id,
            draft_note=self.draft_note.data or "",
            results=results,
            evidence=self.pages(),
        )


class CorrectionForm(UpdateForm):
    """A correction of an entry; `before` is what a correction says that takes the entry back."""

    wrong = RadioField("What was wrong?", validate_choice=False)

    def __init__(self, ask: Ask, own: UpdateDraft, before: UpdateDraft | None, **data: Any) -> None:
        super().__init__(UpdateKind.CORRECTION, ask, False, **data)
        self.own, self.before = own, before
        self.wrong.choices = {name: words for name, words in CHOICES.items() if before or name != BACK}

    def validate_wrong(self, field: Field) -> None:
        """Refuse to guess."""
        if field.data not in CHOICES or (field.data == BACK and not self.before):
            raise ValidationError("Say what was wrong.")

    def draft(self, corrects_id: int | None) -> UpdateDraft:
        """The correction as the chosen branch says it; raises RuleBroken where it says nothing new."""
        typed, own = super().draft(corrects_id), self.own
        if self.wrong.data == BACK and self.before:
            return replace(self.before, text=typed.text, draft_note=typed.draft_note, corrects_id=corrects_id)
        if self.wrong.data == WORDS:
            judged = {"status": own.status, "reason": own.reason, "superseded_by_id": own.superseded_by_id}
            typed = replace(typed, **judged, results=own.results)  # type: ignore[arg-type]
        if typed == replace(own, kind=typed.kind, corrects_id=corrects_id, draft_note=typed.draft_note):
            raise RuleBroken([Problem(CHANGES_NOTHING, "text")])
        return typed
