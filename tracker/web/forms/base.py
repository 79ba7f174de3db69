"""What all forms share: what was sent, problems beside their field, and two versions after a stale edit."""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField

from tracker.rules.errors import Conflict, Problem, RuleBroken
from tracker.rules.text import SENTENCE_LENGTH
from tracker.web.forms.fields import CarriedField, LongTextField, required

Answer = TypeVar("Answer")
FIELD_NAME = re.compile(r"[a-z_]+(?:-[0-9]{1,2}(?:-[a-z_]+)?)?", re.ASCII)
NOT_VALUES = frozenset({"csrf_token", "form_key", "twice", "version", "seen", "back", "change_reason"})


def new_key() -> str:
    """Return a key for a form; web/sent_forms.py says what it is for."""
    return secrets.token_urlsafe(16)


class Form(FlaskForm):
    """A form whose problems can be listed and whose two versions can be shown.

    `conflicts` holds label, saved value and typed value of each field that differs after a stale edit.
    """

    form_key = CarriedField(default=new_key)
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
        """True if this is a typed form brought back after signing in again; it is shown, not saved."""
        return "restore" in request.form

    def is_sent(self) -> bool:
        """True if the form was sent to be saved and its shape is right."""
        return not self.is_restored and bool(self.validate_on_submit())

    @property
    def is_refused(self) -> bool:
        """True if anything about the sent form is wrong."""
        return bool(self.error_list())

    @property
    def http_code(self) -> int:
        """The HTTP status of a page that shows the form."""
        return 409 if self.is_stale else 422 if self.is_refused else 200

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

    def error_list(self, page: str = "") -> list[tuple[str, str]]:
        """Every error with the id of its field ("" for the whole form), in the order of the page that shows them."""
        listed = [("", message) for message in self.problems]
        for field in self:
            listed += [(field_id, message) for field_id, message in _errors_of(field)]
        return sorted(listed, key=lambda error: page.find(f'id="{error[0]}"'))

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


def attempt(form: Form, do: Callable[[], Answer], fresh: Callable[[], Form] | None = None) -> Answer | None:
    """Do it if the form was sent; None when it is to be shown.

    A broken rule becomes errors beside the fields, a stale edit `form.is_stale`; then `fresh` gives the form of
    what is saved now, for the comparison.
    """
    if not form.is_sent():
        return None
    try:
        return do()
    except RuleBroken as broken:
        form.add_problems(broken.problems)
    except Conflict:
        form.is_stale = True
        if fresh:
            form.show_conflict(fresh())
    return None


def whole_number(text: object) -> int:
    """A number of up to nine digits, as a hidden field holds it; 0 for anything else."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class SeenForm(Form):
    """A form about a story: how many of its entries the person saw, and about which equal one they were asked."""

    seen = CarriedField()
    twice = CarriedField()

    @property
    def seen_entries(self) -> int:
        """That number; 0 when the form was tampered with."""
        return whole_number(self.seen.data)


class ReasonForm(Form):
    """Why something is done that is hard to undo."""

    reason = LongTextField("Why", [required], description="For the log.", render_kw={"maxlength": SENTENCE_LENGTH})


class ConfirmForm(Form):
    """Nothing but a button."""
