"""The form for a correction, which begins with what was wrong; only the chosen branch of it is read."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from wtforms import Field, RadioField
from wtforms.validators import ValidationError

from tracker.models import Ask
from tracker.queries.choosing import AskChoices
from tracker.rules.errors import Problem, RuleBroken
from tracker.rules.updates import UpdateDraft, UpdateKind
from tracker.web.forms.updates import UpdateForm

BACK, OTHER, WORDS = "back", "other", "words"
CHOICES = {
    BACK: "It should not have changed anything",
    OTHER: "Another status or test result is right",
    WORDS: "Only the words, the date or the page",
}
CHANGES_NOTHING = "This says the same as the entry that it corrects. Say what was wrong, and what is right."


class CorrectionForm(UpdateForm):
    """A correction of an entry; `before` is what a correction says that takes the entry back."""

    wrong = RadioField("What was wrong?", validate_choice=False)

    def __init__(
        self, ask: Ask, asks: Callable[[], AskChoices], own: UpdateDraft, before: UpdateDraft | None, **data: Any
    ) -> None:
        super().__init__(UpdateKind.CORRECTION, ask, asks, False, **data)
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
