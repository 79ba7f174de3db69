"""The fields of our own: clean text, dates of any precision, a record by its name, what a page hides."""

from collections.abc import Callable, Sequence
from functools import cached_property
from textwrap import shorten
from typing import Any

from wtforms import Field, Form, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import ValidationError
from wtforms.widgets import TextInput

from tracker.clock import today
from tracker.queries.choosing import Choosing, Offered
from tracker.rules.dates import PartialDate
from tracker.rules.pages import tidied
from tracker.rules.text import clean, showable

SHOWN = 60
NEAREST = 5


class CarriedField(HiddenField):
    """What a page hides in its form, to hear it again; empty when the form comes without it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = showable(valuelist[0]) if valuelist else ""


class TextField(StringField):
    """One line of clean text."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = " ".join(clean_text(self, valuelist).split())


class UrlField(TextField):
    """The address of a web page."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if not self.process_errors:
            self.data = tidied(self.data or "")


class LongTextField(TextAreaField):
    """Several lines of clean text."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = clean_text(self, valuelist)


class LinesField(TextAreaField):
    """A list, one item a line."""

    def process_data(self, value: Sequence[str] | None) -> None:
        self.data: Any = tuple(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        lines = clean_text(self, valuelist).split("\n")
        self.data = tuple(stripped for line in lines if (stripped := " ".join(clean(line).split())))

    def _value(self) -> str:
        return "\n".join(self.data)


class NamesField(LinesField):
    """A list of names on one line, so that the browser can suggest them."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([value.replace(";", "\n") for value in valuelist])

    def _value(self) -> str:
        return "; ".join(self.data)


class DateField(StringField):
    """A day, a month or a year; what was typed is kept when it is no date."""

    typed = ""

    def process_data(self, value: PartialDate | None) -> None:
        self.data: Any = value
        self.typed = value.in_words if value else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        self.typed = clean_text(self, valuelist)
        if self.typed and not self.process_errors:
            self.data = PartialDate.parse(self.typed, today())
            if self.typed.isalpha():  # "today" would be another day when the form is shown again
                self.typed = self.data.in_words

    def _value(self) -> str:
        return self.typed


class NumberField(IntegerField):
    """A whole number; what is none is refused in plain words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("Write a whole number, such as 90.") from error


class ChosenField(StringField):
    """The number of a record that a person names; `choose` says among which records, once the form is read."""

    def __init__(self, *args: Any, nothing: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nothing = nothing
        self.typed = ""
        self.chosen: Offered | None = None

    def process_data(self, value: int | None) -> None:
        self.data: Any = value or None

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        self.typed = " ".join(clean_text(self, valuelist).split())

    def choose(self, among: Callable[[], Choosing]) -> None:
        """Find the record that is meant, or say in the errors that none is."""
        self.among = among
        present = among().get(self.object_data) if self.object_data else None
        found = None
        if self.raw_data is None or (present and self.typed == present.text):
            found = present
        elif self.typed:
            found = among().find(self.typed)
        if found:
            self.data, self.typed, self.chosen = found.id, found.text, found
        if self.typed and not found and not self.process_errors:
            self.process_errors = [self._complaint()]

    @cached_property
    def offered(self) -> Sequence[Offered]:
        """A few records that the browser suggests while one types: those that hold the words, or the newest."""
        return self.among().offer("" if self.chosen else self.typed)

    @property
    def in_words(self) -> str:
        """Return what a person types for it."""
        return self.typed

    def _complaint(self) -> str:
        if not self.offered:
            return self.nothing
        nearest = "; ".join(f"{choice.key} ({choice.label})" for choice in self.offered[:NEAREST])
        words = shorten(self.typed, SHOWN, placeholder="…")
        return f"“{words}” names none of them alone. Type one of these in its place: {nearest}."

    def _value(self) -> str:
        return self.typed


def required(form: Form, field: Field) -> None:
    """A validator: the field must not be empty; what cannot be read is not called missing as well."""
    if not field.data and not field.process_errors:
        raise ValidationError(f"Fill in “{field.label.text}”.")


def clean_text(field: Field, valuelist: list[str]) -> str:
    """Clean text; or what was typed, less what cannot be shown, with the sentence that refuses it as an error."""
    typed = valuelist[0] if valuelist else ""
    try:
        return clean(typed)
    except ValueError as error:
        field.process_errors = [*field.process_errors, str(error)]
        return showable(typed)
