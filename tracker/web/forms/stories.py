"""Forms about a story: a review, the decision about an entry, and a finding that is told or dismissed."""

from flask import request
from wtforms import BooleanField, SelectField, SelectMultipleField
from wtforms.validators import ValidationError

from tracker.models import Ask
from tracker.rules.dates import HELP
from tracker.rules.text import NOTE_LENGTH, PARAGRAPH_LENGTH, SENTENCE_LENGTH
from tracker.rules.updates import UpdateDraft, UpdateKind
from tracker.web.forms.base import Form, SeenForm
from tracker.web.forms.evidence import EvidencedForm
from tracker.web.forms.fields import CarriedField, DateField, LongTextField, required

REASONS = {
    "We have told it already.": "We have told it already",
    "It has nothing to do with our asks.": "It has nothing to do with our asks",
    "The record is wrong.": "The record is wrong",
}


class StoryForm(SeenForm):
    """A form that adds to a story."""

    happened_on = DateField("When did it happen?", [required], description=HELP)
    text = LongTextField(
        "What happened?",
        [required],
        description="One or two neutral sentences that everybody reads.",
        render_kw={"maxlength": PARAGRAPH_LENGTH},
    )


class ReviewForm(StoryForm):
    """Checked, nothing changed; `back` says that it was sent from the desk."""

    happened_on = DateField("Looked on", [required], description=HELP)
    text = LongTextField("What the public reads", [required], render_kw={"maxlength": PARAGRAPH_LENGTH})
    searched = LongTextField("Where did you look?", render_kw={"maxlength": SENTENCE_LENGTH})
    not_found = LongTextField("What did you look for and not find?", render_kw={"maxlength": SENTENCE_LENGTH})
    sources_end_on = DateField("Our sources end on", description="The date of the newest page that you read.")
    back = CarriedField()

    def draft(self) -> UpdateDraft:
        """The review as typed."""
        return UpdateDraft(UpdateKind.REVIEW, **self.values())


class ApprovalForm(SeenForm):
    """Approve an entry, or send it back with a note."""

    note = LongTextField(
        "What is to be changed?",
        description="The author reads this with the draft. Only needed to send it back.",
        render_kw={"maxlength": SENTENCE_LENGTH},
    )

    @property
    def approves(self) -> bool:
        """True if the button that approves was pressed."""
        return request.form.get("do") in {"approve", "with_ask"}

    def take_as_seen(self, version: int, entries: int) -> None:
        """Let the next decision be about what is shown now."""
        self.version.data, self.seen.data = str(version), str(entries)


class TellForm(EvidencedForm, StoryForm):
    """One entry for the story of each chosen ask."""

    asks = SelectMultipleField("For which asks?")
    is_next_step = BooleanField(
        "Make it their next step, with its day, which stands in the calendar",
        description="It takes the place of a next step that an ask has now.",
    )
    draft_note = LongTextField(
        "Note for colleagues", description="Only staff see this.", render_kw={"maxlength": NOTE_LENGTH}
    )

    def offer(self, asks: tuple[Ask, ...], *, may_set_step: bool) -> None:
        """Say which asks can be chosen, and whether the next step may be set."""
        self.asks.choices = [(str(ask.id), ask.title) for ask in asks]
        if not may_set_step:
            del self.is_next_step

    def validate_asks(self, field: SelectMultipleField) -> None:
        """Refuse to tell it to no ask."""
        if not field.data:
            raise ValidationError("Choose an ask, or say that it is not relevant.")

    @property
    def chosen(self) -> list[int]:
        """The numbers of the chosen asks."""
        return [int(number) for number in self.asks.data or []]

    @property
    def sets_step(self) -> bool:
        """True if the chosen asks get a next step."""
        return "is_next_step" in self and bool(self.is_next_step.data)

    def draft(self) -> UpdateDraft:
        """The entry as typed."""
        return UpdateDraft(
            kind=UpdateKind.MILESTONE,
            happened_on=self.happened_on.data,
            text=self.text.data or "",
            draft_note=self.draft_note.data or "",
            evidence=self.pages(),
        )


class DismissForm(Form):
    """Why a finding is not relevant."""

    why = SelectField("Why is it not relevant?", choices=REASONS)
    reason = LongTextField("More about that", render_kw={"maxlength": SENTENCE_LENGTH - 100})

    @property
    def in_words(self) -> str:
        """The reason for the log."""
        return f"{self.why.data} {self.reason.data or ''}".strip()
