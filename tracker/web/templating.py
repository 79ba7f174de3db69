"""What templates may use besides Jinja's own: dates in words, the day of a moment, links for reports."""

import re
from datetime import date, datetime
from urllib.parse import quote

from flask import Flask, current_app, request, url_for
from jinja2 import StrictUndefined
from jinja2.ext import Extension
from wtforms import Field, SelectField, SelectMultipleField
from wtforms.validators import InputRequired

from tracker.clock import day_of, local
from tracker.models import Event
from tracker.queries.public.records import PublicAsk
from tracker.queries.words import mark
from tracker.rules.dates import PartialDate
from tracker.rules.disputes import answer_due
from tracker.rules.method import VERSION
from tracker.rules.publishers import host_of
from tracker.rules.standing import contradictions
from tracker.rules.text import slug_of_name
from tracker.rules.wording import compare_fields, shortened
from tracker.web.addresses import site_url
from tracker.web.forms.fields import ChosenField, required
from tracker.web.public.charts import in_words as number_in_words
from tracker.web.public.charts import shares, step_chart, strip
from tracker.web.public.timeline import time_line

# What was done to somebody's access, or by a spreadsheet, or to words; all else is said in the usual way.
SENTENCES = {
    "signed in": "signed in.",
    "signed out": "signed out.",
    "sessions ended": "ended sessions of “{name}”.",
    "password changed": "changed the password of “{name}”.",
    "invited": "invited “{name}” by a link.",
    "reset link made": "made a link with which “{name}” can choose a new password.",
    "sign-in failed": "gave a wrong password for “{name}”.",
    "code failed": "gave the password of “{name}” and a wrong code.",
    "recovery code used": "signed in with a recovery code.",
    "recovery codes made": "made new recovery codes.",
    "second step set up": "set up two-step sign-in.",
    "second step reset": "reset two-step sign-in of “{name}”.",
    "second step locked": "gave the password of “{name}” and 50 wrong codes; now only a recovery code opens it.",
    "erased": "erased the personal data of “{name}”.",
    "took words down": "took words down in {after[places]} of our texts.",
    "imported a taking down": "brought in that words were taken down in {after[places]} places.",
    "brought in": "brought in “{name}” (rows added: {after[rows_added]}; changed: {after[rows_changed]}).",
}

WITH_A_PAST = ("public.index", "public.ask", "public.story", "public.source", "public.body")
MOST_ENTRIES = 50  # of a story on the page of its ask
INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


class Unindented(Extension):
    """Removes the indentation of a template, which a phone need not load, unless spaces count in its text."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return source if "<pre" in source else INDENTATION.sub("", source)


def in_words(value: PartialDate | date | None) -> str:
    """ "6 July 2020", "February 2020" or "2025"; empty for None."""
    if value is None:
        return ""
    return value.in_words if isinstance(value, PartialDate) else PartialDate(value.isoformat()).in_words


def as_date(day: date) -> PartialDate:
    """A day as the dates of records are."""
    return PartialDate(day.isoformat())


def day(moment: datetime) -> str:
    """The day of a moment, in words."""
    return in_words(day_of(moment))


def minute(moment: datetime) -> str:
    """The day and time of a moment, in words."""
    return f"{day(moment)}, {local(moment):%H:%M}"


def rfc3339(moment: datetime) -> str:
    """A moment in UTC as feeds and site maps have it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def is_past(value: PartialDate | None, today: date) -> bool:
    """True if the last day that a date can mean is over."""
    return value is not None and value.last_day < today


def report_link(title: str) -> str:
    """A mailto: address for reporting an error on this page; empty where no contact is set."""
    page = f"{site_url()}{request.path}" + (f"?on={request.args['on']}" if request.args.get("on") else "")
    return mail_link(f"Error report: {title}", f"Page: {page}\n\nWhat is wrong:\n")


def mail_link(subject: str, body: str) -> str:
    """A mailto: address to us with a mail that is begun; empty where no contact is set."""
    contact = current_app.config["CONTACT_EMAIL"]
    return f"mailto:{contact}?subject={quote(subject)}&body={quote(body)}" if contact else ""


def entry_address(ask: PublicAsk, key: str) -> str:
    """Where an entry of the ask's story is read: on the ask's page, or else among the entries with their evidence."""
    is_here = request.endpoint != "public.story" and any(entry.key == key for entry in ask.story)
    return f"#u-{key}" if is_here else url_for("public.story", slug=ask.line.slug, entry=key)


def sentence(event: Event) -> str:
    """Return what was done to what: "published the update “The Act …”." """
    usual = "{action} the {subject} “{name}”."
    words = SENTENCES.get(event.action, usual) if event.subject in {"person", "spreadsheet", "words"} else usual
    name = event.subject_name.rstrip(".")  # the sentence has a full stop of its own
    return words.format(action=event.action, subject=event.subject, name=name, after=event.after)


def is_contradicted(ask: PublicAsk) -> bool:
    """True if the present test results contradict the present status."""
    results = (test.result for test in ask.tests)
    return ask.on is None and bool(contradictions(ask.line.status, results, ask.line.status_on))


def is_needed(field: Field) -> bool:
    """True if a form's field must be filled in; a list of choices always has one."""
    return any(check is required or isinstance(check, InputRequired) for check in field.validators) or (
        isinstance(field, SelectField) and not isinstance(field, SelectMultipleField)
    )


def attributes(field: Field) -> dict[str, str]:
    """Return what ties an input to its help and its errors for those who hear the page."""
    parts = [f"{field.id}-hint"] if field.description else []
    parts += [f"{field.id}-error-{number}" for number, _ in enumerate(field.errors, 1)]
    found = {
        "aria-describedby": " ".join(parts),
        "aria-invalid": "true" if field.errors else "",
        "list": f"{field.id}-offered" if isinstance(field, ChosenField) else "",
        "required": "required" if required in field.validators else "",
    }
    return {name: value for name, value in found.items() if value}


def init_app(app: Flask) -> None:
    """Set Jinja up, and make what is defined here known to the templates."""
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.add_extension(Unindented)
    filters = (answer_due, as_date, day, in_words, mark, minute, rfc3339, sentence)
    env.filters |= {each.__name__: each for each in filters} | {"host": host_of, "slug": slug_of_name}
    functions = (
        attributes, compare_fields, entry_address, is_contradicted, is_needed, is_past, mail_link, report_link, shares,
        shortened, site_url, step_chart, strip, time_line,
    )  # fmt: skip
    env.globals |= {each.__name__: each for each in functions} | {
        "most_entries": MOST_ENTRIES,
        "method_version": VERSION,
        "number_in_words": number_in_words,
        "with_a_past": WITH_A_PAST,
    }
