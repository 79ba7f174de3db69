"""Forms for targets: names as a source has them, what a person found of one on the list, and erasing one."""

from typing import Any

from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import InputRequired

from tracker.models import Target
from tracker.rules.dates import PartialDate
from tracker.rules.official import Decision, TargetKind, TargetState
from tracker.rules.text import PARAGRAPH_LENGTH
from tracker.web.forms.base import Form, ReasonForm
from tracker.web.forms.fields import LinesField, LongTextField, TextField, required

OTHER = "other"
USUAL, SHOW, HIDE = "", "yes", "no"


class TargetsForm(Form):
    """Names of one kind, one a line."""

    names = LinesField(
        "Names", [required], description="One a line, as the source writes them.", render_kw={"rows": 12}
    )
    kind = SelectField("They are", choices={kind.value: kind.plural for kind in TargetKind}, coerce=TargetKind)
    words = LongTextField(
        "The words of the source",
        description="The sentence that asks for sanctions on them. Only staff see this.",
        render_kw={"maxlength": PARAGRAPH_LENGTH},
    )


class CompareForm(Form):
    """What a person found of a target on the UK Sanctions List."""

    found = RadioField("On the UK Sanctions List it is", [InputRequired("Choose one.")])
    unique_id = TextField(
        "Unique ID of another entry", description="Such as RUS0001, from the list itself.", render_kw={"maxlength": 7}
    )
    show = SelectField(
        "The name in public",
        choices={USUAL: "Shown once it is on the list", SHOW: "Shown", HIDE: "Not shown"},
        description="Being asked for is not a finding. Show a name that is not on the list only for good reason.",
    )

    def __init__(self, target: Target, **kwargs: Any) -> None:
        chosen = target.unique_id or ("" if target.state is TargetState.UNSURE else target.state.value)
        is_usual = target.is_shown == (target.state is TargetState.LISTED)
        show = USUAL if is_usual else SHOW if target.is_shown else HIDE
        super().__init__(data={"found": chosen, "show": show, "version": target.version}, **kwargs)
        offered = {it["unique_id"]: _in_words(it) for it in target.candidates if "name" in it}
        if target.designation and target.unique_id:
            offered = {target.unique_id: f"{target.unique_id} {target.designation.name}"} | offered
        last = {OTHER: "Another entry, by its unique ID", TargetState.NOT_LISTED.value: "Not on the list"}
        self.found.choices = offered | last | {TargetState.UNSURE.value: "Not sure yet"}

    def draft(self) -> Decision:
        """Return what was found, as chosen."""
        found = self.found.data
        state = TargetState(found) if found in set(TargetState) else TargetState.LISTED
        unique_id = (self.unique_id.data or "").upper() if found == OTHER else found
        is_shown = state is TargetState.LISTED if self.show.data == USUAL else self.show.data == SHOW
        return Decision(state, unique_id if state is TargetState.LISTED else None, is_shown)


class EraseTargetForm(ReasonForm):
    """Why a name is erased, and whether it still counts."""

    is_counted = BooleanField(
        "It was asked for: go on counting it", description="Without this it was entered by mistake.", default=True
    )


def _in_words(candidate: dict[str, str]) -> str:
    listed_on = candidate["listed_on"]
    since = f"listed on {PartialDate(listed_on).in_words}" if listed_on else "date of listing not known"
    who = f"{candidate['unique_id']} {candidate['name']} ({candidate['kind']})"
    return f"{who}, {since} under {candidate['regime']}. The same words: {candidate['why']}"
