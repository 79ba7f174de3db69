"""The forms in which new asks come: one with all that belongs to it, a sheet that is pasted, files."""

from collections.abc import Sequence
from dataclasses import fields, replace

from flask import request
from wtforms import BooleanField, Field, FieldList, FormField, SelectField
from wtforms.validators import ValidationError

from tracker.imports.pasted import MEANINGS, MOST_COLUMNS, guess, read_pasted
from tracker.queries.choosing import LawChoices, SourceChoices, find_known_page
from tracker.rules.asks import MOST_TESTS, AskDraft, SourceDraft
from tracker.rules.checks import check_url
from tracker.rules.dates import HELP, PartialDate
from tracker.rules.errors import Problem
from tracker.rules.legislation import Effect, LinkDraft
from tracker.rules.pages import tidied
from tracker.rules.status import Status
from tracker.rules.text import SENTENCE_LENGTH, SLUG_LENGTH, TITLE_LENGTH
from tracker.rules.updates import Result, UpdateDraft, UpdateKind
from tracker.services.new_asks import NewAsk
from tracker.web.forms.asks import AskForm
from tracker.web.forms.base import Form, whole_number
from tracker.web.forms.evidence import EvidencedForm, ResultForm, ResultsForm
from tracker.web.forms.fields import (
    CarriedField,
    ChosenField,
    DateField,
    LinesField,
    LongTextField,
    NamesField,
    TextField,
)
from tracker.web.forms.legislation import AT_HAND, NO_SUCH_LAW
from tracker.web.forms.updates import STATUS_CHOICES
from tracker.web.session import db

RESULTS = set(Result)
PASTE = "Paste its address, or type a title that is here already."
OR_NEW = "If it is a new source, give its title below."
SEVERAL = "Several with “;” between them."
FIRST = {"source_id", "quote", "basis", "title", "summary", "topic", "responsible_bodies", "jurisdictions"}
COLUMNS = {"": "Do not use"} | {name: label for name, (label, _) in MEANINGS.items()}
WHY = "Needed where the wording of a published ask or of its tests changes. The public will read it."


class SourcedForm(Form):
    """A form that says where something was asked: in a source that is known, or in one that is new."""

    source_id = ChosenField("Article, speech or manifesto", description=PASTE, nothing="Nothing here is called that.")
    source_title = TextField("Title of the source", render_kw={"maxlength": TITLE_LENGTH})
    source_author = TextField("Who asked", render_kw={"maxlength": TITLE_LENGTH})
    source_publisher = TextField("Publisher", render_kw={"maxlength": TITLE_LENGTH})
    source_published_on = DateField("When", description=HELP)

    def find_source(self) -> None:
        """Take the source that is named; an address that none has, or a title in its own field, is a new one."""
        self.source_id.choose(lambda: SourceChoices(db()))
        url = "" if self.source_id.chosen else tidied(self.source_id.typed)
        wrong = check_url(url)
        self.source_url = "" if wrong else url
        if wrong and "://" in url:
            self.source_id.process_errors = [wrong]
            return
        if self.source_url or self.source_title.data:
            self.source_id.process_errors = []
        self.source_id.process_errors = [f"{error} {OR_NEW}" for error in self.source_id.process_errors]
        if self.source_url and (known := find_known_page(db(), self.source_url)):
            self.source_title.data = self.source_title.data or known.title
            self.source_publisher.data = self.source_publisher.data or known.publisher
            if not self.source_published_on.typed:
                self.source_published_on.process_data(known.published_on)

    def new_source(self) -> SourceDraft | None:
        """The source, if it is a new one, with a key yet to be made."""
        is_named = self.source_id.typed or self.source_title.data
        if not is_named or self.source_id.chosen or self.source_id.process_errors:
            return None
        typed = {name: self[f"source_{name}"].data for name in ("title", "author", "publisher", "published_on")}
        return SourceDraft(key="", url=self.source_url, **typed)


