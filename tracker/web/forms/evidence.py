"""The parts of an entry's form: a page that supports it, and the new result of a test."""

from collections.abc import Iterable, Iterator, Sequence

import wtforms
from wtforms import BooleanField, Field, FieldList, FormField, SelectField

from tracker.queries.choosing import find_known_page
from tracker.rules.errors import Problem
from tracker.rules.publishers import PublisherDraft, host_of
from tracker.rules.text import SENTENCE_LENGTH, TITLE_LENGTH
from tracker.rules.updates import EVIDENCE_QUOTE_LENGTH, MOST_EVIDENCE, EvidenceDraft, EvidenceType, Result
from tracker.web.forms.base import Form
from tracker.web.forms.fields import CarriedField, DateField, TextField, UrlField, required
from tracker.web.session import db

UNCHANGED = UNCHOSEN = ""
TYPE_CHOICES = {UNCHOSEN: "Choose"} | {kind.value: kind.label for kind in EvidenceType}
RESULT_CHOICES = {UNCHANGED: "As before"} | {result.value: result.label for result in Result}


class EvidenceForm(wtforms.Form):
    """One link that supports the entry. A block that is left empty does not count."""

    url = UrlField(
        "The page that shows it",
        description="Paste its address. What we know of the page is filled in; its title is asked for if it is new.",
        render_kw={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"},
    )
    is_opened = BooleanField("I opened it, and it says so")
    title = TextField("Title of the page or document", render_kw={"maxlength": TITLE_LENGTH})
    type = SelectField("Who says so", choices=TYPE_CHOICES)
    publisher = TextField("Publisher", render_kw={"maxlength": TITLE_LENGTH})
    published_on = DateField("Published on")
    quote = TextField("The exact words", render_kw={"maxlength": EVIDENCE_QUOTE_LENGTH})
    archived_url = UrlField("Address of an archived copy", render_kw={"inputmode": "url"})
    note = TextField("A caution about it", render_kw={"maxlength": SENTENCE_LENGTH})

    @property
    def particulars(self) -> list[Field]:
        """Return what is filled in where we know the page, and what helps a reader to check it."""
        return [field for field in self if field not in (self.url, self.is_opened)]

    @property
    def is_blank(self) -> bool:
        """True if nothing was typed."""
        return not any(field.data for field in self)

    def take(self, known: EvidenceDraft) -> None:
        """Fill in what is known about the page; what was typed stays."""
        self.title.data = self.title.data or known.title
        self.publisher.data = self.publisher.data or known.publisher
        self.archived_url.data = self.archived_url.data or known.archived_url
        self.type.data = self.type.data or (known.type.value if known.type else UNCHOSEN)
        if not self.published_on.typed:
            self.published_on.process_data(known.published_on)

    def draft(self) -> EvidenceDraft:
        """The evidence as typed."""
        values = self.data | {"type": EvidenceType(self.type.data) if self.type.data in set(EvidenceType) else None}
        return EvidenceDraft(is_see_also=not values.pop("is_opened"), **values)


class PublisherForm(Form):
    """Who publishes the pages of a host, and who says what stands there."""

    host = TextField("Host", [required], description="Or the address of a page of it. It holds for hosts below it too.")
    publisher = TextField("Publisher", description="Empty takes our line away.", render_kw={"maxlength": TITLE_LENGTH})
    type = SelectField("Who says so", choices={kind.value: kind.label for kind in EvidenceType}, coerce=EvidenceType)

    def draft(self) -> PublisherDraft:
        """The line as typed."""
        return PublisherDraft(host_of(self.host.data or ""), self.publisher.data or "", self.type.data)


class ResultForm(wtforms.Form):
    """The new result of one test."""

    test_id = CarriedField()
    result = SelectField("Result", choices=RESULT_CHOICES)


class ResultsForm(Form):
    """A form that asks for the results of tests, in the place where it declares them."""

    results: "FieldList[FormField[ResultForm]]"

    def sent_results(self) -> dict[str, str]:
        """The result of each test as chosen; empty where none was."""
        parts = [entry.form for entry in self.results.entries]
        return {part.test_id.data or "": part.result.data or "" for part in parts}

    def offer_results(self, tests: Iterable[tuple[str, str]]) -> Iterator[tuple[str, SelectField]]:
        """Ask for each test by its number and label, whatever the browser sent; yield the numbers and the fields."""
        sent = self.sent_results()
        while self.results.entries:
            self.results.pop_entry()
        for test_id, label in tests:
            self.results.append_entry({"test_id": test_id, "result": sent.get(test_id, UNCHANGED)})
            result = self.results.entries[-1].form.result
            result.label.text = label
            yield test_id, result


class EvidencedForm(Form):
    """A form with pages that support what it says."""

    evidence = FieldList(FormField(EvidenceForm), min_entries=1, max_entries=MOST_EVIDENCE)

    def look_up(self) -> None:
        """Fill in what is known of the pages whose title, type or publisher was not typed."""
        for entry in self.evidence.entries:
            page = entry.form
            is_told = page.title.data and page.type.data and page.publisher.data
            if page.url.data and not is_told and (known := find_known_page(db(), page.url.data)):
                page.take(known)

    def add_evidence(self) -> None:
        """Offer one more block for evidence, up to the most that an entry may have."""
        if len(self.evidence.entries) < MOST_EVIDENCE:
            self.evidence.append_entry()
        else:
            self.problems.append(f"An entry has at most {MOST_EVIDENCE} pieces of evidence.")

    def pages(self) -> tuple[EvidenceDraft, ...]:
        """The evidence as typed."""
        return tuple(entry.form.draft() for entry in self.evidence.entries if not entry.form.is_blank)

    def add_problems(self, problems: Sequence[Problem]) -> None:
        """Put a problem of one piece of evidence beside the field inside its block, a missing look beside its tick."""
        blocks = [entry for entry in self.evidence.entries if not entry.form.is_blank]
        unopened = [entry.form.is_opened for entry in blocks if not entry.form.is_opened.data]
        rest = []
        for problem in problems:
            if problem.field == "evidence" and unopened:
                unopened[0].errors = [*unopened[0].errors, problem.message]
                continue
            place, _, name = (problem.field or "").removeprefix("evidence-").partition("-")
            if name and place.isdigit() and int(place) < len(blocks):
                field = blocks[int(place)].form[name]
                field.errors = [*field.errors, problem.message]
            else:
                rest.append(problem)
        super().add_problems(rest)
