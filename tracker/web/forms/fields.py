"""The fields of our own: text that is clean, dates of any precision, what a page hides to hear it again."""

from collections.abc import Sequence
from typing import Any

from wtforms import Field, Form, HiddenField, StringField, TextAreaField
from wtforms.validators import ValidationError

from tracker.rules.dates import PartialDate
from tracker.rules.text import clean, showable


class CarriedField(HiddenField):
    """What a page hides in its form, to hear it again; empty when the form comes without it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = showable(valuelist[0]) if valuelist else ""


class TextField(StringField):
    """One line of clean text."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text, refusal = clean_text(valuelist)
        self.data = " ".join(text.split())
        refuse_text(refusal)


class LongTextField(TextAreaField):
    """Several lines of clean text."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data, refusal = clean_text(valuelist)
        refuse_text(refusal)


class LinesField(TextAreaField):
    """A list, one item a line."""

    def process_data(self, value: Sequence[str] | None) -> None:
        self.data: Any = tuple(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        text, refusal = clean_text(valuelist)
        self.data = tuple(stripped for line in text.split("\n") if (stripped := " ".join(line.split())))
        refuse_text(refusal)

    def _value(self) -> str:
        return "\n".join(self.data)


class DateField(StringField):
    """A day, a month or a year; what was typed is kept when it is no date."""

    typed = ""

    def process_data(self, value: PartialDate | None) -> None:
        self.data: Any = value
        self.typed = value.in_words if value else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        self.typed, refusal = clean_text(valuelist)
        refuse_text(refusal)
        if self.typed:
            self.data = PartialDate.parse(self.typed)

    def _value(self) -> str:
        return self.typed


def required(form: Form, field: Field) -> None:
    """A validator: the field must not be empty; what cannot be read is not called missing as well."""
    if not field.data and not field.process_errors:
        raise ValidationError(f"Fill in “{field.label.text}”.")


def clean_text(valuelist: list[str]) -> tuple[str, str]:
    """Clean text; or what was typed, less what cannot be shown, and the sentence that refuses it."""
    typed = valuelist[0] if valuelist else ""
    try:
        return clean(typed), ""
    except ValueError as error:
        return showable(typed), str(error)


def refuse_text(sentence: str) -> None:
    """Make the sentence the field's error."""
    if sentence:
        raise ValueError(sentence)
