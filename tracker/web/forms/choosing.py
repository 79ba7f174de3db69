"""A field that names a record by what a person has at hand, in place of a list of all of them."""

from collections.abc import Sequence
from textwrap import shorten
from typing import Any

from wtforms import StringField

from tracker.queries.choosing import MOST, Choice, Choosing, Meant
from tracker.web.forms.fields import clean_text, refuse_text

SHOWN = 60


class ChosenField(StringField):
    """The number of a record that a person names; `choose` says among which records, once the form is read.

    Where the text can mean several they stand in `matches`, to pick one; the pick is sent under the name of the field,
    after the text, and wins over it.
    """

    def __init__(self, *args: Any, nothing: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nothing = nothing
        self.typed = self.pick = ""
        self.likely: Sequence[Choice] = ()
        self.matches: Sequence[Choice] = ()
        self.chosen: Choice | None = None

    def process_data(self, value: int | None) -> None:
        self.data: Any = value or None

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        (typed, refusal), (pick, _) = clean_text(valuelist[:1]), clean_text(valuelist[1:])
        self.typed, self.pick = " ".join(typed.split()), pick
        refuse_text(refusal)

    def choose(self, among: Choosing) -> None:
        """Find the record that is meant, or say in the errors why none is found."""
        self.likely = among.likely()
        present = among.name(self.object_data) if self.object_data else None
        if self.raw_data is None or (present and self.typed == present.text and not self.pick):
            self._take(present)
        elif (text := self.pick or self.typed) and not self.process_errors:
            meant = among.find(text)
            if meant.only:
                self._take(among.name(meant.only.id))
            else:
                self.matches = meant.choices
                self.process_errors = [self._complaint(meant)]

    @property
    def in_words(self) -> str:
        """What a person types for it."""
        return self.typed

    def _take(self, choice: Choice | None) -> None:
        if choice:
            self.data, self.typed, self.chosen = choice.id, choice.text, choice

    def _complaint(self, meant: Meant) -> str:
        if not meant.choices:
            return self.nothing
        words = f"“{shorten(self.typed, SHOWN, placeholder='…')}”"
        if meant.number > MOST:
            return f"{meant.number} fit {words}; the first {MOST} stand below. Choose one, or type more of its words."
        if meant.number > 1:
            return f"Several fit {words}. Choose one below."
        return f"One fits {words}. Choose it below if you mean it."

    def _value(self) -> str:
        return self.typed
