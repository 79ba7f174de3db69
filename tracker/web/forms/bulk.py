"""The form for one change to several asks."""

from collections.abc import Sequence
from dataclasses import replace

from wtforms import IntegerField, SelectField
from wtforms.validators import Optional

from tracker.models import Ask
from tracker.rules.bulk import ManyDraft, Seen, What
from tracker.rules.text import PARAGRAPH_LENGTH, SENTENCE_LENGTH
from tracker.rules.updates import UpdateDraft, UpdateKind
from tracker.web.forms.base import Form, whole_number
from tracker.web.forms.fields import CarriedField, DateField, LinesField, LongTextField, TextField

NEEDS = {
    What.REVIEW: ("checked_on", "text"),
    What.TOPIC: ("topic", "reason"),
    What.ADD_BODIES: ("responsible_bodies", "reason"),
    What.REMOVE_BODIES: ("responsible_bodies", "reason"),
    What.BODIES: ("responsible_bodies", "reason"),
    What.INTERVAL: ("review_interval_days", "reason"),
    What.PUBLISH: (),
}


class ManyForm(Form):
    """What to do with the chosen asks; only the fields of that change count."""

    chosen = CarriedField()
    what = SelectField("What to do", choices={what.value: what.label for what in What}, coerce=What)
    checked_on = DateField("For a review: checked on")
    text = LongTextField("For a review: what the public reads", render_kw={"maxlength": PARAGRAPH_LENGTH})
    topic = TextField("For a topic: the new topic", render_kw={"maxlength": 60})
    responsible_bodies = LinesField("For who answers for it: the bodies", description="One a line.")
    review_interval_days = IntegerField("For the interval: days", [Optional()])
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