class NewAskForm(SourcedForm, AskForm, ResultsForm, EvidencedForm):
    """An ask, where it was asked, its tests, its law, and where it stands today."""

    rest = {field.name for field in fields(AskDraft)} - FIRST
    slug = TextField(
        "Short name in the address", description="Made of the title if empty.", render_kw={"maxlength": SLUG_LENGTH}
    )
    topic = TextField("Topic", render_kw={"maxlength": 60, "list": "offered-topics"})
    jurisdictions = NamesField("Where it would apply", description=SEVERAL, render_kw={"list": "offered-places"})
    responsible_bodies = NamesField("Who answers for it", description=SEVERAL, render_kw={"list": "offered-bodies"})
    labels = LinesField("Success tests, one a line", description="Sentences that are either true or false.")
    results = FieldList(FormField(ResultForm))
    status = SelectField("Status", choices={"": "Not said yet: it stays a draft"} | STATUS_CHOICES)
    happened_on = DateField("Since when", description=HELP)
    reason = LongTextField(
        "Why this status",
        description="One or two sentences that everybody reads beside the status.",
        render_kw={"maxlength": SENTENCE_LENGTH},
    )
    legislation_id = ChosenField("Bill or law", description=AT_HAND, nothing=NO_SUCH_LAW)
    effect = SelectField(
        "What it does for the ask", choices={"": "Choose"} | {effect.value: effect.label for effect in Effect}
    )
    provisions = TextField("Which provisions", description="Such as “ss. 1–3”.", render_kw={"maxlength": TITLE_LENGTH})
    in_force_on = DateField("In force since", description="Leave empty when it is not in force or not known.")

    def __init__(self) -> None:
        super().__init__()
        del self.change_reason
        for field in (self.title, self.topic, self.quote, self.summary):
            field.validators = ()  # the rules say all at once what is missing
        self.find_source()
        self.legislation_id.choose(lambda: LawChoices(db()))
        self.look_up()
        for _, result in self.offer_results((label, label) for label in self.labels.data[:MOST_TESTS]):
            result.choices = {"": "Not said"} | {each.value: each.label for each in Result}

    def validate_status(self, field: Field) -> None:
        """Refuse words about a status that is not chosen."""
        if not field.data and (self.happened_on.typed or self.reason.data or self.pages()):
            raise ValidationError("Choose the status that this shows.")

    def validate_happened_on(self, field: Field) -> None:
        """Refuse a status without a date."""
        if self.status.data and not field.data and not field.process_errors:
            raise ValidationError("Say since when this is the status: a day, a month or a year.")

    def validate_effect(self, field: Field) -> None:
        """Refuse a law of which is not said what it does."""
        if self.legislation_id.data and not field.data:
            raise ValidationError("Say what the law does for the ask.")

    def new_ask(self) -> NewAsk:
        """It all as typed; what cannot be read is as if not there."""
        return NewAsk(
            ask=replace(self.draft(), review_interval_days=self.review_interval_days.data or 0),
            source=self.new_source(),
            tests=self.labels.data,
            results={label: Result(result) for label, result in self.sent_results().items() if result in RESULTS},
            link=self._link(),
            entry=self._entry(),
        )

    def _link(self) -> LinkDraft | None:
        if not self.legislation_id.data or self.effect.data not in set(Effect):
            return None
        effect, provisions = Effect(self.effect.data), self.provisions.data or ""
        return LinkDraft(0, self.legislation_id.data, effect, provisions, in_force_on=self.in_force_on.data)

    def _entry(self) -> UpdateDraft | None:
        since: PartialDate | None = self.happened_on.data
        if self.status.errors or not self.status.data or not since:
            return None
        reason = self.reason.data or ""  # what happened is why: it stands once on the page
        status = Status(self.status.data)
        return UpdateDraft(UpdateKind.STATUS, since, reason, status, reason=reason, evidence=self.pages())

    def add_problems(self, problems: Sequence[Problem]) -> None:
        """Put each problem beside its field; one that a field has already, in whatever words, is not told twice."""
        told = {field.name for field in self if field.errors} | ({"status"} if self.happened_on.errors else set())
        told |= {"text"} if any(problem.field == "reason" for problem in problems) else set()
        rest = [problem for problem in problems if problem.field not in told]
        super().add_problems([p._replace(field="reason") if p.field == "text" else p for p in rest])


class UploadForm(Form):
    """The files are read from the request, and never kept in a form."""

    reason = LongTextField("Why", description=WHY, render_kw={"maxlength": SENTENCE_LENGTH, "rows": 2})


class BringForm(Form):
    """What the person saw: the fingerprint of the plan."""

    seen = CarriedField()


class CellsField(CarriedField):
    """Cells; where an office program breaks a line inside of one stands a space."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([text.replace("\v", " ").replace("\f", " ") for text in valuelist])


class PasteForm(SourcedForm):
    """Cells that were copied from a sheet, what their columns hold, and what holds for all rows."""

    cells = CellsField()
    has_header = BooleanField("The first row holds the names of the columns")
    columns = FieldList(SelectField(choices=COLUMNS), max_entries=MOST_COLUMNS)
    topic = TextField("Topic, where a row has none", render_kw={"maxlength": 60})
    is_opened = BooleanField("I opened the pages that show where these stand, and they say so")

    def read(self) -> None:
        """Read the cells; on first sight guess what the columns hold. Raises Refused for what is no sheet."""
        self.sheet = read_pasted(self.cells.data or "")
        guessed, chosen = guess(self.sheet[0]), self.columns.data
        if len(chosen) != len(guessed):
            self.has_header.data = any(guessed)
            chosen = guessed if any(guessed) else ["title", *[""] * (len(guessed) - 1)]
            self.taken = {number for number, _ in self.rows()}
        else:
            self.taken = {whole_number(value) for value in request.form.getlist("take")}
        while self.columns.entries:
            self.columns.pop_entry()
        for number, means in enumerate(chosen, 1):
            self.columns.append_entry(means).label.text = f"Column {number}"

    def rows(self) -> list[tuple[int, list[str]]]:
        """The rows with their numbers, without that of the names."""
        return list(enumerate(self.sheet, 1))[1 if self.has_header.data else 0 :]

    def chosen_rows(self) -> dict[int, dict[str, str]]:
        """The cells of the ticked rows by what they hold."""
        return {
            number: {name: cell for name, cell in zip(self.columns.data, row, strict=True) if name}
            for number, row in self.rows()
            if number in self.taken
        }

    def check(self) -> list[Problem]:
        """Say what is missing before the rows can be read as asks."""
        means = [name for name in self.columns.data if name]
        needed = ("title", "quote")
        problems = [Problem(f"Say which column holds “{MEANINGS[name][0]}”.") for name in needed if name not in means]
        twice = sorted({name for name in means if means.count(name) > 1})
        problems += [Problem(f"Two columns hold “{MEANINGS[name][0]}”. Choose one.") for name in twice]
        return problems + ([] if self.chosen_rows() else [Problem("Tick at least one row.")])
