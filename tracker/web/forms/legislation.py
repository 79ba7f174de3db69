"""Forms for laws and their links to asks."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, SelectMultipleField

from tracker.models import Legislation
from tracker.rules.dates import HELP
from tracker.rules.legislation import EXTENTS, KINDS, Effect, LegislationDraft, LinkDraft
from tracker.rules.text import SENTENCE_LENGTH
from tracker.web.forms.base import DateField, Form, LongTextField, TextField, required

NO_LAW = 0


class LegislationForm(Form):
    """A law. Citation or address is enough to tell kind, year and number."""

    title = TextField("Title", [required], render_kw={"maxlength": 300})
    citation = TextField(
        "Citation", description="Such as “2018 c. 13”, “S.I. 2020/680” or “Regulation (EU) 2020/1998”."
    )
    address = TextField(
        "Official address", description="On legislation.gov.uk or bills.parliament.uk, where it has one."
    )
    kind = SelectField("Kind", choices={"": "Told by the citation or the address"} | dict(KINDS))
    year = TextField("Year, or session of a bill", render_kw={"maxlength": 20})
    number = TextField("Number", render_kw={"maxlength": 40})
    introduced_on = DateField("Introduced on", description="For a bill.")
    enacted_on = DateField("Royal assent, made or adopted on", description=HELP)
    lapsed_on = DateField("Fell on", description="For a bill that did not become law.")
    becomes_id = SelectField("Became this law", coerce=int)
    note = LongTextField("Public note", render_kw={"maxlength": SENTENCE_LENGTH})
    internal_note = LongTextField("Internal note", description="Only staff see this.")

    def __init__(self, *args: Any, laws: Sequence[Legislation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = {str(law.id): law.citation or law.title for law in laws}
        self.becomes_id.choices = {str(NO_LAW): "None"} | others

    def process(self, formdata: Any = None, obj: Any = None, **kwargs: Any) -> None:
        """Show a law that became none as “None”, and an absent address as empty."""
        super().process(formdata, obj, **kwargs)
        if obj is not None and not formdata:
            self.becomes_id.data = obj.becomes_id or NO_LAW

    def draft(self) -> LegislationDraft:
        """The law as typed."""
        values = self.values()
        values["becomes_id"] = values["becomes_id"] or None
        values["address"] = values["address"] or None
        return LegislationDraft(**values)


class LinkForm(Form):
    """What a law does for an ask."""

    legislation_id = SelectField("Law", coerce=int)
    effect = SelectField(
        "What it does for the ask", choices={effect.value: effect.label for effect in Effect}, coerce=Effect
    )
    provisions = TextField(
        "Which provisions", description="Such as “ss. 1–3” or “reg. 6”.", render_kw={"maxlength": 200}
    )
    extent = SelectMultipleField("Where they extend", choices={name: name for name in EXTENTS}, render_kw={"size": 8})
    in_force_on = DateField("In force since", description="Leave empty when it is not in force or not known.")
    note = LongTextField("What they do, in a sentence", render_kw={"maxlength": SENTENCE_LENGTH})
    internal_note = LongTextField("Internal note", description="Only staff see this.")

    def __init__(self, *args: Any, laws: Sequence[Legislation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.legislation_id.choices = {str(law.id): f"{law.citation} {law.title}".strip() for law in laws}

    def draft(self, ask_id: int) -> LinkDraft:
        """The link as typed."""
        values = self.values()
        values["extent"] = tuple(name for name in EXTENTS if name in (values["extent"] or ()))
        return LinkDraft(ask_id=ask_id, **values)
