"""What all forms share: clean text, fields of our own, problems beside their field, two versions."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.validators import ValidationError

from tracker.rules.dates import PartialDate
from tracker.rules.errors import Conflict, Problem, RuleBroken
from tracker.rules.text import SENTENCE_LENGTH, clean, showable

Answer = TypeVar("Answer")
FIELD_NAME = re.compile(r"[a-z_]+(?:-[0-9]{1,2}-[a-z_]+)?", re.ASCII)
NOT_VALUES = frozenset({"csrf_token", "version", "seen", "change_reason"})


class CarriedField(HiddenField):
    """What a page hides in its form, to hear it again; empty when the form comes without it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = showable(valuelist[0]) if valuelist else ""


class Form(FlaskForm):
    """A form whose text is cleaned, whose problems can be listed and whose two versions can be shown.

    `conflicts` holds label, saved value and typed value of each field that differs after a stale edit.
    """

    version = CarriedField()

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Typed text alone fills a form: a file, a JSON body or a made-up list index is as if not there."""
            if formdata is None or request.method != "POST":
                return None
            return MultiDict(pair for pair in request.form.items(multi=True) if FIELD_NAME.fullmatch(pair[0]))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problems: list[str] = []
        self.conflicts: list[tuple[str, str, str]] = []
        self.is_stale = False

    @property
    def is_restored(self) -> bool:
        """Whether this is a typed form brought back after signing in again; it is shown, not saved."""
        return "restore" in request.form

    def is_sent(self) -> bool:
        """Whether the form was sent to be saved and its shape is right."""
        return not self.is_restored and bool(self.validate_on_submit())

    @property
    def is_refused(self) -> bool:
        """Whether anything about the sent form is wrong."""
        return bool(self.error_list())

    @property
    def seen_version(self) -> int:
        """The version of the record that the person saw; 0 when the form was tampered with."""
        return whole_number(self.version.data)

    def values(self) -> dict[str, Any]:
        """The fields by name, as a draft takes them."""
        return {field.name: field.data for field in self if field.name not in NOT_VALUES}

    def add_problems(self, problems: Sequence[Problem]) -> None:
        """Put each problem beside its field, or above the form when it has none here."""
        for problem in problems:
            field = self._fields.get(problem.field or "")
            if field is None:
                self.problems.append(problem.message)
            else:
                field.errors = [*field.errors, problem.message]

    def error_list(self) -> list[tuple[str, str]]:
        """Every error with the id of its field ("" for the whole form), in the form's order."""
        listed = [("", message) for message in self.problems]
        for field in self:
            listed += [(field_id, message) for field_id, message in _errors_of(field)]
        return listed

    def show_conflict(self, saved: "Form") -> None:
        """Compare with what is saved now, and let the next save go on top of it."""
        for field in self:
            other = saved._fields.get(field.name)
            if field.name in NOT_VALUES or other is None:
                continue
            if in_text(field) != in_text(other):  # an absent value and an empty one read the same
                self.conflicts.append((field.label.text, in_text(other), in_text(field)))
        self.version.data = saved.version.data


def in_text(field: Field) -> str:
    """A field's value as a person reads it."""
    if hasattr(field, "in_words"):
        return str(field.in_words)
    choices = getattr(field, "choices", None)
    if isinstance(choices, Mapping) and str(field.data) in choices:
        return str(choices[str(field.data)])
    if hasattr(field, "entries"):
        return "; ".join(filter(None, map(in_text, field.entries)))
    if hasattr(field, "form"):
        parts = [(part.label.text, in_text(part)) for part in field.form if not isinstance(part, HiddenField)]
        return ", ".join(f"{label}: {text}" for label, text in parts if text)
    if isinstance(field.data, list | tuple):
        return ", ".join(map(str, field.data))
    if isinstance(field.data, bool):
        return "Yes" if field.data else "No"
    return "" if field.data is None else str(field.data)


def _errors_of(field: Field) -> Iterator[tuple[str, str]]:
    """A field's own errors, and those of the fields inside it."""
    for part in [*getattr(field, "entries", ()), *getattr(field, "form", ())]:
        yield from _errors_of(part)
    if isinstance(field.errors, Mapping):  # a form inside the form; its fields have told theirs
        return
    for message in field.errors:
        if isinstance(message, str):
            yield field.id, message


def attempt(form: Form, do: Callable[[], Answer]) -> Answer | None:
    """Do it; a broken rule becomes errors beside the fields, and a stale edit `form.is_stale` (then None)."""
    try:
        return do()
    except RuleBroken as broken:
        form.add_problems(broken.problems)
    except Conflict:
        form.is_stale = True
    return None


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


def whole_number(text: object) -> int:
    """A number of up to nine digits, as a hidden field holds it; 0 for anything else."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


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


class ReasonForm(Form):
    """Why something is done that is hard to undo."""

    reason = LongTextField("Why", [required], description="For the log.", render_kw={"maxlength": SENTENCE_LENGTH})


class ConfirmForm(Form):
    """Nothing but a button."""
