"""The two steps of an import, and a sheet that is pasted."""

from flask import request
from wtforms import BooleanField, FieldList, SelectField

from tracker.imports.pasted import MEANINGS, MOST_COLUMNS, guess, read_pasted
from tracker.rules.errors import Problem
from tracker.rules.text import SENTENCE_LENGTH
from tracker.web.forms.base import Form, whole_number
from tracker.web.forms.fields import CarriedField, LongTextField, TextField
from tracker.web.forms.new_asks import SourcedForm

COLUMNS = {"": "Do not use"} | {name: label for name, (label, _) in MEANINGS.items()}
WHY = "Needed where the wording of a published ask or of its tests changes. The public will read it."


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
