"""Forms for laws and their links to asks."""

from typing import Any

from wtforms import SelectField, SelectMultipleField

from tracker.models import Legislation
from tracker.queries.choosing import LawChoices
from tracker.rules.dates import HELP
from tracker.rules.legislation import EXTENTS, KINDS, Effect, LegislationDraft, LinkDraft
from tracker.rules.text import SENTENCE_LENGTH
from tracker.web.forms.base import Form
from tracker.web.forms.fields import ChosenField, DateField, LinesField, LongTextField, TextField, UrlField, required
from tracker.web.session import db

AT_HAND = "Its citation, its title, or its address on legislation.gov.uk, bills.parliament.uk or this site."
NO_SUCH_LAW = "No law here fits. Add it first: Legislation, New law."


class LegislationForm(Form):
    """A law. Citation or address is enough to tell kind, year and number."""

    title = TextField("Title", [required], render_kw={"maxlength": 300})
    citation = TextField(
        "Citation", description="Such as “2018 c. 13”, “S.I. 2020/680” or “Regulation (EU) 2020/1998”."
    )
    short_names = LinesField("Also called", description="One a line. People search for these, such as “SAMLA”.")
    address = UrlField(
        "Official address", description="On legislation.gov.uk or bills.parliament.uk, where it has one."
    )
    kind = SelectField("Kind", choices={"": "Told by the citation or the address"} | dict(KINDS))
    year = TextField("Year, or session of a bill", render_kw={"maxlength": 20})
    number = TextField("Number", render_kw={"maxlength": 40})
    introduced_on = DateField("Introduced on", description="For a bill.")
    enacted_on = DateField("Royal assent, made or adopted on", description=HELP)
    lapsed_on = DateField("Fell on", description="For a bill that did not become law.")
    becomes_id = ChosenField("Became this law", description=AT_HAND, nothing=NO_SUCH_LAW)
    note = LongTextField("Public note", render_kw={"maxlength": SENTENCE_LENGTH})
    internal_note = LongTextField("Internal note", description="Only staff see this.")

    def __init__(self, *args: Any, obj: Legislation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        own = obj.id if obj else None
        self.becomes_id.choose(lambda: LawChoices(db(), but_not=own))

    def draft(self) -> LegislationDraft:
        """The law as typed."""
        values = self.values()
        values["address"] = values["address"] or None
        return LegislationDraft(**values)


class LinkForm(Form):
    """What a law does for an ask."""

    legislation_id = ChosenField("Law", [required], description=AT_HAND, nothing=NO_SUCH_LAW)
    effect = SelectField(
        "What it does for the ask",
        [required],
        choices={"": "Choose"} | {effect.value: effect.label for effect in Effect},
    )
    provisions = TextField(
        "Which provisions", description="Such as “ss. 1–3” or “reg. 6”.", render_kw={"maxlength": 200}
    )
    extent = SelectMultipleField("Where they extend", choices={name: name for name in EXTENTS})
    in_force_on = DateField("In force since", description="Leave empty when it is not in force or not known.")
    ended_on = DateField("No longer in force since", description="Leave empty while it is in force.")
    note = LongTextField("What they do, in a sentence", render_kw={"maxlength": SENTENCE_LENGTH})
    internal_note = LongTextField("Internal note", description="Only staff see this.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.legislation_id.choose(lambda: LawChoices(db()))

    def draft(self, ask_id: int) -> LinkDraft:
        """The link as typed."""
        values = self.values()
        values["effect"] = Effect(values["effect"])
        values["extent"] = tuple(name for name in EXTENTS if name in (values["extent"] or ()))
        return LinkDraft(ask_id=ask_id, **values)
