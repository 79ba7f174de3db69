"""Forms for the right of reply, for disputes, for private notes and for words that have to go from public texts."""

from wtforms import BooleanField, SelectField

from tracker.rules.dates import HELP
from tracker.rules.disputes import ANSWER_LENGTH, Outcome
from tracker.rules.text import NOTE_LENGTH, SENTENCE_LENGTH, TITLE_LENGTH
from tracker.web.forms.base import Form, ReasonForm
from tracker.web.forms.fields import CarriedField, DateField, LongTextField, TextField, required


class ReplyForm(Form):
    """Who was asked, and what came of it."""

    asked = TextField(
        "Who was asked",
        [required],
        description="The person or body by name. The public reads this once it is published.",
        render_kw={"maxlength": TITLE_LENGTH},
    )
    asked_on = DateField("Asked on", [required], description=HELP)
    due_on = DateField("Answer due by", [required], description="A month, unless you agreed on something else.")
    outcome = SelectField(
        "What came of it", choices={outcome.value: outcome.label for outcome in Outcome}, coerce=Outcome
    )
    answer = LongTextField(
        "The answer, in their words",
        description="The public reads this once it is published.",
        render_kw={"maxlength": ANSWER_LENGTH},
    )
    answered_on = DateField("Answered on")
    internal_note = LongTextField(
        "Internal note",
        description="How they were asked, and by whom. Only staff see this.",
        render_kw={"maxlength": NOTE_LENGTH},
    )


class DisputeForm(Form):
    """What somebody disputes, and since when."""

    disputed_on = DateField("Disputed since", [required], description="The day on which you were told.")
    disputed_about = LongTextField(
        "What is disputed",
        [required],
        description="One neutral sentence that everybody reads. Do not name who complains.",
        render_kw={"maxlength": SENTENCE_LENGTH},
    )
    is_said_defamatory = BooleanField(
        "It is said to be defamatory", description="Only staff see this. The answer is then due within 48 hours."
    )


class EndDisputeForm(ReasonForm):
    """What came of a dispute."""

    reason = LongTextField(
        "What came of it",
        [required],
        description="One neutral sentence that everybody reads under Corrections. Do not name who complained.",
        render_kw={"maxlength": SENTENCE_LENGTH},
    )


class NoteForm(Form):
    """A private note."""

    text = LongTextField(
        "Private note",
        [required],
        description="Only staff see this. A note is not changed later; write another.",
        render_kw={"maxlength": NOTE_LENGTH},
    )


class WordsForm(Form):
    """Which words, and why; `seen` says where they stood when they were shown."""

    words = LongTextField(
        "The words",
        [required],
        description="Copy them from the page; for a whole text, all of it. Capitals and line ends make no difference.",
        render_kw={"maxlength": NOTE_LENGTH},
    )
    reason = LongTextField(
        "Why",
        [required],
        description="One sentence, which everybody reads under Corrections. It must not repeat the words.",
        render_kw={"maxlength": SENTENCE_LENGTH},
    )
    seen = CarriedField()
