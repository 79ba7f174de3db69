"""The form for words that have to go from public texts."""

from tracker.rules.text import NOTE_LENGTH, SENTENCE_LENGTH
from tracker.web.forms.base import Form
from tracker.web.forms.fields import CarriedField, LongTextField, required


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
