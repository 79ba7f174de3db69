"""What templates may use besides Jinja's own: dates in words, the day of a moment, links for reports."""

from datetime import date, datetime
from urllib.parse import quote, urlsplit

from flask import Flask, current_app, request

from tracker.clock import LONDON
from tracker.rules.changes import field_changes
from tracker.rules.dates import PartialDate


def in_words(value: PartialDate | date | None) -> str:
    """ "6 July 2020", "February 2020" or "2025"; empty for None."""
    if value is None:
        return ""
    return value.in_words if isinstance(value, PartialDate) else PartialDate(value.isoformat()).in_words


def day(moment: datetime) -> str:
    """The London day of a moment, in words."""
    return in_words(moment.astimezone(LONDON).date())


def minute(moment: datetime) -> str:
    """The London day and time of a moment, in words."""
    return f"{day(moment)}, {moment.astimezone(LONDON):%H:%M}"


def host(url: str) -> str:
    """The site that a link leads to, without "www."."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def is_past(value: PartialDate | None, today: date) -> bool:
    """Whether the last day that a date can mean is over."""
    return value is not None and value.last_day < today


def report_link(title: str) -> str:
    """A mailto: address for reporting an error on this page; empty where no contact is set."""
    contact = current_app.config["CONTACT_EMAIL"]
    if not contact:
        return ""
    subject, body = quote(f"Error report: {title}"), quote(f"Page: {site_url()}{request.path}\n\nWhat is wrong:\n")
    return f"mailto:{contact}?subject={subject}&body={body}"


def site_url() -> str:
    """The public address of this site, without a slash at the end."""
    return str(current_app.config["SITE_URL"])


def init_app(app: Flask) -> None:
    """Make them known to the templates."""
    app.add_template_filter(in_words)
    app.add_template_filter(day)
    app.add_template_filter(minute)
    app.add_template_filter(host)
    app.add_template_global(is_past)
    app.add_template_global(report_link)
    app.add_template_global(site_url)
    app.add_template_global(field_changes)
