"""The parts of an entry's form that it may have several of: evidence, and results of tests."""

from wtforms import Field, Form, SelectField

from tracker.rules.text import SENTENCE_LENGTH, TITLE_LENGTH
from tracker.rules.updates import EVIDENCE_QUOTE_LENGTH, EvidenceDraft, EvidenceType, Result
from tracker.web.forms.fields import CarriedField, DateField, TextField

UNCHANGED = UNCHOSEN = ""
TYPE_CHOICES = {UNCHOSEN: "Choose"} | {kind.value: kind.label for kind in EvidenceType}
RESULT_CHOICES = {UNCHANGED: "No change"} | {result.value: result.label for result in Result}


class EvidenceForm(Form):
    """One link that supports the entry. A block that is left empty does not count."""

    url = TextField("Address of the page", render_kw={"inputmode": "url"})
    title = TextField("Title of the page or document", render_kw={"maxlength": TITLE_LENGTH})
    type = SelectField("Who says so", choices=TYPE_CHOICES)
    publisher = TextField("Publisher", render_kw={"maxlength": TITLE_LENGTH})
    published_on = DateField("Published on")
    quote = TextField("The words relied on", render_kw={"maxlength": EVIDENCE_QUOTE_LENGTH})
    archived_url = TextField("Address of an archived copy", render_kw={"inputmode": "url"})
    note = TextField("A caution about it", render_kw={"maxlength": SENTENCE_LENGTH})

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


class ResultForm(Form):
    """The new result of one test."""

    test_id = CarriedField()
    result = SelectField("Result", choices=RESULT_CHOICES)
