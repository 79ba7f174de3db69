"""The parts of an entry's form: a page that supports it, and the new result of a test."""

import wtforms
from wtforms import BooleanField, Field, SelectField

from tracker.rules.text import SENTENCE_LENGTH, TITLE_LENGTH
from tracker.rules.updates import EVIDENCE_QUOTE_LENGTH, EvidenceDraft, EvidenceType, Result
from tracker.web.forms.fields import CarriedField, DateField, TextField, UrlField

UNCHANGED = UNCHOSEN = ""
TYPE_CHOICES = {UNCHOSEN: "Choose"} | {kind.value: kind.label for kind in EvidenceType}
RESULT_CHOICES = {UNCHANGED: "As before"} | {result.value: result.label for result in Result}


class EvidenceForm(wtforms.Form):
    """One link that supports the entry. A block that is left empty does not count."""

    url = UrlField(
        "The page that shows it",
        description="Paste its address. What we know of the page is filled in; its title is asked for if it is new.",
        render_kw={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"},
    )
    is_opened = BooleanField("I opened it, and it says so")
    title = TextField("Title of the page or document", render_kw={"maxlength": TITLE_LENGTH})
    type = SelectField("Who says so", choices=TYPE_CHOICES)
    publisher = TextField("Publisher", render_kw={"maxlength": TITLE_LENGTH})
    published_on = DateField("Published on")
    quote = TextField("The exact words", render_kw={"maxlength": EVIDENCE_QUOTE_LENGTH})
    archived_url = UrlField("Address of an archived copy", render_kw={"inputmode": "url"})
    note = TextField("A caution about it", render_kw={"maxlength": SENTENCE_LENGTH})

    @property
    def particulars(self) -> list[Field]:
        """What is filled in where we know the page, and what helps a reader to check it."""
        return [field for field in self if field not in (self.url, self.is_opened)]

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed."""
        return not any(field.data for field in self)

    def take(self, known: EvidenceDraft) -> None:
        """Fill in what is known about the page; what was typed stays."""
        self.title.data = self.title.data or known.title
        self.publisher.data = self.publisher.data or known.publisher
        self.archived_url.data = self.archived_url.data or known.archived_url
        self.type.data = self.type.data or (known.type.value if known.type else UNCHOSEN)
        if not self.published_on.typed:
            self.published_on.process_data(known.published_on)

    def draft(self) -> EvidenceDraft:
        """The evidence as typed."""
        values = self.data | {"type": EvidenceType(self.type.data) if self.type.data else None}
        return EvidenceDraft(is_see_also=not values.pop("is_opened"), **values)


class ResultForm(wtforms.Form):
    """The new result of one test."""

    test_id = CarriedField()
    result = SelectField("Result", choices=RESULT_CHOICES)
