"""Small checks that several kinds of record share; which links may be published, and where a person may be sent."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

from tracker.rules.dates import PartialDate
from tracker.rules.errors import Problem
from tracker.rules.text import is_slug, without_invisible

NAME_LENGTH = 120
URL_LENGTH = 2000
MOST_NAMES = 60
# What stands in place of words that were taken down, and how many letters they had at least.
MARK, SHORTEST = "[words taken down: see Corrections]", 3


def required(value: object, field: str, what: str) -> list[Problem]:
    """Refuse an empty value."""
    return [] if value else [Problem(f"Give {what}.", field)]


def at_most(value: str, length: int, field: str) -> list[Problem]:
    """Refuse text of more than `length` characters. A mark counts as the fewest letters that it can stand for."""
    number = len(value) - value.count(MARK) * (len(MARK) - SHORTEST)
    if number <= length:
        return []
    return [Problem(f"Use at most {length} characters; this has {number}.", field)]


def not_future(value: PartialDate | None, today: date, field: str) -> list[Problem]:
    """Refuse the date of what cannot have happened yet; none is fine."""
    return [Problem("This date lies in the future.", field)] if value and value.first_day > today else []


def slug(value: str, field: str) -> list[Problem]:
    """Refuse what is not fit to stand in an address."""
    if is_slug(value):
        return []
    return [Problem("Use small letters, digits and single hyphens, such as “empty-homes”.", field)]


def urls(draft: object, *fields: str) -> list[Problem]:
    """Refuse addresses of a draft that may not be published; empty is fine."""
    given = ((field, getattr(draft, field)) for field in fields)
    return [Problem(sentence, field) for field, url in given if url and (sentence := check_url(url))]


def texts(draft: object, limits: dict[str, int]) -> list[Problem]:
    """Check the length of each named text field of a draft."""
    return [problem for field, limit in limits.items() for problem in at_most(getattr(draft, field), limit, field)]


def names(values: Sequence[str], field: str) -> list[Problem]:
    """Check a list of names: not too many, none too long, none twice, and none that a file would cut in two."""
    problems = [problem for value in values for problem in at_most(value, NAME_LENGTH, field)]
    if any(";" in value for value in values):
        problems.append(Problem("Leave out the semicolon: in files it stands between two names.", field))
    if len(values) > MOST_NAMES:
        problems.append(Problem(f"Name at most {MOST_NAMES}.", field))
    if len(set(values)) < len(values):
        problems.append(Problem("A name stands there twice.", field))
    return problems


def check_url(text: str) -> str | None:
    """Return why a link cannot be published, or None. Only http and https addresses with a host pass."""
    if len(text) > URL_LENGTH:
        return f"The address is longer than {URL_LENGTH} characters."
    if any(character.isspace() for character in text):
        return "An address has no spaces. Copy it again from the browser's address bar."
    if without_invisible(text) != text:
        return "The address contains a character that nobody can see. Copy it again from the browser's address bar."
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "This is not a valid address. Copy it again from the browser's address bar."
    if parts.scheme not in {"http", "https"}:
        return "The address must begin with https:// or http://."
    if not host or "." not in host.strip("."):
        return "The address must name a public website, such as https://www.legislation.gov.uk/."
    if parts.username is not None or parts.password is not None:
        return "The address must not carry a user name or a password."
    return None


def is_local_path(text: str) -> bool:
    """True if the text is a path of this site and nothing that a browser reads as another site."""
    if not text.startswith("/") or text.startswith("//") or "\\" in text:
        return False
    if any(ord(character) <= 0x20 or ord(character) == 0x7F for character in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc
