"""A field that names a record by what a person has at hand, in place of a list of all of them."""

from collections.abc import Callable, Sequence
from functools import cached_property
from textwrap import shorten
from typing import Any

from wtforms import StringField

from tracker.queries.choosing import Choice, Choosing
from tracker.web.forms.fields import clean_text, refuse_text

SHOWN = 60
NEAREST = 5


class ChosenField(StringField):
    """The number of a record that a person names; `choose` says among which records, once the form is read."""

    def __init__(self, *args: Any, nothing: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nothing = nothing
        self.typed = ""
        self.chosen: Choice | None = None

    def process_data(self, value: int | None) -> None:
        self.data: Any = value or None

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        typed, refusal = clean_text(valuelist)
        self.typed = " ".join(typed.split())
        refuse_text(refusal)

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
    def offered(self) -> Sequence[Choice]:
        """A few records that the browser suggests while one types: those that hold the words, or the newest."""
        return self.among().offer("" if self.chosen else self.typed)

    @property
    def in_words(self) -> str:
        """What a person types for it."""
        return self.typed

    def _complaint(self) -> str:
        if not self.offered:
            return self.nothing
        nearest = "; ".join(f"{choice.key} ({choice.label})" for choice in self.offered[:NEAREST])
        words = shorten(self.typed, SHOWN, placeholder="…")
        return f"“{words}” names none of them alone. Type one of these in its place: {nearest}."

    def _value(self) -> str:
        return self.typed
