"""Forms for sources, asks and success tests, and for one change to several asks."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from wtforms import SelectField
from wtforms.validators import InputRequired, Optional

from tracker.models import Ask
from tracker.queries.choosing import AskChoices, SourceChoices
from tracker.rules.asks import QUOTE_LENGTH, AskDraft, AskKind, Basis
from tracker.rules.bulk import ManyDraft, Seen, What
from tracker.rules.checks import NAME_LENGTH
from tracker.rules.dates import HELP
from tracker.rules.text import PARAGRAPH_LENGTH, SENTENCE_LENGTH, SLUG_LENGTH, TITLE_LENGTH
from tracker.rules.updates import Result, UpdateDraft, UpdateKind
from tracker.web.forms.base import Form, whole_number
from tracker.web.forms.fields import (
    CarriedField,
    ChosenField,
    DateField,
    LinesField,
    LongTextField,
    NumberField,
    TextField,
    UrlField,
    required,
)
from tracker.web.session import db

ONE_A_LINE = "One a line."
WHY = "The public reads this, so it is needed when the wording of something published changes."
NEEDS = {
    What.REVIEW: ("checked_on", "text"),
    What.TOPIC: ("topic", "reason"),
    What.ADD_BODIES: ("responsible_bodies", "reason"),
    What.REMOVE_BODIES: ("responsible_bodies", "reason"),
    What.BODIES: ("responsible_bodies", "reason"),
    What.INTERVAL: ("review_interval_days", "reason"),
    What.PUBLISH: (),
}


class SourceForm(Form):
    """Where an ask was made."""

    key = TextField("Short name", [required], description="Such as “manifesto-2024”.")
    title = TextField("Title", [required], render_kw={"maxlength": TITLE_LENGTH})
    author = TextField("Author", render_kw={"maxlength": TITLE_LENGTH})
    author_role = TextField("What the author was at the time", render_kw={"maxlength": TITLE_LENGTH})
    publisher = TextField("Publisher", render_kw={"maxlength": TITLE_LENGTH})
    published_on = DateField("Published on", description=HELP)
    url = UrlField("Address", render_kw={"inputmode": "url"})
    archived_url = UrlField("Address of an archived copy", render_kw={"inputmode": "url"})
    note = LongTextField("Public note", render_kw={"maxlength": SENTENCE_LENGTH})
    internal_note = LongTextField("Internal note", description="Only staff see this.")


class BodyForm(Form):
    """Who answers for asks."""

    name = TextField(
        "Name",
        [required],
        description="Its page keeps its address, and whoever types the name that it had first means this body.",
        render_kw={"maxlength": NAME_LENGTH},
    )
    short_names = LinesField("Also called", description=f"{ONE_A_LINE} People search for these, such as “OFSI”.")


class AskForm(Form):
    """The wording and the particulars of an ask."""

    title = TextField("Title", [required], render_kw={"maxlength": TITLE_LENGTH})
    slug = TextField(
        "Short name in the address",
        [required],
        description="Small letters and hyphens, such as “empty-homes”. An old address keeps working.",
        render_kw={"maxlength": SLUG_LENGTH},
    )
    kind = SelectField("Kind", choices={kind.value: kind.label for kind in AskKind}, coerce=AskKind)
    basis = SelectField(
        "How it was asked",
        choices={"": "Not said"} | {basis.value: f"{basis.label}. {basis.means}" for basis in Basis},
        coerce=lambda value: Basis(value) if value else None,
    )
    topic = TextField("Topic", [required], render_kw={"maxlength": 60})
    source_id = ChosenField(
        "Source",
        [required],
        description="Its title or its address.",
        nothing="No source here fits. Add it first: Sources, New source.",
    )
    same_as_id = ChosenField(
        "Asks for the same as",
        description="The title or the address of an ask of another source. Both pages then say who else asked.",
        nothing="No other ask here fits.",
    )
    quote = LongTextField("In its original words", [required], render_kw={"maxlength": QUOTE_LENGTH})
    quote_place = TextField("Place in the source", description="Such as “Paragraph 11” or “Page 4”.")
    summary = LongTextField("In one neutral sentence", [required], render_kw={"maxlength": SENTENCE_LENGTH})
    reading = LongTextField("How we read it", render_kw={"maxlength": SENTENCE_LENGTH})
    jurisdictions = LinesField("Where it would apply", description=ONE_A_LINE)
    responsible_bodies = LinesField("Who answers for it", description=ONE_A_LINE)
    short_names = LinesField("Also called", description=f"{ONE_A_LINE} People search for these, such as “UWO”.")
    government_position = LongTextField("The government's position", render_kw={"maxlength": QUOTE_LENGTH})
    next_step = LongTextField("Next step", render_kw={"maxlength": SENTENCE_LENGTH})
    next_step_on = DateField("Date of the next step", description=HELP)
    first_deadline = DateField("First deadline", description="Lateness is counted from this date for good.")
    current_deadline = DateField("Current deadline", description=HELP)
    deadline_note = TextField("What is due by then", render_kw={"maxlength": TITLE_LENGTH})
    review_interval_days = NumberField("Look again after how many days", [InputRequired("Give a number.")], default=90)
    internal_note = LongTextField("Internal note", description="Only staff see this.")
    change_reason = LongTextField("Why the wording changes", description=WHY)

    def __init__(self, *args: Any, obj: Ask | None = None, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        source_id, own = (obj.source_id, obj.id) if obj else (None, None)
        self.source_id.choose(lambda: SourceChoices(db(), present=source_id))
        self.same_as_id.choose(lambda: AskChoices(db(), but_not=own))

    def draft(self) -> AskDraft:
        """The ask as typed."""
        return AskDraft(**{field.name: self[field.name].data for field in fields(AskDraft)})


class TestsForm(Form):
    """Success tests to be added."""

    labels = LinesField(
        "Tests, one a line",
        [required],
        description="Each a sentence that is either true or false. All together are one entry of the public story.",
    )
    change_reason = LongTextField("Why the tests change", description=WHY)


class TestForm(Form):
    """A success test."""

    __test__ = False

    label = TextField(
        "Test",
        [required],
        description="A sentence that is either true or false.",
        render_kw={"maxlength": TITLE_LENGTH},
    )
    key = TextField("Short name", [required], description="Such as “register-open”.")
    before = SelectField(
        "Its result before the first recorded change",
        choices={result.value: result.label for result in (Result.UNKNOWN, Result.NOT_MET, Result.MET)},
        coerce=Result,
    )
    reviewed_on = DateField("Last looked at on", description=HELP)
    change_reason = LongTextField("Why the tests change", description=WHY)


class ManyForm(Form):
    """What to do with the chosen asks; only the fields of that change count."""

    chosen = CarriedField()
    what = SelectField("What to do", choices={what.value: what.label for what in What}, coerce=What)
    checked_on = DateField("For a review: checked on")
    text = LongTextField("For a review: what the public reads", render_kw={"maxlength": PARAGRAPH_LENGTH})
    topic = TextField("For a topic: the new topic", render_kw={"maxlength": 60})
    responsible_bodies = LinesField("For who answers for it: the bodies", description="One a line.")
    review_interval_days = NumberField("For the interval: days", [Optional()])
    reason = LongTextField(
        "Why, except for a review", description="For the log, not public.", render_kw={"maxlength": SENTENCE_LENGTH}
    )

    @property
    def seen(self) -> list[Seen]:
        """The chosen asks as the person saw them; what was tampered with is as if not chosen."""
        parts = (part.split(".") for part in str(self.chosen.data or "").split(",")[:1000])
        numbers = {tuple(map(whole_number, part)) for part in parts if len(part) == 3}
        return [Seen(*part) for part in sorted(numbers) if part[0]]

    def choose(self, asks: Sequence[Ask], entries: dict[int, int]) -> None:
        """Take these asks as they are now as what was seen."""
        self.chosen.data = ",".join(f"{ask.id}.{ask.version}.{entries.get(ask.id, 0)}" for ask in asks)

    def is_sent(self) -> bool:
        """Also whether the fields that the change needs are filled in; says so beside them if not."""
        if not super().is_sent():
            return False
        missing = [self[name] for name in NEEDS[self.what.data] if not self[name].data and not self[name].errors]
        for field in missing:
            field.errors = [f"Fill in “{field.label.text}”."]
        return not missing

    def draft(self) -> ManyDraft:
        """The change as typed."""
        what: What = self.what.data
        if what is What.REVIEW:
            review = UpdateDraft(UpdateKind.REVIEW, self.checked_on.data, self.text.data or "")
            return ManyDraft(what, review=review)
        change = ManyDraft(what, reason=self.reason.data or "")
        if what is What.PUBLISH:
            return change
        return replace(change, value=self[change.field].data)
